"""Answers that travel compressed. Contract: admin-api 1.7."""

import asyncio
import gzip
import re
import zlib

LEVEL = 3
"""Twice as fast as the usual one, for JSON that becomes a tenth larger."""
GZIP_BITS = 16 + zlib.MAX_WBITS
_GZIP = re.compile(r"(?:^|,)\s*(?:x-)?gzip\s*(?:;\s*q=(?P<weight>[0-9.]+)\s*)?(?=,|$)", re.I)


def accepts_gzip(accept_encoding: str) -> bool:
    """Tell whether a client takes answers compressed by gzip, by its header `Accept-Encoding`."""
    found = _GZIP.search(accept_encoding)
    return found is not None and (found["weight"] or "1").strip("0.") != ""


class Compressor:
    """Compresses an answer piece by piece, in threads; for those who take it, else not at all.

    Args:
        is_wanted: whether it is to be compressed.
    """

    def __init__(self, *, is_wanted: bool) -> None:
        self._gzip = zlib.compressobj(LEVEL, wbits=GZIP_BITS) if is_wanted else None

    @property
    def encoding(self) -> str:
        """As `Content-Encoding` names it; empty when nothing is compressed."""
        return "gzip" if self._gzip else ""

    async def add(self, piece: bytes) -> bytes:
        """Return what can be sent after another piece; perhaps nothing yet."""
        return await asyncio.to_thread(self._gzip.compress, piece) if self._gzip else piece

    def end(self) -> bytes:
        """Return what is left to be sent."""
        return self._gzip.flush() if self._gzip else b""


def compressed(content: bytes) -> bytes:
    """Return a content compressed; the same content is always the same."""
    return gzip.compress(content, LEVEL, mtime=0)
