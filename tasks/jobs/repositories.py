"""Jobs about the store and what repositories no longer offer."""

import asyncio

from migas_tornado.repositories.collection import (
    remove_gone,
    remove_unused_contents,
    sweep_repositories,
)
from tasks.periodic import Daily, Every, JobContext, PeriodicJob

SWEEP_SECONDS = 600


async def collect_contents(context: JobContext) -> str | None:
    await asyncio.to_thread(remove_gone, context.settings.public_dir)
    removed = await remove_unused_contents(context.settings)
    return f"files={removed.files} bytes={removed.total_bytes}" if removed.files else None


async def sweep(context: JobContext) -> str | None:
    damaged = await sweep_repositories(context.settings)
    return f"damaged={damaged}" if damaged else None


JOBS = (
    PeriodicJob("unused contents", Daily(4, 15), 3600, collect_contents),
    PeriodicJob("what left repositories", Every(SWEEP_SECONDS), SWEEP_SECONDS, sweep),
)
