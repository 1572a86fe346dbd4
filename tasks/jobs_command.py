"""`migas-tornado jobs`: the periodic jobs on the command line, beside running servers."""

from contextlib import AsyncExitStack
from datetime import datetime
from zoneinfo import ZoneInfo

from migas_tornado.errors import ConflictError, NotFoundError, UnavailableError
from migas_tornado.job_records import DONE, declare_jobs, read_jobs
from migas_tornado.server import make_bus, open_storage
from migas_tornado.settings import Settings
from tasks.job_runs import declarations, run_job
from tasks.locks import LockSession
from tasks.periodic import JobContext, periodic_jobs
from tasks.pool import WorkerPool

HEADINGS = ("JOB", "SCHEDULE", "LAST RUN", "RESULT", "SECONDS", "NEXT RUN", "DETAIL")


async def list_jobs(settings: Settings) -> None:
    """Print the periodic jobs with their last and next run."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        await open_storage(settings, stack, is_guest=True)
        await declare_jobs(declarations(periodic_jobs()))
        records = await read_jobs()
    zone = settings.time_zone
    table = [
        HEADINGS,
        *(
            (
                record.name,
                record.schedule,
                _text(record.started_at, zone),
                record.result or "-",
                "-" if record.seconds is None else f"{record.seconds:.1f}",
                _text(record.next_run, zone),
                record.detail or "",
            )
            for record in records
        ),
    ]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def _text(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}" if moment else "-"


async def run_job_now(settings: Settings, name: str) -> None:
    """Run a job in this process, whether or not it is due.

    Raises:
        NotFoundError: there is no such job.
        ConflictError: it is running already, here or on another replica.
        UnavailableError: it did not end well.
    """
    job = periodic_jobs().get(name)
    if job is None:
        raise NotFoundError(f"There is no job {name!r}; `migas-tornado jobs` lists them.")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        credentials = await open_storage(settings, stack, is_guest=True)
        bus = make_bus(settings)
        await bus.start()
        stack.push_async_callback(bus.stop)
        pool = WorkerPool(settings.workers)
        stack.push_async_callback(pool.close)
        await declare_jobs(declarations(periodic_jobs()))
        locks = await stack.enter_async_context(LockSession(credentials))
        outcome = await run_job(job, JobContext(settings, bus, pool.run), locks)
    if outcome is None:
        raise ConflictError(f"The job {name!r} is running already.")
    if outcome.result != DONE:
        raise UnavailableError(f"The job {name!r} ended with {outcome.result}: {outcome.detail}")
    print(outcome.detail or "done")
