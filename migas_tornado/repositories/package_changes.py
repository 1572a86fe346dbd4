"""Packages as administrators manage them. Contract: repositories 2, 3, 4.1."""

from dataclasses import dataclass
from functools import partial

from migas_tornado.accounts.callers import Caller
from migas_tornado.db import Connection
from migas_tornado.errors import InvalidDataError
from migas_tornado.repositories.removal import remove_file
from migas_tornado.repositories.stale import mark_stale
from migas_tornado.repositories.store import content_path, shelf_path
from migas_tornado.resources.changes import Change
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.visibility import by_project

_FILE = """
    SELECT p.fullname, j.slug AS project, s.slug AS store, f.sha256
    FROM core_package p
    JOIN core_project j ON j.id = p.project_id
    JOIN core_store s ON s.id = p.store_id
    LEFT JOIN core_packagefile f ON f.package_id = p.id
    WHERE p.id = $1
    FOR UPDATE OF p
"""

_FORGET = (
    "DELETE FROM core_deployment_available_packages WHERE package_id = $1",
    "DELETE FROM core_packageset_packages WHERE package_id = $1",
    "DELETE FROM core_packagefile WHERE package_id = $1",
    "UPDATE core_package SET store_id = NULL WHERE id = $1",
)


async def removing_package(change: Change) -> None:
    """Remove the file of a package, and renew the repositories that had it.

    The record of a package that any computer ever had stays, as known from inventories only. The
    content stays in the store until nothing needs it any more, which a job finds out.
    """
    database = change.database
    row = await database.fetchrow(_FILE, change.key)
    await mark_stale(database, packages=[change.key])
    if row is not None:
        settings = change.settings
        shelf = shelf_path(settings.public_dir, row["project"], row["store"])
        content = content_path(settings.store_dir, row["sha256"]) if row["sha256"] else None
        change.after_commit.append(partial(remove_file, shelf, row["fullname"], content))
    if await database.fetchval(
        "SELECT EXISTS (SELECT FROM client_packagehistory WHERE package_id = $1)", change.key
    ):
        for statement in _FORGET:
            await database.execute(statement, change.key)
        change.stays = True


async def orphans(database: Connection, caller: Caller) -> list[int]:
    """Return the stored packages that the caller sees and that are in no deployment."""
    parameters = Parameters()
    visible = by_project("project_id")(caller, parameters) or "true"
    rows = await database.fetch(
        f"""
        SELECT t.id FROM core_package t
        WHERE t.store_id IS NOT NULL AND {visible}
            AND NOT EXISTS (
                SELECT FROM core_deployment_available_packages d WHERE d.package_id = t.id
            )
        ORDER BY t.fullname, t.id
        """,  # noqa: S608
        *parameters.values,
    )
    return [row["id"] for row in rows]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an upload belongs."""

    project: str
    """Name of the project."""
    store: str
    """Name of the store."""


async def destination_of(database: Connection, caller: Caller, store: int) -> Place:
    """Return the place of a store that the caller sees.

    Raises:
        InvalidDataError: there is no such store.
    """
    parameters = Parameters()
    key = parameters.add(store, "bigint")
    visible = by_project("project_id")(caller, parameters) or "true"
    row = None
    if 0 < store < 2**31:
        row = await database.fetchrow(
            "SELECT p.name AS project, t.name AS store FROM core_store t "  # noqa: S608
            f"JOIN core_project p ON p.id = t.project_id WHERE t.id = {key} AND {visible}",
            *parameters.values,
        )
    if row is None:
        raise InvalidDataError({"store": [f'Invalid pk "{store}" - object does not exist.']})
    return Place(**row)
