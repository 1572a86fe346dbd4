"""How a computer is shown to agents. Contract: agent-v5 5.5 and 7."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from migas_tornado.db import Connection
from migas_tornado.enrolment.projects import Project
from migas_tornado.settings import Settings

SHOWN = """
    SELECT c.*, u.name AS user_name, u.fullname AS user_fullname,
        EXISTS (SELECT FROM client_packagehistory h WHERE h.computer_id = c.id) AS has_inventory
    FROM client_computer c
    LEFT JOIN client_user u ON u.id = c.sync_user_id
    WHERE c.id = $1
"""

ATTRIBUTE = """
    SELECT a.id, a.value, a.description, a.longitude, a.latitude,
        p.id AS property_id, p.prefix, p.sort
    FROM core_attribute a
    JOIN core_property p ON p.id = a.property_att_id
"""


def moment(value: datetime | None, zone: ZoneInfo) -> str | None:
    """Return a time as ISO-8601 in the server's zone, or None."""
    return value.astimezone(zone).isoformat() if value else None


def search_text(row: asyncpg.Record, settings: Settings) -> str:
    """Return the text form of a computer: by its search field, with its CID."""
    field = settings.computer_search_field
    return f"CID-{row['id']}" if field == "id" else f"{row[field]} (CID-{row['id']})"


def user_text(name: str, fullname: str | None) -> str:
    """Return the text form of a person seen on a computer."""
    return f"{name} ({fullname})" if fullname else name


def summary_text(row: asyncpg.Record, project: Project) -> str:
    """Return status, project, address and user in one line."""
    user = user_text(row["user_name"], row["user_fullname"]) if row["user_name"] else None
    return f"{row['status']}, {project.name}, {row['ip_address']}, {user}"


def attribute(row: asyncpg.Record) -> dict[str, Any]:
    """Return an attribute with its property, as nested in other answers."""
    return {
        "id": row["id"],
        "property_att": {"id": row["property_id"], "prefix": row["prefix"], "sort": row["sort"]},
        "value": row["value"],
        "description": row["description"],
        "latitude": row["latitude"],
        "longitude": row["longitude"],
    }


async def computer_object(
    database: Connection, key: int, project: Project, settings: Settings, site: str
) -> dict[str, Any]:
    """Return everything about a computer.

    Args:
        database: connection.
        key: id of the computer.
        project: its project.
        settings: for the zone and the search field.
        site: scheme and host of the request, for the absolute URLs.
    """
    row = await database.fetchrow(SHOWN, key)
    tags = await database.fetch(
        ATTRIBUTE + "JOIN client_computer_tags t ON t.serverattribute_id = a.id "
        "WHERE t.computer_id = $1 ORDER BY p.prefix, a.value",
        key,
    )
    user = None
    if row["sync_user_id"]:
        text = user_text(row["user_name"], row["user_fullname"])
        user = {"id": row["sync_user_id"], "name": row["user_name"], "__str__": text}
    software = f"{site}/api/v1/token/computers/{key}/software"
    return {
        "id": key,
        "uuid": row["uuid"],
        "name": row["name"],
        "project": {
            "id": project.id,
            "name": project.name,
            "slug": project.slug,
            "platform": {"id": project.platform_id, "name": project.platform},
        },
        "status": row["status"],
        "product": row["product"],
        "product_system": row["product_system"],
        "created_at": moment(row["created_at"], settings.time_zone),
        "last_hardware_capture": moment(row["last_hardware_capture"], settings.time_zone),
        "sync_user": user,
        "sync_end_date": moment(row["sync_end_date"], settings.time_zone),
        "__str__": search_text(row, settings),
        "summary": summary_text(row, project),
        "fqdn": row["fqdn"],
        "ip_address": row["ip_address"],
        "forwarded_ip_address": row["forwarded_ip_address"],
        "tags": [attribute(tag) for tag in tags],
        "software_inventory": f"{software}/inventory/",
        "software_history": f"{software}/history/",
        "has_software_inventory": row["has_inventory"],
        "machine": row["machine"],
        "cpu": row["cpu"],
        "architecture": row["architecture"],
        "ram": row["ram"],
        "storage": row["storage"],
        "disks": row["disks"],
        "mac_address": row["mac_address"],
        "comment": row["comment"],
    }


async def label(database: Connection, key: int, settings: Settings) -> dict[str, Any]:
    """Return what is printed on the label of a computer."""
    row = await database.fetchrow(SHOWN, key)
    return {
        "uuid": row["uuid"],
        "name": row["name"],
        "search": search_text(row, settings),
        "helpdesk": settings.helpdesk,
    }


INFO_FIELDS = (
    "fqdn",
    "mac_address",
    "ip_address",
    "cpu",
    "architecture",
    "ram",
    "storage",
    "disks",
    "product",
    "product_system",
)


async def info(database: Connection, key: int, settings: Settings) -> dict[str, Any]:
    """Return what a person at the computer may want to know of it."""
    row = await database.fetchrow(SHOWN, key)
    return {
        "uuid": row["uuid"],
        "name": row["name"],
        "search": search_text(row, settings),
        "status": row["status"],
        "sync_end_date": moment(row["sync_end_date"], settings.time_zone),
        **{field: row[field] for field in INFO_FIELDS},
        "helpdesk": settings.helpdesk,
    }
