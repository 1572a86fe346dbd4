"""`/api/`: every command of protocol 4 is a message to this path. Contract: agent-v4 2 to 6."""

import asyncio
import logging
from dataclasses import replace
from functools import partial
from typing import Any

from handlers.agent.enrolment import attempt_of
from handlers.api.throttle import ThrottledError
from handlers.base import KEYS_ONLY_OVER_HTTPS, NO_CERTIFICATE
from handlers.database_errors import tried_again
from handlers.legacy.receiving import ReceivingHandler
from migas_tornado.accounts.authentication import SignedIn, authenticate
from migas_tornado.db import connection, transaction
from migas_tornado.enrolment.certificates import check_certificate
from migas_tornado.enrolment.computers import reach_computer
from migas_tornado.legacy import commands, registration, uploads
from migas_tornado.legacy.calls import Call, data_of
from migas_tornado.legacy.codes import Code, RefusedCallError, errmfs
from migas_tornado.legacy.opening import Opened, note_unsubscribed, open_message, verified
from migas_tornado.legacy.senders import Known, Sender, find_sender, read_file_name
from migas_tornado.legacy.signature import split_message
from migas_tornado.models.enumerations import ComputerStatus
from migas_tornado.synchronization.attributes import LEGACY

log = logging.getLogger(__name__)

NEW_PROTOCOL = "This computer has a newer client, which has to be used."
LONG_BYTES = 64 * 1024
REGISTRATION_BYTES = 64 * 1024


