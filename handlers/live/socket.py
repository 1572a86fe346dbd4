"""What every WebSocket shares: who may open one, its limits, and how it ends."""

import logging
from collections.abc import Awaitable
from http import HTTPStatus
from urllib.parse import urlsplit

from tornado.web import HTTPError
from tornado.websocket import WebSocketHandler

from handlers.api.throttle import neighbourhood
from handlers.base import BaseHandler

log = logging.getLogger(__name__)

NOT_AUTHENTICATED = 4001
"""Close code of ours: no login, or one that ended."""
TRY_AGAIN_LATER = 1013
"""Close code of RFC 6455's registry: one connection too many."""
FRAME_BYTES = 4096
"""Longer messages of clients end the connection."""


class SocketHandler(BaseHandler, WebSocketHandler):
    """A connection from an allowed origin, within the limits, that is pinged."""

    _is_open = False

    @property
    def ping_interval(self) -> float:
        return self.services.settings.socket_ping_seconds

    @property
    def max_message_size(self) -> int:
        return FRAME_BYTES

    def prepare(self) -> None:
        super().prepare()
        if self.request.headers.get("Upgrade", "").lower() != "websocket":
            self.set_header("Upgrade", "websocket")
            self.set_header("Connection", "Upgrade")
            raise HTTPError(HTTPStatus.UPGRADE_REQUIRED, "This path is for WebSockets.")
        settings = self.services.settings
        if not self.services.listeners.has_room(settings.sockets_per_address, self._place):
            raise HTTPError(
                HTTPStatus.TOO_MANY_REQUESTS, "This address has too many connections open."
            )

    @property
    def _place(self) -> str:
        return f"address {neighbourhood(self.address)}"

    def check_origin(self, origin: str) -> bool:
        """Allow pages of this server, and of origins in the settings."""
        allowed = self.services.settings.allowed_origins
        if "*" in allowed or origin.lower() in allowed:
            return True
        return urlsplit(origin).netloc.lower() == (self.request.host or "").lower()

    def open(self, **_: str) -> Awaitable[None] | None:
        self._is_open = True
        self.services.listeners.enter(self, self._place)
        self.set_nodelay(True)
        self.begin()
        return None

    def begin(self) -> None:
        """Start, once the connection is open."""

    def end(self) -> None:
        """Clean up, once the connection is closed; not called for one that never was open."""

    def drop(self) -> None:
        """End the connection of somebody who does not take what is sent."""
        log.info("a listener was too slow and is dropped: %s", self.address)
        # The close handshake would wait behind what he does not take.
        if self.ws_connection is not None and self.ws_connection.stream is not None:
            self.ws_connection.stream.close()

    def on_message(self, message: str | bytes) -> Awaitable[None] | None:
        """Ignore whatever a client says. Contract: 5.1, whose reference falls silent then."""
        return None

    def on_close(self) -> None:
        self.services.listeners.leave(self)
        if self._is_open:
            self.end()
