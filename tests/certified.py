"""An agent that enrols for a client certificate as the released client does."""

import io
import json
import ssl
import tarfile
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from agent import Agent, Answer, request
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

MTLS = "/manager/v1/public/mtls/"
PASSWORD = "0123456789abcdefghijkl"


def post_json(
    url: str, path: str, body: Any, tls: ssl.SSLContext | None = None, **headers: str
) -> Answer:
    sent = {"Content-Type": "application/json", **headers}
    return request(url, "POST", path, json.dumps(body).encode(), sent, tls)


def post_form(
    url: str,
    path: str,
    fields: dict[str, str],
    tls: ssl.SSLContext | None = None,
    **headers: str,
) -> Answer:
    sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    return request(url, "POST", path, urlencode(fields).encode(), sent, tls)


def unpacked(tar: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(tar)) as files:
        return {one.name: files.extractfile(one).read() for one in files}


@dataclass
class Wallet:
    """What the client keeps: the certificate and its key, PEM."""

    certificate: x509.Certificate
    certificate_pem: bytes
    key_pem: bytes

    @property
    def serial(self) -> str:
        return f"{self.certificate.serial_number:X}"

    @property
    def name(self) -> str:
        return self.certificate.subject.rfc4514_string()

    @property
    def headers(self) -> dict[str, str]:
        """What the site's proxy says of it."""
        return {"X-SSL-Client-CN": self.name, "X-SSL-Client-Serial": self.serial}


def open_tar(tar: bytes, password: str = PASSWORD) -> Wallet:
    files = unpacked(tar)
    name = next(one for one in files if one.endswith(".p12"))
    key, certificate, _ = pkcs12.load_key_and_certificates(files[name], password.encode())
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    encoded = certificate.public_bytes(serialization.Encoding.PEM)
    return Wallet(certificate, encoded, pem)


@dataclass
class CertifiedAgent(Agent):
    """A computer that has a certificate, or wants one."""

    wallet: Wallet | None = None
    ask_headers: dict[str, str] = field(default_factory=dict)

    def ask_token(self, **changes: Any) -> Answer:
        body = {"uuid": self.uuid, "project_name": self.project, "validity_days": 7305}
        return post_json(
            self.url, f"{MTLS}computer-tokens", body | changes, self.tls, **self.ask_headers
        )

    def fetch(self, token: str, password: str = PASSWORD, email: str = "") -> Answer:
        fields = {"token": token, "email": email, "password": password}
        return post_form(
            self.url, f"{MTLS}computer-certificates", fields, self.tls, **self.ask_headers
        )

    def introduce(self) -> "CertifiedAgent":
        """Register without a certificate, as the first contact does."""
        assert self.get_keys().status == 200
        assert self.register().status in (200, 201)
        return self

    def certify(self, **changes: Any) -> "CertifiedAgent":
        token = self.ask_token(**changes)
        assert token.status == 201, token
        answer = self.fetch(token.json()["token"])
        assert answer.status == 200, answer
        self.wallet = open_tar(answer.body)
        return self

    def present(self) -> "CertifiedAgent":
        """Call as if through the site's proxy with the certificate."""
        self.headers |= self.wallet.headers
        return self