class MessageHandler(ReceivingHandler):
    """`/api/`: a message, and a package behind it where a packager sends one."""

    async def get(self) -> None:
        await self.reply("unexpected_get_method", self.refusal(Code.GET_NOT_ALLOWED), None)

    put = patch = delete = head = options = get

    async def post(self) -> None:
        form = self.received()
        if form is None or form.sent_as is None:
            value = self.refusal(Code.GENERIC, "No message file was sent.")
            await self.reply("no_message_file", value, None)
            return
        try:
            sender = read_file_name(form.sent_as)
        except RefusedCallError as error:
            value = self.refusal(error.code)
            await self.reply(form.sent_as, value, self.services.server_pair)
            return
        await self._answer(sender, form.message)

    async def _answer(self, sender: Sender, message: bytes) -> None:
        async with connection() as database:
            known = await find_sender(database, sender)
        if sender.command in commands.REGISTRATION:
            await self._answer_registration(sender, known, message)
        elif sender.command in commands.COMPUTER:
            await self._answer_computer(sender, known, message)
        elif _is_unsubscribed(known):
            await self.reply(
                sender.command, self.refusal(Code.UNSUBSCRIBED), self.services.server_pair
            )
        elif sender.command in commands.PACKAGER:
            await self._answer_packager(sender, message)
        else:
            value = self.refusal(Code.COMMAND_NOT_FOUND)
            await self.reply(sender.command, value, self.services.server_pair)

    async def _answer_registration(
        self, sender: Sender, known: Known | None, message: bytes
    ) -> None:
        try:
            value = await self.value_of(self._register(sender, known, message))
        except ThrottledError as error:
            await self.reply_throttled(sender.command, error.seconds)
            return
        await self.reply(sender.command, value, None)

    async def _register(self, sender: Sender, known: Known | None, message: bytes) -> Any:
        if _is_unsubscribed(known):
            raise RefusedCallError(Code.UNSUBSCRIBED)
        services = self.services
        if not self.may_give_keys:
            raise RefusedCallError(Code.CANNOT_REGISTER, KEYS_ONLY_OVER_HTTPS)
        if len(message) > REGISTRATION_BYTES:  # nobody has signed it
            raise RefusedCallError(Code.GENERIC, "The message is too long for a registration.")
        data = data_of(message, sender.command)
        user = await self._sign_in(*registration.credentials_of(data))
        keys = {"migasfree-server.pub": services.server_pair.public.pem}
        if sender.command == "get_key_packager":
            registration.check_packager(user)
            return keys | {"migasfree-packager.pri": (await services.keys.packager()).private_pem}
        application = registration.Application(sender, known, data, self.address, user)
        pair = await tried_again(
            self.request.path,
            partial(
                registration.register_computer,
                application,
                services.projects,
                services.keys,
                services.settings,
            ),
        )
        return keys | {"migasfree-client.pri": pair.private_pem}

    async def _sign_in(self, username: str, password: str) -> SignedIn | None:
        """Return who registers, if somebody does; wrong passwords are counted, and not told."""
        was_right = attempt_of(self, username, password)
        user = await authenticate(username, password)
        if user is not None:
            was_right()
        return user

    async def _answer_packager(self, sender: Sender, message: bytes) -> None:
        server = self.services.server_pair
        if await verified(message, await self.services.partners.packagers()) is None:
            # Contract agent-v4 2: this one has no name.
            await self.write_signed(self.refusal(Code.INVALID_SIGNATURE), server)
            return
        try:
            value = await self.value_of(self._take(sender, message))
        finally:
            await self.discard_package()
        await self.reply(sender.command, value, server)

    async def _take(self, sender: Sender, message: bytes) -> Any:
        services = self.services
        data = data_of(split_message(message)[0], sender.command)
        if sender.command == "create_repositories_of_packageset":
            await uploads.create_repositories(data, services.projects)
        else:
            file = await self.package()
            await uploads.take_upload(
                sender.command,
                data,
                file,
                services.projects,
                services.uploads,
                may_replace=services.settings.legacy_replace_packages,
            )
            log.info("package uploaded file=%s address=%s", file and file.name, self.address)
        return errmfs(Code.OK)

    async def wants_package(self, sender: Sender, message: bytes) -> bool:
        """Tell whether the package behind a message is read: before any of it is written."""
        if sender.command not in commands.UPLOADS:
            return False
        return await verified(message, await self.services.partners.packagers()) is not None

    async def _answer_computer(self, sender: Sender, known: Known | None, message: bytes) -> None:
        server, opened = self.services.server_pair, None
        if known is not None:
            opened = await open_message(
                known, message, self.services.projects, self.services.partners
            )
        if opened is not None:
            server = opened.partner.server
        value = await self.value_of(self._run(sender, known, opened, message))
        await self.reply(sender.command, value, server)

    async def _run(
        self, sender: Sender, known: Known | None, opened: Opened | None, message: bytes
    ) -> Any:
        if known is None:
            raise RefusedCallError(Code.COMPUTER_NOT_FOUND)
        if _is_unsubscribed(known):
            if opened is not None:
                await note_unsubscribed(
                    known.computer,
                    opened.project,
                    self.address,
                    sender.command,
                    self.services.settings,
                )
            raise RefusedCallError(Code.UNSUBSCRIBED)
        if opened is None:
            raise RefusedCallError(Code.INVALID_SIGNATURE)
        await self._check_certificates(known)
        if (known.computer.protocol or LEGACY) > LEGACY:
            raise RefusedCallError(Code.GENERIC, NEW_PROTOCOL)
        call = await self._call(sender, known, opened, message)
        command = commands.command_of(sender.command, call.data)
        if command.consider is not None:
            await command.consider(call)
        return await tried_again(self.request.path, partial(self._attempt, command, call))

    async def _check_certificates(self, known: Known) -> None:
        """Refuse who cannot prove to be a computer that could; contract agent-v4 9, no. 4."""
        await self.check_caller_certificate()
        computer, name = known.computer, self.certificate_name
        if name:
            async with connection() as database:
                await check_certificate(
                    database, name, computer.uuid, computer.project_id, computer.id
                )
        elif known.has_certificate and self.services.settings.mtls != "off":
            raise RefusedCallError(Code.GENERIC, NO_CERTIFICATE)

    async def _call(self, sender: Sender, known: Known, opened: Opened, message: bytes) -> Call:
        text, _ = split_message(message)
        is_long = len(text) > LONG_BYTES
        data = (
            await asyncio.to_thread(data_of, text, sender.command)
            if is_long
            else data_of(text, sender.command)
        )
        return Call(
            sender=sender,
            computer=known.computer,
            project=opened.project,
            signing_project=opened.signing_project,
            data=data,
            address=self.address,
            settings=self.services.settings,
            projects=self.services.projects,
            messages=self.services.messages,
        )

    async def _attempt(self, command: commands.Command, call: Call) -> Any:
        if not command.changes:
            async with connection() as database:
                return await command.run(database, call)
        async with transaction() as database:
            computer = await reach_computer(
                database, call.computer.id, call.project, self.certificate_name, lock=True
            )
            return await command.run(database, replace(call, computer=computer))


def _is_unsubscribed(known: Known | None) -> bool:
    return known is not None and known.computer.status == ComputerStatus.UNSUBSCRIBED
