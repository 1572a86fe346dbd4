"""What the owner of a certificate is given: a tar with key and certificate under his password.

Made in memory: the key is never on this server's disk. Contract: enrolment-and-proxy 3.
"""

import io
import tarfile
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from migas_tornado.certificates.authority import Issued

README = """\
{name}.p12 holds a certificate and its key, under the password that you chose.
Import it into the browser, or into the programs, with which you administer {host}.
"""


def tar_of_computer(issued: Issued, name: str, password: bytes) -> bytes:
    """Return `name.p12`, `name.crt` and `name.key`; blocks some milliseconds.

    Agents take the first .p12 of the top directory.
    """
    encryption = serialization.BestAvailableEncryption(password)
    return _tar(
        {
            f"{name}.p12": pkcs12_of(issued, name, password),
            f"{name}.crt": issued.certificate.public_bytes(serialization.Encoding.PEM),
            f"{name}.key": issued.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
            ),
        }
    )


def tar_of_admin(issued: Issued, name: str, password: bytes, host: str) -> bytes:
    """Return `name.p12` and a note; blocks some milliseconds."""
    return _tar(
        {
            f"{name}.p12": pkcs12_of(issued, name, password),
            "README": README.format(name=name, host=host).encode(),
        }
    )


def pkcs12_of(issued: Issued, name: str, password: bytes) -> bytes:
    """Return key and certificate as PKCS #12.

    AES-256 and SHA-256, which every OpenSSL from 1.0 on reads without its legacy algorithms.
    """
    return pkcs12.serialize_key_and_certificates(
        name.encode(),
        issued.key,
        issued.certificate,
        None,
        serialization.BestAvailableEncryption(password),
    )


def _tar(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode, member.mtime = len(content), 0o600, int(time.time())
            tar.addfile(member, io.BytesIO(content))
    return target.getvalue()
