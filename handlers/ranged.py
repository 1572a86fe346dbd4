"""Sending a file or a part of it, or only saying that the client has it already. RFC 9110."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus

from tornado.iostream import StreamClosedError

from handlers.base import BaseHandler
from migas_tornado.open_files import OpenFile

CHUNK_BYTES = 256 * 1024
KEPT = "public, max-age=604800"
"""What caches are told of content that never changes under its name."""
CHECKED = "no-cache"
"""What they are told of other content: to ask each time whether theirs is current."""
_RANGE = re.compile(r"([0-9]{0,18})-([0-9]{0,18})")
"""More digits than any file has bytes are no range."""


class RangedHandler(BaseHandler):
    """Serves files with validators, ranges and bounded memory."""

    async def serve(self, file: OpenFile, *, is_final: bool) -> None:
        """Answer with a file; headers that say what it is are set already.

        Args:
            file: what is sent, or a part of it.
            is_final: whether it will never be another under its name.
        """
        self.set_header("Cache-Control", KEPT if is_final else CHECKED)
        with suppress(StreamClosedError):  # the client does not want it any more
            await self._serve(file)

    async def _serve(self, file: OpenFile) -> None:
        etag = f'"{file.modified_ns:x}-{file.inode:x}-{file.size:x}"'
        modified = datetime.fromtimestamp(file.modified_ns // 10**9, UTC)
        self.set_header("Etag", etag)
        self.set_header("Last-Modified", format_datetime(modified, usegmt=True))
        self.set_header("Accept-Ranges", "bytes")
        if self._is_current(etag, modified):
            self.set_status(HTTPStatus.NOT_MODIFIED)
            await self.finish()
            return
        start, end = 0, file.size
        span = self._range(etag, modified, file.size)
        if span is not None:
            start, end = span
            if start >= end:
                self.set_status(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                self.set_header("Cache-Control", CHECKED)
                self.set_header("Content-Range", f"bytes */{file.size}")
                await self.finish()
                return
            self.set_status(HTTPStatus.PARTIAL_CONTENT)
            self.set_header("Content-Range", f"bytes {start}-{end - 1}/{file.size}")
        self.set_header("Content-Length", str(end - start))
        if self.request.method == "HEAD":
            await self.finish()
        else:
            await self._send(file, start, end)

    async def _send(self, file: OpenFile, start: int, end: int) -> None:
        position = start
        while position < end:
            chunk = await file.read(position, min(CHUNK_BYTES, end - position))
            if not chunk:  # the file became shorter; the length tells the client
                self.request.connection.close()
                return
            position += len(chunk)
            self.write(chunk)
            await self.flush()
        await self.finish()

    def compute_etag(self) -> None:
        """Leave the ETag to `serve`; Tornado would hash what is written."""

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
        found = _RANGE.fullmatch(wanted.strip())
        if found is None or not (found[1] or found[2]):
            return None
        first, last = found[1], found[2]
        if not first:
            return (max(0, size - int(last)), size) if int(last) else (size, size)
        if last and int(last) < int(first):
            return None
        return int(first), min(size, int(last) + 1) if last else size


def _http_date(text: str | None) -> datetime | None:
    try:
        value = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)
