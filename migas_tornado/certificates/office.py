"""The office that hands certificates out: who may have one, and the one way in which it is made.

Contract: enrolment-and-proxy 3 and 3.1.
"""

import asyncio
import logging
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from migas_tornado.certificates import book, tokens
from migas_tornado.certificates.authority import Authority, Issued, open_authority
from migas_tornado.certificates.bundles import tar_of_admin, tar_of_computer
from migas_tornado.certificates.revocations import Presented, current_list, publish
from migas_tornado.certificates.subjects import ADMINS, COMPUTERS, clean_name, computer_name
from migas_tornado.certificates.tokens import Token
from migas_tornado.db import connection, transaction
from migas_tornado.errors import (
    ForbiddenError,
    InvalidDataError,
    NotAuthenticatedError,
    NotFoundError,
)
from migas_tornado.events import notify
from migas_tornado.models.certificates import Certificate
from migas_tornado.settings import Settings

log = logging.getLogger(__name__)

KEY_BITS = 2048
AUTHORITY_FILE = "ca.pem"
LIST_FILE = "crl.pem"
UNITS = {book.COMPUTER: COMPUTERS, book.ADMIN: ADMINS}
HAD_ONE = (
    "This computer had a certificate already. It gets another one with the name and password of "
    "somebody who may add computers, with its certificate, or after an administrator released it."
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What somebody who used a token gets."""

    name: str
    host: str
    tar: bytes


class CertificateOffice:
    """Hands out certificates of the site's authority, and takes them back."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._authority: Authority | None = None
        self._opening = asyncio.Lock()
        self.presented = Presented()

    async def authority(self) -> Authority:
        """Return the authority, made at its first use.

        Raises:
            ConfigurationError: its key cannot be read.
        """
        async with self._opening:
            if self._authority is None:
                self._authority = await open_authority(self._settings)
            return self._authority

    async def trusted_pem(self) -> str:
        """Return what agents verify the server with: the authority, and who signs the proxy's."""
        pem = (await self.authority()).pem
        if self._settings.tls_ca_file is not None:
            pem += await asyncio.to_thread(self._settings.tls_ca_file.read_text)
        return pem

    async def revocation_list(self) -> str:
        """Return the signed list of revoked certificates, PEM."""
        return await current_list(await self.authority())

    async def publish(self) -> None:
        """Sign the list anew if that is due, and write what a proxy reads; a job calls it."""
        authority = await self.authority()
        files = {AUTHORITY_FILE: authority.pem, LIST_FILE: await current_list(authority)}
        await asyncio.to_thread(publish, self._settings.certificates_dir, files)
        async with transaction() as database:
            await tokens.forget_expired(database)

    async def token_for_computer(
        self, uuid: str, project_id: int, days: int, address: str, *, is_vouched: bool
    ) -> str:
        """Return a token by which a computer fetches its certificate.

        Args:
            uuid: as the computer tells it.
            project_id: its project.
            days: how long the certificate is to be valid.
            address: from where it asks.
            is_vouched: whether a person, or a certificate that it has, speaks for it.

        Raises:
            InvalidDataError: the uuid cannot be part of a name.
            ForbiddenError: it had a certificate, and nobody vouches for it.
        """
        uuid = clean_name(uuid)
        if not uuid or len(uuid) > 36:
            raise InvalidDataError({"uuid": ["A uuid of at most 36 characters is expected."]})
        async with transaction() as database:
            if not is_vouched and await book.had_certificate(database, uuid, address):
                log.warning("certificate refused, had one already: uuid=%s from=%s", uuid, address)
                raise ForbiddenError(HAD_ONE)
            return await tokens.make_token(
                database,
                book.COMPUTER,
                computer_name(uuid, project_id),
                uuid.upper(),
                self._days(days),
                may_replace=is_vouched,
            )

    async def token_for_admin(self, name: str, days: int) -> str:
        """Return a token by which a person fetches a certificate.

        Raises:
            InvalidDataError: the name has nothing that a certificate can hold, or too much.
        """
        name = admin_name(name)
        async with transaction() as database:
            return await tokens.make_token(
                database, book.ADMIN, name, None, self._days(days), may_replace=True
            )

    async def read_token(self, role: str, token: str) -> Token:
        """Return what a token is good for, and leave it.

        Raises:
            NotAuthenticatedError: it is none, or too old.
        """
        if not tokens.is_token(token):
            raise NotAuthenticatedError("Invalid token format")
        async with connection() as database:
            return _good(await tokens.read_token(database, role, token))

    async def deliver(
        self, role: str, token: str, email: str, password: str, address: str
    ) -> Delivery:
        """Use a token up, and return the certificate that it is good for.

        When anything fails, the token is as good as before and the book knows of no certificate.

        Raises:
            NotAuthenticatedError: the token is none, is too old, or was used a moment ago.
            ForbiddenError: its computer got a certificate by another token.
        """
        offered = await self.read_token(role, token)
        authority = await self.authority()
        serial = x509.random_serial_number()
        days = offered.validity_days

        def make() -> bytes:
            key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
            certificate = authority.certify_client(
                key, UNITS[role], offered.common_name, serial, days, email
            )
            issued = Issued(key, certificate)
            if role == book.COMPUTER:
                return tar_of_computer(issued, offered.common_name, password.encode())
            return tar_of_admin(issued, offered.common_name, password.encode(), authority.host)

        tar = await asyncio.to_thread(make)
        async with transaction() as database:
            await book.take_turns(database, offered.uuid or offered.common_name)
            used = _good(await tokens.take_token(database, role, token))
            is_first = used.uuid and not used.may_replace
            if is_first and await book.had_certificate(database, used.uuid, address):
                raise ForbiddenError(HAD_ONE)
            await book.enter(
                database,
                book.Entry(
                    book.serial_text(serial),
                    role,
                    used.common_name,
                    used.uuid,
                    email,
                    address,
                    days,
                ),
            )
            if role == book.ADMIN or used.may_replace or self._settings.notify_changes:
                await notify(
                    database,
                    f"Certificate [{used.common_name}] of {UNITS[role]} issued to IP [{address}].",
                )
        log.info(
            "certificate issued: name=%s serial=%x address=%s", used.common_name, serial, address
        )
        return Delivery(offered.common_name, authority.host, tar)

    async def issue_server(self, hosts: list[str], days: int) -> Issued:
        """Return a certificate for the proxy that ends TLS."""
        authority = await self.authority()
        serial = x509.random_serial_number()
        days = self._days(days)
        key = await asyncio.to_thread(
            rsa.generate_private_key, public_exponent=65537, key_size=KEY_BITS
        )
        certificate = await asyncio.to_thread(authority.certify_server, key, hosts, serial, days)
        entry = book.Entry(
            book.serial_text(serial), book.SERVER, hosts[0][:255], None, "", "", days
        )
        async with transaction() as database:
            await book.enter(database, entry)
        return Issued(key, certificate)

    async def revoke(self, role: str, common_name: str, reason: str) -> None:
        """Revoke the certificates of a name.

        Raises:
            NotFoundError: it has none, or they were revoked already.
        """
        async with transaction() as database:
            found = await book.revoke_named(database, role, common_name, reason)
        await self._revoked(found, common_name)

    async def revoke_serial(self, serial: str, reason: str) -> None:
        """Revoke the certificate with a serial number.

        Raises:
            NotFoundError: there is none, or it was revoked already.
        """
        async with transaction() as database:
            found = await book.revoke_serial(database, book.serial_text(serial), reason)
        await self._revoked(found, serial)

    async def release(self, common_name: str) -> None:
        """Let a computer have another certificate without credentials, once.

        Raises:
            NotFoundError: it never had one.
        """
        async with transaction() as database:
            if not await book.release_named(database, common_name):
                raise NotFoundError(f"{common_name} never had a certificate.")

    async def renewal_token(self, certificate: Certificate) -> str:
        """Return a token by which the owner of a certificate fetches the next one."""
        async with transaction() as database:
            return await tokens.make_token(
                database,
                certificate.role,
                certificate.common_name,
                certificate.uuid,
                self._settings.certificate_days,
                may_replace=True,
            )

    async def _revoked(self, found: int, name: str) -> None:
        if not found:
            raise NotFoundError(f"{name} has no certificate, or it was revoked already.")
        log.info("certificate revoked: name=%s", name)
        self.presented.forget()
        await self.publish()

    def _days(self, days: int) -> int:
        return min(days, self._settings.certificate_days)


def admin_name(name: str) -> str:
    """Return the common name of a person's certificate.

    Raises:
        InvalidDataError: there is nothing left that a certificate can hold, or too much.
    """
    cleaned = clean_name(name)
    if not any(character.isalnum() for character in cleaned) or len(cleaned) > 64:
        raise InvalidDataError(
            {"common_name": ["One to 64 letters, digits and @ . _ : - are expected."]}
        )
    return cleaned


def _good(token: Token | None) -> Token:
    if token is None:
        raise NotAuthenticatedError("Invalid token")
    if token.has_expired:
        raise NotAuthenticatedError("Token expired")
    return token
