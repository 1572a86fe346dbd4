"""The few forms that answers have, and how statistics of each form are declared. Contract: 1.1."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from migas_tornado.db import Connection
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.visibility import Visibility, everything, is_visible
from migas_tornado.statistics.asking import Asked, Schema, Statistic
from migas_tornado.statistics.intervals import Interval

Item = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NAME: Schema = {"type": ["string", "null"]}


def _object(**members: Schema) -> Schema:
    return {"type": "object", "properties": members, "required": list(members)}


ITEM = {**_object(name=NAME, value=WHOLE), "additionalProperties": True}
POINT = {**_object(value=WHOLE), "additionalProperties": True}
ITEMS: Schema = {"type": "array", "items": ITEM}
FLAT = _object(title=TEXT, data=ITEMS, total=WHOLE)
NESTED = {
    **_object(inner=ITEMS, outer=ITEMS, total=WHOLE),
    "description": "`title` is there for most statistics.",
}
LABELS: Schema = {"type": "array", "items": {"type": ["string", "integer", "null"]}}
BARS = _object(x_labels=LABELS, data={"type": "array", "items": POINT}, total=WHOLE)
SERIES = _object(
    x_labels=LABELS,
    data={"type": "object", "additionalProperties": {"type": "array", "items": POINT}},
)
HEAT: Schema = {
    "type": "array",
    "items": {"type": "array", "prefixItems": [TEXT, WHOLE], "minItems": 2, "maxItems": 2},
}
INTERVAL_QUERY: dict[str, Schema] = {
    "begin": {"type": "string", "description": "Start; what cannot be read is passed over."},
    "end": {"type": "string", "description": "End; what cannot be read is passed over."},
}


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows to count, under the alias `t`."""

    source: str
    """Tables, such as `device_device t JOIN device_connection g ON g.id = t.connection_id`."""
    visible: Visibility = everything
    where: str = "true"
    value: str = "count(*)"
    """Or `sum` of a column that holds counts."""

    def sql(self, asked: Asked, parameters: Parameters, columns: str, ending: str) -> str:
        """Return a statement: the columns of groups, their `value`, and the end of it."""
        conditions = filter(None, (self.where, self.visible(asked.caller, parameters)))
        return (
            f"SELECT {columns}, {self.value}::bigint AS value FROM {self.source} "
            f"WHERE {' AND '.join(conditions)} {ending}"
        )


async def fetched(
    database: Connection, asked: Asked, counted: Counted, columns: str, ending: str
) -> list[Any]:
    """Return the groups of what is counted."""
    parameters = Parameters()
    sql = counted.sql(asked, parameters, columns, ending)
    return await database.fetch(sql, *parameters.values)


def members_of(names: str, values: Mapping[str, Any]) -> Item:
    """Return an item with members in an order that is contract, such as `name value id`."""
    return {name: values[name] for name in names.split()}


async def ring(
    database: Connection,
    asked: Asked,
    title: str,
    counted: Counted,
    key: str,
    table: str,
    members: str,
) -> Item:
    """Return one ring: what is counted by something, the most first.

    Rows are counted before names are put to the sums: the other way round, the join would be as
    large as what is counted.

    Args:
        database: connection.
        asked: by whom.
        title: in English.
        counted: the rows.
        key: SQL of what they are counted by.
        table: of its names.
        members: of an item, in order; the one besides `name` and `value` is the key.
    """
    (key_member,) = set(members.split()) - {"name", "value"}
    parameters = Parameters()
    sums = counted.sql(asked, parameters, f"{key} AS key", "GROUP BY 1")
    rows = await database.fetch(
        f"SELECT g.id, g.name, s.value FROM ({sums}) s JOIN {table} g ON g.id = s.key "
        "WHERE s.value > 0 ORDER BY s.value DESC, g.name, g.id",
        *parameters.values,
    )
    data = [
        members_of(members, {key_member: row["id"], "name": row["name"], "value": row["value"]})
        for row in rows
    ]
    return {"title": asked.label(title), "total": sum(row["value"] for row in rows), "data": data}


