"""What every call of the administrative API shares: who asks, what he sent, who may listen."""

import asyncio
from contextlib import suppress
from http import HTTPStatus
from typing import Any, ClassVar

from tornado.iostream import StreamClosedError
from tornado.web import RequestHandler

from handlers.api.throttle import neighbourhood
from handlers.base import VARY
from handlers.compression import accepts_gzip, compressed
from handlers.cross_origin import CrossOriginHandler
from migas_tornado.accounts.callers import Caller, caller_of_id, caller_of_token
from migas_tornado.accounts.jwt import BadTokenError
from migas_tornado.db import connection
from migas_tornado.errors import ForbiddenError, InvalidDataError, NotAuthenticatedError
from migas_tornado.resources.declaration import SentFile
from migas_tornado.resources.shapes import View

LEAST_COMPRESSED_BYTES = 200
"""Up to so many bytes fit into one packet anyway."""
AT_ONCE_BYTES = 32 * 1024
"""What has more is compressed in a thread: even this takes half a millisecond."""


class ApiHandler(CrossOriginHandler):
    """A call that needs an account, unless a subclass says otherwise."""

    needs_account = True
    may_compress: ClassVar[bool] = True
    """False where a new secret may stand beside what the caller sent: lengths would tell of it."""
    caller: Caller
    _compressing: "asyncio.Future[None] | None" = None

    async def prepare(self) -> None:
        super().prepare()
        if self.request.method == "OPTIONS":
            return
        try:
            caller = await self._authenticated()
        except NotAuthenticatedError:
            self._count_anonymous()
            raise
        if caller is None:
            self._count_anonymous()
            if self.needs_account:
                raise NotAuthenticatedError("Authentication credentials were not provided.")
            return
        limit = self.services.settings.user_calls_per_minute
        self.services.throttle.take(limit, f"account {caller.id}")
        self.caller = caller

    def _count_anonymous(self) -> None:
        limit = self.services.settings.anonymous_calls_per_minute
        self.services.throttle.take(limit, f"anonymous {neighbourhood(self.address)}")

    async def _authenticated(self) -> Caller | None:
        """Return whose credentials these are, or None when there are none.

        Raises:
            NotAuthenticatedError: they are wrong; also where none would be needed.
        """
        kind, _, credential = self.request.headers.get("Authorization", "").partition(" ")
        credential = credential.strip()
        if kind.lower() == "token":
            async with connection() as database:
                caller = await caller_of_token(database, credential)
            if caller is None:
                raise NotAuthenticatedError("Invalid token.")
            return caller
        if kind.lower() == "bearer":
            claims = self.services.signer.read(credential, "access")
            async with connection() as database:
                caller = await caller_of_id(database, claims.account_id, claims.password_mark)
            if caller is None:
                raise BadTokenError("User not found", "access")
            return caller
        return None

    def require(self, permission: str) -> None:
        """Check that the caller has a permission; none is needed where its name is empty.

        Raises:
            ForbiddenError: he has not.
        """
        if permission and not self.caller.may(permission):
            raise ForbiddenError("You do not have permission to perform this action.")

    @property
    def view(self) -> View:
        """What texts and URLs in answers depend on."""
        search_field = self.services.settings.computer_search_field
        return View(self.site, search_field, getattr(self, "caller", None), self.language)

    def allowed(self) -> list[str]:
        """Return the methods that the path takes."""
        return [
            name
            for name in self.SUPPORTED_METHODS
            if getattr(type(self), name.lower()) is not getattr(RequestHandler, name.lower())
        ]

    def query(self) -> dict[str, Any]:
        """Return the parameters of the URL; of those that are repeated, the last."""
        arguments = self.request.query_arguments
        try:
            return {name: values[-1].decode() for name, values in arguments.items()}
        except UnicodeDecodeError as error:
            raise InvalidDataError("The parameters of the URL are not UTF-8.") from error

    def data(self) -> Any:
        """Return the body: JSON, or the fields of a form, of which those repeated are lists.

        A file of a form is a `SentFile`.

        Raises:
            InvalidDataError: it cannot be read.
        """
        content_type = self.request.headers.get("Content-Type", "application/json")
        if content_type.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
            fields, files = self.form_content(content_type)
            return {
                name.removesuffix("[]"): values if len(values) > 1 else values[0]
                for name, values in fields.items()
            } | {name: SentFile(*sent) for name, sent in files.items()}
        return self.json_body() if self.body() else {}

    def finish(self, chunk: str | bytes | dict[str, Any] | None = None) -> "asyncio.Future[None]":
        """End the answer; JSON is compressed for those who take it so."""
        if chunk is None and self._compressing is not None:
            return self._compressing  # Tornado ends every answer when the method returns
        if not isinstance(chunk, str | bytes) or not self._is_compressible:
            return super().finish(chunk)
        content = chunk.encode() if isinstance(chunk, str) else chunk
        if len(content) <= LEAST_COMPRESSED_BYTES:
            return super().finish(content)
        self.set_header("Content-Encoding", "gzip")
        if len(content) <= AT_ONCE_BYTES:
            return super().finish(compressed(content))
        self._compressing = asyncio.ensure_future(self._finish_later(content))
        return self._compressing

    @property
    def _is_compressible(self) -> bool:
        kind = str(self._headers.get("Content-Type", "")).partition(";")[0]
        is_wanted = accepts_gzip(self.request.headers.get("Accept-Encoding", ""))
        return self.may_compress and is_wanted and kind.endswith("json")

    async def _finish_later(self, content: bytes) -> None:
        smaller = await asyncio.to_thread(compressed, content)
        if self._finished:  # something failed after the answer, and that was told instead
            return
        with suppress(StreamClosedError):  # the client does not want it any more
            await super().finish(smaller)

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Content-Language", self.language)
        self.set_header("Vary", VARY)
        self.set_header("X-Frame-Options", "DENY")
        self.set_header("Referrer-Policy", "same-origin")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Cache-Control", "no-store")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        if status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            self.set_header("Allow", ", ".join(self.allowed()))
            self.answer({"detail": f'Method "{self.request.method}" not allowed.'}, status_code)
            return
        if isinstance(error, NotAuthenticatedError):
            self.set_header("WWW-Authenticate", "Token")
        if isinstance(error, BadTokenError):
            self.answer(error.content(), HTTPStatus.UNAUTHORIZED)
            return
        super().write_error(status_code, **kwargs)
