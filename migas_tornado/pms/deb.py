"""What a Debian package says about itself, read in memory from a file that may be hostile.

Nothing is ever extracted, and every amount that the file can choose has a limit here. Only the
control archive is read; of the data archive no more is asked than to be there in full.
"""

import io
import lzma
import os
import re
import stat
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import zstandard
from debian.deb822 import Deb822
from debian.debian_support import Version

from migas_tornado.errors import NotAPackageError
from migas_tornado.pms.system import PackageMetadata

MAX_ARCHIVE_MEMBERS = 16  # members of the outer `ar` archive; a package has three
MAX_COMPRESSED_CONTROL = 16 * 1024**2  # bytes of control.tar.* as stored
MAX_CONTROL_ARCHIVE = 32 * 1024**2  # bytes of control.tar; lists of checksums can be long
MAX_CONTROL_MEMBERS = 1000  # members of control.tar
MAX_CONTROL_FILE = 1024**2  # bytes of the file `control`
MAX_DICTIONARY = 128 * 1024**2  # bytes of memory that a decompressor may ask for
MAX_NAME = 200  # characters, as the column that keeps it
MAX_VERSION = 60  # characters, as the column that keeps it
MAX_ARCHITECTURE = 20  # characters, as the column that keeps it
MAX_SHORT_FIELD = 300  # characters of a field of one word or two
MAX_EPOCH = 2**31 - 1  # dpkg keeps the epoch in an `int`

_MAGIC = b"!<arch>\n"
_MEMBER_HEADER = 60  # bytes
_MEMBER_END = b"`\n"
_CONTROL_NAMES = ("control.tar", "control.tar.gz", "control.tar.xz", "control.tar.zst")
_DATA_NAME = re.compile(r"data\.tar(\.(gz|xz|zst|bz2|lzma))?")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+.-]+")
_VERSION = re.compile(r"[0-9A-Za-z.+:~-]+")
_ARCHITECTURE = re.compile(r"[a-z0-9-]+")
_FIELD_LINE = re.compile(r"[A-Za-z][!-9;-~]*:.*")
_CONTINUATION_LINE = re.compile(r"[ \t]+\S.*")
# Control characters but tab and line feed, and what Unicode takes for the end of a line.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")

# Statements about the package that only an index, or the computer it is installed on, may make.
_FOREIGN_FIELDS = frozenset(
    {
        "filename",
        "msdos-filename",
        "size",
        "md5sum",
        "sha1",
        "sha256",
        "sha512",
        "description-md5",
        "status",
    }
)
_IDENTITY = ("Package", "Architecture", "Version")

_RELATION_FIELDS = (
    "Pre-Depends",
    "Depends",
    "Recommends",
    "Suggests",
    "Enhances",
    "Breaks",
    "Conflicts",
    "Replaces",
    "Provides",
)
_RELATION = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9+._-]{0,199}(:[a-z0-9-]{1,20})?"
    r"(\s*\(\s*(<<|<=|=|>=|>>|<|>)\s*[0-9A-Za-z.+:~-]{1,200}\s*\))?"
)
# apt 2.6 aborts when one of these is longer than it can keep, on every client of the repository.
_SHORT_FIELDS = ("Section", "Priority", "Source", "Multi-Arch", "Essential", "Installed-Size")


def read_deb(path: Path) -> PackageMetadata:
    """Read the metadata of a Debian package.

    Returns:
        With the architecture `all` or the name of a Debian architecture; the metadata is the
        package's entry for an index, one paragraph that ends with one line feed, without the
        fields that say where the file lies, how long it is and what its hashes are.

    Raises:
        NotAPackageError: when the file is not a sound Debian package; says what is wrong.
    """
    return _metadata(_control_file(_control_archive(path)))


def read_control_files(path: Path) -> dict[str, bytes]:
    """Read what the control archive holds besides the control file, such as scripts, by name.

    Raises:
        NotAPackageError: when the file is not a sound Debian package; says what is wrong.
    """
    found = {}
    for member, content in _control_members(_control_archive(path)):
        name = member.name.removeprefix("./")
        if member.isreg() and name and "/" not in name and not _is_control(member):
            found[name] = content
    return found


