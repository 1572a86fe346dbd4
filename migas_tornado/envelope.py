"""The signed and encrypted envelope of safe calls. Contract: agent-v5 2.

A JWE (RSA-OAEP-256, A256CBC-HS512) holds `{"data": ..., "sign": "<JWS RS256>"}`. The steps are done
here with the primitives of `cryptography`, because general JOSE libraries spend several times as
long on large messages.
"""

import base64
import binascii
import contextlib
import hashlib
import hmac
import os
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from migas_tornado.errors import InvalidDataError
from migas_tornado.keys.accepted import Partner
from migas_tornado.keys.pairs import KeyPair, PublicHalf
from migas_tornado.received_json import parse_json, storable

ALGORITHM = "RSA-OAEP-256"
ENCRYPTION = "A256CBC-HS512"
KEY_BYTES = 64  # 32 to authenticate, 32 to encrypt
TAG_BYTES = 32
BLOCK_BITS = 128
BLOCK_BYTES = 16
REMEMBERED_SIGNATURES = 4096

_OAEP = rsa_padding.OAEP(rsa_padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
_PKCS1 = rsa_padding.PKCS1v15()
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


class BadEnvelopeError(InvalidDataError):
    """What was sent is not an envelope for this server."""

    def __init__(self) -> None:
        super().__init__("Invalid Data")


class BadSignatureError(InvalidDataError):
    """The envelope is for this server, but the expected key did not sign this data."""

    def __init__(self) -> None:
        super().__init__("Invalid Signature")


def open_envelope(message: str, recipient: RSAPrivateKey, signer: PublicHalf) -> Any:
    """Decrypt a message and return the data that the signer vouched for.

    Args:
        message: JWE in its flattened JSON or compact serialization.
        recipient: private key of this server.
        signer: public key of whoever should have signed.

    Returns:
        The signed JSON value; texts in it hold neither NUL nor lone surrogates, which PostgreSQL
        cannot store.

    Raises:
        BadEnvelopeError: it is not a JWE, is for somebody else, was changed, or holds no JSON.
        BadSignatureError: the signature is wrong, or is right over something else than the data.
    """
    try:
        content = _content(_parts(message), recipient)
    except _UNREADABLE as error:
        raise BadEnvelopeError from error
    return _vouched_for(*content, signer)


def open_from(message: str, partners: Sequence[Partner]) -> tuple[Any, Partner]:
    """Open a message that comes from one of several partners, and tell from which.

    Args:
        message: as for `open_envelope`.
        partners: at least one; the first is the one that most messages come from.

    Raises:
        BadEnvelopeError: as `open_envelope`.
        BadSignatureError: none of them vouched for the data.
    """
    try:
        parts = _parts(message)
        # Contract agent-v5 2: the recipient is named, for those who look.
        recipient = orjson.loads(_decode(parts["protected"].decode())).get("kid")
        server = next(
            (p.server for p in partners if p.server.public.thumbprint == recipient),
            partners[0].server,
        )
        content = _content(parts, server.private)
    except _UNREADABLE as error:
        raise BadEnvelopeError from error
    knowing = [partner for partner in partners if partner.server is server]
    for partner in knowing[:-1]:
        with contextlib.suppress(BadSignatureError):
            return _vouched_for(*content, partner.public), partner
    return _vouched_for(*content, knowing[-1].public), knowing[-1]


def _content(parts: dict[str, bytes], recipient: RSAPrivateKey) -> tuple[Any, Any]:
    """Return data and signature of a message."""
    content = parse_json(_decrypt(parts, recipient))
    return content["data"], content["sign"]


def _vouched_for(data: Any, signature: Any, signer: PublicHalf) -> Any:
    payload = _verified_payload(signature, signer.key)
    try:
        signed = parse_json(payload)
        # The signature has to vouch for this data, and not just for anything.
        if signed != data:
            raise BadSignatureError
        return storable(signed, payload)
    except (ValueError, RecursionError) as error:
        raise BadSignatureError from error


def _parts(message: str) -> dict[str, bytes]:
    """Return the members of a JWE; `protected` stays encoded, as it is authenticated that way."""
    if message.lstrip()[:1] == "{":
        members = orjson.loads(message)
        if "aad" in members or "unprotected" in members or "header" in members:
            raise ValueError("members that agents do not send")
    else:
        names = ("protected", "encrypted_key", "iv", "ciphertext", "tag")
        members = dict(zip(names, message.strip().split("."), strict=True))
    parts = {name: _decode(members[name]) for name in ("encrypted_key", "iv", "ciphertext", "tag")}
    header = orjson.loads(_decode(members["protected"]))
    if header.get("alg") != ALGORITHM or header.get("enc") != ENCRYPTION:
        raise ValueError("other algorithms than the agreed ones")
    if "zip" in header or "crit" in header:
        raise ValueError("extensions that agents do not use")
    parts["protected"] = members["protected"].encode("ascii")
    return parts


def _decrypt(parts: dict[str, bytes], recipient: RSAPrivateKey) -> bytes:
    key = recipient.decrypt(parts["encrypted_key"], _OAEP)
    if len(key) != KEY_BYTES or len(parts["iv"]) != BLOCK_BYTES:
        raise ValueError("a key or vector of another length")
    expected = _tag(key, parts["protected"], parts["iv"], parts["ciphertext"])
    if not hmac.compare_digest(expected, parts["tag"]):
        raise ValueError("the content was changed")
    decryptor = Cipher(algorithms.AES(key[32:]), modes.CBC(parts["iv"])).decryptor()
    padded = decryptor.update(parts["ciphertext"]) + decryptor.finalize()
    unpadder = padding.PKCS7(BLOCK_BITS).unpadder()
    return unpadder.update(padded) + unpadder.finalize()


def _verified_payload(signature: Any, signer: RSAPublicKey) -> bytes:
    """Return the payload of a JWS whose header is unprotected only, as agents write it."""
    try:
        jws = orjson.loads(signature)
        if jws["header"]["alg"] != "RS256" or "protected" in jws:
            raise BadSignatureError
        signer.verify(
            _decode(jws["signature"]),
            b"." + jws["payload"].encode("ascii"),
            _PKCS1,
            hashes.SHA256(),
        )
        return _decode(jws["payload"])
    except (ValueError, KeyError, TypeError, AttributeError, InvalidSignature) as error:
        raise BadSignatureError from error


class Sealer:
    """Writes envelopes signed by one key.

    RS256 gives the same signature for the same payload, and most answers of a fleet are alike:
    the last ones are remembered, which saves the dearest step.
    """

    def __init__(self, signer: KeyPair) -> None:
        self._signer = signer
        self._header = (
            f'{{"header":{{"alg":"RS256","kid":"{signer.public.thumbprint}"}},"payload":"'
        )
        self._signatures: OrderedDict[bytes, bytes] = OrderedDict()
        self._protected: dict[str, bytes] = {}

    def seal(self, data: Any, recipient: PublicHalf) -> str:
        """Return the flattened JWE of a JSON value for a recipient."""
        body = orjson.dumps(data)
        content = b'{"data":' + body + b',"sign":' + orjson.dumps(self._sign(body)) + b"}"
        key, vector = os.urandom(KEY_BYTES), os.urandom(BLOCK_BYTES)
        padder = padding.PKCS7(BLOCK_BITS).padder()
        encryptor = Cipher(algorithms.AES(key[32:]), modes.CBC(vector)).encryptor()
        padded = padder.update(content) + padder.finalize()
        ciphertext = encryptor.update(padded) + encryptor.finalize()
        protected = self._protected_header(recipient)
        parts = {
            "ciphertext": _encode(ciphertext),
            "encrypted_key": _encode(recipient.key.encrypt(key, _OAEP)),
            "iv": _encode(vector),
            "protected": protected.decode(),
            "tag": _encode(_tag(key, protected, vector, ciphertext)),
        }
        return orjson.dumps(parts).decode()

    def _sign(self, body: bytes) -> str:
        payload = _encode(body)
        digest = hashlib.sha256(body).digest()
        signature = self._signatures.get(digest)
        if signature is None:
            signature = self._signer.private.sign(b"." + payload.encode(), _PKCS1, hashes.SHA256())
            self._signatures[digest] = signature
            if len(self._signatures) > REMEMBERED_SIGNATURES:
                self._signatures.popitem(last=False)
        return f'{self._header}{payload}","signature":"{_encode(signature)}"}}'

    def _protected_header(self, recipient: PublicHalf) -> bytes:
        thumbprint = recipient.thumbprint
        if thumbprint not in self._protected:
            header = {"alg": ALGORITHM, "enc": ENCRYPTION, "kid": thumbprint, "typ": "JWE"}
            self._protected[thumbprint] = _encode(orjson.dumps(header)).encode()
        return self._protected[thumbprint]


class Sealers:
    """The sealer of each server that agents know: of this one, as a rule."""

    def __init__(self) -> None:
        self._sealers: dict[str, Sealer] = {}

    def seal(self, data: Any, partner: Partner) -> str:
        """Return the envelope of a JSON value for a partner."""
        name = partner.server.public.thumbprint
        if name not in self._sealers:
            self._sealers[name] = Sealer(partner.server)
        return self._sealers[name].seal(data, partner.public)


def _tag(key: bytes, protected: bytes, vector: bytes, ciphertext: bytes) -> bytes:
    """RFC 7518 5.2.2.1: authenticate the header, the vector, the text and the header's length."""
    length = (len(protected) * 8).to_bytes(8, "big")
    mac = hmac.new(key[:32], protected, hashlib.sha512)
    mac.update(vector)
    mac.update(ciphertext)
    mac.update(length)
    return mac.digest()[:TAG_BYTES]


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
