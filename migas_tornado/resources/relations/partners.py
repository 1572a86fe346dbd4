"""Records that are the same thing twice: computers, sets and domains, and their attributes.

Contract: data-model 3.2, admin-api 6.
"""

from migas_tornado.db import Connection
from migas_tornado.errors import NotFoundError
from migas_tornado.resources.reading import find_visible
from migas_tornado.resources.registry import RESOURCES
from migas_tornado.resources.relations.asking import Asking, Record

ALL_SYSTEMS = 1
ATTRIBUTES = ("attributes", "tags", "features")
PREFIXES = {"computers": "CID", "attribute-sets": "SET", "domains": "DMN"}
"""Property of the attributes that stand for a record."""

_OF_ATTRIBUTE = """
    SELECT p.prefix, CASE p.prefix
        WHEN 'CID' THEN (
            SELECT c.id FROM client_computer c
            WHERE c.id = CASE WHEN a.value ~ '^[0-9]{1,9}$' THEN a.value::int END
        )
        WHEN 'SET' THEN (SELECT s.id FROM core_attributeset s WHERE s.name = a.value AND a.id <> 1)
        WHEN 'DMN' THEN (SELECT d.id FROM core_domain d WHERE d.name = a.value)
    END AS id
    FROM core_attribute a JOIN core_property p ON p.id = a.property_att_id WHERE a.id = $1
"""
_ATTRIBUTE = """
    SELECT a.id FROM core_attribute a JOIN core_property p ON p.id = a.property_att_id
    WHERE p.prefix = '{prefix}' AND a.id <> 1 AND a.value = {value}
"""
_VALUES = {
    "computers": "$1::bigint::text",
    "attribute-sets": "(SELECT s.name FROM core_attributeset s WHERE s.id = $1)",
    "domains": "(SELECT d.name FROM core_domain d WHERE d.id = $1)",
}


async def owner_of(database: Connection, record: Record, asking: Asking) -> Record | None:
    """Return the computer, set or domain that an attribute stands for, if the caller sees it."""
    row = await database.fetchrow(_OF_ATTRIBUTE, record.key)
    if row is None or row["id"] is None:
        return None
    path = next(path for path, prefix in PREFIXES.items() if prefix == row["prefix"])
    return await _seen(database, asking, path, row["id"])


async def attribute_of(database: Connection, record: Record, asking: Asking) -> Record | None:
    """Return the attribute that stands for a computer, set or domain, if the caller sees it."""
    path = record.resource.path
    query = _ATTRIBUTE.format(prefix=PREFIXES[path], value=_VALUES[path])
    key = await database.fetchval(query, record.key)
    return None if key is None else await _seen(database, asking, "attributes", key)


async def _seen(database: Connection, asking: Asking, path: str, key: int) -> Record | None:
    resource = RESOURCES.get(path)
    if resource is None or not asking.may_read(resource):
        return None
    try:
        return Record(resource, await find_visible(database, resource, asking.caller, str(key)))
    except NotFoundError:
        return None
