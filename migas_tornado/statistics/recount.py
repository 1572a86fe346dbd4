"""Counts anew what counters say, and puts them right. Contract: 1.4, 6.

Each statement compares and corrects in one snapshot, and corrects by differences: what others count
meanwhile stays. Counters of buckets whose synchronizations have been retired are left as they are.
"""

import logging
from dataclasses import dataclass

from migas_tornado.db import Connection, connection
from migas_tornado.events import notify
from migas_tornado.resources.visibility import PRODUCTIVE_SQL
from migas_tornado.statistics.slots import SLOTS

log = logging.getLogger(__name__)

GRANULARITIES = ("hour", "day", "month", "year")

_COMPUTERS = f"""
    WITH seen AS MATERIALIZED (
        SELECT DISTINCT date_trunc($1, created_at) AS bucket, project_id, computer_id
        FROM client_synchronization
    ),
    counted AS (
        SELECT bucket, project_id, computer_id % {SLOTS} AS slot, count(*) AS computers
        FROM seen WHERE project_id IS NOT NULL GROUP BY 1, 2, 3
        UNION ALL
        SELECT bucket, NULL, computer_id % {SLOTS}, count(DISTINCT computer_id)
        FROM seen GROUP BY 1, 3
    ),
    kept AS (SELECT * FROM client_synchronizationcount WHERE granularity = $1),
    complete AS (
        -- Where old ones are retired, only the last of each computer and project is left of them.
        SELECT coalesce(
            (
                SELECT s.created_at FROM client_synchronization s
                WHERE EXISTS (
                    SELECT FROM client_synchronization n
                    WHERE n.computer_id = s.computer_id
                        AND n.project_id IS NOT DISTINCT FROM s.project_id
                        AND n.created_at > s.created_at
                )
                ORDER BY s.created_at
                LIMIT 1
            ),
            (SELECT min(created_at) FROM client_synchronization)
        ) AS since
    ),
    wrong AS (
        SELECT coalesce(c.bucket, k.bucket) AS bucket,
            coalesce(c.project_id, k.project_id) AS project_id,
            coalesce(c.slot, k.slot) AS slot,
            coalesce(c.computers, 0) - coalesce(k.computers, 0) AS missing
        FROM counted c
        FULL JOIN kept k ON k.bucket = c.bucket AND k.slot = c.slot
            AND coalesce(k.project_id, 0) = coalesce(c.project_id, 0)
        WHERE coalesce(c.computers, 0) > coalesce(k.computers, 0)
            OR coalesce(c.computers, 0) < coalesce(k.computers, 0)
                AND coalesce(c.bucket, k.bucket) >= (SELECT since FROM complete)
    ),
    corrected AS (
        INSERT INTO client_synchronizationcount AS t
            (granularity, bucket, project_id, slot, computers)
        SELECT $1, bucket, project_id, slot, missing FROM wrong
        ORDER BY 2, 3, 4
        ON CONFLICT (granularity, bucket, project_id, slot)
        DO UPDATE SET computers = t.computers + excluded.computers
    )
    SELECT count(*) AS rows, coalesce(sum(abs(missing)), 0)::bigint AS amount FROM wrong
"""
"""Parameter: granularity. Row: how many counters were wrong, and by how much together."""

_EVENTS = """
    WITH counted AS (
        SELECT t.created_at::date AS day, t.project_id, {detail} AS detail,
            t.computer_id % {slots} AS slot, count(*) AS events
        FROM client_{kind} t WHERE t.project_id IS NOT NULL GROUP BY 1, 2, 3, 4
    ),
    kept AS (SELECT * FROM client_eventcount WHERE kind = '{kind}'),
    wrong AS (
        SELECT day, project_id, detail, slot,
            coalesce(c.events, 0) - coalesce(k.events, 0) AS missing
        FROM counted c FULL JOIN kept k USING (day, project_id, detail, slot)
        WHERE coalesce(c.events, 0) <> coalesce(k.events, 0)
    ),
    corrected AS (
        INSERT INTO client_eventcount AS t (kind, day, project_id, detail, slot, events)
        SELECT '{kind}', day, project_id, detail, slot, missing FROM wrong
        ORDER BY 2, 3, 4, 5
        ON CONFLICT (kind, day, project_id, detail, slot)
        DO UPDATE SET events = t.events + excluded.events
    )
    SELECT count(*) AS rows, coalesce(sum(abs(missing)), 0)::bigint AS amount FROM wrong
"""

