"""Which computers synchronize now, and which stopped talking. Contract: stats-and-websocket 4."""

from migas_tornado.accounts.callers import Caller
from migas_tornado.db import Connection
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.visibility import by_computer
from migas_tornado.synchronization.messages import ENDED

SILENCE_SECONDS = 1800
"""A computer whose last message is older has stopped talking."""


async def synchronizing(database: Connection, caller: Caller) -> list[int]:
    """Return the visible computers that are in the middle of a synchronization."""
    return await _talking(database, caller, ">")


async def delayed(database: Connection, caller: Caller) -> list[int]:
    """Return the visible computers that started a synchronization and stopped talking."""
    return await _talking(database, caller, "<=")


async def _talking(database: Connection, caller: Caller, operator: str) -> list[int]:
    parameters = Parameters()
    ended = parameters.add(ENDED)
    seconds = parameters.add(SILENCE_SECONDS, "int")
    visible = by_computer("computer_id")(caller, parameters) or "true"
    rows = await database.fetch(
        f"SELECT t.computer_id FROM client_message t WHERE t.text <> {ended} "  # noqa: S608
        f"AND t.created_at {operator} now() - {seconds} * interval '1 second' AND {visible} "
        "ORDER BY t.computer_id",
        *parameters.values,
    )
    return [row[0] for row in rows]


async def end_message(database: Connection, key: int) -> None:
    """Forget what a computer is doing; older notes that are still on their way come too late."""
    await database.execute(
        "UPDATE client_message SET text = $2, created_at = now() WHERE computer_id = $1", key, ENDED
    )
