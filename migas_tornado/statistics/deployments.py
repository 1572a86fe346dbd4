"""Statistics of deployments: how many, whom they reach and how far they are. Contract: 2.4, 3."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import orjson

from migas_tornado.db import Connection
from migas_tornado.errors import InvalidDataError
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.visibility import PRODUCTIVE_SQL, by_computer
from migas_tornado.resources.visibility import deployments as visible_deployments
from migas_tornado.statistics.asking import Asked, Schema, Statistic, is_key, nothing_found
from migas_tornado.statistics.intervals import DAY_FORM
from migas_tornado.statistics.shapes import NESTED, SERIES, WHOLE, Counted, Item, fetched
from migas_tornado.targeting.horizon import horizon
from migas_tornado.targeting.timeline import TIMELINE

MOST_DAYS = 5_000
"""Days of a schedule that are shown; other programs may have stored longer ones."""
SCHEDULE_NAMES = {True: "Without schedule", False: "With schedule"}
"""Whether the schedule is null, as lists filter by it, and its name."""

ASSIGNED = f"""
    WITH d AS (SELECT id, project_id, schedule_id FROM core_deployment WHERE id = $1),
    included AS (
        SELECT i.attribute_id FROM core_deployment_included_attributes i
        WHERE i.deployment_id = $1
        UNION
        SELECT a.attribute_id FROM d
        JOIN core_scheduledelay s ON s.schedule_id = d.schedule_id
        JOIN core_scheduledelay_attributes a ON a.scheduledelay_id = s.id
    ),
    excluded AS (
        SELECT x.attribute_id FROM core_deployment_excluded_attributes x
        WHERE x.deployment_id = $1
    ),
    reached AS (
        SELECT s.computer_id FROM included
        JOIN client_computer_sync_attributes s USING (attribute_id)
        UNION ALL
        SELECT t.computer_id FROM included
        JOIN client_computer_tags t ON t.serverattribute_id = included.attribute_id
    ),
    left_out AS (
        SELECT s.computer_id FROM excluded
        JOIN client_computer_sync_attributes s USING (attribute_id)
        UNION ALL
        SELECT t.computer_id FROM excluded
        JOIN client_computer_tags t ON t.serverattribute_id = excluded.attribute_id
    )
    SELECT c.id FROM d JOIN client_computer c ON c.project_id = d.project_id
    WHERE c.status IN {PRODUCTIVE_SQL}
        AND EXISTS (SELECT FROM reached r WHERE r.computer_id = c.id)
        AND NOT EXISTS (SELECT FROM left_out l WHERE l.computer_id = c.id)
"""
"""Computers assigned to the deployment $1. Contract 3: whether it is enabled does not matter."""

_RESULTS = """
    SELECT r.computer_id AS id FROM core_deploymentresult r
    WHERE r.deployment_id = $1 AND r.is_ok = {is_ok}
"""
_COMPUTERS = """
    SELECT coalesce((SELECT json_agg(found.id) FROM ({found}) AS found), '[]')::text
    FROM core_deployment WHERE id = $1
"""
_TIMELINE = f"""
    SELECT (SELECT count(*) FROM ({ASSIGNED}) AS found) AS assigned,
        (SELECT count(*) FROM core_deploymentresult r WHERE r.deployment_id = t.id AND r.is_ok)
            AS ok,
        (SELECT count(*) FROM core_deploymentresult r WHERE r.deployment_id = t.id AND NOT r.is_ok)
            AS error,
        {TIMELINE.replace("{t}", "t")}::text AS schedule
    FROM core_deployment t WHERE t.id = $1
"""

_SCHEDULE = """
    SELECT d.start_date, d.schedule_id,
        coalesce((
            SELECT json_agg(json_build_object('id', s.id, 'delay', s.delay, 'duration', s.duration)
                ORDER BY s.delay)
            FROM core_scheduledelay s WHERE s.schedule_id = d.schedule_id
        ), '[]')::text AS delays
    FROM core_deployment d WHERE d.id = $1
