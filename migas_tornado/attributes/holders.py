"""How many productive computers have an attribute, without counting them. Contract: data-model 3.2.

Triggers note who gets and who loses it in rows of their own, so that computers do not wait for
each other; `add_noted` adds these up now and then. What has been added and what is noted together
are right in every snapshot.
"""

from migas_tornado.db import Connection

# Of nearly all attributes nothing is noted: that is found out for a whole list at once.
HOLDERS = """(
    {t}.holders + CASE WHEN {t}.id IN (SELECT attribute_id FROM client_holderchange) THEN (
        SELECT sum(hc.computers) FROM client_holderchange hc WHERE hc.attribute_id = {t}.id
    ) ELSE 0 END
)::int"""
"""Productive computers that have the attribute `{t}`, whoever looks."""

_HELD_BY = """(
    t.holders = {number} AND t.id NOT IN (SELECT attribute_id FROM client_holderchange)
    OR t.id IN (
        SELECT ha.id FROM core_attribute ha JOIN client_holderchange hc ON hc.attribute_id = ha.id
        GROUP BY ha.id HAVING ha.holders + sum(hc.computers) = {number}
    )
)"""


def held_by(number: str) -> str:
    """Return the condition that so many productive computers have the attribute `t`.

    Args:
        number: place of the parameter.
    """
    return _HELD_BY.format(number=number)


async def add_noted(database: Connection) -> int:
    """Add what has been noted to the counts of the attributes; return how many have changed."""
    return await database.fetchval(
        """
        WITH noted AS (DELETE FROM client_holderchange RETURNING attribute_id, computers),
        sums AS (
            SELECT attribute_id, sum(computers) AS computers FROM noted
            GROUP BY 1 HAVING sum(computers) <> 0
        ),
        changed AS (
            UPDATE core_attribute a SET holders = a.holders + s.computers
            FROM sums s WHERE a.id = s.attribute_id RETURNING a.id
        )
        SELECT count(*) FROM changed
        """
    )
