"""Statistics that every kind of event has: by hour, day and month. Contract: 2.2.

Who sees everything gets sums of the counters that the database keeps by day, or by
computer; for the others, rows of the computers that they see are counted.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from migas_tornado.db import Connection
from migas_tornado.errors import InvalidDataError
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.visibility import (
    Visibility,
    by_computer,
    by_project_and_computer,
)
from migas_tornado.statistics.asking import Asked, Statistic, is_key, nothing_found
from migas_tornado.statistics.intervals import Interval, day, days, hours, midnight, months
from migas_tornado.statistics.shapes import (
    HEAT,
    INTERVAL_QUERY,
    SERIES,
    Counted,
    Item,
    placed,
    series,
    visible_projects,
    within,
)

SYNCHRONIZATION = "synchronization"


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of event."""

    path: str
    model: str
    """What points call it; also the kind under which counters know it."""
    label: str
    visible: Visibility
    has_project: bool = True

    @property
    def table(self) -> str:
        """Its table."""
        return f"client_{self.model}"

    @property
    def rows(self) -> Counted:
        """Its rows."""
        return Counted(f"{self.table} t", self.visible)

    @property
    def of_computer(self) -> Counted:
        """The sums by computer, of those that are kept."""
        return Counted(
            "client_computereventcount t",
            self.visible,
            f"t.kind = '{self.model}'",
            "sum(t.events)",
        )

    def in_series(self, asked: Asked) -> tuple[Counted, str]:
        """Return what sums up to series of the projects that the caller sees, and its time.

        As other projects have no series, only computers have to be looked at.
        """
        counted, column = self.of_project(asked)
        if asked.caller.sees_all:
            return counted, column
        return replace(counted, visible=by_computer("computer_id")), column

    def of_project(self, asked: Asked) -> tuple[Counted, str]:
        """Return what sums up to its numbers by project at the least cost, and its time."""
        if not asked.caller.sees_all:
            return replace(self.rows, where="t.project_id IS NOT NULL"), "t.created_at"
        sums = Counted(
            "client_eventcount t", where=f"t.kind = '{self.model}'", value="sum(t.events)"
        )
        return sums, "t.day"


ERRORS = Family("errors", "error", "Errors", by_project_and_computer)
FAULTS = Family("faults", "fault", "Faults", by_project_and_computer)
SYNCHRONIZATIONS = Family("syncs", SYNCHRONIZATION, "Synchronizations", by_computer("computer_id"))
MIGRATIONS = Family("migrations", "migration", "Migrations", by_project_and_computer)
STATUS_LOGS = Family(
    "status-logs", "statuslog", "Status Logs", by_computer("computer_id"), has_project=False
)
FAMILIES = (ERRORS, FAULTS, SYNCHRONIZATIONS, MIGRATIONS, STATUS_LOGS)


def history(family: Family) -> Statistic:
    """Declare the distinct computers per hour of a kind of event."""

    async def compute(database: Connection, asked: Asked) -> Item:
        interval = hours(asked)
        parameters = Parameters()
        counted = replace(family.rows, value="count(DISTINCT t.computer_id)")
        column = "t.created_at"
        if family is SYNCHRONIZATIONS and asked.caller.sees_all:
            counted = Counted(
                "client_synchronizationcount t",
                where="t.granularity = 'hour' AND t.project_id IS NULL",
                value="sum(t.computers)",
            )
            column = "t.bucket"
        columns = f"0 AS key, {placed(parameters, column, interval.bounds)} AS place"
        where = f"{counted.where} AND {within(parameters, column, interval)}"
        sql = replace(counted, where=where).sql(asked, parameters, columns, "GROUP BY 2")
        rows = await database.fetch(sql, *parameters.values)
        return series(
            interval,
            {0: asked.label(family.label)},
            rows,
            lambda _, value, limits: {"value": value, "model": family.model, **limits},
        )

    return Statistic(
        f"{family.path}/history",
        f"Count computers by hour: {family.label}",
        SERIES,
        compute,
        INTERVAL_QUERY,
    )


