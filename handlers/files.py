"""Files below the public directory: repositories and packages. Contract: repositories 1.

A large site lets its proxy serve the directory; this does the same with ranges, validators and
bounded memory, and reads in a thread.
"""

import asyncio
import mimetypes
import os
import stat
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from tornado.iostream import StreamClosedError

from handlers.base import BaseHandler
from migas_tornado.errors import NotFoundError

CHUNK_BYTES = 256 * 1024
NO_SCRIPTS = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"
"""Policy for what others have uploaded: as a page of its own, a picture must not do anything."""


class PublicFileHandler(BaseHandler):
    """`/public/...`: a file, or a part of it."""

    async def head(self, path: str) -> None:
        await self.get(path)

    async def get(self, path: str) -> None:
        root = self.services.settings.public_dir
        file, status = await asyncio.to_thread(_open, root, path)
        with file:
            await self._serve(file, status, path)

    async def _serve(self, file: BinaryIO, status: os.stat_result, path: str) -> None:
        etag = f'"{status.st_mtime_ns:x}-{status.st_ino:x}-{status.st_size:x}"'
        modified = datetime.fromtimestamp(int(status.st_mtime), UTC)
        self.set_header("Etag", etag)
        self.set_header("Last-Modified", format_datetime(modified, usegmt=True))
        self.set_header("Accept-Ranges", "bytes")
        self.set_header("Content-Type", _content_type(path))
        self.set_header("Content-Security-Policy", NO_SCRIPTS)
        if self._is_current(etag, modified):
            self.set_status(HTTPStatus.NOT_MODIFIED)
            await self.finish()
            return
        start, end = 0, status.st_size
        span = self._range(etag, modified, status.st_size)
        if span is not None:
            start, end = span
            if start >= end:
                self.set_status(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                self.set_header("Content-Range", f"bytes */{status.st_size}")
                await self.finish()
                return
            self.set_status(HTTPStatus.PARTIAL_CONTENT)
            self.set_header("Content-Range", f"bytes {start}-{end - 1}/{status.st_size}")
        self.set_header("Content-Length", str(end - start))
        if self.request.method == "HEAD":
            await self.finish()
        else:
            await self._send(file, start, end)

    async def _send(self, file: BinaryIO, start: int, end: int) -> None:
        position = start
        try:
            while position < end:
                chunk = await asyncio.to_thread(
                    os.pread, file.fileno(), min(CHUNK_BYTES, end - position), position
                )
                if not chunk:  # the file became shorter; the length tells the client
                    self.request.connection.close()
                    return
                position += len(chunk)
                self.write(chunk)
                await self.flush()
            await self.finish()
        except StreamClosedError:
            return

    def compute_etag(self) -> None:
        """Leave the ETag to `_serve`; Tornado would hash what is written."""

    def _is_current(self, etag: str, modified: datetime) -> bool:
        known = self.request.headers.get("If-None-Match")
        if known is not None:
            tags = [tag.strip().removeprefix("W/") for tag in known.split(",")]
            return "*" in tags or etag in tags
        since = _http_date(self.request.headers.get("If-Modified-Since"))
        return since is not None and modified <= since

    def _range(self, etag: str, modified: datetime, size: int) -> tuple[int, int] | None:
        """Return start and end (exclusive) of the wanted range, or None for the whole file.

        A range beyond the end has its start behind its end. Several ranges are not a range here,
        as RFC 9110 14.2 allows.
        """
        header = self.request.headers.get("Range", "")
        unit, _, wanted = header.partition("=")
        condition = self.request.headers.get("If-Range")
        if unit.strip() != "bytes" or "," in wanted:
            return None
        if condition is not None and condition != etag and _http_date(condition) != modified:
            return None
        first, separator, last = wanted.strip().partition("-")
        if not separator or not (first + last).isdigit():
            return None
        if not first:
            return (max(0, size - int(last)), size) if int(last) else (size, size)
        if last and int(last) < int(first):
            return None
        return int(first), min(size, int(last) + 1) if last else size


class LegacyFileHandler(PublicFileHandler):
    """`/repo/...`: the same files, as old installations call them."""

    documentation = None


def _open(root: Path, path: str) -> tuple[BinaryIO, os.stat_result]:
    """Open a regular file below the public directory.

    Hidden names are not served: what is being built has them. Links are followed, because
    repositories are made of links, but not out of the directory.
    """
    parts = path.split("/")
    if "\x00" in path or any(part in ("", ".", "..") or part.startswith(".") for part in parts):
        raise NotFoundError("Not found.")
    try:
        real = Path(os.path.realpath(root.joinpath(*parts), strict=True))
        if not real.is_relative_to(os.path.realpath(root)):
            raise NotFoundError("Not found.")
        file = real.open("rb")
    except OSError as error:
        raise NotFoundError("Not found.") from error
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        file.close()
        raise NotFoundError("Not found.")
    return file, status


def _http_date(text: str | None) -> datetime | None:
    try:
        value = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _content_type(path: str) -> str:
    if path.endswith(".deb"):
        return "application/vnd.debian.binary-package"
    kind, encoding = mimetypes.guess_type(path)
    # A compressed file is sent as it is: it must not be taken for a content encoding.
    return "application/octet-stream" if encoding or kind in (None, "text/html") else kind
