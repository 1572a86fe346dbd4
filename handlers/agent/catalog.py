"""Calls of the application catalogue and of device selection. Contract: agent-v5 10."""

from typing import Any

from handlers.agent.safe import Call, ComputerHandler, SafeHandler
from migas_tornado.catalog import applications, devices
from migas_tornado.db import Connection
from migas_tornado.enrolment.computers import GREATEST_ID, Computer
from migas_tornado.errors import InvalidDataError


class CatalogHandler(ComputerHandler):
    """A call of the catalogue, which names the computer `cid`."""

    key_name = "cid"

    async def consider(self, call: Call) -> None:
        if "cid" not in call.claims:
            raise InvalidDataError("Malformed claims")


class CategoriesHandler(SafeHandler):
    """`catalog/categories/`: the shelves."""

    async def respond(self, database: Connection, call: Call) -> Any:
        return await applications.categories(database)


class AvailableApplicationsHandler(CatalogHandler):
    """`catalog/apps/available/`: what may be installed."""

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        choice = applications.Choice(
            _optional_id(call, "category"), _text(call, "level"), _text(call, "q")
        )
        return await applications.available_applications(
            database, computer, choice, self.services.settings.time_zone, self.language
        )


class AvailableDevicesHandler(CatalogHandler):
    """`devices/devices/available/`: devices that may be used."""

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        return await devices.available_devices(database, computer, _text(call, "q"))


class AvailableLogicalDevicesHandler(CatalogHandler):
    """`devices/logical/available/`: their capabilities."""

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        return await devices.available_logical_devices(
            database, computer, _optional_id(call, "did"), _text(call, "q")
        )


class AssignLogicalDeviceHandler(CatalogHandler):
    """`devices/logical/assign/`: give or take one."""

    writes = True

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        logical_id = _optional_id(call, "id")
        if logical_id is None:
            raise InvalidDataError("Missing id")
        wanted = call.claims.get("assigned", call.claims.get("attributes"))
        if not isinstance(wanted, bool | list):
            raise InvalidDataError({"assigned": ["true or false is expected."]})
        return await devices.assign_logical_device(database, computer, logical_id, wanted)


class SetDefaultDeviceHandler(CatalogHandler):
    """`devices/logical/set-default/`: choose the default."""

    writes = True

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        logical_id = _optional_id(call, "logical_id") or _optional_id(call, "id")
        return await devices.set_default_device(database, computer, logical_id)


class CapabilitiesHandler(SafeHandler):
    """`devices/capabilities/`: what devices can do."""

    async def respond(self, database: Connection, call: Call) -> Any:
        return await devices.capabilities(database, _optional_id(call, "id"))


def _text(call: Call, name: str) -> str:
    value = call.claims.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidDataError({name: ["A text is expected."]})
    return value


def _optional_id(call: Call, name: str) -> int | None:
    value = call.claims.get(name)
    if value in (None, "", 0):
        return None
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = 0
    if isinstance(value, bool) or not 0 < number <= GREATEST_ID:
        raise InvalidDataError({name: ["The id of a record is expected."]})
    return number
