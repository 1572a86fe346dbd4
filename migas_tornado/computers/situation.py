"""Where a computer stood, and when it was last heard. Contract: admin-api 5.10, data-model 4.3."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from migas_tornado.db import Connection
from migas_tornado.enrolment.representation import moment, user_text
from migas_tornado.errors import InvalidDataError
from migas_tornado.models.attributes import Attribute
from migas_tornado.resources.declared.attributes import FEATURES
from migas_tornado.resources.filters import day
from migas_tornado.resources.reading import read_records
from migas_tornado.resources.shapes import View

_PROJECT = """
    SELECT p.id, p.name, p.slug, p.pms, p.architecture, t.id AS platform_id, t.name AS platform
    FROM client_migration m
    JOIN core_project p ON p.id = m.project_id
    JOIN core_platform t ON t.id = p.platform_id
    WHERE m.computer_id = $1 AND m.created_at < $2
    ORDER BY m.created_at DESC, m.id DESC
    LIMIT 1
"""
_STATUS = """
    SELECT status FROM client_statuslog
    WHERE computer_id = $1 AND created_at < $2
    ORDER BY created_at DESC, id DESC
    LIMIT 1
"""


def end_of(text: str, zone: ZoneInfo) -> datetime:
    """Return the moment at which a day ends in a zone; now for an empty text.

    Raises:
        InvalidDataError: it is no date.
    """
    if not text:
        return datetime.now(UTC)
    try:
        following = day(text) + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise InvalidDataError({"date": ["Enter a valid date."]}) from error
    return _midnight(following, zone)


def _midnight(one: date, zone: ZoneInfo) -> datetime:
    try:
        return datetime(one.year, one.month, one.day, tzinfo=zone).astimezone(UTC)
    except OverflowError as error:
        raise InvalidDataError({"date": ["Enter a valid date."]}) from error


async def situation(database: Connection, key: int, until: datetime) -> dict[str, Any]:
    """Return platform, project and status of a computer at a moment, as far as they are known."""
    found: dict[str, Any] = {}
    project = await database.fetchrow(_PROJECT, key, until)
    if project is not None:
        names = ("id", "name", "slug", "pms", "architecture")
        found["platform"] = {"id": project["platform_id"], "name": project["platform"]}
        found["project"] = {name: project[name] for name in names}
    status = await database.fetchval(_STATUS, key, until)
    if status is not None:
        found["status"] = status
    return found


async def unchecked(database: Connection, table: str, key: int) -> dict[str, int]:
    """Return how many errors or faults a computer has, and how many nobody looked at.

    Args:
        database: connection.
        table: `client_error` or `client_fault`.
        key: the computer.
    """
    row = await database.fetchrow(
        f"SELECT count(*) FILTER (WHERE NOT checked) AS unchecked, count(*) AS total "  # noqa: S608
        f"FROM {table} WHERE computer_id = $1",
        key,
    )
    return dict(row)


async def last_synchronization(
    database: Connection, key: int, view: View, zone: ZoneInfo
) -> dict[str, Any]:
    """Return when and for whom a computer last synchronized, and its attributes.

    Args:
        database: connection.
        key: the computer.
        view: who asks; the computers that he sees are counted for each attribute.
        zone: the server's.
    """
    row = await database.fetchrow(
        "SELECT c.sync_start_date, c.sync_end_date, u.id, u.name, u.fullname "
        "FROM client_computer c LEFT JOIN client_user u ON u.id = c.sync_user_id WHERE c.id = $1",
        key,
    )
    user = None
    if row["id"] is not None:
        text = user_text(row["name"], row["fullname"])
        user = {"id": row["id"], "name": row["name"], "fullname": row["fullname"], "__str__": text}
    return {
        "sync_start_date": moment(row["sync_start_date"], zone),
        "sync_end_date": moment(row["sync_end_date"], zone),
        "sync_user": user,
        "sync_attributes": await _attributes(database, key, view),
    }


async def _attributes(database: Connection, key: int, view: View) -> list[dict[str, Any]]:
    """Return the attributes of a computer as features, tags among them."""
    rows = await database.fetch(
        """
        SELECT s.attribute_id FROM client_computer_sync_attributes s
        JOIN core_attribute a ON a.id = s.attribute_id
        JOIN core_property p ON p.id = a.property_att_id
        WHERE s.computer_id = $1
        ORDER BY p.prefix, a.value
        """,
        key,
    )
    keys = [row["attribute_id"] for row in rows]
    return list(map(json.loads, await read_records(database, Attribute, FEATURES.read, keys, view)))
