"""Tar archives that may be hostile: read as a stream, never extracted.

Every amount that a file can choose has a limit here. The names and links in an archive are checked
and told, never followed.
"""

import os
import stat
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import BinaryIO, Protocol

from migas_tornado.errors import NotAPackageError
from migas_tornado.pms.unpacked import PIECE

MAX_MEMBERS = 200_000  # members of an archive
MAX_EXTENDED_HEADER = 64 * 1024  # bytes of a header for what the usual one has no room for
MAX_PATH = 4096  # characters of a name, as Linux has it

_BLOCK = tarfile.BLOCKSIZE


class Kind(Enum):
    """What a member of an archive is."""

    FILE = "file"
    DIRECTORY = "directory"
    SYMLINK = "symbolic link"
    HARDLINK = "hard link"
    OTHER = "device or pipe"


_KINDS = {
    b"0": Kind.FILE,
    b"\0": Kind.FILE,
    b"7": Kind.FILE,
    b"1": Kind.HARDLINK,
    b"2": Kind.SYMLINK,
    b"3": Kind.OTHER,
    b"4": Kind.OTHER,
    b"5": Kind.DIRECTORY,
    b"6": Kind.OTHER,
}
_PAX, _PAX_GLOBAL, _LONG_NAME, _LONG_LINK = b"x", b"g", b"L", b"K"
_EXTENDED = (_PAX, _PAX_GLOBAL, _LONG_NAME, _LONG_LINK)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an archive.

    Attributes:
        name: its path, relative, without `.` and `..` and without a slash at the end.
        kind: what it is.
        size: bytes of its content.
        target: where a link leads, as written; else empty.
    """

    name: str
    kind: Kind
    size: int
    target: str = ""


class Source(Protocol):
    """Something that is read from its start to its end."""

    def read(self, size: int, /) -> bytes:
        """Return so many bytes, fewer only at the end."""


@contextmanager
def open_regular(path: Path) -> Iterator[BinaryIO]:
    """Open a file that is read as a package.

    Raises:
        NotAPackageError: it cannot be read, or is no regular file.
    """
    try:
        # Not blocking, lest something that is not a file (a pipe) holds the worker for ever.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise NotAPackageError("The package is not a regular file.")
            yield file
    except OSError as error:
        raise NotAPackageError(f"The package cannot be read: {error.strerror or error}.") from error


class TarReader:
    """Walks through the members of a tar archive once, in their order.

    The standard library reads single headers only: its walk through an archive follows negative
    sizes back (CVE-2025-8194), takes damage for the end, and reads headers of any length.

    Args:
        source: the archive, decompressed.
        needs_end: whether the archive has to end as archives do, or may just stop.
    """

    def __init__(self, source: Source, *, needs_end: bool = True) -> None:
        self._source, self._needs_end = source, needs_end
        self._left = self._padding = 0
        self._links: set[str] = set()

    def __iter__(self) -> Iterator[Member]:
        for _ in range(MAX_MEMBERS):
            member = self._next()
            if member is None:
                return
            yield member
        raise NotAPackageError(f"The package has more than {MAX_MEMBERS} members.")

    def content(self, limit: int) -> bytes:
        """Return the content of the member that came last, once.

        Raises:
            NotAPackageError: it is longer than the limit, or cut off.
        """
        if self._left > limit:
            raise NotAPackageError(f"The package has a member of more than {limit} bytes.")
        content = self._exactly(self._left)
        self._left = 0
        return content

    def _next(self) -> Member | None:
        extended: dict[str, str] = {}
        while True:
            self._skip()
            header = self._header()
            if header is None:
                return None
            self._left, self._padding = header.size, -header.size % _BLOCK
            if header.type not in _EXTENDED:
                return self._member(header, extended)
            if header.size > MAX_EXTENDED_HEADER:
                raise NotAPackageError(
                    f"The package has a tar header of more than {MAX_EXTENDED_HEADER} bytes."
                )
            content = self.content(MAX_EXTENDED_HEADER)
            if header.type == _PAX:
                extended |= _pax_records(content)
            elif header.type == _LONG_NAME:
                extended["path"] = _text(content.rstrip(b"\0"))
            elif header.type == _LONG_LINK:
                extended["linkpath"] = _text(content.rstrip(b"\0"))

    def _header(self) -> tarfile.TarInfo | None:
        block = self._source.read(_BLOCK)
        if not block and not self._needs_end:
            return None
        if len(block) < _BLOCK:
            raise NotAPackageError("The package is cut off between its members.")
        if not any(block):
            return None
        try:
            header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except (tarfile.TarError, ValueError) as error:
            raise NotAPackageError(f"The package has a damaged tar header: {error}.") from error
        if header.size < 0:
            raise NotAPackageError("The package has a member of negative size.")
        return header

    def _member(self, header: tarfile.TarInfo, extended: dict[str, str]) -> Member:
        kind = _KINDS.get(header.type)
        if kind is None:
            raise NotAPackageError("The package has a member of an unknown kind.")
        if "size" in extended:
            size = extended["size"]
            if not (size.isascii() and size.isdigit() and len(size) < 20):
                raise NotAPackageError("The package has a member without a size.")
            self._left, self._padding = int(size), -int(size) % _BLOCK
        if kind is not Kind.FILE:
            # The header of a link may tell the size of what it leads to.
            self._left = self._padding = 0
        name = _safe_name(extended.get("path", header.name), "member")
        target = extended.get("linkpath", header.linkname)
        if kind is Kind.HARDLINK:
            target = _safe_name(target, "link")
        self._check_parents(name)
        if kind is Kind.SYMLINK:
            self._links.add(name)
        return Member(name, kind, self._left, target)

    def _check_parents(self, name: str) -> None:
        """Refuse a member that whoever extracts the archive would write through a link."""
        if not self._links:
            return
        parent = name
        while parent := parent.rpartition("/")[0]:
            if parent in self._links:
                raise NotAPackageError("The package has a member that lies behind a link.")

    def _skip(self) -> None:
        left, self._left, self._padding = self._left + self._padding, 0, 0
        while left:
            left -= len(self._exactly(min(left, PIECE)))

    def _exactly(self, size: int) -> bytes:
        content = self._source.read(size)
        if len(content) < size:
            raise NotAPackageError("The package is cut off within a member.")
        return content


def _pax_records(content: bytes) -> dict[str, str]:
    """Return the records of an extended header, each `length key=value` and a line feed."""
    records = {}
    while content:
        length, separator, _ = content.partition(b" ")
        size = int(length) if separator and length.isdigit() and len(length) < 8 else 0
        record = content[len(length) + 1 : size]
        key, equals, value = record.partition(b"=")
        if size > len(content) or not equals or not value.endswith(b"\n"):
            raise NotAPackageError("The package has a damaged extended tar header.")
        records[_text(key)] = _text(value[:-1])
        content = content[size:]
    return records


def _safe_name(text: str, what: str) -> str:
    """Return a name in its plain form; one that leads out of the archive is refused."""
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if text.startswith("/") or ".." in parts or "\0" in text:
        raise NotAPackageError(f"The package has a {what} whose path leads out of it.")
    if len(text) > MAX_PATH:
        raise NotAPackageError(f"The package has a path of more than {MAX_PATH} characters.")
    return "/".join(parts)


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


def printable(text: str) -> str:
    """Return a name that takes one line and that can be stored, whatever stands in it."""
    return "".join(
        character if character.isprintable() and not "\ud800" <= character <= "\udfff" else "?"
        for character in text
    )
