"""What a body may hold, checked field by field. Contract: admin-api 1.3."""

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import PurePath
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from tortoise import fields as columns
from tortoise.fields.relational import ForeignKeyFieldInstance, ManyToManyFieldInstance

from migas_tornado.errors import InvalidDataError
from migas_tornado.resources.declaration import FileRule, Resource, SentFile, Writable

INTEGER_RANGES = {"SmallIntField": 2**15, "IntField": 2**31, "BigIntField": 2**63}

_REQUIRED = "This field is required."
_NULL = "This field may not be null."
_BLANK = "This field may not be blank."
_NOT_TEXT = "Not a valid string."
_LONG = "Ensure this field has no more than {max} characters."
_NOT_INTEGER = "A valid integer is required."
_NOT_FLOAT = "A valid number is required."
_NOT_BOOLEAN = "Must be a valid boolean."
_NOT_DATE = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."
_NOT_MOMENT = "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm."
_NOT_OBJECT = "Invalid data. Expected a dictionary."
_NOT_LIST = 'Expected a list of items but got type "{kind}".'
_KEY = re.compile("[0-9]{1,19}")
_NOT_KEY = "Incorrect type. Expected pk value, received {kind}."


class Text(fields.Field[str]):
    """A text, trimmed; numbers are taken as texts, as forms send everything."""

    def __init__(self, longest: int | None, *, may_be_blank: bool, **options: Any) -> None:
        super().__init__(**options)
        self._longest, self._may_be_blank = longest, may_be_blank

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValidationError(_NOT_TEXT)
        text = str(value).strip()
        if "\x00" in text:
            raise ValidationError("Null characters are not allowed.")
        if not text and not self._may_be_blank:
            raise ValidationError(_BLANK)
        if self._longest and len(text) > self._longest:
            raise ValidationError(_LONG.format(max=self._longest))
        return text


class Lines(fields.Field[str]):
    """A list of texts, or a text with one per line; null is empty."""

    def deserialize(self, value: Any, *rest: Any, **options: Any) -> Any:
        """Return the lines as one text."""
        return super().deserialize("" if value is None else value, *rest, **options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if isinstance(value, str):
            value = value.splitlines()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ValidationError("A list of texts is expected.")
        lines = [line.strip() for item in value for line in item.splitlines()]
        if any("\x00" in line for line in lines):
            raise ValidationError("Null characters are not allowed.")
        return "\n".join(filter(None, lines))


class Whole(fields.Field[int]):
    """A whole number in a range."""

    def __init__(self, least: int, most: int, **options: Any) -> None:
        super().__init__(**options)
        self._least, self._most = least, most

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | str) or len(str(value)) > 20:
            raise ValidationError(_NOT_INTEGER)
        try:
            number = int(value)
        except ValueError as error:
            raise ValidationError(_NOT_INTEGER) from error
        if number < self._least:
            raise ValidationError(f"Ensure this value is greater than or equal to {self._least}.")
        if number > self._most:
            raise ValidationError(f"Ensure this value is less than or equal to {self._most}.")
        return number


class Key(fields.Field[int | None]):
    """The id of another record; an empty text is null where that is allowed, as forms send it."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int | None:
        if value == "" and self.allow_none:
            return None
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if not is_number and not (isinstance(value, str) and _KEY.fullmatch(value.strip())):
            raise ValidationError(_NOT_KEY.format(kind=type(value).__name__))
        return int(value)


class Keys(fields.Field[list[int]]):
    """The ids of other records; a list with one empty text is empty, as forms send it."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[int]:
        if isinstance(value, str | int) and not isinstance(value, bool):
            value = [value]
        if not isinstance(value, list):
            raise ValidationError(_NOT_LIST.format(kind=type(value).__name__))
        key = Key()
        return [key._deserialize(item) for item in value if item != ""]


class Moment(fields.Field[datetime | None]):
    """A time; without a zone it is in the server's. An empty text is null, as forms send it."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime | None:
        if value == "" and self.allow_none:
            return None
        try:
            parsed = datetime.fromisoformat(value)
            if parsed.tzinfo is None:
                parsed = parsed.replace(tzinfo=self.metadata["zone"])
            return parsed.astimezone(UTC)
        except (TypeError, ValueError, OverflowError) as error:
            raise ValidationError(_NOT_MOMENT) from error


class Object(fields.Field[dict[str, Any]]):
    """A JSON object, or a text that holds one, as forms send it."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Any]:
        if isinstance(value, str):
            try:
                value = orjson.loads(value or "{}")
            except orjson.JSONDecodeError as error:
                raise ValidationError("Value must be valid JSON.") from error
        if not isinstance(value, dict):
            raise ValidationError(_NOT_OBJECT)
        if _has_null_character(value):
            raise ValidationError("Null characters are not allowed.")
        try:
            orjson.dumps(value)
        except orjson.JSONEncodeError as error:
            raise ValidationError("The object is nested too deeply.") from error
        return value


def _has_null_character(value: Any) -> bool:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str) and "\x00" in one:
            return True
    return False


