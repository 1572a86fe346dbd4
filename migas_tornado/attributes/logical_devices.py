"""The logical devices that an attribute brings. Contract: admin-api 5.3."""

from migas_tornado.accounts.callers import Caller
from migas_tornado.db import Connection
from migas_tornado.errors import NotFoundError
from migas_tornado.models.devices import Logical
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.registry import visibility_of


async def logical_devices_of(database: Connection, caller: Caller, attribute: int) -> list[int]:
    """Return the ids of the logical devices of an attribute that a caller sees."""
    condition = (
        "t.id IN (SELECT l.logical_id FROM device_logical_attributes l WHERE l.attribute_id = $1)"
    )
    return await _visible(database, caller, condition, attribute)


async def _visible(
    database: Connection, caller: Caller, condition: str, value: int | list[int]
) -> list[int]:
    """Return the ids of the visible logical devices that meet a condition on `t` and `$1`."""
    parameters = Parameters()
    parameters.add(value)
    where = " AND ".join(filter(None, (condition, visibility_of(Logical)(caller, parameters))))
    rows = await database.fetch(
        f"SELECT t.id FROM device_logical t WHERE {where} ORDER BY t.id FOR KEY SHARE OF t",  # noqa: S608
        *parameters.values,
    )
    return [row["id"] for row in rows]


async def give_logical_devices(
    database: Connection, caller: Caller, attribute: int, devices: list[int], *, only: bool
) -> None:
    """Give an attribute these logical devices.

    Args:
        database: connection inside a transaction.
        caller: who does it.
        attribute: the attribute, locked.
        devices: ids of the logical devices.
        only: whether those that the caller sees besides are taken from it.

    Raises:
        NotFoundError: one of them does not exist, or is not visible; nothing is changed.
    """
    wanted = sorted(set(devices))
    possible = [key for key in wanted if 0 < key < 2**31]
    found = await _visible(database, caller, "t.id = ANY($1::int[])", possible)
    if len(found) != len(wanted):
        raise NotFoundError("No Logical matches the given query.")
    if only:
        gone = set(await logical_devices_of(database, caller, attribute)) - set(wanted)
        await database.execute(
            "DELETE FROM device_logical_attributes "
            "WHERE attribute_id = $1 AND logical_id = ANY($2)",
            attribute,
            sorted(gone),
        )
    await database.execute(
        """
        INSERT INTO device_logical_attributes (logical_id, attribute_id)
        SELECT w.id, $1 FROM unnest($2::int[]) AS w (id)
        WHERE NOT EXISTS (
            SELECT FROM device_logical_attributes l
            WHERE l.attribute_id = $1 AND l.logical_id = w.id
        )
        """,
        attribute,
        wanted,
    )
