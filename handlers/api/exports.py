"""`R/export/`: a whole list as a file. Contract: admin-api 1.8, 3."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from functools import cached_property
from typing import Any

from tornado.iostream import StreamClosedError

from handlers.api.base import ApiHandler
from handlers.api.resources import ResourceHandler, parameters_of
from handlers.compression import Compressor, accepts_gzip
from migas_tornado.db import connection
from migas_tornado.errors import InvalidDataError, UnavailableError
from migas_tornado.resources.export import Export
from migas_tornado.resources.export_columns import file_name
from migas_tornado.resources.export_formats import (
    CONTENT_TYPES,
    FORMATS,
    JsonList,
    csv_lines,
    workbook_file,
)

log = logging.getLogger(__name__)

FILE_CHUNK_BYTES = 128 * 1024
READER_SECONDS = 60
"""A client that takes nothing for so long is given up: an export keeps a database connection."""
ROOM_SECONDS = 30
"""How long an export waits for others to end."""


class Room:
    """Keeps the exports of a process from taking all of its database connections."""

    def __init__(self) -> None:
        self._places: asyncio.Semaphore | None = None

    @contextlib.asynccontextmanager
    async def place(self, connection_count: int) -> AsyncIterator[None]:
        """Hold one of the places, of which there is one for every four connections.

        Raises:
            UnavailableError: all have been taken for too long.
        """
        if self._places is None:
            self._places = asyncio.Semaphore(max(1, connection_count // 4))
        try:
            async with asyncio.timeout(ROOM_SECONDS):
                await self._places.acquire()
        except TimeoutError as error:
            raise UnavailableError("Too many exports are running; try again later.") from error
        try:
            yield
        finally:
            self._places.release()


ROOM = Room()


class ExportHandler(ResourceHandler):
    """The list that the parameters ask for, without pages, as CSV, XLSX or JSON."""

    async def prepare(self) -> None:
        await ApiHandler.prepare(self)
        if self.request.method != "OPTIONS":
            self.require_right("L")

    def allowed(self) -> list[str]:
        return ApiHandler.allowed(self)

    @cached_property
    def _compressor(self) -> Compressor:
        accepted = self.request.headers.get("Accept-Encoding", "")
        return Compressor(is_wanted=accepts_gzip(accepted))

    async def get(self) -> None:
        await self._answer(self.query())

    async def post(self) -> None:
        await self._answer(self.query() | parameters_of(self.data()))

    async def _answer(self, given: dict[str, Any]) -> None:
        kind = str(given.get("export_format") or "csv")
        if kind not in FORMATS:
            raise InvalidDataError(
                {
                    "export_format": [
                        f"Select a valid choice. {kind} is not one of the available choices."
                    ]
                }
            )
        settings = self.services.settings
        export = Export(self.resource, self.caller, given, settings.time_zone, self.view, kind)
        async with ROOM.place(settings.database_connections):
            await self._send(export, kind)

    async def _send(self, export: Export, kind: str) -> None:
        """Send an export; one that fails on the way ends with the connection, not as if whole."""
        send = {"csv": self._send_csv, "json": self._send_json, "xlsx": self._send_workbook}[kind]
        try:
            await send(export)
        except (StreamClosedError, TimeoutError):
            self.request.connection.close()
        except Exception:
            if not self._headers_written:
                raise
            log.exception("the export of %s ended early", self.resource.path)
            self.request.connection.close()

    async def _send_csv(self, export: Export) -> None:
        piece = csv_lines([export.names])
        async with self._rows(export) as rows:
            async for found in rows:
                await self._write_piece(piece + csv_lines(found), "csv")
                piece = b""
        await self._write_piece(piece, "csv", is_last=True)
        await self.finish()

    async def _send_json(self, export: Export) -> None:
        content = JsonList()
        async with self._rows(export) as rows:
            async for found in rows:
                await self._write_piece(content.add(found), "json")
        await self._write_piece(content.end(), "json", is_last=True)
        await self.finish()

    async def _send_workbook(self, export: Export) -> None:
        async with workbook_file() as book:
            await book.describe(export.names, export.kinds)
            async with self._rows(export) as rows:
                async for found in rows:
                    if self.request.connection.stream.closed():
                        raise StreamClosedError
                    await book.add(found)
            await book.finish()
            with book.path.open("rb") as file:
                while piece := await asyncio.to_thread(file.read, FILE_CHUNK_BYTES):
                    await self._write_piece(piece, "xlsx")
        await self.finish()

    @contextlib.asynccontextmanager
    async def _rows(self, export: Export) -> AsyncIterator[Any]:
        async with connection() as database, contextlib.aclosing(export.rows(database)) as rows:
            yield rows

    async def _write_piece(self, piece: bytes, kind: str, *, is_last: bool = False) -> None:
        """Write, and wait until the client has taken it; a workbook is compressed already."""
        if kind != "xlsx":
            piece = await self._compressor.add(piece) + (self._compressor.end() if is_last else b"")
        if not self._headers_written:
            name = f"{file_name(self.resource)}.{kind}"
            self.set_header("Content-Type", CONTENT_TYPES[kind])
            self.set_header("Content-Disposition", f'attachment; filename="{name}"')
            if kind != "xlsx" and self._compressor.encoding:
                self.set_header("Content-Encoding", self._compressor.encoding)
        if piece:
            self.write(piece)
        async with asyncio.timeout(READER_SECONDS):
            await self.flush()
