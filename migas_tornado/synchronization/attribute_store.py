"""Attributes found by their value, and added where they may be. Contract: agent-v5 6.2."""

from collections.abc import Iterable
from dataclasses import dataclass

import asyncpg

from migas_tornado.db import Connection


@dataclass(frozen=True, slots=True)
class Wanted:
    """A value of a property that a computer has."""

    property_id: int
    value: str
    description: str
    may_add: bool
    """Whether the attribute is made when it does not exist."""


class Found:
    """Attributes by property and value."""

    def __init__(
        self, rows: Iterable[asyncpg.Record], added: frozenset[tuple[int, str]] = frozenset()
    ) -> None:
        self.added = added
        """Property and value of those that did not exist before."""
        self._rows = {(row["property_att_id"], row["value"]): row for row in rows}

    def ids(self, wanted: Iterable[Wanted]) -> set[int]:
        """Return the ids of those that exist."""
        keys = ((item.property_id, item.value) for item in wanted)
        return {self._rows[key]["id"] for key in keys if key in self._rows}

    def row(self, item: Wanted) -> asyncpg.Record | None:
        """Return id and description of one, or None."""
        return self._rows.get((item.property_id, item.value))


_FIND = """
    SELECT a.id, a.property_att_id, a.value, a.description
    FROM unnest($1::int[], $2::text[]) AS w (property_id, value)
    JOIN core_attribute a ON a.property_att_id = w.property_id AND a.value = w.value
"""

# Sorted, so that two computers that bring the same new values wait for each other in one order.
_ADD = """
    INSERT INTO core_attribute (property_att_id, value, description)
    SELECT w.property_id, w.value, w.description
    FROM unnest($1::int[], $2::text[], $3::text[]) AS w (property_id, value, description)
    ORDER BY 1, 2
    ON CONFLICT (property_att_id, value) DO NOTHING
"""


async def find_or_add(database: Connection, wanted: list[Wanted]) -> Found:
    """Return the wanted attributes, adding those that are missing and may be added."""
    found = await _find(database, wanted)
    missing = {
        (item.property_id, item.value): item
        for item in reversed(wanted)  # of two alike, the description of the first counts
        if item.may_add and found.row(item) is None
    }
    if not missing:
        return found
    items = list(missing.values())
    await database.execute(
        _ADD,
        [item.property_id for item in items],
        [item.value for item in items],
        [item.description for item in items],
    )
    return await _find(database, wanted, frozenset(missing))


async def _find(
    database: Connection, wanted: list[Wanted], added: frozenset[tuple[int, str]] = frozenset()
) -> Found:
    rows = await database.fetch(
        _FIND, [item.property_id for item in wanted], [item.value for item in wanted]
    )
    return Found(rows, added)
