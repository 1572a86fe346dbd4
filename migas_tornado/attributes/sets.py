"""Attribute sets and the SET attributes that stand for them. Contract: data-model 3.3."""

from typing import TYPE_CHECKING

from migas_tornado.attributes.reserved import ALL_SYSTEMS
from migas_tornado.db import Connection
from migas_tornado.errors import InvalidDataError
from migas_tornado.synchronization.attribute_sets import cycle_of

if TYPE_CHECKING:
    from migas_tornado.resources.changes import Change

GRAPH_LOCK = 0x6D696761_00000002
"""Advisory lock of whoever checks for cycles, so that two changes do not close one together."""

_RESERVED = f"{ALL_SYSTEMS} is the set of all computers: choose another name."
_TAKEN = "Another SET attribute has this name."

# Which enabled set needs which: by the SET attributes that it includes or excludes.
_DEPENDENCIES = """
    SELECT s.id, s.name, array(
        SELECT o.id
        FROM (
            SELECT attribute_id FROM core_attributeset_included_attributes i
            WHERE i.attributeset_id = s.id
            UNION
            SELECT attribute_id FROM core_attributeset_excluded_attributes x
            WHERE x.attributeset_id = s.id
        ) l
        JOIN core_attribute a ON a.id = l.attribute_id AND a.id <> 1
        JOIN core_property p ON p.id = a.property_att_id AND p.prefix = 'SET'
        JOIN core_attributeset o ON o.name = a.value AND o.enabled
    ) AS needs
    FROM core_attributeset s
    WHERE s.enabled
"""


async def check_set(change: "Change") -> None:
    """Check the name of a set.

    Raises:
        InvalidDataError: the name is reserved, or that of another SET attribute.
    """
    if not change.changes("name"):
        return
    name = change.values["name"]
    if name == ALL_SYSTEMS:
        raise InvalidDataError({"name": [_RESERVED]})
    if not change.is_new and await _attribute(change.database, name) is not None:
        raise InvalidDataError({"name": [_TAKEN]})


async def set_saved(change: "Change") -> None:
    """Make or rename the SET attribute, and check that no sets need each other in a circle.

    Raises:
        InvalidDataError: they do; the message names the other sets.
    """
    if change.is_new or change.changes("name"):
        await _name_attribute(change)
    if change.value("enabled") is not False:
        await _check_cycles(change)


async def remove_set_attribute(change: "Change") -> None:
    """Delete the SET attribute of a set, and so every link to it."""
    key = await _attribute(change.database, change.before["name"])
    if key is not None and key != 1:
        await change.database.execute("DELETE FROM core_attribute WHERE id = $1", key)


async def _attribute(database: Connection, name: str) -> int | None:
    return await database.fetchval(
        """
        SELECT a.id FROM core_attribute a
        JOIN core_property p ON p.id = a.property_att_id AND p.prefix = 'SET'
        WHERE a.value = $1
        """,
        name,
    )


async def _name_attribute(change: "Change") -> None:
    name = change.values["name"]
    if not change.is_new:
        renamed = await change.database.fetchval(
            "UPDATE core_attribute SET value = $2 WHERE value = $1 AND id <> 1 AND property_att_id "
            "= (SELECT id FROM core_property WHERE prefix = 'SET') RETURNING id",
            change.before["name"],
            name,
        )
        if renamed is not None:
            return
    await change.database.execute(
        "INSERT INTO core_attribute (property_att_id, value, description) "
        "SELECT id, $1, '' FROM core_property WHERE prefix = 'SET' "
        "ON CONFLICT (property_att_id, value) DO NOTHING",
        name,
    )


async def _check_cycles(change: "Change") -> None:
    await change.database.execute("SELECT pg_advisory_xact_lock($1)", GRAPH_LOCK)
    rows = {row["id"]: row for row in await change.database.fetch(_DEPENDENCIES)}
    cycle = cycle_of(change.key, {key: set(row["needs"]) for key, row in rows.items()})
    if cycle:
        names = ", ".join(sorted(rows[key]["name"] for key in cycle if key != change.key))
        raise InvalidDataError({"non_field_errors": [f"Review circular dependencies: {names}"]})
