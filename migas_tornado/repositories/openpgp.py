"""The OpenPGP key of all repositories: made once, kept in one file, and signing with it.

Making the key takes seconds and holds the interpreter: call `create_key` in another process.
"""

import base64
import os
import secrets
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class KeySigner:
    """Signs with the key in a file; each call may raise ConfigurationError when it cannot be used.

    Attributes:
        path: the file of the secret key.
        server_names: names by which computers call this server.
    """

    path: Path
    server_names: tuple[str, ...] = ()

    @property
    def keys_dir(self) -> Path:
        """Directory of the server's keys."""
        return self.path.parent

    def clear_sign(self, data: bytes) -> bytes:
        """Return a text with its signature around it, as `InRelease` is."""
        return sign(_load(self.path)[1], data, mode=SignatureMode.CLEAR)

    def detach_sign(self, data: bytes, *, armoured: bool = True) -> bytes:
        """Return the signature of some data."""
        signature = sign(_load(self.path)[1], data, mode=SignatureMode.DETACHED)
        return signature if armoured else dearmour(signature)


def dearmour(text: bytes) -> bytes:
    """Return the packets of an armoured block."""
    body = text.partition(b"\n\n")[2].rpartition(b"\n-----END")[0]
    lines = body.split(b"\n")
    if lines[-1].startswith(b"="):  # the checksum
        lines.pop()
    return base64.b64decode(b"".join(lines))


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
