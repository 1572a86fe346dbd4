"""One topic as some people see it: read again when it may have changed, told when it has."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from migas_tornado.bus import Message
from migas_tornado.db import ABSENCES, connection
from migas_tornado.live.topic import Part, Topic, Values, Viewer

log = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
"""Changes within so long after one become the next; the first after a while is told at once."""
UNCHANGED_SECONDS = 0.1
"""It is read again after so long at the earliest when there was nothing to tell."""
READ_SECONDS = 10.0
TOLD_AT_ONCE = 50
"""After so many followers others get their turn of the event loop."""


class Snapshot:
    """The values of a topic at a moment; they never change."""

    __slots__ = ("_texts", "values")

    def __init__(self, values: Values) -> None:
        self.values = values
        self._texts: dict[Any, str | None] = {}

    def text(self, key: Any, make: Callable[[Values], str | None]) -> str | None:
        """Return a form of the values that all followers share, made when first asked for."""
        if key not in self._texts:
            self._texts[key] = make(self.values)
        return self._texts[key]


class Follower(Protocol):
    """Who is told that a feed has a new snapshot; he looks at it when he is ready."""

    def changed(self, feed: "Feed") -> None:
        """Note that there is something new; neither waits nor raises."""


class Feed:
    """Keeps a topic up to date.

    Args:
        topic: what.
        viewer: for whom.
        turns: limits how many feeds read at once.
    """

    def __init__(self, topic: Topic, viewer: Viewer, turns: asyncio.Semaphore) -> None:
        self.topic = topic
        self.followers: set[Follower] = set()
        self.snapshot: Snapshot | None = None
        self._viewer = viewer
        self._turns = turns
        self._values: dict[Part, Values] = {}
        self._stale: set[Part] = set()
        self._due = dict.fromkeys(topic.parts, 0.0)
        self._woken = asyncio.Event()

    def hear(self, message: Message) -> None:
        """Note what may have changed by something that happened."""
        concerned = [part for part in self.topic.parts if part.concerns(message)]
        if concerned:
            self._stale.update(concerned)
            self._woken.set()

    async def run(self) -> None:
        """Keep it up to date until cancelled."""
        clock = asyncio.get_running_loop().time
        while True:
            began, pause = clock(), PAUSE_SECONDS
            try:
                if not await self._refresh(began):
                    pause = UNCHANGED_SECONDS
            except ABSENCES as error:
                log.warning("topic %s not read, will retry: %s", self.topic.name, error)
            except Exception:  # a border: those who follow other topics go on
                log.exception("topic %s not read", self.topic.name)
            await asyncio.sleep(max(0.0, began + pause - clock()))
            await self._wait(min(self._due.values()) - clock())

    async def _wait(self, seconds: float) -> None:
        if seconds > 0 and not self._stale:
            self._woken.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self._woken.wait()
            except TimeoutError:
                pass

    async def _refresh(self, now: float) -> bool:
        """Read the parts that may have changed, and tell the followers if they have.

        Returns:
            Whether they have.
        """
        parts = [one for one in self.topic.parts if one in self._stale or self._due[one] <= now]
        self._stale.difference_update(parts)
        try:
            async with self._turns, asyncio.timeout(READ_SECONDS), connection() as database:
                for part in parts:
                    self._values[part] = await part.read(database, self._viewer)
                    self._due[part] = now + part.seconds
        except BaseException:
            self._stale.update(parts)
            raise
        values = _merged(self._values[part] for part in self.topic.parts)
        if self.snapshot is not None and values == self.snapshot.values:
            return False
        self.snapshot = Snapshot(values)
        await self._tell()
        return True

    async def _tell(self) -> None:
        for told, follower in enumerate(list(self.followers), start=1):
            if follower in self.followers:
                follower.changed(self)
            if told % TOLD_AT_ONCE == 0:
                await asyncio.sleep(0)


def _merged(parts: Any) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for values in parts:
        merged |= values
    return merged


def change(before: Values, after: Values) -> dict[str, Any]:
    """Return what makes one set of values the other: `{"set": {name: value}, "unset": [name]}`.

    Each is left out where there is nothing of it.
    """
    changed = {name: value for name, value in after.items() if _is_new(before, name, value)}
    gone = [name for name in before if name not in after]
    return ({"set": changed} if changed else {}) | ({"unset": gone} if gone else {})


def _is_new(before: Mapping[str, Any], name: str, value: Any) -> bool:
    return name not in before or before[name] != value
