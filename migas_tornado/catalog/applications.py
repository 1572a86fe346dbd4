"""Applications that a computer may install. Contract: agent-v5 10."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from migas_tornado.catalog.attributes import attributes_by
from migas_tornado.db import Connection
from migas_tornado.enrolment.computers import Computer
from migas_tornado.enrolment.representation import moment
from migas_tornado.languages import translate
from migas_tornado.targeting.deployments import lines

LEVELS = {"U": "User", "A": "Admin"}

_APPLICATIONS = """
    SELECT a.id, a.name, a.description, a.created_at, a.score, a.icon, a.level,
        c.id AS category_id, c.name AS category
    FROM app_catalog_application a
    JOIN app_catalog_category c ON c.id = a.category_id
    WHERE EXISTS (
            SELECT FROM app_catalog_application_available_for_attributes l
            JOIN client_computer_sync_attributes s ON s.attribute_id = l.attribute_id
            WHERE l.application_id = a.id AND s.computer_id = $1
        )
        AND EXISTS (
            SELECT FROM app_catalog_packagesbyproject b
            WHERE b.application_id = a.id AND b.project_id = $2
        )
        AND ($3::int IS NULL OR a.category_id = $3)
        AND ($4 = '' OR a.level = $4)
        AND ($5 = '' OR strpos(lower(a.name), lower($5)) > 0
            OR strpos(lower(a.description), lower($5)) > 0)
    ORDER BY a.score DESC, a.name
"""

_PACKAGES = """
    SELECT b.id, b.application_id, b.packages_to_install, p.id AS project_id, p.name AS project
    FROM app_catalog_packagesbyproject b
    JOIN core_project p ON p.id = b.project_id
    WHERE b.application_id = ANY($1::int[])
    ORDER BY p.name
"""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person looks for; empty means all."""

    category_id: int | None = None
    level: str = ""
    text: str = ""


async def categories(database: Connection) -> list[dict[str, Any]]:
    """Return the shelves of the catalogue, by name."""
    rows = await database.fetch("SELECT id, name FROM app_catalog_category ORDER BY name")
    return [dict(row) for row in rows]


async def available_applications(
    database: Connection, computer: Computer, choice: Choice, zone: ZoneInfo, language: str
) -> list[dict[str, Any]]:
    """Return the applications that a computer may install, best score first.

    Args:
        database: connection.
        computer: the computer.
        choice: what a person looks for.
        zone: in which times are told.
        language: in which levels are called.
    """
    rows = await database.fetch(
        _APPLICATIONS,
        computer.id,
        computer.project_id,
        choice.category_id,
        choice.level,
        choice.text,
    )
    keys = [row["id"] for row in rows]
    packages: dict[int, list[dict[str, Any]]] = {key: [] for key in keys}
    for row in await database.fetch(_PACKAGES, keys):
        packages[row["application_id"]].append(
            {
                "id": row["id"],
                "application": {"id": row["application_id"]},
                "project": {"id": row["project_id"], "name": row["project"]},
                "packages_to_install": lines(row["packages_to_install"]),
            }
        )
    attributes = await attributes_by(
        database, "app_catalog_application_available_for_attributes", "application_id", keys
    )
    return [
        {
            "id": row["id"],
            "level": {"id": row["level"], "name": _level_name(row["level"], language)},
            "category": {"id": row["category_id"], "name": row["category"]},
            "packages_by_project": packages[row["id"]],
            "available_for_attributes": attributes[row["id"]],
            "name": row["name"],
            "description": row["description"],
            "created_at": moment(row["created_at"], zone),
            "score": row["score"],
            "icon": f"/public/{row['icon']}" if row["icon"] else None,
        }
        for row in rows
    ]


def _level_name(code: str, language: str) -> str:
    return translate(LEVELS.get(code, code), language)
