"""What happened, told to whoever listens: the channels, and the bus inside one process.

The bus of several replicas is in `redis_bus`. A lost message may delay, never corrupt: whoever
needs certainty reads the database.
"""

import asyncio
import logging
import weakref
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any, Self

from migas_tornado.db import Connection, after_commit

log = logging.getLogger(__name__)

Content = dict[str, Any]
"""What a message says: a small JSON object of ids, names and numbers."""
Listener = Callable[["Message"], None]

BUFFERED_MESSAGES = 1000
"""How many messages wait for a subscriber that is slow; then the oldest are dropped."""


class Channel(StrEnum):
    """Every subject that messages are about, and what their content holds."""

    SYNCHRONIZATIONS = "synchronizations"
    """A computer ended a synchronization, and its counters are stored:
    `{"computer": id, "project": id}`."""

    LIVE_MESSAGES = "live-messages"
    """What computers are doing now was written: `{"count": computers}`."""

    RECORDS = "records"
    """Rows were added, changed or deleted, by whomever:
    `{"kind": path of the resource, "change": "created" | "changed" | "deleted", "ids": [id, ...]}`;
    without `ids` many, or unknown ones. Kinds that only computers and jobs write are told too:
    `errors`, `faults`, `notifications`, `computers`, `status-logs`, `migrations`, `packages`."""

    PROJECTS = "projects"
    """A project or platform changed: what is remembered of projects is forgotten. Nothing."""

    ACCOUNTS = "accounts"
    """Rights, tokens or preferences of an account changed: `{"accounts": [id, ...]}`; without it
    those of many, as when a group or domain changed."""

    STALE_REPOSITORIES = "stale-repositories"
    """Repositories wait for being built: whoever builds looks at once.
    `{"deployments": [id, ...]}`."""

    BUILDS = "builds"
    """A repository or an image is being built: `{"kind": "repository" | "image", "id": id,
    "name": name, "project": id, "state": "running" | "done" | "failed",
    "percent": 0 to 100 or null}`; the id of a repository is that of its deployment."""

    RESUMED = "resumed"
    """Told by the bus itself, on this replica alone: it was cut off, and messages of other replicas
    may have been missed. Whoever remembers something reads it anew. Nothing."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something that happened."""

    channel: Channel
    content: Content
    is_own: bool = field(default=True, compare=False)
    """Whether it was published by this replica."""


class Subscription:
    """The messages of some channels, one after the other: `async for message in subscription`.

    It holds a bounded number of them; a subscriber that is too slow misses the oldest.
    """

    def __init__(self, bus: "Bus", channels: tuple[Channel, ...], size: int) -> None:
        self._bus = bus
        self._channels = channels
        self._waiting: deque[Message] = deque(maxlen=size)
        self._arrived = asyncio.Event()
        self._is_open = True
        self.dropped = 0

    def put(self, message: Message) -> None:
        """Add a message, at the cost of the oldest when there is no room."""
        if len(self._waiting) == self._waiting.maxlen:
            self.dropped += 1
            self._bus.dropped += 1
        self._waiting.append(message)
        self._arrived.set()

    def close(self) -> None:
        """Get no more messages; who waits for one is told that there is none."""
        self._is_open = False
        for channel in self._channels:
            self._bus.unlisten(channel, self.put)
        self._arrived.set()

    def __enter__(self) -> Self:
        for channel in self._channels:
            self._bus.listen(channel, self.put)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        while not self._waiting:
            if not self._is_open:
                raise StopAsyncIteration
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.popleft()


class Bus:
    """Brings messages to the subscribers of this process, which is all there is without Redis.

    Everything but `start` and `stop` is for the event loop's own thread, and neither waits nor
    raises.
    """

    def __init__(self) -> None:
        self._listeners: dict[Channel, list[Listener]] = {channel: [] for channel in Channel}
        self.published: Counter[Channel] = Counter()
        self.received = 0
        self.dropped = 0

    @property
    def is_connected(self) -> bool:
        """Whether messages reach the other replicas now; true where there are none."""
        return True

    async def start(self) -> None:
        """Open the bus: from now on `tell` finds it."""
        _OPEN.add(self)

    async def stop(self) -> None:
        """Close the bus."""
        _OPEN.discard(self)

    def publish(self, channel: Channel, **content: Any) -> None:
        """Tell all subscribers, of this process and of all others."""
        self.published[channel] += 1
        self.deliver(Message(channel, content))

    def deliver(self, message: Message) -> None:
        """Tell the subscribers of this process."""
        self.received += 1
        loop = asyncio.get_running_loop()
        for listener in self._listeners[message.channel]:
            # Later, so that one that fails harms neither whoever publishes nor the others.
            loop.call_soon(listener, message)

    def subscribe(self, *channels: Channel, size: int = BUFFERED_MESSAGES) -> Subscription:
        """Return the messages of some channels, for use in a `with` block."""
        return Subscription(self, channels, size)

    def listen(self, channel: Channel, listener: Listener) -> None:
        """Have a quick plain function called with each message of a channel."""
        self._listeners[channel].append(listener)

    def unlisten(self, channel: Channel, listener: Listener) -> None:
        """Have it called no more."""
        if listener in self._listeners[channel]:
            self._listeners[channel].remove(listener)


_OPEN: weakref.WeakSet[Bus] = weakref.WeakSet()


def announce(channel: Channel, **content: Any) -> None:
    """Publish on the bus of this process; a command that has none tells nobody."""
    for bus in list(_OPEN):
        bus.publish(channel, **content)


def tell(database: Connection, channel: Channel, **content: Any) -> None:
    """Publish once the transaction of a connection is stored; never if it is not."""
    after_commit(database, partial(announce, channel, **content))
