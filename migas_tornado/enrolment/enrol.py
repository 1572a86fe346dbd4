"""Calls by which a computer finds or makes its record. Contract: agent-v5 5.1, 5.3, 5.6."""

from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg

from migas_tornado.accounts.authentication import SignedIn
from migas_tornado.bus import Channel, tell
from migas_tornado.certificates.book import revoke_computer
from migas_tornado.db import Connection
from migas_tornado.enrolment.certificates import check_certificate
from migas_tornado.enrolment.computers import UNSUBSCRIBED
from migas_tornado.enrolment.identity import find_computer
from migas_tornado.enrolment.projects import Project
from migas_tornado.errors import ForbiddenError, InvalidDataError, NotAuthenticatedError
from migas_tornado.events import notify
from migas_tornado.models.enumerations import RELEASED, ComputerStatus
from migas_tornado.settings import Settings


class UnknownComputerError(InvalidDataError):
    """No record belongs to the uuid and name; the agent registers then."""

    def __init__(self) -> None:
        super().__init__("Computer not found")


class WrongComputerError(ForbiddenError):
    """The record exists, and may not be used so; the text tells the person at the computer why."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """A computer that introduces itself."""

    uuid: str
    name: str
    ip_address: str | None
    forwarded_ip_address: str


@dataclass(frozen=True, slots=True)
class Registered:
    """The record that an applicant got."""

    id: int
    is_new: bool


async def identify(
    database: Connection, uuid: str, name: str, project: Project, certificate: str, address: str
) -> int:
    """Return the id of the computer with this uuid and name.

    Raises:
        UnknownComputerError: there is none.
        WrongComputerError: it is unsubscribed (which is also recorded) or of another project.
        ForbiddenError: the certificate is of another computer.
    """
    known = await find_computer(database, uuid, name, is_certified=bool(certificate))
    if known is None:
        raise UnknownComputerError
    await check_certificate(database, certificate, known.uuid, known.project_id, known.id)
    if known.status == ComputerStatus.UNSUBSCRIBED:
        await database.execute(
            "INSERT INTO client_error (created_at, computer_id, project_id, description, checked) "
            "VALUES ($1, $2, $3, $4, false)",
            datetime.now(UTC),
            known.id,
            known.project_id,
            f"{address} - id - {UNSUBSCRIBED}",
        )
        raise WrongComputerError(UNSUBSCRIBED)
    if known.project_id != project.id:
        raise WrongComputerError(
            f"Unexpected Computer Project ({project.name}). Expected {known.project}"
        )
    return known.id


async def register(
    database: Connection,
    applicant: Applicant,
    project: Project,
    user: SignedIn | None,
    certificate: str,
    settings: Settings,
) -> Registered:
    """Give an applicant its record: the one it has, whatever its project was, or a new one.

    Args:
        database: connection inside a transaction.
        applicant: checked facts of the computer.
        project: project of the envelope.
        user: who vouches for it, if anybody does.
        certificate: distinguished name of the client's certificate, or empty.
        settings: for the default status and the wish for notifications.

    Raises:
        NotAuthenticatedError: the project takes new computers only from a person who may add them.
        ForbiddenError: the certificate is of another computer.
    """
    known = await find_computer(
        database, applicant.uuid, applicant.name, is_certified=bool(certificate)
    )
    if known is not None:
        return await _register_again(database, known.id, project, certificate, settings)
    await check_certificate(database, certificate, applicant.uuid, project.id)
    may_add = user is not None and user.may("client.add_computer")
    if not project.auto_register_computers and not may_add:
        raise NotAuthenticatedError("Computer cannot be registered")
    return await add_computer(database, applicant, project, settings)


async def _register_again(
    database: Connection, key: int, project: Project, certificate: str, settings: Settings
) -> Registered:
    row = await database.fetchrow(
        "SELECT uuid, status, project_id FROM client_computer WHERE id = $1 FOR NO KEY UPDATE", key
    )
    await check_certificate(database, certificate, row["uuid"], row["project_id"], key)
    if row["project_id"] != project.id:
        await migrate_computer(database, key, project)
    if row["status"] != settings.default_computer_status:
        await set_status(database, key, settings.default_computer_status)
    return Registered(key, is_new=False)


_ADD_COMPUTER = """
    INSERT INTO client_computer
        (uuid, status, name, project_id, created_at, updated_at, ip_address,
        forwarded_ip_address, product_system, machine)
    VALUES ($1, $2, $3, $4, $5, $5, $6, $7, '', 'P')
    RETURNING id