"""
_PROVIDED = """
    WITH d AS (
        SELECT id, project_id, schedule_id, domain_id FROM core_deployment WHERE id = $1
    ),
    waves AS (
        SELECT s.id, s.duration, row_number() OVER (ORDER BY s.delay) AS place
        FROM d JOIN core_scheduledelay s ON s.schedule_id = d.schedule_id
    ),
    -- Whom an earlier wave reaches, a later one does not reach again.
    used AS (
        SELECT i.attribute_id, 0 AS place FROM core_deployment_included_attributes i
        WHERE i.deployment_id = $1
        UNION ALL
        SELECT a.attribute_id, w.place FROM waves w
        JOIN core_scheduledelay_attributes a ON a.scheduledelay_id = w.id
    ),
    -- Apart, because the planner would else look for each computer of the fleet by its key.
    candidates AS MATERIALIZED (
        SELECT t.id FROM d JOIN client_computer t ON t.project_id = d.project_id
        WHERE t.status IN {productive} {visible}
    ),
    reached AS (
        SELECT c.id, min(u.place) AS place
        FROM used u
        JOIN client_computer_sync_attributes s ON s.attribute_id = u.attribute_id
        JOIN candidates c ON c.id = s.computer_id
        GROUP BY c.id
    )
    SELECT t.place::int AS place, coalesce(t.id % w.duration, 0) AS turn, count(*) AS computers
    FROM d
    CROSS JOIN reached t
    LEFT JOIN waves w ON w.place = t.place
    WHERE NOT EXISTS (
            SELECT FROM core_deployment_excluded_attributes x
            JOIN client_computer_sync_attributes s ON s.attribute_id = x.attribute_id
            WHERE x.deployment_id = $1 AND s.computer_id = t.id
        )
        AND (
            d.domain_id IS NULL
            OR EXISTS (
                SELECT FROM core_domain_included_attributes i
                JOIN client_computer_sync_attributes s ON s.attribute_id = i.attribute_id
                WHERE i.domain_id = d.domain_id AND s.computer_id = t.id
            )
            AND NOT EXISTS (
                SELECT FROM core_domain_excluded_attributes x
                JOIN client_computer_sync_attributes s ON s.attribute_id = x.attribute_id
                WHERE x.domain_id = d.domain_id AND s.computer_id = t.id
            )
        )
    GROUP BY 1, 2
