"""Who signs in with a name and password, and what he may do. Contract: admin-api 2."""

from dataclasses import dataclass

from migas_tornado.accounts.jwt import password_mark
from migas_tornado.accounts.passwords import is_password
from migas_tornado.db import connection


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An active account whose password was right."""

    id: int
    username: str
    is_superuser: bool
    permissions: frozenset[str]
    """Such as `core.add_project`; a superuser has them all without being listed here."""
    password_mark: str
    """What tells its password from the next one it will have."""

    def may(self, permission: str) -> bool:
        """Tell whether the account has a permission, such as `core.add_project`."""
        return self.is_superuser or permission in self.permissions


async def authenticate(username: str, password: str) -> SignedIn | None:
    """Return the account of a name and password, or None when they do not belong together.

    Without a name or a password nothing is hashed: agents that register by themselves send none.
    """
    if not username or not password:
        return None
    async with connection() as database:
        row = await database.fetchrow(
            """
            SELECT u.id, u.username, u.password, u.is_superuser,
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
                ) AS permissions
            FROM auth_user u
            WHERE u.username = $1 AND u.is_active
            """,
            username,
        )
    if not await is_password(password, row["password"] if row else "") or row is None:
        return None
    return SignedIn(
        row["id"],
        row["username"],
        row["is_superuser"],
        frozenset(row["permissions"]),
        password_mark(row["password"]),
    )


async def username_of(email: str) -> str:
    """Return the name of the one active account with an address, or an empty text."""
    async with connection() as database:
        rows = await database.fetch(
            "SELECT username FROM auth_user "
            "WHERE email <> '' AND lower(email) = lower($1) AND is_active LIMIT 2",
            email,
        )
    return rows[0]["username"] if len(rows) == 1 else ""
