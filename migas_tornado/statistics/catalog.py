"""Statistics of applications. Contract: 2.5."""

from migas_tornado.catalog.applications import LEVELS
from migas_tornado.db import Connection
from migas_tornado.statistics.asking import Asked, Statistic
from migas_tornado.statistics.shapes import BARS, Counted, Item, flat


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


STATISTICS = (
    flat(
        "applications/category",
        "Applications / Category",
        Counted("app_catalog_application t JOIN app_catalog_category g ON g.id = t.category_id"),
        "name value category",
    ),
    flat(
        "applications/level",
        "Applications / Level",
        Counted("app_catalog_application t"),
        "name value level",
        key="t.level",
        name="t.level",
        labels=LEVELS,
    ),
    Statistic("applications/project", "Count applications by project", BARS, _by_project),
)
