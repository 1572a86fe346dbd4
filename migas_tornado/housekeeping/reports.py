"""What nobody does anything for, and administrators should look at."""

from datetime import UTC, datetime, timedelta

from migas_tornado.bus import Channel, announce
from migas_tornado.computers.activity import SILENCE_SECONDS
from migas_tornado.db import connection, transaction
from migas_tornado.events import notify
from migas_tornado.synchronization.messages import ENDED

DELAY = timedelta(seconds=SILENCE_SECONDS)
"""Without a sign of life for so long, a computer that synchronizes is delayed.
Contract: stats-and-websocket 1.3."""
NAMED_PACKAGES = 10

_ORPHANS = """
    SELECT p.fullname, count(*) OVER () AS count
    FROM core_package p
    WHERE p.store_id IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM core_deployment_available_packages d WHERE d.package_id = p.id
        )
        AND NOT EXISTS (SELECT FROM core_packageset_packages s WHERE s.package_id = p.id)
    ORDER BY p.fullname
    LIMIT $1
"""


async def report_orphan_packages() -> int:
    """Notify of packages that are in a store and in no deployment or package set.

    Returns:
        How many there are; the same ones are told again only when somebody has checked it.
    """
    async with transaction() as database:
        rows = await database.fetch(_ORPHANS, NAMED_PACKAGES)
        if not rows:
            return 0
        names = ", ".join(row["fullname"] for row in rows)
        count = rows[0]["count"]
        more = " ..." if count > len(rows) else ""
        text = f"Packages in no deployment and no package set: {count} ({names}{more})"
        is_told = await database.fetchval(
            "SELECT EXISTS (SELECT FROM client_notification WHERE message = $1 AND NOT checked)",
            text,
        )
        if not is_told:
            await notify(database, text)
    return count


async def tell_of_delays(since: datetime) -> int:
    """Tell the bus when computers have become delayed, which nothing else would.

    Args:
        since: of the last look.

    Returns:
        How many became delayed since.
    """
    async with connection() as database:
        count = await database.fetchval(
            "SELECT count(*) FROM client_message "
            "WHERE created_at > $1 AND created_at <= $2 AND text <> $3",
            since - DELAY,
            datetime.now(UTC) - DELAY,
            ENDED,
        )
    if count:
        announce(Channel.RECORDS, kind="messages", change="changed")
    return count
