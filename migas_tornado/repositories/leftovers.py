"""Repositories that no deployment has any more: out of sight at once, then off the disk.

Another deployment may get the same name at any moment. So who builds under a name holds its lock,
and who removes what has the name holds it too, while it asks whether a deployment has the name.
Contract: repositories 4.1, 9.
"""

import asyncio
import logging
from pathlib import Path

from migas_tornado.db import Connection, connection
from migas_tornado.errors import MigasError
from migas_tornado.repositories.removal import delete_hidden
from migas_tornado.repositories.served import hide

log = logging.getLogger(__name__)

NAME_LOCK_SPACE = 0x6D67726E
"""First key of the advisory lock on the path of a repository."""

_TRY_LOCK = "SELECT pg_try_advisory_xact_lock($1, hashtext($2))"

_IS_USED = """
    SELECT EXISTS (
        SELECT FROM core_deployment d
        JOIN core_project p ON p.id = d.project_id
        WHERE p.slug = $1 AND d.slug = $2 AND d.source = 'I'
    )
"""

_running: set[asyncio.Task[None]] = set()


def remove_repository(public_dir: Path, pms: str, project: str, deployment: str) -> None:
    """Remove the repository of a deployment that is gone, in the background.

    What is not removed now, because the server stops, is found after a later build of the project.
    """
    task = asyncio.get_running_loop().create_task(_remove(public_dir, pms, project, deployment))
    _running.add(task)
    task.add_done_callback(_running.discard)


async def hide_unused(
    database: Connection, public_dir: Path, pms: str, project: str, deployment: str
) -> None:
    """Take a repository out of sight, and have it deleted, unless a deployment has its name.

    Args:
        database: outside of a transaction.
        public_dir: the root of what is served.
        pms: name of the package management system.
        project: slug.
        deployment: slug.

    Raises:
        InvalidDataError: a slug cannot be part of a path.
        OSError: it cannot be taken out of sight.
    """
    async with database.transaction():
        # Somebody who builds under the name, or removes it too, needs no help.
        if not await database.fetchval(_TRY_LOCK, NAME_LOCK_SPACE, f"{project}/{deployment}"):
            return
        if await database.fetchval(_IS_USED, project, deployment):
            return
        hidden = await asyncio.to_thread(hide, public_dir, pms, project, deployment)
    delete_hidden(hidden)


async def _remove(public_dir: Path, pms: str, project: str, deployment: str) -> None:
    try:
        async with connection() as database:
            await hide_unused(database, public_dir, pms, project, deployment)
    except MigasError as error:
        log.error("repository not removed: %s/%s: %s", project, deployment, error)
    except Exception:
        log.exception("repository not removed: %s/%s", project, deployment)
