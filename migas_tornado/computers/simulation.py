"""What a synchronization of a computer would do now. Contract: admin-api 5.10, agent-v5 6."""

from collections.abc import Iterable
from typing import Any

from migas_tornado.computers.devices import logical_devices
from migas_tornado.db import Connection
from migas_tornado.enrolment.computers import COLUMNS, Computer
from migas_tornado.inventory.hardware_store import is_capture_due
from migas_tornado.settings import Settings
from migas_tornado.synchronization.questions import fault_definitions
from migas_tornado.targeting.deployments import deployments_of, lines, today
from migas_tornado.targeting.policies import policies_of


async def simulate(database: Connection, key: int, settings: Settings) -> dict[str, Any]:
    """Return what a computer would be told if it synchronized with the attributes it has.

    Args:
        database: connection.
        key: the computer.
        settings: for today's date and how often hardware is wanted.
    """
    row = await database.fetchrow(
        f"SELECT {COLUMNS} FROM client_computer c WHERE c.id = $1",  # noqa: S608
        key,
    )
    computer = Computer(*row)
    day = today(settings.time_zone)
    deployments = await deployments_of(database, key, computer.project_id, day)
    policies = await policies_of(database, key, computer.project_id)
    assigned, inflicted = await logical_devices(database, key)
    names = ("id", "name", "source")
    return {
        "deployments": [{name: found[name] for name in names} for found in deployments],
        "fault_definitions": await _fault_definitions(database, key),
        "packages": {
            "install": _packages(
                (found["id"], found["name"], lines(found["packages_to_install"]))
                for found in deployments
            ),
            "remove": _packages(
                (found["id"], found["name"], lines(found["packages_to_remove"]))
                for found in deployments
            ),
        },
        "policies": {
            "install": _packages((one.id, one.name, one.install) for one in policies),
            "remove": _packages((one.id, one.name, one.remove) for one in policies),
        },
        "capture_hardware": is_capture_due(computer, settings.hardware_days),
        "logical_devices": assigned + inflicted,
        "default_logical_device": computer.default_logical_device_id or 0,
    }


def _packages(sources: Iterable[tuple[int, str, list[str]]]) -> list[dict[str, Any]]:
    return [
        {"package": package, "name": name, "id": key}
        for key, name, packages in sources
        for package in packages
    ]


async def _fault_definitions(database: Connection, key: int) -> list[dict[str, Any]]:
    asked = [found["name"] for found in await fault_definitions(database, key)]
    rows = await database.fetch(
        "SELECT id, name FROM client_faultdefinition WHERE name = ANY($1::text[]) ORDER BY name",
        asked,
    )
    return [dict(row) for row in rows]
