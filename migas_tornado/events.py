"""Rows that tell administrators what happened."""

from datetime import UTC, datetime

from migas_tornado.bus import Channel, tell
from migas_tornado.db import Connection


async def notify(database: Connection, *messages: str) -> None:
    """Add notifications for everybody."""
    now = datetime.now(UTC)
    await database.executemany(
        "INSERT INTO client_notification (created_at, message, checked) VALUES ($1, $2, false)",
        [(now, message.replace("\r\n", "\n")) for message in messages],
    )
    tell(database, Channel.RECORDS, kind="notifications", change="created")