"""


async def add_computer(
    database: Connection, applicant: Applicant, project: Project, settings: Settings
) -> Registered:
    """Make the record of a computer that has none, or return the one made a moment ago.

    Args:
        database: connection inside a transaction.
        applicant: checked facts of the computer.
        project: project that it enters.
        settings: for the status and the wish for notifications.

    Raises:
        InvalidDataError: a computer of another project has its uuid.
    """
    now = datetime.now(UTC)
    try:
        async with database.transaction():
            key = await database.fetchval(
                _ADD_COMPUTER,
                applicant.uuid or None,
                settings.default_computer_status,
                applicant.name,
                project.id,
                now,
                applicant.ip_address,
                applicant.forwarded_ip_address,
            )
    except asyncpg.UniqueViolationError:
        # The same computer registered a moment ago, in another request.
        key = await database.fetchval(
            "SELECT id FROM client_computer WHERE uuid = $1 AND project_id = $2",
            applicant.uuid,
            project.id,
        )
        if key is None:
            raise InvalidDataError({"uuid": ["Another computer has this uuid."]}) from None
        return Registered(key, is_new=False)
    await database.execute(
        "INSERT INTO client_migration (created_at, computer_id, project_id) VALUES ($1, $2, $3)",
        now,
        key,
        project.id,
    )
    await _log_status(database, key, settings.default_computer_status)
    if settings.notify_changes:
        await notify(
            database,
            f"New Computer added id=[{key}]: NAME=[{applicant.name}] UUID=[{applicant.uuid}]",
        )
    return Registered(key, is_new=True)


async def migrate_computer(database: Connection, key: int, project: Project) -> None:
    """Move a computer to another project: its open package history ends there."""
    now = datetime.now(UTC)
    await database.execute(
        "UPDATE client_packagehistory SET uninstall_date = $2 "
        "WHERE computer_id = $1 AND uninstall_date IS NULL",
        key,
        now,
    )
    await database.execute(
        "INSERT INTO client_migration (created_at, computer_id, project_id) VALUES ($1, $2, $3)",
        now,
        key,
        project.id,
    )
    await database.execute(
        "UPDATE client_computer SET project_id = $2, inventory_hash = NULL, updated_at = $3 "
        "WHERE id = $1",
        key,
        project.id,
        now,
    )


async def set_status(database: Connection, key: int, status: str) -> None:
    """Change the status of a computer, with what follows from it. Contract: agent-v5 5.6."""
    await database.execute(
        "UPDATE client_computer SET status = $2, updated_at = $3 WHERE id = $1",
        key,
        status,
        datetime.now(UTC),
    )
    await _log_status(database, key, status)
    if status in RELEASED:
        await release(database, key)
    if status == ComputerStatus.UNSUBSCRIBED:
        await revoke_computer(database, key)


async def _log_status(database: Connection, key: int, status: str) -> None:
    await database.execute(
        "INSERT INTO client_statuslog (created_at, computer_id, status) VALUES ($1, $2, $3)",
        datetime.now(UTC),
        key,
        status,
    )
    tell(database, Channel.RECORDS, kind="computers", change="changed", ids=[key])


CID_LINKS = (
    "device_logical_attributes",
    "client_faultdefinition_included_attributes",
    "client_faultdefinition_excluded_attributes",
    "core_deployment_included_attributes",
    "core_deployment_excluded_attributes",
    "core_attributeset_included_attributes",
    "core_attributeset_excluded_attributes",
    "core_scheduledelay_attributes",
)
"""Links from which the CID attribute of a computer goes when the computer is released."""


async def release(database: Connection, key: int) -> None:
    """Take its tags from a computer, and its CID attribute from what targets single computers."""
    await database.execute("DELETE FROM client_computer_tags WHERE computer_id = $1", key)
    attribute = await database.fetchval(
        "SELECT a.id FROM core_attribute a JOIN core_property p ON p.id = a.property_att_id "
        "WHERE p.prefix = 'CID' AND a.value = $1",
        str(key),
    )
    for table in CID_LINKS:
        await database.execute(f"DELETE FROM {table} WHERE attribute_id = $1", attribute)  # noqa: S608
