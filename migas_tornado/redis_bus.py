"""The bus of several replicas: Redis pub/sub, which may go away and come back at any time.

Subscribers of the same process never depend on Redis. What is published while it is away waits in
a bounded buffer; what others published meanwhile is lost, and `Channel.RESUMED` says so.
"""

import asyncio
import contextlib
import logging
import random
import secrets
from collections import deque
from typing import Any

import orjson
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from migas_tornado.bus import BUFFERED_MESSAGES, Bus, Channel, Message

log = logging.getLogger(__name__)

HEARTBEAT = ""
"""What stands in the place of a channel when a replica just listens for itself."""
HEARTBEAT_SECONDS = 1.0
SILENCE_SECONDS = 2.5
"""The connection is given up when not even our own heartbeats came back for so long."""
IO_SECONDS = 2.0
LEAST_WAIT_SECONDS = 0.1
MOST_WAIT_SECONDS = 1.0
MESSAGE_BYTES = 64 * 1024
"""Longer messages of others are not read: none of ours is."""
BATCH_MESSAGES = 100


class RedisBus(Bus):
    """Brings messages to the subscribers of all replicas that share a Redis.

    Args:
        url: as in the settings; the number of its database keeps installations apart.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self._redis = Redis.from_url(
            url,
            retry=Retry(NoBackoff(), 0),  # this class tries again itself
            socket_connect_timeout=IO_SECONDS,
            socket_timeout=IO_SECONDS,
        )
        number = self._redis.connection_pool.connection_kwargs.get("db", 0)
        self._topic = f"migas-tornado:{number}"
        self._replica = secrets.token_hex(8)
        self._outgoing: deque[bytes] = deque(maxlen=BUFFERED_MESSAGES)
        self._wanted = asyncio.Event()
        self._is_connected = False
        self._was_cut_off = False
        self._work: asyncio.Task[None] | None = None

    @property
    def is_connected(self) -> bool:
        """Whether messages reach the other replicas now."""
        return self._is_connected

    async def start(self) -> None:
        """Open the bus without waiting for Redis, which need not be there yet."""
        await super().start()
        self._work = asyncio.create_task(self._stay_connected())

    async def stop(self) -> None:
        """Send what waits, if Redis is there, and close the connections."""
        await super().stop()
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
        if self._is_connected:
            try:
                await self._send_waiting()
            except (OSError, RedisError):
                log.info("the last messages of this replica were not sent: Redis is away")
        await self._redis.aclose()

    def publish(self, channel: Channel, **content: Any) -> None:
        """Tell the subscribers of this process, and as soon as Redis is there those of others."""
        super().publish(channel, **content)
        if len(self._outgoing) == self._outgoing.maxlen:
            self.dropped += 1
        self._outgoing.append(self._packed(channel, content))
        self._wanted.set()

    def _packed(self, channel: str, content: dict[str, Any]) -> bytes:
        return orjson.dumps({"from": self._replica, "channel": channel, "content": content})

    async def _stay_connected(self) -> None:
        wait = LEAST_WAIT_SECONDS
        while True:
            try:
                async with asyncio.TaskGroup() as tasks:
                    listening = asyncio.Event()
                    tasks.create_task(self._receive(listening))
                    tasks.create_task(self._send(listening))
            except* (OSError, RedisError) as errors:
                if self._is_connected:
                    wait = LEAST_WAIT_SECONDS
                if self._is_connected or not self._was_cut_off:
                    log.warning("the bus lost Redis, tries again: %s", errors.exceptions[0])
                self._is_connected, self._was_cut_off = False, True
            await asyncio.sleep(wait * random.uniform(0.8, 1.2))  # noqa: S311
            wait = min(2 * wait, MOST_WAIT_SECONDS)

    async def _receive(self, listening: asyncio.Event) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
            await pubsub.subscribe(self._topic)
            listening.set()
            while True:
                async with asyncio.timeout(SILENCE_SECONDS):
                    received = None
                    while received is None:
                        received = await pubsub.get_message(timeout=SILENCE_SECONDS)
                self._take(received["data"])
                _end_if_cancelled()

    def _take(self, data: bytes) -> None:
        try:
            if len(data) > MESSAGE_BYTES:
                raise ValueError
            packed = orjson.loads(data)
            sender, content = packed["from"], packed["content"]
            channel = None if packed["channel"] == HEARTBEAT else Channel(packed["channel"])
        except (ValueError, TypeError, KeyError):
            log.warning("a message on the bus that is none of ours: %r", data[:80])
            return
        if sender == self._replica:
            if not self._is_connected:
                self._resume()
        elif channel is not None:
            self.deliver(Message(channel, content, is_own=False))

    def _resume(self) -> None:
        """Note that our own heartbeat came back: both directions work."""
        self._is_connected = True
        log.info("the bus is connected to Redis")
        if self._was_cut_off:
            self._was_cut_off = False
            self.deliver(Message(Channel.RESUMED, {}))

    async def _send(self, listening: asyncio.Event) -> None:
        await listening.wait()
        clock = asyncio.get_running_loop().time
        while True:
            await self._redis.publish(self._topic, self._packed(HEARTBEAT, {}))
            until = clock() + HEARTBEAT_SECONDS
            while (left := until - clock()) > 0:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await self._wanted.wait()
                await self._send_waiting()
                _end_if_cancelled()

    async def _send_waiting(self) -> None:
        self._wanted.clear()
        while self._outgoing:
            size = min(BATCH_MESSAGES, len(self._outgoing))
            batch = [self._outgoing.popleft() for _ in range(size)]
            try:
                async with self._redis.pipeline(transaction=False) as pipeline:
                    for data in batch:
                        pipeline.publish(self._topic, data)
                    await pipeline.execute()
            except BaseException:
                room = BUFFERED_MESSAGES - len(self._outgoing)
                self._outgoing.extendleft(reversed(batch[-room:] if room else []))
                self._wanted.set()
                raise


def _end_if_cancelled() -> None:
    """Pass a cancellation on: Redis's client swallows one that comes while it ends a command.

    Raises:
        asyncio.CancelledError: the task was cancelled.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
