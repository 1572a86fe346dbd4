"""Calls of administrators about certificates. Contract: enrolment-and-proxy 3."""

from http import HTTPStatus

from handlers.agent.enrolment import attempt_of
from handlers.manager.base import ManagerHandler, PrivateHandler, UnprocessableError, text_of
from handlers.manager.base import days_of as days_in
from handlers.manager.certificates import MANAGER
from migas_tornado.accounts.authentication import authenticate
from migas_tornado.accounts.tokens import sign_in
from migas_tornado.certificates import book
from migas_tornado.db import transaction
from migas_tornado.errors import InvalidDataError, NotAuthenticatedError

REVOKED_BY_HAND = "unspecified"


class LoginHandler(ManagerHandler):
    """`private/auth/login`: a token of the API for a name and password."""

    async def post(self) -> None:
        try:
            fields = self.form()
        except InvalidDataError as error:
            raise UnprocessableError("body", "The form is not readable", "form_invalid") from error
        username, password = text_of(fields, "username"), text_of(fields, "password")
        was_right = attempt_of(self, username, password)
        account = await authenticate(username, password)
        if account is None:
            raise NotAuthenticatedError("Incorrect username or password")
        was_right()
        async with transaction() as database:
            token = await sign_in(database, account.id)
        self.answer({"access_token": token, "token_type": "bearer"})


class AdminTokensHandler(PrivateHandler):
    """`private/mtls/admin-tokens`: where somebody fetches an administrator's certificate."""

    async def post(self) -> None:
        await self.superuser()
        fields = self.json_object()
        name, days = text_of(fields, "common_name"), days_in(fields)
        try:
            token = await self.services.certificates.token_for_admin(name, days)
        except InvalidDataError as error:
            raise UnprocessableError("common_name", str(error), "string_type") from error
        url = f"{self.site}{MANAGER}/mtls/admin-requests/{token}"
        self.answer({"url": url}, HTTPStatus.CREATED)


class RevocationHandler(PrivateHandler):
    """`private/mtls/computer-certificates`, `.../admin-certificates`: revoke those of a name."""

    role = book.COMPUTER

    async def delete(self) -> None:
        await self.superuser()
        name = text_of(self.json_object(), "common_name")
        await self.services.certificates.revoke(self.role, name, REVOKED_BY_HAND)
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()


class AdminRevocationHandler(RevocationHandler):
    """Revokes administrators' certificates."""

    role = book.ADMIN
