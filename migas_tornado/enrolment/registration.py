"""Registration of projects by their first computer, and of packagers. Contract: agent-v5 3."""

from dataclasses import dataclass

import asyncpg

from migas_tornado.accounts.authentication import SignedIn, authenticate
from migas_tornado.db import Connection, transaction
from migas_tornado.enrolment.former_names import former_owner, lock_names, taken_text
from migas_tornado.enrolment.project_names import RESERVED, is_reserved
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
    fields: dict[str, str],
    user: SignedIn | None,
    address: str,
    *,
    projects: Projects,
    keys: KeyRing,
    autoregister: bool,
) -> KeyPair:
    """Return the key pair that the computers of a project share, making the project if allowed.

    Args:
        fields: `project`, `platform`, `pms`, `architecture`.
        user: who signed in for it, if somebody did.
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
    project = await projects.find(fields.get("project", ""))
    if project is None:
        may_create = user is not None and (
            user.may("core.add_project") and user.may("core.add_platform")
        )
        if not autoregister and not may_create:
            raise ForbiddenError(FORBIDDEN)
        new = NewProject(
            name=fields.get("project", ""),
            platform=fields.get("platform", ""),
            pms=fields["pms"],
            architecture=fields.get("architecture", ""),
            auto_register_computers=autoregister,
        )
        return await keys.project(await create_project(new, Origin(f"IP [{address}]"), projects))
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


@dataclass(frozen=True, slots=True)
class NewProject:
    """A project that its first computer brings."""

    name: str
    platform: str
    pms: str
    architecture: str
    auto_register_computers: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """Who brings a project, in the words of the notification."""

    text: str
    pms_word: str = "PMS"


async def create_project(
    new: NewProject, origin: Origin, projects: Projects, *, with_blanks: bool = False
) -> str:
    """Create a project and return its slug; another that was faster with the same name is fine.

    Args:
        new: the project.
        origin: who brings it.
        projects: where it will be looked up.
        with_blanks: whether its name may have blanks, as those of old installations do.

    Raises:
        InvalidDataError: it cannot be, field by field.
    """
    slug = slugify(new.name)
    _check_new_project(new, slug, with_blanks=with_blanks)
    try:
        async with transaction() as database:
            await lock_names(database)
            if owner := await former_owner(database, new.name, slug):
                raise InvalidDataError({"project": [taken_text(owner)]})
            platform = await _platform(database, new.platform, origin)
            await database.execute(
                "INSERT INTO core_project "
                "(name, slug, pms, architecture, auto_register_computers, platform_id) "
                "VALUES ($1, $2, $3, $4, $5, $6)",
                new.name,
                slug,
                new.pms,
                new.architecture,
                new.auto_register_computers,
                platform,
            )
            await notify(
                database,
                f"Project [{new.name}] with {origin.pms_word} [{new.pms}] registered by "
                f"{origin.text}.",
            )
    except asyncpg.UniqueViolationError as error:
        rival: Project | None = await projects.find(new.name)
        if rival is None:
            raise InvalidDataError(
                {"project": ["Another project's name differs only in letters that URLs drop."]}
            ) from error
        return rival.slug
    projects.forget()
    return slug


def _check_new_project(new: NewProject, slug: str, *, with_blanks: bool) -> None:
    problems: dict[str, list[str]] = {}
    for name, value in (("project", new.name), ("platform", new.platform)):
        if not value:
            problems[name] = ["This field is required."]
        elif len(value) > NAME_LENGTH:
            problems[name] = [f"Ensure this field has no more than {NAME_LENGTH} characters."]
    if len(new.architecture) > ARCHITECTURE_LENGTH:
        problems["architecture"] = [
            f"Ensure this field has no more than {ARCHITECTURE_LENGTH} characters."
        ]
    name = new.name.strip().replace(" ", "") if with_blanks else new.name
    if any(character.isspace() for character in name):
        problems["project"] = ["A project's name has no blanks."]
    elif "project" not in problems and not slug:
        problems["project"] = ["A project's name needs a letter or digit of the Latin alphabet."]
    elif is_reserved(new.name):
        problems["project"] = [RESERVED]
    if problems:
        raise InvalidDataError(problems)


async def _platform(database: Connection, name: str, origin: Origin) -> int:
    key = await database.fetchval("SELECT id FROM core_platform WHERE name = $1", name)
    if key is None:
        key = await database.fetchval(
            "INSERT INTO core_platform (name) VALUES ($1) "
            "ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id",
            name,
        )
        await notify(database, f"Platform [{name}] registered by {origin.text}.")
    return key
