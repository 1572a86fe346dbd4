"""Calls about one computer, and about what computers do now. Contract: admin-api 5.10."""

from http import HTTPStatus
from typing import Any

from handlers.api.resources import ActionHandler, RecordHandler
from handlers.database_errors import tried_again
from migas_tornado.computers import devices, simulation, situation, software
from migas_tornado.computers.activity import delayed, synchronizing
from migas_tornado.computers.hardware import node_keys
from migas_tornado.computers.replacement import replace_computer
from migas_tornado.computers.status import checked_status, status_choices
from migas_tornado.db import Connection, connection, transaction
from migas_tornado.enrolment.representation import label
from migas_tornado.errors import InvalidDataError
from migas_tornado.resources.bodies import read_body
from migas_tornado.resources.changes import Change, save
from migas_tornado.resources.declared.computers import COMPUTERS
from migas_tornado.resources.declared.hardware import NODE, NODES
from migas_tornado.resources.reading import find_visible, read_objects

COMPUTER = r"/api/v1/token/computers/([^/]+)"

REMOTE_ACCESS = {"status": "unknown", "services": [], "relay": None, "error": None, "name": ""}
"""What is known of remote access without a manager that knows more."""


class ComputerHandler(RecordHandler):
    """`computers/{id}/`: PATCH also takes the devices that are assigned to just this computer."""

    async def patch(self, key: str) -> None:
        settings = self.services.settings
        body = self.data()
        values = read_body(self.resource, body, settings.time_zone, is_update=True, is_partial=True)
        wanted = devices.wanted_devices(body)

        async def change_it() -> tuple[Change, str]:
            async with transaction() as database:
                found = await find_visible(database, self.resource, self.caller, key, lock=True)
                change = self.change(database, found, dict(values))
                await save(change)
                if wanted is not None:
                    await devices.assign_devices(database, self.caller, found, wanted, settings)
                return change, await self.answer_object(database, found, self.resource.of_write)

        change, content = await tried_again(self.request.path, change_it)
        self.done(change)
        self.answer_json(content)


class StatusChoicesHandler(ActionHandler):
    """`computers/status/`."""

    async def get(self) -> None:
        self.require_right("R")
        groups = status_choices()
        self.answer({**groups, "choices": self.translated(groups["choices"])})


class ComputerAnswerHandler(ActionHandler):
    """A call that only tells something about one computer."""

    async def get(self, key: str) -> None:
        self.require_right("R")
        async with connection() as database:
            answer = await self.told(database, await self.find(database, key))
        self.answer(answer)

    async def told(self, database: Connection, key: int) -> Any:
        """Return what is told."""
        raise NotImplementedError


class DevicesHandler(ComputerAnswerHandler):
    """`computers/{id}/devices/`."""

    async def told(self, database: Connection, key: int) -> Any:
        return await devices.devices(database, key)


class LabelHandler(ComputerAnswerHandler):
    """`computers/{id}/label/`."""

    async def told(self, database: Connection, key: int) -> Any:
        return await label(database, key, self.services.settings)


class ErrorsHandler(ComputerAnswerHandler):
    """`computers/{id}/errors/`."""

    async def told(self, database: Connection, key: int) -> Any:
        return await situation.unchecked(database, "client_error", key)


class FaultsHandler(ComputerAnswerHandler):
    """`computers/{id}/faults/`."""

    async def told(self, database: Connection, key: int) -> Any:
        return await situation.unchecked(database, "client_fault", key)


class SyncHandler(ComputerAnswerHandler):
    """`computers/{id}/sync/`."""

    async def told(self, database: Connection, key: int) -> Any:
        zone = self.services.settings.time_zone
        return await situation.last_synchronization(database, key, self.view, zone)


class SimulationHandler(ComputerAnswerHandler):
    """`computers/{id}/sync/simulation/`."""

    async def told(self, database: Connection, key: int) -> Any:
        return await simulation.simulate(database, key, self.services.settings)


class SituationHandler(ComputerAnswerHandler):
    """`computers/{id}/situation/`."""

    async def told(self, database: Connection, key: int) -> Any:
        zone = self.services.settings.time_zone
        return await situation.situation(
            database, key, situation.end_of(self.query().get("date", ""), zone)
        )


class RemoteAccessHandler(ComputerAnswerHandler):
    """`computers/{id}/remote-access/`: there is no manager to ask."""

    async def told(self, database: Connection, key: int) -> Any:
        return REMOTE_ACCESS


class HardwareHandler(ActionHandler):
    """`computers/{id}/hardware/`."""

    async def get(self, key: str) -> None:
        self.require_right("R")
        async with connection() as database:
            keys = await node_keys(database, await self.find(database, key))
            nodes = await read_objects(database, NODES, NODE, keys, self.view)
        self.answer_json(f"[{','.join(nodes)}]")


