"""Hashing of passwords: slow on purpose, and therefore in a thread."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()


async def hash_password(password: str) -> str:
    """Return the argon2id hash to store for a password."""
    return await asyncio.to_thread(_hasher.hash, password)


async def is_password(password: str, stored: str) -> bool:
    """Tell whether a password belongs to a stored hash; an empty hash belongs to none.

    A hash that cannot belong to any password takes as long as one that can, so that the time of
    an answer does not tell which accounts exist.
    """
    return await asyncio.to_thread(_verify, password, stored)


def _verify(password: str, stored: str) -> bool:
    if not stored:
        _hasher.hash(password)
        return False
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
