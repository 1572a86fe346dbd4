"""The RSA key by which apk trusts an index: made once, kept beside the OpenPGP key, and signing.

apk does not read OpenPGP keys, and what it has instead is RSA alone. Making the key takes up
to seconds: call `create_key` in a thread. Contract: repositories 5.5.
"""

import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from migas_tornado.errors import ConfigurationError

FILE_NAME = "migasfree.rsa"
KEY_BITS = 4096


def create_key(keys_dir: Path) -> None:
    """Make the key, if there is none, in a file that only its owner can read.

    Of several that do this at once exactly one wins; all return when the key is there.
    """
    path = keys_dir / FILE_NAME
    if path.exists():
        return
    pem = rsa.generate_private_key(65537, KEY_BITS).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        # A link never replaces, unlike a rename: a key that clients know must not change.
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)


def public_key(keys_dir: Path) -> str:
    """Return the public key as PEM, making the key where there is none.

    Raises:
        ConfigurationError: when the file does not hold a secret RSA key.
    """
    encoded = (
        _key(keys_dir)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return encoded.decode()


def sign(keys_dir: Path, data: bytes) -> bytes:
    """Return the signature of some data with SHA-256, making the key where there is none.

    Raises:
        ConfigurationError: when the file does not hold a secret RSA key.
    """
    return _key(keys_dir).sign(data, padding.PKCS1v15(), hashes.SHA256())


def _key(keys_dir: Path) -> rsa.RSAPrivateKey:
    create_key(keys_dir)
    path = keys_dir / FILE_NAME
    return _load_version(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _load_version(path: Path, _modified: int) -> rsa.RSAPrivateKey:
    try:
        # Our own key needs no proof of its primes, which takes longer than the server may stand.
        key = serialization.load_pem_private_key(
            path.read_bytes(), None, unsafe_skip_rsa_key_validation=True
        )
    except (ValueError, TypeError, OSError) as error:
        raise ConfigurationError(f"{path} is not a secret key that can be read.") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ConfigurationError(f"{path} is not an RSA key, the only kind that apk knows.")
    return key
