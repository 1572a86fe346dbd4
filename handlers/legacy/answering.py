"""How a message is answered: JSON, signed or not, and refusals as codes. Contract: agent-v4 2."""

import asyncio
from collections.abc import Awaitable
from http import HTTPStatus
from typing import Any

import orjson

from handlers.base import BaseHandler
from migas_tornado.errors import (
    ConflictError,
    ForbiddenError,
    InvalidDataError,
    NotFoundError,
    TooLargeError,
)
from migas_tornado.keys.pairs import KeyPair
from migas_tornado.languages import translate
from migas_tornado.legacy.codes import Code, RefusedCallError, errmfs
from migas_tornado.received_json import UNSTORABLE
from migas_tornado.settings import LegacyAgents

INLINE_BYTES = 64 * 1024
"""Longer answers are signed in a thread, so that others are answered meanwhile."""
TEXT_LENGTH = 1000
REFUSALS = (InvalidDataError, NotFoundError, ForbiddenError, ConflictError, TooLargeError)


class LegacyHandler(BaseHandler):
    """A call of protocol 4, unless those are switched off."""

    def prepare(self) -> None:
        super().prepare()
        if self.services.settings.legacy_agents == LegacyAgents.OFF:
            raise NotFoundError("Agents of protocol 4 are not answered here.")

    async def value_of(self, work: Awaitable[Any]) -> Any:
        """Return what the work returns, or why it was refused.

        What the client has to try again for is no refusal, and has a status of its own.
        """
        try:
            return await work
        except RefusedCallError as error:
            return self.refusal(error.code, str(error))
        except InvalidDataError as error:
            return self.refusal(Code.GENERIC, _text(error.detail))
        except REFUSALS as error:
            return self.refusal(Code.GENERIC, str(error))

    def refusal(self, code: Code, text: str = "") -> dict[str, Any]:
        """Return a code with its text in the server's language, which is all that clients know."""
        answer = errmfs(code, text[:TEXT_LENGTH])
        language = self.services.settings.language
        answer["errmfs"]["info"] = translate(answer["errmfs"]["info"], language)
        return answer

    async def reply(self, command: str, value: Any, server: KeyPair | None) -> None:
        """Write the answer of a command, signed by a server unless there is none."""
        await self.write_signed({f"{UNSTORABLE.sub('', command)}.return": value}, server)

    async def write_signed(self, answer: dict[str, Any], server: KeyPair | None) -> None:
        """Write JSON as the whole answer, signed by a server unless there is none."""
        body = orjson.dumps(answer)
        if server is not None:
            sign = self.services.legacy_signer.sign
            is_long = len(body) > INLINE_BYTES
            body = await asyncio.to_thread(sign, body, server) if is_long else sign(body, server)
        self.set_header("Content-Type", "text/plain")
        await self.finish(body)

    async def reply_throttled(self, command: str, seconds: int) -> None:
        """Answer who tried too many passwords."""
        self.set_status(HTTPStatus.TOO_MANY_REQUESTS)
        self.set_header("Retry-After", str(seconds))
        value = self.refusal(Code.GENERIC, "Too many wrong passwords, please try again later.")
        await self.reply(command, value, None)


def _text(detail: Any) -> str:
    """Return the texts of an error, one after the other."""
    if isinstance(detail, dict):
        return " ".join(f"{name}: {_text(texts)}" for name, texts in detail.items())
    return " ".join(map(str, detail)) if isinstance(detail, list) else str(detail)
