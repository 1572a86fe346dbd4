"""What runs on a clock in this process."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import asyncpg
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from migas_tornado.logs import REQUEST_ID, new_request_id

log = logging.getLogger(__name__)

ADOPT_SECONDS = 5.0


class Scheduler:
    """Runs jobs on a clock; none overlaps with itself, and a failed one is tried next time."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._running: set[asyncio.Task[None]] = set()

    def every(self, seconds: float, name: str, job: Callable[[], Awaitable[None]]) -> None:
        """Run a job again and again, so many seconds apart."""
        self._scheduler.add_job(
            self._run, "interval", args=[name, job], seconds=seconds, id=name, name=name
        )

    async def _run(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
        REQUEST_ID.set(new_request_id("job"))
        try:
            await job()
        except asyncio.CancelledError:
            log.info("job %s was given up, because the server stops", name)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("job %s failed and will be tried again: %s", name, error)
        except Exception:
            log.exception("job %s failed", name)
        finally:
            if task is not None:
                self._running.discard(task)

    def start(self) -> None:
        """Begin with the jobs."""
        self._scheduler.start()

    async def stop(self, seconds: float) -> None:
        """Start no more jobs, and wait so long for those that run before giving them up."""
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        self._scheduler.shutdown(wait=False)  # it cancels what still runs
