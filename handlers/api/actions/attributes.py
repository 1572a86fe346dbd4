"""Calls about properties, tags and features beside the usual ones. Contract: admin-api 5.2, 5.3."""

from http import HTTPStatus

from handlers.api.resources import ActionHandler
from migas_tornado.attributes.logical_devices import give_logical_devices, logical_devices_of
from migas_tornado.attributes.tags import assign_tag, tagged_computers
from migas_tornado.db import connection, transaction
from migas_tornado.errors import InvalidDataError
from migas_tornado.models.computers import Computer
from migas_tornado.resources.bodies import read_keys
from migas_tornado.resources.declared.attributes import FEATURES, TAGS
from migas_tornado.resources.declared.properties import PROPERTIES
from migas_tornado.resources.declared.shapes import COMPUTER
from migas_tornado.resources.reading import read_objects, read_records
from migas_tornado.resources.registry import RESOURCES

KINDS = {
    "N": "Normal",
    "-": "List",
    "L": "Added to the left",
    "R": "Added to the right",
    "J": "JSON",
}


class KindsHandler(ActionHandler):
    """`properties/kind/`: how a value may become attributes."""

    async def get(self) -> None:
        self.require_right("R")
        self.answer(self.translated(KINDS))

    head = get


class TagComputersHandler(ActionHandler):
    """`tags/{id}/computers/`: who has a tag."""

    async def get(self, key: str) -> None:
        self.require_right("R")
        async with connection() as database:
            tag = await self.find(database, key)
            found = await tagged_computers(database, self.caller, tag)
            assigned = await read_records(database, Computer, COMPUTER, found.assigned, self.view)
            inflicted = await read_records(database, Computer, COMPUTER, found.inflicted, self.view)
        self.answer_json(
            f'{{"computers":[{",".join(assigned)}],"inflicted":[{",".join(inflicted)}]}}'
        )

    head = get

    async def patch(self, key: str) -> None:
        self.require_right("U")
        body = self.data()
        if not isinstance(body, dict) or "computers" not in body:
            raise InvalidDataError({"computers": ["This field is required."]})
        computers = read_keys("computers", body["computers"])
        async with transaction() as database:
            tag = await self.find(database, key, lock=True)
            await assign_tag(database, self.caller, tag, computers)
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()


class FeatureDevicesHandler(ActionHandler):
    """`features/{id}/logical-devices/`: the logical devices that a feature brings."""

    async def get(self, key: str) -> None:
        self.require_right("R")
        resource = RESOURCES["devices/logical"]
        async with connection() as database:
            feature = await self.find(database, key)
            keys = await logical_devices_of(database, self.caller, feature)
            found = await read_objects(database, resource, resource.read, keys, self.view)
        self.answer_json(f"[{','.join(found)}]")

    head = get

    async def patch(self, key: str) -> None:
        await self._give(key, only=False)

    async def put(self, key: str) -> None:
        await self._give(key, only=True)

    async def _give(self, key: str, *, only: bool) -> None:
        self.require_right("U")
        devices = read_keys("non_field_errors", self.data())
        async with transaction() as database:
            feature = await self.find(database, key, lock=True)
            await give_logical_devices(database, self.caller, feature, devices, only=only)
        self.set_status(HTTPStatus.CREATED)
        self.finish()


API = "/api/v1/token"

ROUTES = (
    (rf"{API}/properties/kind/?", KindsHandler, PROPERTIES),
    (rf"{API}/tags/([^/]+)/computers/?", TagComputersHandler, TAGS),
    (rf"{API}/features/([^/]+)/logical-devices/?", FeatureDevicesHandler, FEATURES),
)
