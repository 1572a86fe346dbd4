"""What computers are doing now: noted in memory, written in batches. Contract: agent-v5 6.

A note costs a call no database round trip; a lost one only delays what the dashboard shows. The
first after a while is written at once, those that follow within a second together.
"""

import asyncio
import logging
from datetime import UTC, datetime

import asyncpg

from migas_tornado.bus import Channel, tell
from migas_tornado.db import transaction
from migas_tornado.received_json import UNSTORABLE

log = logging.getLogger(__name__)

FLUSH_SECONDS = 1.0
TEXT_LENGTH = 100
"""Characters of a note; agents of protocol 4 write their own."""
ENDED = ""
"""Text of a computer that said goodbye. It is kept for a while, so that an older note that another
replica writes later does not bring the computer back."""
ENDED_SECONDS = 60


class LiveMessages:
    """The notes of this replica that are not yet written."""

    def __init__(self) -> None:
        self._notes: dict[int, tuple[datetime, str]] = {}
        self._noted = asyncio.Event()

    def note(self, computer_id: int, text: str) -> None:
        """Remember what a computer is doing."""
        self._notes[computer_id] = (
            datetime.now(UTC),
            UNSTORABLE.sub("\ufffd", text[:TEXT_LENGTH]),
        )
        self._noted.set()

    def end(self, computer_id: int) -> None:
        """Remember that a computer has ended its synchronization."""
        self.note(computer_id, ENDED)

    async def run(self) -> None:
        """Write the notes when there are some, at most once in a second, until cancelled."""
        while True:
            await self._noted.wait()
            self._noted.clear()
            try:
                await self.flush()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("live messages not written, will retry: %s", error)
                self._noted.set()
            await asyncio.sleep(FLUSH_SECONDS)

    async def flush(self) -> None:
        """Write all notes in one transaction; on failure they wait for the next time."""
        if not self._notes:
            return
        notes, self._notes = self._notes, {}
        try:
            await write_notes(notes)
        except BaseException:
            self._notes = notes | self._notes
            raise


async def write_notes(notes: dict[int, tuple[datetime, str]]) -> None:
    """Write notes, by computer, where they are newer than what is there; and forget old ends."""
    computers = sorted(notes)
    async with transaction() as database:
        await database.execute(
            """
            INSERT INTO client_message AS m (computer_id, created_at, text)
            SELECT n.computer_id, n.created_at, n.text
            FROM unnest($1::int[], $2::timestamptz[], $3::text[])
                AS n (computer_id, created_at, text)
            JOIN client_computer c ON c.id = n.computer_id
            ORDER BY n.computer_id
            ON CONFLICT (computer_id) DO UPDATE
            SET created_at = excluded.created_at, text = excluded.text
            WHERE m.created_at < excluded.created_at
            """,
            computers,
            [notes[computer][0] for computer in computers],
            [notes[computer][1] for computer in computers],
        )
        await database.execute(
            "DELETE FROM client_message WHERE text = $1 AND created_at < now() - $2::int * "
            "interval '1 second'",
            ENDED,
            ENDED_SECONDS,
        )
        tell(database, Channel.LIVE_MESSAGES, count=len(notes))
