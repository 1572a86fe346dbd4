"""A new OpenPGP key, in the plainest form there is: one RSA key that certifies itself and signs.

The keys that pysequoia makes mark facts as critical that rpm 4.18 does not know, so that `rpm
--import`, by which agents take a key in, refuses them. RFC 4880 5.5.3, 5.2.3, 12.2.
"""

import hashlib
import struct
from datetime import datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

KEY_BITS = 4096

_SECRET_KEY, _USER_ID, _SIGNATURE = 5, 13, 2  # packets
_VERSION_4, _RSA, _SHA512 = b"\x04", b"\x01", b"\x0a"
_POSITIVE_CERTIFICATION = b"\x13"
_PLAIN_SECRET = b"\x00"
# Subpackets with their content.
_MAY_CERTIFY_AND_SIGN = (27, b"\x03")
_AES = (11, b"\x09\x07")
_SHA512_OR_SHA256 = (21, b"\x0a\x08")
_MODIFICATION_DETECTION = (30, b"\x01")
_CREATED, _LIFETIME, _ISSUER, _FINGERPRINT = 2, 9, 16, 33


def new_key(user_id: str, created: datetime, days: int = 0) -> bytes:
    """Return the packets of a new secret key without a passphrase.

    Takes up to seconds, during which other threads run.

    Args:
        user_id: its name.
        created: when.
        days: until it expires; 0 for never.
    """
    key = rsa.generate_private_key(65537, KEY_BITS)
    numbers = key.private_numbers()
    time = struct.pack(">I", int(created.timestamp()))
    public = _VERSION_4 + time + _RSA
    public += _number(numbers.public_numbers.n) + _number(numbers.public_numbers.e)
    # OpenPGP wants the inverse of its first prime, other formats that of the second.
    primes = (numbers.q, numbers.p, pow(numbers.q, -1, numbers.p))
    secret = b"".join(map(_number, (numbers.d, *primes)))
    name = user_id.encode()
    return b"".join(
        (
            _packet(
                _SECRET_KEY,
                public + _PLAIN_SECRET + secret + struct.pack(">H", sum(secret) % 2**16),
            ),
            _packet(_USER_ID, name),
            _packet(_SIGNATURE, _certification(key, public, name, time, days)),
        )
    )


def _certification(
    key: rsa.RSAPrivateKey, public: bytes, name: bytes, time: bytes, days: int
) -> bytes:
    """Return the signature of a key over itself and its name."""
    hashed_key = b"\x99" + struct.pack(">H", len(public)) + public
    fingerprint = hashlib.sha1(hashed_key, usedforsecurity=False).digest()  # RFC 4880 12.2
    facts = _subpackets(
        (_FINGERPRINT, _VERSION_4 + fingerprint),
        (_CREATED, time),
        *([(_LIFETIME, struct.pack(">I", days * 86400))] if days else []),
        _MAY_CERTIFY_AND_SIGN,
        _AES,
        _SHA512_OR_SHA256,
        _MODIFICATION_DETECTION,
    )
    head = _VERSION_4 + _POSITIVE_CERTIFICATION + _RSA + _SHA512 + facts
    hashed_name = b"\xb4" + struct.pack(">I", len(name)) + name
    trailer = _VERSION_4 + b"\xff" + struct.pack(">I", len(head))
    signed = hashed_key + hashed_name + head + trailer
    signature = int.from_bytes(key.sign(signed, padding.PKCS1v15(), hashes.SHA512()), "big")
    issuer = _subpackets((_ISSUER, fingerprint[-8:]))
    return head + issuer + hashlib.sha512(signed).digest()[:2] + _number(signature)


def _number(value: int) -> bytes:
    size = value.bit_length()
    return struct.pack(">H", size) + value.to_bytes((size + 7) // 8, "big")


def _packet(tag: int, body: bytes) -> bytes:
    return bytes([0xC0 | tag, 0xFF]) + struct.pack(">I", len(body)) + body


def _subpackets(*facts: tuple[int, bytes]) -> bytes:
    found = b"".join(bytes([len(content) + 1, kind]) + content for kind, content in facts)
    return struct.pack(">H", len(found)) + found
