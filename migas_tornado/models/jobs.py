"""Table of the periodic jobs, as they last ran. What they do is declared in `tasks/jobs/`."""

from tortoise import fields
from tortoise.models import Model


class Job(Model):
    """A periodic job."""

    name = fields.CharField(50, primary_key=True, description="Name")
    schedule = fields.CharField(100, description="When it runs, in words")
    timeout = fields.IntField(description="Seconds after which it is broken off")
    started_at = fields.DatetimeField(null=True, description="Start of the last run")
    ended_at = fields.DatetimeField(null=True, description="End of the last run that ended")
    result = fields.CharField(
        10, null=True, description="running, done, failed, timeout or given up"
    )
    detail = fields.TextField(null=True, description="What the last run did, or why it failed")
    replica = fields.CharField(255, null=True, description="Where the last run was")
    next_run = fields.DatetimeField(null=True, description="When it runs again")

    class Meta:
        table = "core_job"
        table_description = "Periodic jobs and their last run"
