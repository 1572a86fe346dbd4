"""The parameters by which lists are narrowed, and their values. Contract: admin-api 1.5."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tortoise import Model, fields

from migas_tornado.errors import InvalidDataError
from migas_tornado.resources.paths import Parameters, condition, field_of, is_empty

GREATEST_INTEGER = 2**63 - 1
TRUE = ("true", "1")
FALSE = ("false", "0")
COMPARISONS = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}

_NOT_A_NUMBER = "Enter a number."
_NOT_A_MOMENT = "Enter a valid date/time."


@dataclass(frozen=True, slots=True)
class Filter:
    """A parameter that narrows a list."""

    name: str
    """As it stands in the query string, without the lookup."""
    lookups: tuple[str, ...] = ("",)
    """Empty for equality, or `in`, `icontains`, `gte`, `gt`, `lte`, `lt`, `isnull`."""
    path: str = ""
    """Fields that lead to the value, where they are not called like the parameter."""
    choices: tuple[str, ...] = ()
    """Values that equality takes; others are refused."""
    custom: Callable[[str, Parameters, Any], str | None] | None = None
    """Gives the condition from value, parameters and caller, in place of a path; None for none."""

    def parameters(self) -> list[str]:
        """Return the names of its parameters."""
        return [f"{self.name}__{lookup}" if lookup else self.name for lookup in self.lookups]


def exact(*names: str) -> tuple[Filter, ...]:
    """Declare parameters that compare for equality."""
    return tuple(Filter(name) for name in names)


def within(*names: str) -> tuple[Filter, ...]:
    """Declare parameters that compare for equality, or with a list."""
    return tuple(Filter(name, ("", "in")) for name in names)


def text(*names: str) -> tuple[Filter, ...]:
    """Declare parameters that compare for equality, or look for a part of the text."""
    return tuple(Filter(name, ("", "icontains")) for name in names)


def along(**paths: str) -> tuple[Filter, ...]:
    """Declare parameters that compare for equality at the end of another path."""
    return tuple(Filter(name, path=path) for name, path in paths.items())


def period(*names: str) -> tuple[Filter, ...]:
    """Declare parameters that limit a time to a period."""
    return tuple(Filter(name, ("gte", "gt", "lte", "lt")) for name in names)


class FilterReader:
    """Turns the parameters of a request into conditions.

    Args:
        model: model of the records.
        declared: the filters of the resource; other parameters are passed over.
        zone: in which times without a zone are read.
    """

    def __init__(self, model: type[Model], declared: Iterable[Filter], zone: ZoneInfo) -> None:
        self._model, self._zone = model, zone
        self._filters = {
            parameter: (one, lookup)
            for one in declared
            for parameter, lookup in zip(one.parameters(), one.lookups, strict=True)
        }

    def conditions(self, given: dict[str, Any], parameters: Parameters, caller: Any) -> list[str]:
        """Return the conditions of the parameters that are filters and not empty.

        Raises:
            InvalidDataError: a value cannot be compared; the parameter is named.
        """
        found = []
        for name, value in given.items():
            if name in self._filters and is_given(value):
                one, lookup = self._filters[name]
                check_characters(name, value)
                try:
                    sql = self._condition(one, lookup, value, parameters, caller)
                except ValueError as error:
                    raise InvalidDataError({name: [str(error)]}) from error
                if sql:
                    found.append(sql)
        return found

    def _condition(
        self, one: Filter, lookup: str, value: Any, parameters: Parameters, caller: Any
    ) -> str | None:
        if one.custom:
            return one.custom(_one_text(value), parameters, caller)
        path = one.path or one.name
        if lookup == "isnull":
            wanted = boolean(value)
            return None if wanted is None else is_empty(self._model, "t", path, wanted)
        if lookup == "icontains":
            pattern = parameters.add(contained(_one_text(value)))
            return condition(
                self._model, "t", path, lambda sql: f"migas_contains({sql}::text, {pattern})"
            )
        declared = field_of(self._model, path)
        if lookup == "in":
            return self._within(declared, path, value, parameters)
        parsed = self._parsed(declared, one, _one_text(value))
        if parsed is None:
            return None
        operator = COMPARISONS.get(lookup, "=")
        place = parameters.add(parsed, _cast(declared))
        return condition(self._model, "t", path, lambda sql: f"{sql} {operator} {place}")

    def _within(
        self, declared: fields.Field[Any], path: str, value: Any, parameters: Parameters
    ) -> str:
        items = value if isinstance(value, list) else str(value).split(",")
        wanted = [
            self._parsed(declared, Filter(""), str(item).strip())
            for item in items
            if str(item).strip()
        ]
        place = parameters.add(wanted, f"{_cast(declared) or 'text'}[]")
        return condition(self._model, "t", path, lambda sql: f"{sql} = ANY({place})")

    def _parsed(self, declared: fields.Field[Any], one: Filter, value: str) -> Any:
        """Return the value in the column's type; None for a boolean that is none."""
        if one.choices and value not in one.choices:
            raise ValueError(f"Select a valid choice. {value} is not one of the available choices.")
        if isinstance(declared, fields.BooleanField):
            return boolean(value)
        if _is_number(declared):
            return integer(value)
        if isinstance(declared, fields.FloatField):
            return _float(value)
        if isinstance(declared, fields.DatetimeField):
            return moment(value, self._zone)
        if isinstance(declared, fields.DateField):
            return moment(value, self._zone).astimezone(self._zone).date()
        return value


