"""The periodic jobs, for administrators. An addition of this server: no contract has it."""

from handlers.api.base import ApiHandler
from migas_tornado.enrolment.representation import moment
from migas_tornado.errors import ForbiddenError
from migas_tornado.job_records import JobRecord, read_jobs
from migas_tornado.resources.openapi.calls import Operation

TEXT = {"type": ["string", "null"]}
MOMENT = {"type": ["string", "null"], "format": "date-time"}
JOB = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "schedule": {"type": "string", "description": "When it runs, in words."},
        "timeout": {"type": "integer", "description": "Seconds after which it is broken off."},
        "last_run": MOMENT,
        "last_end": MOMENT,
        "seconds": {"type": ["number", "null"], "description": "How long the last run took."},
        "result": {
            "enum": ["running", "done", "failed", "timeout", "given up", None],
            "description": "Of the last run.",
        },
        "detail": {**TEXT, "description": "What the last run did, or why it failed."},
        "replica": {**TEXT, "description": "Where the last run was: machine and process."},
        "next_run": MOMENT,
    },
    "required": ["name", "schedule", "timeout", "last_run", "result", "next_run"],
}


class JobsHandler(ApiHandler):
    """`jobs/`: the periodic jobs with their last and next run, for staff."""

    documentation = {  # noqa: RUF012
        "get": Operation(
            "List the periodic jobs",
            answer={
                "type": "object",
                "properties": {
                    "count": {"type": "integer"},
                    "results": {"type": "array", "items": JOB},
                },
                "required": ["count", "results"],
            },
            errors=(403,),
        )
    }

    async def get(self) -> None:
        if not (self.caller.is_superuser or self.caller.is_staff):
            raise ForbiddenError("You do not have permission to perform this action.")
        jobs = [self._shown(record) for record in await read_jobs()]
        self.answer({"count": len(jobs), "results": jobs})

    def _shown(self, record: JobRecord) -> dict[str, object]:
        zone = self.services.settings.time_zone
        return {
            "name": record.name,
            "schedule": record.schedule,
            "timeout": record.timeout,
            "last_run": moment(record.started_at, zone),
            "last_end": moment(record.ended_at, zone),
            "seconds": record.seconds,
            "result": record.result,
            "detail": record.detail,
            "replica": record.replica,
            "next_run": moment(record.next_run, zone),
        }


ROUTES = ((r"/api/v1/token/jobs/?", JobsHandler),)
