"""Faults and errors that computers report. Contract: agent-v5 6.3, 6.4."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from migas_tornado.bus import Channel, tell
from migas_tornado.db import Connection
from migas_tornado.enrolment.computers import Computer
from migas_tornado.enrolment.projects import Project
from migas_tornado.enrolment.representation import SHOWN, moment, search_text, summary_text
from migas_tornado.settings import Settings

_ADD_FAULTS = """
    INSERT INTO client_fault
        (created_at, computer_id, fault_definition_id, project_id, result, checked)
    SELECT $1, $2, d.id, $3, w.result, false
    FROM unnest($4::text[], $5::text[]) WITH ORDINALITY AS w (name, result, place)
    JOIN client_faultdefinition d ON d.name = w.name
    ORDER BY w.place
    RETURNING id, created_at, fault_definition_id, result,
        (SELECT name FROM client_faultdefinition d WHERE d.id = fault_definition_id) AS name
"""


async def report_faults(
    database: Connection,
    computer: Computer,
    project: Project,
    results: dict[str, str],
    settings: Settings,
) -> list[dict[str, Any]]:
    """Store the faults that a computer found and return them.

    Args:
        database: connection inside a transaction.
        computer: the computer.
        project: its project.
        results: name of the definition -> what its code printed; unknown names and empty texts
            are passed over.
        settings: for the zone and the search field.
    """
    found = {name: result for name, result in results.items() if result}
    if not found:
        return []
    rows = await database.fetch(
        _ADD_FAULTS,
        datetime.now(UTC),
        computer.id,
        project.id,
        list(found),
        list(found.values()),
    )
    if not rows:
        return []
    keys = [row["id"] for row in rows]
    tell(database, Channel.RECORDS, kind="faults", change="created", ids=keys)
    shown = await database.fetchrow(SHOWN, computer.id)
    of_all = {
        "project": {
            "id": project.id,
            "name": project.name,
            "slug": project.slug,
            "pms": project.pms,
            "architecture": project.architecture,
        },
        "computer": {
            "id": computer.id,
            "__str__": search_text(shown, settings),
            "status": computer.status,
            "summary": summary_text(shown, project),
        },
    }
    return [_fault_object(row, of_all, settings.time_zone) for row in rows]


def _fault_object(row: asyncpg.Record, of_all: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Return a fault as the administrative API shows it, in the order of its members."""
    text = of_all["computer"]["__str__"]
    return {
        "id": row["id"],
        "__str__": f"{text} ({row['created_at']:%Y-%m-%d %H:%M:%S})",
        **of_all,
        "fault_definition": {"id": row["fault_definition_id"], "name": row["name"]},
        "synchronization": None,
        "created_at": moment(row["created_at"], zone),
        "checked": False,
        "result": row["result"],
    }


async def report_error(
    database: Connection,
    computer: Computer,
    project: Project,
    description: str,
    settings: Settings,
) -> dict[str, Any]:
    """Store an error that a computer reports and return it."""
    now = datetime.now(UTC)
    text = description.replace("\r\n", "\n").strip()
    key = await database.fetchval(
        "INSERT INTO client_error (created_at, computer_id, project_id, description, checked) "
        "VALUES ($1, $2, $3, $4, false) RETURNING id",
        now,
        computer.id,
        project.id,
        text,
    )
    tell(database, Channel.RECORDS, kind="errors", change="created", ids=[key])
    return {
        "id": key,
        "created_at": moment(now, settings.time_zone),
        "description": text,
        "checked": False,
        "computer": computer.id,
        "project": project.id,
        "synchronization": None,
    }