def _control_archive(path: Path) -> bytes:
    """Return the control archive, decompressed."""
    try:
        # Not blocking, lest something that is not a file (a pipe) holds the worker for ever.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise NotAPackageError("The Debian package is not a regular file.")
            compression, packed = _control_member(file)
    except OSError as error:
        raise NotAPackageError(
            f"The Debian package cannot be read: {error.strerror or error}."
        ) from error
    return _unpack(packed, compression)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the outer archive; `start` and `size` are bytes of the file."""

    name: str
    start: int
    size: int

    @property
    def is_compressed(self) -> bool:
        """Whether its name says so."""
        return not self.name.endswith(".tar")


def data_member(file: BinaryIO) -> Member:
    """Return the archive with the files that the package installs.

    Raises:
        NotAPackageError: it is no sound Debian package.
    """
    return _inner_archives(file)[1]


def _control_member(file: BinaryIO) -> tuple[str, bytes]:
    """Return the compression (a suffix, or nothing) and the bytes of the control archive."""
    control, _ = _inner_archives(file)
    file.seek(control.start)
    return control.name.removeprefix("control.tar"), file.read(control.size)


def _inner_archives(file: BinaryIO) -> tuple[Member, Member]:
    """Return the control and the data archive, after making sure that the package is whole."""
    # deb(5): debian-binary, control and data in this order; a member whose name begins with an
    # underscore may stand between them, and anything may follow.
    members = (member for member in _members(file) if not member.name.startswith("_"))
    first = next(members, None)
    if first is None or first.name != "debian-binary":
        raise NotAPackageError("The file is not a Debian package: debian-binary is not first.")
    file.seek(first.start)
    if not file.read(min(first.size, 2)) == b"2.":
        raise NotAPackageError("The Debian package is not of format 2.")
    control = next(members, None)
    if control is None or control.name not in _CONTROL_NAMES:
        raise NotAPackageError("The Debian package has no control archive after debian-binary.")
    if control.size > MAX_COMPRESSED_CONTROL:
        raise NotAPackageError(
            f"The Debian package has a control archive of more than {MAX_COMPRESSED_CONTROL} bytes."
        )
    data = next(members, None)
    if data is None or _DATA_NAME.fullmatch(data.name) is None:
        raise NotAPackageError("The Debian package has no data archive after the control archive.")
    for _ in members:
        pass  # what follows must be whole as well, or the upload was cut
    return control, data


def _members(file: BinaryIO) -> Iterator[Member]:
    """Yield the members of an `ar` archive, after making sure that each is there in full."""
    length = file.seek(0, io.SEEK_END)
    file.seek(0)
    if file.read(len(_MAGIC)) != _MAGIC:
        raise NotAPackageError("The file is not a Debian package: it is not an ar archive.")
    start = len(_MAGIC)
    for _ in range(MAX_ARCHIVE_MEMBERS):
        if start >= length:
            return
        file.seek(start)
        header = file.read(_MEMBER_HEADER)
        size = header[48:58].rstrip(b" ")
        if len(header) < _MEMBER_HEADER or header[58:] != _MEMBER_END or not size.isdigit():
            raise NotAPackageError("The Debian package is cut off or damaged between its members.")
        # GNU ar ends names with a slash.
        name = header[:16].decode("ascii", "replace").rstrip(" ").removesuffix("/")
        member = Member(name, start + _MEMBER_HEADER, int(size))
        if member.start + member.size > length:
            raise NotAPackageError(f"The Debian package is cut off within {name!r}.")
        yield member
        start = member.start + member.size + member.size % 2
    if start < length:
        raise NotAPackageError(f"The Debian package has more than {MAX_ARCHIVE_MEMBERS} members.")


def _unpack(packed: bytes, compression: str) -> bytes:
    """Decompress the control archive, never further than one byte over the limit."""
    try:
        match compression:
            case ".gz":
                unpacked = _unpack_stream(packed, zlib.decompressobj(wbits=16 + zlib.MAX_WBITS))
            case ".xz":
                unpacked = _unpack_stream(
                    packed, lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MAX_DICTIONARY)
                )
            case ".zst":
                # Does not tell the end of a cut stream from a good one; the end of the tar does.
                decompressor = zstandard.ZstdDecompressor(max_window_size=MAX_DICTIONARY)
                with decompressor.stream_reader(packed) as reader:
                    unpacked = reader.read(MAX_CONTROL_ARCHIVE + 1)
            case _:
                unpacked = packed
    except (zlib.error, lzma.LZMAError, zstandard.ZstdError, EOFError, MemoryError) as error:
        raise NotAPackageError(
            f"The Debian package has a control archive that cannot be decompressed: {error}."
        ) from error
    if len(unpacked) > MAX_CONTROL_ARCHIVE:
        raise NotAPackageError(
            f"The Debian package has a control archive of more than {MAX_CONTROL_ARCHIVE} bytes "
            "when decompressed."
        )
    return unpacked


def _unpack_stream(
    packed: bytes, decompressor: "zlib._Decompress | lzma.LZMADecompressor"
) -> bytes:
    unpacked = decompressor.decompress(packed, MAX_CONTROL_ARCHIVE + 1)
    if not decompressor.eof and len(unpacked) <= MAX_CONTROL_ARCHIVE:
        raise EOFError("it is cut off")
    return unpacked


def _control_file(archive: bytes) -> bytes:
    """Return the file `control` of the control archive."""
    control: bytes | None = None
    for member, content in _control_members(archive):
        if _is_control(member):
            if control is not None:
                raise NotAPackageError("The Debian package has more than one control file.")
            control = content
    if control is None:
        raise NotAPackageError("The Debian package has no control file.")
    return control


def _control_members(archive: bytes) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
    """Yield the members of the control archive with their content.

    The standard library reads single headers only: its walk through an archive follows negative
    sizes back (CVE-2025-8194) and takes damage for the end.
    """
    offset = 0
    for _ in range(MAX_CONTROL_MEMBERS):
        header = archive[offset : offset + tarfile.BLOCKSIZE]
        if len(header) == tarfile.BLOCKSIZE and not any(header):
            return
        try:
            member = tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
        except (tarfile.TarError, ValueError) as error:
            raise NotAPackageError(
                f"The Debian package has a damaged control archive: {error}."
            ) from error
        start = offset + tarfile.BLOCKSIZE
        if not 0 <= member.size <= len(archive) - start:
            raise NotAPackageError("The Debian package has a control archive that is cut off.")
        yield member, archive[start : start + member.size]
        offset = start + -(-member.size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
    raise NotAPackageError(
        f"The Debian package has a control archive of more than {MAX_CONTROL_MEMBERS} members."
    )


def _is_control(member: tarfile.TarInfo) -> bool:
    """Tell whether a member of the control archive is the control file.

    Raises:
        NotAPackageError: when the member has no place in a control archive.
    """
    # Extended headers (pax, GNU long names) can rename what follows; no control archive needs
    # them, and dpkg refuses most.
    if member.type not in (*tarfile.REGULAR_TYPES[:2], tarfile.DIRTYPE):
        raise NotAPackageError(
            "The Debian package has something else than files in its control archive."
        )
    parts = [part for part in member.name.split("/") if part not in ("", ".")]
    if member.name.startswith("/") or ".." in parts:
        raise NotAPackageError("The Debian package has a path outside of its control archive.")
    if parts != ["control"]:
        return False
    if member.isdir():
        raise NotAPackageError(
            "The Debian package has a directory where its control file should be."
        )
    if member.size > MAX_CONTROL_FILE:
        raise NotAPackageError(
            f"The Debian package has a control file of more than {MAX_CONTROL_FILE} bytes."
        )
    return True


def _metadata(control: bytes) -> PackageMetadata:
    fields = _fields(control)
    name, architecture, version = (fields.get(field, "").strip() for field in _IDENTITY)
    _check("name", name, _NAME, MAX_NAME)
    _check("version", version, _VERSION, MAX_VERSION)
    _check("architecture", architecture, _ARCHITECTURE, MAX_ARCHITECTURE)
    _check_version_order(version)
    for field in _RELATION_FIELDS:
        _check_relations(field, fields.get(field, ""))
    for field in _SHORT_FIELDS:
        if len(fields.get(field, "")) > MAX_SHORT_FIELD:
            raise NotAPackageError(
                f"The Debian package has a {field} of more than {MAX_SHORT_FIELD} characters."
            )
    identity = {field.lower() for field in _IDENTITY}
    lines = [f"Package: {name}", f"Architecture: {architecture}", f"Version: {version}"]
    lines += [
        f"{field}:{'' if value.startswith(chr(10)) or not value else ' '}{value}"
        for field, value in fields.items()
        if field.lower() not in identity | _FOREIGN_FIELDS
    ]
    return PackageMetadata(name, version, architecture, "\n".join(lines) + "\n")


def _fields(control: bytes) -> Deb822:
    """Parse the control file, which must be one paragraph without anything doubtful."""
    try:
        text = control.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotAPackageError(
            "The Debian package has a control file that is not UTF-8."
        ) from error
    if _FORBIDDEN.search(text):
        raise NotAPackageError("The Debian package has control characters in its control file.")
    lines = text.strip("\n").split("\n")
    names = 0
    for line in lines:
        if _FIELD_LINE.fullmatch(line):
            names += 1
        elif not line.strip():
            raise NotAPackageError("The Debian package has a control file of several paragraphs.")
        elif not names or _CONTINUATION_LINE.fullmatch(line) is None:
            raise NotAPackageError(
                f"The Debian package has a bad line in its control file: {line[:80]!r}."
            )
    fields = Deb822(lines)
    if len(fields) != names:
        raise NotAPackageError("The Debian package has a field twice in its control file.")
    return fields


def _check(what: str, value: str, pattern: re.Pattern[str], longest: int) -> None:
    if len(value) > longest:
        raise NotAPackageError(
            f"The Debian package has a {what} of more than {longest} characters."
        )
    if pattern.fullmatch(value) is None:
        raise NotAPackageError(f"The Debian package has a wrong {what}: {value!r}.")


def _check_version_order(version: str) -> None:
    """Refuse a version that cannot be compared with others."""
    try:
        epoch = int(Version(version).epoch or 0)
    except ValueError:
        epoch = -1
    if not 0 <= epoch <= MAX_EPOCH:
        raise NotAPackageError(f"The Debian package has a wrong version: {version!r}.")


def _check_relations(field: str, value: str) -> None:
    """Refuse what apt cannot parse: one such entry makes it refuse the whole index."""
    if not value.strip():
        return
    # apt allows one comma too many at the end, and crashes on other empty parts.
    for relation in re.split(r"[,|]", value.rstrip().removesuffix(",")):
        if _RELATION.fullmatch(relation.strip()) is None:
            raise NotAPackageError(
                f"The Debian package has a wrong relation in {field}: {relation.strip()[:80]!r}."
            )