_COMPUTER_EVENTS = """
    WITH counted AS (
        SELECT t.computer_id, t.project_id, {month} AS month, count(*) AS events
        FROM client_{kind} t WHERE t.project_id IS NOT NULL GROUP BY 1, 2, 3
    ),
    kept AS (SELECT * FROM client_computereventcount WHERE kind = '{kind}'),
    wrong AS (
        SELECT computer_id, project_id, month,
            coalesce(c.events, 0) - coalesce(k.events, 0) AS missing
        FROM counted c FULL JOIN kept k USING (computer_id, project_id, month)
        WHERE coalesce(c.events, 0) <> coalesce(k.events, 0)
    ),
    corrected AS (
        INSERT INTO client_computereventcount AS t (kind, computer_id, project_id, month, events)
        SELECT '{kind}', computer_id, project_id, month, missing FROM wrong
        ORDER BY 2, 3, 4
        ON CONFLICT (computer_id, kind, project_id, month)
        DO UPDATE SET events = t.events + excluded.events
    )
    SELECT count(*) AS rows, coalesce(sum(abs(missing)), 0)::bigint AS amount FROM wrong
"""
_PACKAGES = """
    WITH counted AS (
        SELECT h.computer_id, k.project_id, count(*) AS entries,
            count(*) FILTER (WHERE h.uninstall_date IS NULL) AS installed
        FROM client_packagehistory h JOIN core_package k ON k.id = h.package_id
        GROUP BY GROUPING SETS ((h.computer_id, k.project_id), (h.computer_id))
    ),
    wrong AS (
        SELECT coalesce(c.computer_id, k.computer_id) AS computer_id,
            coalesce(c.project_id, k.project_id) AS project_id,
            coalesce(c.entries, 0) - coalesce(k.entries, 0) AS entries,
            coalesce(c.installed, 0) - coalesce(k.installed, 0) AS installed
        FROM counted c FULL JOIN client_packagecount k ON k.computer_id = c.computer_id
            AND coalesce(k.project_id, 0) = coalesce(c.project_id, 0)
        WHERE coalesce(c.entries, 0) <> coalesce(k.entries, 0)
            OR coalesce(c.installed, 0) <> coalesce(k.installed, 0)
    ),
    corrected AS (
        INSERT INTO client_packagecount AS t (computer_id, project_id, entries, installed)
        SELECT computer_id, project_id, entries, installed FROM wrong
        ORDER BY 1, 2
        ON CONFLICT (computer_id, project_id) DO UPDATE
        SET entries = t.entries + excluded.entries, installed = t.installed + excluded.installed
    )
    SELECT count(*) AS rows,
        coalesce(sum(greatest(abs(entries), abs(installed))), 0)::bigint AS amount
    FROM wrong
"""
# Wrong counts are noted as changes, which are added to them like those of computers.
_HOLDERS = f"""
    WITH counted AS (
        SELECT s.attribute_id, count(*) AS computers
        FROM client_computer_sync_attributes s JOIN client_computer c ON c.id = s.computer_id
        WHERE c.status IN {PRODUCTIVE_SQL} GROUP BY 1
    ),
    noted AS (
        SELECT attribute_id, sum(computers) AS computers FROM client_holderchange GROUP BY 1
    ),
    wrong AS (
        SELECT a.id, coalesce(c.computers, 0) - a.holders - coalesce(n.computers, 0) AS missing
        FROM core_attribute a
        LEFT JOIN counted c ON c.attribute_id = a.id
        LEFT JOIN noted n ON n.attribute_id = a.id
        WHERE coalesce(c.computers, 0) <> a.holders + coalesce(n.computers, 0)
    ),
    corrected AS (
        INSERT INTO client_holderchange (attribute_id, computers) SELECT id, missing FROM wrong
    )
    SELECT count(*) AS rows, coalesce(sum(abs(missing)), 0)::bigint AS amount FROM wrong
"""
_NO_MONTH = "DATE '2000-01-01'"


def _statements() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what is counted: its name for people -> statement and parameters."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {
        f"computers synchronized by {granularity}": (_COMPUTERS, (granularity,))
        for granularity in GRANULARITIES
    }
    for kind in ("error", "fault", "migration", "synchronization"):
        detail = "t.fault_definition_id" if kind == "fault" else "0"
        sql = _EVENTS.format(kind=kind, detail=detail, slots=SLOTS)
        found[f"{kind} by day"] = (sql, ())
    by_month = "date_trunc('month', t.created_at)::date"
    for kind, month in (("error", _NO_MONTH), ("synchronization", by_month)):
        sql = _COMPUTER_EVENTS.format(kind=kind, month=month)
        found[f"{kind} by computer"] = (sql, ())
    found["packages of computers"] = (_PACKAGES, ())
    found["computers of attributes"] = (_HOLDERS, ())
    return found


@dataclass(frozen=True, slots=True)
class Correction:
    """Counters of a kind that were wrong."""

    name: str
    counters: int
    amount: int
    """By how much they were wrong, together."""

    def __str__(self) -> str:
        return f"{self.name}: {self.counters} counters were wrong, by {self.amount} together"


async def recount(database: Connection) -> list[Correction]:
    """Correct all counters, and return which were wrong.

    Args:
        database: connection outside a transaction; its time zone is the server's.
    """
    found = []
    for name, (sql, parameters) in _statements().items():
        row = await database.fetchrow(sql, *parameters)
        if row["rows"]:
            found.append(Correction(name, row["rows"], row["amount"]))
    return found


async def recount_and_report() -> list[Correction]:
    """Correct all counters; tell administrators and the log when any was wrong."""
    async with connection() as database:
        found = await recount(database)
        if found:
            text = "; ".join(map(str, found))
            log.warning("statistics recounted and corrected: %s", text)
            await notify(database, f"Statistics were recounted and corrected. {text}.")
        else:
            log.info("statistics recounted: every counter is right")
    return found
