"""Calls about deployments beside the usual ones. Contract: admin-api 5.7, repositories 8."""

import asyncio
from http import HTTPStatus

import orjson

from handlers.api.resources import ActionHandler
from migas_tornado.db import connection, transaction
from migas_tornado.errors import InvalidDataError, NotFoundError
from migas_tornado.repositories.copies import find_target, offer_copies
from migas_tornado.repositories.stale import mark_for_new
from migas_tornado.resources.declared.deployments import DEPLOYMENTS, INTERNAL_SOURCES
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.reading import read_objects
from migas_tornado.targeting.deployment_copies import copy_deployment, generating
from migas_tornado.targeting.deployment_rules import may_touch

SOURCES = "/api/v1/token/deployments/internal-sources"


class MetadataHandler(ActionHandler):
    """`internal-sources/{id}/metadata/`: have the repository built again."""

    async def get(self, key: str) -> None:
        self.require_right("U")
        async with transaction() as database:
            found = await self.find(database, key, lock=True)
            await may_touch(database, self.caller, found)
            await mark_for_new(database, found)
        self.answer({"detail": "Operation received"})


class GeneratingHandler(ActionHandler):
    """`internal-sources/generating/`: deployments whose repository is being built."""

    async def get(self) -> None:
        self.require_right("R")
        parameters = Parameters()
        visible = self.resource.visible(self.caller, parameters)
        async with connection() as database:
            progress = await generating(database, visible, parameters.values)
            found = await read_objects(
                database, self.resource, DEPLOYMENTS.detail, list(progress), self.view
            )
        rows = [{**row, "progress": progress[row["id"]]} for row in map(orjson.loads, found)]
        self.answer(rows)


class CopyHandler(ActionHandler):
    """`internal-sources/{id}/copy/`: the same deployment in another project."""

    async def post(self, key: str) -> None:
        self.require_right("C")
        project = target_of(self.data(), "Target project is required")
        async with transaction() as database:
            found = await self.find(database, key)
            target = await find_target(database, self.caller, project)
            if target is None:
                raise NotFoundError("Target project not found")
            settings = self.services.settings
            copied = await copy_deployment(database, settings, self.caller, found, target)
        await asyncio.to_thread(offer_copies, self.services.settings, copied.offers)
        self.answer(copied.answer, HTTPStatus.OK)


def target_of(body: object, required: str) -> int:
    """Return the project that a body names.

    Raises:
        InvalidDataError: it names none.
    """
    value = body.get("project") if isinstance(body, dict) else None
    if value in (None, ""):
        raise InvalidDataError(required)
    text = str(value)
    if isinstance(value, bool | list | dict) or not (text.isascii() and text.isdigit()):
        raise InvalidDataError({"project": ["A valid integer is required."]})
    return int(text) if len(text) < 19 else 0


ROUTES = (
    (rf"{SOURCES}/generating/?", GeneratingHandler, INTERNAL_SOURCES),
    (rf"{SOURCES}/([^/]+)/metadata/?", MetadataHandler, INTERNAL_SOURCES),
    (rf"{SOURCES}/([^/]+)/copy/?", CopyHandler, INTERNAL_SOURCES),
)
