"""What `migas-tornado repository-key` does: show, export, rotate and expire the repository key.

A rotation has two steps, so that no computer is left behind: after `rotate` everything is signed
with both keys and computers get both; `expire` ends it, when all have synchronized.
"""

from pathlib import Path

from migas_tornado.db import transaction
from migas_tornado.errors import ConfigurationError
from migas_tornado.repositories import openpgp
from migas_tornado.repositories.keys import FILE_NAME
from migas_tornado.repositories.stale import mark_all_stale

MOST_DAYS = 36_500


def shown(keys_dir: Path) -> str:
    """Return what is to be known of the key, and of the previous one, in lines.

    Raises:
        ConfigurationError: there is no key yet.
    """
    blocks = []
    for title, facts in zip(
        ("current", "previous"), openpgp.key_facts(keys_dir / FILE_NAME), strict=False
    ):
        expires = f"{facts.expires:%Y-%m-%d}" if facts.expires else "never"
        blocks.append(
            f"{title}: {facts.name}\n"
            f"  fingerprint: {facts.fingerprint.upper()}\n"
            f"  expires: {expires}"
        )
    return "\n".join(blocks)


def exported(keys_dir: Path) -> str:
    """Return the public key as computers get it.

    Raises:
        ConfigurationError: there is no key yet.
    """
    return openpgp.public_keys(keys_dir / FILE_NAME)


def rotated(keys_dir: Path, days: int) -> None:
    """Make a new key, and keep signing with the one before it.

    Raises:
        ConfigurationError: there is no key yet, the last rotation is not finished, or the number
            of days cannot be used.
    """
    if not 0 <= days <= MOST_DAYS:
        raise ConfigurationError(f"A key expires after 1 to {MOST_DAYS} days, or 0 for never.")
    openpgp.rotate_key(keys_dir / FILE_NAME, days)


def expired(keys_dir: Path) -> None:
    """Forget the previous key.

    Raises:
        ConfigurationError: there is none.
    """
    openpgp.expire_previous(keys_dir / FILE_NAME)


async def sign_again() -> None:
    """Have every repository signed anew by whichever server runs, or by the next one to start."""
    async with transaction() as database:
        await mark_all_stale(database)
