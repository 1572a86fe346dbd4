"""The job that counts the statistics anew. Contract: stats 1.4, 6."""

from migas_tornado.statistics.recount import recount_and_report
from tasks.periodic import Daily, JobContext, PeriodicJob

RECOUNT_SECONDS = 3600


async def recount_statistics(_: JobContext) -> str | None:
    found = await recount_and_report()
    return "; ".join(map(str, found)) or None


JOBS = (PeriodicJob("recount statistics", Daily(3, 30), RECOUNT_SECONDS, recount_statistics),)
