"""Faults and errors that computers report. Contract: agent-v5 6.3, 6.4."""

from datetime import UTC, datetime
from typing import Any

from migas_tornado.bus import Channel, tell
from migas_tornado.db import Connection
from migas_tornado.enrolment.computers import Computer
from migas_tornado.enrolment.projects import Project
from migas_tornado.enrolment.representation import SHOWN, moment, search_text, summary_text
from migas_tornado.settings import Settings


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
        """
        INSERT INTO client_fault
            (created_at, computer_id, fault_definition_id, project_id, result, checked)
        SELECT $1, $2, d.id, $3, w.result, false
        FROM unnest($4::text[], $5::text[]) WITH ORDINALITY AS w (name, result, place)
        JOIN client_faultdefinition d ON d.name = w.name
        ORDER BY w.place
        RETURNING id, created_at, fault_definition_id, result,
            (SELECT name FROM client_faultdefinition d WHERE d.id = fault_definition_id) AS name
        """,
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
    text = search_text(shown, settings)
    return [
        {
            "id": row["id"],
            "__str__": f"{text} ({row['created_at']:%Y-%m-%d %H:%M:%S})",
            "project": {
                "id": project.id,
                "name": project.name,
                "slug": project.slug,
                "pms": project.pms,
                "architecture": project.architecture,
            },
            "computer": {
                "id": computer.id,
                "__str__": text,
                "status": computer.status,
                "summary": summary_text(shown, project),
            },
            "fault_definition": {"id": row["fault_definition_id"], "name": row["name"]},
            "synchronization": None,
            "created_at": moment(row["created_at"], settings.time_zone),
            "checked": False,
            "result": row["result"],
        }
        for row in rows
    ]


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
