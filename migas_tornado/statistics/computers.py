"""Statistics of computers. Contract: 2.1."""

from typing import Any

from migas_tornado.computers.status import LABELS
from migas_tornado.db import Connection
from migas_tornado.models.enumerations import PRODUCTIVE, UNPRODUCTIVE, ComputerStatus
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.visibility import PRODUCTIVE_SQL, by_computer
from migas_tornado.statistics.asking import GREATEST_KEY, Asked, Statistic
from migas_tornado.statistics.events import project_series
from migas_tornado.statistics.intervals import months
from migas_tornado.statistics.shapes import (
    INTERVAL_QUERY,
    ITEMS,
    NESTED,
    SERIES,
    WHOLE,
    Counted,
    Item,
    by_platform,
    fetched,
)

COMPUTERS = Counted("client_computer t", by_computer("id"))
PRODUCTIVE_COMPUTERS = Counted(
    "client_computer t", by_computer("id"), f"t.status IN {PRODUCTIVE_SQL}"
)
PRODUCTIVE_CODES = ",".join(PRODUCTIVE)
UNPRODUCTIVE_CODES = ",".join(UNPRODUCTIVE)
SUBSCRIBED_CODES = f"{PRODUCTIVE_CODES},{UNPRODUCTIVE_CODES}"
MACHINES = {"V": "Virtual", "P": "Physical"}
OUTER_STATUSES = (*PRODUCTIVE, ComputerStatus.AVAILABLE, ComputerStatus.IN_REPAIR)


def _groups(path: str, table: str, key: str) -> Statistic:
    """Declare a count of productive computers by project or platform.

    Args:
        path: below `stats/`.
        table: of the names of groups.
        key: the member of an item with the id of its group.
    """

    async def compute(database: Connection, asked: Asked) -> Item:
        parameters = Parameters()
        sums = PRODUCTIVE_COMPUTERS.sql(asked, parameters, "t.project_id", "GROUP BY 1")
        rows = await database.fetch(
            f"SELECT g.id, g.name, sum(s.value)::bigint AS value FROM ({sums}) s "
            "JOIN (SELECT id AS project_id, platform_id FROM core_project) p USING (project_id) "
            f"JOIN {table} g ON g.id = {key} GROUP BY g.id ORDER BY g.name",
            *parameters.values,
        )
        data = [{"name": row["name"], key: row["id"], "value": row["value"]} for row in rows]
        # Contract 2.1: the number of groups, not of computers.
        return {"data": data, "total": len(data)}

    schema = {
        "type": "object",
        "properties": {"data": ITEMS, "total": WHOLE},
        "required": ["data", "total"],
    }
    what = key.removesuffix("_id")
    return Statistic(path, f"Count productive computers by {what}", schema, compute)


async def _machine(database: Connection, asked: Asked) -> Item:
    rows = await fetched(
        database,
        asked,
        COMPUTERS,
        "t.status = 'unsubscribed' AS is_gone, t.machine",
        "GROUP BY 1, 2",
    )
    counts = {(row["is_gone"], row["machine"]): row["value"] for row in rows}
    inner, outer = [], []
    for is_gone, name, codes in (
        (False, "Subscribed", SUBSCRIBED_CODES),
        (True, "Unsubscribed", ComputerStatus.UNSUBSCRIBED.value),
    ):
        value = sum(count for (gone, _), count in counts.items() if gone is is_gone)
        if value:
            inner.append({"name": asked.label(name), "value": value, "status_in": codes})
        outer += [
            {
                "name": asked.label(label),
                "value": counts[is_gone, code],
                "status_in": codes,
                "machine": code,
            }
            for code, label in MACHINES.items()
            if counts.get((is_gone, code))
        ]
    return {
        "title": asked.label("Computers / Machine"),
        "total": sum(counts.values()),
        "inner": inner,
        "outer": outer,
    }


async def _status(database: Connection, asked: Asked) -> Item:
    counted = Counted(COMPUTERS.source, COMPUTERS.visible, "t.status <> 'unsubscribed'")
    rows = await fetched(database, asked, counted, "t.status", "GROUP BY 1")
    counts = {row["status"]: row["value"] for row in rows}

    def sum_of(statuses: tuple[ComputerStatus, ...]) -> int:
        return sum(counts.get(status, 0) for status in statuses)

    inner = [
        {"name": asked.label(name), "value": sum_of(statuses), "status_in": ",".join(statuses)}
        for name, statuses in (("Productive", PRODUCTIVE), ("Unproductive", UNPRODUCTIVE))
    ]
    outer = [
        {"name": asked.label(LABELS[status]), "value": counts[status], "status_in": status.value}
        for status in OUTER_STATUSES
        if counts.get(status)
    ]
    return {
        "title": asked.label("Subscribed Computers / Status"),
        "total": sum(counts.values()),
        "inner": inner,
        "outer": outer,
    }


async def _productive_by_platform(database: Connection, asked: Asked) -> Item:
    return await by_platform(database, asked, PRODUCTIVE_COMPUTERS, "platform_id name value")


async def _new(database: Connection, asked: Asked) -> Item:
    return await project_series(database, asked, COMPUTERS, months(asked), "computer")


async def _entry(database: Connection, asked: Asked) -> Item:
    counted = Counted(COMPUTERS.source, COMPUTERS.visible, "t.machine = 'P'")
    # The session's time zone is the server's.
    column = "extract(year FROM t.created_at)::int AS year"
    rows = await fetched(database, asked, counted, column, "GROUP BY 1 ORDER BY 1")
    points = [
        {
            "value": row["value"],
            "machine": "P",
            "created_at__gte": f"{row['year']:04}-01-01",
            "created_at__lt": f"{row['year'] + 1:04}-01-01",
        }
        for row in rows
    ]
    return {"x_labels": [row["year"] for row in rows], "data": {asked.label("Computers"): points}}


async def _attributes_count(database: Connection, asked: Asked) -> int:
    attributes = [key for key in asked.numbers("attributes") if abs(key) <= GREATEST_KEY]
    project = asked.number("project_id")
    if not attributes:
        return 0
    parameters = Parameters()
    source = "client_computer_sync_attributes s"
    where = f"s.attribute_id = ANY ({parameters.add(attributes, 'int[]')})"
    if project is not None:
        source += " JOIN client_computer c ON c.id = s.computer_id"
        where += f" AND c.project_id = {parameters.add(project, 'bigint')}"
    return await database.fetchval(
        f"SELECT count(*) FROM {source} WHERE {where}", *parameters.values
    )


def _query(description: str, kind: Any) -> dict[str, Any]:
    return {"type": kind, "description": description}


STATISTICS = (
    _groups("computers/projects", "core_project", "project_id"),
    _groups("computers/platforms", "core_platform", "platform_id"),
    Statistic("computers/machine", "Count computers by machine", NESTED, _machine),
    Statistic("computers/status", "Count computers by status", NESTED, _status),
    Statistic(
        "computers/productive/platform",
        "Count productive computers by platform and project",
        NESTED,
        _productive_by_platform,
    ),
    Statistic(
        "computers/new/month",
        "Count new computers by month and project",
        SERIES,
        _new,
        INTERVAL_QUERY,
    ),
    Statistic("computers/entry/year", "Count physical computers by year", SERIES, _entry),
    Statistic(
        "computers/attributes/count",
        "Count computers with attributes",
        WHOLE,
        _attributes_count,
        {
            "attributes": _query("Id of an attribute; may be repeated.", "integer"),
            "project_id": _query("Id of a project.", "integer"),
        },
        (400,),
    ),
)
