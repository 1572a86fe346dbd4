"""Signing in and out, and what accounts do beside the usual calls. Contract: admin-api 2, 5.8-9."""

from typing import Any

from handlers.api import authentication
from handlers.api.authentication import BODY_BYTES
from handlers.api.resources import ActionHandler, FilterHandler, ListHandler, RecordHandler
from handlers.api.session import SessionHandler
from migas_tornado.accounts.password_changes import set_password
from migas_tornado.accounts.profiles import FORBIDDEN, members_of
from migas_tornado.accounts.tokens import replace_tokens
from migas_tornado.db import connection, transaction
from migas_tornado.errors import ForbiddenError, InvalidDataError, NotFoundError
from migas_tornado.resources.bodies import read_body
from migas_tornado.resources.changes import save
from migas_tornado.resources.declared.accounts import PERMISSIONS, PROFILES
from migas_tornado.resources.declared.domains import OWN_SCOPES, SCOPES
from migas_tornado.resources.reading import read_objects

DOMAIN_ADMINS = "Domain Admin"
"""Group whose members the dashboard offers as administrators of domains."""
OWN_DETAILS = ("first_name", "last_name", "email")


class UserHandler(ActionHandler):
    """`/rest-auth/user/`: who the caller is."""

    async def get(self) -> None:
        async with connection() as database:
            content = await self.answer_object(database, self.caller.id, PROFILES.of_detail)
        self.answer_json(content)

    head = get

    async def patch(self) -> None:
        body = self.data()
        if isinstance(body, dict):
            body = {name: body[name] for name in OWN_DETAILS if name in body}
        zone = self.services.settings.time_zone
        values = read_body(PROFILES, body, zone, is_update=True, is_partial=True)
        async with transaction() as database:
            key = await self.find(database, str(self.caller.id), lock=True)
            await save(self.change(database, key, values))
            content = await self.answer_object(database, key, PROFILES.of_detail)
        self.answer_json(content)

    put = patch


class ProfileHandler(RecordHandler):
    """`user-profiles/{id}/`: of his own, everybody may change what the change itself allows."""

    def require_right(self, letter: str) -> None:
        if letter == "U" and self.path_args and self.path_args[0] == str(self.caller.id):
            return
        super().require_right(letter)


class DomainAdminsHandler(ActionHandler):
    """`user-profiles/domain-admins/`: who may be offered as administrator of a domain."""

    async def get(self) -> None:
        self.require_right("L")
        async with connection() as database:
            keys = await members_of(database, DOMAIN_ADMINS)
            found = await read_objects(database, self.resource, PROFILES.of_detail, keys, self.view)
        self.answer_json(f"[{','.join(found)}]")

    head = get


class UpdateTokenHandler(ActionHandler):
    """`user-profiles/{id}/update-token/`: one new token in place of all; shown this once."""

    may_compress = False

    async def post(self, key: str) -> None:
        async with transaction() as database:
            account = await self.find(database, key, lock=True)
            require_own(self, account)
            token = await replace_tokens(database, account)
        self.answer({"detail": "Token updated!", "info": token})


class SetPasswordHandler(ActionHandler):
    """`user-profiles/{id}/change-password/`: of oneself, or by a superuser of anybody."""

    @property
    def body_limit(self) -> int:
        return BODY_BYTES

    async def put(self, key: str) -> None:
        async with connection() as database:
            account = await self.find(database, key)
        require_own(self, account)
        form = self.form()
        missing = [name for name in ("password", "password2") if name not in form]
        if missing:
            raise InvalidDataError({name: ["This field is required."] for name in missing})
        await set_password(account, form["password"], form["password2"])
        self.answer({"detail": "Password changed!"})

    post = put


def require_own(handler: ActionHandler, account: int) -> None:
    """Check that a call is about the caller's own account, or that he is a superuser.

    Raises:
        ForbiddenError: neither.
    """
    if account != handler.caller.id and not handler.caller.is_superuser:
        raise ForbiddenError(FORBIDDEN)


class NoDetailHandler(ActionHandler):
    """Records that are only listed."""

    async def get(self) -> None:
        raise NotFoundError("Not found.")

    head = put = patch = delete = get


class OwnUnlessPaged:
    """Scopes of others are for the superuser's table, which asks for a page, not for choosers."""

    async def answer_list(self, given: dict[str, Any]) -> None:
        """Write the page of the list that parameters ask for."""
        if str(given.get("page") or "0") == "0":
            self.resource = OWN_SCOPES
        await super().answer_list(given)  # type: ignore[misc]


class ScopesHandler(OwnUnlessPaged, ListHandler):
    """`scopes/`."""


class ScopesFilterHandler(OwnUnlessPaged, FilterHandler):
    """`scopes/filter/`."""


_USERS = "/api/v1/token/user-profiles"
_SCOPES = "/api/v1/token/scopes"

ROUTES = (
    (r"/session/?", SessionHandler),
    (r"/token-auth/?", authentication.TokenHandler),
    (r"/token-auth-jwt/?", authentication.JwtHandler),
    (r"/token-refresh/?", authentication.RefreshHandler),
    (r"/api/token/verify/?", authentication.VerifyHandler),
    (r"/rest-auth/login/?", authentication.LoginHandler),
    (r"/rest-auth/logout/?", authentication.LogoutHandler),
    (r"/rest-auth/user/?", UserHandler, PROFILES),
    (r"/rest-auth/password/change/?", authentication.ChangePasswordHandler),
    (r"/rest-auth/password/reset/?", authentication.ResetPasswordHandler),
    (r"/rest-auth/password/reset/confirm/?", authentication.ConfirmResetHandler),
    (rf"{_USERS}/domain-admins/?", DomainAdminsHandler, PROFILES),
    (rf"{_USERS}/([^/]+)/update-token/?", UpdateTokenHandler, PROFILES),
    (rf"{_USERS}/([^/]+)/change-password/?", SetPasswordHandler, PROFILES),
    (rf"{_USERS}/([0-9]+)(?:/|\.json)?", ProfileHandler, PROFILES),
    (rf"{_SCOPES}(?:/|\.json)?", ScopesHandler, SCOPES),
    (rf"{_SCOPES}/filter/?", ScopesFilterHandler, SCOPES),
    (r"/api/v1/token/accounts/permissions/[0-9]+(?:/|\.json)?", NoDetailHandler, PERMISSIONS),
)
