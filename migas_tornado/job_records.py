"""What is known of the periodic jobs: which there are, and how their last run went."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from migas_tornado.db import connection, transaction

RUNNING = "running"
DONE = "done"
FAILED = "failed"
TIMEOUT = "timeout"
GIVEN_UP = "given up"
"""Broken off, because the server stopped, lost the lead, or died."""

DETAIL_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job and its last run."""

    name: str
    schedule: str
    timeout: int
    started_at: datetime | None
    ended_at: datetime | None
    result: str | None
    detail: str | None
    replica: str | None
    next_run: datetime | None

    @property
    def seconds(self) -> float | None:
        """How long the last run took; None while it goes on."""
        if self.started_at is None or self.ended_at is None:
            return None
        return round((self.ended_at - self.started_at).total_seconds(), 3)


async def read_jobs() -> list[JobRecord]:
    """Return all jobs, by name."""
    async with connection() as database:
        rows = await database.fetch(
            "SELECT name, schedule, timeout, started_at, ended_at, result, detail, replica, "
            "next_run FROM core_job ORDER BY name"
        )
    return [JobRecord(**row) for row in rows]


async def declare_jobs(jobs: Iterable[tuple[str, str, int]]) -> None:
    """Make the table hold just these jobs: name, schedule in words, seconds they may take."""
    names, schedules, timeouts = zip(*jobs, strict=True)
    async with transaction() as database:
        await database.execute("DELETE FROM core_job WHERE name <> ALL($1::text[])", names)
        await database.execute(
            """
            INSERT INTO core_job (name, schedule, timeout)
            SELECT * FROM unnest($1::text[], $2::text[], $3::int[])
            ON CONFLICT (name) DO UPDATE
            SET schedule = excluded.schedule, timeout = excluded.timeout
            """,
            names,
            schedules,
            timeouts,
        )


async def note_start(name: str, replica: str) -> None:
    """Note that a job begins."""
    async with connection() as database:
        await database.execute(
            "UPDATE core_job SET started_at = $2, ended_at = NULL, result = $3, detail = NULL, "
            "replica = $4 WHERE name = $1",
            name,
            datetime.now(UTC),
            RUNNING,
            replica,
        )


async def note_end(name: str, result: str, detail: str) -> None:
    """Note how a job ended."""
    async with connection() as database:
        await database.execute(
            "UPDATE core_job SET ended_at = $2, result = $3, detail = $4 WHERE name = $1",
            name,
            datetime.now(UTC),
            result,
            detail.replace("\x00", "")[:DETAIL_CHARACTERS],
        )


async def note_next_run(name: str, moment: datetime | None) -> None:
    """Note when a job runs again."""
    async with connection() as database:
        await database.execute("UPDATE core_job SET next_run = $2 WHERE name = $1", name, moment)