"""


def _two_kinds(
    path: str,
    title: str,
    member: str,
    condition: str,
    names: Mapping[bool, str],
    where: str = "true",
) -> Statistic:
    """Declare a count of deployments by project, and in two kinds.

    Args:
        path: below `stats/`.
        title: in English.
        member: of an outer item, that tells its kind.
        condition: SQL of the kind.
        names: kind -> its name, in order.
        where: SQL of those that count.
    """

    async def compute(database: Connection, asked: Asked) -> Item:
        counted = Counted(
            "core_deployment t JOIN core_project p ON p.id = t.project_id",
            visible_deployments,
            where,
        )
        rows = await fetched(
            database,
            asked,
            counted,
            f"p.id AS project_id, p.name AS project, ({condition}) AS kind",
            "GROUP BY p.id, kind ORDER BY p.name",
        )
        inner, outer = _rings(rows, member, {kind: asked.label(names[kind]) for kind in names})
        return {
            "title": asked.label(title),
            "total": sum(item["value"] for item in inner),
            "inner": inner,
            "outer": outer,
        }

    return Statistic(path, f"Count by project: {title}", NESTED, compute)


def _rings(
    rows: list[Any], member: str, names: Mapping[bool, str]
) -> tuple[list[Item], list[Item]]:
    """Return the items of the projects, and those of their kinds in order."""
    inner: dict[int, Item] = {}
    counts = {(row["project_id"], row["kind"]): row["value"] for row in rows}
    for row in rows:
        project = row["project_id"]
        item = inner.setdefault(
            project, {"name": row["project"], "value": 0, "project_id": project}
        )
        item["value"] += row["value"]
    outer = [
        {
            "name": f"{name} ({item['name']})",
            "value": counts[project, kind],
            "project_id": project,
            member: kind,
        }
        for project, item in inner.items()
        for kind, name in names.items()
        if (project, kind) in counts
    ]
    return list(inner.values()), outer


def _deployment_key(asked: Asked) -> int:
    """Return the deployment that the path names.

    Raises:
        InvalidDataError: it names none by a number.
        NotFoundError: there can be none of this number.
    """
    key = asked.record_key()
    if not is_key(key):
        raise nothing_found("Deployment")
    return key


def _computers(path: str, summary: str, found: str) -> Statistic:
    """Declare the list of the ids of some computers of a deployment."""
    sql = _COMPUTERS.format(found=found)

    async def compute(database: Connection, asked: Asked) -> orjson.Fragment:
        # PostgreSQL writes the list: it may have as many members as the fleet.
        content = await database.fetchval(sql, _deployment_key(asked))
        if content is None:
            raise nothing_found("Deployment")
        return orjson.Fragment(content)

    return Statistic(
        f"deployments/{{id}}/computers/{path}",
        summary,
        {"type": "array", "items": WHOLE},
        compute,
        errors=(400,),
    )


async def _timeline(database: Connection, asked: Asked) -> Item:
    row = await database.fetchrow(_TIMELINE, _deployment_key(asked))
    if row is None:
        raise nothing_found("Deployment")
    return {
        "computers": {name: row[name] for name in ("assigned", "ok", "error")},
        "schedule": orjson.Fragment(row["schedule"] or "null"),
    }


async def _delay(database: Connection, asked: Asked) -> Item:
    key = _deployment_key(asked)
    row = await database.fetchrow(_SCHEDULE, key)
    if row is None:
        raise nothing_found("Deployment")
    if row["schedule_id"] is None:
        raise InvalidDataError("This deployment has not schedule")
    parameters = Parameters()
    parameters.add(key)
    visible = by_computer("id")(asked.caller, parameters)
    sql = _PROVIDED.format(productive=PRODUCTIVE_SQL, visible=f"AND {visible}" if visible else "")
    reached = await database.fetch(sql, *parameters.values)
    counts = {(one["place"], one["turn"]): one["computers"] for one in reached}
    days = provided(row["start_date"], orjson.loads(row["delays"]), counts)
    return {
        "x_labels": [day.strftime(DAY_FORM) for day, _ in days],
        "data": {asked.label("Provided"): [{"value": value} for _, value in days]},
    }


def provided(
    start: date, delays: list[dict[str, int]], counts: Mapping[tuple[int, int], int]
) -> list[tuple[date, int]]:
    """Return how many computers a scheduled deployment has reached by each day.

    Contract 2.4: weekends repeat the value; the offset of the first delay does not count.

    Args:
        start: of the deployment.
        delays: with `delay` and `duration`, in order.
        counts: (number of the delay from 1 on, remainder of the id by its duration) -> computers;
            (0, 0) -> those that the deployment reaches by itself.
    """
    found: list[tuple[date, int]] = []
    value = counts.get((0, 0), 0)
    rolling = start
    for place, delay in enumerate(delays, 1):
        is_last = place == len(delays)
        length = delay["duration"] if is_last else delays[place]["delay"] - delay["delay"]
        day, end = horizon(rolling, 0), horizon(rolling, length)
        turn = 0
        while day < end:
            if day.weekday() < 5:
                value += counts.get((place, turn), 0)
                turn += 1
            found.append((day, value))
            if len(found) == MOST_DAYS:
                return found
            day += timedelta(days=1)
        rolling = end
    return found


_SCHEDULE_SCHEMA: Schema = {
    "type": ["object", "null"],
    "properties": {
        "begin_date": {"type": "string", "format": "date"},
        "end_date": {"type": "string", "format": "date"},
        "percent": WHOLE,
    },
}
_COUNTS_SCHEMA: Schema = {
    "type": "object",
    "properties": {"assigned": WHOLE, "ok": WHOLE, "error": WHOLE},
}

STATISTICS: tuple[Any, ...] = (
    _two_kinds(
        "deployments/enabled",
        "Deployments / Enabled",
        "enabled",
        "t.enabled",
        {True: "Enabled", False: "Disabled"},
    ),
    _two_kinds(
        "deployments/schedule",
        "Deployments / Schedule",
        "schedule",
        "t.schedule_id IS NULL",
        SCHEDULE_NAMES,
    ),
    _two_kinds(
        "deployments/enabled/project",
        "Enabled Deployments",
        "schedule",
        "t.schedule_id IS NULL",
        SCHEDULE_NAMES,
        "t.enabled",
    ),
    _computers("assigned", "List the computers assigned to a deployment", ASSIGNED),
    _computers(
        "status/ok",
        "List the computers on which a deployment went well",
        _RESULTS.format(is_ok="true"),
    ),
    _computers(
        "status/error",
        "List the computers on which a deployment went wrong",
        _RESULTS.format(is_ok="false"),
    ),
    Statistic(
        "deployments/{id}/timeline",
        "Tell how far a deployment is",
        {
            "type": "object",
            "properties": {"computers": _COUNTS_SCHEMA, "schedule": _SCHEDULE_SCHEMA},
            "required": ["computers", "schedule"],
        },
        _timeline,
        errors=(400,),
    ),
    Statistic(
        "deployments/{id}/computers/delay",
        "Count the computers that a scheduled deployment reaches, by day",
        SERIES,
        _delay,
        errors=(400,),
    ),
)
