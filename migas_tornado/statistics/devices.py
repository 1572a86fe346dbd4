"""Statistics of devices and their models. Contract: 2.5."""

from migas_tornado.db import Connection
from migas_tornado.statistics.asking import Asked, Statistic
from migas_tornado.statistics.shapes import BARS, Counted, Item, flat

MANUFACTURER = "name manufacturer_id value"


async def _models_by_project(database: Connection, asked: Asked) -> Item:
    rows = await database.fetch(
        """
        SELECT p.id, p.name, count(DISTINCT t.id) AS value
        FROM device_model t
        LEFT JOIN device_driver d ON d.model_id = t.id
        LEFT JOIN core_project p ON p.id = d.project_id
        GROUP BY p.id
        ORDER BY p.name
        """
    )
    total = await database.fetchval("SELECT count(*) FROM device_model")
    return {
        "x_labels": [row["name"] for row in rows],
        "data": [{"value": row["value"], "drivers__project__id": row["id"]} for row in rows],
        "total": total,
    }


STATISTICS = (
    flat(
        "devices/connection",
        "Devices / Connection",
        Counted("device_device t"),
        "t.connection_id",
        "device_connection",
        "name connection_id value",
    ),
    flat(
        "devices/model",
        "Devices / Model",
        Counted("device_device t"),
        "t.model_id",
        "device_model",
        "name model_id value",
    ),
    flat(
        "devices/manufacturer",
        "Devices / Manufacturer",
        Counted("device_device t JOIN device_model m ON m.id = t.model_id"),
        "m.manufacturer_id",
        "device_manufacturer",
        MANUFACTURER,
    ),
    flat(
        "devices/models/manufacturer",
        "Models / Manufacturer",
        Counted("device_model t"),
        "t.manufacturer_id",
        "device_manufacturer",
        MANUFACTURER,
    ),
    Statistic("devices/models/project", "Count device models by project", BARS, _models_by_project),
)
