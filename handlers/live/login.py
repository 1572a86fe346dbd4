"""Who a WebSocket belongs to, and whether he still may. Contract: admin-api 2."""

from dataclasses import dataclass
from datetime import datetime

from migas_tornado.accounts.callers import Caller, caller_of_id, caller_of_token
from migas_tornado.accounts.jwt import BadTokenError, TokenSigner
from migas_tornado.db import Connection
from migas_tornado.errors import NotAuthenticatedError


@dataclass(frozen=True, slots=True)
class Login:
    """An account, by a credential that may end."""

    caller: Caller
    expires_at: datetime | None
    """None for an API token, which holds until it is revoked."""


async def login(database: Connection, signer: TokenSigner, credential: str) -> Login:
    """Return whose credential it is: an API token, or an access token of the JWT kind.

    Raises:
        NotAuthenticatedError: it is not valid, or not any more.
    """
    if credential.count(".") == 2:
        claims = signer.read(credential, "access")
        caller = await caller_of_id(database, claims.account_id, claims.password_mark)
        if caller is None:
            raise BadTokenError("User not found", "access")
        return Login(caller, claims.expires_at)
    caller = await caller_of_token(database, credential)
    if caller is None:
        raise NotAuthenticatedError("Invalid token.")
    return Login(caller, None)
