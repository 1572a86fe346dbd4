"""How often somebody may call. Contract: admin-api 1.7.

Counts are kept in memory, for each process: a bucket holds as many calls as are allowed in a
minute, and fills again evenly.
"""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from tornado.web import HTTPError

MOST_KEYS = 20_000
LONGEST_NAME = 150
SECONDS = 60.0


class ThrottledError(HTTPError):
    """Somebody called too often.

    Attributes:
        seconds: after which he may call again.
    """

    def __init__(self, seconds: int) -> None:
        unit = "second" if seconds == 1 else "seconds"
        super().__init__(
            HTTPStatus.TOO_MANY_REQUESTS,
            f"Request was throttled. Expected available in {seconds} {unit}.",
        )
        self.seconds = seconds


class Throttle:
    """Remembers for each caller when his bucket is full again.

    Args:
        most_keys: callers that are remembered; those who called longest ago are forgotten first.
        clock: tells the seconds.
    """

    def __init__(
        self, most_keys: int = MOST_KEYS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._full_at: OrderedDict[str, float] = OrderedDict()
        self._most_keys, self._clock = most_keys, clock

    def take(self, per_minute: int, *keys: str) -> None:
        """Count a call for each key, or for none when one of them has no call left.

        Args:
            per_minute: calls that are allowed; 0 for any number.
            keys: who calls, and as what.

        Raises:
            ThrottledError: it is one call too many.
        """
        if not per_minute:
            return
        now, cost = self._clock(), SECONDS / per_minute
        full_at = {key: max(self._full_at.get(key, now), now) + cost for key in keys}
        wait = max(full_at.values()) - now - SECONDS
        if wait > cost / 1000:
            raise ThrottledError(math.ceil(wait))
        for key, moment in full_at.items():
            self._full_at[key] = moment
            self._full_at.move_to_end(key)
        while len(self._full_at) > self._most_keys:
            self._full_at.popitem(last=False)

    def attempt(self, per_minute: int, username: str, address: str) -> Callable[[], None]:
        """Count an attempt to sign in, both for the account and for the address.

        Returns:
            What to call once the password turned out to be right, which takes the count back.

        Raises:
            ThrottledError: too many were wrong.
        """
        keys = (f"login of {username[:LONGEST_NAME]}", f"login from {neighbourhood(address)}")
        self.take(per_minute, *keys)
        return partial(self.give_back, per_minute, *keys)

    def give_back(self, per_minute: int, *keys: str) -> None:
        """Take back that a call was counted."""
        for key in keys:
            if per_minute and key in self._full_at:
                self._full_at[key] -= SECONDS / per_minute


def neighbourhood(address: str) -> str:
    """Return what is counted for an address: itself, and of IPv6 the network of one site."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address
