"""Calls of golden images that the image builder answers. Contract: admin-api 5.17."""

from http import HTTPStatus

from handlers.api.resources import ActionHandler
from migas_tornado.db import connection
from migas_tornado.images.builder import ask_builder, task_of
from migas_tornado.resources.declared.images import BUILDS, RELEASES

BASE = "/api/v1/token/mgi"


class StartHandler(ActionHandler):
    """`mgi/release/{id}/build/`: build a release."""

    async def post(self, key: str) -> None:
        self.require("mgi.add_build")
        async with connection() as database:
            await self.find(database, key)
        ask_builder()


class ProgressHandler(ActionHandler):
    """`mgi/build/{id}/status/` and `logs/`: how a build goes on."""

    async def get(self, key: str) -> None:
        self.require_right("R")
        async with connection() as database:
            task = await task_of(database, await self.find(database, key))
        if not task:
            self.answer(
                {"error": "Build record has no associated task_id"},
                HTTPStatus.UNPROCESSABLE_ENTITY,
            )
            return
        ask_builder()


class PublishHandler(ActionHandler):
    """`mgi/build/{id}/publish/` and `unpublish/`: let people fetch an image, or no longer."""

    async def post(self, key: str) -> None:
        self.require("mgi.change_build")
        async with connection() as database:
            await self.find(database, key)
        ask_builder()


ROUTES = (
    (rf"{BASE}/release/([^/]+)/build/?", StartHandler, RELEASES),
    (rf"{BASE}/build/([^/]+)/(?:status|logs)/?", ProgressHandler, BUILDS),
    (rf"{BASE}/build/([^/]+)/(?:publish|unpublish)/?", PublishHandler, BUILDS),
)
