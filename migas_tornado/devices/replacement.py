"""One device takes the place of another. Contract: data-model 5."""

from migas_tornado.db import Connection

_PAIRS = """
    SELECT s.id AS source_id, t.id AS target_id
    FROM device_logical s
    JOIN device_logical t ON t.capability_id = s.capability_id
    WHERE s.device_id = $1 AND t.device_id = $2
    ORDER BY s.id
    FOR UPDATE
"""

_TAKE = """
    DELETE FROM device_logical_attributes l
    USING unnest($1::int[], $2::int[]) AS swap (from_id, to_id)
    WHERE l.logical_id = swap.from_id
    RETURNING swap.to_id, l.attribute_id
"""

_GIVE = """
    INSERT INTO device_logical_attributes (logical_id, attribute_id)
    SELECT * FROM unnest($1::int[], $2::int[])
"""


async def exchange(database: Connection, source_id: int, target_id: int) -> None:
    """Let two devices exchange who has them, for every capability that both have.

    Args:
        database: connection inside a transaction.
        source_id: a device, locked.
        target_id: another, locked.
    """
    pairs = await database.fetch(_PAIRS, source_id, target_id)
    sources = [pair["source_id"] for pair in pairs]
    targets = [pair["target_id"] for pair in pairs]
    taken = await database.fetch(_TAKE, sources + targets, targets + sources)
    await database.execute(
        _GIVE, [row["to_id"] for row in taken], [row["attribute_id"] for row in taken]
    )
