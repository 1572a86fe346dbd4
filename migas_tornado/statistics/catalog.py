"""Statistics of applications. Contract: 2.5."""

from migas_tornado.catalog.applications import LEVELS
from migas_tornado.db import Connection
from migas_tornado.statistics.asking import Asked, Statistic
from migas_tornado.statistics.shapes import BARS, FLAT, Counted, Item, fetched, flat


async def _by_project(database: Connection, asked: Asked) -> Item:
    rows = await database.fetch(
        """
        SELECT p.id, p.name, count(DISTINCT t.id) AS value
        FROM app_catalog_application t
        LEFT JOIN app_catalog_packagesbyproject b ON b.application_id = t.id
        LEFT JOIN core_project p ON p.id = b.project_id
        GROUP BY p.id
        ORDER BY p.name
        """
    )
    total = await database.fetchval("SELECT count(*) FROM app_catalog_application")
    return {
        "x_labels": [row["name"] for row in rows],
        "data": [
            {"value": row["value"], "packages_by_project__project__id": row["id"]} for row in rows
        ],
        "total": total,
    }


async def _by_level(database: Connection, asked: Asked) -> Item:
    counted = Counted("app_catalog_application t")
    ending = "GROUP BY t.level ORDER BY value DESC, t.level"
    rows = await fetched(database, asked, counted, "t.level", ending)
    return {
        "title": asked.label("Applications / Level"),
        "total": sum(row["value"] for row in rows),
        "data": [
            {
                "name": asked.label(LEVELS.get(row["level"], row["level"])),
                "value": row["value"],
                "level": row["level"],
            }
            for row in rows
        ],
    }


STATISTICS = (
    flat(
        "applications/category",
        "Applications / Category",
        Counted("app_catalog_application t"),
        "t.category_id",
        "app_catalog_category",
        "name value category",
    ),
    Statistic("applications/level", "Count applications by level", FLAT, _by_level),
    Statistic("applications/project", "Count applications by project", BARS, _by_project),
)
