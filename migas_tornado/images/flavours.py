"""Variants of images. Contract: data-model 8."""

from migas_tornado.errors import InvalidDataError
from migas_tornado.resources.changes import Change

_NOT_TAGS = """
    SELECT a.id FROM core_attribute a
    JOIN core_property p ON p.id = a.property_att_id
    WHERE a.id = ANY($1::int[]) AND p.sort <> 'server'
    ORDER BY a.id
"""


async def check_tags(change: Change) -> None:
    """Check that a flavour's tags are attributes that people assign.

    Raises:
        InvalidDataError: one is not.
    """
    rows = await change.database.fetch(_NOT_TAGS, change.values.get("tags") or [])
    if rows:
        raise InvalidDataError(
            {"tags": [f'Invalid pk "{row["id"]}" - object does not exist.' for row in rows]}
        )
