"""Counts the records that links lead to. Contract: admin-api 6.1.

All links are counted by one statement, each with the very condition of the list that it opens, so
that it says what the list will show.
"""

from dataclasses import dataclass
from typing import Any

from migas_tornado.db import Connection
from migas_tornado.models.enumerations import PRODUCTIVE
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.reading import selection
from migas_tornado.resources.registry import RESOURCES
from migas_tornado.resources.relations.asking import Asking, Record
from migas_tornado.resources.relations.links import Link
from migas_tornado.resources.shapes import key_column
from migas_tornado.targeting.deployments import HORIZON

MOST_IDS = 1000
"""Ids that a link names at most; one that leaves some out says so, and counts all."""
PRODUCTIVE_CODES = ",".join(status.value for status in PRODUCTIVE)

_EXCEPT = """
    AND NOT EXISTS (
        SELECT FROM {table}_excluded_attributes x
        JOIN client_computer_sync_attributes s ON s.attribute_id = x.attribute_id
        WHERE x.{kind}_id = {key} AND s.computer_id = t.id
    )
"""
_INCLUDED = """
    EXISTS (
        SELECT FROM {table}_included_attributes i
        JOIN client_computer_sync_attributes s ON s.attribute_id = i.attribute_id
        WHERE i.{kind}_id = {key} AND s.computer_id = t.id
    )
"""
_HELD = f" AND {_INCLUDED} {_EXCEPT}"
# Contract data-model 3.9: what is disabled or starts later reaches nobody, a delay those whose day
# has come; the domain is not considered.
_REACHED = f"""
    AND EXISTS (
        SELECT FROM core_deployment d
        WHERE d.id = {{key}} AND d.project_id = t.project_id
            AND d.enabled AND d.start_date <= current_date
            AND (
                {_INCLUDED}
                OR EXISTS (
                    SELECT FROM core_scheduledelay w
                    CROSS JOIN LATERAL (SELECT w.delay + t.id % w.duration AS days) n
                    JOIN core_scheduledelay_attributes a ON a.scheduledelay_id = w.id
                    JOIN client_computer_sync_attributes s ON s.attribute_id = a.attribute_id
                    WHERE w.schedule_id = d.schedule_id AND s.computer_id = t.id
                        AND {HORIZON} <= current_date
                )
            )
    )
    {_EXCEPT}
"""


@dataclass(frozen=True, slots=True)
class Question:
    """A link of a certain record, with the values of its filters."""

    record: Record
    link: Link
    values: list[Any]


async def counted(
    database: Connection, questions: list[Question], asking: Asking
) -> list[dict[str, Any]]:
    """Return the links that lead to any record, as the dashboard shows them."""
    if not questions:
        return []
    parameters = Parameters()
    counts = [
        _count_sql(place, question, asking, parameters) for place, question in enumerate(questions)
    ]
    rows = await database.fetch(" UNION ALL ".join(counts), *parameters.values)
    found = sorted(rows, key=lambda row: row["place"])
    return [_shown(questions[row["place"]], row, asking) for row in found if row["total"]]


def _count_sql(place: int, question: Question, asking: Asking, parameters: Parameters) -> str:
    link = question.link
    resource = RESOURCES[link.path]
    given: dict[str, Any] = {}
    if not link.targets:
        given = dict(zip(link.filters, question.values, strict=True))
    if link.only_productive:
        given["status__in"] = PRODUCTIVE_CODES
    where = selection(resource, asking.caller, given, asking.zone, parameters).where
    if link.targets:
        key = parameters.add(question.record.key, "bigint")
        table, kind = link.targets.split()
        reached = _REACHED if kind == "deployment" else _HELD
        where += reached.format(table=table, kind=kind, key=key)
    ids = "NULL::bigint[]"
    if link.targets or asking.offered(question.record, resource):
        ids = f"(array_agg(t.{{key}}::bigint ORDER BY t.{{key}}))[1:{MOST_IDS}]"
        ids = ids.replace("{key}", key_column(resource.model))
    return (
        f"SELECT {place} AS place, count(*) AS total, {ids} AS ids "
        f"FROM {resource.model._meta.db_table} t WHERE {where}"
    )


def _shown(question: Question, row: Any, asking: Asking) -> dict[str, Any]:
    link = question.link
    ids = row["ids"] or []
    query: dict[str, Any] = {
        name: ",".join(map(str, value)) if isinstance(value, list) else value
        for name, value in zip(link.query, question.values, strict=True)
    }
    text = link.text
    if link.targets:
        if row["total"] > len(ids):
            text = f"{text} (the first {len(ids)})"
        query = {"id__in": ",".join(map(str, ids))}
    if link.only_productive:
        query["status__in"] = PRODUCTIVE_CODES
    return {
        "api": {"model": link.route, "query": query},
        "text": text,
        "count": row["total"],
        "actions": asking.shown(question.record, RESOURCES[link.path], ids)
        if len(ids) == row["total"]  # not with a part of them, as if it were all
        else [],
    }
