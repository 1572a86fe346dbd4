"""Registration of projects by their first computer, and of packagers. Contract: agent-v5 3."""

import asyncpg

from migas_tornado.accounts.authentication import authenticate
from migas_tornado.db import Connection, transaction
from migas_tornado.enrolment.projects import Project, Projects
from migas_tornado.errors import ForbiddenError, InvalidDataError
from migas_tornado.events import notify
from migas_tornado.keys.pairs import KeyPair, KeyRing
from migas_tornado.pms import systems
from migas_tornado.slugs import slugify

NAME_LENGTH = 50
ARCHITECTURE_LENGTH = 20
FORBIDDEN = "You do not have permission to perform this action."


async def enrol_in_project(
    fields: dict[str, str], address: str, *, projects: Projects, keys: KeyRing, autoregister: bool
) -> KeyPair:
    """Return the key pair that the computers of a project share, making the project if allowed.

    Args:
        fields: `username`, `password`, `project`, `platform`, `pms`, `architecture`.
        address: where the request came from, for the notification.
        projects: where the project is looked up.
        keys: where its key is kept.
        autoregister: whether anybody may make projects.

    Raises:
        InvalidDataError: unknown package management system (as `error`), or a bad new project.
        ForbiddenError: the project, or this server, does not take computers without credentials.
    """
    if fields.get("pms") not in systems():
        raise InvalidDataError({"error": f"PMS must be one of {', '.join(sorted(systems()))}"})
    user = await authenticate(fields.get("username", ""), fields.get("password", ""))
    project = await projects.find(fields.get("project", ""))
    if project is None:
        may_create = user is not None and (
            user.may("core.add_project") and user.may("core.add_platform")
        )
        if not autoregister and not may_create:
            raise ForbiddenError(FORBIDDEN)
        return await keys.project(await _create_project(fields, address, autoregister, projects))
    may_enrol = user is not None and user.may("client.add_computer")
    if not project.auto_register_computers and not may_enrol:
        raise ForbiddenError(FORBIDDEN)
    return await keys.project(project.slug)


async def enrol_packager(username: str, password: str, keys: KeyRing) -> KeyPair:
    """Return the key pair that packagers share.

    Raises:
        ForbiddenError: unless the account may change packages.
    """
    user = await authenticate(username, password)
    if user is None or not user.may("core.change_package"):
        raise ForbiddenError(FORBIDDEN)
    return await keys.packager()


async def _create_project(
    fields: dict[str, str], address: str, auto_register: bool, projects: Projects
) -> str:
    """Create a project and return its slug; another that was faster with the same name is fine."""
    name, slug = fields.get("project", ""), slugify(fields.get("project", ""))
    _check_new_project(fields, slug)
    try:
        async with transaction() as database:
            platform = await _platform(database, fields["platform"], address)
            await database.execute(
                "INSERT INTO core_project "
                "(name, slug, pms, architecture, auto_register_computers, platform_id) "
                "VALUES ($1, $2, $3, $4, $5, $6)",
                name,
                slug,
                fields["pms"],
                fields.get("architecture", ""),
                auto_register,
                platform,
            )
            await notify(
                database,
                f"Project [{name}] with PMS [{fields['pms']}] registered by IP [{address}].",
            )
    except asyncpg.UniqueViolationError as error:
        rival: Project | None = await projects.find(name)
        if rival is None:
            raise InvalidDataError(
                {"project": ["Another project's name differs only in letters that URLs drop."]}
            ) from error
    projects.forget()
    return slug


def _check_new_project(fields: dict[str, str], slug: str) -> None:
    problems: dict[str, list[str]] = {}
    for name, limit in (("project", NAME_LENGTH), ("platform", NAME_LENGTH)):
        if not fields.get(name):
            problems[name] = ["This field is required."]
        elif len(fields[name]) > limit:
            problems[name] = [f"Ensure this field has no more than {limit} characters."]
    if len(fields.get("architecture", "")) > ARCHITECTURE_LENGTH:
        problems["architecture"] = [
            f"Ensure this field has no more than {ARCHITECTURE_LENGTH} characters."
        ]
    if any(character.isspace() for character in fields.get("project", "")):
        problems["project"] = ["A project's name has no blanks."]
    elif "project" not in problems and not slug:
        problems["project"] = ["A project's name needs a letter or digit of the Latin alphabet."]
    if problems:
        raise InvalidDataError(problems)


async def _platform(database: Connection, name: str, address: str) -> int:
    key = await database.fetchval("SELECT id FROM core_platform WHERE name = $1", name)
    if key is None:
        key = await database.fetchval(
            "INSERT INTO core_platform (name) VALUES ($1) "
            "ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id",
            name,
        )
        await notify(database, f"Platform [{name}] registered by IP [{address}].")
    return key
