"""Rows of exports as CSV, JSON and workbooks. Contract: admin-api 3."""

import asyncio
import contextlib
import csv
import io
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import orjson

from migas_tornado.errors import UnavailableError

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMATS = tuple(CONTENT_TYPES)


def csv_lines(rows: Sequence[Sequence[str | None]]) -> bytes:
    """Return rows as CSV: commas, quotes where needed, CRLF, null empty."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


class JsonList:
    """A JSON list that is written piece by piece."""

    def __init__(self) -> None:
        self._separator = "["

    def add(self, objects: Sequence[Sequence[str]]) -> bytes:
        """Return the next piece; each row holds the text of one object."""
        if not objects:
            return b""
        piece = self._separator + ",\n".join(row[0] for row in objects)
        self._separator = ",\n"
        return piece.encode()

    def end(self) -> bytes:
        """Return the last piece."""
        return b"[]" if self._separator == "[" else b"]"


class WorkbookFile:
    """A workbook that another process writes; `workbook` says how it is told what.

    Args:
        process: the other process.
        path: where it writes.
    """

    def __init__(self, process: asyncio.subprocess.Process, path: Path) -> None:
        self._process, self.path = process, path

    async def add(self, lists: Sequence[Sequence[str]]) -> None:
        """Hand over rows, each the text of a JSON list, as fast as they are written.

        Raises:
            UnavailableError: the process ended.
        """
        await self._write("".join(f"{row[0]}\n" for row in lists).encode())

    async def describe(self, names: Sequence[str], kinds: Sequence[str]) -> None:
        """Hand over names and kinds of the columns, which has to come first."""
        await self._write(orjson.dumps({"names": names, "kinds": kinds}) + b"\n")

    async def _write(self, content: bytes) -> None:
        try:
            self._process.stdin.write(content)
            await self._process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise UnavailableError("The workbook could not be written.") from error

    async def finish(self) -> None:
        """Wait until the file is complete.

        Raises:
            UnavailableError: it cannot be written, as when the disk is full.
        """
        self._process.stdin.close()
        if await self._process.wait():
            raise UnavailableError("The workbook could not be written.")


@contextlib.asynccontextmanager
async def workbook_file() -> AsyncIterator[WorkbookFile]:
    """Lend a workbook; its file and its process are gone at the end of the block."""
    directory = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="migas-export-"))
    try:
        path = directory / "export.xlsx"
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "migas_tornado.resources.workbook",
            str(path),
            stdin=asyncio.subprocess.PIPE,
        )
        try:
            yield WorkbookFile(process, path)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    finally:
        await asyncio.to_thread(shutil.rmtree, directory, ignore_errors=True)
