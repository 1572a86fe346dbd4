"""The OpenPGP key of all repositories: made once, kept in one file, and signing with it.

Making the key takes up to seconds: call `create_key` in a thread.
"""

import base64
import contextlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from pysequoia import ArmorKind, Cert, PySigner, SignatureMode, Tsk, armor, sign

from migas_tornado.errors import ConfigurationError
from migas_tornado.repositories.openpgp_key import new_key

# Contract: repositories 5
USER_ID = "migasfree-repository"

_SIGNATURE = b"-----BEGIN PGP SIGNATURE-----"


def previous_path(path: Path) -> Path:
    """Return the file of the key that was the repository key before the one in a file."""
    return path.with_name(f"{path.stem}-previous{path.suffix}")


def create_key(path: Path, days: int = 0) -> None:
    """Make the repository key and keep it in a file that only its owner can read.

    Of several that do this at once exactly one wins; all return when the key is there.

    Args:
        path: the file.
        days: until the key expires; 0 for never.
    """
    with _draft(path, days) as draft, contextlib.suppress(FileExistsError):
        # A link never replaces, unlike a rename: a key that clients know must not change.
        path.hardlink_to(draft)


def rotate_key(path: Path, days: int = 0) -> None:
    """Make a new repository key; the one that there was becomes the previous key.

    Args:
        path: the file of the key.
        days: until the new key expires; 0 for never.

    Raises:
        ConfigurationError: there is no key yet, or the last rotation is not finished.
    """
    previous = previous_path(path)
    if previous.exists():
        raise ConfigurationError(
            "The last rotation is not finished: end it with `repository-key expire` when all "
            "computers have the new key."
        )
    public_key(path)
    with _draft(path, days) as draft:
        previous.hardlink_to(path)
        draft.replace(path)


def expire_previous(path: Path) -> None:
    """Forget the previous key: it signs no more, and computers get only the new one.

    Raises:
        ConfigurationError: there is none.
    """
    try:
        previous_path(path).unlink()
    except FileNotFoundError as error:
        raise ConfigurationError("There is no previous key; nothing was changed.") from error


def public_key(path: Path) -> str:
    """Return the public key of a secret key file, armoured.

    Raises:
        ConfigurationError: when the file is missing or does not hold a secret key.
    """
    return str(_load(path)[0])


def public_keys(path: Path) -> str:
    """Return the public key, and after it the previous one as long as there is one.

    Raises:
        ConfigurationError: when a file does not hold a secret key.
    """
    return "".join(public_key(one) for one in _key_files(path))


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What a person wants to know of a key."""

    fingerprint: str
    name: str
    expires: datetime | None


def key_facts(path: Path) -> list[KeyFacts]:
    """Return what is to be known of the key, and of the previous one as long as there is one.

    Raises:
        ConfigurationError: when a file is missing or does not hold a secret key.
    """
    found = [_load(one)[0] for one in _key_files(path)]
    return [KeyFacts(one.fingerprint, str(one.user_ids[0]), one.expiration) for one in found]


@dataclass(frozen=True, slots=True)
class KeySigner:
    """Signs with the key in a file, and with the previous one as long as there is one.

    Computers that have only one of them verify that one's signature. Each call may raise
    ConfigurationError when a key cannot be used.

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
        signed = self._signed(data, SignatureMode.CLEAR)
        if len(signed) == 1:
            return signed[0]
        texts, signatures = zip(*(one.split(_SIGNATURE, 1) for one in signed), strict=True)
        return texts[0] + _armoured([_SIGNATURE + one for one in signatures])

    def detach_sign(self, data: bytes, *, armoured: bool = True) -> bytes:
        """Return the signature of some data."""
        signed = self._signed(data, SignatureMode.DETACHED)
        if not armoured:
            return b"".join(map(dearmour, signed))
        return signed[0] if len(signed) == 1 else _armoured(signed)

    def _signed(self, data: bytes, mode: SignatureMode) -> list[bytes]:
        try:
            return [sign(_load(one)[1], data, mode=mode) for one in _key_files(self.path)]
        except RuntimeError as error:
            raise ConfigurationError(
                f"The repository key {self.path} cannot sign; it may have expired."
            ) from error


def dearmour(text: bytes) -> bytes:
    """Return the packets of an armoured block."""
    body = text.partition(b"\n\n")[2].rpartition(b"\n-----END")[0]
    lines = body.split(b"\n")
    if lines[-1].startswith(b"="):  # the checksum
        lines.pop()
    return base64.b64decode(b"".join(lines))


def _armoured(signatures: list[bytes]) -> bytes:
    """Return several armoured signatures as one."""
    return armor(b"".join(map(dearmour, signatures)), ArmorKind.Signature).encode()


def _key_files(path: Path) -> list[Path]:
    previous = previous_path(path)
    return [path, previous] if previous.exists() else [path]


@contextlib.contextmanager
def _draft(path: Path, days: int) -> Iterator[Path]:
    """Lend a file with a new key that only its owner can read; it is gone afterwards."""
    key = Tsk.from_bytes(new_key(USER_ID, datetime.now(UTC), days))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(str(key))
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _load(path: Path) -> tuple[Cert, PySigner]:
    """Return the public key and the signer, afresh when the file was replaced."""
    try:
        return _load_version(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise ConfigurationError(
            f"The repository key {path} cannot be read: {error.strerror}."
        ) from error


@lru_cache(maxsize=8)
def _load_version(path: Path, _modified: int) -> tuple[Cert, PySigner]:
    content = path.read_bytes()
    try:
        key = Tsk.from_bytes(content)
        return key.extract_certificate(), key.signer()
    except RuntimeError as error:  # pysequoia has no narrower one; its text is a stack trace
        raise ConfigurationError(f"{path} is not an OpenPGP secret key.") from error
