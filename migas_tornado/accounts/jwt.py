"""Access and refresh tokens that nobody has to look up. Contract: admin-api 2.

They are revoked by whatever ends the account's right to them: its deactivation, or another
password, whose mark they carry.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from migas_tornado.errors import NotAuthenticatedError

ALGORITHM = "HS256"
LIFETIMES = {"access": timedelta(minutes=5), "refresh": timedelta(days=1)}


class BadTokenError(NotAuthenticatedError):
    """The token is not one of ours, is of another kind, or is too old."""

    def __init__(self, text: str, kind: str) -> None:
        super().__init__(text)
        self.kind = kind

    def content(self) -> dict[str, Any]:
        """Return the answer that the contract wants."""
        message = {
            "token_class": f"{self.kind.capitalize()}Token",
            "token_type": self.kind,
            "message": str(self),
        }
        return {"detail": str(self), "code": "token_not_valid", "messages": [message]}


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says."""

    account_id: int
    password_mark: str
    expires_at: datetime


def password_mark(password_hash: str) -> str:
    """Return what tells the token of one password from that of the next."""
    return hashlib.sha256(password_hash.encode()).hexdigest()[:16]


class TokenSigner:
    """Makes and reads tokens.

    Args:
        secret: key of this server, the same on all replicas.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def make(self, account_id: int, mark: str, kind: str) -> str:
        """Return a token of a kind, `access` or `refresh`, for an account and its password."""
        now = datetime.now(UTC)
        claims = {
            "token_type": kind,
            "exp": now + LIFETIMES[kind],
            "iat": now,
            "jti": secrets.token_hex(16),
            "user_id": str(account_id),
            "pwd": mark,
        }
        return jwt.encode(claims, self._secret, ALGORITHM)

    def read(self, token: str, kind: str = "") -> Claims:
        """Return what a token of a kind, or of any, says.

        Raises:
            BadTokenError: it is not valid.
        """
        required = ["exp", "token_type", "user_id", "pwd"]
        try:
            claims = jwt.decode(token, self._secret, [ALGORITHM], options={"require": required})
            if kind and claims["token_type"] != kind:
                raise BadTokenError("Token has wrong type", kind)
            expires_at = datetime.fromtimestamp(claims["exp"], UTC)
            return Claims(int(claims["user_id"]), str(claims["pwd"]), expires_at)
        except jwt.ExpiredSignatureError as error:
            raise BadTokenError("Token is expired", kind) from error
        except (jwt.InvalidTokenError, ValueError) as error:
            raise BadTokenError("Token is invalid", kind) from error
