"""Statistics of golden images: configurations, flavours and builds. Contract: 2.5."""

from migas_tornado.db import Connection
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.visibility import by_project
from migas_tornado.statistics.asking import Asked, Schema, Statistic
from migas_tornado.statistics.intervals import months
from migas_tornado.statistics.shapes import (
    INTERVAL_QUERY,
    ITEMS,
    NESTED,
    SERIES,
    WHOLE,
    Counted,
    Item,
    fetched,
    placed,
    series,
    visible_projects,
    within,
)

BUILD_TYPES = {
    "docker": "Docker (Linux)",
    "qemu_win": "QEMU Unattended (Windows)",
    "qemu_lnx": "QEMU Preseed/Kickstart (Linux)",
}
BUILD_STATUSES = {
    "queued": "Queued",
    "running": "Running",
    "completed": "Completed",
    "failed": "Failed",
}
STATUS_GROUPS = (
    ("Successful", "success", ("completed",)),
    ("Failed", "failed", ("failed",)),
    ("Active / Pending", "active", ("queued", "running")),
)
ENABLED_NAMES = {True: "Enabled", False: "Disabled"}

CONFIGS = Counted(
    "mgi_config t JOIN core_project p ON p.id = t.project_id", by_project("project_id")
)
FLAVOURS = Counted(
    "mgi_flavour t JOIN mgi_config c ON c.id = t.config_id "
    "JOIN core_project p ON p.id = c.project_id",
    by_project("(c.project_id)"),
)
BUILDS = Counted(
    "mgi_build t JOIN mgi_release r ON r.id = t.release_id JOIN mgi_config c ON c.id = r.config_id",
    by_project("(c.project_id)"),
)


async def _build_types(database: Connection, asked: Asked) -> Item:
    rows = await fetched(
        database,
        asked,
        CONFIGS,
        "t.build_type, p.id AS project_id, p.name",
        "GROUP BY t.build_type, p.id ORDER BY t.build_type, p.name",
    )
    inner: dict[str, Item] = {}
    for row in rows:
        kind = row["build_type"]
        name = asked.label(BUILD_TYPES.get(kind, kind))
        item = inner.setdefault(kind, {"name": name, "value": 0, "build_type": kind})
        item["value"] += row["value"]
    members = ("name", "value", "project_id", "build_type")
    return {
        "title": asked.label("Configurations / Build Type"),
        "total": sum(row["value"] for row in rows),
        "inner": list(inner.values()),
        "outer": [{name: row[name] for name in members} for row in rows],
    }


async def _build_status(database: Connection, asked: Asked) -> Item:
    rows = await fetched(database, asked, BUILDS, "t.status", "GROUP BY 1")
    counts = {row["status"]: row["value"] for row in rows}
    inner = []
    for name, group, statuses in STATUS_GROUPS:
        value = sum(counts.get(status, 0) for status in statuses)
        if value:
            inner.append({"name": asked.label(name), "value": value, "group": group})
    outer = [
        {"name": asked.label(name), "value": counts[status], "status": status}
        for status, name in BUILD_STATUSES.items()
        if counts.get(status)
    ]
    return {
        "title": asked.label("Builds / Status"),
        "total": sum(counts.values()),
        "inner": inner,
        "outer": outer,
    }


async def _builds_by_month(database: Connection, asked: Asked) -> Item:
    interval = months(asked)
    projects = await visible_projects(database, asked)
    interval.check_points(len(projects))
    parameters = Parameters()
    place = placed(parameters, "t.started_at", interval.bounds)
    where = within(parameters, "t.started_at", interval)
    counted = Counted(BUILDS.source, BUILDS.visible, where)
    sql = counted.sql(asked, parameters, f"c.project_id AS key, {place} AS place", "GROUP BY 1, 2")
    rows = await database.fetch(sql, *parameters.values)
    return series(
        interval,
        projects,
        rows,
        lambda key, value, limits: {
            "value": value,
            "model": "build",
            **limits,
            "project__id__exact": key,
        },
    )


async def _build_metrics(database: Connection, asked: Asked) -> Item:
    # Contract 2.5: a build that ended before it began has a size, but no duration.
    duration = "extract(epoch FROM t.finished_at - t.started_at)"
    columns = (
        "c.build_type, grouping(c.build_type) AS is_all, "
        f"coalesce(avg({duration}) FILTER (WHERE t.finished_at >= t.started_at), 0)::float8 "
        "AS avg_duration, "
        "coalesce(avg(t.size), 0)::float8 AS avg_size, "
        "coalesce(sum(t.size), 0)::bigint AS total_size"
    )
    where = "t.status = 'completed' AND t.started_at IS NOT NULL AND t.finished_at IS NOT NULL"
    rows = await fetched(
        database,
        asked,
        Counted(BUILDS.source, BUILDS.visible, where),
        columns,
        "GROUP BY GROUPING SETS ((), (c.build_type)) ORDER BY c.build_type",
    )
    whole = next(row for row in rows if row["is_all"])
    return {
        "avg_duration": round(whole["avg_duration"], 2),
        "avg_size": round(whole["avg_size"], 2),
        "total_size": whole["total_size"],
        "total_completed": whole["value"],
        "by_build_type": [
            {
                "build_type": row["build_type"],
                "name": asked.label(BUILD_TYPES.get(row["build_type"], row["build_type"])),
                "avg_duration": round(row["avg_duration"], 2),
                "avg_size": round(row["avg_size"], 2),
                "total_size": row["total_size"],
                "completed_count": row["value"],
            }
            for row in rows
            if not row["is_all"]
        ],
    }


async def _flavours(database: Connection, asked: Asked) -> Item:
    rows = await fetched(
        database,
        asked,
        FLAVOURS,
        "t.enabled, p.id AS project_id, p.name",
        "GROUP BY t.enabled, p.id ORDER BY p.name, t.enabled DESC",
    )
    sums = {
        kind: sum(row["value"] for row in rows if row["enabled"] is kind) for kind in (True, False)
    }
    return {
        "title": asked.label("Flavours / Enabled"),
        "total": sum(sums.values()),
        "inner": [
            {"name": asked.label(name), "value": sums[kind], "enabled": kind}
            for kind, name in ENABLED_NAMES.items()
            if sums[kind]
        ],
        "outer": [
            {
                "name": f"{asked.label(ENABLED_NAMES[row['enabled']])} ({row['name']})",
                "value": row["value"],
                "project_id": row["project_id"],
                "enabled": row["enabled"],
            }
            for row in rows
        ],
    }


_METRICS_SCHEMA: Schema = {
    "type": "object",
    "properties": {
        "avg_duration": {"type": "number", "description": "Seconds."},
        "avg_size": {"type": "number"},
        "total_size": WHOLE,
        "total_completed": WHOLE,
        "by_build_type": ITEMS
        | {"items": {"type": "object", "properties": {"build_type": {"type": "string"}}}},
    },
    "required": ["avg_duration", "avg_size", "total_size", "total_completed", "by_build_type"],
}

STATISTICS = (
    Statistic("mgi/build-types", "Count configurations by build type", NESTED, _build_types),
    Statistic("mgi/build-status", "Count builds by status", NESTED, _build_status),
    Statistic(
        "mgi/builds/month",
        "Count builds by month and project",
        SERIES,
        _builds_by_month,
        INTERVAL_QUERY,
    ),
    Statistic("mgi/build-metrics", "Tell how long builds take", _METRICS_SCHEMA, _build_metrics),
    Statistic("mgi/flavours", "Count flavours that are enabled", NESTED, _flavours),
)
