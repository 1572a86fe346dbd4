"""Whether a client certificate is that of the computer spoken for.

Contract: agent-v5 5.4, enrolment-and-proxy 4.
"""

from migas_tornado.certificates.subjects import COMPUTERS, forms_of_uuid, parse_subject
from migas_tornado.db import Connection
from migas_tornado.errors import ForbiddenError

MALFORMED = "Invalid mTLS certificate CN format"
ANOTHER = "mTLS certificate does not match the requesting computer"


async def check_certificate(
    database: Connection,
    distinguished_name: str,
    uuid: str | None,
    project_id: int,
    computer_id: int | None = None,
) -> None:
    """Refuse a certificate of another computer; no certificate is checked against nothing.

    Args:
        database: connection.
        distinguished_name: such as `/O=org/OU=COMPUTERS/CN=<uuid>_<project>`; empty without one.
        uuid: of the computer.
        project_id: of the computer.
        computer_id: of the computer, if it has a record. Agents never renew a certificate by
            themselves, so that it may name a project that the computer was in before.

    Raises:
        ForbiddenError: when it names another computer, or none.
    """
    if not distinguished_name:
        return
    subject = parse_subject(distinguished_name)
    if subject is None or subject.computer is None:
        raise ForbiddenError(MALFORMED)
    owner, owners_project = subject.computer
    if subject.unit != COMPUTERS or owner.upper() not in forms_of_uuid(uuid or ""):
        raise ForbiddenError(ANOTHER)
    if owners_project != project_id and not await _was_in(database, computer_id, owners_project):
        raise ForbiddenError(ANOTHER)


async def _was_in(database: Connection, computer_id: int | None, project_id: int) -> bool:
    return computer_id is not None and await database.fetchval(
        "SELECT EXISTS (SELECT FROM client_migration WHERE computer_id = $1 AND project_id = $2)",
        computer_id,
        min(project_id, 2**31 - 1),
    )
