"""Who has a WebSocket open on this replica, and how many somebody may have."""

from collections import Counter
from typing import Protocol

GOING_AWAY = 1001


class Socket(Protocol):
    """An open connection, as far as it concerns whoever ends it."""

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """End the connection."""


class Listeners:
    """The open connections, counted by address and by account."""

    def __init__(self) -> None:
        self._places: dict[Socket, list[str]] = {}
        self._counts: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._places)

    def has_room(self, most: int, place: str) -> bool:
        """Tell whether one more may come from a place; 0 is any number."""
        return not most or self._counts[place] < most

    def enter(self, socket: Socket, place: str) -> None:
        """Count a connection for a place, such as an address; it may have several places."""
        self._places.setdefault(socket, []).append(place)
        self._counts[place] += 1

    def leave(self, socket: Socket) -> None:
        """Count a connection no more, for none of its places."""
        for place in self._places.pop(socket, []):
            self._counts[place] -= 1
            if not self._counts[place]:
                del self._counts[place]

    def close_all(self) -> None:
        """End all connections, because the server stops; dashboards come back to another one."""
        for socket in list(self._places):
            socket.close(GOING_AWAY, "The server stops.")
