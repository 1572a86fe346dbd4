"""Administrators who may do everything."""

from migas_tornado.accounts.creation import add_account
from migas_tornado.accounts.passwords import hash_password
from migas_tornado.db import transaction
from migas_tornado.errors import ConfigurationError

LEAST_PASSWORD = 8
USERNAME_LENGTH = 150


async def create_superuser(username: str, password: str) -> None:
    """Add an administrator, or make an existing account one with this password.

    Raises:
        ConfigurationError: the name or the password cannot be used.
    """
    if not username or len(username) > USERNAME_LENGTH:
        raise ConfigurationError(f"A name has 1 to {USERNAME_LENGTH} characters.")
    if len(password) < LEAST_PASSWORD:
        raise ConfigurationError(f"A password has at least {LEAST_PASSWORD} characters.")
    hashed = await hash_password(password)
    async with transaction() as database:
        await add_account(database, username, hashed, is_superuser=True, is_staff=True)
