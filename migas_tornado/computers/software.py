"""The packages of a computer, as administrators see them.

Contract: admin-api 5.10, data-model 4.6.
"""

from datetime import UTC, datetime
from typing import Any

from migas_tornado.db import Connection
from migas_tornado.errors import InvalidDataError

_PRESENT = """
    h.computer_id = $1 AND h.uninstall_date IS NULL AND h.package_id = p.id
    AND p.project_id = (SELECT project_id FROM client_computer WHERE id = $1)
"""

_INVENTORY = f"""
    SELECT p.id, p.fullname AS name
    FROM client_packagehistory h, core_package p
    WHERE {_PRESENT}
    ORDER BY p.fullname, p.id
"""  # noqa: S608

_HISTORY = """
    SELECT e.moment, p.id, p.fullname AS name, e.mode
    FROM client_packagehistory h
    JOIN core_package p ON p.id = h.package_id
    CROSS JOIN LATERAL (VALUES (h.install_date, '+'), (h.uninstall_date, '-')) AS e (moment, mode)
    WHERE h.computer_id = $1 AND e.moment IS NOT NULL
    ORDER BY date_trunc('second', e.moment) DESC, p.fullname, e.mode
"""

_FORGET_HASH = "UPDATE client_computer SET inventory_hash = NULL WHERE id = $1"
"""Lets the next software list be read although it may be the same as the last one."""


async def inventory(database: Connection, key: int) -> list[dict[str, Any]]:
    """Return the packages that are now on a computer, by file name."""
    return [dict(row) for row in await database.fetch(_INVENTORY, key)]


async def history(database: Connection, key: int) -> dict[str, list[dict[str, Any]]]:
    """Return what came (`+`) and went (`-`), by second in UTC, newest first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in await database.fetch(_HISTORY, key):
        second = f"{row['moment'].astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
        event = {"id": row["id"], "name": row["name"], "mode": row["mode"]}
        found.setdefault(second, []).append(event)
    return found


async def delete_inventory(database: Connection, key: int) -> None:
    """Delete the history of the packages that are now on a computer."""
    await database.execute(
        f"DELETE FROM client_packagehistory h USING core_package p WHERE {_PRESENT}",  # noqa: S608
        key,
    )
    await database.execute(_FORGET_HASH, key)


async def delete_history(database: Connection, key: int, second: datetime | None) -> None:
    """Delete the package history of a computer.

    Args:
        database: connection inside a transaction.
        key: the computer.
        second: only of packages that came or went then; None for everything.
    """
    await database.execute(
        """
        DELETE FROM client_packagehistory
        WHERE computer_id = $1
            AND (
                $2::timestamptz IS NULL
                OR date_trunc('second', install_date) = $2
                OR date_trunc('second', uninstall_date) = $2
            )
        """,
        key,
        second,
    )
    await database.execute(_FORGET_HASH, key)


def second_of(text: str) -> datetime | None:
    """Return the moment that a key of the history names, None for all of them.

    Raises:
        InvalidDataError: it is no such key.
    """
    if text in ("", "null"):
        return None
    try:
        parsed = datetime.fromisoformat(text.replace(" ", "+"))
        parsed = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidDataError({"key": ["Enter a valid date/time."]}) from error
    return parsed.replace(microsecond=0)
