"""Calls about a part of a computer. Contract: admin-api 5.14."""

from handlers.api.resources import ActionHandler
from migas_tornado.computers.hardware import INFO
from migas_tornado.db import connection
from migas_tornado.resources.declared.hardware import NODES


class InfoHandler(ActionHandler):
    """`hardware/{id}/info/`."""

    async def get(self, key: str) -> None:
        self.require_right("R")
        async with connection() as database:
            found = await self.find(database, key)
            content = await self.answer_object(database, found, INFO)
        self.answer_json(content)


ROUTES = ((r"/api/v1/token/hardware/([^/]+)/info/?", InfoHandler, NODES),)
