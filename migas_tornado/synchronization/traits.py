"""Attributes of a computer, as its agent asks for them. Contract: agent-v5 6.11, 7."""

from typing import Any

from migas_tornado.db import Connection
from migas_tornado.enrolment.representation import ATTRIBUTE, attribute

_TRAITS = (
    ATTRIBUTE
    + """
    JOIN client_computer_sync_attributes s ON s.attribute_id = a.id
    WHERE s.computer_id = $1
    ORDER BY p.prefix, a.value
"""
)
_TRAITS_NAMED = """
    SELECT a.id, a.description, a.value, p.name, p.prefix, p.sort
    FROM client_computer_sync_attributes s
    JOIN core_attribute a ON a.id = s.attribute_id
    JOIN core_property p ON p.id = a.property_att_id
    WHERE s.computer_id = $1
    ORDER BY p.prefix, a.value
"""
_CID = ATTRIBUTE + "WHERE p.prefix = 'CID' AND a.value = $1"


async def traits(database: Connection, computer_id: int) -> list[dict[str, Any]]:
    """Return the sync attributes of a computer, by prefix and value."""
    return [dict(row) for row in await database.fetch(_TRAITS_NAMED, computer_id)]


async def assigned_attributes(database: Connection, computer_id: int) -> dict[str, Any]:
    """Return the sync attributes of a computer as a page of a list."""
    return _page([attribute(row) for row in await database.fetch(_TRAITS, computer_id)])


async def cid_attribute(database: Connection, computer_id: int) -> dict[str, Any]:
    """Return the CID attribute of a computer as a page of a list, empty before its first sync."""
    return _page([attribute(row) for row in await database.fetch(_CID, str(computer_id))])


def _page(results: list[dict[str, Any]]) -> dict[str, Any]:
    return {"count": len(results), "next": None, "previous": None, "results": results}
