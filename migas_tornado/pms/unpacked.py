"""The decompressed content of files that may be hostile, within limits of size and time."""

import lzma
import os
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, BinaryIO

import zstandard

from migas_tornado.errors import NotAPackageError, UnavailableError

MAX_UNPACKED = 16 * 1024**3  # bytes of an archive when decompressed
MAX_RATIO = 250  # times as long as the file, once the archive is longer than the next
MAX_UNPACKED_OF_ANY = 64 * 1024**2  # bytes; small files may be compressed as much as they like
MAX_STREAMS = 100_000  # compressed streams that follow each other in a file
MAX_DICTIONARY = 128 * 1024**2  # bytes of memory that a decompressor may ask for

PIECE = 256 * 1024  # bytes that are read at a time
# Bytes that are decompressed at a time: 4 bytes of zstandard may stand for 128 KiB.
_PACKED_PIECE = 2048
_GZIP, _XZ, _ZSTD = b"\x1f\x8b", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"
_ERRORS = (zlib.error, lzma.LZMAError, zstandard.ZstdError, EOFError, MemoryError)


_DEADLINE: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Have what is read within the block raise `UnavailableError` when it takes longer."""
    token = _DEADLINE.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _DEADLINE.reset(token)


class Unpacked:
    """The decompressed content of a file, within the limits.

    Args:
        file: positioned at the start of what is compressed with gzip, xz or zstd.

    Raises:
        NotAPackageError: it is compressed with none of these.
    """

    def __init__(self, file: BinaryIO) -> None:
        start = file.tell()
        magic = file.read(len(_XZ))
        file.seek(start)
        for beginning, decompressor in _DECOMPRESSORS.items():
            if magic.startswith(beginning):
                self._stream = _Stream(file, decompressor)
                break
        else:
            raise NotAPackageError("The package is compressed neither with gzip, xz nor zstd.")
        self._length = os.fstat(file.fileno()).st_size - start
        self._taken = 0

    def read(self, size: int, /) -> bytes:
        """Return so many bytes, fewer only at the end.

        Raises:
            NotAPackageError: it cannot be decompressed, or is longer than a limit allows.
            UnavailableError: it takes longer than `time_limit` allows.
        """
        pieces = []
        while size and (piece := self._read_some(min(size, PIECE))):
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def drain(self) -> None:
        """Read what is left, so that damage at the very end is found too."""
        while self._read_some(PIECE):
            pass

    def _read_some(self, size: int) -> bytes:
        deadline = _DEADLINE.get()
        if deadline is not None and time.monotonic() > deadline:
            raise UnavailableError("The package takes too long to read.")
        try:
            piece = self._stream.read(size)
        except _ERRORS as error:
            raise NotAPackageError(f"The package cannot be decompressed: {error}.") from error
        self._taken += len(piece)
        if self._taken > MAX_UNPACKED:
            raise NotAPackageError(
                f"The package has more than {MAX_UNPACKED} bytes when decompressed."
            )
        if self._taken > max(MAX_UNPACKED_OF_ANY, self._length * MAX_RATIO):
            raise NotAPackageError(
                f"The package is more than {MAX_RATIO} times as long when decompressed."
            )
        return piece


class _Zstd:
    """A decompressor of zstandard that gives no more than it is asked for, as the others do."""

    def __init__(self) -> None:
        self._decompressor = zstandard.ZstdDecompressor(
            max_window_size=MAX_DICTIONARY
        ).decompressobj()
        self._ready = memoryview(b"")

    def decompress(self, packed: bytes, size: int) -> bytes:
        if packed:
            self._ready = memoryview(self._decompressor.decompress(packed))
        piece, self._ready = self._ready[:size], self._ready[size:]
        return bytes(piece)

    @property
    def needs_input(self) -> bool:
        return not self._ready

    @property
    def eof(self) -> bool:
        return self._decompressor.eof and not self._ready

    @property
    def unused_data(self) -> bytes:
        return self._decompressor.unused_data


def _gzip() -> Any:
    return zlib.decompressobj(16 + zlib.MAX_WBITS)


def _xz() -> Any:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MAX_DICTIONARY)


_DECOMPRESSORS: dict[bytes, Callable[[], Any]] = {_GZIP: _gzip, _XZ: _xz, _ZSTD: _Zstd}


class _Stream:
    """Decompresses streams that follow each other, never more at once than is asked for."""

    def __init__(self, file: BinaryIO, new_decompressor: Callable[[], Any]) -> None:
        self._file, self._new = file, new_decompressor
        self._decompressor = new_decompressor()
        self._waiting = b""
        self._streams = 1

    def read(self, size: int) -> bytes:
        """Return some bytes, at most so many; none at the end."""
        while True:
            if self._decompressor.eof and not self._begin_next():
                return b""
            packed = b""
            if getattr(self._decompressor, "needs_input", True):
                packed = self._waiting or self._file.read(_PACKED_PIECE)
                is_at_end = not packed
            else:
                is_at_end = False
            # Without further input too: what was taken in earlier may still have to come out.
            piece = self._decompressor.decompress(packed, size)
            self._waiting = getattr(self._decompressor, "unconsumed_tail", b"")
            if piece:
                return piece
            if is_at_end and not self._decompressor.eof:
                raise EOFError("it is cut off")

    def _begin_next(self) -> bool:
        rest = self._decompressor.unused_data or self._file.read(_PACKED_PIECE)
        # Zeros may fill a file up behind its last stream.
        while rest and not rest.strip(b"\0"):
            rest = self._file.read(_PACKED_PIECE)
        if not rest:
            return False
        self._streams += 1
        if self._streams > MAX_STREAMS:
            raise EOFError(f"it has more than {MAX_STREAMS} compressed streams")
        self._decompressor, self._waiting = self._new(), rest
        return True
