"""Calls by which computers, projects and packagers come to be known. Contract: agent-v5 3, 5."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from handlers.agent.reports import Registration, checked
from handlers.agent.safe import Call, Created, RefusedError, SafeHandler
from handlers.base import KEYS_ONLY_OVER_HTTPS, BaseHandler
from migas_tornado.accounts.authentication import SignedIn, authenticate
from migas_tornado.db import Connection
from migas_tornado.enrolment.enrol import (
    Applicant,
    UnknownComputerError,
    WrongComputerError,
    identify,
    register,
)
from migas_tornado.enrolment.registration import enrol_in_project, enrol_packager
from migas_tornado.enrolment.representation import computer_object
from migas_tornado.errors import ForbiddenError, InvalidDataError, NotAuthenticatedError

FORM_BYTES = 64 * 1024
REGISTRATION = Registration()
REGISTRATION_KEYS = ("uuid", "name", "ip_address", "username", "password")


def attempt_of(handler: BaseHandler, username: str, password: str) -> Callable[[], None]:
    """Count an attempt to sign in, if it is one; most agents send neither name nor password.

    Returns:
        What to call once they turned out to be right.

    Raises:
        ThrottledError: too many were wrong.
    """
    if not username or not password:
        return lambda: None
    services = handler.services
    limit = services.settings.failed_logins_per_minute
    return services.throttle.attempt(limit, username, handler.address)


class KeysHandler(BaseHandler):
    """A call for keys: a small form from anybody."""

    @property
    def body_limit(self) -> int:
        return FORM_BYTES


class ProjectKeysHandler(KeysHandler):
    """`keys/project/`: the keys of a project's computers."""

    async def post(self) -> None:
        if not self.may_give_keys:
            raise ForbiddenError(KEYS_ONLY_OVER_HTTPS)
        services, fields = self.services, self.form()
        username, password = fields.get("username", ""), fields.get("password", "")
        was_right = attempt_of(self, username, password)
        user = await authenticate(username, password)
        if user is not None:  # who may enrol without one does not find out whether it was right
            was_right()
        pair = await enrol_in_project(
            fields,
            user,
            self.address,
            projects=services.projects,
            keys=services.keys,
            autoregister=services.settings.autoregister,
        )
        self.answer(
            {
                "migasfree-server.pub": services.server_pair.public.pem,
                "migasfree-client.pri": pair.private_pem,
            }
        )


class PackagerKeysHandler(KeysHandler):
    """`keys/packager/`: the keys of packagers."""

    async def post(self) -> None:
        if not self.may_give_keys:
            raise ForbiddenError(KEYS_ONLY_OVER_HTTPS)
        fields = self.form()
        username, password = fields.get("username", ""), fields.get("password", "")
        was_right = attempt_of(self, username, password)
        pair = await enrol_packager(username, password, self.services.keys)
        was_right()
        self.answer(
            {
                "migasfree-server.pub": self.services.server_pair.public.pem,
                "migasfree-packager.pri": pair.private_pem,
            }
        )


class RepositoryKeyHandler(BaseHandler):
    """`keys/repositories/`: the key that signs repositories, in both dialects."""

    async def get(self) -> None:
        self.answer({"public_key": await self.services.client_keys.text()})

    async def post(self) -> None:
        # Released clients parse a JSON text whatever the content type says.
        self.answer(await self.services.client_keys.text())


class IdentifyHandler(SafeHandler):
    """`computers/id/`: which record is mine."""

    async def respond(self, database: Connection, call: Call) -> Any:
        uuid, name = call.claims.get("uuid"), call.claims.get("name")
        if not isinstance(uuid, str) or not isinstance(name, str):
            raise InvalidDataError("Malformed claims")
        try:
            return await identify(
                database, uuid, name, call.project, self.certificate_name, self.address
            )
        except UnknownComputerError as error:
            raise RefusedError(str(error), HTTPStatus.NOT_FOUND) from error
        except WrongComputerError as error:
            raise RefusedError(str(error), HTTPStatus.FORBIDDEN) from error


class RegisterHandler(SafeHandler):
    """`computers/`: here I am."""

    writes = True
    _voucher: SignedIn | None = None

    async def consider(self, call: Call) -> None:
        username, password = call.claims.get("username"), call.claims.get("password")
        if isinstance(username, str) and isinstance(password, str):
            was_right = attempt_of(self, username, password)
            self._voucher = await authenticate(username, password)
            if self._voucher is not None:
                was_right()

    async def respond(self, database: Connection, call: Call) -> Any:
        if any(key not in call.claims for key in REGISTRATION_KEYS):
            raise InvalidDataError("Invalid Data")
        applicant = Applicant(
            **checked(REGISTRATION, call.claims), forwarded_ip_address=self.address
        )
        try:
            registered = await register(
                database,
                applicant,
                call.project,
                self._voucher,
                self.certificate_name,
                self.services.settings,
            )
        except NotAuthenticatedError as error:
            raise RefusedError(str(error), HTTPStatus.UNAUTHORIZED) from error
        if registered.is_new:
            return Created(
                {
                    "id": registered.id,
                    "uuid": applicant.uuid,
                    "name": applicant.name,
                    "project": call.project.id,
                    "ip_address": applicant.ip_address,
                    "forwarded_ip_address": applicant.forwarded_ip_address,
                }
            )
        return await computer_object(
            database, registered.id, call.project, self.services.settings, self.site
        )
