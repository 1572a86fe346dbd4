"""The calls by which people and programs sign in and out. Contract: admin-api 2."""

import logging
from http import HTTPStatus
from typing import Any

from handlers.api.base import ApiHandler
from migas_tornado.accounts.authentication import SignedIn, authenticate, username_of
from migas_tornado.accounts.callers import caller_of_id
from migas_tornado.accounts.jwt import BadTokenError, Claims
from migas_tornado.accounts.password_changes import change_own_password
from migas_tornado.accounts.password_rules import MOST_LENGTH
from migas_tornado.accounts.profiles import is_email
from migas_tornado.accounts.tokens import add_token, drop_token, sign_in
from migas_tornado.db import connection, transaction
from migas_tornado.errors import InvalidDataError, NotAuthenticatedError

log = logging.getLogger(__name__)

BODY_BYTES = 64 * 1024

_REQUIRED = "This field is required."
_BLANK = "This field may not be blank."
_WRONG = "Unable to log in with provided credentials."


class FormHandler(ApiHandler):
    """A call with a small form of texts, among them secrets."""

    may_compress = False

    @property
    def body_limit(self) -> int:
        return BODY_BYTES

    def texts(self, *names: str, optional: tuple[str, ...] = ()) -> list[str]:
        """Return texts of the body, those that are optional last and perhaps empty.

        Raises:
            InvalidDataError: naming the fields that are missing, blank or no texts.
        """
        form = self.form()
        mistakes = {
            name: [_BLANK if name in form else _REQUIRED] for name in names if not form.get(name)
        }
        if mistakes:
            raise InvalidDataError(mistakes)
        return [form[name] for name in names] + [form.get(name, "") for name in optional]


class CredentialsHandler(FormHandler):
    """A call that somebody makes to prove who he is."""

    needs_account = False

    async def signed_in(self, username: str, password: str) -> SignedIn | None:
        """Return the account of a name and password, or None when they do not belong together.

        Every attempt counts, for the name and for the address, until it turns out to be right.

        Raises:
            ThrottledError: too many were wrong.
        """
        limit = self.services.settings.failed_logins_per_minute
        was_right = self.services.throttle.attempt(limit, username, self.address)
        account = None
        if len(password) <= MOST_LENGTH:
            account = await authenticate(username, password)
        if account is None:
            log.warning("a wrong password for %r came from %s", username[:150], self.address)
            return None
        was_right()
        return account


class TokenHandler(CredentialsHandler):
    """`/token-auth/`: a token for a program."""

    async def post(self) -> None:
        username, password = self.texts("username", "password")
        account = await self.signed_in(username.strip(), password)
        if account is None:
            raise InvalidDataError({"non_field_errors": [_WRONG]})
        async with transaction() as database:
            token = await add_token(database, account.id)
        self.answer({"token": token})


class LoginHandler(CredentialsHandler):
    """`/rest-auth/login/`: a token for the dashboard."""

    async def post(self) -> None:
        password, username, email = self.texts("password", optional=("username", "email"))
        if not username.strip() and not email.strip():
            raise InvalidDataError(
                {"non_field_errors": ['Must include either "username" or "email" and "password".']}
            )
        if not username.strip():
            # An address that nobody has is tried as a name, which takes as long as a real one.
            username = await username_of(email.strip()) or email
        account = await self.signed_in(username.strip(), password)
        if account is None:
            raise InvalidDataError({"non_field_errors": [_WRONG]})
        async with transaction() as database:
            token = await sign_in(database, account.id)
        self.answer({"key": token})


class LogoutHandler(ApiHandler):
    """`/rest-auth/logout/`: forgets the token with which it is called, and no other."""

    needs_account = False

    async def post(self) -> None:
        kind, _, token = self.request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "token":
            async with connection() as database:
                await drop_token(database, token.strip())
        self.answer({"detail": "Successfully logged out."})


class JwtHandler(CredentialsHandler):
    """`/token-auth-jwt/`: tokens that expire by themselves."""

    async def post(self) -> None:
        username, password = self.texts("username", "password")
        account = await self.signed_in(username.strip(), password)
        if account is None:
            raise NotAuthenticatedError("No active account found with the given credentials")
        make = self.services.signer.make
        self.answer(
            {kind: make(account.id, account.password_mark, kind) for kind in ("refresh", "access")}
        )


class GivenTokenHandler(FormHandler):
    """A call about a token that the body holds."""

    needs_account = False

    async def claims(self, token: str, kind: str = "") -> Claims:
        """Return what a token says that is still good: its account is active and has its password.

        Raises:
            BadTokenError: it is not.
        """
        claims = self.services.signer.read(token, kind)
        async with connection() as database:
            caller = await caller_of_id(database, claims.account_id, claims.password_mark)
        if caller is None:
            raise BadTokenError("Token is invalid", kind)
        return claims

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, BadTokenError):
            self.set_header("WWW-Authenticate", "Token")
            content = {"detail": str(error), "code": "token_not_valid"}
            self.answer(content, HTTPStatus.UNAUTHORIZED)
            return
        super().write_error(status_code, **kwargs)


class RefreshHandler(GivenTokenHandler):
    """`/token-refresh/`: a new access token."""

    async def post(self) -> None:
        claims = await self.claims(self.texts("refresh")[0], "refresh")
        make = self.services.signer.make
        self.answer({"access": make(claims.account_id, claims.password_mark, "access")})


class VerifyHandler(GivenTokenHandler):
    """`/api/token/verify/`: whether a token is good."""

    async def post(self) -> None:
        await self.claims(self.texts("token")[0])
        self.answer({})


class ChangePasswordHandler(FormHandler):
    """`/rest-auth/password/change/`: of the caller."""

    async def post(self) -> None:
        password, repeated = self.texts("new_password1", "new_password2")
        await change_own_password(self.caller.id, password, repeated)
        self.answer({"detail": "New password has been saved."})


class ResetPasswordHandler(FormHandler):
    """`/rest-auth/password/reset/`: there is no mail server, so that only the log is told."""

    needs_account = False

    async def post(self) -> None:
        (email,) = self.texts("email")
        if not is_email(email.strip()):
            raise InvalidDataError({"email": ["Enter a valid email address."]})
        log.warning("%r asked to reset a password; no mail is sent", email.strip())
        self.answer({"detail": "Password reset e-mail has been sent."})


class ConfirmResetHandler(FormHandler):
    """`/rest-auth/password/reset/confirm/`: no mail was sent, so that nothing can be confirmed."""

    needs_account = False

    async def post(self) -> None:
        self.texts("uid", "token", "new_password1", "new_password2")
        raise InvalidDataError({"uid": ["Invalid value"]})
