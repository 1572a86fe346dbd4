"""RSA key pairs: made once, kept in files, loaded once. Contract: agent-v5 3."""

import asyncio
import base64
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from migas_tornado.errors import ConfigurationError, InvalidDataError
from migas_tornado.secrets_file import write_once
from migas_tornado.slugs import is_slug

KEY_BITS = 2048
SERVER = "migasfree-server"
PACKAGER = "migasfree-packager"
PROJECTS_DIRECTORY = "projects"


@dataclass(frozen=True)
class PublicHalf:
    """A public key with all that is derived from it, so that no request derives it again."""

    key: rsa.RSAPublicKey

    @cached_property
    def pem(self) -> str:
        """SubjectPublicKeyInfo, as agents keep it."""
        return self.key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ).decode()

    @cached_property
    def der(self) -> bytes:
        """SubjectPublicKeyInfo in its one binary form."""
        return self.key.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @cached_property
    def thumbprint(self) -> str:
        """RFC 7638 SHA-256 thumbprint: the `kid` of envelopes."""
        numbers = self.key.public_numbers()
        members = f'{{"e":"{_number(numbers.e)}","kty":"RSA","n":"{_number(numbers.n)}"}}'
        return _base64url(hashlib.sha256(members.encode()).digest())


@dataclass(frozen=True)
class KeyPair:
    """A private key and its public half."""

    private: rsa.RSAPrivateKey

    @cached_property
    def public(self) -> PublicHalf:
        """The public half."""
        return PublicHalf(self.private.public_key())

    @cached_property
    def private_pem(self) -> str:
        """PKCS#8 without passphrase, as agents keep it."""
        return self.private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()


class KeyRing:
    """All pairs of a server. A pair is made when it is first asked for."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._pairs: dict[Path, KeyPair] = {}
        self._locks: dict[Path, asyncio.Lock] = {}

    async def server(self) -> KeyPair:
        """Return the pair that opens every request and signs every answer."""
        return await self._pair(self._directory / f"{SERVER}.pri")

    async def packager(self) -> KeyPair:
        """Return the pair that all packagers share."""
        return await self._pair(self._directory / f"{PACKAGER}.pri")

    async def project(self, slug: str) -> KeyPair:
        """Return the pair that all computers of a project share.

        Projects have a directory of their own, so that none can be named like another key.

        Raises:
            InvalidDataError: when the text is not a slug, and so could name another file.
        """
        return await self._pair(pair_path(self._directory, slug))

    def forget_projects(self) -> None:
        """Read the pairs of projects anew: a project may have got the name of one that is no more.

        Call it after a project changed.
        """
        own = {self._directory / f"{name}.pri" for name in (SERVER, PACKAGER)}
        self._pairs = {path: pair for path, pair in self._pairs.items() if path in own}

    async def _pair(self, path: Path) -> KeyPair:
        if pair := self._pairs.get(path):
            return pair
        async with self._locks.setdefault(path, asyncio.Lock()):
            if path not in self._pairs:
                self._pairs[path] = await asyncio.to_thread(_load_or_make, path)
            return self._pairs[path]


def pair_path(directory: Path, slug: str) -> Path:
    """Return where the pair of a project is kept.

    Raises:
        InvalidDataError: when the text is not a slug, and so could name another file.
    """
    if not is_slug(slug):
        raise InvalidDataError(f"{slug!r} cannot name a key.")
    return directory / PROJECTS_DIRECTORY / f"{slug}.pri"


def _load_or_make(path: Path) -> KeyPair:
    # A link is a former name of the project, whose pair may not have been asked for yet.
    path = path.resolve()
    if not path.exists():
        key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        write_once(path, KeyPair(key).private_pem)
    # Read back even when just made: of two replicas with one volume, the first to write wins.
    # The file is ours, so the primes need not be proved again: that holds the interpreter 35 ms.
    key = serialization.load_pem_private_key(
        path.read_bytes(), password=None, unsafe_skip_rsa_key_validation=True
    )
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ConfigurationError(f"{path} is not an RSA key.")
    return KeyPair(key)


def _number(value: int) -> str:
    return _base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
