"""Statistics that only one kind of event has, such as faults by definition. Contract: 2.2."""

from dataclasses import replace
from typing import Any

from migas_tornado.computers.events import assigned_to
from migas_tornado.computers.status import LABELS
from migas_tornado.db import Connection
from migas_tornado.models.enumerations import PRODUCTIVE, UNPRODUCTIVE, ComputerStatus
from migas_tornado.resources.paths import Parameters
from migas_tornado.statistics.asking import Asked, Statistic
from migas_tornado.statistics.events import (
    ERRORS,
    FAULTS,
    MIGRATIONS,
    STATUS_LOGS,
    SYNCHRONIZATIONS,
)
from migas_tornado.statistics.intervals import months
from migas_tornado.statistics.shapes import (
    FLAT,
    INTERVAL_QUERY,
    NESTED,
    SERIES,
    Counted,
    Item,
    by_platform,
    fetched,
    placed,
    ring,
    series,
    within,
)

STATUSES = (
    *PRODUCTIVE,
    ComputerStatus.IN_REPAIR,
    ComputerStatus.AVAILABLE,
    ComputerStatus.UNSUBSCRIBED,
)
"""Statuses in the order of their legend."""


async def _unchecked_errors(database: Connection, asked: Asked) -> Item:
    counted = replace(ERRORS.rows, where="NOT t.checked")
    return await by_platform(database, asked, counted, "platform_id name value")


async def _unchecked_faults(database: Connection, asked: Asked) -> Item:
    def visible(caller: Any, parameters: Parameters) -> str:
        # Contract 1.2: those to be checked by whoever asks, or by nobody in particular.
        own = assigned_to("me", parameters, caller)
        return " AND ".join(filter(None, (own, FAULTS.visible(caller, parameters))))

    counted = Counted("client_fault t", visible, "NOT t.checked")
    return await by_platform(database, asked, counted, "platform_id name value")


async def _errors_by_status(database: Connection, asked: Asked) -> Item:
    counted = Counted(
        "client_computereventcount t JOIN client_computer c ON c.id = t.computer_id",
        ERRORS.visible,
        "t.kind = 'error'",
        "sum(t.events)",
    )
    parameters = Parameters()
    sums = counted.sql(asked, parameters, "c.status, t.project_id", "GROUP BY 1, 2")
    rows = await database.fetch(
        f"SELECT s.status, p.id AS project_id, p.name, s.value FROM ({sums}) s "
        "JOIN core_project p ON p.id = s.project_id WHERE s.value > 0 "
        "ORDER BY s.status, s.value DESC, p.name",
        *parameters.values,
    )
    inner: dict[str, Item] = {}
    for row in rows:
        name = asked.label(LABELS.get(row["status"], row["status"]))
        item = inner.setdefault(row["status"], {"name": name, "value": 0, "status": row["status"]})
        item["value"] += row["value"]
    outer = [
        {name: row[name] for name in ("status", "project_id", "name", "value")} for row in rows
    ]
    return {
        "total": sum(row["value"] for row in rows),
        "inner": list(inner.values()),
        "outer": outer,
    }


async def _faults_by_definition(database: Connection, asked: Asked) -> Item:
    counted, _ = FAULTS.of_project(asked)
    key = "t.detail" if asked.caller.sees_all else "t.fault_definition_id"
    title, members = "Faults / Fault Definition", "fault_definition_id name value"
    return await ring(database, asked, title, counted, key, "client_faultdefinition", members)


async def _migrations_by_project(database: Connection, asked: Asked) -> Item:
    counted, _ = MIGRATIONS.of_project(asked)
    found = await by_platform(database, asked, counted, "name value platform_id", by="name")
    return {"title": asked.label("Migrations / Project"), **found}


async def _synchronizations_by_project(database: Connection, asked: Asked) -> Item:
    counted = SYNCHRONIZATIONS.of_computer
    if asked.caller.sees_all:
        counted, _ = SYNCHRONIZATIONS.of_project(asked)
    title, members = "Synchronizations / Project", "project_id name value"
    return await ring(database, asked, title, counted, "t.project_id", "core_project", members)


async def _status_logs_by_status(database: Connection, asked: Asked) -> Item:
    rows = await fetched(database, asked, STATUS_LOGS.rows, "t.status", "GROUP BY 1 ORDER BY 1")
    gone = ComputerStatus.UNSUBSCRIBED.value
    inner = []
    for name, codes, value in (
        (
            "Subscribed",
            ",".join((*PRODUCTIVE, *UNPRODUCTIVE)),
            sum(row["value"] for row in rows if row["status"] != gone),
        ),
        ("Unsubscribed", gone, sum(row["value"] for row in rows if row["status"] == gone)),
    ):
        if value:
            inner.append({"name": asked.label(name), "value": value, "status_in": codes})
    outer = [
        {
            "name": asked.label(LABELS.get(row["status"], row["status"])),
            "value": row["value"],
            "status_in": row["status"],
        }
        for row in rows
    ]
    return {
        "title": asked.label("Status Logs / Status"),
        "total": sum(row["value"] for row in rows),
        "inner": inner,
        "outer": outer,
    }


async def _status_logs_by_month(database: Connection, asked: Asked) -> Item:
    interval = months(asked)
    parameters = Parameters()
    columns = f"t.status AS key, {placed(parameters, 't.created_at', interval.bounds)} AS place"
    counted = replace(STATUS_LOGS.rows, where=within(parameters, "t.created_at", interval))
    sql = counted.sql(asked, parameters, columns, "GROUP BY 1, 2")
    rows = await database.fetch(sql, *parameters.values)
    return series(
        interval,
        {status.value: asked.label(LABELS[status]) for status in STATUSES},
        rows,
        lambda status, value, limits: {
            "value": value,
            "model": STATUS_LOGS.model,
            **limits,
            "status__in": status,
        },
    )


STATISTICS = (
    Statistic(
        "errors/unchecked",
        "Count unchecked errors by platform and project",
        NESTED,
        _unchecked_errors,
    ),
    Statistic(
        "faults/unchecked",
        "Count unchecked faults by platform and project",
        NESTED,
        _unchecked_faults,
    ),
    Statistic(
        "errors/status/project",
        "Count errors by status of the computer and project",
        NESTED,
        _errors_by_status,
    ),
    Statistic("faults/definition", "Count faults by definition", FLAT, _faults_by_definition),
    Statistic("migrations/project", "Count migrations by project", NESTED, _migrations_by_project),
    Statistic(
        "syncs/project", "Count synchronizations by project", FLAT, _synchronizations_by_project
    ),
    Statistic("status-logs/status", "Count status logs by status", NESTED, _status_logs_by_status),
    Statistic(
        "status-logs/month",
        "Count status logs by month and status",
        SERIES,
        _status_logs_by_month,
        INTERVAL_QUERY,
    ),
)
