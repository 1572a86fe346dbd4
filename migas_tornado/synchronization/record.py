"""The record of a completed synchronization, and what is counted by it. Contract: agent-v5 6.12."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from migas_tornado.bus import Channel, tell
from migas_tornado.db import Connection
from migas_tornado.enrolment.computers import Computer
from migas_tornado.enrolment.projects import Project
from migas_tornado.enrolment.representation import moment
from migas_tornado.errors import InvalidDataError
from migas_tornado.statistics.slots import SLOTS
from migas_tornado.targeting.deployments import MATCHING_COMPUTER, today


@dataclass(frozen=True, slots=True)
class Completed:
    """What an agent says when it has synchronized."""

    start_date: datetime
    """With zone; agents send a naive time, which is read in the server's zone."""
    consumer: str
    pms_status_ok: bool


async def record_synchronization(
    database: Connection, computer: Computer, project: Project, completed: Completed, zone: ZoneInfo
) -> dict[str, Any]:
    """Store a synchronization with everything that follows from it.

    The computer's errors and faults of this run are linked, the distinct computers per hour, day,
    month and year counted, and every deployment that reaches it learns how the package manager
    ended.

    Args:
        database: connection inside a transaction.
        computer: the computer, locked.
        project: its project.
        completed: what the agent says.
        zone: the server's.

    Raises:
        InvalidDataError: the computer has never reported attributes.
    """
    if computer.sync_user_id is None:
        raise InvalidDataError("Attributes have to be sent before a synchronization is recorded.")
    now = datetime.now(UTC)
    buckets = await _new_buckets(database, computer.id, project.id, bucket_starts(now, zone))
    await _store(database, computer, project, completed, now)
    await _note_results(database, computer, project, completed.pms_status_ok, zone)
    # Last, because these rows are shared by a part of the fleet and locked until the commit.
    await _count(database, computer.id, buckets)
    tell(database, Channel.SYNCHRONIZATIONS, computer=computer.id, project=project.id)
    return {
        "computer": computer.id,
        "start_date": moment(completed.start_date, zone),
        "consumer": completed.consumer,
        "pms_status_ok": completed.pms_status_ok,
    }


async def _new_buckets(
    database: Connection, computer_id: int, project_id: int, starts: dict[str, datetime]
) -> list[asyncpg.Record]:
    """Return the buckets in which a computer has not synchronized yet, in all and in a project.

    Args:
        database: connection; its time zone is the server's.
        computer_id: the computer, locked, so that it is counted once however often it comes.
        project_id: its project.
        starts: granularity -> start of its bucket.

    Returns:
        Rows of granularity, bucket and project; the project is null for the whole fleet.
    """
    return await database.fetch(
        """
        SELECT b.granularity, b.bucket, p.project_id
        FROM unnest($3::text[], $4::timestamptz[]) AS b (granularity, bucket)
        CROSS JOIN (VALUES (NULL::int), ($2)) AS p (project_id)
        WHERE NOT EXISTS (
            SELECT FROM client_synchronization s
            WHERE s.computer_id = $1
                AND s.created_at >= b.bucket
                AND s.created_at < b.bucket + ('1 ' || b.granularity)::interval
                AND (p.project_id IS NULL OR s.project_id = p.project_id)
        )
        """,
        computer_id,
        project_id,
        list(starts),
        list(starts.values()),
    )


async def _store(
    database: Connection,
    computer: Computer,
    project: Project,
    completed: Completed,
    now: datetime,
) -> None:
    await database.execute(
        """
        WITH record AS (
            INSERT INTO client_synchronization
                (created_at, computer_id, user_id, project_id, start_date, consumer, pms_status_ok)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            RETURNING id
        ),
        computer AS (
            UPDATE client_computer SET sync_end_date = $1, updated_at = $1 WHERE id = $2
        ),
        error AS (
            UPDATE client_error SET synchronization_id = (SELECT id FROM record)
            WHERE computer_id = $2 AND synchronization_id IS NULL AND created_at >= $8
        )
        UPDATE client_fault SET synchronization_id = (SELECT id FROM record)
        WHERE computer_id = $2 AND synchronization_id IS NULL AND created_at >= $8
        """,
        now,
        computer.id,
        computer.sync_user_id,
        project.id,
        completed.start_date,
        completed.consumer,
        completed.pms_status_ok,
        # The agent's clock may be fast or in another zone; ours says when this run began.
        min(completed.start_date, computer.sync_start_date or now),
    )


def bucket_starts(moment_: datetime, zone: ZoneInfo) -> dict[str, datetime]:
    """Return the start of the hour, day, month and year of a moment, in a zone."""
    hour = moment_.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    day = hour.replace(hour=0, fold=0)
    month = day.replace(day=1)
    return {"hour": hour, "day": day, "month": month, "year": month.replace(month=1)}


async def _count(database: Connection, computer_id: int, buckets: list[asyncpg.Record]) -> None:
    """Add a computer to buckets: granularity, start, and project or null for the fleet."""
    if not buckets:
        return
    await database.execute(
        """
        INSERT INTO client_synchronizationcount AS c
            (granularity, bucket, project_id, slot, computers)
        SELECT w.granularity, w.bucket, w.project_id, $4, 1
        FROM unnest($1::text[], $2::timestamptz[], $3::int[])
            AS w (granularity, bucket, project_id)
        ORDER BY 1, 2, 3
        ON CONFLICT (granularity, bucket, project_id, slot)
        DO UPDATE SET computers = c.computers + 1
        """,
        *(list(column) for column in zip(*buckets, strict=True)),
        computer_id % SLOTS,
    )


async def _note_results(
    database: Connection, computer: Computer, project: Project, is_ok: bool, zone: ZoneInfo
) -> None:
    """Note for each deployment that reaches the computer how it ended; only what changed."""
    await database.execute(
        f"""
        INSERT INTO core_deploymentresult AS r (deployment_id, computer_id, is_ok)
        SELECT matching.id, $1, $4
        FROM ({MATCHING_COMPUTER}) AS matching
        WHERE NOT EXISTS (
            SELECT FROM core_deploymentresult k
            WHERE k.deployment_id = matching.id AND k.computer_id = $1 AND k.is_ok = $4
        )
        ON CONFLICT (deployment_id, computer_id) DO UPDATE SET is_ok = excluded.is_ok
        """,  # noqa: S608
        computer.id,
        project.id,
        today(zone),
        is_ok,
    )
