"""What a change of a store brings about on disk. Contract: repositories 1, 2."""

import asyncio
from functools import partial

from migas_tornado.db import Connection
from migas_tornado.errors import ConflictError, InvalidDataError
from migas_tornado.repositories.naming import name_in_project
from migas_tornado.repositories.removal import make_directory, move_shelf, remove_directory
from migas_tornado.repositories.stale import mark_stale
from migas_tornado.repositories.store import shelf_path
from migas_tornado.resources.changes import Change

_USES = """
    SELECT (SELECT count(*) FROM core_package WHERE store_id = $1) AS packages,
        (SELECT count(*) FROM core_packageset WHERE store_id = $1) AS "package sets"
"""


async def check_store(change: Change) -> None:
    """Name the directory of a store.

    Raises:
        InvalidDataError: the name cannot be used or is taken, or the store would take its packages
            to another project.
    """
    if not change.is_new and change.changes("project") and await _used(change.database, change.key):
        raise InvalidDataError({"project": ["A store with packages stays in its project."]})
    await name_in_project(change)


async def store_saved(change: Change) -> None:
    """Make the directory of a store; of one with another name, move the files.

    The old addresses keep answering by links, and repositories are built with the new ones. The
    files move before the change is certain, which does no harm: both addresses have them.
    """
    if not change.changes("slug", "project"):
        return
    public_dir, slug = change.settings.public_dir, change.value("slug")
    project = await _project_slug(change)
    change.after_commit.append(
        partial(make_directory, shelf_path(public_dir, project, slug), public_dir)
    )
    if change.is_new or change.changes("project"):
        return
    await asyncio.to_thread(move_shelf, public_dir, project, change.before["slug"], slug)
    rows = await change.database.fetch(
        "SELECT id FROM core_package WHERE store_id = $1", change.key
    )
    await mark_stale(change.database, packages=[row["id"] for row in rows])


async def removing_store(change: Change) -> None:
    """Remove the directory of a store that has no packages.

    Raises:
        ConflictError: it has packages or sets.
    """
    if used := await _used(change.database, change.key):
        raise ConflictError(f"This store cannot be deleted: {', '.join(used)} depend on it.")
    project = await _project_slug(change)
    shelf = shelf_path(change.settings.public_dir, project, change.before["slug"])
    change.after_commit.append(partial(remove_directory, shelf))


async def _project_slug(change: Change) -> str:
    return await change.database.fetchval(
        "SELECT slug FROM core_project WHERE id = $1", change.value("project")
    )


async def _used(database: Connection, key: int | None) -> list[str]:
    row = await database.fetchrow(_USES, key)
    return [f"{count} {name}" for name, count in row.items() if count]
