"""Jobs about the copies of upstreams' repositories."""

from migas_tornado.external.cleaning import remove_expired_copies
from tasks.periodic import Every, JobContext, PeriodicJob

CLEAN_SECONDS = 3600


async def clean_external_copies(context: JobContext) -> str | None:
    removed = await remove_expired_copies(context.settings)
    return f"files={removed.files} bytes={removed.total_bytes}" if removed.files else None


JOBS = (
    PeriodicJob(
        "expired external copies", Every(CLEAN_SECONDS), CLEAN_SECONDS, clean_external_copies
    ),
)
