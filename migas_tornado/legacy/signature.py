"""Signed messages: a JSON text with an RSA signature at its end. Contract: agent-v4 2.

SHA-1 is what the protocol demands, and stands nowhere else.
"""

import hashlib
from collections import OrderedDict

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from migas_tornado.keys.accepted import Partner
from migas_tornado.keys.pairs import KeyPair

SIGNATURE_BYTES = 256
REMEMBERED_SIGNATURES = 4096

_PKCS1 = padding.PKCS1v15()
_SHA1 = hashes.SHA1()  # noqa: S303 - contract agent-v4 2


def split_message(message: bytes) -> tuple[bytes, bytes]:
    """Return the text and the signature of a message; one that is too short has no text."""
    return message[:-SIGNATURE_BYTES], message[-SIGNATURE_BYTES:]


def signer_of(message: bytes, partners: tuple[Partner, ...]) -> Partner | None:
    """Return which of several partners signed a message, or None."""
    text, signature = split_message(message)
    for partner in partners:
        try:
            partner.public.key.verify(signature, text, _PKCS1, _SHA1)
        except InvalidSignature:
            continue
        return partner
    return None


class Signer:
    """Signs answers.

    The signature of a text is always the same, and most answers of a fleet are alike: the last ones
    are remembered, which saves the dearest step.
    """

    def __init__(self) -> None:
        self._signatures: OrderedDict[bytes, bytes] = OrderedDict()

    def sign(self, text: bytes, server: KeyPair) -> bytes:
        """Return a text with its signature by a server that the recipient knows."""
        name = hashlib.sha256(server.public.thumbprint.encode() + text).digest()
        signature = self._signatures.get(name)
        if signature is None:
            signature = server.private.sign(text, _PKCS1, _SHA1)
            self._signatures[name] = signature
            if len(self._signatures) > REMEMBERED_SIGNATURES:
                self._signatures.popitem(last=False)
        return text + signature
