"""Who sends a message, by the name of its file. Contract: agent-v4 2, 5."""

from dataclasses import dataclass

from migas_tornado.db import Connection
from migas_tornado.enrolment.computers import COLUMNS, Computer
from migas_tornado.enrolment.identity import CANDIDATES, identities
from migas_tornado.legacy.codes import Code, RefusedCallError
from migas_tornado.received_json import UNSTORABLE

BARE_LENGTH = 32
"""Of a uuid without dashes."""
INVALID_UUIDS = (
    "03000200-0400-0500-0006-000700080008",
    "00000000-0000-0000-0000-000000000000",
    "00000000-0000-0000-0000-FFFFFFFFFFFF",
)
"""What firmware tells when nobody gave the machine one of its own."""

# Contract agent-v4 5: a name alone is no identity, unless the record has no other.
_BY_NAME = "SELECT id, 4 FROM client_computer WHERE uuid = $4 AND $4 <> ''"
_FIND = f"""
    SELECT {COLUMNS}, p.name AS project_name,
        EXISTS (
            SELECT FROM certificate_certificate k
            WHERE k.role = 'computer' AND k.uuid = upper(c.uuid) AND k.revoked_at IS NULL
                AND k.valid_until > now()
        ) AS has_certificate
    FROM ({CANDIDATES.format(by_name=_BY_NAME)}) AS candidate
    JOIN client_computer c ON c.id = candidate.id
    JOIN core_project p ON p.id = c.project_id
    ORDER BY rule
    LIMIT 1
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Sender:
    """Who says to send a message, and the command in it."""

    name: str
    uuid: str
    command: str


@dataclass(frozen=True, slots=True)
class Known:
    """A computer that has a record."""

    computer: Computer
    project: str
    """Name of its project."""
    has_certificate: bool
    """Whether it has one that is valid, and so could prove who it is."""


def read_file_name(file_name: str) -> Sender:
    """Return what the name of a message's file says: `{name}.{uuid}.{command}`.

    Raises:
        RefusedCallError: it has no command.
    """
    pieces = UNSTORABLE.sub("", file_name).split(".")
    if len(pieces) < 2:
        raise RefusedCallError(Code.COMMAND_NOT_FOUND)
    command = pieces.pop()
    uuid = pieces.pop()
    name = ".".join(pieces) or uuid  # clients before 3 have no uuid
    return Sender(name, checked_uuid(uuid, name), command)


def checked_uuid(uuid: str, name: str) -> str:
    """Return a uuid in its usual form; one that many machines have is replaced by the name."""
    if len(uuid) == BARE_LENGTH:
        uuid = "-".join((uuid[:8], uuid[8:12], uuid[12:16], uuid[16:20], uuid[20:]))
    return name if uuid.upper() in INVALID_UUIDS else uuid


async def find_sender(database: Connection, sender: Sender) -> Known | None:
    """Return the computer that a message speaks for, or None; whether it may, its key tells."""
    row = await database.fetchrow(_FIND, *identities(sender.uuid), sender.name)
    if row is None:
        return None
    *facts, project, has_certificate = row
    return Known(Computer(*facts), project, has_certificate)
