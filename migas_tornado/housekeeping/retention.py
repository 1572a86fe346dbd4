"""How long records of what happened are kept; older ones are deleted in small transactions.

What the server still needs stays however old it is: what nobody has checked, and the last of each
computer.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from migas_tornado.bus import Channel, tell
from migas_tornado.db import transaction

BATCH_ROWS = 2000
"""Rows per transaction: locks are short, and a job that is broken off has lost little."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record that grows without end."""

    path: str
    """As the administrative API calls it."""
    doomed: str
    """Query for the ids of rows older than `$1`, at most `$2`."""
    table: str
    key: str = "id"


SYNCHRONIZATIONS = Kind(
    "syncs",
    # The last of a computer in a project tells whether its next one is counted, and where.
    """
    SELECT s.id FROM client_synchronization s
    WHERE s.created_at < $1 AND EXISTS (
        SELECT FROM client_synchronization n
        WHERE n.computer_id = s.computer_id
            AND n.project_id IS NOT DISTINCT FROM s.project_id
            AND n.created_at > s.created_at
    )
    LIMIT $2
    """,
    "client_synchronization",
)
ERRORS = Kind(
    "errors",
    "SELECT id FROM client_error WHERE created_at < $1 AND checked LIMIT $2",
    "client_error",
)
FAULTS = Kind(
    "faults",
    "SELECT id FROM client_fault WHERE created_at < $1 AND checked LIMIT $2",
    "client_fault",
)
MESSAGES = Kind(
    "messages",
    "SELECT computer_id FROM client_message WHERE created_at < $1 LIMIT $2",
    "client_message",
    "computer_id",
)
STATUS_LOGS = Kind(
    "status-logs",
    """
    SELECT l.id FROM client_statuslog l
    WHERE l.created_at < $1 AND EXISTS (
        SELECT FROM client_statuslog n
        WHERE n.computer_id = l.computer_id AND n.created_at > l.created_at
    )
    LIMIT $2
    """,
    "client_statuslog",
)
PACKAGE_HISTORY = Kind(
    "packages-history",
    "SELECT id FROM client_packagehistory WHERE uninstall_date < $1 LIMIT $2",
    "client_packagehistory",
)


async def delete_old(kind: Kind, days: int) -> int:
    """Delete the rows of a kind that are older than some days, and return how many; 0 keeps all."""
    if not days:
        return 0
    before, deleted = datetime.now(UTC) - timedelta(days=days), 0
    while count := await _delete_batch(kind, before):
        deleted += count
    return deleted


async def _delete_batch(kind: Kind, before: datetime) -> int:
    async with transaction() as database:
        rows = await database.fetch(
            f"DELETE FROM {kind.table} WHERE {kind.key} IN ({kind.doomed}) "  # noqa: S608
            f"RETURNING {kind.key}",
            before,
            BATCH_ROWS,
        )
        if rows:
            tell(database, Channel.RECORDS, kind=kind.path, change="deleted")
    return len(rows)
