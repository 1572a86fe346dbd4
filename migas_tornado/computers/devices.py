"""The logical devices of a computer, and their assignment by administrators.

Contract: admin-api 5.10, data-model 4.1.
"""

from functools import cache
from typing import Any

import orjson

from migas_tornado.accounts.callers import Caller
from migas_tornado.computers.attribute import own_attributes
from migas_tornado.db import Connection
from migas_tornado.enrolment.representation import SHOWN, search_text
from migas_tornado.errors import InvalidDataError
from migas_tornado.models.devices import Logical
from migas_tornado.resources.bodies import read_keys
from migas_tornado.resources.declared.devices import LOGICAL_INFO
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.shapes import object_sql
from migas_tornado.settings import Settings

ASSIGNED = "assigned_logical_devices_to_cid"

_OF_COMPUTER = """
    SELECT {shown}::text AS shown,
        EXISTS (
            SELECT FROM device_logical_attributes g
            JOIN core_attribute a ON a.id = g.attribute_id AND a.value = $1::int::text
            JOIN core_property p ON p.id = a.property_att_id AND p.prefix = 'CID'
            WHERE g.logical_id = l.id
        ) AS is_assigned
    FROM device_logical l
    JOIN device_capability c ON c.id = l.capability_id
    JOIN device_device d ON d.id = l.device_id
    JOIN device_model m ON m.id = d.model_id
    JOIN device_manufacturer f ON f.id = m.manufacturer_id
    WHERE l.id IN (
        SELECT g.logical_id FROM device_logical_attributes g
        WHERE g.attribute_id IN (
            SELECT attribute_id FROM client_computer_sync_attributes WHERE computer_id = $1
            UNION
            SELECT a.id FROM core_attribute a
            JOIN core_property p ON p.id = a.property_att_id AND p.prefix = 'CID'
            WHERE a.value = $1::int::text
        )
    )
    ORDER BY f.name, m.name, l.alternative_capability_name, c.name, d.name
"""

_WITHOUT_DRIVER = """
    SELECT l.id, c.name AS capability, m.name AS model, p.name AS project
    FROM device_logical l
    JOIN device_capability c ON c.id = l.capability_id
    JOIN device_device d ON d.id = l.device_id
    JOIN device_model m ON m.id = d.model_id
    JOIN client_computer k ON k.id = $2
    JOIN core_project p ON p.id = k.project_id
    WHERE l.id = ANY($1::int[]) AND NOT EXISTS (
        SELECT FROM device_driver r
        WHERE r.model_id = m.id AND r.capability_id = l.capability_id AND r.project_id = p.id
    )
    ORDER BY l.id
    LIMIT 1
"""


@cache
def _of_computer() -> str:
    """Return the statement; models know each other only when all are loaded."""
    return _OF_COMPUTER.replace("{shown}", object_sql(Logical, LOGICAL_INFO, "l"))


async def logical_devices(
    database: Connection, key: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the logical devices that are assigned to just this computer, and its others.

    Those just assigned are there before the computer synchronizes (defect B of data-model 4.1).
    """
    assigned, inflicted = [], []
    for row in await database.fetch(_of_computer(), key):
        (assigned if row["is_assigned"] else inflicted).append(orjson.loads(row["shown"]))
    return assigned, inflicted


async def devices(database: Connection, key: int) -> dict[str, Any]:
    """Return the default, assigned and other logical devices of a computer."""
    assigned, inflicted = await logical_devices(database, key)
    return {
        "default_logical_device": await default_device(database, key),
        ASSIGNED: assigned,
        "inflicted_logical_devices": inflicted,
    }


async def default_device(database: Connection, key: int) -> int | None:
    """Return the id of a computer's default logical device."""
    return await database.fetchval(
        "SELECT default_logical_device_id FROM client_computer WHERE id = $1", key
    )


def wanted_devices(body: Any) -> list[int] | None:
    """Return the logical devices that a body assigns to a computer, None where it does not.

    Raises:
        InvalidDataError: it holds no ids.
    """
    if not isinstance(body, dict):
        return None
    name = next((one for one in (ASSIGNED, f"{ASSIGNED}[]") if one in body), None)
    if name is None:
        return None
    return read_keys(ASSIGNED, body[name])


async def assign_devices(
    database: Connection, caller: Caller, key: int, wanted: list[int], settings: Settings
) -> None:
    """Assign just these logical devices to a computer.

    Args:
        database: connection inside a transaction.
        caller: who assigns them.
        key: the computer, locked.
        wanted: ids of logical devices.
        settings: for the computer's own attribute.

    Raises:
        InvalidDataError: one does not exist, or has no driver for the computer's project.
    """
    attribute = (await own_attributes(database, [key], settings))[key]
    await _check_visible(database, caller, attribute, wanted)
    await _check_drivers(database, key, wanted, settings)
    await database.execute(
        "DELETE FROM device_logical_attributes "
        "WHERE attribute_id = $1 AND logical_id <> ALL($2::int[])",
        attribute,
        wanted,
    )
    await database.execute(
        "INSERT INTO device_logical_attributes (logical_id, attribute_id) "
        "SELECT DISTINCT w.id, $1::int FROM unnest($2::int[]) AS w (id) ORDER BY 1 "
        "ON CONFLICT DO NOTHING",
        attribute,
        wanted,
    )


async def _check_visible(
    database: Connection, caller: Caller, attribute: int, wanted: list[int]
) -> None:
    from migas_tornado.resources.registry import visibility_of  # it imports declarations

    parameters = Parameters()
    ids = parameters.add([key for key in wanted if 0 < key < 2**31], "int[]")
    own = parameters.add(attribute, "int")
    visible = visibility_of(Logical)(caller, parameters) or "true"
    rows = await database.fetch(
        f"SELECT t.id FROM device_logical t WHERE t.id = ANY({ids}) AND ({visible} OR EXISTS ("  # noqa: S608
        "SELECT FROM device_logical_attributes g "
        f"WHERE g.logical_id = t.id AND g.attribute_id = {own})) FOR KEY SHARE OF t",
        *parameters.values,
    )
    missing = sorted(set(wanted) - {row["id"] for row in rows})
    if missing:
        raise InvalidDataError(
            {ASSIGNED: [f'Invalid pk "{key}" - object does not exist.' for key in missing]}
        )


async def _check_drivers(
    database: Connection, key: int, wanted: list[int], settings: Settings
) -> None:
    row = await database.fetchrow(_WITHOUT_DRIVER, wanted, key)
    if row is None:
        return
    computer = search_text(await database.fetchrow(SHOWN, key), settings)
    raise InvalidDataError(
        {
            "error": f"Error in capability {row['capability']} for assign computer {computer}. "
            f"There is no driver defined for project {row['project']} in model {row['model']}."
        }
    )
