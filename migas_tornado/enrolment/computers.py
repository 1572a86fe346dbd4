"""A computer as its own calls see it: reached by id, with the key of its project."""

from dataclasses import dataclass
from datetime import datetime

from migas_tornado.db import Connection
from migas_tornado.enrolment.certificates import check_certificate
from migas_tornado.enrolment.projects import Project
from migas_tornado.errors import ForbiddenError, NotFoundError
from migas_tornado.models.enumerations import ComputerStatus

GREATEST_ID = 2**31 - 1
UNSUBSCRIBED = "Unsubscribed computer"

COLUMNS = """
    c.id, c.uuid, c.name, c.status, c.project_id, c.ip_address, c.forwarded_ip_address,
    c.last_hardware_capture, c.sync_start_date, c.sync_end_date, c.sync_user_id,
    c.inventory_hash, c.hardware_hash, c.default_logical_device_id, c.fqdn, c.protocol
"""


@dataclass(frozen=True, slots=True)
class Computer:
    """The facts of a computer that its calls depend on."""

    id: int
    uuid: str | None
    name: str | None
    status: str
    project_id: int
    ip_address: str | None
    forwarded_ip_address: str | None
    last_hardware_capture: datetime | None
    sync_start_date: datetime | None
    sync_end_date: datetime | None
    sync_user_id: int | None
    inventory_hash: bytes | None
    hardware_hash: bytes | None
    default_logical_device_id: int | None
    fqdn: str | None
    protocol: int | None
    """That its agent spoke when it last reported attributes."""


async def reach_computer(
    database: Connection, key: object, project: Project, certificate: str, *, lock: bool
) -> Computer:
    """Return the computer that a call speaks for.

    Args:
        database: connection; inside a transaction when `lock` is asked for.
        key: the id that the agent sent, whatever it is.
        project: project whose key opened the envelope.
        certificate: distinguished name of the client's certificate, or empty.
        lock: whether the call changes the computer, so that two such calls take turns.

    Raises:
        NotFoundError: no such computer in this project; one of another project is not told apart.
        ForbiddenError: it is unsubscribed, or the certificate is another computer's.
    """
    row = None
    if isinstance(key, int) and not isinstance(key, bool) and 0 < key <= GREATEST_ID:
        row = await database.fetchrow(
            f"SELECT {COLUMNS} FROM client_computer c WHERE c.id = $1 AND c.project_id = $2"  # noqa: S608
            + (" FOR NO KEY UPDATE" if lock else ""),
            key,
            project.id,
        )
    if row is None:
        raise NotFoundError("No Computer matches the given query.")
    computer = Computer(*row)
    await check_certificate(database, certificate, computer.uuid, computer.project_id, computer.id)
    if computer.status == ComputerStatus.UNSUBSCRIBED:
        raise ForbiddenError(UNSUBSCRIBED)
    return computer
