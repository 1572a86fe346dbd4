"""Locks that PostgreSQL keeps for this process on a connection of their own.

When the process dies, or the connection ends, all of them are free at once.
"""

import asyncio
from types import TracebackType
from typing import Any, Self

import asyncpg

from migas_tornado.db import dedicated_connection

ANSWER_SECONDS = 2.0
"""Silence for longer counts as the end of the connection."""

LEADER = (0x6D676C64, 0)
JOB_SPACE = 0x6D676A62
"""First key of the lock that one run of a job holds; the second is made from the job's name."""

Key = tuple[int, int]


class LocksLostError(OSError):
    """The connection ended, and with it all locks."""


class LockSession:
    """A connection that holds locks: `async with LockSession(credentials) as locks`.

    Args:
        credentials: of the database.
        silence: seconds without a question after which the locks are lost; 0 for never.
    """

    def __init__(self, credentials: dict[str, Any], silence: float = 0) -> None:
        self._credentials = credentials
        self._silence = silence
        self._connection: asyncpg.Connection | None = None
        self._one_at_a_time = asyncio.Lock()
        self._is_lost = asyncio.Event()

    async def __aenter__(self) -> Self:
        async with asyncio.timeout(ANSWER_SECONDS):
            self._connection = await dedicated_connection(
                self._credentials, "migas-tornado locks", self._silence
            )
        self._connection.add_termination_listener(lambda _: self._is_lost.set())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_lost.set()
        if self._connection is not None:
            self._connection.terminate()

    async def try_lock(self, key: Key) -> bool:
        """Take a lock unless somebody has it.

        Raises:
            LocksLostError: the connection ended.
        """
        return await self._ask("SELECT pg_try_advisory_lock($1, $2)", *key)

    async def unlock(self, key: Key) -> None:
        """Give a lock back.

        Raises:
            LocksLostError: the connection ended, and so did the lock.
        """
        await self._ask("SELECT pg_advisory_unlock($1, $2)", *key)

    async def watch(self, seconds: float) -> None:
        """Wait, and then see whether the connection lives; an end is noticed at once.

        Raises:
            LocksLostError: it ended.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._is_lost.wait()
        except TimeoutError:
            await self._ask("SELECT true")
            return
        raise LocksLostError("The connection that holds the locks ended.")

    async def _ask(self, query: str, *values: int) -> bool:
        try:
            async with self._one_at_a_time, asyncio.timeout(ANSWER_SECONDS):
                return await self._connection.fetchval(query, *values)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            self._is_lost.set()
            raise LocksLostError("The connection that holds the locks ended.") from error
