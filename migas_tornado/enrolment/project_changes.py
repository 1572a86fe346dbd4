"""What a change of a project or platform by an administrator brings about.

Contract: admin-api 5.4, data-model 3.5, 3.6.
"""

import logging
import re
from functools import partial

from migas_tornado.attributes.renaming import rename_attribute
from migas_tornado.bus import Channel, tell
from migas_tornado.db import before_rollback
from migas_tornado.enrolment.former_names import (
    former_owner,
    former_slugs,
    keep_former_name,
    lock_names,
    taken_text,
)
from migas_tornado.enrolment.project_names import RESERVED, is_reserved
from migas_tornado.enrolment.project_places import (
    finish_interrupted_move,
    move_places,
    move_places_back,
    remove_links,
)
from migas_tornado.errors import ConflictError, InvalidDataError, UnavailableError
from migas_tornado.repositories.naming import slug_of
from migas_tornado.repositories.removal import make_directory, remove_directory
from migas_tornado.repositories.stale import mark_stale
from migas_tornado.resources.changes import Change

log = logging.getLogger(__name__)

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
    what a project was called before is taken, too.

    Raises:
        InvalidDataError: the name or architecture cannot be used, or the name is taken.
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
    await lock_names(change.database)
    if await change.database.fetchval(
        "SELECT EXISTS (SELECT FROM core_project WHERE slug = $1 AND id IS DISTINCT FROM $2)",
        slug,
        change.key,
    ):
        raise InvalidDataError("Project slug already exists")
    if owner := await former_owner(change.database, name, slug, change.key):
        raise InvalidDataError({"name": [taken_text(owner)]})


async def project_saved(change: Change) -> None:
    """Make the directories of a project, renew its repositories, and have it looked up again.

    One with another name takes all it has along; what clients know it by goes on leading there.
    """
    public_dir = change.settings.public_dir
    tell(change.database, Channel.PROJECTS)
    if change.changes("slug"):
        root = public_dir / change.value("slug")
        change.after_commit += [
            partial(make_directory, root / name, public_dir) for name in ("repos", "stores")
        ]
    if not change.is_new and change.changes("name", "pms", "architecture"):
        rows = await change.database.fetch(
            "SELECT id FROM core_deployment WHERE project_id = $1", change.key
        )
        await mark_stale(change.database, deployments=[row["id"] for row in rows])
    if not change.is_new and change.changes("name"):
        await _rename(change)


async def removing_project(change: Change) -> None:
    """Remove the files of a project that nothing depends on.

    Raises:
        ConflictError: it has computers, deployments or stored packages.
    """
    row = await change.database.fetchrow(_DEPENDANTS, change.key)
    used = [f"{count} {name}" for name, count in row.items() if count]
    if used:
        raise ConflictError(f"This project cannot be deleted: {', '.join(used)} depend on it.")
    settings, slug = change.settings, change.before["slug"]
    former = await former_slugs(change.database, change.key) - {slug}
    change.after_commit += [
        partial(remove_directory, settings.public_dir / slug),
        partial(remove_links, settings, former),
    ]
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


async def _rename(change: Change) -> None:
    """Keep the former name, and move attribute, files and keys to the new one.

    The files move before the change is certain: both names have them, and until then everybody uses
    the old one. A change that fails moves them back.
    """
    database, settings, key = change.database, change.settings, change.key
    old, new = change.before["slug"], change.value("slug")
    before = await former_slugs(database, key)
    await keep_former_name(database, key, change.before["name"], old, change.value("name"))
    await rename_attribute(database, "PRJ", change.before["name"], change.value("name"))
    if new == old:
        return
    finish_interrupted_move(settings, old, new)
    make_directory(settings.public_dir / old, settings.public_dir)
    before_rollback(database, partial(move_places_back, settings, old, new, before))
    try:
        move_places(settings, old, new, {*before, old})
    except OSError as error:
        log.error("project not moved: slug=%s to=%s: %s", old, new, error)
        raise UnavailableError(
            f"The files of the project could not be moved: {error.strerror}."
        ) from error
