"""`/alerts/` as the unmodified dashboard uses it, and what hostile or sleepy clients get."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

import pytest
from agent import Agent, request
from api import Api, signed_in
from conftest import RunningServer
from sockets import Listener, connect, refused
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClosedError

pytestmark = pytest.mark.alone

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@asynccontextmanager
async def listening(url: str, path: str = "/alerts/", **headers: str) -> AsyncIterator[Listener]:
    listener = await connect(url, path, **headers)
    try:
        yield listener
    finally:
        listener.close()


def unchecked(alerts: list[Any]) -> int:
    return next((int(a["result"]) for a in alerts if a["api"]["model"] == "notifications"), 0)


async def noted(api: Api) -> float:
    """Cause a change, and return when it was done."""
    await asyncio.to_thread(api.post, "notifications/", message="look")
    return time.monotonic()


def sleepy(url: str, path: str = "/alerts/") -> socket.socket:
    """A client that shakes hands and never reads again, nor answers pings."""
    host = url.removeprefix("http://")
    name, _, port = host.partition(":")
    connection = socket.create_connection((name, int(port)), timeout=10)
    connection.sendall(HANDSHAKE.format(path=path, host=host).encode())
    assert connection.recv(12) == b"HTTP/1.1 101"
    return connection


async def test_the_present_state_comes_at_once(server, api):
    await noted(api)
    async with listening(server.url) as listener:
        shown = await listener.next(1)
        assert shown == await asyncio.to_thread(api.get, "stats/alerts/")


async def test_a_change_is_pushed_and_nothing_without_one(server, api):
    async with listening(server.url) as listener:
        before = unchecked(await listener.next())
        assert await listener.nothing(1.5)
        done = await noted(api)
        assert unchecked(await listener.next()) == before + 1
        assert time.monotonic() - done < 1


async def test_a_burst_of_changes_becomes_few_messages(server, api):
    async with listening(server.url) as listener:
        before = unchecked(await listener.next())
        for _ in range(10):
            await noted(api)
        messages = 0
        while unchecked(await listener.next()) < before + 10:
            messages += 1
        assert messages <= 3


async def test_whatever_a_client_says_is_ignored(server, api):
    async with listening(server.url) as listener:
        before = unchecked(await listener.next())
        for frame in ('{"type": "subscribe"}', "no JSON", b"\x00\xff", ""):
            await listener.connection.write_message(frame, binary=isinstance(frame, bytes))
        await noted(api)
        assert unchecked(await listener.next()) == before + 1


async def test_a_frame_that_is_too_long_ends_the_connection(server):
    async with listening(server.url) as listener:
        await listener.next()
        with pytest.raises(WebSocketClosedError):
            await listener.connection.write_message("x" * 5000)
            await listener.closed()
            await listener.connection.write_message("gone")


async def test_pages_of_other_sites_are_refused(server):
    host = server.url.removeprefix("http://")
    assert await refused(server.url, "/alerts/", Origin="https://evil.example.org") == 403
    assert await refused(server.url, "/alerts/", Origin="null") == 403
    assert await refused(server.url, "/ws/stats/", Origin="https://evil.example.org") == 403
    async with listening(server.url, Origin=f"http://{host}") as listener:
        assert isinstance(await listener.next(), list)


@pytest.mark.parametrize("path", ["/alerts", "/alerts/x/", "/ws/", "/ws/stats/x", "/nothing/"])
async def test_other_paths_are_not_found(server, path):
    assert await refused(server.url, path) == 404


def test_a_plain_request_is_told_what_the_path_is_for(server):
    answer = request(server.url, "GET", "/alerts/")
    assert (answer.status, answer.json()) == (426, {"detail": "This path is for WebSockets."})


async def test_what_the_dashboard_does(server, api):
    """The list first, then the socket; after a close the same again a second later."""
    listed = await asyncio.to_thread(api.get, "stats/alerts/")
    host = server.url.removeprefix("http://")
    for _ in range(2):
        async with listening(server.url, Origin=f"http://{host}") as listener:
            assert unchecked(await listener.next()) >= unchecked(listed)
            await noted(api)
            await listener.next()
        await asyncio.sleep(1)


async def test_a_synchronization_is_seen_while_it_runs(server):
    agent = await asyncio.to_thread(lambda: Agent(server.url, project="seen").enrol())

    def running(alerts: list[Any]) -> bool:
        return any("created_at__gte" in one["api"]["query"] for one in alerts)

    async with listening(server.url) as listener:
        assert not running(await listener.next())
        await asyncio.to_thread(agent.call, "computers/properties/")
        assert running(await listener.next(1))
        await asyncio.to_thread(agent.call, "eot/")
        await listener.until(lambda alerts: not running(alerts), 3)


@pytest.fixture
def strict(own_server: Any) -> RunningServer:
    return own_server(
        sockets_per_address="3",
        socket_ping_seconds="1",
        allowed_origins="https://fleet.example.org",
        language="es",
    )


async def test_limits_origins_and_sleepers(strict):
    """One server of its own for all that depends on settings."""
    api = await asyncio.to_thread(signed_in, strict, "admin")
    await noted(api)
    origin = "https://fleet.example.org"
    async with listening(strict.url, Origin=origin) as listener:
        alerts = await listener.next()
        assert [one["msg"] for one in alerts] == ["Notificaciones sin comprobar"]
        with sleepy(strict.url), sleepy(strict.url):
            assert await refused(strict.url, "/alerts/") == 429
            # Those who sleep do not answer pings, and their places are free again.
            async with await admitted(strict.url) as one, await admitted(strict.url) as two:
                await one.next()
                await two.next()
                await noted(api)
                assert unchecked(await listener.next()) == 2
    assert strict.tracebacks == []


async def admitted(url: str) -> AbstractAsyncContextManager[Listener]:
    """Return a listener as soon as there is room."""
    end = time.monotonic() + 15
    while True:
        try:
            return nullcontext(await connect(url, "/alerts/"))
        except HTTPClientError as error:
            assert error.code == 429 and time.monotonic() < end
            await asyncio.sleep(0.2)
