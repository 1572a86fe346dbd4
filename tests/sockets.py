"""Listeners at the WebSockets of a running server."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import orjson
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

PATIENCE_SECONDS = 8.0


class Listener:
    """One connection; messages are read as JSON."""

    def __init__(self, connection: WebSocketClientConnection) -> None:
        self.connection = connection

    async def next(self, seconds: float = PATIENCE_SECONDS) -> Any:
        """Return the next message."""
        async with asyncio.timeout(seconds):
            text = await self.connection.read_message()
        assert text is not None, f"closed: {self.connection.close_code} {self.reason}"
        return orjson.loads(text)

    async def until(
        self, condition: Callable[[Any], Any], seconds: float = PATIENCE_SECONDS
    ) -> Any:
        """Return the first message that meets a condition."""
        end = time.monotonic() + seconds
        while not condition(message := await self.next(end - time.monotonic())):
            pass
        return message

    async def nothing(self, seconds: float) -> bool:
        """Tell whether no message comes for so long; one that does is lost."""
        try:
            await self.next(seconds)
        except TimeoutError:
            return True
        return False

    async def closed(self, seconds: float = PATIENCE_SECONDS) -> int | None:
        """Wait for the end, whatever comes before, and return its code."""
        async with asyncio.timeout(seconds):
            while await self.connection.read_message() is not None:
                pass
        return self.connection.close_code

    @property
    def reason(self) -> str:
        return self.connection.close_reason or ""

    def say(self, **message: Any) -> None:
        self.connection.write_message(orjson.dumps(message).decode())

    def close(self) -> None:
        self.connection.close()


async def connect(url: str, path: str, **headers: str) -> Listener:
    address = url.replace("http://", "ws://") + path
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return Listener(await websocket_connect(HTTPRequest(address, headers=headers)))


async def refused(url: str, path: str, **headers: str) -> int:
    """Return the status with which the handshake is refused."""
    try:
        listener = await connect(url, path, **headers)
    except HTTPClientError as error:
        return error.code
    listener.close()
    raise AssertionError("the connection was accepted")


async def signed_in_at(url: str, token: str, *topics: str, **headers: str) -> Listener:
    """Return a listener at `/ws/stats/` who has subscribed to some topics."""
    listener = await connect(url, "/ws/stats/", **headers)
    listener.say(type="auth", token=token)
    ready = await listener.next()
    assert ready["type"] == "ready", ready
    for topic in topics:
        listener.say(type="subscribe", topic=topic)
    return listener
