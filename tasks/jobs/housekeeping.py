"""Jobs that keep the tables small, the calendar going, and administrators informed."""

from datetime import UTC, datetime, timedelta

from migas_tornado.housekeeping import retention
from migas_tornado.housekeeping.reports import report_orphan_packages, tell_of_delays
from migas_tornado.housekeeping.restarts import restart_deployments
from migas_tornado.targeting.deployments import today
from tasks.periodic import Daily, Every, JobContext, PeriodicJob

DELAYS_SECONDS = 60
SLACK_SECONDS = 15
"""Looks overlap a little: a delay that is told twice does no harm."""


async def delete_old_records(context: JobContext) -> str:
    settings = context.settings
    kept = (
        (retention.SYNCHRONIZATIONS, settings.keep_synchronizations_days),
        (retention.ERRORS, settings.keep_checked_errors_days),
        (retention.FAULTS, settings.keep_checked_faults_days),
        (retention.NOTIFICATIONS, settings.keep_checked_notifications_days),
        (retention.MESSAGES, settings.keep_messages_days),
        (retention.STATUS_LOGS, settings.keep_status_logs_days),
        (retention.PACKAGE_HISTORY, settings.keep_package_history_days),
    )
    counts = {kind.path: await retention.delete_old(kind, days) for kind, days in kept}
    return " ".join(f"{path}={count}" for path, count in counts.items() if count)


async def restart_due_deployments(context: JobContext) -> str:
    return f"deployments={await restart_deployments(today(context.settings.time_zone))}"


async def report_orphans(_: JobContext) -> str:
    return f"packages={await report_orphan_packages()}"


async def tell_of_delayed_computers(_: JobContext) -> str:
    since = datetime.now(UTC) - timedelta(seconds=DELAYS_SECONDS + SLACK_SECONDS)
    return f"computers={await tell_of_delays(since)}"


JOBS = (
    PeriodicJob("delete old records", Daily(2, 30), 3600, delete_old_records),
    PeriodicJob("restart deployments", Daily(0), 300, restart_due_deployments),
    PeriodicJob("report orphan packages", Daily(6, weekday="mon"), 300, report_orphans),
    PeriodicJob("delayed computers", Every(DELAYS_SECONDS), 30, tell_of_delayed_computers),
)
