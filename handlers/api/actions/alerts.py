"""The alerts of whoever asks. Contract: stats-and-websocket 4."""

from typing import Any, ClassVar

from handlers.api.base import ApiHandler
from migas_tornado.alerts.counting import alerts_of
from migas_tornado.db import connection
from migas_tornado.errors import NotFoundError
from migas_tornado.languages import translate
from migas_tornado.resources.openapi.calls import Operation

ALERT: dict[str, Any] = {
    "type": "object",
    "required": ["msg", "target", "level", "result", "api"],
    "properties": {
        "msg": {"type": "string"},
        "target": {"enum": ["computer", "server"]},
        "level": {"enum": ["info", "warning", "critical"]},
        "result": {"type": "string", "pattern": "^[0-9]+$"},
        "api": {
            "type": "object",
            "properties": {"model": {"type": "string"}, "query": {"type": "object"}},
        },
    },
}


class AlertsHandler(ApiHandler):
    """`stats/alerts/`: what needs a look, as far as the account sees it."""

    documentation: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            "List the alerts",
            answer={"type": "array", "items": ALERT},
            query={"format": {"type": "string", "enum": ["json"]}},
            errors=(404,),
            description=(
                "Counted anew for each call. `api` names a list and the filters under which it "
                "shows what was counted. The WebSocket `/alerts/` pushes the same for the whole "
                "fleet, the topic `alerts` of `/ws/stats/` for the account."
            ),
        )
    }

    async def get(self) -> None:
        if self.query().get("format", "json") != "json":
            raise NotFoundError("Not found.")
        async with connection() as database:
            alerts = await alerts_of(database, self.caller, self.services.settings.time_zone)
        language = self.language
        self.answer([one | {"msg": translate(one["msg"], language)} for one in alerts])


ROUTES = ((r"/api/v1/token/stats/alerts/?", AlertsHandler),)
