"""The computer for which something is chosen. Contract: data-model 9."""

from migas_tornado.accounts.callers import Caller
from migas_tornado.db import Connection
from migas_tornado.errors import NotFoundError
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.visibility import by_computer

_VISIBLE = by_computer("id")


async def find_chooser(database: Connection, caller: Caller, key: str) -> int:
    """Return the id of a computer that the caller sees.

    Raises:
        NotFoundError: there is none.
    """
    found = None
    if key.isascii() and key.isdigit() and len(key) <= 18:
        parameters = Parameters()
        conditions = [f"t.id = {parameters.add(int(key), 'bigint')}", _VISIBLE(caller, parameters)]
        found = await database.fetchval(
            f"SELECT t.id FROM client_computer t WHERE {' AND '.join(filter(None, conditions))}",  # noqa: S608
            *parameters.values,
        )
    if found is None:
        raise NotFoundError("No Computer matches the given query.")
    return found
