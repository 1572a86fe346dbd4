"""Counters of synchronizations, when synchronizations are deleted. Contract: data-model 4.3."""

from migas_tornado.db import Connection
from migas_tornado.statistics.slots import SLOTS

# Buckets count distinct computers, so that one that another synchronization of the computer still
# falls into keeps its number. The session's time zone is the server's, as that of the buckets.
_UNCOUNT = f"""
    WITH leaving AS (
        SELECT DISTINCT g.granularity, date_trunc(g.granularity, s.created_at) AS bucket,
            p.project_id
        FROM client_synchronization s
        CROSS JOIN unnest(array['hour', 'day', 'month', 'year']) AS g (granularity)
        CROSS JOIN LATERAL (VALUES (NULL::int), (s.project_id)) AS p (project_id)
        WHERE s.computer_id = $1 AND ($2::bigint IS NULL OR s.id = $2)
    )
    UPDATE client_synchronizationcount c
    SET computers = c.computers - 1
    FROM leaving l
    WHERE c.granularity = l.granularity
        AND c.slot = $1 % {SLOTS}
        AND c.bucket = l.bucket
        AND c.project_id IS NOT DISTINCT FROM l.project_id
        AND NOT EXISTS (
            SELECT FROM client_synchronization o
            WHERE $2::bigint IS NOT NULL
                AND o.computer_id = $1
                AND o.id <> $2
                AND (l.project_id IS NULL OR o.project_id = l.project_id)
                AND o.created_at >= l.bucket
                AND o.created_at < l.bucket + ('1 ' || l.granularity)::interval
        )
"""  # noqa: S608


async def uncount(
    database: Connection, computer_id: int, synchronization: int | None = None
) -> None:
    """Take a computer out of the counters of the hours, days, months and years it leaves.

    Args:
        database: connection inside a transaction.
        computer_id: the computer.
        synchronization: the one that is about to be deleted; None for all of the computer.
    """
    await database.execute(_UNCOUNT, computer_id, synchronization)
