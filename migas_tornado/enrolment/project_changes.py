"""What a change of a project or platform by an administrator brings about.

Contract: admin-api 5.4, data-model 3.5, 3.6.
"""

import re
from functools import partial
from pathlib import Path

from migas_tornado.bus import Channel, tell
from migas_tornado.db import Connection
from migas_tornado.enrolment.project_names import RESERVED, is_reserved
from migas_tornado.errors import ConflictError, InvalidDataError
from migas_tornado.repositories.naming import slug_of
from migas_tornado.repositories.removal import make_directory, remove_directory
from migas_tornado.repositories.stale import mark_stale
from migas_tornado.resources.changes import Change

_ARCHITECTURES = re.compile(r"[A-Za-z0-9_()-]+(\s+[A-Za-z0-9_()-]+)*")
_DEPENDANTS = """
    SELECT (SELECT count(*) FROM client_computer WHERE project_id = $1) AS computers,
        (SELECT count(*) FROM core_deployment WHERE project_id = $1) AS deployments,
        (SELECT count(*) FROM core_package WHERE project_id = $1 AND store_id IS NOT NULL)
            AS packages
"""


async def check_project(change: Change) -> None:
    """Refuse names and architectures that cannot be used, and name the directories.

    Computers name their project in each message, and their lists of sources name its directory:
    a name in use does not change.

    Raises:
        InvalidDataError: the name or architecture cannot be used, or the name is taken.
        ConflictError: the name would change under computers, packages or deployments.
    """
    if change.changes("architecture") and not _ARCHITECTURES.fullmatch(
        change.values["architecture"]
    ):
        raise InvalidDataError(
            {"architecture": ["Names of architectures are expected, with blanks between them."]}
        )
    if not change.changes("name"):
        return
    name = change.values["name"]
    if any(character.isspace() for character in name):
        raise InvalidDataError({"name": ["A project's name has no blanks."]})
    if is_reserved(name):
        raise InvalidDataError({"name": [RESERVED]})
    slug = change.values["slug"] = slug_of(name)
    if await change.database.fetchval(
        "SELECT EXISTS (SELECT FROM core_project WHERE slug = $1 AND id IS DISTINCT FROM $2)",
        slug,
        change.key,
    ):
        raise InvalidDataError("Project slug already exists")
    if not change.is_new:
        await _refuse_if_used(change.database, change.key, "renamed")


async def project_saved(change: Change) -> None:
    """Make the directories of a project, renew its repositories, and have it looked up again."""
    public_dir = change.settings.public_dir
    tell(change.database, Channel.PROJECTS)
    if change.changes("slug"):
        root = public_dir / change.value("slug")
        if not change.is_new:
            old = public_dir / change.before["slug"]
            change.after_commit.append(partial(_rename, old, root))
        change.after_commit += [
            partial(make_directory, root / name, public_dir) for name in ("repos", "stores")
        ]
    if not change.is_new and change.changes("pms", "architecture"):
        rows = await change.database.fetch(
            "SELECT id FROM core_deployment WHERE project_id = $1", change.key
        )
        await mark_stale(change.database, deployments=[row["id"] for row in rows])


async def removing_project(change: Change) -> None:
    """Remove the files of a project that nothing depends on.

    Raises:
        ConflictError: it has computers, deployments or stored packages.
    """
    await _refuse_if_used(change.database, change.key, "deleted")
    root = change.settings.public_dir / change.before["slug"]
    change.after_commit.append(partial(remove_directory, root))
    tell(change.database, Channel.PROJECTS)


async def platform_saved(change: Change) -> None:
    """Have projects looked up again: they are remembered with the name of their platform."""
    tell(change.database, Channel.PROJECTS)


async def removing_platform(change: Change) -> None:
    """Refuse to delete a platform that has projects.

    Raises:
        ConflictError: it has.
    """
    count = await change.database.fetchval(
        "SELECT count(*) FROM core_project WHERE platform_id = $1", change.key
    )
    if count:
        raise ConflictError(f"This platform cannot be deleted: {count} projects depend on it.")


def _rename(old: Path, new: Path) -> None:
    if old.is_dir() and not new.exists():
        old.rename(new)


async def _refuse_if_used(database: Connection, key: int | None, what: str) -> None:
    row = await database.fetchrow(_DEPENDANTS, key)
    used = [f"{count} {name}" for name, count in row.items() if count]
    if used:
        raise ConflictError(f"This project cannot be {what}: {', '.join(used)} depend on it.")
