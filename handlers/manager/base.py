"""What the manager's calls share: their errors, and that there are none without mTLS."""

from http import HTTPStatus
from typing import Any

from handlers.api.throttle import neighbourhood
from handlers.base import BaseHandler
from migas_tornado.accounts.callers import Caller, caller_of_id, caller_of_token
from migas_tornado.db import connection
from migas_tornado.errors import (
    ForbiddenError,
    InvalidDataError,
    NotAuthenticatedError,
    NotFoundError,
)

BODY_BYTES = 64 * 1024
LONGEST_TEXT = 255
MOST_DAYS = 7305


class UnprocessableError(InvalidDataError):
    """A field is missing or of another kind; the detail names it as the manager does."""

    def __init__(self, field: str, message: str, kind: str) -> None:
        super().__init__(message)
        self.problems = [{"loc": ["body", field], "msg": message, "type": kind}]


class ManagerHandler(BaseHandler):
    """A call about certificates."""

    @property
    def body_limit(self) -> int:
        return BODY_BYTES

    def prepare(self) -> None:
        super().prepare()
        if self.services.settings.mtls == "off":
            # Every agent without a certificate asks in every run, so that this has to be cheap.
            raise NotFoundError("Not Found")

    def count_call(self) -> None:
        """Count an anonymous call that costs much.

        Raises:
            ThrottledError: the address has no call left.
        """
        limit = self.services.settings.anonymous_calls_per_minute
        self.services.throttle.take(limit, f"certificates {neighbourhood(self.address)}")

    def json_object(self) -> dict[str, Any]:
        """Return the body.

        Raises:
            UnprocessableError: it is no object.
        """
        try:
            body = self.json_body()
        except InvalidDataError as error:
            raise UnprocessableError("body", "JSON decode error", "json_invalid") from error
        if not isinstance(body, dict):
            raise UnprocessableError("body", "Input should be an object", "model_attributes_type")
        return body

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, UnprocessableError):
            self.answer({"detail": error.problems}, HTTPStatus.UNPROCESSABLE_ENTITY)
            return
        if isinstance(error, NotAuthenticatedError):
            self.set_header("WWW-Authenticate", "Bearer")
        super().write_error(status_code, **kwargs)


class PrivateHandler(ManagerHandler):
    """A call of a superuser, who shows a token of the API as `Bearer`."""

    async def superuser(self) -> Caller:
        """Return who calls.

        Raises:
            NotAuthenticatedError: nobody who is known.
            ForbiddenError: somebody else than a superuser.
        """
        kind, _, credential = self.request.headers.get("Authorization", "").partition(" ")
        caller = None
        if kind.lower() in ("bearer", "token"):
            caller = await self._caller(credential.strip())
        if caller is None:
            self.count_call()
            raise NotAuthenticatedError("Not authenticated")
        if not caller.is_superuser:
            raise ForbiddenError("You do not have permission to perform this action.")
        return caller

    async def _caller(self, credential: str) -> Caller | None:
        if "." in credential:
            claims = self.services.signer.read(credential, "access")
            async with connection() as database:
                return await caller_of_id(database, claims.account_id, claims.password_mark)
        async with connection() as database:
            return await caller_of_token(database, credential)


def text_of(fields: dict[str, Any], name: str, *, default: str | None = None) -> str:
    """Return a text of a body.

    Raises:
        UnprocessableError: it is missing, no text, too long, or has what no text may have.
    """
    value = fields.get(name, default)
    if value is None:
        raise UnprocessableError(name, "Field required", "missing")
    if not isinstance(value, str) or "\x00" in value or len(value) > LONGEST_TEXT:
        raise UnprocessableError(
            name, f"Input should be a text of at most {LONGEST_TEXT} characters", "string_type"
        )
    return value


def days_of(fields: dict[str, Any]) -> int:
    """Return how long a certificate is to be valid.

    Raises:
        UnprocessableError: it is no number of days from 1 to 7305.
    """
    value = fields.get("validity_days", MOST_DAYS)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_DAYS:
        raise UnprocessableError(
            "validity_days", f"Input should be a number from 1 to {MOST_DAYS}", "int_range"
        )
    return value
