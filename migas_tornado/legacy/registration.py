"""Registration of computers and packagers, which nobody signs. Contract: agent-v4 4, 9 no. 3.

Whoever asks gets keys if he may have them. A computer that is known loses nothing by it: what is
stored of it changes when a message comes that is signed with the right key.
"""

from dataclasses import dataclass
from typing import Any

from migas_tornado.accounts.authentication import SignedIn
from migas_tornado.db import Connection, transaction
from migas_tornado.enrolment.enrol import Applicant, add_computer
from migas_tornado.enrolment.projects import Project, Projects
from migas_tornado.keys.pairs import KeyPair, KeyRing
from migas_tornado.legacy.calls import checked_object, text_member
from migas_tornado.legacy.codes import Code, RefusedCallError
from migas_tornado.legacy.information import (
    FQDN_LENGTH,
    NAME_LENGTH,
    UUID_LENGTH,
    address_of,
    request_project,
)
from migas_tornado.legacy.projects import UNKNOWN, ensure_project, project_name
from migas_tornado.legacy.senders import Known, Sender
from migas_tornado.settings import LegacyAgents, Settings
from migas_tornado.synchronization.attribute_store import Wanted, find_or_add

CREDENTIAL_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Application:
    """A computer that wants keys.

    Attributes:
        sender: as the name of the message's file says.
        known: its record, if it has one.
        facts: what it says of itself and its project.
        address: where it comes from.
        user: who vouches for it, if anybody does.
    """

    sender: Sender
    known: Known | None
    facts: dict[str, Any]
    address: str
    user: SignedIn | None

    @property
    def is_vouched_for(self) -> bool:
        """Whether somebody vouches for it who manages computers."""
        return self.user is not None and (
            self.user.may("client.add_computer") and self.user.may("client.change_computer")
        )


def credentials_of(data: Any) -> tuple[str, str]:
    """Return name and password of whoever registers, empty as a rule.

    Raises:
        RefusedCallError: the data are no object, or lack them.
    """
    facts = checked_object(data)
    if not all(isinstance(facts.get(name), str) for name in ("username", "password")):
        raise RefusedCallError(Code.GENERIC, "A user name and a password are expected.")
    username, password = (
        text_member(facts, name, CREDENTIAL_LENGTH) for name in ("username", "password")
    )
    return username, password


async def register_computer(
    application: Application, projects: Projects, keys: KeyRing, settings: Settings
) -> KeyPair:
    """Return the pair of the project that a computer names; a new one gets its record.

    Raises:
        RefusedCallError: computer or project are not taken, or not so.
        InvalidDataError: something that it says cannot be used.
    """
    known, facts = application.known, application.facts
    if known is None and settings.legacy_agents == LegacyAgents.KNOWN:
        raise RefusedCallError(Code.CANNOT_REGISTER)
    project = await projects.find(project_name(facts) or UNKNOWN)
    takes_anybody = settings.autoregister if project is None else project.auto_register_computers
    if not takes_anybody and not application.is_vouched_for:
        raise RefusedCallError(Code.CANNOT_REGISTER)
    project = await ensure_project(
        facts,
        application.sender.name,
        projects,
        autoregister=settings.autoregister,
        user=application.user,
    )
    async with transaction() as database:
        await _record(database, application, project, settings)
    return await keys.project(project.slug)


async def _record(
    database: Connection, application: Application, project: Project, settings: Settings
) -> None:
    known = application.known
    if known is None:
        key = await _add(database, application, project, settings)
    else:
        key = known.computer.id
        if known.computer.project_id != project.id:
            await request_project(database, key, project.id)
    if application.is_vouched_for:
        await database.execute("UPDATE client_computer SET protocol = NULL WHERE id = $1", key)
        await _include_in_domain(database, key, application)


async def _add(
    database: Connection, application: Application, project: Project, settings: Settings
) -> int:
    sender, facts = application.sender, application.facts
    if not sender.name or len(sender.name) > NAME_LENGTH or len(sender.uuid) > UUID_LENGTH:
        raise RefusedCallError(
            Code.GENERIC, f"A name has 1 to {NAME_LENGTH} characters, a uuid {UUID_LENGTH}."
        )
    applicant = Applicant(
        sender.uuid, sender.name, address_of(facts.get("ip")), application.address
    )
    registered = await add_computer(database, applicant, project, settings)
    if registered.is_new:
        await database.execute(
            "UPDATE client_computer SET fqdn = $2 WHERE id = $1",
            registered.id,
            text_member(facts, "fqdn", FQDN_LENGTH) or None,
        )
    return registered.id


async def _include_in_domain(
    database: Connection, computer_id: int, application: Application
) -> None:
    """Let the domain that the person prefers have the computer."""
    domain = await database.fetchval(
        "SELECT domain_preference_id FROM core_userprofile WHERE user_ptr_id = $1",
        application.user.id,
    )
    cid = await database.fetchval("SELECT id FROM core_property WHERE prefix = 'CID'")
    if domain is None or cid is None:
        return
    attribute = Wanted(cid, str(computer_id), application.sender.name, may_add=True)
    found = await find_or_add(database, [attribute])
    await database.executemany(
        "INSERT INTO core_domain_included_attributes (domain_id, attribute_id) VALUES ($1, $2) "
        "ON CONFLICT DO NOTHING",
        [(domain, key) for key in found.ids([attribute])],
    )


def check_packager(user: SignedIn | None) -> None:
    """Refuse the packagers' keys to whoever does not manage packages.

    Raises:
        RefusedCallError: he does not.
    """
    if user is None or not (user.may("core.add_package") and user.may("core.change_package")):
        raise RefusedCallError(Code.CANNOT_REGISTER)