def by_day(family: Family) -> Statistic:
    """Declare the events of a computer per day."""

    async def compute(database: Connection, asked: Asked) -> list[list[Any]]:
        computer = asked.number("computer_id")
        start, end = _limit(asked, "start_date"), _limit(asked, "end_date")
        enrolled = None
        if computer is not None and is_key(computer):
            enrolled = await database.fetchval(
                "SELECT created_at FROM client_computer WHERE id = $1", computer
            )
        if enrolled is None:
            raise nothing_found("Computer")
        start = start or midnight(enrolled.astimezone(asked.zone))
        # Contract 2.2: the end is not included, and so by default today is.
        end = end or midnight(asked.now) + timedelta(days=1)
        parameters = Parameters()
        where = (
            f"t.computer_id = {parameters.add(computer, 'int')} "
            f"AND t.created_at >= {parameters.add(start, 'timestamptz')} "
            f"AND t.created_at < {parameters.add(end, 'timestamptz')}"
        )
        sql = replace(family.rows, where=where).sql(
            asked, parameters, "t.created_at::date AS day", "GROUP BY 1 ORDER BY 1 DESC"
        )
        rows = await database.fetch(sql, *parameters.values)
        return [[row["day"].isoformat(), row["value"]] for row in rows]

    return Statistic(
        f"{family.path}/by-day",
        f"Count the events of a computer by day: {family.label}",
        HEAT,
        compute,
        {
            "computer_id": {"type": "integer", "description": "Id of the computer."},
            "start_date": {"type": "string", "format": "date"},
            "end_date": {"type": "string", "format": "date", "description": "Not included."},
        },
        (400, 404),
    )


def _limit(asked: Asked, name: str) -> datetime | None:
    """Return the start of a day that is asked for; None where it is not.

    Raises:
        InvalidDataError: it is no day. Contract 1: an empty end is one such.
    """
    text = asked.given(name)
    if text is None or (not text and name == "start_date"):
        return None
    found = day(text, asked.zone)
    if found is None:
        raise InvalidDataError(f"{name}: a date such as 2026-12-31 is expected.")
    return found


async def project_series(
    database: Connection,
    asked: Asked,
    counted: Counted,
    interval: Interval,
    model: str,
    column: str = "t.created_at",
) -> Item:
    """Return a series per project over an interval.

    Args:
        database: connection.
        asked: by whom.
        counted: rows with a `project_id`.
        interval: months or days.
        model: what points call it.
        column: when they happened; in tables of counters, a date.
    """
    projects = await visible_projects(database, asked)
    interval.check_points(len(projects))
    parameters = Parameters()
    is_date = column != "t.created_at"
    bounds = [bound.date() for bound in interval.bounds] if is_date else interval.bounds
    columns = f"t.project_id AS key, {placed(parameters, column, bounds)} AS place"
    where = f"{counted.where} AND {within(parameters, column, interval, is_day=is_date)}"
    sql = replace(counted, where=where).sql(asked, parameters, columns, "GROUP BY 1, 2")
    rows = await database.fetch(sql, *parameters.values)
    return series(
        interval,
        projects,
        rows,
        lambda key, value, limits: {
            "value": value,
            "model": model,
            **limits,
            "project__id__exact": key,
        },
    )


def by_project_and_month(family: Family) -> Statistic:
    """Declare the events per project and month."""

    async def compute(database: Connection, asked: Asked) -> Item:
        counted, column = family.in_series(asked)
        if family is SYNCHRONIZATIONS and not asked.caller.sees_all:
            counted, column = family.of_computer, "t.month"
        return await project_series(database, asked, counted, months(asked), family.model, column)

    return Statistic(
        f"{family.path}/project/month",
        f"Count by month and project: {family.label}",
        SERIES,
        compute,
        INTERVAL_QUERY,
    )


def by_project_and_day(family: Family) -> Statistic:
    """Declare the events per project and day."""

    async def compute(database: Connection, asked: Asked) -> Item:
        counted, column = family.in_series(asked)
        return await project_series(database, asked, counted, days(asked), family.model, column)

    return Statistic(
        f"{family.path}/project/day",
        f"Count by day and project: {family.label}",
        SERIES,
        compute,
        INTERVAL_QUERY,
    )


STATISTICS = (
    *(history(family) for family in FAMILIES),
    *(by_day(family) for family in FAMILIES),
    *(by_project_and_month(family) for family in FAMILIES if family.has_project),
    *(by_project_and_day(family) for family in FAMILIES if family.has_project),
)
