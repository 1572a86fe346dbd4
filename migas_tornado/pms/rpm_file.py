"""The outside of an rpm file, checked before a library is let in, and the scripts inside.

The format has a lead, a header of signatures, the header itself, and the payload. Every amount that
the file can choose has a limit here; the payload is never unpacked.
"""

import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from migas_tornado.errors import NotAPackageError

MAX_SIGNATURES = 4 * 1024**2  # bytes of the header of signatures
MAX_HEADER = 32 * 1024**2  # bytes of the header; a kernel's has three million
MAX_ENTRIES = 4096  # tags of a header; a package has some hundred

_LEAD = 96  # bytes
_LEAD_MAGIC = b"\xed\xab\xee\xdb"
_HEADER_MAGIC = b"\x8e\xad\xe8\x01"
_PREFACE = 16  # bytes: magic, reserved, number of entries, bytes of data
_ENTRY = struct.Struct(">IIiI")  # tag, type, offset, count

_SIZES = {1000: ">I", 270: ">Q"}  # signature tags that tell the length of header and payload
_HEADER_SHA256 = 273
_TEXTS = (6, 9)  # types: string, translated string
_SCRIPTS = {1023: "preinstall", 1024: "postinstall", 1025: "preuninstall", 1026: "postuninstall"}


@dataclass(frozen=True, slots=True)
class _Header:
    """A header: its bytes, tag -> place in the data, and the data."""

    content: bytes
    entries: dict[int, tuple[int, int]]
    data: bytes

    def text(self, tag: int) -> str | None:
        kind, offset = self.entries.get(tag, (0, 0))
        if kind not in _TEXTS:
            return None
        return self.data[offset : self.data.find(b"\x00", offset)].decode("utf-8", "replace")

    def number(self, tag: int, form: str) -> int | None:
        if tag not in self.entries:
            return None
        try:
            return struct.unpack_from(form, self.data, self.entries[tag][1])[0]
        except struct.error as error:
            raise NotAPackageError("The rpm package has a damaged header.") from error


def check_rpm(path: Path) -> None:
    """Make sure that a file is a whole rpm package with a header that a library can take.

    Raises:
        NotAPackageError: it is not; says what is wrong.
    """
    with _opened(path) as file:
        signatures, header, start = _headers(file)
        length = path.stat().st_size
    for tag, form in _SIZES.items():
        size = signatures.number(tag, form)
        if size is not None and start + size > length:
            raise NotAPackageError("The rpm package is cut off.")
    digest = signatures.text(_HEADER_SHA256)
    if digest is not None and hashlib.sha256(header.content).hexdigest() != digest:
        raise NotAPackageError("The rpm package has a header that is not what its digest says.")


def read_scripts(path: Path) -> dict[str, str]:
    """Return the scripts of a package, by when they are run.

    Raises:
        NotAPackageError: it is no rpm package.
    """
    with _opened(path) as file:
        _, header, _ = _headers(file)
    found = {name: header.text(tag) for tag, name in _SCRIPTS.items()}
    return {name: text for name, text in found.items() if text}


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise NotAPackageError(f"The rpm package cannot be read: {error.strerror}.") from error


def _headers(file: BinaryIO) -> tuple[_Header, _Header, int]:
    """Return the header of signatures, the header, and where the latter begins."""
    if file.read(_LEAD)[:4] != _LEAD_MAGIC:
        raise NotAPackageError("The file is not an rpm package.")
    signatures = _header(file, "header of signatures", MAX_SIGNATURES)
    file.seek(-len(signatures.content) % 8, 1)
    start = file.tell()
    return signatures, _header(file, "header", MAX_HEADER), start


def _header(file: BinaryIO, what: str, most: int) -> _Header:
    preface = file.read(_PREFACE)
    if len(preface) < _PREFACE or preface[:4] != _HEADER_MAGIC:
        raise NotAPackageError(f"The rpm package has no {what} where it should be.")
    count, size = struct.unpack(">II", preface[8:])
    if count > MAX_ENTRIES or size > most:
        raise NotAPackageError(
            f"The rpm package has a {what} of more than {MAX_ENTRIES} entries or {most} bytes."
        )
    index, data = file.read(count * _ENTRY.size), file.read(size)
    if len(index) < count * _ENTRY.size or len(data) < size:
        raise NotAPackageError(f"The rpm package is cut off within its {what}.")
    entries = {}
    for tag, kind, offset, _ in _ENTRY.iter_unpack(index):
        if not 0 <= offset <= size:
            raise NotAPackageError(f"The rpm package has a {what} that points out of itself.")
        entries[tag] = kind, offset
    return _Header(preface + index + data, entries, data)
