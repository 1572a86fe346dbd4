"""Deployments that start anew when their schedule is over. Contract: repositories 9."""

from datetime import date

from migas_tornado.bus import Channel, tell
from migas_tornado.db import transaction

LONGEST_DAYS = 100_000
"""Schedules that last longer never end, and their dates could not be counted with."""

_RESTART = """
    UPDATE core_deployment d
    SET start_date = d.start_date
        + (($1 - d.start_date - w.days) / (w.days + 1) + 1) * (w.days + 1)
    FROM (
        SELECT DISTINCT ON (schedule_id) schedule_id, delay + duration AS days
        FROM core_scheduledelay
        ORDER BY schedule_id, delay DESC
    ) w
    WHERE d.auto_restart AND w.schedule_id = d.schedule_id
        AND w.days BETWEEN 0 AND $2
        AND d.start_date + w.days <= $1
    RETURNING d.id
"""


async def restart_deployments(today: date) -> int:
    """Move the start of deployments whose last wave is over to the day after; return how many.

    The duration of a schedule counts calendar days here, unlike that of its waves. Those that were
    over several times since are moved past today at once.
    """
    async with transaction() as database:
        rows = await database.fetch(_RESTART, today, LONGEST_DAYS)
        if rows:
            keys = [row["id"] for row in rows]
            tell(database, Channel.RECORDS, kind="deployments", change="changed", ids=keys)
    return len(rows)
