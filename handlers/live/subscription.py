"""What one listener was told of a topic, and what is new to him."""

from typing import Any

import orjson

from migas_tornado.live.feed import Feed, Snapshot, change
from migas_tornado.live.topic import Topic


class Subscription:
    """A topic that somebody follows.

    Args:
        topic: which.
        audience: with whom he shares the feed.
        feed: of the topic.
    """

    def __init__(self, topic: Topic, audience: tuple[Any, ...], feed: Feed) -> None:
        self.topic, self.audience, self.feed = topic, audience, feed
        self._told: Snapshot | None = None

    def news(self) -> str | None:
        """Return the message that brings him up to date, or None when he is."""
        newest, told = self.feed.snapshot, self._told
        if newest is None or newest is told:
            return None
        self._told = newest
        name = self.topic.name
        if told is None:
            return newest.text("snapshot", lambda values: _text("snapshot", name, state=values))
        return newest.text(told, lambda values: _changed(name, told, values))


def _changed(name: str, told: Snapshot, values: Any) -> str | None:
    found = change(told.values, values)
    return _text("change", name, **found) if found else None


def _text(kind: str, topic: str, **content: Any) -> str:
    return orjson.dumps({"type": kind, "topic": topic, **content}).decode()
