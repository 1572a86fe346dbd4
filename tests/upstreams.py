"""A repository server that tests script: what it has, how it answers, and what it was asked."""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """How a path is answered."""

    content: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str = ""
    modified: float = 0
    length: str = "told"
    """`told`, `chunked`, or `none`."""
    breaks_after: int | None = None
    """Bytes after which the connection is closed."""
    delay: float = 0
    gate: threading.Event | None = None
    """The second half is sent when it is set."""


class Upstream:
    """A server on a loopback address; `files` is what it has."""

    def __init__(
        self, address: str = "127.0.0.1", tls: ssl.SSLContext | None = None, port: int = 0
    ) -> None:
        self.files: dict[str, Answer | Callable[[], Answer]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.address, self.scheme = address, "https" if tls else "http"
        self._tls = tls
        self._server: ThreadingHTTPServer | None = None
        self.port = port
        self.start()

    def start(self) -> None:
        """Listen, on the port that it had."""
        upstream = self

        class Server(ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in upstream.address else socket.AF_INET
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                pass

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                upstream.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = Server((self.address, self.port), Handler)
        if self._tls:
            self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, host: str = "") -> str:
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{host or address}:{self.port}"

    def requests(self, path: str) -> list[dict[str, str]]:
        """Return the headers of each request for a path."""
        return [headers for asked, headers in self.asked if asked == path]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.asked.append((handler.path, headers))
        found = self.files.get(handler.path, Answer(status=404))
        found = found() if callable(found) else found
        time.sleep(found.delay)
        handler.close_connection = True
        is_same = found.etag and headers.get("if-none-match") == found.etag
        modified = formatdate(found.modified, usegmt=True)
        is_same = is_same or (found.modified and headers.get("if-modified-since") == modified)
        handler.send_response(304 if is_same else found.status)
        if found.etag:
            handler.send_header("ETag", found.etag)
        if found.modified:
            handler.send_header("Last-Modified", modified)
        for name, value in found.headers.items():
            handler.send_header(name, value)
        if found.length == "told":
            handler.send_header("Content-Length", str(len(found.content)))
        elif found.length == "chunked":
            handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        if not is_same:
            self._send(handler, found)

    def _send(self, handler: BaseHTTPRequestHandler, found: Answer) -> None:
        content = found.content[: found.breaks_after]
        middle = len(content) // 2 if found.gate else len(content)
        for part in (content[:middle], content[middle:]):
            if part and found.length == "chunked":
                part = b"%x\r\n%s\r\n" % (len(part), part)
            handler.wfile.write(part)
            handler.wfile.flush()
            if found.gate:
                found.gate.wait(30)
        if found.length == "chunked" and found.breaks_after is None:
            handler.wfile.write(b"0\r\n\r\n")
