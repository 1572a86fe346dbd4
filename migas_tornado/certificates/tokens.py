"""One-time tokens: the right to fetch one certificate. Contract: enrolment-and-proxy 3."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from migas_tornado.db import Connection

TOKEN_BYTES = 32
TOKEN_HOURS = 72
_FORMAT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Token:
    """Which certificate a token is good for."""

    role: str
    common_name: str
    uuid: str | None
    validity_days: int
    may_replace: bool
    """Whether somebody vouched for it, so that its owner may have a certificate already."""
    expires_at: datetime

    @property
    def has_expired(self) -> bool:
        """Whether it is too late to use it."""
        return datetime.now(UTC) >= self.expires_at


def is_token(text: str) -> bool:
    """Tell whether a text looks like a token."""
    return _FORMAT.fullmatch(text) is not None


async def make_token(
    database: Connection,
    role: str,
    common_name: str,
    uuid: str | None,
    validity_days: int,
    *,
    may_replace: bool,
) -> str:
    """Write a new token and return it; only its hash is kept."""
    token = secrets.token_hex(TOKEN_BYTES)
    await database.execute(
        "INSERT INTO certificate_token "
        "(hash, role, common_name, uuid, validity_days, may_replace, expires_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, now() + $7::interval)",
        _hash(token),
        role,
        common_name,
        uuid,
        validity_days,
        may_replace,
        timedelta(hours=TOKEN_HOURS),
    )
    return token


async def read_token(database: Connection, role: str, token: str) -> Token | None:
    """Return what a token is good for, and leave it."""
    row = await database.fetchrow(
        "SELECT role, common_name, uuid, validity_days, may_replace, expires_at "
        "FROM certificate_token WHERE hash = $1 AND role = $2",
        _hash(token),
        role,
    )
    return Token(*row) if row else None


async def take_token(database: Connection, role: str, token: str) -> Token | None:
    """Use a token up; of two transactions that want the same, one gets None."""
    row = await database.fetchrow(
        "DELETE FROM certificate_token WHERE hash = $1 AND role = $2 "
        "RETURNING role, common_name, uuid, validity_days, may_replace, expires_at",
        _hash(token),
        role,
    )
    return Token(*row) if row else None


async def forget_expired(database: Connection) -> None:
    """Remove tokens that nobody used in time; they are kept a while so that it can be said."""
    await database.execute(
        "DELETE FROM certificate_token WHERE expires_at < now() - interval '30 days'"
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
