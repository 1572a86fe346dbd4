"""What a periodic job is: declared once, with its schedule, and found by its name."""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from migas_tornado.bus import Bus
from migas_tornado.settings import Settings


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again, so many seconds apart."""

    seconds: float

    def trigger(self, zone: ZoneInfo) -> BaseTrigger:
        return IntervalTrigger(seconds=self.seconds, timezone=zone)

    def __str__(self) -> str:
        return f"every {self.seconds:g} seconds"


@dataclass(frozen=True, slots=True)
class Daily:
    """At a time of the server's zone, on every day or on one of the week."""

    hour: int
    minute: int = 0
    weekday: str = "*"
    """`mon` to `sun`."""

    def trigger(self, zone: ZoneInfo) -> BaseTrigger:
        return CronTrigger(
            day_of_week=self.weekday, hour=self.hour, minute=self.minute, timezone=zone
        )

    def __str__(self) -> str:
        day = "day" if self.weekday == "*" else self.weekday
        return f"every {day} at {self.hour:02}:{self.minute:02}"


Schedule = Every | Daily


@dataclass(frozen=True, slots=True)
class JobContext:
    """The parts of a server that jobs may use."""

    settings: Settings
    bus: Bus
    run_in_pool: Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """Work that one replica at a time does on a clock.

    A run that was missed, because no server ran, is made up for once, at the next start. A job can
    be broken off at any time: it works in small transactions, and goes on where it was.
    """

    name: str
    """In small letters with blanks, at most 50."""
    schedule: Schedule
    timeout: int
    """Seconds after which a run is broken off."""
    run: Callable[[JobContext], Awaitable[str | None]]
    """Returns in a few words what was done, or nothing when there was nothing to do."""


@cache
def periodic_jobs() -> dict[str, PeriodicJob]:
    """Return the jobs that the files of `tasks/jobs/` declare, by name."""
    import tasks.jobs

    found: dict[str, PeriodicJob] = {}
    for module in sorted(pkgutil.iter_modules(tasks.jobs.__path__), key=lambda one: one.name):
        for job in importlib.import_module(f"tasks.jobs.{module.name}").JOBS:
            if job.name in found:
                raise ValueError(f"Two jobs are called {job.name!r}.")
            found[job.name] = job
    return found
