"""Attributes that are called like a record, when the record gets another name."""

from tortoise import Tortoise
from tortoise.fields.relational import ManyToManyFieldInstance

from migas_tornado.db import Connection
from migas_tornado.models.attributes import Attribute

_FIND = """
    SELECT a.id FROM core_attribute a
    JOIN core_property p ON p.id = a.property_att_id AND p.prefix = $1
    WHERE a.value = $2
"""


async def rename_attribute(database: Connection, prefix: str, old: str, new: str) -> None:
    """Give an attribute another value; whatever it is a target of follows.

    If there is one with that value already, what it is linked to becomes this one's too: both mean
    the same from now on.

    Args:
        database: connection inside a transaction.
        prefix: of the property.
        old: value of before; nobody needs to have it.
        new: value from now on.
    """
    key = await database.fetchval(_FIND, prefix, old)
    if key is None:
        return
    other = await database.fetchval(_FIND, prefix, new)
    if other is not None:
        await _take_links(database, key, other)
        await database.execute("DELETE FROM core_attribute WHERE id = $1", other)
    await database.execute("UPDATE core_attribute SET value = $2 WHERE id = $1", key, new)


async def _take_links(database: Connection, key: int, other: int) -> None:
    for link in _links():
        table, owner, target = link.through, link.backward_key, link.forward_key
        await database.execute(
            f"UPDATE {table} t SET {target} = $1 WHERE t.{target} = $2 AND NOT EXISTS ("  # noqa: S608
            f"SELECT FROM {table} k WHERE k.{owner} = t.{owner} AND k.{target} = $1)",
            key,
            other,
        )


def _links() -> list[ManyToManyFieldInstance]:
    """Return the links of all kinds of records to attributes."""
    return [
        link
        for model in Tortoise.apps["models"].values()
        for name in sorted(model._meta.m2m_fields)
        if (link := model._meta.fields_map[name]).related_model is Attribute and not link._generated
    ]
