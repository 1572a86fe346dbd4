"""What a topic is: some parts, each with what it is read from and when it may have changed."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from migas_tornado.accounts.callers import Caller
from migas_tornado.bus import Channel, Message
from migas_tornado.db import Connection

Values = Mapping[str, Any]
"""JSON values by their names; one that changes is told as a whole."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """For whom a topic is read."""

    caller: Caller | None
    """None sees everything, and belongs to nobody."""
    language: str
    zone: ZoneInfo


Read = Callable[[Connection, Viewer], Awaitable[Values]]

VISIBILITY = frozenset({"domains", "scopes", "computers"})
"""Kinds of record on which it depends who sees what."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some values of a topic that change together."""

    read: Read
    channels: frozenset[Channel] = frozenset()
    """Whatever is told on these may have changed it."""
    kinds: frozenset[str] = frozenset()
    """So may changes of these kinds of record."""
    seconds: float = 60.0
    """It is read again after so long without a cause, as time itself or others may be one."""

    def concerns(self, message: Message) -> bool:
        """Tell whether what happened may have changed the part."""
        if message.channel is Channel.RECORDS:
            kind = message.content.get("kind")
            return kind in self.kinds or kind in VISIBILITY
        return message.channel is Channel.RESUMED or message.channel in self.channels


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that can be followed."""

    name: str
    parts: tuple[Part, ...]
    permission: str = ""
    """Permission to view that it needs where reading needs one, such as `core.view_deployment`."""
    is_personal: bool = False
    """Whether two accounts that see the same of the fleet still see different values."""

    def audience(self, viewer: Viewer) -> tuple[Any, ...]:
        """Return what is the same for all who may share a feed."""
        caller = viewer.caller
        if caller is None:
            return (self.name, viewer.language)
        own = (caller.id, viewer.language) if self.is_personal else ()
        return (self.name, caller.domain_id, caller.scope_id, *own)
