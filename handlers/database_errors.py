"""What a caller is told when the database refuses, and what is tried again before."""

import asyncio
import errno
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

from migas_tornado.db import ABSENCES
from migas_tornado.errors import ConflictError, InvalidDataError, MigasError, UnavailableError

log = logging.getLogger(__name__)

Result = TypeVar("Result")

ATTEMPTS = 4
"""How often a call is tried that got in the way of another; the database undid it each time."""

COLLISIONS = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.ForeignKeyViolationError,
)

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)

LOST_CONNECTION = tuple({*ABSENCES, ConnectionError} - {OSError})
"""What a restart of PostgreSQL raises, and nobody has to act on."""


async def tried_again(path: str, work: Callable[[], Awaitable[Result]]) -> Result:
    """Return what the work returns, which begins anew when it collides with another's.

    Args:
        path: of the request, for the log.
        work: one transaction, which may run several times.
    """
    for attempt in range(1, ATTEMPTS):
        try:
            return await work()
        except COLLISIONS as error:
            log.info("%s tried again after %s", path, type(error).__name__)
            await asyncio.sleep(0.02 * attempt)
    return await work()


def told_to_caller(error: BaseException | None) -> MigasError | None:
    """Return the error in our own words, None for one that is not the database's."""
    if isinstance(error, (*COLLISIONS, asyncpg.UniqueViolationError)):
        return ConflictError("Somebody else changed the same at this moment; please try again.")
    if isinstance(error, asyncpg.DataError):
        return InvalidDataError("A value is too large or not of the form that is expected.")
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return UnavailableError("The server has no room for files now; its log says why.")
    if isinstance(error, ABSENCES):
        return UnavailableError("The database cannot be reached now; please try again.")
    return None
