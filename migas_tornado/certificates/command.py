"""What `migas-tornado certificates` does, whether a server runs or not."""

import argparse
import getpass
import ipaddress
import os
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from migas_tornado.certificates import book
from migas_tornado.certificates.authority import Issued
from migas_tornado.certificates.office import CertificateOffice
from migas_tornado.db import connection
from migas_tornado.enrolment.projects import Projects
from migas_tornado.errors import ConfigurationError, InvalidDataError, NotFoundError
from migas_tornado.models.certificates import Certificate
from migas_tornado.settings import HOST_NAME

Action = Callable[[CertificateOffice, argparse.Namespace], Awaitable[None]]
BY_COMMAND = "command line"
"""Where a certificate was asked for from."""


def run_action(arguments: argparse.Namespace) -> None:
    """Do what the arguments say.

    Raises:
        MigasError: it cannot be done; nothing was changed.
    """
    import uvloop

    from migas_tornado.server import open_storage
    from migas_tornado.settings import load_settings

    settings = load_settings()

    async def run() -> None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        async with AsyncExitStack() as stack:
            await open_storage(settings, stack, is_guest=True)
            office = CertificateOffice(settings)
            await ACTIONS[arguments.action](office, arguments)

    uvloop.run(run())


async def _list(_: CertificateOffice, arguments: argparse.Namespace) -> None:
    async with connection() as database:
        rows = await book.listed(
            database, role=arguments.role, name=arguments.name, revoked=arguments.revoked
        )
    for row in rows:
        end = row["revoked_at"] or row["valid_until"]
        word = f"revoked ({row['reason']})" if row["revoked_at"] else "until"
        print(f"{row['role']:8} {row['common_name']:48} {word} {end:%Y-%m-%d} {row['serial']}")


async def _issue(office: CertificateOffice, arguments: argparse.Namespace) -> None:
    if not 1 <= arguments.days <= 7305:
        raise ConfigurationError("--days takes a number from 1 to 7305.")
    out = _free(arguments.out)
    if arguments.server:
        for host in arguments.server:
            _check_host(host)
        issued = await office.issue_server(arguments.server, arguments.days)
        _write(out, _proxy_pem(issued, (await office.authority()).pem))
    elif arguments.admin:
        token = await office.token_for_admin(arguments.admin, arguments.days)
        await _deliver(office, book.ADMIN, token, out)
    else:
        uuid, name = arguments.computer
        project = await Projects().get(name)
        token = await office.token_for_computer(
            uuid, project.id, arguments.days, BY_COMMAND, is_vouched=True
        )
        await _deliver(office, book.COMPUTER, token, out)


async def _renew(office: CertificateOffice, arguments: argparse.Namespace) -> None:
    out = _free(arguments.out)
    newest = (
        await Certificate.filter(common_name=arguments.name)
        .exclude(role=book.SERVER)
        .order_by("-id")
        .first()
    )
    if newest is None:
        raise NotFoundError(f"{arguments.name} never had a certificate; issue one.")
    await _deliver(office, newest.role, await office.renewal_token(newest), out)


async def _release(office: CertificateOffice, arguments: argparse.Namespace) -> None:
    await office.release(arguments.name)
    print(f"{arguments.name} gets another certificate when it asks.")


async def _revoke(office: CertificateOffice, arguments: argparse.Namespace) -> None:
    found = await Certificate.filter(common_name=arguments.name, revoked_at=None).values_list(
        "serial", flat=True
    )
    for serial in found or [arguments.name]:
        await office.revoke_serial(serial, arguments.reason)
    print(f"{arguments.name} is revoked; servers refuse it within seconds.")


async def _crl(office: CertificateOffice, _: argparse.Namespace) -> None:
    await office.publish()
    print(await office.revocation_list(), end="")


async def _ca(office: CertificateOffice, _: argparse.Namespace) -> None:
    print((await office.authority()).pem, end="")


ACTIONS: dict[str, Action] = {
    "list": _list,
    "issue": _issue,
    "renew": _renew,
    "release": _release,
    "revoke": _revoke,
    "crl": _crl,
    "ca": _ca,
}


async def _deliver(office: CertificateOffice, role: str, token: str, out: Path) -> None:
    password = os.environ.get("MIGAS_NEW_PASSWORD") or getpass.getpass("Password for the file: ")
    if not password:
        raise InvalidDataError("A password is needed: it protects the key.")
    delivery = await office.deliver(role, token, "", password, BY_COMMAND)
    _write(out, delivery.tar)
    print(f"{out} holds the certificate of {delivery.name}.")


def _proxy_pem(issued: Issued, authority: str) -> bytes:
    """Return certificate, chain and key in one file, which nginx and HAProxy both take."""
    key = issued.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return issued.certificate.public_bytes(serialization.Encoding.PEM) + authority.encode() + key


def _check_host(host: str) -> None:
    """Refuse what can be no name or address of a proxy.

    Raises:
        ConfigurationError: it is none.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if not HOST_NAME.fullmatch(host.removeprefix("*.")):
            raise ConfigurationError(f"{host!r} is no host name and no address.") from None


def _free(path: str) -> Path:
    """Return where the file is to be written, before anything is issued.

    Raises:
        ConfigurationError: there is a file already, or no directory.
    """
    out = Path(path).absolute()
    if out.exists() or not out.parent.is_dir():
        raise ConfigurationError(f"{out} exists already, or its directory does not.")
    return out


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(content)
