"""All feeds of this replica: made for the first who follows, ended after the last."""

import asyncio
from collections.abc import Iterable
from typing import Any

from migas_tornado.bus import Bus, Channel, Message
from migas_tornado.live.feed import Feed, Follower
from migas_tornado.live.topic import Topic, Viewer

READING_FEEDS = 2
"""So many connections to the database are used at most, however many people look."""


class Feeds:
    """Finds the feed of a topic for a viewer, and tells feeds what happened.

    Args:
        bus: where it is told.
        topics: what can be followed.
    """

    def __init__(self, bus: Bus, topics: Iterable[Topic]) -> None:
        self.topics = {topic.name: topic for topic in topics}
        self._bus = bus
        self._feeds: dict[tuple[Any, ...], Feed] = {}
        self._work: dict[Feed, asyncio.Task[None]] = {}
        self._turns = asyncio.Semaphore(READING_FEEDS)

    def start(self) -> None:
        """Begin to hear what happens."""
        for channel in Channel:
            self._bus.listen(channel, self._hear)

    async def stop(self) -> None:
        """End all feeds."""
        for channel in Channel:
            self._bus.unlisten(channel, self._hear)
        work = list(self._work.values())
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)

    def follow(self, topic: Topic, viewer: Viewer, follower: Follower) -> Feed:
        """Have somebody told the present state of a topic, and whatever becomes of it."""
        audience = topic.audience(viewer)
        feed = self._feeds.get(audience)
        if feed is None:
            feed = self._feeds[audience] = Feed(topic, viewer, self._turns)
            self._work[feed] = asyncio.create_task(feed.run())
        feed.followers.add(follower)
        if feed.snapshot is not None:
            follower.changed(feed)
        return feed

    def unfollow(self, feed: Feed, follower: Follower) -> None:
        """Tell somebody no more; a feed that nobody follows ends."""
        feed.followers.discard(follower)
        if not feed.followers and feed in self._work:
            self._work.pop(feed).cancel()
            self._feeds = {key: one for key, one in self._feeds.items() if one is not feed}

    def _hear(self, message: Message) -> None:
        for feed in self._feeds.values():
            feed.hear(message)
