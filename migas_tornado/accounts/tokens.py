"""Tokens of accounts, of which only hashes are kept. Contract: admin-api 2, decisions."""

from datetime import UTC, datetime

from migas_tornado.accounts.callers import new_token, token_hash
from migas_tornado.bus import Channel, tell
from migas_tornado.db import Connection

MOST_TOKENS = 100
"""Tokens that an account may have; each login makes one, and the oldest gives way."""


async def add_token(database: Connection, account_id: int) -> str:
    """Make a token beside those that the account has, and return it."""
    token = new_token()
    await database.execute(
        "INSERT INTO authtoken_token (key, user_id, created) "
        "SELECT $1, u.id, $3 FROM auth_user u WHERE u.id = $2 FOR KEY SHARE",
        token_hash(token),
        account_id,
        datetime.now(UTC),
    )
    await database.execute(
        "DELETE FROM authtoken_token WHERE key IN (SELECT key FROM authtoken_token "
        "WHERE user_id = $1 ORDER BY created DESC OFFSET $2)",
        account_id,
        MOST_TOKENS,
    )
    return token


async def sign_in(database: Connection, account_id: int) -> str:
    """Note that an account signed in, and return a token for it."""
    await database.execute(
        "UPDATE auth_user SET last_login = $2 WHERE id = $1", account_id, datetime.now(UTC)
    )
    return await add_token(database, account_id)


async def drop_token(database: Connection, token: str) -> None:
    """Forget one token; others of the same account stay valid."""
    account_id = await database.fetchval(
        "DELETE FROM authtoken_token WHERE key = $1 RETURNING user_id", token_hash(token)
    )
    if account_id is not None:
        tell(database, Channel.ACCOUNTS, accounts=[account_id])


async def replace_tokens(database: Connection, account_id: int) -> str:
    """Forget all tokens of an account and return a new one."""
    await database.execute("DELETE FROM authtoken_token WHERE user_id = $1", account_id)
    tell(database, Channel.ACCOUNTS, accounts=[account_id])
    return await add_token(database, account_id)
