"""Who asks for a statistic and with which parameters, and what a statistic is."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from migas_tornado.accounts.callers import Caller
from migas_tornado.db import Connection
from migas_tornado.errors import InvalidDataError, NotFoundError
from migas_tornado.languages import translate

Schema = dict[str, Any]

GREATEST_KEY = 2**31 - 1
_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,18}\s*")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a statistic."""

    caller: Caller
    zone: ZoneInfo
    language: str
    now: datetime
    """In the server's zone."""
    query: Mapping[str, list[str]]
    key: str = ""
    """What the path names, if it names a record."""

    def label(self, text: str) -> str:
        """Return a label in the language of whoever asks; names of records are never given here."""
        return translate(text, self.language)

    def given(self, name: str) -> str | None:
        """Return a parameter, the last one where it is repeated; None where it is absent."""
        values = self.query.get(name)
        return values[-1] if values else None

    def number(self, name: str) -> int | None:
        """Return a parameter that is a number; None where it is absent.

        Raises:
            InvalidDataError: it is something else.
        """
        text = self.given(name)
        return None if text is None else whole_number(text, name)

    def numbers(self, name: str) -> list[int]:
        """Return all values of a parameter that is a number and may be repeated.

        Raises:
            InvalidDataError: one is something else.
        """
        return [whole_number(text, name) for text in self.query.get(name, [])]

    def record_key(self) -> int:
        """Return the id that the path names.

        Raises:
            InvalidDataError: it is no number.
        """
        return whole_number(self.key, "id")


Compute = Callable[[Connection, Asked], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Statistic:
    """A path below `stats/` and what it answers."""

    path: str
    """Such as `computers/machine`; `{id}` stands for the id of a record."""
    summary: str
    schema: Schema
    compute: Compute
    query: Mapping[str, Schema] = field(default_factory=dict)
    errors: tuple[int, ...] = ()


def whole_number(text: str, name: str) -> int:
    """Return a number out of a parameter.

    Raises:
        InvalidDataError: it is none; contract 1 wants 400 where the reference fails.
    """
    if not _WHOLE.fullmatch(text) or not text.isascii():
        raise InvalidDataError(f"{name}: a valid integer is required.")
    return int(text)


def is_key(number: int) -> bool:
    """Tell whether a number could be the id of a record."""
    return 0 < number <= GREATEST_KEY


def nothing_found(model: str) -> NotFoundError:
    """Return the error for a record that does not exist."""
    return NotFoundError(f"No {model} matches the given query.")
