"""Statistics of packages, stores, and the packages on computers. Contract: 2.5."""

from migas_tornado.db import Connection
from migas_tornado.resources.visibility import by_computer, by_project
from migas_tornado.statistics.asking import Asked, Statistic
from migas_tornado.statistics.shapes import FLAT, NESTED, Counted, Item, fetched, flat


async def _by_store(database: Connection, asked: Asked) -> Item:
    counted = Counted(
        "core_package t JOIN core_project p ON p.id = t.project_id "
        "LEFT JOIN core_store s ON s.id = t.store_id",
        by_project("project_id"),
    )
    rows = await fetched(
        database,
        asked,
        counted,
        "p.id AS project_id, p.name AS project, s.id AS store_id, s.name",
        "GROUP BY p.id, s.id ORDER BY p.id, value DESC, s.name",
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


async def _history_by_project(database: Connection, asked: Asked) -> Item:
    # What the database counts per computer; the history itself has a row per package and computer.
    counted = Counted(
        "client_computereventcount t JOIN core_project p ON p.id = t.project_id",
        by_computer("computer_id"),
        "t.kind = 'packagehistory'",
        "sum(t.events)",
    )
    rows = await fetched(
        database,
        asked,
        counted,
        "p.id, p.name",
        "GROUP BY p.id HAVING sum(t.events) > 0 ORDER BY value DESC, p.name",
    )
    return {
        "title": asked.label("Packages / Project"),
        "total": sum(row["value"] for row in rows),
        "data": [
            {"name": row["name"], "value": row["value"], "package_project_id": row["id"]}
            for row in rows
        ],
    }


STATISTICS = (
    Statistic("packages/store", "Count packages by project and store", NESTED, _by_store),
    Statistic(
        "packages-history/project",
        "Count the packages of computers by project",
        FLAT,
        _history_by_project,
    ),
    flat(
        "stores/project",
        "Stores / Project",
        Counted(
            "core_store t JOIN core_project g ON g.id = t.project_id", by_project("project_id")
        ),
        "name project_id value",
    ),
)
