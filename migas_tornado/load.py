"""How busy this process is, as health checks, metrics and whoever shares out work look at it."""

import asyncio
from collections import deque
from collections.abc import Callable

from migas_tornado.db import LENDING

SAMPLE_SECONDS = 0.25
WINDOW_SECONDS = 5.0
"""Figures are the worst of so long."""


class Load:
    """What requests wait for: the event loop, a connection to the database, a worker process.

    Args:
        pool_workers: processes that there may be.
        pool_running: tells how many calls run in them, or wait for one.
    """

    def __init__(self, pool_workers: int, pool_running: Callable[[], int]) -> None:
        self.pool_workers = pool_workers
        self._pool_calls = pool_running
        self.is_leading = False
        """Whether this replica runs the periodic jobs."""
        self._lags: deque[float] = deque(maxlen=round(WINDOW_SECONDS / SAMPLE_SECONDS))
        self.observers: list[Callable[[float], None]] = []
        """Called with each sample of the event loop's lag, in seconds."""

    @property
    def event_loop_lag(self) -> float:
        """Seconds by which the event loop came too late."""
        return max(self._lags, default=0.0)

    @property
    def database_wait(self) -> float:
        """Seconds for which somebody waited for a connection to the database."""
        return LENDING.longest_wait(WINDOW_SECONDS)

    @property
    def pool_queue(self) -> int:
        """Calls that wait for a worker process now."""
        return max(0, self._pool_calls() - self.pool_workers)

    @property
    def pool_running(self) -> int:
        """Calls that run in worker processes now."""
        return min(self._pool_calls(), self.pool_workers)

    async def run(self) -> None:
        """Take samples until cancelled."""
        clock = asyncio.get_running_loop().time
        while True:
            due = clock() + SAMPLE_SECONDS
            await asyncio.sleep(SAMPLE_SECONDS)
            lag = max(0.0, clock() - due)
            self._lags.append(lag)
            for observe in self.observers:
                observe(lag)
