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
    table: str
    key: str = "id"
    date: str = "created_at"
    """Column that tells a record's age."""
    condition: str = "true"
    """Which of the rows `t` that are old enough may go."""
    order: str = "created_at"
    """Column in whose order the rows are gone through, once; it has an index."""
    first: datetime | int = datetime(1970, 1, 1, tzinfo=UTC)
    """Less than any value of that column."""

    @property
    def query(self) -> str:
        """Deletes up to `$3` rows older than `$1`, from the place `$2`; returns their places."""
        return f"""
            DELETE FROM {self.table} WHERE {self.key} IN (
                SELECT t.{self.key} FROM {self.table} t
                WHERE t.{self.date} < $1 AND t.{self.order} >= $2 AND {self.condition}
                ORDER BY t.{self.order}
                LIMIT $3
            )
            RETURNING {self.order} AS place
        """  # noqa: S608


SYNCHRONIZATIONS = Kind(
    "syncs",
    "client_synchronization",
    # The last of a computer in a project tells whether its next one is counted, and where.
    condition="""EXISTS (
        SELECT FROM client_synchronization n
        WHERE n.computer_id = t.computer_id
            AND n.project_id IS NOT DISTINCT FROM t.project_id
            AND n.created_at > t.created_at
    )""",
)
ERRORS = Kind("errors", "client_error", condition="t.checked")
FAULTS = Kind("faults", "client_fault", condition="t.checked")
NOTIFICATIONS = Kind("notifications", "client_notification", condition="t.checked")
MESSAGES = Kind("messages", "client_message", "computer_id")
STATUS_LOGS = Kind(
    "status-logs",
    "client_statuslog",
    condition="""EXISTS (
        SELECT FROM client_statuslog n
        WHERE n.computer_id = t.computer_id AND n.created_at > t.created_at
    )""",
)
PACKAGE_HISTORY = Kind(
    "packages-history", "client_packagehistory", date="uninstall_date", order="id", first=0
)


async def delete_old(kind: Kind, days: int) -> int:
    """Delete the rows of a kind that are older than some days, and return how many; 0 keeps all."""
    if not days:
        return 0
    before = datetime.now(UTC) - timedelta(days=days)
    place, deleted = kind.first, 0
    while True:
        async with transaction() as database:
            rows = await database.fetch(kind.query, before, place, BATCH_ROWS)
            if rows:
                tell(database, Channel.RECORDS, kind=kind.path, change="deleted")
        deleted += len(rows)
        if len(rows) < BATCH_ROWS:
            return deleted
        place = max(row["place"] for row in rows)
