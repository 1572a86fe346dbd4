"""Calls about faults and notifications beside the usual ones. Contract: admin-api 5.11, 5.13."""

from dataclasses import replace

from handlers.api.resources import ActionHandler, RecordHandler
from migas_tornado.computers.events import FAULT_CHOICES
from migas_tornado.resources.declared.events import FAULTS, NOTIFICATIONS


class FaultUserHandler(ActionHandler):
    """`faults/user/`: whose faults may be looked for."""

    async def get(self) -> None:
        self.require_right("R")
        self.answer({"choices": self.translated(FAULT_CHOICES)})


CHANGED_NOTIFICATIONS = replace(NOTIFICATIONS, written=("checked",))
"""Notifications as the answer to a change shows them, other than that to a creation."""

ROUTES = (
    (r"/api/v1/token/faults/user/?", FaultUserHandler, FAULTS),
    (
        r"/api/v1/token/notifications/([0-9]+)(?:/|\.json)?",
        RecordHandler,
        CHANGED_NOTIFICATIONS,
    ),
)
