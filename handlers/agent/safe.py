"""What every safe call shares: the envelope around it and the computer that it speaks for."""

import asyncio
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from handlers.base import BaseHandler, status_of
from handlers.database_errors import tried_again
from migas_tornado.db import Connection, connection, transaction
from migas_tornado.enrolment.computers import Computer, reach_computer
from migas_tornado.enrolment.projects import Project
from migas_tornado.envelope import BadEnvelopeError, open_from
from migas_tornado.errors import InvalidDataError
from migas_tornado.keys.accepted import Partner

INLINE_CHARACTERS = 64 * 1024
"""Longer messages are opened and sealed in a thread, so that others are answered meanwhile."""
INLINE_ITEMS = 500
"""The same for the items of an answer that is a list."""
MOST_MARKS = 100
"""Commas and brackets of a body: it has two texts, one of which may be an envelope in JSON."""


@dataclass(frozen=True, slots=True)
class Call:
    """An opened envelope."""

    project: Project
    partner: Partner
    """Signed the request, and is the recipient of the answer."""
    claims: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Created:
    """An answer with the status 201."""

    data: Any


class RefusedError(Exception):
    """An answer in an envelope whose status says that nothing was changed."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


class SafeHandler(BaseHandler):
    """A call whose body is an envelope; subclasses give its answer."""

    writes = False
    """Whether calls of this kind change anything."""

    async def post(self) -> None:
        await self.check_caller_certificate()
        body = self._envelope()
        if not isinstance(body, dict):
            raise InvalidDataError("JSON parse error - an object is expected.")
        project = await self.services.projects.get(body.get("project"))
        partners = await self.services.partners.of_project(project.slug)
        partner = partners[0]
        try:
            call = await self.open(project, partners, body.get("msg"))
            partner = call.partner
            await self.consider(call)
            data = await tried_again(self.request.path, partial(self._attempt, call))
            status = HTTPStatus.OK
            if isinstance(data, Created):
                data, status = data.data, HTTPStatus.CREATED
        except BadEnvelopeError:
            raise
        except RefusedError as error:
            data, status = error.text, error.status
        except InvalidDataError as error:
            data, status = error.detail, status_of(error)
        await self.reply(partner, data, status)

    def _envelope(self) -> Any:
        """Return the body as JSON, unless it is more than an envelope can be.

        Nobody has signed it yet, and a list of millions of things takes seconds to parse.

        Raises:
            BadEnvelopeError: it has too many parts.
            InvalidDataError: it is no JSON.
        """
        body = self.body()
        if sum(body.count(mark) for mark in (b",", b"[", b"{")) > MOST_MARKS:
            raise BadEnvelopeError
        return self.json_body()

    async def open(self, project: Project, partners: tuple[Partner, ...], message: object) -> Call:
        """Open an envelope from one of a project's partners.

        Raises:
            BadEnvelopeError: it is no envelope for this server.
            InvalidDataError: the signature is wrong, or the claims are no object.
        """
        if not isinstance(message, str):
            raise BadEnvelopeError
        if len(message) > INLINE_CHARACTERS:
            claims, partner = await asyncio.to_thread(open_from, message, partners)
        else:
            claims, partner = open_from(message, partners)
        if not isinstance(claims, dict):
            raise InvalidDataError("Malformed claims")
        return Call(project, partner, claims)

    async def consider(self, call: Call) -> None:
        """Do what has to be done before a connection is lent, such as checking a password."""

    async def _attempt(self, call: Call) -> Any:
        async with transaction() if self.changes(call) else connection() as database:
            return await self.respond(database, call)

    def changes(self, call: Call) -> bool:
        """Tell whether the answer changes anything, and so is a transaction."""
        return self.writes

    async def respond(self, database: Connection, call: Call) -> Any:
        """Return the JSON value that answers the call."""
        raise NotImplementedError

    async def reply(self, partner: Partner, data: Any, status: int) -> None:
        """Seal a value and write it as the whole answer."""
        seal = self.services.sealers.seal
        if isinstance(data, list) and len(data) > INLINE_ITEMS:
            message = await asyncio.to_thread(seal, data, partner)
        else:
            message = seal(data, partner)
        self.answer({"msg": message}, status)


class ComputerHandler(SafeHandler):
    """A call that speaks for a computer."""

    key_name = "id"
    live_text = ""
    """What the dashboard shows from now on, such as `Sending attributes...`; empty for nothing."""

    async def respond(self, database: Connection, call: Call) -> Any:
        computer = await reach_computer(
            database,
            call.claims.get(self.key_name),
            call.project,
            self.certificate_name,
            lock=self.changes(call),
        )
        if self.live_text:
            self.services.messages.note(computer.id, self.live_text)
        return await self.respond_to(database, computer, call)

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        """Return the JSON value that answers the computer."""
        raise NotImplementedError

    def claim(self, call: Call, name: str, kind: type | tuple[type, ...], wanted: str) -> Any:
        """Return a member of the claims.

        Raises:
            InvalidDataError: it is missing or of another type than wanted, which the text tells.
        """
        value = call.claims.get(name)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            raise InvalidDataError({name: [f"{wanted} is expected."]})
        return value
