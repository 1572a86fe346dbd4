"""Which replica leads: the one that holds a lock in PostgreSQL. There is never more than one."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from migas_tornado.load import Load
from tasks.locks import LEADER, LockSession

log = logging.getLogger(__name__)

CHECK_SECONDS = 1.0
"""How often the leader makes sure that it still leads, and the others try to."""

SILENCE_SECONDS = 10.0
"""A leader that stands still for so long leads no longer, whatever keeps its connection open."""

Term = Callable[[LockSession], Awaitable[None]]


class Leader:
    """Tries to lead, again and again, and while it does runs what a leader does.

    Args:
        credentials: of the database.
        term: what a leader does, for ever; cancelled at once when the lead is lost.
        load: shows whether this replica leads.
    """

    def __init__(self, credentials: dict[str, Any], term: Term, load: Load) -> None:
        self._credentials = credentials
        self._term = term
        self._load = load

    async def run(self) -> None:
        """Try to lead until cancelled."""
        said = ""
        while True:
            try:
                async with LockSession(self._credentials, SILENCE_SECONDS) as locks:
                    while not await locks.try_lock(LEADER):
                        await locks.watch(CHECK_SECONDS)
                    await self._lead(locks)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                if str(error) != said:
                    log.warning("the database does not tell who leads, tries again: %s", error)
                said = str(error)
            await asyncio.sleep(CHECK_SECONDS)

    async def _lead(self, locks: LockSession) -> None:
        log.info("this replica leads: it runs the periodic jobs")
        self._load.is_leading = True
        term = asyncio.create_task(self._term(locks))
        watch = asyncio.create_task(_watch(locks))
        try:
            await asyncio.wait((term, watch), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._load.is_leading = False
            term.cancel()
            watch.cancel()
            results = await asyncio.gather(term, watch, return_exceptions=True)
            log.info("this replica leads no longer")
        for result in results:
            if isinstance(result, Exception):
                raise result


async def _watch(locks: LockSession) -> None:
    while True:
        await locks.watch(CHECK_SECONDS)