def is_given(value: Any) -> bool:
    """Tell whether a parameter says anything; false and 0 do."""
    return value not in ("", None, [])


def check_characters(name: str, value: Any) -> None:
    """Refuse texts that PostgreSQL does not hold.

    Raises:
        InvalidDataError: there is a null character in it; the parameter is named.
    """
    if "\x00" in _one_text(value):
        raise InvalidDataError({name: ["Null characters are not allowed."]})


def contained(value: str) -> str:
    """Return the pattern of texts that contain a value."""
    escaped = re.sub(r"([%_\\])", r"\\\1", value)
    return f"%{escaped}%"


def boolean(value: Any) -> bool | None:
    """Return what a text means as a boolean, None when it means nothing."""
    lowered = str(value).lower()
    return True if lowered in TRUE else False if lowered in FALSE else None


def integer(value: str) -> int:
    """Return a whole number.

    Raises:
        ValueError: it is none, or larger than any column holds.
    """
    if not re.fullmatch(r"\s*[+-]?[0-9]{1,19}\s*", value) or abs(int(value)) > GREATEST_INTEGER:
        raise ValueError(_NOT_A_NUMBER)
    return int(value)


def _float(value: str) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise ValueError(_NOT_A_NUMBER) from error


def moment(value: str, zone: ZoneInfo) -> datetime:
    """Return a date or time; without a zone it is in the given one.

    Raises:
        ValueError: it is neither.
    """
    try:
        parsed = datetime.fromisoformat(value.strip().replace(" ", "+") if "T" in value else value)
    except ValueError as error:
        raise ValueError(_NOT_A_MOMENT) from error
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=zone)
    try:
        return parsed.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(_NOT_A_MOMENT) from error


def day(value: str) -> date:
    """Return a date.

    Raises:
        ValueError: it is none.
    """
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError("Enter a valid date.") from error


def search_terms(value: str) -> list[str]:
    """Split what is searched for at blanks and commas; quotes keep a phrase together."""
    found = re.findall(r'"([^"]*)"|\'([^\']*)\'|([^\s,]+)', value)
    return [term for groups in found for term in groups if term]


def _one_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value)


def _is_number(declared: fields.Field[Any]) -> bool:
    return isinstance(declared, (fields.IntField, fields.BigIntField, fields.SmallIntField)) or (
        hasattr(declared, "related_model")
    )


def _cast(declared: fields.Field[Any]) -> str:
    if _is_number(declared):
        return "bigint"
    if isinstance(declared, fields.DatetimeField):
        return "timestamptz"
    return ""
