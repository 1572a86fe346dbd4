"""Keys that computers of a project brought from another installation. Contract: agent-v4 2.

An agent never fetches keys again while it has some. What it takes to go on with one whose project
had another pair elsewhere: its public half verifies what the agent signs, and seals what only it
may read. The private half stays with the agents. Where they also knew another server, that one's
private key opens what they seal for it and signs what they are answered.
"""

import asyncio
import hashlib
import logging
import time
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from migas_tornado.errors import InvalidDataError, NotFoundError
from migas_tornado.keys.pairs import PROJECTS_DIRECTORY, KeyPair, KeyRing, PublicHalf
from migas_tornado.secrets_file import write_once
from migas_tornado.slugs import is_slug

log = logging.getLogger(__name__)

REMEMBERED_SECONDS = 5.0
"""How long an import beside a running server may go unnoticed by it."""
SUFFIX = ".accepted"
PUBLIC, SERVER = ".pub", ".server.pri"
FINGERPRINT_DIGITS = 16
SMALLEST_BITS = 2048


@dataclass(frozen=True, slots=True)
class Partner:
    """Holders of one key: how they are known, and which server they know."""

    public: PublicHalf
    server: KeyPair


@dataclass(frozen=True, slots=True)
class AcceptedKey:
    """A key that was imported, as it is listed."""

    fingerprint: str
    has_server_key: bool


class Partners:
    """Whom a project's messages may come from.

    Args:
        keys: the pairs of this server.
        directory: where they are kept, and accepted keys besides.
        server: the pair of this server.
    """

    def __init__(self, keys: KeyRing, directory: Path, server: KeyPair) -> None:
        self._keys, self._directory, self._server = keys, directory, server
        self._accepted: dict[str, tuple[float, tuple[Partner, ...]]] = {}
        self._loaded: dict[str, dict[tuple[str, int], Partner]] = {}

    async def of_project(self, slug: str) -> tuple[Partner, ...]:
        """Return those of a project; first those who hold the pair that is handed out here.

        Raises:
            InvalidDataError: when the text is not a slug, and so could name another file.
        """
        own = Partner((await self._keys.project(slug)).public, self._server)
        read_at, accepted = self._accepted.get(slug, (0.0, ()))
        if not read_at or time.monotonic() - read_at > REMEMBERED_SECONDS:
            accepted = await asyncio.to_thread(self._read, slug)
            self._accepted[slug] = (time.monotonic(), accepted)
        return (own, *accepted)

    async def packagers(self) -> tuple[Partner, ...]:
        """Return those who upload packages."""
        return (Partner((await self._keys.packager()).public, self._server),)

    def _read(self, slug: str) -> tuple[Partner, ...]:
        remembered = self._loaded.get(slug, {})
        loaded: dict[tuple[str, int], Partner] = {}
        for key in list_accepted(self._directory, slug):
            try:
                # One that is imported again, with another key of the server, is another one.
                name = (key.fingerprint, _changed_at(self._server_file(slug, key)))
                loaded[name] = remembered.get(name) or self._load(slug, key)
            except (OSError, ValueError, InvalidDataError) as error:
                log.error("accepted key not readable project=%s error=%s", slug, error)
        self._loaded[slug] = loaded
        return tuple(loaded.values())

    def _server_file(self, slug: str, key: AcceptedKey) -> Path:
        return directory_of(self._directory, slug) / f"{key.fingerprint}{SERVER}"

    def _load(self, slug: str, key: AcceptedKey) -> Partner:
        place = directory_of(self._directory, slug)
        public = public_half_of((place / f"{key.fingerprint}{PUBLIC}").read_bytes())
        if not key.has_server_key:
            return Partner(public, self._server)
        return Partner(public, private_pair_of(self._server_file(slug, key).read_bytes()))


def _changed_at(path: Path) -> int:
    """Return when a file was written, in nanoseconds; 0 when it is not there."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def directory_of(directory: Path, slug: str) -> Path:
    """Return where the accepted keys of a project are kept; no slug has a dot.

    Raises:
        InvalidDataError: when the text is not a slug, and so could name another directory.
    """
    if not is_slug(slug):
        raise InvalidDataError(f"{slug!r} cannot name a key.")
    return directory / PROJECTS_DIRECTORY / f"{slug}{SUFFIX}"


def fingerprint_of(public: PublicHalf) -> str:
    """Return what a key is called: the start of the SHA-256 of its public half."""
    return hashlib.sha256(public.der).hexdigest()[:FINGERPRINT_DIGITS]


def import_accepted(directory: Path, slug: str, pem: bytes, server_pem: bytes | None) -> str:
    """Accept a key for a project and return its fingerprint.

    Args:
        directory: where keys are kept.
        slug: of the project.
        pem: either half of the pair that the computers hold; only the public one is kept.
        server_pem: private key of the server that they knew, when it is not this one's.

    Raises:
        InvalidDataError: a file holds no such key.
    """
    public = public_half_of(pem)
    name, place = fingerprint_of(public), directory_of(directory, slug)
    if server_pem is not None:
        # Before the key that makes use of it: a running server reads the directory at any time.
        (place / f"{name}{SERVER}").unlink(missing_ok=True)
        write_once(place / f"{name}{SERVER}", private_pair_of(server_pem).private_pem)
    write_once(place / f"{name}{PUBLIC}", public.pem)
    return name


def list_accepted(directory: Path, slug: str) -> list[AcceptedKey]:
    """Return the keys that are accepted for a project besides its own."""
    place = directory_of(directory, slug)
    names = sorted(path.name.removesuffix(PUBLIC) for path in place.glob(f"[!.]*{PUBLIC}"))
    return [AcceptedKey(name, (place / f"{name}{SERVER}").exists()) for name in names]


def remove_accepted(directory: Path, slug: str, fingerprint: str) -> None:
    """No longer accept a key.

    Raises:
        NotFoundError: it is not accepted.
    """
    if fingerprint not in {key.fingerprint for key in list_accepted(directory, slug)}:
        raise NotFoundError(f"There is no accepted key {fingerprint!r}.")
    place = directory_of(directory, slug)
    (place / f"{fingerprint}{PUBLIC}").unlink()
    (place / f"{fingerprint}{SERVER}").unlink(missing_ok=True)


def public_half_of(pem: bytes) -> PublicHalf:
    """Return the public half of a PEM file with either half.

    Raises:
        InvalidDataError: it holds no RSA key that is long enough.
    """
    if b"PRIVATE KEY" in pem:
        return private_pair_of(pem).public
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InvalidDataError(f"This is no public key in PEM form: {error}") from error
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < SMALLEST_BITS:
        raise InvalidDataError(f"An RSA key of at least {SMALLEST_BITS} bits is expected.")
    return PublicHalf(key)


def private_pair_of(pem: bytes) -> KeyPair:
    """Return the pair of a PEM file with a private key.

    Raises:
        InvalidDataError: it holds no RSA key that is long enough and has no passphrase.
    """
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InvalidDataError(
            f"This is no private key in PEM form without passphrase: {error}"
        ) from error
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < SMALLEST_BITS:
        raise InvalidDataError(f"An RSA key of at least {SMALLEST_BITS} bits is expected.")
    return KeyPair(key)
