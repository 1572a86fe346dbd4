"""Creation of accounts."""

from datetime import UTC, datetime

from migas_tornado.db import Connection


async def add_account(
    database: Connection, username: str, password: str, *, is_superuser: bool, is_staff: bool
) -> int:
    """Add an account with its profile, or give an existing one this password and these flags.

    Args:
        database: connection, usually inside a transaction.
        username: name to sign in with.
        password: hash as `hash_password` returns it; empty for an account that cannot sign in.
        is_superuser: whether it may do everything.
        is_staff: whether it may use the administration.

    Returns:
        Its id.
    """
    key = await database.fetchval(
        "INSERT INTO auth_user (username, password, first_name, last_name, email, is_superuser, "
        "is_staff, is_active, date_joined) VALUES ($1, $2, '', '', '', $3, $4, true, $5) "
        "ON CONFLICT (username) DO UPDATE SET password = excluded.password, "
        "is_superuser = excluded.is_superuser, is_staff = excluded.is_staff, is_active = true "
        "RETURNING id",
        username,
        password,
        is_superuser,
        is_staff,
        datetime.now(UTC),
    )
    await database.execute(
        "INSERT INTO core_userprofile (user_ptr_id) VALUES ($1) ON CONFLICT DO NOTHING", key
    )
    return key
