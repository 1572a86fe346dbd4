"""The OpenPGP key of all repositories: made once, kept in one file, and signing with it.

Making the key takes seconds and holds the interpreter: call `create_key` in another process.
"""

import os
import secrets
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from pysequoia import PySigner, SignatureMode, Tsk, sign

from migas_tornado.errors import ConfigurationError
from migas_tornado.repositories.openpgp_key import new_key

# Contract: repositories 5
USER_ID = "migasfree-repository"


def create_key(path: Path) -> None:
    """Make the repository key and keep it in a file that only its owner can read.

    Of several that do this at once exactly one wins; all return when the key is there.
    """
    key = Tsk.from_bytes(new_key(USER_ID, datetime.now(UTC)))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(str(key))
            file.flush()
            os.fsync(file.fileno())
        # A link never replaces, unlike a rename: a key that clients know must not change.
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)


def public_key(path: Path) -> str:
    """Return the public key of a secret key file, armoured.

    Raises:
        ConfigurationError: when the file is missing or does not hold a secret key.
    """
    return _load(path)[0]


def clear_sign(path: Path, data: bytes) -> bytes:
    """Return a text with its signature around it, as `InRelease` is.

    Raises:
        ConfigurationError: when the key file is missing or does not hold a secret key.
    """
    return sign(_load(path)[1], data, mode=SignatureMode.CLEAR)


def detach_sign(path: Path, data: bytes) -> bytes:
    """Return the signature of some data, armoured.

    Raises:
        ConfigurationError: when the key file is missing or does not hold a secret key.
    """
    return sign(_load(path)[1], data, mode=SignatureMode.DETACHED)


def _load(path: Path) -> tuple[str, PySigner]:
    """Return the armoured public key and the signer, afresh when the file was replaced."""
    try:
        return _load_version(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise ConfigurationError(
            f"The repository key {path} cannot be read: {error.strerror}."
        ) from error


@lru_cache(maxsize=8)
def _load_version(path: Path, _modified: int) -> tuple[str, PySigner]:
    content = path.read_bytes()
    try:
        key = Tsk.from_bytes(content)
        return str(key.extract_certificate()), key.signer()
    except RuntimeError as error:  # pysequoia has no narrower one; its text is a stack trace
        raise ConfigurationError(f"{path} is not an OpenPGP secret key.") from error
