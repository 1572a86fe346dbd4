"""Requests to upstreams: guarded addresses, redirects, time limits, nothing held in memory."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from tornado.gen import TimeoutError as TornadoTimeoutError
from tornado.http1connection import HTTP1Connection, HTTP1ConnectionParameters
from tornado.httputil import (
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.iostream import IOStream, StreamClosedError
from tornado.tcpclient import TCPClient

from migas_tornado.external.failures import (
    SilentUpstreamError,
    UnsafeUpstreamError,
    UpstreamError,
)
from migas_tornado.external.guard import GuardedResolver
from migas_tornado.settings import Settings

MAX_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_PORTS = {"http": 80, "https": 443}
_URL_CHARACTERS = "%/:?#[]@!$&'()*+,;=~"
READ_BYTES = 256 * 1024
QUEUED_CHUNKS = 8
"""What has been read and is not taken yet; then the upstream has to wait."""
BUFFER_BYTES = 1024 * 1024
HEADER_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Response:
    """What an upstream answers; `chunks` reads its content."""

    url: str
    status: int
    headers: HTTPHeaders
    _reception: "_Reception"
    _silence: float

    @property
    def length(self) -> int | None:
        """Bytes that it promises; None when it does not say."""
        text = self.headers.get("Content-Length", "")
        return int(text) if text.isascii() and text.isdigit() else None

    @property
    def is_delimited(self) -> bool:
        """Whether a part of the content cannot pass for the whole."""
        chunked = self.headers.get("Transfer-Encoding", "").lower() == "chunked"
        return chunked or self.length is not None

    async def chunks(self) -> AsyncIterator[bytes]:
        """Read the content.

        Raises:
            UpstreamError: it breaks off, or nothing comes for too long.
        """
        while chunk := await _within(self._silence, self._reception.next_chunk()):
            yield chunk


class Upstream:
    """Asks upstreams, at addresses that are allowed."""

    def __init__(self, settings: Settings) -> None:
        self._silence = float(settings.external_silence_seconds)
        self._max_bytes = settings.external_max_bytes
        self._resolver = GuardedResolver(networks=settings.external_networks)
        self._tcp = TCPClient(resolver=self._resolver)
        self._tls: ssl.SSLContext | None = None

    def close(self) -> None:
        """Ask no more."""
        self._resolver.close()

    @asynccontextmanager
    async def get(self, url: str, headers: dict[str, str]) -> AsyncIterator[Response]:
        """Ask for a file, wherever the upstream says that it is.

        Args:
            url: of the file.
            headers: beyond the usual ones.

        Raises:
            UnsafeUpstreamError: an address on the way is not allowed.
            UpstreamError: there is no answer, or it leads nowhere.
        """
        for _ in range(MAX_REDIRECTS + 1):
            async with self._exchange(url, headers) as response:
                if response.status not in _REDIRECTS:
                    yield response
                    return
                location = response.headers.get("Location", "")
            if not location:
                raise UpstreamError(f"{url} redirects without saying where to.")
            url = quote(urljoin(url, location), safe=_URL_CHARACTERS)
        raise UpstreamError(f"There are more than {MAX_REDIRECTS} redirects, the last to {url}.")

    @asynccontextmanager
    async def _exchange(self, url: str, headers: dict[str, str]) -> AsyncIterator[Response]:
        parts = _checked(url)
        stream = await self._connect(parts)
        reading: asyncio.Future[bool] | None = None
        try:
            connection = HTTP1Connection(
                stream,
                True,
                HTTP1ConnectionParameters(
                    no_keep_alive=True,
                    chunk_size=READ_BYTES,
                    max_header_size=HEADER_BYTES,
                    max_body_size=self._max_bytes,
                ),
            )
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            sent = HTTPHeaders(
                {
                    "Host": parts.netloc,
                    "User-Agent": "migas-tornado",
                    "Accept": "*/*",
                    "Accept-Encoding": "identity",
                    "Connection": "close",
                    **headers,
                }
            )
            connection.write_headers(RequestStartLine("GET", target, "HTTP/1.1"), sent)
            connection.finish()
            reception = _Reception()
            reading = asyncio.ensure_future(connection.read_response(reception))
            reading.add_done_callback(reception.ended)
            start, received = await _within(self._silence, reception.head)
            yield Response(url, start.code, received, reception, self._silence)
        finally:
            stream.close()
            if reading is not None:
                reading.cancel()

    async def _connect(self, parts: SplitResult) -> IOStream:
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        where = f"{host} port {port}"
        tls = await self._tls_context() if parts.scheme == "https" else None
        try:
            return await self._tcp.connect(
                host,
                port,
                ssl_options=tls,
                max_buffer_size=BUFFER_BYTES,
                timeout=self._silence,
            )
        except (TornadoTimeoutError, TimeoutError) as error:
            raise SilentUpstreamError(f"{where} does not answer.") from error
        except (OSError, StreamClosedError) as error:
            reason = getattr(error, "real_error", None) or error
            raise UpstreamError(f"Cannot connect to {where}: {reason}") from error

    async def _tls_context(self) -> ssl.SSLContext:
        if self._tls is None:
            # In a thread: it reads hundreds of certificates.
            self._tls = await asyncio.to_thread(ssl.create_default_context)
        return self._tls


@dataclass(eq=False)
class _Reception(HTTPMessageDelegate):
    """Takes an answer from the connection, and holds a little of it until it is asked for."""

    head: asyncio.Future[tuple[ResponseStartLine, HTTPHeaders]] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    _chunks: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)
    _taken: asyncio.Event = field(default_factory=asyncio.Event)
    _is_whole: bool = False

    def headers_received(self, start_line: Any, headers: HTTPHeaders) -> None:
        if start_line.code >= 200 and not self.head.done():
            self.head.set_result((start_line, headers))

    async def data_received(self, chunk: bytes) -> None:
        self._chunks.put_nowait(chunk)
        while self._chunks.qsize() >= QUEUED_CHUNKS:
            self._taken.clear()
            await self._taken.wait()

    def finish(self) -> None:
        self._is_whole = True

    def ended(self, reading: asyncio.Future[bool]) -> None:
        """Take note that nothing more comes, however that came about."""
        if not reading.cancelled():
            reading.exception()  # that the connection broke is seen by what is missing
        self._chunks.put_nowait(None)
        if not self.head.done():
            self.head.set_exception(UpstreamError("The upstream closed without a sound answer."))
            self.head.exception()  # perhaps nobody waits for it any more

    async def next_chunk(self) -> bytes:
        """Return what comes next; nothing at the end.

        Raises:
            UpstreamError: the end is not the one that the upstream promised.
        """
        parts = [await self._chunks.get()]
        while not self._chunks.empty():
            parts.append(self._chunks.get_nowait())
        self._taken.set()
        if parts[-1] is None:
            parts.pop()
            if parts:
                self._chunks.put_nowait(None)
            elif not self._is_whole:
                raise UpstreamError("The upstream broke off.")
        return b"".join(part for part in parts if part)


def _checked(url: str) -> SplitResult:
    """Split a URL that may be asked.

    Raises:
        UnsafeUpstreamError: it is of another kind, or has credentials.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UnsafeUpstreamError(f"{url} is not readable: {error}") from error
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc or port == 0:
        raise UnsafeUpstreamError(f"{url} is not plain http or https.")
    return parts


async def _within(seconds: float, work: Any) -> Any:
    """Return what the work returns.

    Raises:
        SilentUpstreamError: it takes longer.
    """
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError as error:
        raise SilentUpstreamError(
            f"The upstream sent nothing for {seconds:.0f} seconds."
        ) from error
