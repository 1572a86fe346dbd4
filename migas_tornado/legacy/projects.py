"""Projects that computers of protocol 4 name. Contract: agent-v4 4.1, 5.2, 9 no. 2."""

import re
from typing import Any

from migas_tornado.accounts.authentication import SignedIn
from migas_tornado.db import connection
from migas_tornado.enrolment.projects import Project, Projects
from migas_tornado.enrolment.registration import NAME_LENGTH, NewProject, Origin, create_project
from migas_tornado.legacy.calls import text_member
from migas_tornado.legacy.codes import Code, RefusedCallError
from migas_tornado.pms import systems

UNKNOWN = "unknown"
ARCHITECTURE = "amd64"
"""Clients do not tell theirs."""
_NAME = re.compile(r"[\w.-]+( [\w.-]+)*")


def project_name(facts: dict[str, Any]) -> str:
    """Return the project that a computer names, or an empty text; `version` is its old name."""
    return text_member(facts, "version", NAME_LENGTH) or text_member(facts, "project", NAME_LENGTH)


async def ensure_project(
    facts: dict[str, Any],
    computer: str,
    projects: Projects,
    *,
    autoregister: bool,
    user: SignedIn | None = None,
) -> Project:
    """Return the project that a computer names, which is made when it is new and that is allowed.

    Args:
        facts: `version` or `project`, `platform`, `pms`.
        computer: name of the computer.
        projects: where projects are looked up.
        autoregister: whether anybody may make projects.
        user: who vouches for the computer, if anybody does.

    Raises:
        RefusedCallError: it may not be made, or not so.
        InvalidDataError: its name or platform cannot be used.
    """
    name = project_name(facts) or UNKNOWN
    project = await projects.find(name)
    if project is not None:
        return project
    platform = text_member(facts, "platform", NAME_LENGTH, UNKNOWN) or UNKNOWN
    if not autoregister and not (user and await _may_create(user, platform)):
        raise RefusedCallError(Code.CANNOT_REGISTER)
    if not _NAME.fullmatch(name):
        raise RefusedCallError(
            Code.GENERIC, "A project's name has letters, digits, dots, dashes and single blanks."
        )
    new = NewProject(
        name=name,
        platform=platform,
        pms=_package_system(facts),
        architecture=ARCHITECTURE,
        auto_register_computers=autoregister,
    )
    origin = Origin(f"computer [{computer}]", "P.M.S.")
    await create_project(new, origin, projects, with_blanks=True)
    return await projects.get(name)


async def _may_create(user: SignedIn, platform: str) -> bool:
    """Tell whether somebody may make a project, and its platform if that is new too."""
    if not user.may("core.add_project"):
        return False
    if user.may("core.add_platform"):
        return True
    async with connection() as database:
        return await database.fetchval(
            "SELECT EXISTS (SELECT FROM core_platform WHERE name = $1)", platform
        )


def _package_system(facts: dict[str, Any]) -> str:
    name = text_member(facts, "pms", NAME_LENGTH, "apt") or "apt"
    if name.startswith("apt"):  # apt-get
        return "apt"
    if name not in systems():
        raise RefusedCallError(
            Code.GENERIC, f"The P.M.S. must be one of {', '.join(sorted(systems()))}."
        )
    return name
