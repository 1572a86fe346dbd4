"""Distinct computers that synchronized per year, month, day and hour. Contract: 1.4, 2.3.

They come from the counters that each synchronization keeps, so that they cost the same in a large
fleet; everybody sees them.
"""

import re
from collections.abc import Callable
from typing import Any

from migas_tornado.db import Connection
from migas_tornado.errors import NotFoundError
from migas_tornado.resources.paths import Parameters
from migas_tornado.statistics.asking import Asked, Schema, Statistic, is_key, nothing_found
from migas_tornado.statistics.intervals import MOMENT_FORM, Interval, days, hours, months
from migas_tornado.statistics.shapes import HEAT, INTERVAL_QUERY, SERIES, Item, series

PROJECT_QUERY: dict[str, Schema] = {
    "project_id": {"type": "integer", "description": "Only computers of this project."}
}
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_YEAR = re.compile(r"[1-9][0-9]{3}")


class NotAYearError(NotFoundError):
    """A year is asked for that has not four digits; it is answered as a list of texts."""


async def _project(database: Connection, asked: Asked) -> int | None:
    """Return the project that is asked for, or None for all.

    Raises:
        NotFoundError: there is no such project.
    """
    project = asked.number("project_id")
    if project is None:
        return None
    if not is_key(project) or not await database.fetchval(
        "SELECT true FROM core_project WHERE id = $1", project
    ):
        raise nothing_found("Project")
    return project


async def _yearly(database: Connection, asked: Asked) -> list[list[int]]:
    begin = _year(asked, "begin", asked.now.year)
    end = _year(asked, "end", asked.now.year + 1)
    project = await _project(database, asked)
    rows = await database.fetch(
        """
        SELECT extract(year FROM bucket)::int AS year, sum(computers)::bigint AS computers
        FROM client_synchronizationcount
        WHERE granularity = 'year' AND project_id IS NOT DISTINCT FROM $1::int
        GROUP BY 1
        """,
        project,
    )
    counts = {row["year"]: row["computers"] for row in rows}
    return [[year, counts.get(year, 0)] for year in range(begin, end)]


def _year(asked: Asked, name: str, default: int) -> int:
    """Return a year that is asked for.

    Raises:
        InvalidDataError: it is no number.
        NotAYearError: it is no year of four digits.
    """
    year = asked.number(name)
    if year is None:
        return default
    if not _YEAR.fullmatch(str(year)):
        raise NotAYearError(f"{year} is not a valid year")
    return year


def _counts(
    path: str, granularity: str, interval_of: Callable[[Asked], Interval], *, has_weekday: bool
) -> Statistic:
    """Declare the series of one granularity."""

    async def compute(database: Connection, asked: Asked) -> Item:
        interval = interval_of(asked)
        interval.check_points(1)
        project = await _project(database, asked)
        parameters = Parameters()
        bounds = parameters.add(list(interval.bounds), "timestamptz[]")
        rows = await database.fetch(
            f"""
            SELECT 0 AS key, width_bucket(bucket, {bounds}) AS place,
                sum(computers)::bigint AS value
            FROM client_synchronizationcount
            WHERE granularity = {parameters.add(granularity, "text")}
                AND bucket >= {parameters.add(interval.bounds[0], "timestamptz")}
                AND bucket < {parameters.add(interval.bounds[-1], "timestamptz")}
                AND project_id {_is(parameters, project)}
            GROUP BY 2
            """,
            *parameters.values,
        )
        # Contract 2.3: as it was given, and only then.
        given: dict[str, Any] = {}
        if project is not None:
            given["project_id"] = asked.given("project_id")

        def point(_: Any, value: int, limits: dict[str, str]) -> Item:
            return {"model": "synchronization", **limits, "value": value, **given}

        found = series(interval, {0: asked.label("Computers")}, rows, point)
        if has_weekday:
            found["x_labels"] = [
                f"{label} ({asked.label(WEEKDAYS[start.weekday()])})"
                for label, start in zip(found["x_labels"], interval.bounds, strict=False)
            ]
        return found

    return Statistic(
        path,
        f"Count the computers that synchronized, by {granularity}",
        SERIES,
        compute,
        INTERVAL_QUERY | PROJECT_QUERY,
        (400, 404),
    )


def _is(parameters: Parameters, project: int | None) -> str:
    return "IS NULL" if project is None else f"= {parameters.add(project, 'int')}"


STATISTICS = (
    Statistic(
        "syncs/yearly",
        "Count the computers that synchronized, by year",
        HEAT | {"items": {"type": "array", "items": {"type": "integer"}}},
        _yearly,
        {
            "begin": {"type": "integer", "description": "First year; this year if not given."},
            "end": {"type": "integer", "description": "Year after the last."},
        }
        | PROJECT_QUERY,
        (400, 404),
    ),
    _counts("syncs/monthly", "month", lambda asked: months(asked, MOMENT_FORM), has_weekday=False),
    _counts(
        "syncs/daily",
        "day",
        lambda asked: days(asked, MOMENT_FORM, with_end=False),
        has_weekday=True,
    ),
    _counts("syncs/hourly", "hour", lambda asked: hours(asked, is_live=True), has_weekday=False),
)
