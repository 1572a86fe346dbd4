"""The attribute of a single computer, CID. Contract: data-model 3.2 (reserved attributes)."""

from migas_tornado.db import Connection
from migas_tornado.settings import Settings

_FIND = """
    SELECT a.value::int AS computer_id, a.id
    FROM core_property p
    JOIN core_attribute a ON a.property_att_id = p.id AND a.value = ANY($1::text[])
    WHERE p.prefix = 'CID'
"""

_ADD = """
    INSERT INTO core_attribute (property_att_id, value, description)
    SELECT p.id, c.id::text, coalesce(c.{field}::text, '')
    FROM core_property p, client_computer c
    WHERE p.prefix = 'CID' AND c.id = ANY($1::int[])
    ORDER BY c.id
    ON CONFLICT (property_att_id, value) DO NOTHING
"""


async def own_attributes(
    database: Connection, computers: list[int], settings: Settings
) -> dict[int, int]:
    """Return the CID attributes by computer; those of computers that never synchronized are made.

    Args:
        database: connection inside a transaction.
        computers: ids of computers that exist.
        settings: for what the description holds.
    """
    found = await _find(database, computers)
    if len(found) < len(set(computers)):
        field = settings.computer_search_field
        statement = _ADD.replace("{field}", "name" if field == "id" else field)
        await database.execute(statement, computers)
        found = await _find(database, computers)
    return found


async def _find(database: Connection, computers: list[int]) -> dict[int, int]:
    rows = await database.fetch(_FIND, [str(key) for key in computers])
    return {row["computer_id"]: row["id"] for row in rows}
