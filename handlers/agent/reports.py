"""What agents may send, checked before the domain sees it."""

import ipaddress
from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load
from marshmallow.validate import Length

from migas_tornado.errors import InvalidDataError
from migas_tornado.synchronization.values import TEXT_LIMIT


class Text(fields.String):
    """A text of limited length; null is an empty one."""

    def __init__(self, most: int, *, least: int = 0) -> None:
        self._least = least
        message = f"Ensure this field has no more than {most} characters."
        super().__init__(
            load_default="", allow_none=not least, validate=Length(max=most, error=message)
        )
        if least:
            self.required, self.load_default = True, fields.missing_

    def _deserialize(self, value: Any, *arguments: Any, **more: Any) -> str:
        text = super()._deserialize(value, *arguments, **more)
        if len(text.strip()) < self._least:
            raise ValidationError("This field may not be blank.")
        return text


class Address(fields.Field):
    """An IPv4 or IPv6 address; null or empty is none."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str | None:
        if value in (None, ""):
            return None
        try:
            if not isinstance(value, str):
                raise ValueError
            return str(ipaddress.ip_address(value.split("%")[0]))
        except ValueError as error:
            raise ValidationError("Enter a valid IPv4 or IPv6 address.") from error


class Values(fields.Field):
    """Prefix -> what its formula printed; null means that it printed nothing to keep."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise ValidationError("An object prefix -> text is expected.")
        problems = [
            f"{prefix}: a text of at most {TEXT_LIMIT} characters is expected."
            for prefix, text in value.items()
            if text is not None and (not isinstance(text, str) or len(text) > TEXT_LIMIT)
        ]
        if problems:
            raise ValidationError(problems)
        return {prefix: text for prefix, text in value.items() if text is not None}


class _Schema(Schema):
    class Meta:
        unknown = EXCLUDE


class AttributesReport(_Schema):
    """`computers/attributes/`."""

    uuid = Text(36, least=1)
    name = Text(50, least=1)
    fqdn = Text(255)
    ip_address = Address(load_default=None, allow_none=True)
    sync_user = Text(50)
    sync_fullname = Text(100)
    sync_attributes = Values(required=True)

    @pre_load
    def read_nulls(self, data: Any, **_: Any) -> dict[str, Any]:
        """Read null texts as empty ones."""
        nullable = ("fqdn", "sync_user", "sync_fullname")
        return {k: "" if v is None and k in nullable else v for k, v in data.items()}


class Registration(_Schema):
    """`computers/`."""

    uuid = Text(36, least=1)
    name = Text(50, least=1)
    ip_address = Address(load_default=None, allow_none=True)


class Completion(_Schema):
    """`synchronizations/`."""

    start_date = fields.String(required=True)
    consumer = Text(50)
    pms_status_ok = fields.Boolean(load_default=False)


def checked(schema: Schema, claims: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a schema.

    Raises:
        InvalidDataError: field -> what is wrong with it.
    """
    try:
        return schema.load(claims)
    except ValidationError as error:
        raise InvalidDataError(
            {name: _texts(problem) for name, problem in error.normalized_messages().items()}
        ) from error


def _texts(problem: Any) -> list[str]:
    if isinstance(problem, dict):
        return [text for part in problem.values() for text in _texts(part)]
    return [str(text) for text in (problem if isinstance(problem, list) else [problem])]


def moment(text: str, zone: Any) -> datetime:
    """Read an ISO-8601 time; without offset it is in the given zone.

    Raises:
        InvalidDataError: it is no time.
    """
    try:
        value = datetime.fromisoformat(text)
        return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(zone)
    except (ValueError, OverflowError) as error:
        raise InvalidDataError(
            {"start_date": ["A time such as 2026-01-31T19:07:03 is expected."]}
        ) from error
