"""`R/{id}/relations/` and `R/{id}/badge/`: what a record leads to, and its chip.

Contract: admin-api 6.
"""

from http import HTTPStatus

from handlers.api.resources import ActionHandler
from migas_tornado.db import Connection, connection
from migas_tornado.errors import NotFoundError
from migas_tornado.resources.badges import badge
from migas_tornado.resources.declaration import Resource
from migas_tornado.resources.relations.asking import Asking, Record
from migas_tornado.resources.relations.reading import relations


class LinkedHandler(ActionHandler):
    """A call about one record, whose 404 has no body."""

    async def record(self, database: Connection, key: str) -> Record | None:
        """Return the record that the URL names, or None after answering that there is none."""
        self.require_right("R")
        try:
            return Record(self.resource, await self.find(database, key))
        except NotFoundError:
            self.set_status(HTTPStatus.NOT_FOUND)
            self.finish()
            return None

    @property
    def asking(self) -> Asking:
        """What links and badges depend on besides the record."""
        settings = self.services.settings
        return Asking(
            caller=self.caller,
            zone=settings.time_zone,
            view=self.view,
            may_read=self._may_read,
            actions=settings.external_actions,
            server=self.request.host,
        )

    def _may_read(self, resource: Resource) -> bool:
        if not self.services.settings.enforce_view_permissions or not resource.permission:
            return True
        app, _, model = resource.permission.partition(".")
        return self.caller.may(f"{app}.view_{model}")


class RelationsHandler(LinkedHandler):
    """The lists that hold what is linked to a record."""

    async def get(self, key: str) -> None:
        async with connection() as database:
            record = await self.record(database, key)
            if record is None:
                return
            found = await relations(database, record, self.asking)
        self.answer([{**row, "text": self.translated(row["text"])} for row in found])

    head = get


class BadgeHandler(LinkedHandler):
    """What the dashboard shows of a record where it has little room."""

    async def get(self, key: str) -> None:
        async with connection() as database:
            record = await self.record(database, key)
            if record is None:
                return
            shown = await badge(database, record, self.asking)
        self.answer(shown)

    head = get
