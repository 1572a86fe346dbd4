"""Actions that a helper on the administrator's desk carries out, as a setting declares them.

Contract: admin-api 6.1.
"""

from dataclasses import dataclass
from typing import Any

import orjson

from migas_tornado.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class ExternalAction:
    """Something that can be done with records of one kind, outside this server."""

    name: str
    title: str
    description: str = ""
    many: bool = True
    """Whether it may be done with several records at once."""
    related: tuple[str, ...] | None = None
    """Kinds of record from which it is offered; None for all."""


ExternalActions = dict[str, tuple[ExternalAction, ...]]
"""Kind of record, as in permissions, -> what can be done with it."""


def parse_external_actions(text: str) -> ExternalActions:
    """Read the setting: kind of record -> name of an action -> its title and options.

    Raises:
        ConfigurationError: it is not such an object.
    """
    try:
        content = orjson.loads(text or "{}")
    except orjson.JSONDecodeError as error:
        raise _refusal(f"is not JSON: {error}") from error
    kinds = _object(content, "it")
    return {
        kind: tuple(
            _action(name, _object(options, f"{kind}.{name}"))
            for name, options in _object(actions, kind).items()
        )
        for kind, actions in kinds.items()
    }


def _action(name: str, options: dict[str, Any]) -> ExternalAction:
    title, description = options.get("title", name), options.get("description", "")
    many, related = options.get("many", True), options.get("related")
    if not isinstance(title, str) or not isinstance(description, str):
        raise _refusal(f"has a title or description of {name} that is not a text")
    if not isinstance(many, bool):
        raise _refusal(f"has a value of many of {name} that is neither true nor false")
    if related is not None and not (
        isinstance(related, list) and all(isinstance(kind, str) for kind in related)
    ):
        raise _refusal(f"has a value of related of {name} that is not a list of kinds of record")
    return ExternalAction(
        name, title, description, many, None if related is None else tuple(related)
    )


def _object(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _refusal(f"is not as expected: {place} has to be an object")
    return value


def _refusal(reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"MIGAS_EXTERNAL_ACTIONS {reason}; it must look like "
        '{"computer": {"ping": {"title": "PING", "description": "check connectivity"}}}.'
    )