class File(fields.Field[SentFile | None]):
    """A file of a form; nothing, or null, means that none is sent."""

    def __init__(self, rule: FileRule, **options: Any) -> None:
        super().__init__(**options)
        self._rule = rule

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> SentFile | None:
        if value == "":
            return None
        if not isinstance(value, SentFile):
            raise ValidationError("The submitted data was not a file.")
        extension = PurePath(value.name).suffix.lower().removeprefix(".")
        if extension not in self._rule.extensions:
            allowed = ", ".join(self._rule.extensions)
            raise ValidationError(
                f"File extension “{extension}” is not allowed. Allowed extensions are: {allowed}."
            )
        if not value.content:
            raise ValidationError("The submitted file is empty.")
        if len(value.content) > self._rule.most_bytes:
            raise ValidationError(f"A file may have at most {self._rule.most_bytes} bytes.")
        return value


def read_body(
    resource: Resource, body: Any, zone: ZoneInfo, *, is_update: bool, is_partial: bool
) -> dict[str, Any]:
    """Return the values of a body, by field; what it does not know is passed over.

    Raises:
        InvalidDataError: naming every field at fault.
    """
    if not isinstance(body, dict):
        kind = type(body).__name__
        raise InvalidDataError(
            {"non_field_errors": [f"Invalid data. Expected a dictionary, but got {kind}."]}
        )
    schema = _schema_of(resource.path, zone, is_update)
    try:
        return schema.load(body, partial=is_partial)
    except ValidationError as error:
        raise InvalidDataError(_flat(error.normalized_messages())) from error


def read_keys(name: str, given: Any) -> list[int]:
    """Return the ids of a body, or of one of its fields, as they stand for links.

    Raises:
        InvalidDataError: it is no list of ids; the field is named.
    """
    try:
        return Keys().deserialize(given)
    except ValidationError as error:
        raise InvalidDataError({name: error.messages}) from error


def _flat(messages: dict[str, Any]) -> dict[str, list[str]]:
    return {
        str(name): found if isinstance(found, list) else [str(found)]
        for name, found in messages.items()
    }


@cache
def _schema_of(path: str, zone: ZoneInfo, is_update: bool) -> Schema:
    from migas_tornado.resources.registry import RESOURCES

    resource = RESOURCES[path]
    writable = resource.for_update if is_update else resource.writable
    members = {
        name: _field(resource, writable, name, zone) for name in (*writable.names, *writable.extra)
    }
    return Schema.from_dict(members, name=resource.path)(unknown=EXCLUDE)


def _field(resource: Resource, writable: Writable, name: str, zone: ZoneInfo) -> fields.Field[Any]:
    model, declared = writable.extra.get(name, (resource.model, name))
    column = model._meta.fields_map[declared]
    is_link = isinstance(column, ManyToManyFieldInstance)
    may_be_null = bool(getattr(column, "null", False)) and name not in writable.required
    options: dict[str, Any] = {
        "required": name in writable.required,
        "allow_none": is_link or name in writable.lines or may_be_null,
        "error_messages": {"required": _REQUIRED, "null": _NULL},
        "data_key": writable.called.get(name),
    }
    if name in writable.choices:
        codes = writable.choices[name]
        options["validate"] = validate.OneOf(codes, error='"{input}" is not a valid choice.')
    if name in writable.files:
        return File(writable.files[name], **{**options, "allow_none": True})
    if is_link:
        return Keys(**options)
    if isinstance(column, ForeignKeyFieldInstance):
        return Key(**options)
    if name in writable.lines:
        return Lines(**options)
    return _column_field(column, writable, name, options, zone)


def _column_field(
    column: Any, writable: Writable, name: str, options: dict[str, Any], zone: ZoneInfo
) -> fields.Field[Any]:
    messages = options["error_messages"]
    if isinstance(column, columns.BooleanField):
        return fields.Boolean(
            **{**options, "error_messages": {**messages, "invalid": _NOT_BOOLEAN}}
        )
    if type(column).__name__ in INTEGER_RANGES:
        limit = INTEGER_RANGES[type(column).__name__]
        least = writable.least.get(name, -limit)
        return Whole(least, writable.most.get(name, limit - 1), **options)
    if isinstance(column, columns.FloatField):
        invalid = {"invalid": _NOT_FLOAT, "special": _NOT_FLOAT, "too_large": _NOT_FLOAT}
        return fields.Float(**{**options, "error_messages": {**messages, **invalid}})
    if isinstance(column, columns.DatetimeField):
        return Moment(metadata={"zone": zone}, **options)
    if isinstance(column, columns.DateField):
        return fields.Date(
            format="%Y-%m-%d", **{**options, "error_messages": {**messages, "invalid": _NOT_DATE}}
        )
    if isinstance(column, columns.JSONField):
        return Object(**options)
    may_be_blank = name not in writable.required and name not in writable.not_blank
    longest = None if name in writable.cut else getattr(column, "max_length", None)
    return Text(longest, may_be_blank=may_be_blank, **options)
