"""Runs of periodic jobs: one at a time anywhere, limited in time, recorded."""

import asyncio
import logging
import os
import socket
import time
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from migas_tornado import job_records
from migas_tornado.db import ABSENCES
from migas_tornado.errors import MigasError
from migas_tornado.logs import REQUEST_ID, new_request_id
from tasks.locks import JOB_SPACE, Key, LockSession
from tasks.periodic import JobContext, PeriodicJob

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended."""

    result: str
    """One of those in `job_records`."""
    detail: str


async def run_job(job: PeriodicJob, context: JobContext, locks: LockSession) -> Outcome | None:
    """Run a job now, unless a run of it goes on anywhere.

    Args:
        job: what to run.
        context: what it may use.
        locks: hold the job's lock meanwhile.

    Returns:
        How it ended; None when it runs already.
    """
    REQUEST_ID.set(new_request_id("job"))
    key = lock_of(job.name)
    if not await locks.try_lock(key):
        log.info("job skipped, it runs elsewhere: job=%s", job.name)
        return None
    try:
        await job_records.note_start(job.name, replica_name())
        began = time.monotonic()
        outcome = Outcome(job_records.GIVEN_UP, "")
        try:
            outcome = await _attempt(job, context)
        finally:
            seconds = time.monotonic() - began
            level = logging.ERROR if outcome.result == job_records.TIMEOUT else logging.INFO
            facts = (job.name, outcome.result, seconds, outcome.detail)
            log.log(level, "job ended: job=%s result=%s seconds=%.2f %s", *facts)
            await job_records.note_end(job.name, outcome.result, outcome.detail)
        return outcome
    finally:
        await locks.unlock(key)


async def _attempt(job: PeriodicJob, context: JobContext) -> Outcome:
    try:
        async with asyncio.timeout(job.timeout) as limit:
            return Outcome(job_records.DONE, await job.run(context) or "")
    except TimeoutError as error:
        if limit.expired():
            return Outcome(job_records.TIMEOUT, f"broken off after {job.timeout} seconds")
        return Outcome(job_records.FAILED, str(error))
    except (MigasError, *ABSENCES) as error:
        log.warning("job failed, tried again next time: job=%s: %s", job.name, error)
        return Outcome(job_records.FAILED, str(error))
    except Exception as error:
        log.exception("job failed: job=%s", job.name)
        return Outcome(job_records.FAILED, f"{type(error).__name__}: {error}")


def lock_of(name: str) -> Key:
    """Return the key of a job's lock."""
    return JOB_SPACE, zlib.crc32(name.encode()) - 2**31


def declarations(jobs: dict[str, PeriodicJob]) -> list[tuple[str, str, int]]:
    """Return what the table says of jobs before they ran."""
    return [(job.name, str(job.schedule), job.timeout) for job in jobs.values()]


def replica_name() -> str:
    """Return what this process is called in the table of jobs."""
    return f"{socket.gethostname()}:{os.getpid()}"


class LeaderJobs:
    """The periodic jobs as the leader runs them.

    Args:
        jobs: all of them.
        context: what they may use.
    """

    def __init__(self, jobs: dict[str, PeriodicJob], context: JobContext) -> None:
        self._jobs = jobs
        self._context = context
        self._zone: ZoneInfo = context.settings.time_zone

    async def run(self, locks: LockSession) -> None:
        """Run each job whenever it is due, until cancelled; runs that go on are cancelled too."""
        await job_records.declare_jobs(declarations(self._jobs))
        scheduler = AsyncIOScheduler(
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=self._zone,
        )
        running: set[asyncio.Task[None]] = set()

        async def run(job: PeriodicJob) -> None:
            task = asyncio.current_task()
            running.add(task)
            try:
                await run_job(job, self._context, locks)
                await job_records.note_next_run(job.name, scheduler.get_job(job.name).next_run_time)
            except asyncio.CancelledError:
                log.info("job given up, this replica leads no longer: job=%s", job.name)
            except ABSENCES as error:
                log.warning("job not recorded: job=%s: %s", job.name, error)
            finally:
                running.discard(task)

        await self._give_up_dead_runs(locks)
        for record in await job_records.read_jobs():
            job = self._jobs[record.name]
            first = self._first_run(job, record)
            scheduler.add_job(
                run, job.schedule.trigger(self._zone), args=[job], id=job.name, next_run_time=first
            )
            await job_records.note_next_run(job.name, first)
        scheduler.start()
        try:
            await asyncio.Event().wait()  # until whoever runs this cancels it
        finally:
            scheduler.shutdown(wait=False)  # it cancels the runs
            await asyncio.gather(*running, return_exceptions=True)

    async def _give_up_dead_runs(self, locks: LockSession) -> None:
        """Note the end of runs whose process died; those under way elsewhere hold their lock."""
        for record in await job_records.read_jobs():
            key = lock_of(record.name)
            if record.result == job_records.RUNNING and await locks.try_lock(key):
                await job_records.note_end(record.name, job_records.GIVEN_UP, "its process ended")
                await locks.unlock(key)

    def _first_run(self, job: PeriodicJob, record: job_records.JobRecord) -> datetime:
        """Return when a job is due: at once where a run was missed."""
        trigger, now = job.schedule.trigger(self._zone), datetime.now(UTC)
        due = trigger.get_next_fire_time(record.started_at, record.started_at or now)
        return max(due, now)
