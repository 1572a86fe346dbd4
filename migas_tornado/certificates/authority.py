"""The authority itself: its key, its certificate, and what it signs.

Contract: enrolment-and-proxy 3. Nothing here knows the database but for taking turns.
"""

import asyncio
import ipaddress
import secrets
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from migas_tornado.certificates.subjects import ADMINS, COMPUTERS
from migas_tornado.db import transaction
from migas_tornado.errors import ConfigurationError
from migas_tornado.secrets_file import write_once
from migas_tornado.settings import Settings

AUTHORITY_LOCK = 0x6D696761_00000011
"""Advisory lock of whoever makes the authority, so that replicas do not race."""
KEY_BITS = 4096
VALID_DAYS = 20 * 365
PASSPHRASE_FILE = "ca-passphrase"  # noqa: S105
CLOCK_SKEW = timedelta(minutes=10)
"""Certificates count from a little ago: computers' clocks are not exact."""
CRL_DAYS = 30
ROLES = {
    ADMINS: x509.ObjectIdentifier("1.2.3.4.5.6.7.8.1"),
    COMPUTERS: x509.ObjectIdentifier("1.2.3.4.5.6.7.8.2"),
}
"""Usages besides authentication by which other proxies tell the two apart. Contract: 3."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and the key that belongs to it."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate


@dataclass(frozen=True, slots=True)
class Revoked:
    """An entry of the list of revoked certificates."""

    serial: int
    moment: datetime
    reason: x509.ReasonFlags


@dataclass(frozen=True, slots=True)
class Authority:
    """A key that vouches for others.

    Attributes:
        key: signs certificates and lists.
        certificate: which everybody has who checks them.
        host: public name of the site.
    """

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate
    host: str

    @property
    def pem(self) -> str:
        """The authority's certificate."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def certify_client(
        self, key: rsa.RSAPrivateKey, unit: str, name: str, serial: int, days: int, email: str
    ) -> x509.Certificate:
        """Return a certificate by which a computer or a person is known; blocks some milliseconds.

        Args:
            key: of the computer or person.
            unit: `COMPUTERS` or `ADMINS`.
            name: common name.
            serial: which the book of certificates has.
            days: how long it is valid, unless the authority itself ends before.
            email: of its owner, or empty.
        """
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, self.host[:64]),
                x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
                x509.NameAttribute(NameOID.COMMON_NAME, name),
            ]
        )
        usages = [ExtendedKeyUsageOID.CLIENT_AUTH, ROLES[unit]]
        builder = self._builder(key, subject, serial, days, usages)
        names: list[x509.GeneralName] = [x509.DNSName(self.host)]
        if email:
            names.append(x509.RFC822Name(email))
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def certify_server(
        self, key: rsa.RSAPrivateKey, hosts: list[str], serial: int, days: int
    ) -> x509.Certificate:
        """Return a certificate for the proxy that ends TLS, for each of some host names."""
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, self.host[:64]),
                x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:64]),
            ]
        )
        builder = self._builder(key, subject, serial, days, [ExtendedKeyUsageOID.SERVER_AUTH])
        names = [_general_name(host) for host in hosts]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def _builder(
        self,
        key: rsa.RSAPrivateKey,
        subject: x509.Name,
        serial: int,
        days: int,
        usages: list[x509.ObjectIdentifier],
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        end = min(now + timedelta(days=days), self.certificate.not_valid_after_utc)
        where = x509.UniformResourceIdentifier(f"http://{self.host}/manager/v1/public/crl")
        point = x509.DistributionPoint([where], None, None, None)
        issuer = self.key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(serial)
            .not_valid_before(now - CLOCK_SKEW)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(is_authority=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
            .add_extension(x509.CRLDistributionPoints([point]), critical=False)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), critical=False
            )
        )

    def sign_revocations(self, revoked: list[Revoked], number: int) -> str:
        """Return the list of revoked certificates, PEM; blocks some milliseconds."""
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now - CLOCK_SKEW)
            .next_update(now + timedelta(days=CRL_DAYS))
            .add_extension(x509.CRLNumber(number), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
        )
        for one in revoked:
            entry = x509.RevokedCertificateBuilder(one.serial, one.moment)
            builder = builder.add_revoked_certificate(
                entry.add_extension(x509.CRLReason(one.reason), critical=False).build()
            )
        signed = builder.sign(self.key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM).decode()


async def open_authority(settings: Settings) -> Authority:
    """Return the site's authority, made when there is none yet.

    Of replicas that start together one makes it, and all have the same.

    Raises:
        ConfigurationError: its key cannot be read, most likely because of another passphrase.
    """
    async with transaction() as database:
        await database.execute("SELECT pg_advisory_xact_lock($1)", AUTHORITY_LOCK)
        return await asyncio.to_thread(_load_or_make, settings)


def _load_or_make(settings: Settings) -> Authority:
    passphrase = _passphrase(settings)
    host = settings.fqdn or socket.getfqdn()
    key_path, certificate_path = (
        settings.authority_dir / "authority.key",
        settings.authority_dir / "authority.pem",
    )
    if not key_path.exists():
        made = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        write_once(key_path, _encrypted(made, passphrase))
    key = _load_key(key_path, passphrase)
    if not certificate_path.exists():
        certificate = _self_signed(key, host)
        write_once(certificate_path, certificate.public_bytes(serialization.Encoding.PEM).decode())
    return Authority(key, x509.load_pem_x509_certificate(certificate_path.read_bytes()), host)


def _passphrase(settings: Settings) -> bytes:
    if settings.ca_passphrase:
        return settings.ca_passphrase.encode()
    path = settings.ca_passphrase_file or settings.data_dir / PASSPHRASE_FILE
    try:
        if not settings.ca_passphrase_file and not path.exists():
            write_once(path, secrets.token_urlsafe(32))
        passphrase = path.read_text().strip()
    except OSError as error:
        raise ConfigurationError(
            f"The passphrase of the certificate authority cannot be read from {path}: "
            f"{error.strerror}. Set MIGAS_CA_PASSPHRASE_FILE or MIGAS_CA_PASSPHRASE."
        ) from error
    if not passphrase:
        raise ConfigurationError(f"{path} holds no passphrase for the certificate authority.")
    return passphrase.encode()


def _load_key(path: Path, passphrase: bytes) -> rsa.RSAPrivateKey:
    try:
        # The file is ours, so the primes need not be proved again.
        key = serialization.load_pem_private_key(
            path.read_bytes(), password=passphrase, unsafe_skip_rsa_key_validation=True
        )
    except (ValueError, TypeError) as error:
        raise ConfigurationError(
            f"{path}, the key of the certificate authority, cannot be read with this passphrase. "
            "Set MIGAS_CA_PASSPHRASE or MIGAS_CA_PASSPHRASE_FILE to the one it was made with."
        ) from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ConfigurationError(f"{path} is not an RSA key.")
    return key


def _encrypted(key: rsa.RSAPrivateKey, passphrase: bytes) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase),
    ).decode()


def _self_signed(key: rsa.RSAPrivateKey, host: str) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, host[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{host[:56]} Root CA"),
        ]
    )
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now + timedelta(days=VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(is_authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _key_usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_encipherment=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
