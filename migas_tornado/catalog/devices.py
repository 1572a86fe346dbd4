"""Devices that a computer may use, and their assignment to it. Contract: agent-v5 10."""

from typing import Any

from migas_tornado.catalog.attributes import attributes_by
from migas_tornado.db import Connection
from migas_tornado.enrolment.computers import Computer
from migas_tornado.errors import InvalidDataError
from migas_tornado.inventory.devices import device_data

_IS_AVAILABLE = """EXISTS (
    SELECT FROM device_device_available_for_attributes v
    JOIN client_computer_sync_attributes s ON s.attribute_id = v.attribute_id
    WHERE v.device_id = d.id AND s.computer_id = $1
)"""

_IS_ASSIGNED = """EXISTS (
    SELECT FROM device_logical_attributes g
    JOIN client_computer_sync_attributes s ON s.attribute_id = g.attribute_id
    WHERE g.logical_id = l.id AND s.computer_id = $1
)"""

_DEVICES = f"""
    SELECT d.id, d.name, d.data, n.id AS connection_id, n.name AS connection,
        m.id AS model_id, m.name AS model, f.id AS manufacturer_id, f.name AS manufacturer,
        array(
            SELECT connection_id FROM device_model_connections
            WHERE model_id = m.id ORDER BY connection_id
        ) AS connections,
        (
            SELECT count(DISTINCT c.id)
            FROM device_logical l
            JOIN device_logical_attributes g ON g.logical_id = l.id
            JOIN client_computer_sync_attributes s ON s.attribute_id = g.attribute_id
            JOIN client_computer c ON c.id = s.computer_id
                AND c.status IN ('assigned', 'reserved', 'unknown')
            WHERE l.device_id = d.id
        ) AS total_computers
    FROM device_device d
    JOIN device_connection n ON n.id = d.connection_id
    JOIN device_model m ON m.id = d.model_id
    JOIN device_manufacturer f ON f.id = m.manufacturer_id
    WHERE {_IS_AVAILABLE}
        AND ($2 = '' OR strpos(lower(concat_ws(' ', d.name, m.name, f.name, d.data->>'LOCATION')),
            lower($2)) > 0)
    ORDER BY d.name, m.name
"""  # noqa: S608

_LOGICAL = """
    SELECT l.id, l.device_id, l.capability_id, l.alternative_capability_name,
        c.name AS capability, d.name AS device, d.data, m.name AS model, f.name AS manufacturer
    FROM device_logical l
    JOIN device_capability c ON c.id = l.capability_id
    JOIN device_device d ON d.id = l.device_id
    JOIN device_model m ON m.id = d.model_id
    JOIN device_manufacturer f ON f.id = m.manufacturer_id
"""

_LOGICAL_AVAILABLE = f"""{_LOGICAL}
    WHERE ({_IS_AVAILABLE} OR {_IS_ASSIGNED})
        AND ($2::int IS NULL OR l.device_id = $2)
        AND ($3 = '' OR strpos(lower(concat_ws(' ', d.name, m.name, f.name, c.name,
            l.alternative_capability_name)), lower($3)) > 0)
    ORDER BY f.name, m.name, l.alternative_capability_name, c.name, d.name
"""


async def capabilities(database: Connection, key: int | None) -> list[dict[str, Any]]:
    """Return what devices can do, by name; with a key only that."""
    rows = await database.fetch(
        "SELECT id, name FROM device_capability WHERE $1::int IS NULL OR id = $1 ORDER BY name", key
    )
    return [dict(row) for row in rows]


async def available_devices(
    database: Connection, computer: Computer, text: str
) -> list[dict[str, Any]]:
    """Return the devices that a computer may use."""
    rows = await database.fetch(_DEVICES, computer.id, text)
    attributes = await attributes_by(
        database, "device_device_available_for_attributes", "device_id", [r["id"] for r in rows]
    )
    devices = []
    for row in rows:
        data = device_data(row["data"])
        devices.append(
            {
                "id": row["id"],
                "connection": {"id": row["connection_id"], "name": row["connection"]},
                "model": {
                    "id": row["model_id"],
                    "name": row["model"],
                    "manufacturer": {"id": row["manufacturer_id"], "name": row["manufacturer"]},
                    "connections": row["connections"],
                },
                "available_for_attributes": attributes[row["id"]],
                "data": data,
                "location": data.get("LOCATION", ""),
                "total_computers": row["total_computers"],
                "name": row["name"],
            }
        )
    return devices


