"""Forms with packages, written to disk as they come in. Contract: repositories 7."""

import asyncio
import logging
from typing import Any

from handlers.api.resources import ResourceHandler
from handlers.form_upload import FormUpload
from migas_tornado.errors import MigasError, UnavailableError
from migas_tornado.repositories.store import UploadedFile

log = logging.getLogger(__name__)

FILES = "files"
MOST_VALUES = 10_000
"""Fields of a form, of which a list of packages repeats one."""


class UploadingHandler(ResourceHandler):
    """A call whose body may be a form with files; other bodies are read as everywhere."""

    most_files = 1
    """Files that one call takes."""
    needs_form = False
    """Whether other bodies are refused."""
    _upload: FormUpload | None = None
    _taken = 0

    @property
    def body_limit(self) -> int:
        if self._takes_files():
            return self.services.settings.max_upload_bytes
        return super().body_limit

    async def prepare(self) -> None:
        await super().prepare()
        if self._takes_files():
            self._upload = FormUpload(
                self.request.headers.get("Content-Type", ""),
                self.services.settings.store_dir,
                file_field=FILES,
                most_files=self.most_files,
                most_fields=MOST_VALUES,
            )

    def _takes_files(self) -> bool:
        content_type = self.request.headers.get("Content-Type", "")
        return self.request.method in ("POST", "PUT", "PATCH") and (
            self.needs_form or content_type.startswith("multipart/form-data")
        )

    async def data_received(self, chunk: bytes) -> None:
        if self._upload is None:
            super().data_received(chunk)
            return
        self._taken += len(chunk)
        if self._taken > self.body_limit:
            self.refuse(self._too_large())
        if self._refusal is not None:
            return
        try:
            await asyncio.to_thread(self._upload.feed, chunk)
        except MigasError as error:
            self.refuse(error)
        except OSError as error:
            log.error("upload not written: %s", error)
            self.refuse(UnavailableError("The server cannot write files now; its log says why."))

    async def content(self) -> tuple[Any, list[UploadedFile]]:
        """Return the body as `data` does, without files, and the files of a form.

        Raises:
            MigasError: it cannot be read, or was refused while it came in.
        """
        if self._upload is None:
            return self.data(), []
        self.body()  # raises why it was refused, if it was
        lists, files = await asyncio.to_thread(self._upload.finish_lists)
        fields = {
            name.removesuffix("[]"): values if len(values) > 1 else values[0]
            for name, values in lists.items()
            if name != FILES
        }
        return fields, files

    def on_finish(self) -> None:
        super().on_finish()
        if self._upload is not None:
            self._upload.discard_soon()

    def on_connection_close(self) -> None:
        super().on_connection_close()
        if self._upload is not None:
            self._upload.discard_soon()
