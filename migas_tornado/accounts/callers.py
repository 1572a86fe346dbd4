"""Who asks: accounts as requests see them, by token or by id. Contract: admin-api 1.2, 1.4."""

import hashlib
import secrets
from dataclasses import dataclass

from migas_tornado.db import Connection

TOKEN_BYTES = 20


@dataclass(frozen=True, slots=True)
class Seen:
    """What a domain or scope held at a moment, by ids."""

    computers: list[int]
    """The productive ones."""
    projects: list[int]
    """Those of the computers."""
    attributes: list[int] | None = None
    """Those of the computers, and the domain's tags; None where nobody asked or they are many."""


@dataclass(frozen=True, slots=True)
class Caller:
    """An active account that makes a request."""

    id: int
    username: str
    is_superuser: bool
    is_staff: bool
    permissions: frozenset[str]
    """Such as `core.add_project`; a superuser has them all without being listed here."""
    domain_id: int | None
    """The domain it looks at now; None for no domain."""
    scope_id: int | None
    """The scope it looks at now; None for no scope."""
    domains: tuple[int, ...]
    """The domains that it administers."""
    seen: Seen | None = None
    """What it sees, where that has been found out for several statements; see `looking`."""

    def may(self, permission: str) -> bool:
        """Tell whether the account has a permission, such as `core.add_project`."""
        return self.is_superuser or permission in self.permissions

    @property
    def sees_all(self) -> bool:
        """Whether neither a domain nor a scope narrows what it sees."""
        return self.domain_id is None and self.scope_id is None


_CALLER = """
    SELECT u.id, u.username, u.is_superuser, u.is_staff,
        array(
            SELECT p.app_label || '.' || p.codename
            FROM auth_permission p
            WHERE p.id IN (
                SELECT permission_id FROM auth_user_user_permissions WHERE user_id = u.id
                UNION
                SELECT gp.permission_id
                FROM auth_user_groups ug
                JOIN auth_group_permissions gp ON gp.group_id = ug.group_id
                WHERE ug.user_id = u.id
            )
        ) AS permissions,
        f.domain_preference_id, f.scope_preference_id,
        array(SELECT domain_id FROM core_userprofile_domains WHERE userprofile_id = u.id) AS domains
    FROM auth_user u
    LEFT JOIN core_userprofile f ON f.user_ptr_id = u.id
    WHERE u.is_active AND {which}
"""
_BY_TOKEN = _CALLER.format(
    which="u.id = (SELECT t.user_id FROM authtoken_token t WHERE t.key = $1)"
)
_BY_ID = _CALLER.format(
    which="u.id = $1 AND left(encode(sha256(convert_to(u.password, 'UTF8')), 'hex'), 16) = $2"
)


async def caller_of_token(database: Connection, token: str) -> Caller | None:
    """Return whose token it is, or None when it is nobody's or the account is not active."""
    return await _caller(database, _BY_TOKEN, token_hash(token))


async def caller_of_id(database: Connection, key: int, password_mark: str) -> Caller | None:
    """Return the account with an id and the password of a mark, or None when it is not active."""
    return await _caller(database, _BY_ID, key, password_mark)


async def _caller(database: Connection, query: str, *values: str | int) -> Caller | None:
    row = await database.fetchrow(query, *values)
    if row is None:
        return None
    return Caller(
        id=row["id"],
        username=row["username"],
        is_superuser=row["is_superuser"],
        is_staff=row["is_staff"],
        permissions=frozenset(row["permissions"]),
        domain_id=row["domain_preference_id"],
        scope_id=row["scope_preference_id"],
        domains=tuple(row["domains"]),
    )


def token_hash(token: str) -> str:
    """Return what is kept of a token; it is long and random, so that a fast hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def new_token() -> str:
    """Return a token of 40 hexadecimal digits."""
    return secrets.token_hex(TOKEN_BYTES)
