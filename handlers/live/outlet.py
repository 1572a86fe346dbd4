"""What goes out to one listener: one message at a time, and never more than he takes."""

import asyncio
from collections.abc import Awaitable, Callable

from tornado.websocket import WebSocketClosedError

SLOW_SECONDS = 15.0
"""Who does not take a message for so long is dropped."""


class Outlet:
    """Sends what is newest when the listener has taken the message before.

    Nothing is queued: a slow listener misses states in between, and holds no memory but that of one
    message.

    Args:
        write: sends a message; what it returns is done when the listener's connection took it.
        newest: returns what is to be sent next, or None when he has everything.
        drop: ends the connection of a listener that is too slow.
    """

    def __init__(
        self,
        write: Callable[[str], Awaitable[None]],
        newest: Callable[[], str | None],
        drop: Callable[[], None],
        slow_seconds: float = SLOW_SECONDS,
    ) -> None:
        self._write, self._newest, self._drop = write, newest, drop
        self._slow_seconds = slow_seconds
        self._sending: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def wake(self) -> None:
        """Send what is new, now or as soon as the listener is ready."""
        if self._sending is not None:
            return
        text = self._newest()
        if text is None:
            return
        try:
            self._sending = asyncio.ensure_future(self._write(text))
        except WebSocketClosedError:
            return
        self._timer = asyncio.get_running_loop().call_later(self._slow_seconds, self._drop)
        self._sending.add_done_callback(self._sent)

    def _sent(self, sending: asyncio.Future[None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._sending = None
        if not sending.cancelled() and sending.exception() is None:
            self.wake()