async def available_logical_devices(
    database: Connection, computer: Computer, device_id: int | None, text: str
) -> list[dict[str, Any]]:
    """Return the logical devices that a computer may use or has."""
    rows = await database.fetch(_LOGICAL_AVAILABLE, computer.id, device_id, text)
    attributes = await attributes_by(
        database, "device_logical_attributes", "logical_id", [row["id"] for row in rows]
    )
    return [_logical(row, attributes[row["id"]]) for row in rows]


async def assign_logical_device(
    database: Connection, computer: Computer, logical_id: int, wanted: bool | list[int]
) -> dict[str, Any]:
    """Give a computer a logical device, or take it away, and return the device.

    Args:
        database: connection inside a transaction.
        computer: the computer, locked.
        logical_id: the logical device.
        wanted: whether the computer should have it; or ids of attributes, which means yes when
            the computer's CID attribute is among them.

    Raises:
        InvalidDataError: the computer may not use the device, or has never synchronized.
    """
    await _check_allowed(database, computer, logical_id)
    cid = await database.fetchval(
        "SELECT a.id FROM core_attribute a JOIN core_property p ON p.id = a.property_att_id "
        "WHERE p.prefix = 'CID' AND a.value = $1",
        str(computer.id),
    )
    if cid is None:
        raise InvalidDataError("The computer has to synchronize first.")
    if wanted is True or (isinstance(wanted, list) and cid in wanted):
        await database.execute(
            "INSERT INTO device_logical_attributes (logical_id, attribute_id) VALUES ($1, $2) "
            "ON CONFLICT DO NOTHING",
            logical_id,
            cid,
        )
    else:
        await database.execute(
            "DELETE FROM device_logical_attributes WHERE logical_id = $1 AND attribute_id = $2",
            logical_id,
            cid,
        )
    return await _one(database, logical_id)


async def set_default_device(
    database: Connection, computer: Computer, logical_id: int | None
) -> dict[str, Any]:
    """Make a logical device the default of a computer and return it; None clears it.

    Raises:
        InvalidDataError: the computer may not use the device.
    """
    if logical_id is not None:
        await _check_allowed(database, computer, logical_id)
    await database.execute(
        "UPDATE client_computer SET default_logical_device_id = $2 WHERE id = $1",
        computer.id,
        logical_id,
    )
    return {} if logical_id is None else await _one(database, logical_id)


async def _check_allowed(database: Connection, computer: Computer, logical_id: int) -> None:
    allowed = await database.fetch(
        f"SELECT FROM device_logical l JOIN device_device d ON d.id = l.device_id "
        f"WHERE l.id = $2 AND ({_IS_AVAILABLE} OR {_IS_ASSIGNED})",
        computer.id,
        logical_id,
    )
    if not allowed:
        raise InvalidDataError("Logical device not allowed")


async def _one(database: Connection, logical_id: int) -> dict[str, Any]:
    row = await database.fetchrow(f"{_LOGICAL} WHERE l.id = $1", logical_id)
    attributes = await attributes_by(
        database, "device_logical_attributes", "logical_id", [logical_id]
    )
    return _logical(row, attributes[logical_id])


def _logical(row: Any, attributes: list[dict[str, Any]]) -> dict[str, Any]:
    capability = row["alternative_capability_name"] or row["capability"]
    name = device_data(row["data"]).get("NAME")
    if name and name != "undefined":
        text = f"{name}__{capability}__{row['device']}"
    else:
        text = f"{row['manufacturer']}__{row['model']}__{capability}__{row['device']}"
    return {
        "id": row["id"],
        "__str__": text,
        "device": {"id": row["device_id"], "name": row["device"]},
        "capability": {"id": row["capability_id"], "name": row["capability"]},
        "alternative_capability_name": row["alternative_capability_name"],
        "attributes": attributes,
    }
