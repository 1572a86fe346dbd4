"""The port that speaks HTTP without TLS, as agents find it. Contract: agent-v4 1."""

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream

TLS_HANDSHAKE = 0x16
"""First byte of whoever begins with TLS; HTTP begins with a letter."""
ENDED = 0


class PlainStream(IOStream):
    """A connection that is closed at once when it begins with a TLS handshake.

    Agents of protocol 4 try TLS at every start, and have no timeout: without an end of the
    connection they would wait for an answer, and the server for the end of a request.
    """

    _is_fresh = True

    def read_from_fd(self, buf: bytearray | memoryview) -> int | None:
        """Read as any stream does; a handshake reads as the end of the connection."""
        count = super().read_from_fd(buf)
        if self._is_fresh and count:
            self._is_fresh = False
            if buf[0] == TLS_HANDSHAKE:
                return ENDED
        return count


class PlainHTTPServer(HTTPServer):
    """An HTTP server on connections that may turn out to want TLS."""

    def handle_stream(self, stream: IOStream, address: tuple) -> None:  # type: ignore[type-arg]
        """Serve a connection."""
        plain = PlainStream(
            stream.socket,
            max_buffer_size=stream.max_buffer_size,
            read_chunk_size=stream.read_chunk_size,
        )
        super().handle_stream(plain, address)