def flat(path: str, title: str, counted: Counted, key: str, table: str, members: str) -> Statistic:
    """Declare a statistic of one ring; see `ring`, and `path` is below `stats/`."""

    async def compute(database: Connection, asked: Asked) -> Item:
        return await ring(database, asked, title, counted, key, table, members)

    return Statistic(path, f"Count for a pie: {title}", FLAT, compute)


async def by_platform(
    database: Connection, asked: Asked, counted: Counted, inner: str, *, by: str = "id"
) -> Item:
    """Return two rings: platforms, and the projects of each.

    Args:
        database: connection.
        asked: by whom.
        counted: rows with a `project_id`.
        inner: members of a platform's item, in order.
        by: `id` or `name`, by which platforms are ordered.
    """
    parameters = Parameters()
    sums = counted.sql(asked, parameters, "t.project_id", "GROUP BY 1")
    rows = await database.fetch(
        f"""
        SELECT f.id AS platform_id, f.name AS platform, p.id AS project_id, p.name AS project,
            s.value
        FROM ({sums}) s
        JOIN core_project p ON p.id = s.project_id
        JOIN core_platform f ON f.id = p.platform_id
        WHERE s.value > 0
        ORDER BY f.{by}, s.value DESC, p.name
        """,
        *parameters.values,
    )
    platforms: dict[int, Item] = {}
    for row in rows:
        item = platforms.setdefault(
            row["platform_id"],
            members_of(
                inner, {"platform_id": row["platform_id"], "name": row["platform"], "value": 0}
            ),
        )
        item["value"] += row["value"]
    outer_members = "name value project_id platform_id"
    if inner.startswith("platform_id"):
        outer_members = "name project_id platform_id value"
    outer = [members_of(outer_members, {**dict(row), "name": row["project"]}) for row in rows]
    return {
        "total": sum(row["value"] for row in rows),
        "inner": list(platforms.values()),
        "outer": outer,
    }


def placed(parameters: Parameters, column: str, bounds: Iterable[datetime | date]) -> str:
    """Return SQL for the number of the bucket that a column falls into, counted from 1."""
    found = list(bounds)
    kind = "timestamptz[]" if isinstance(found[0], datetime) else "date[]"
    return f"width_bucket({column}, {parameters.add(found, kind)})"


def within(parameters: Parameters, column: str, interval: Interval, *, is_day: bool = False) -> str:
    """Return the condition that a column is in an interval."""
    first, last = interval.bounds[0], interval.bounds[-1]
    if is_day:
        begin, end = parameters.add(first.date(), "date"), parameters.add(last.date(), "date")
    else:
        begin, end = parameters.add(first, "timestamptz"), parameters.add(last, "timestamptz")
    return f"{column} >= {begin} AND {column} < {end}"


def series(
    interval: Interval, names: Mapping[Any, str], rows: Iterable[Any], point: Callable[..., Item]
) -> Item:
    """Return series over an interval, each with a point for every bucket.

    Args:
        interval: the buckets.
        names: key of a series -> its name, in the order of the legend.
        rows: with the `key` of a series, the `place` of a bucket from 1 on, and a `value`.
        point: makes a point of the key, the value and the limits of a bucket.

    Raises:
        InvalidDataError: there would be too many points.
    """
    interval.check_points(len(names))
    values: dict[Any, dict[int, int]] = defaultdict(dict)
    for row in rows:
        values[row["key"]][row["place"] - 1] = row["value"]
    limits = [interval.limits(place) for place in range(len(interval))]
    return {
        "x_labels": interval.labels,
        "data": {
            name: [point(key, values[key].get(at, 0), limit) for at, limit in enumerate(limits)]
            for key, name in names.items()
        },
    }


async def visible_projects(database: Connection, asked: Asked) -> dict[int, str]:
    """Return the projects that the caller sees, by name; those without rows are series too."""
    parameters = Parameters()
    where = ""
    if not asked.caller.sees_all:
        where = f"WHERE {is_visible(asked.caller, parameters, 't.id', 'project_id')}"
    rows = await database.fetch(
        f"SELECT t.id, t.name FROM core_project t {where} ORDER BY t.name", *parameters.values
    )
    return {row["id"]: row["name"] for row in rows}
