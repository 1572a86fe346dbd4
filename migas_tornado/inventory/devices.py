"""Printers and other devices of a computer. Contract: agent-v5 6.10."""

from typing import Any

import orjson

from migas_tornado.db import Connection
from migas_tornado.enrolment.computers import Computer
from migas_tornado.targeting.deployments import OF_COMPUTER, lines

_DEVICES = """
    SELECT l.id, t.name AS type, m.name AS model, f.name AS manufacturer, d.name AS device,
        n.name AS connection, d.data, r.id AS driver_id, r.name AS driver, r.packages_to_install,
        coalesce(nullif(l.alternative_capability_name, ''), c.name) AS capability
    FROM device_logical l
    JOIN device_capability c ON c.id = l.capability_id
    JOIN device_device d ON d.id = l.device_id
    JOIN device_connection n ON n.id = d.connection_id
    JOIN device_model m ON m.id = d.model_id
    JOIN device_manufacturer f ON f.id = m.manufacturer_id
    JOIN device_type t ON t.id = m.device_type_id
    LEFT JOIN device_driver r ON r.project_id = $2 AND r.model_id = m.id
        AND r.capability_id = l.capability_id
    WHERE EXISTS (
        SELECT FROM device_logical_attributes a
        JOIN ({attributes}) mine ON mine.id = a.attribute_id
        WHERE a.logical_id = l.id
    )
    ORDER BY f.name, m.name, l.alternative_capability_name, c.name, d.name
"""
_SYNCHRONIZED = _DEVICES.format(
    attributes="SELECT attribute_id AS id FROM client_computer_sync_attributes "
    "WHERE computer_id = $1"
)
_WITH_TAGS = _DEVICES.format(attributes=OF_COMPUTER)


async def devices_of(
    database: Connection, computer: Computer, *, with_tags: bool = False
) -> dict[str, Any]:
    """Return `{"logical": [...], "default": id or 0}` for a computer.

    Args:
        database: connection.
        computer: the computer.
        with_tags: whether its tags count besides the attributes of its last synchronization.
    """
    query = _WITH_TAGS if with_tags else _SYNCHRONIZED
    rows = await database.fetch(query, computer.id, computer.project_id)
    return {
        "logical": [_logical(row) for row in rows],
        "default": computer.default_logical_device_id or 0,
    }


def _logical(row: Any) -> dict[str, Any]:
    device = {
        "capability": row["capability"],
        "feature": row["capability"],
        "id": row["id"],
        "manufacturer": row["manufacturer"],
        "name": row["device"],
        "model": row["model"],
        row["connection"]: device_data(row["data"]),
    }
    if row["driver_id"] is not None:
        device["driver"] = row["driver"] or ""
        device["packages"] = lines(row["packages_to_install"])
    return {row["type"]: device}


def device_data(stored: str | None) -> dict[str, Any]:
    """Return the data of a device; old rows hold the object as a JSON text in JSON."""
    value = orjson.loads(stored) if stored else {}
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return {}
    return value if isinstance(value, dict) else {}
