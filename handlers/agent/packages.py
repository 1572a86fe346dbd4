"""Uploads of packagers. Contract: agent-v5 8."""

import asyncio
import logging
from typing import Any

from handlers.base import BaseHandler
from handlers.form_upload import FormUpload
from migas_tornado.envelope import BadEnvelopeError, open_from
from migas_tornado.errors import InvalidDataError, MigasError, UnavailableError
from migas_tornado.keys.accepted import Partner
from migas_tornado.repositories.store import UploadedFile, check_relative_path
from migas_tornado.repositories.uploads import (
    MALFORMED,
    Destination,
    base_name,
    renew_repositories,
)

log = logging.getLogger(__name__)

RECEIVED = "Data received"


class PackagerHandler(BaseHandler):
    """A call whose envelope is signed by a packager; its project stands inside."""

    async def open(self, message: object) -> tuple[Partner, dict[str, Any]]:
        """Return whose key signed, and the claims that it signed.

        Raises:
            InvalidDataError: it is no envelope of a packager.
        """
        if not isinstance(message, str):
            raise BadEnvelopeError
        claims, partner = open_from(message, await self.services.partners.packagers())
        if not isinstance(claims, dict):
            raise InvalidDataError(MALFORMED)
        return partner, claims

    def reply(self, partner: Partner, data: Any) -> None:
        """Seal a value and write it as the whole answer."""
        self.answer({"msg": self.services.sealers.seal(data, partner)})


class UploadHandler(PackagerHandler):
    """`packages/`: a package, or a file that goes with packages."""

    _upload: FormUpload | None = None
    _taken = 0

    @property
    def body_limit(self) -> int:
        return self.services.settings.max_upload_bytes

    def prepare(self) -> None:
        super().prepare()
        if self.request.method == "POST":
            self._upload = FormUpload(
                self.request.headers.get("Content-Type", ""), self.services.settings.store_dir
            )

    async def data_received(self, chunk: bytes) -> None:
        self._taken += len(chunk)
        if self._taken > self.body_limit:
            self.refuse(self._too_large())
        if self._refusal is not None or self._upload is None:
            return
        try:
            await asyncio.to_thread(self._upload.feed, chunk)
        except MigasError as error:
            self.refuse(error)
        except OSError as error:
            log.error("upload not written: %s", error)
            self.refuse(UnavailableError("The server cannot write files now; its log says why."))

    async def post(self) -> None:
        try:
            self.body()  # raises why it was refused, if it was
            fields, file = await asyncio.to_thread(self._upload.finish)
            partner, claims = await self.open(fields.get("msg"))
            if file is None:
                raise InvalidDataError({"file": ["No file was sent."]})
            await self.take(file, claims)
        finally:
            await asyncio.to_thread(self._upload.discard)
        self.reply(partner, RECEIVED)

    async def take(self, file: UploadedFile, claims: dict[str, Any]) -> None:
        """Take the file to where the claims say."""
        destination = await self.destination(claims)
        if claims.get("is_package", False):
            await self.services.uploads.add_package(file, destination)
        else:
            await self.services.uploads.add_file(file, destination)

    async def destination(self, claims: dict[str, Any], **more: Any) -> Destination:
        """Return where an upload belongs.

        Raises:
            NotFoundError: the project does not exist.
            InvalidDataError: no store is named.
        """
        if not isinstance(claims.get("store"), str) or "project" not in claims:
            raise InvalidDataError(MALFORMED)
        project = await self.services.projects.get(claims["project"])
        return Destination(project, claims["store"].strip(), **more)

    def on_finish(self) -> None:
        super().on_finish()
        if self._upload is not None:
            self._upload.discard_soon()

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self.on_finish()


class UploadSetHandler(UploadHandler):
    """`packages/set/`: a file of a directory that is uploaded as a set."""

    async def take(self, file: UploadedFile, claims: dict[str, Any]) -> None:
        path = claims.get("path") or ""
        if not isinstance(path, str):
            raise InvalidDataError(MALFORMED)
        destination = await self.destination(
            claims,
            package_set=base_name(claims.get("packageset")),
            directory=check_relative_path(path),
        )
        await self.services.uploads.add_to_set(file, destination)


class CreateRepositoriesHandler(PackagerHandler):
    """`packages/repos/`: renew the repositories that have what was uploaded."""

    async def post(self) -> None:
        body = self.json_body()
        partner, claims = await self.open(body.get("msg") if isinstance(body, dict) else None)
        if "project" not in claims or "packageset" not in claims:
            raise InvalidDataError(MALFORMED)
        project = await self.services.projects.get(claims["project"])
        await renew_repositories(project, base_name(claims["packageset"]))
        self.reply(partner, RECEIVED)
