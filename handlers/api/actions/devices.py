"""Calls about devices beside the usual ones. Contract: admin-api 5.15."""

from typing import Any

from handlers.api.available import AvailableHandler
from handlers.api.resources import ActionHandler
from migas_tornado.db import Connection, transaction
from migas_tornado.devices.replacement import exchange
from migas_tornado.errors import InvalidDataError, NotFoundError
from migas_tornado.resources.declared.devices import (
    AVAILABLE_DEVICES,
    AVAILABLE_LOGICAL,
    DEVICES,
)

BASE = "/api/v1/token/devices"


class ReplacementHandler(ActionHandler):
    """`devices/devices/{id}/replacement/`: exchange the users of two devices."""

    async def post(self, key: str) -> None:
        self.require_right("C")
        async with transaction() as database:
            source = await self.find(database, key)
            target = await self._target(database)
            if source == target:
                raise InvalidDataError({"target": ["A device cannot replace itself."]})
            for one in sorted((source, target)):
                await self.find(database, str(one), lock=True)
            await exchange(database, source, target)
        self.finish()

    async def _target(self, database: Connection) -> int:
        body: Any = self.data()
        wanted = body.get("target") if isinstance(body, dict) else None
        if wanted in (None, ""):
            raise InvalidDataError({"target": ["This field is required."]})
        try:
            return await self.find(database, str(wanted))
        except NotFoundError as error:
            raise InvalidDataError(
                {"target": [f'Invalid pk "{wanted}" - object does not exist.']}
            ) from error


ROUTES = (
    (rf"{BASE}/devices/available/?", AvailableHandler, AVAILABLE_DEVICES),
    (rf"{BASE}/logical/available/?", AvailableHandler, AVAILABLE_LOGICAL),
    (rf"{BASE}/devices/([^/]+)/replacement/?", ReplacementHandler, DEVICES),
)
