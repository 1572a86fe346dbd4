"""Attributes that follow from other attributes: domains and sets. Contract: agent-v5 6.2 b, e."""

from migas_tornado.db import Connection
from migas_tornado.synchronization.attribute_sets import evaluation_order

_DOMAINS = """
    SELECT a.id
    FROM core_domain d
    JOIN core_property p ON p.prefix = 'DMN'
    JOIN core_attribute a ON a.property_att_id = p.id AND a.value = d.name
    WHERE EXISTS (
            SELECT FROM core_domain_included_attributes i
            WHERE i.domain_id = d.id AND i.attribute_id = ANY($1::int[])
        )
        AND NOT EXISTS (
            SELECT FROM core_domain_excluded_attributes x
            WHERE x.domain_id = d.id AND x.attribute_id = ANY($1::int[])
        )
"""

# Only links that can matter are read: to attributes that the computer has, or may get from a set.
_SETS = """
    WITH set_attribute AS (
        SELECT s.id AS set_id, a.id
        FROM core_attributeset s
        JOIN core_property p ON p.prefix = 'SET'
        JOIN core_attribute a ON a.property_att_id = p.id AND a.value = s.name
        WHERE s.enabled AND a.id <> 1
    ),
    relevant AS MATERIALIZED (
        SELECT unnest($1::int[]) AS id
        UNION
        SELECT id FROM set_attribute
    )
    SELECT sa.set_id, sa.id,
        array(
            SELECT i.attribute_id FROM core_attributeset_included_attributes i
            JOIN relevant r ON r.id = i.attribute_id
            WHERE i.attributeset_id = sa.set_id
        ) AS included,
        array(
            SELECT x.attribute_id FROM core_attributeset_excluded_attributes x
            JOIN relevant r ON r.id = x.attribute_id
            WHERE x.attributeset_id = sa.set_id
        ) AS excluded
    FROM set_attribute sa
"""


async def domains_of(database: Connection, attributes: list[int]) -> set[int]:
    """Return the DMN attributes of the domains that hold a computer with these attributes."""
    return {row["id"] for row in await database.fetch(_DOMAINS, attributes)}


async def sets_of(database: Connection, attributes: set[int]) -> set[int]:
    """Return the SET attributes of the sets that hold a computer with these attributes.

    Sets may be made of sets; those that depend on each other in a circle hold nobody.
    """
    rows = {row["set_id"]: row for row in await database.fetch(_SETS, sorted(attributes))}
    set_of_attribute = {row["id"]: key for key, row in rows.items()}
    dependencies = {
        key: {
            set_of_attribute[attribute]
            for attribute in (*row["included"], *row["excluded"])
            if attribute in set_of_attribute and set_of_attribute[attribute] != key
        }
        for key, row in rows.items()
    }
    held: set[int] = set()
    for key in evaluation_order(dependencies):
        present = attributes | held
        if present.intersection(rows[key]["included"]) and present.isdisjoint(
            rows[key]["excluded"]
        ):
            held.add(rows[key]["id"])
    return held
