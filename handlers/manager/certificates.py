"""Calls by which computers and administrators get certificates. Contract: enrolment-and-proxy 3."""

import asyncio
from html import escape
from http import HTTPStatus

from handlers.agent.enrolment import attempt_of
from handlers.manager.base import ManagerHandler, UnprocessableError, days_of, text_of
from migas_tornado.accounts.authentication import authenticate
from migas_tornado.certificates import book
from migas_tornado.certificates.subjects import (
    COMPUTERS,
    forms_of_uuid,
    is_certifiable,
    parse_subject,
)
from migas_tornado.errors import (
    ForbiddenError,
    InvalidDataError,
    NotAuthenticatedError,
    NotFoundError,
)

REFUSAL_SECONDS = 3
"""How long a wrong token waits for its answer, so that nobody tries many."""
FORM = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Certificate</title></head><body>
<h1>Certificate for {name}</h1>
<p>Valid for {days} days. Choose a password: it protects the file that you get.</p>
<form method="post" action="{action}">
<input type="hidden" name="token" value="{token}">
<p><label>Common name <input value="{name}" disabled></label></p>
<p><label>Days <input value="{days}" disabled></label></p>
<p><label>E-mail <input type="email" name="email"></label></p>
<p><label>Password <input type="password" name="password" required></label></p>
<p><button>Get the certificate</button></p>
</form></body></html>
"""
PAGE_POLICY = "default-src 'none'; form-action 'self'; frame-ancestors 'none'"
MANAGER = "/manager/v1/public"


class AuthorityHandler(ManagerHandler):
    """`public/ca`: what agents verify the server with."""

    async def get(self) -> None:
        pem = await self.services.certificates.trusted_pem()
        self.set_header("Content-Type", "application/pkix-cert")
        self.set_header("Content-Disposition", 'attachment; filename="ca.pem"')
        self.finish(pem)


class RevocationListHandler(ManagerHandler):
    """`public/crl`: what was revoked, for whoever checks certificates."""

    async def get(self) -> None:
        pem = await self.services.certificates.revocation_list()
        self.set_header("Content-Type", "application/pkix-crl")
        self.set_header("Cache-Control", "no-store")
        self.finish(pem)


class ComputerTokensHandler(ManagerHandler):
    """`public/mtls/computer-tokens`: the right to a certificate, for a computer that may enrol."""

    async def post(self) -> None:
        self.count_call()
        fields = self.json_object()
        uuid, name = text_of(fields, "uuid"), text_of(fields, "project_name")
        days = days_of(fields)
        project = await self.services.projects.find(name)
        if project is None:
            raise NotFoundError("Project not found")
        is_vouched = await self._has_voucher(
            text_of(fields, "username", default=""), text_of(fields, "password", default="")
        )
        if not project.auto_register_computers and not is_vouched:
            raise ForbiddenError(f"Disabled autoregister in project '{project.name}'")
        try:
            token = await self.services.certificates.token_for_computer(
                uuid,
                project.id,
                days,
                self.address,
                is_vouched=is_vouched or await self._has_certificate(uuid),
            )
        except InvalidDataError as error:
            raise UnprocessableError("uuid", str(error), "string_type") from error
        self.answer({"token": token}, HTTPStatus.CREATED)

    async def _has_voucher(self, username: str, password: str) -> bool:
        """Tell whether a person who may add computers stands behind the call.

        Raises:
            InvalidDataError: there is a name and password, and they are wrong.
        """
        if not username and not password:
            return False
        was_right = attempt_of(self, username, password)
        user = await authenticate(username, password)
        if user is None:
            raise InvalidDataError({"detail": "Invalid credentials"})
        was_right()
        return user.may("client.add_computer")

    async def _has_certificate(self, uuid: str) -> bool:
        """Tell whether the call comes with a good certificate of the same computer."""
        subject = parse_subject(self.certificate_name)
        if subject is None or subject.computer is None or subject.unit != COMPUTERS:
            return False
        await self.check_caller_certificate()
        return subject.computer[0].upper() in forms_of_uuid(uuid)


class RequestFormHandler(ManagerHandler):
    """`public/mtls/computer-requests/{token}`, `.../admin-requests/{token}`: a form for people."""

    role = book.COMPUTER
    target = "computer-certificates"

    async def get(self, token: str) -> None:
        self.count_call()
        try:
            offered = await self.services.certificates.read_token(self.role, token)
        except NotAuthenticatedError as error:
            expired = str(error) == "Token expired"
            raise NotFoundError(str(error) if expired else "Token not found") from error
        page = FORM.format(
            name=escape(offered.common_name),
            days=offered.validity_days,
            token=escape(token),
            action=f"{MANAGER}/mtls/{self.target}",
        )
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", PAGE_POLICY)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        self.finish(page)


class AdminRequestFormHandler(RequestFormHandler):
    """The form for an administrator's certificate."""

    role = book.ADMIN
    target = "admin-certificates"


class CertificatesHandler(ManagerHandler):
    """`public/mtls/computer-certificates`, `.../admin-certificates`: the certificate, once."""

    role = book.COMPUTER

    async def post(self) -> None:
        self.count_call()
        fields = self._fields()
        token, password = text_of(fields, "token"), text_of(fields, "password")
        email = text_of(fields, "email", default="").strip()
        if not password:
            raise UnprocessableError(
                "password", "String should have at least 1 character", "string_too_short"
            )
        if email and not is_certifiable(email):
            raise UnprocessableError("email", "Input should be an e-mail address", "value_error")
        try:
            delivery = await self.services.certificates.deliver(
                self.role, token, email, password, self.address
            )
        except NotAuthenticatedError:
            await asyncio.sleep(REFUSAL_SECONDS)
            raise
        filename = f"{delivery.name}_{delivery.host}.tar"
        self.set_header("Content-Type", "application/x-tar")
        self.set_header("Content-Disposition", f'attachment; filename="{filename}"')
        self.set_header("Cache-Control", "no-store")
        self.finish(delivery.tar)

    def _fields(self) -> dict[str, str]:
        try:
            return self.form()
        except InvalidDataError as error:
            raise UnprocessableError("body", "The form is not readable", "form_invalid") from error


class AdminCertificatesHandler(CertificatesHandler):
    """An administrator's certificate."""

    role = book.ADMIN
