"""Uploads of packagers who still speak protocol 4. Contract: agent-v4 6."""

from typing import Any

from migas_tornado.db import transaction
from migas_tornado.enrolment.projects import Project, Projects
from migas_tornado.errors import InvalidDataError, NotFoundError
from migas_tornado.legacy.calls import checked_object, checked_text, text_member
from migas_tornado.legacy.codes import Code, RefusedCallError
from migas_tornado.legacy.projects import project_name
from migas_tornado.repositories.stale import mark_stale
from migas_tornado.repositories.store import UploadedFile, check_relative_path
from migas_tornado.repositories.uploads import (
    NAME_LENGTH,
    Destination,
    Uploads,
    base_name,
    renew_repositories,
)

PATH_LENGTH = 1000


async def take_upload(
    command: str,
    data: Any,
    file: UploadedFile | None,
    projects: Projects,
    uploads: Uploads,
    *,
    may_replace: bool,
) -> None:
    """Take a file to where a packager wants it.

    Args:
        command: `upload_server_package` or `upload_server_set`.
        data: what it goes with.
        file: the file, if one was sent.
        projects: where the project is looked up.
        uploads: takes it.
        may_replace: whether it may replace another package of the same name; who uploads is not
            known, as all packagers share a key.

    Raises:
        RefusedCallError: the project does not exist, or something is missing.
        InvalidDataError: the file is no package, or its name or path cannot be used.
        ConflictError: it would replace another package, and must not.
    """
    facts = checked_object(data)
    project = await _project(facts, projects)
    shelf = text_member(facts, "store", NAME_LENGTH).strip()
    if file is None:
        raise RefusedCallError(Code.GENERIC, "No package was sent.")
    if "\\" in file.name:
        raise InvalidDataError({"file": ["A file name without separators is expected."]})
    if command == "upload_server_set":
        destination = Destination(
            project,
            shelf,
            package_set=base_name(facts.get("packageset")),
            directory=check_relative_path(text_member(facts, "path", PATH_LENGTH)),
            keeps_content=not may_replace,
        )
        await uploads.add_to_set(file, destination)
    elif facts.get("source"):
        await uploads.add_file(file, Destination(project, shelf))
    else:
        await uploads.add_package(file, Destination(project, shelf, keeps_content=not may_replace))


async def create_repositories(data: Any, projects: Projects) -> None:
    """Renew the repositories that have a package or a set; it may be none's.

    Raises:
        RefusedCallError: the project does not exist, or nothing is named.
    """
    facts = checked_object(data)
    project = await _project(facts, projects)
    name = base_name(checked_text(facts.get("packageset")))
    try:
        await renew_repositories(project, name)
    except NotFoundError:
        # Contract agent-v4 6: a full name first, then a set, then the name within packages.
        async with transaction() as database:
            rows = await database.fetch(
                "SELECT id FROM core_package WHERE project_id = $1 AND name = $2 "
                "AND store_id IS NOT NULL",
                project.id,
                name,
            )
            await mark_stale(database, packages=[row["id"] for row in rows])


async def _project(facts: dict[str, Any], projects: Projects) -> Project:
    project = await projects.find(project_name(facts))
    if project is None:
        raise RefusedCallError(Code.PROJECT_NOT_FOUND)
    return project
