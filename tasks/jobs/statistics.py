"""The jobs that keep sums: add up what was noted, and count anew. Contract: stats 1.4, 6."""

from migas_tornado.attributes.holders import add_noted
from migas_tornado.db import connection
from migas_tornado.statistics.recount import recount_and_report
from tasks.periodic import Daily, Every, JobContext, PeriodicJob

RECOUNT_SECONDS = 3600
HOLDERS_SECONDS = 60


async def recount_statistics(_: JobContext) -> str | None:
    found = await recount_and_report()
    return "; ".join(map(str, found)) or None


async def count_holders(_: JobContext) -> str | None:
    async with connection() as database:
        changed = await add_noted(database)
    return f"{changed} attributes" if changed else None


JOBS = (
    PeriodicJob("computers of attributes", Every(HOLDERS_SECONDS), HOLDERS_SECONDS, count_holders),
    PeriodicJob("recount statistics", Daily(3, 30), RECOUNT_SECONDS, recount_statistics),
)
