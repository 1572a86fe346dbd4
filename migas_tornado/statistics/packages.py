"""Statistics of packages, stores, and the packages on computers. Contract: 2.5."""

from migas_tornado.db import Connection
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.visibility import by_computer, by_project
from migas_tornado.statistics.asking import Asked, Statistic
from migas_tornado.statistics.shapes import NESTED, Counted, Item, flat


async def _by_store(database: Connection, asked: Asked) -> Item:
    counted = Counted("core_package t", by_project("project_id"))
    parameters = Parameters()
    sums = counted.sql(asked, parameters, "t.project_id, t.store_id", "GROUP BY 1, 2")
    rows = await database.fetch(
        f"""
        SELECT c.project_id, p.name AS project, c.store_id, s.name, c.value
        FROM ({sums}) c
        JOIN core_project p ON p.id = c.project_id
        LEFT JOIN core_store s ON s.id = c.store_id
        ORDER BY p.id, c.value DESC, s.name
        """,
        *parameters.values,
    )
    inner: dict[int, Item] = {}
    for row in rows:
        project = row["project_id"]
        item = inner.setdefault(
            project, {"project_id": project, "name": row["project"], "value": 0}
        )
        item["value"] += row["value"]
    members = ("project_id", "store_id", "name", "value")
    return {
        "title": asked.label("Packages / Store"),
        "total": sum(row["value"] for row in rows),
        "inner": list(inner.values()),
        "outer": [{name: row[name] for name in members} for row in rows],
    }


STATISTICS = (
    Statistic("packages/store", "Count packages by project and store", NESTED, _by_store),
    # What the database counts by computer; the history has a row for each package on each.
    flat(
        "packages-history/project",
        "Packages / Project",
        Counted(
            "client_packagecount t",
            by_computer("computer_id"),
            "t.project_id IS NOT NULL",
            "sum(t.entries)",
        ),
        "t.project_id",
        "core_project",
        "name value package_project_id",
    ),
    flat(
        "stores/project",
        "Stores / Project",
        Counted("core_store t", by_project("project_id")),
        "t.project_id",
        "core_project",
        "name project_id value",
    ),
)