class InventoryHandler(ComputerAnswerHandler):
    """`computers/{id}/software/inventory/`."""

    async def told(self, database: Connection, key: int) -> Any:
        return await software.inventory(database, key)

    async def delete(self, key: str) -> None:
        self.require_right("D")
        async with transaction() as database:
            computer = await self.find(database, key, lock=True)
            if self.caller.is_superuser:
                await software.delete_inventory(database, computer)
            answer = await self.told(database, computer)
        self.answer(answer)


class HistoryHandler(ComputerAnswerHandler):
    """`computers/{id}/software/history/`."""

    async def told(self, database: Connection, key: int) -> Any:
        return await software.history(database, key)

    async def delete(self, key: str) -> None:
        self.require_right("D")
        second = software.second_of(self.query().get("key", ""))
        async with transaction() as database:
            computer = await self.find(database, key, lock=True)
            if self.caller.is_superuser:
                await software.delete_history(database, computer, second)
            answer = await self.told(database, computer)
        self.answer(answer)


class StatusHandler(ActionHandler):
    """`computers/{id}/status/`; contract admin-api 1.4: POST asks for the permission to add."""

    async def post(self, key: str) -> None:
        self.require_right("C")
        body = self.data()
        status = checked_status(body.get("status") if isinstance(body, dict) else None)

        async def change_it() -> tuple[Change, str]:
            async with transaction() as database:
                found = await self.find(database, key, lock=True)
                change = self.change(database, found, {"status": status})
                await save(change)
                return change, await self.answer_object(database, found, self.resource.of_detail)

        change, content = await tried_again(self.request.path, change_it)
        self.done(change)
        self.answer_json(content)


class ReplacementHandler(ActionHandler):
    """`computers/{id}/replacement/`; contract admin-api 1.4: POST asks for adding."""

    async def post(self, key: str) -> None:
        self.require_right("C")
        body = self.data()
        target = str(body.get("target", "")) if isinstance(body, dict) else ""
        if not target:
            raise InvalidDataError({"target": ["This field is required."]})

        async def replace_it() -> None:
            async with transaction() as database:
                found = [await self.find(database, one) for one in (key, target)]
                for one in sorted(found):
                    await self.find(database, str(one), lock=True)
                await replace_computer(database, *found, self.services.settings)

        await tried_again(self.request.path, replace_it)
        self.set_status(HTTPStatus.OK)
        self.finish()


class ActivityHandler(ActionHandler):
    """A bare list of the computers whose last message is of some age."""

    async def keys(self, database: Connection) -> list[int]:
        """Return the computers of the list."""
        raise NotImplementedError

    async def get(self) -> None:
        self.require_right("R")
        async with connection() as database:
            keys = await self.keys(database)
            found = await read_objects(database, COMPUTERS, COMPUTERS.of_detail, keys, self.view)
        self.answer_json(f"[{','.join(found)}]")


class SynchronizingHandler(ActivityHandler):
    """`computers/synchronizing/`."""

    async def keys(self, database: Connection) -> list[int]:
        return await synchronizing(database, self.caller)


class DelayedHandler(ActivityHandler):
    """`computers/delayed/`."""

    async def keys(self, database: Connection) -> list[int]:
        return await delayed(database, self.caller)


ROUTES = (
    (r"/api/v1/token/computers/status/?", StatusChoicesHandler, COMPUTERS),
    (r"/api/v1/token/computers/synchronizing/?", SynchronizingHandler, COMPUTERS),
    (r"/api/v1/token/computers/delayed/?", DelayedHandler, COMPUTERS),
    (r"/api/v1/token/computers/([0-9]+)(?:/|\.json)?", ComputerHandler, COMPUTERS),
    (rf"{COMPUTER}/devices/?", DevicesHandler, COMPUTERS),
    (rf"{COMPUTER}/label/?", LabelHandler, COMPUTERS),
    (rf"{COMPUTER}/errors/?", ErrorsHandler, COMPUTERS),
    (rf"{COMPUTER}/faults/?", FaultsHandler, COMPUTERS),
    (rf"{COMPUTER}/sync/?", SyncHandler, COMPUTERS),
    (rf"{COMPUTER}/sync/simulation/?", SimulationHandler, COMPUTERS),
    (rf"{COMPUTER}/situation/?", SituationHandler, COMPUTERS),
    (rf"{COMPUTER}/remote-access/?", RemoteAccessHandler, COMPUTERS),
    (rf"{COMPUTER}/hardware/?", HardwareHandler, COMPUTERS),
    (rf"{COMPUTER}/software/inventory/?", InventoryHandler, COMPUTERS),
    (rf"{COMPUTER}/software/history/?", HistoryHandler, COMPUTERS),
    (rf"{COMPUTER}/status/?", StatusHandler, COMPUTERS),
    (rf"{COMPUTER}/replacement/?", ReplacementHandler, COMPUTERS),
)
