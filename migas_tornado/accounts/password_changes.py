"""Changes of passwords. Contract: admin-api 2, 5.9."""

from migas_tornado.accounts.password_rules import LEAST_LENGTH, MOST_LENGTH, mistakes
from migas_tornado.accounts.passwords import hash_password
from migas_tornado.bus import Channel, tell
from migas_tornado.db import connection
from migas_tornado.errors import InvalidDataError, NotFoundError

_FACTS = (
    ("username", "username"),
    ("first_name", "first name"),
    ("last_name", "last name"),
    ("email", "email address"),
)


async def change_own_password(account_id: int, password: str, repeated: str) -> None:
    """Give an account the password that its owner chose.

    Raises:
        InvalidDataError: the two differ, or it is too easy to guess.
    """
    if password != repeated:
        raise InvalidDataError({"new_password2": ["The two password fields didn't match."]})
    async with connection() as database:
        row = await database.fetchrow("SELECT * FROM auth_user WHERE id = $1", account_id)
    if row is None:
        raise NotFoundError("Not found.")
    found = mistakes(password, [(name, row[column]) for column, name in _FACTS])
    if found:
        raise InvalidDataError({"new_password2": found})
    await _store(account_id, password)


async def set_password(account_id: int, password: str, repeated: str) -> None:
    """Give an account a password.

    Raises:
        InvalidDataError: the two differ, or it is too short.
    """
    if len(password) < LEAST_LENGTH:
        raise InvalidDataError({"password": [f"Minimum length is {LEAST_LENGTH} characters"]})
    if len(password) > MOST_LENGTH:
        raise InvalidDataError({"password": [f"Maximum length is {MOST_LENGTH} characters"]})
    if password != repeated:
        raise InvalidDataError({"password": ["Password fields didn't match."]})
    await _store(account_id, password)


async def _store(account_id: int, password: str) -> None:
    hashed = await hash_password(password)
    async with connection() as database:
        await database.execute(
            "UPDATE auth_user SET password = $2 WHERE id = $1", account_id, hashed
        )
        tell(database, Channel.ACCOUNTS, accounts=[account_id])
