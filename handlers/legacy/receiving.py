"""How a message comes in: to memory, and a package behind it to disk once it is wanted."""

import asyncio
import logging

from handlers.database_errors import ABSENCES
from handlers.form_upload import Draft
from handlers.legacy.answering import LegacyHandler
from handlers.legacy.form import MessageForm
from migas_tornado.errors import InvalidDataError, MigasError, UnavailableError
from migas_tornado.legacy.codes import RefusedCallError
from migas_tornado.legacy.senders import Sender, read_file_name
from migas_tornado.repositories.store import UploadedFile

log = logging.getLogger(__name__)


class ReceivingHandler(LegacyHandler):
    """Reads the form of a message. The message itself is verified before a package is read."""

    _form: MessageForm | None = None
    _draft: Draft | None = None
    _was_asked = _is_closed = False
    _taken = 0

    @property
    def body_limit(self) -> int:
        return self.services.settings.max_upload_bytes

    def prepare(self) -> None:
        super().prepare()
        content_type = self.request.headers.get("Content-Type", "")
        if self.request.method == "POST" and content_type.startswith("multipart/form-data"):
            self._form = MessageForm(content_type, self.services.settings.max_message_bytes)

    async def data_received(self, chunk: bytes) -> None:
        self._taken += len(chunk)
        if self._taken > self.body_limit:
            self.refuse(self._too_large())
        if self._refusal is not None or self._form is None:
            return
        try:
            self._form.feed(chunk)
            if self._form.package_name is not None:
                await self._receive_package(self._form)
        except MigasError as error:
            self.refuse(error)
        except ValueError:
            # Whoever sent it went away, and the file was closed while it was written.
            if not self._is_closed:
                raise
        except ABSENCES as error:  # of the database, or of room on the disk
            log.error("upload not received: %s", error)
            self.refuse(UnavailableError("The server cannot take files now; its log says why."))

    async def _receive_package(self, form: MessageForm) -> None:
        if not self._was_asked:
            self._was_asked = True
            if await self._is_wanted(form):
                directory = self.services.settings.store_dir
                self._draft = await asyncio.to_thread(Draft, directory, form.package_name)
                if self._is_closed:
                    self._draft.discard()
        pieces = form.take_package()
        if self._draft is not None and pieces and not self._is_closed:
            await asyncio.to_thread(self._draft.write, b"".join(pieces))

    async def _is_wanted(self, form: MessageForm) -> bool:
        try:
            sender = read_file_name(form.sent_as or "")
        except RefusedCallError:
            return False
        return await self.wants_package(sender, form.message)

    async def wants_package(self, sender: Sender, message: bytes) -> bool:
        """Tell whether the package behind a message is read."""
        raise NotImplementedError

    def received(self) -> MessageForm | None:
        """Return the form, or None when none was sent.

        Raises:
            MigasError: why it was refused while it came in.
        """
        self.body()  # raises why, if it was
        if self._form is not None and not self._form.is_complete:
            raise InvalidDataError("The form ends in the middle.")
        return self._form

    async def package(self) -> UploadedFile | None:
        """Return the file that was sent with the message, if one was."""
        return await asyncio.to_thread(self._draft.uploaded) if self._draft is not None else None

    async def discard_package(self) -> None:
        """Remove the file that was sent with the message, if it was not taken into the store."""
        if self._draft is not None:
            await asyncio.to_thread(self._draft.discard)

    def on_finish(self) -> None:
        super().on_finish()
        if self._draft is not None:
            self._draft.discard()

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self._is_closed = True
        if self._draft is not None:
            self._draft.discard()
