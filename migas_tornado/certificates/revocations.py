"""The list of revoked certificates, signed for proxies, and what this server knows of it itself.

A proxy reads the list when it is told to; the server looks into its own book every few seconds, so
that a revoked certificate is refused at once. Contract: enrolment-and-proxy 3.
"""

import asyncio
import os
import secrets
import time
from pathlib import Path

from cryptography import x509

from migas_tornado.certificates import book
from migas_tornado.certificates.authority import Authority, Revoked
from migas_tornado.db import connection, transaction
from migas_tornado.errors import ForbiddenError

LIST_LOCK = 0x6D696761_00000012
"""Advisory lock of whoever signs a new list."""
SIGN_AGAIN_HOURS = 20
"""A list is signed anew when it is older, long before it ends."""
REMEMBERED_SECONDS = 5.0
MOST_SEEN = 200_000
REVOKED = "This certificate has been revoked."

_REASONS = {
    "keyCompromise": x509.ReasonFlags.key_compromise,
    "superseded": x509.ReasonFlags.superseded,
    "cessationOfOperation": x509.ReasonFlags.cessation_of_operation,
}


async def current_list(authority: Authority) -> str:
    """Return the signed list, PEM; it holds everything that was revoked before the call."""
    async with connection() as database:
        row = await database.fetchrow(_CURRENT, SIGN_AGAIN_HOURS)
        if row is not None and row["is_fresh"] and row["revoked"] == row["revoked_now"]:
            return row["content"]
    async with transaction() as database:
        await database.execute("SELECT pg_advisory_xact_lock($1)", LIST_LOCK)
        count = await book.count_revoked(database)
        entries = [
            Revoked(
                int(row.serial, 16),
                row.moment,
                _REASONS.get(row.reason, x509.ReasonFlags.unspecified),
            )
            for row in await book.revoked(database)
        ]
        number = await database.fetchval(
            "SELECT COALESCE(max(number), 0) + 1 FROM certificate_revocationlist"
        )
        content = await asyncio.to_thread(authority.sign_revocations, entries, number)
        await database.execute(
            "INSERT INTO certificate_revocationlist (id, number, revoked, content, signed_at) "
            "VALUES (1, $1, $2, $3, now()) ON CONFLICT (id) DO UPDATE SET number = excluded.number,"
            " revoked = excluded.revoked, content = excluded.content, signed_at = now()",
            number,
            count,
            content,
        )
    return content


_CURRENT = """
    SELECT l.content, l.revoked, l.signed_at > now() - make_interval(hours => $1) AS is_fresh,
        (SELECT count(*) FROM certificate_certificate WHERE revoked_at IS NOT NULL) AS revoked_now
    FROM certificate_revocationlist l
"""


def publish(directory: Path, files: dict[str, str]) -> None:
    """Write files for a proxy on the same machine or volume, unless they are there already.

    Each is switched by one rename, so that a proxy never reads half of one.
    """
    directory.mkdir(mode=0o755, exist_ok=True)
    for name, text in files.items():
        path = directory / name
        if path.is_file() and path.read_text() == text:
            continue
        draft = directory / f".{name}.{secrets.token_hex(8)}"
        draft.write_text(text)
        draft.chmod(0o644)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(path)


class Presented:
    """Judges certificates that clients present, by the book."""

    def __init__(self) -> None:
        self._serials: frozenset[str] = frozenset()
        self._names: frozenset[str] = frozenset()
        self._read_at = -REMEMBERED_SECONDS
        self._reading = asyncio.Lock()
        self._seen: set[tuple[str, str]] = set()

    async def check(self, serial: str, common_name: str) -> None:
        """Refuse a certificate that was revoked, and note that another one was presented.

        Args:
            serial: as the proxy writes it; empty when it does not tell.
            common_name: of its subject.

        Raises:
            ForbiddenError: it was revoked.
        """
        await self._refresh()
        serial = book.serial_text(serial)
        if serial in self._serials:
            raise ForbiddenError(REVOKED)
        if (serial, common_name) in self._seen:
            return
        if not await self._is_in_book(serial, common_name):
            # A proxy that does not tell the serial, or one of another authority: the name counts.
            if common_name.lower() in self._names:
                raise ForbiddenError(REVOKED)
            return
        if len(self._seen) >= MOST_SEEN:
            self._seen.clear()
        self._seen.add((serial, common_name))

    async def _is_in_book(self, serial: str, common_name: str) -> bool:
        """Tell whether a certificate is known, and note its use.

        Raises:
            ForbiddenError: it was revoked.
        """
        if not serial:
            return False
        async with transaction() as database:
            is_good = await book.is_good(database, serial, common_name)
            if is_good:
                await book.note_use(database, serial)
        if is_good is False:
            raise ForbiddenError(REVOKED)
        return is_good is True

    def forget(self) -> None:
        """Look into the book at the next call."""
        self._read_at = -REMEMBERED_SECONDS

    async def _refresh(self) -> None:
        if time.monotonic() - self._read_at < REMEMBERED_SECONDS:
            return
        async with self._reading:
            if time.monotonic() - self._read_at < REMEMBERED_SECONDS:
                return
            async with connection() as database:
                self._serials = frozenset(row.serial for row in await book.revoked(database))
                self._names = await book.names_without_certificate(database)
            self._read_at = time.monotonic()
