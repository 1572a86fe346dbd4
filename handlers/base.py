"""What every request handler shares: limits, who is asking, and how errors are answered."""

import ipaddress
import logging
import re
from collections.abc import Awaitable
from http import HTTPStatus
from typing import Any

import orjson
from tornado.httputil import HTTPFile, HTTPInputError, HTTPServerRequest, parse_body_arguments
from tornado.web import Application, HTTPError, RequestHandler, stream_request_body

from handlers.api.throttle import ThrottledError
from handlers.database_errors import LOST_CONNECTION, told_to_caller
from handlers.services import Services
from migas_tornado.certificates.subjects import parse_subject
from migas_tornado.errors import (
    ConflictError,
    ForbiddenError,
    InvalidDataError,
    MigasError,
    NotAuthenticatedError,
    NotFoundError,
    TooLargeError,
    UnavailableError,
)
from migas_tornado.languages import preferred_language, translate_all
from migas_tornado.logs import REQUEST_ID, new_request_id
from migas_tornado.settings import Settings

log = logging.getLogger(__name__)

DRAINED_EXCESS = 4
"""Bodies up to so many times the limit are read and dropped before they are refused: most clients
send everything before they look at the answer."""

LANGUAGE_COOKIE = "django_language"
"""Where the dashboard keeps the language that a person chose."""
KEYS_ONLY_OVER_HTTPS = "Keys are given out over HTTPS only."
NO_CERTIFICATE = (
    "This server answers computers only with a client certificate (MIGAS_MTLS is required). "
    "Enrol through the site's TLS proxy."
)
REQUEST_ID_FORM = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
RETRY_SECONDS = 2
"""After so long it is worth trying again what could not be done for want of something."""
VARY = "Accept, Accept-Encoding, Accept-Language, Cookie, Origin"

