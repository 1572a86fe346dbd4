"""Calls of the catalogue beside the usual ones. Contract: admin-api 5.16."""

from handlers.api.available import AvailableHandler
from handlers.api.resources import ActionHandler
from migas_tornado.catalog.applications import LEVELS
from migas_tornado.resources.declared.catalog import APPS, AVAILABLE_APPS

BASE = "/api/v1/token/catalog/apps"


class LevelsHandler(ActionHandler):
    """`catalog/apps/levels/`: for whom applications may be."""

    async def get(self) -> None:
        self.require_right("R")
        self.answer(self.translated(LEVELS))

    head = get


ROUTES = (
    (rf"{BASE}/levels/?", LevelsHandler, APPS),
    (rf"{BASE}/available/?", AvailableHandler, AVAILABLE_APPS),
)
