"""The sign-in of the dashboard: a refresh token that no script can read.

The page holds a short-lived access token in its memory alone. What outlives a reload is a cookie
that is sent to this one path, only by pages of this server, and is not readable by them.
"""

from http import HTTPStatus
from typing import Any, ClassVar

from handlers.api.authentication import CredentialsHandler
from migas_tornado.accounts.callers import Caller, caller_of_id
from migas_tornado.accounts.jwt import LIFETIMES, BadTokenError
from migas_tornado.db import connection
from migas_tornado.errors import NotAuthenticatedError
from migas_tornado.resources.openapi.calls import Operation

PATH = "/session/"
COOKIE = "migas_session"

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_USER = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "username": _TEXT,
        "is_superuser": {"type": "boolean"},
        "permissions": _TEXTS,
        "domain": {"type": ["integer", "null"]},
        "scope": {"type": ["integer", "null"]},
    },
    "required": ["id", "username", "is_superuser", "permissions", "domain", "scope"],
}
_SESSION = {
    "type": "object",
    "properties": {"access": _TEXT, "seconds": {"type": "integer"}, "user": _USER},
    "required": ["access", "seconds", "user"],
}
_ACCOUNT = {
    "type": "object",
    "properties": {"username": _TEXT, "password": {"type": "string", "format": "password"}},
    "required": ["username", "password"],
}


class SessionHandler(CredentialsHandler):
    """`/session/`: begins, renews or ends the session of a browser."""

    documentation: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            "Renew the session of a browser",
            answer=_SESSION,
            errors=(401,),
            description="Needs the cookie of the sign-in, which no script can read.",
        ),
        "post": Operation(
            "Sign a browser in",
            answer=_SESSION,
            body=_ACCOUNT,
            errors=(400, 401, 413, 429),
            description="Sets a cookie with which the session is renewed, for a day at a time.",
        ),
        "delete": Operation("End the session of a browser", answer={}, status=204, errors=()),
    }

    async def post(self) -> None:
        username, password = self.texts("username", "password")
        account = await self.signed_in(username.strip(), password)
        if account is None:
            raise NotAuthenticatedError("No active account found with the given credentials")
        await self._begin(account.id, account.password_mark)

    async def get(self) -> None:
        token = self.get_cookie(COOKIE)
        if not token:
            raise NotAuthenticatedError("Authentication credentials were not provided.")
        claims = self.services.signer.read(token, "refresh")
        await self._begin(claims.account_id, claims.password_mark)

    async def delete(self) -> None:
        self.clear_cookie(COOKIE, path=PATH)
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()

    async def _begin(self, account_id: int, mark: str) -> None:
        async with connection() as database:
            caller = await caller_of_id(database, account_id, mark)
        if caller is None:
            raise BadTokenError("Token is invalid", "refresh")
        make = self.services.signer.make
        self.set_cookie(
            COOKIE,
            make(account_id, mark, "refresh"),
            path=PATH,
            httponly=True,
            samesite="Strict",
            secure=self.site.startswith("https:"),
            max_age=int(LIFETIMES["refresh"].total_seconds()),
        )
        seconds = int(LIFETIMES["access"].total_seconds())
        access = make(account_id, mark, "access")
        self.answer({"access": access, "seconds": seconds, "user": _user(caller)})


def _user(caller: Caller) -> dict[str, Any]:
    return {
        "id": caller.id,
        "username": caller.username,
        "is_superuser": caller.is_superuser,
        "permissions": sorted(caller.permissions),
        "domain": caller.domain_id,
        "scope": caller.scope_id,
    }
