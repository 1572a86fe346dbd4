"""The attributes that many records are linked to, read at once."""

from typing import Any

from migas_tornado.db import Connection
from migas_tornado.enrolment.representation import attribute


async def attributes_by(
    database: Connection, table: str, key: str, ids: list[int]
) -> dict[int, list[dict[str, Any]]]:
    """Return the attributes linked to records, by the id of the record.

    Args:
        database: connection.
        table: link table.
        key: its column with the record's id.
        ids: the records.
    """
    rows = await database.fetch(
        f"""
        SELECT l.{key} AS owner_id, a.id, a.value, a.description, a.longitude, a.latitude,
            p.id AS property_id, p.prefix, p.sort
        FROM {table} l
        JOIN core_attribute a ON a.id = l.attribute_id
        JOIN core_property p ON p.id = a.property_att_id
        WHERE l.{key} = ANY($1::int[])
        ORDER BY p.prefix, a.value
        """,  # noqa: S608
        ids,
    )
    found: dict[int, list[dict[str, Any]]] = {owner: [] for owner in ids}
    for row in rows:
        found[row["owner_id"]].append(attribute(row))
    return found