STATUS_OF_ERROR: tuple[tuple[type[MigasError], HTTPStatus], ...] = (
    (InvalidDataError, HTTPStatus.BAD_REQUEST),
    (NotAuthenticatedError, HTTPStatus.UNAUTHORIZED),
    (ForbiddenError, HTTPStatus.FORBIDDEN),
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (ConflictError, HTTPStatus.CONFLICT),
    (TooLargeError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (UnavailableError, HTTPStatus.SERVICE_UNAVAILABLE),
)
"""The one place where the domain's errors become HTTP."""


def status_of(error: MigasError) -> HTTPStatus:
    """Return the HTTP status of a domain error."""
    return next(status for kind, status in STATUS_OF_ERROR if isinstance(error, kind))


@stream_request_body
class BaseHandler(RequestHandler):
    """Answers JSON, reads bodies up to a limit, and turns errors into clear answers."""

    services: Services

    def __init__(self, application: Application, request: HTTPServerRequest, **kwargs: Any) -> None:
        self._received = bytearray()
        self._refusal: MigasError | None = None
        self.request = request
        self.request_id = _request_id(request, application.settings["services"].settings)
        REQUEST_ID.set(self.request_id)  # the task that answers the request begins with a copy
        super().__init__(application, request, **kwargs)

    def initialize(self) -> None:
        self.services = self.application.settings["services"]
        self.services.requests.add(self)

    @property
    def body_limit(self) -> int:
        """Bytes that the body may have."""
        return self.services.settings.max_message_bytes

    def prepare(self) -> Awaitable[None] | None:
        length = self.request.headers.get("Content-Length", "0")
        if length.isdigit() and int(length) > self.body_limit:
            if int(length) > self.body_limit * DRAINED_EXCESS:
                raise self._too_large()  # and Tornado closes the connection
            self.refuse(self._too_large())
        return None

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        if len(self._received) + len(chunk) > self.body_limit:
            self.refuse(self._too_large())
        elif self._refusal is None:
            self._received += chunk
        return None

    def refuse(self, error: MigasError) -> None:
        """Remember why the body is not taken; what still comes of it is dropped.

        Tornado would close the connection without an answer if `data_received` raised it.
        """
        self._refusal = self._refusal or error
        self._received.clear()

    def body(self) -> bytes:
        """Return the whole body.

        Raises:
            MigasError: why it was refused.
        """
        if self._refusal is not None:
            raise self._refusal
        return bytes(self._received)

    def _too_large(self) -> TooLargeError:
        return TooLargeError(f"The body may have at most {self.body_limit} bytes.")

    def on_finish(self) -> None:
        self.services.requests.discard(self)

    def on_connection_close(self) -> None:
        self.services.requests.discard(self)
        super().on_connection_close()

    def set_default_headers(self) -> None:
        self.set_header("Server", "migas-tornado")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("X-Request-ID", self.request_id)

    def answer(self, value: Any, status: int = HTTPStatus.OK) -> None:
        """Write a JSON value as the whole answer; errors in the language of whoever asks."""
        if status >= HTTPStatus.BAD_REQUEST:
            value = self.translated(value)
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(orjson.dumps(value))

    @property
    def language(self) -> str:
        """Language of whoever asks, as far as there are texts in it."""
        return preferred_language(
            self.get_cookie(LANGUAGE_COOKIE, "") or "",
            self.request.headers.get("Accept-Language", ""),
            self.application.settings["services"].settings.language,
        )

    def translated(self, value: Any) -> Any:
        """Return a JSON value with its texts, such as labels, in the caller's language."""
        language = self.language
        self.set_header("Content-Language", language)
        self.set_header("Vary", VARY)
        return translate_all(value, language)

    def json_body(self) -> Any:
        """Return the body as JSON.

        Raises:
            InvalidDataError: when it is not JSON.
        """
        try:
            return orjson.loads(self.body())
        except orjson.JSONDecodeError as error:
            raise InvalidDataError(f"JSON parse error - {error}") from error

    def form(self) -> dict[str, str]:
        """Return the fields of a form, or of a JSON object, as texts.

        Raises:
            InvalidDataError: when the body is JSON but not an object of texts.
        """
        content_type = self.request.headers.get("Content-Type", "")
        if content_type.startswith("application/json"):
            body = self.json_body() if self.body() else {}
            if not isinstance(body, dict):
                raise InvalidDataError("A JSON object is expected.")
            fields = {str(name): value for name, value in body.items() if value is not None}
        else:
            fields = self._form_fields(content_type)
        for name, value in fields.items():
            if not isinstance(value, str) or "\x00" in value:
                raise InvalidDataError({name: ["A text is expected."]})
        return fields

    def _form_fields(self, content_type: str) -> dict[str, Any]:
        return {name: values[-1] for name, values in self.form_lists(content_type).items()}

    def form_lists(self, content_type: str) -> dict[str, list[str]]:
        """Return the fields of a form, each with all its values.

        Raises:
            InvalidDataError: it cannot be read.
        """
        return self.form_content(content_type)[0]

    def form_content(
        self, content_type: str
    ) -> tuple[dict[str, list[str]], dict[str, tuple[str, bytes]]]:
        """Return the fields of a form, and its files: name and content of the last of each field.

        Raises:
            InvalidDataError: it cannot be read.
        """
        arguments: dict[str, list[bytes]] = {}
        files: dict[str, list[HTTPFile]] = {}
        try:
            parse_body_arguments(content_type, self.body(), arguments, files)
            fields = {name: [v.decode() for v in values] for name, values in arguments.items()}
            sent = {name: (of[-1].filename, of[-1].body) for name, of in files.items()}
            return fields, sent
        except (HTTPError, HTTPInputError, ValueError) as error:
            raise InvalidDataError("The form is not readable.") from error

    @property
    def is_from_proxy(self) -> bool:
        """Whether the peer is a proxy whose word on who is asking counts."""
        return _is_from_proxy(self.request, self.services.settings)

    @property
    def address(self) -> str:
        """Address of whoever asks: the first that a trusted proxy forwards, else the peer's."""
        if self.is_from_proxy:
            first = self.request.headers.get("X-Forwarded-For", "").split(",")[0].strip()
            try:
                return str(ipaddress.ip_address(first))
            except ValueError:
                pass
        return self.request.remote_ip

    @property
    def certificate_name(self) -> str:
        """Distinguished name of the client's certificate, as a trusted proxy tells; or empty."""
        return self.request.headers.get("X-SSL-Client-CN", "") if self.is_from_proxy else ""

    async def check_caller_certificate(self) -> None:
        """Refuse a computer whose certificate was revoked, or that has none where it needs one.

        Whether it is the certificate of the computer spoken for, is for the domain to decide.

        Raises:
            ForbiddenError: so it is.
        """
        mode, name = self.services.settings.mtls, self.certificate_name
        if mode == "off":
            return
        if name:
            subject = parse_subject(name)
            serial = self.request.headers.get("X-SSL-Client-Serial", "")
            common_name = subject.common_name if subject else ""
            await self.services.certificates.presented.check(serial, common_name)
        elif mode == "required":
            raise ForbiddenError(NO_CERTIFICATE)

    @property
    def may_give_keys(self) -> bool:
        """Whether private keys may be answered: in the clear only where that is allowed."""
        wanted = self.services.settings.keys_only_over_https
        return not wanted or self.site.startswith("https:")

    @property
    def site(self) -> str:
        """Scheme and host under which the caller reached this server."""
        scheme = self.request.headers.get("X-Forwarded-Proto", "") if self.is_from_proxy else ""
        return f"{scheme if scheme in ('http', 'https') else 'http'}://{self.request.host}"

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer an error in words; called by Tornado for whatever a handler raises."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        error = told_to_caller(error) or error
        if isinstance(error, MigasError):
            status_code = status_of(error)
            detail = error.detail if isinstance(error, InvalidDataError) else str(error)
            if isinstance(error, UnavailableError):
                self.set_header("Retry-After", str(RETRY_SECONDS))
        elif isinstance(error, ThrottledError):
            detail = str(error.log_message)
            self.set_header("Retry-After", str(error.seconds))
        elif isinstance(error, HTTPError) and error.log_message and status_code < 500:
            detail = error.log_message
        else:
            detail = REASONS.get(status_code, "The server failed; its log says why.")
        self.answer(detail if isinstance(detail, dict) else {"detail": detail}, status_code)

    def log_exception(self, kind: Any, error: Any, traceback: Any) -> None:
        """Log what a person has to act on; refusals are the caller's business."""
        if isinstance(error, (UnavailableError, *LOST_CONNECTION)):
            log.warning("%s %s failed: %s", self.request.method, self.request.path, error)
        elif not isinstance(error, MigasError | HTTPError):
            log.error(
                "%s %s failed",
                self.request.method,
                self.request.path,
                exc_info=(kind, error, traceback),
            )


def _is_from_proxy(request: HTTPServerRequest, settings: Settings) -> bool:
    try:
        peer = ipaddress.ip_address(request.remote_ip)
    except ValueError:
        return request.remote_ip == ""  # a Unix socket: only local programs reach it
    return any(peer in network for network in settings.trusted_proxies)


def _request_id(request: HTTPServerRequest, settings: Settings) -> str:
    """Return the id that a trusted proxy gave to a request, or a new one."""
    given = request.headers.get("X-Request-ID", "")
    if given and REQUEST_ID_FORM.fullmatch(given) and _is_from_proxy(request, settings):
        return given
    return new_request_id()


REASONS = {
    HTTPStatus.NOT_FOUND: "Not found.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Method not allowed.",
}


class NotFoundHandler(BaseHandler):
    """Answers paths that do not exist, among them those of services that are not here."""

    def prepare(self) -> None:
        super().prepare()
        raise NotFoundError("Not found.")
