"""Which computer a uuid and a name belong to. Contract: agent-v5 5.2."""

from dataclasses import dataclass

from migas_tornado.db import Connection

UUID_LENGTH = 36
WITHOUT_SMBIOS = "00000000"
"""Start of the uuids that agents make of a hardware address."""
MAC_LENGTH = 12

CANDIDATES = """
    SELECT id, 1 AS rule FROM client_computer WHERE uuid = $1 AND $1 <> ''
    UNION ALL
    SELECT id, 2 FROM client_computer WHERE uuid = $2 AND $2 <> ''
    UNION ALL
    SELECT min(id), 3 FROM client_computer
    WHERE $3 <> '' AND mac_address LIKE '%' || $3 || '%' HAVING count(*) = 1
    UNION ALL
    {by_name}
"""
"""Rows: the id of a computer, and the number of the rule by which it is the one. Parameters: uuid,
the same in the other byte order, hardware address, name; an empty one matches nothing."""

_BY_NAME = "SELECT min(id), 4 FROM client_computer WHERE name = $4 AND $4 <> '' HAVING count(*) = 1"
_FIND = f"""
    SELECT c.id, c.uuid, c.status, c.project_id, p.name AS project
    FROM ({CANDIDATES.format(by_name=_BY_NAME)}) AS candidate
    JOIN client_computer c ON c.id = candidate.id
    JOIN core_project p ON p.id = c.project_id
    ORDER BY rule
    LIMIT 1
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class KnownComputer:
    """A record that a computer may claim; whether it may have it, is for others to decide."""

    id: int
    uuid: str | None
    status: str
    project_id: int
    project: str


async def find_computer(
    database: Connection, uuid: str, name: str, *, is_certified: bool
) -> KnownComputer | None:
    """Return the computer, or None.

    Args:
        database: connection.
        uuid: as the agent sent it.
        name: host name; it counts only when nothing else matches.
        is_certified: whether a certificate proves the uuid; then a name alone does not count.
    """
    row = await database.fetchrow(_FIND, *identities(uuid), "" if is_certified else name)
    return KnownComputer(*row) if row else None


def identities(uuid: str) -> tuple[str, str, str]:
    """Return what a uuid may be found by: itself, in the other byte order, and the address in it.

    What cannot be is empty.
    """
    mac = uuid[-MAC_LENGTH:].upper() if uuid.startswith(WITHOUT_SMBIOS) else ""
    return uuid, swap_byte_order(uuid), mac if mac.isalnum() else ""


def swap_byte_order(uuid: str) -> str:
    """Return a uuid with the bytes of its first three groups reversed; empty for other lengths.

    Firmware before SMBIOS 2.6 writes them the other way round.
    """
    groups = uuid.split("-")
    if len(uuid) != UUID_LENGTH or [len(group) for group in groups] != [8, 4, 4, 4, 12]:
        return ""
    swapped = ["".join(reversed([g[i : i + 2] for i in range(0, len(g), 2)])) for g in groups[:3]]
    return "-".join(swapped + groups[3:])
