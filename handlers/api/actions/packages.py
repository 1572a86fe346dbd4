"""Packages and package sets: uploads, and calls beside the usual ones.

Contract: admin-api 5.5, repositories 2, 3.1, 7, 8.
"""

import asyncio
from http import HTTPStatus
from typing import Any

from handlers.api.actions.deployments import target_of
from handlers.api.resources import ActionHandler, ListHandler, RecordHandler
from handlers.api.uploading import UploadingHandler
from migas_tornado.db import connection, transaction
from migas_tornado.errors import InvalidDataError
from migas_tornado.repositories.copies import copy_package_set, find_target, offer_copies
from migas_tornado.repositories.package_changes import destination_of, orphans
from migas_tornado.repositories.package_info import describe, stored_package
from migas_tornado.repositories.package_sets import set_before
from migas_tornado.repositories.uploads import Destination, record_package
from migas_tornado.resources.bodies import read_body
from migas_tornado.resources.changes import save
from migas_tornado.resources.declared.packages import PACKAGE_SETS, PACKAGES
from migas_tornado.resources.reading import find_visible, read_objects

PACKAGES_URL = "/api/v1/token/packages"
SETS_URL = "/api/v1/token/package-sets"


class PackagesHandler(UploadingHandler, ListHandler):
    """`packages/`: the list, and the upload of one package."""

    needs_form = True

    async def post(self) -> None:
        body, files = await self.content()
        settings = self.services.settings
        values = read_body(
            self.resource, body, settings.time_zone, is_update=False, is_partial=False
        )
        if not files:
            raise InvalidDataError({"files": ["No file was submitted."]})
        async with connection() as database:
            place = await destination_of(database, self.caller, values["store"])
        destination = Destination(await self.services.projects.get(place.project), place.store)
        uploads = self.services.uploads
        received = await uploads.receive(files[0], destination.project)
        async with transaction() as database:
            recorded = await record_package(database, received, destination)
            content = await self.answer_object(database, recorded.id, self.resource.of_write)
        await uploads.publish(received, destination, recorded)
        self.answer_json(content, HTTPStatus.CREATED)


class OrphansHandler(ActionHandler):
    """`packages/orphan/`: stored packages that are in no deployment."""

    async def get(self) -> None:
        self.require_right("R")
        async with connection() as database:
            keys = await orphans(database, self.caller)
            found = await read_objects(database, PACKAGES, PACKAGES.read, keys, self.view)
        self.answer_json(f"[{','.join(found)}]")


class InfoHandler(ActionHandler):
    """`packages/{id}/info/`: what is in a package, as Markdown."""

    async def get(self, key: str) -> None:
        self.require_right("R")
        async with connection() as database:
            found = await self.find(database, key)
            row = await stored_package(database, found)
        services = self.services
        text = await describe(row, services.settings.store_dir, services.run_in_pool)
        self.answer({"data": text})


class SetWriter(UploadingHandler):
    """Writes a package set and the packages that are sent with it, together or not at all."""

    most_files = 100

    async def write_set(self, key: int | None, *, is_partial: bool, status: HTTPStatus) -> None:
        """Store the set that the body describes and answer it."""
        body, files = await self.content()
        values = read_body(
            self.resource,
            body,
            self.services.settings.time_zone,
            is_update=key is not None,
            is_partial=is_partial,
        )
        destination, received = None, []
        if files:
            self.require("core.add_package")
            destination = await self._destination(key, values)
            received = await self.services.uploads.receive_all(files, destination.project)
        uploads = self.services.uploads
        async with transaction() as database:
            if key is not None:
                await find_visible(database, self.resource, self.caller, str(key), lock=True)
            recorded = [await record_package(database, one, destination) for one in received]
            if recorded:
                # Without a list, the packages that the set has stay.
                if "packages" not in values:
                    values["packages"] = (await set_before(database, key)).packages
                values["packages"] = [
                    *(values["packages"] or ()),
                    *(one.id for one in recorded),
                ]
            change = self.change(database, key, values)
            stored = await save(change)
            content = await self.answer_object(database, stored, self.resource.of_write)
        for one, where in zip(received, recorded, strict=True):
            await uploads.publish(one, destination, where)
        self.done(change)
        self.answer_json(content, status)

    async def _destination(self, key: int | None, values: dict[str, Any]) -> Destination:
        """Return where the files belong."""
        async with connection() as database:
            before = await set_before(database, key)
            store = values.get("store", before.store)
            if store is None:
                raise InvalidDataError({"store": ["Files need a store."]})
            place = await destination_of(database, self.caller, store)
        return Destination(await self.services.projects.get(place.project), place.store)


class SetListHandler(SetWriter, ListHandler):
    """`package-sets/`: the list, and the creation of a set, perhaps with files."""

    async def post(self) -> None:
        await self.write_set(None, is_partial=False, status=HTTPStatus.CREATED)


class SetRecordHandler(SetWriter, RecordHandler):
    """`package-sets/{id}/`: a set, whose change may bring files."""

    async def put(self, key: str) -> None:
        await self._change(key, is_partial=False)

    async def patch(self, key: str) -> None:
        await self._change(key, is_partial=True)

    async def _change(self, key: str, *, is_partial: bool) -> None:
        async with connection() as database:
            found = await find_visible(database, self.resource, self.caller, key)
        await self.write_set(found, is_partial=is_partial, status=HTTPStatus.OK)


class CopySetHandler(ActionHandler):
    """`package-sets/{id}/copy/`: the same set in another project."""

    async def post(self, key: str) -> None:
        self.require_right("C")
        project = target_of(self.data(), '"project" field is required.')
        async with transaction() as database:
            found = await self.find(database, key)
            target = await find_target(database, self.caller, project)
            if target is None:
                raise InvalidDataError("Target project not found.")
            copied = await copy_package_set(database, found, target)
        await asyncio.to_thread(offer_copies, self.services.settings, copied.offers)
        self.answer(copied.answer)


ROUTES = (
    (rf"{PACKAGES_URL}/orphan/?", OrphansHandler, PACKAGES),
    (rf"{PACKAGES_URL}/([^/]+)/info/?", InfoHandler, PACKAGES),
    (rf"{PACKAGES_URL}(?:/|\.json)?", PackagesHandler, PACKAGES),
    (rf"{SETS_URL}/([^/]+)/copy/?", CopySetHandler, PACKAGE_SETS),
    (rf"{SETS_URL}(?:/|\.json)?", SetListHandler, PACKAGE_SETS),
    (rf"{SETS_URL}/([0-9]+)(?:/|\.json)?", SetRecordHandler, PACKAGE_SETS),
)
