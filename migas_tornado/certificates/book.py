"""The book of certificates: what was issued, to whom, and what became of it. SQL lives here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from migas_tornado.certificates.subjects import forms_of_uuid
from migas_tornado.db import Connection

COMPUTER = "computer"
ADMIN = "admin"
SERVER = "server"

BOOK_LOCK = 0x6D696761
"""First half of the advisory lock on one name: of two enrolments of a computer, one is second."""
UNUSED_SECONDS = 3600
"""How long a certificate that nobody ever presented may be had again from the same address: its
answer may have been lost on the way."""

REASONS = ("unspecified", "keyCompromise", "superseded", "cessationOfOperation")


@dataclass(frozen=True, slots=True)
class Entry:
    """A certificate that is to be written into the book."""

    serial: str
    role: str
    common_name: str
    uuid: str | None
    email: str
    address: str
    days: int


def serial_text(serial: int | str) -> str:
    """Return a serial number as the book has it, whatever a proxy makes of it."""
    if isinstance(serial, int):
        return f"{serial:x}"
    return serial.replace(":", "").strip().lower().lstrip("0")


async def take_turns(database: Connection, common_name: str) -> None:
    """Wait until no other transaction issues a certificate of this name."""
    await database.execute(
        "SELECT pg_advisory_xact_lock($1, hashtext($2))", BOOK_LOCK, common_name.lower()
    )


async def had_certificate(database: Connection, uuid: str, address: str) -> bool:
    """Tell whether a computer had a certificate, and so needs a reason for another one.

    It needs none when an administrator released the last one, or when that was issued a moment ago
    to the same address and never presented.

    Args:
        database: connection.
        uuid: of the computer, in any form: its project does not matter, because a certificate
            for another project would speak for the same computer.
        address: from where it asks.
    """
    return await database.fetchval(
        """
        SELECT COALESCE((
            SELECT NOT is_released AND NOT (
                used_at IS NULL AND revoked_at IS NULL AND address = $2
                AND issued_at > now() - $3::interval
            )
            FROM certificate_certificate
            WHERE role = 'computer' AND uuid = ANY($1)
            ORDER BY id DESC
            LIMIT 1
        ), false)
        """,
        forms_of_uuid(uuid),
        address,
        timedelta(seconds=UNUSED_SECONDS),
    )


async def enter(database: Connection, entry: Entry) -> None:
    """Write a new certificate into the book.

    Earlier ones of the same owner that were never presented are revoked: nobody has them. One that
    is in use stays good until the new one is presented, in case the new one never arrives.
    """
    await database.execute(
        """
        UPDATE certificate_certificate
        SET is_released = false,
            revoked_at = CASE
                WHEN revoked_at IS NULL AND used_at IS NULL THEN now() ELSE revoked_at END,
            reason = CASE
                WHEN revoked_at IS NULL AND used_at IS NULL THEN 'superseded' ELSE reason END
        WHERE role = $1 AND role <> 'server' AND (common_name = $2 OR uuid = ANY($3))
        """,
        entry.role,
        entry.common_name,
        forms_of_uuid(entry.uuid) if entry.uuid else [],
    )
    await database.execute(
        """
        INSERT INTO certificate_certificate
            (serial, role, common_name, uuid, email, address, issued_at, valid_until,
            is_released, reason)
        VALUES ($1, $2, $3, $4, $5, $6, now(), now() + $7::interval, false, '')
        """,
        entry.serial,
        entry.role,
        entry.common_name,
        entry.uuid,
        entry.email,
        entry.address,
        timedelta(days=entry.days),
    )


async def is_good(database: Connection, serial: str, common_name: str) -> bool | None:
    """Tell whether a certificate is still good; None when the book has none of this name."""
    return await database.fetchval(
        "SELECT revoked_at IS NULL FROM certificate_certificate "
        "WHERE serial = $1 AND lower(common_name) = lower($2)",
        serial,
        common_name,
    )


async def note_use(database: Connection, serial: str) -> None:
    """Note that a certificate was presented; what it replaces is revoked now."""
    row = await database.fetchrow(
        "UPDATE certificate_certificate SET used_at = now() "
        "WHERE serial = $1 AND used_at IS NULL AND role <> 'server' "
        "RETURNING id, role, common_name, uuid",
        serial,
    )
    if row is not None:
        await database.execute(
            """
            UPDATE certificate_certificate
            SET revoked_at = now(), reason = 'superseded'
            WHERE role = $1 AND id < $2 AND revoked_at IS NULL
                AND (common_name = $3 OR uuid = ANY($4))
            """,
            row["role"],
            row["id"],
            row["common_name"],
            forms_of_uuid(row["uuid"]) if row["uuid"] else [],
        )


async def revoke_named(database: Connection, role: str, common_name: str, reason: str) -> int:
    """Revoke every good certificate of a name; returns how many there were."""
    return await _revoke(database, "role = $2 AND common_name = $3", reason, role, common_name)


async def revoke_serial(database: Connection, serial: str, reason: str) -> int:
    """Revoke the certificate with a serial number; returns 0 when it is none that is good."""
    return await _revoke(database, "serial = $2", reason, serial)


async def revoke_computer(database: Connection, computer_id: int) -> int:
    """Revoke the certificates of a computer that leaves the fleet."""
    uuid = await database.fetchval("SELECT uuid FROM client_computer WHERE id = $1", computer_id)
    if not uuid:
        return 0
    return await _revoke(
        database,
        "role = 'computer' AND uuid = ANY($2::text[])",
        "cessationOfOperation",
        forms_of_uuid(uuid),
    )


async def _revoke(database: Connection, which: str, reason: str, *values: Any) -> int:
    rows = await database.fetch(
        f"""
        UPDATE certificate_certificate
        SET revoked_at = now(), reason = $1, is_released = false
        WHERE revoked_at IS NULL AND valid_until > now() AND {which}
        RETURNING id
        """,  # noqa: S608
        reason,
        *values,
    )
    return len(rows)


async def release_named(database: Connection, common_name: str) -> int:
    """Let a computer have another certificate without credentials; returns how many it had."""
    rows = await database.fetch(
        "UPDATE certificate_certificate SET is_released = true "
        "WHERE role = 'computer' AND uuid IN "
        "(SELECT uuid FROM certificate_certificate WHERE role = 'computer' AND common_name = $1) "
        "RETURNING id",
        common_name,
    )
    return len(rows)


async def listed(
    database: Connection, *, role: str = "", name: str = "", revoked: bool = False
) -> list[dict[str, Any]]:
    """Return certificates, newest last.

    Returns:
        serial, role, common_name, issued_at, valid_until, used_at, revoked_at, reason, address.
    """
    rows = await database.fetch(
        """
        SELECT serial, role, common_name, issued_at, valid_until, used_at, revoked_at, reason,
            address
        FROM certificate_certificate
        WHERE ($1 = '' OR role = $1)
            AND ($2 = '' OR position(lower($2) IN lower(common_name)) > 0 OR serial = lower($2))
            AND (revoked_at IS NOT NULL) = $3
        ORDER BY id
        """,
        role,
        name,
        revoked,
    )
    return [dict(row) for row in rows]


@dataclass(frozen=True, slots=True)
class RevokedRow:
    """A revoked certificate that has not ended by itself."""

    serial: str
    moment: datetime
    reason: str


async def revoked(database: Connection) -> list[RevokedRow]:
    """Return what belongs into the list of revoked certificates."""
    rows = await database.fetch(
        "SELECT serial, revoked_at, reason FROM certificate_certificate "
        "WHERE revoked_at IS NOT NULL AND valid_until > now() ORDER BY id"
    )
    return [RevokedRow(*row) for row in rows]


async def names_without_certificate(database: Connection) -> frozenset[str]:
    """Return the names, in lower case, all of whose certificates were revoked."""
    rows = await database.fetch(
        """
        SELECT lower(c.common_name) AS name
        FROM certificate_certificate c
        WHERE c.revoked_at IS NOT NULL AND c.valid_until > now()
            AND NOT EXISTS (
                SELECT FROM certificate_certificate good
                WHERE good.common_name = c.common_name AND good.revoked_at IS NULL
            )
        """
    )
    return frozenset(row["name"] for row in rows)


async def count_revoked(database: Connection) -> int:
    """Return how many certificates were ever revoked; it only grows."""
    return await database.fetchval(
        "SELECT count(*) FROM certificate_certificate WHERE revoked_at IS NOT NULL"
    )
