"""What a package of apk says about itself, read in memory from a file that may be hostile.

The file is two or three gzip streams in a row: perhaps signatures, the control archive, the data.
"""

import base64
import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import orjson

from migas_tornado.errors import NotAPackageError
from migas_tornado.pms import pkginfo
from migas_tornado.pms.archives import Kind, Member, TarReader, open_regular, printable
from migas_tornado.pms.pkginfo import PackageInfo
from migas_tornado.pms.system import PackageMetadata
from migas_tornado.pms.unpacked import Unpacked

MAX_CONTROL_ARCHIVE = 16 * 1024**2  # bytes of signatures or control archive when decompressed
MAX_NAME = 200  # characters, as the column that keeps it
MAX_VERSION = 60  # characters, as the column that keeps it
MAX_ARCHITECTURE = 20  # characters, as the column that keeps it

_PIECE = 64 * 1024  # bytes that are read at a time
_GZIP = b"\x1f\x8b"
_VERSION_3 = b"ADB"
_SIGNATURE = ".SIGN."
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*")
_VERSION = re.compile(
    r"[0-9]+(\.[0-9]+)*[a-z]?(_(alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]*)*(~[0-9a-f]+)?(-r[0-9]+)?"
)
_ARCHITECTURE = re.compile(r"[a-z0-9_]+")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class _Control:
    """The control archive: decompressed, its hash as stored, and where the data begins."""

    archive: bytes
    sha1: bytes
    end: int


def read_package(path: Path) -> PackageMetadata:
    """Read the metadata of a package of apk.

    Returns:
        The identity and, as text, JSON of `{"info": PackageInfo, "checksum": text}`, where the
        checksum is that of the index.

    Raises:
        NotAPackageError: when the file is not a sound package; says what is wrong.
    """
    with open_regular(path) as file:
        control = _control(file)
        info = _info(control.archive)
        name = pkginfo.matching(info, "pkgname", _NAME, MAX_NAME)
        version = pkginfo.matching(info, "pkgver", _VERSION, MAX_VERSION)
        architecture = pkginfo.matching(info, "arch", _ARCHITECTURE, MAX_ARCHITECTURE)
        # The index vouches for the control archive, and this for the data.
        expected = pkginfo.matching(info, "datahash", _HASH, 64)
        file.seek(control.end)
        if hashlib.file_digest(file, "sha256").hexdigest() != expected:
            raise NotAPackageError("The package has data of another hash than it says.")
        for _ in _data(file, control.end):
            pass
    for key in ("pkgdesc", "url", "license", "origin", "maintainer", "commit"):
        pkginfo.single(info, key)
    for key in ("size", "builddate", "provider_priority"):
        pkginfo.number(info, key)
    checksum = "Q1" + base64.b64encode(control.sha1).decode()
    text = orjson.dumps({"info": info, "checksum": checksum}).decode()
    return PackageMetadata(name, version, architecture, text)


def read_file_names(path: Path) -> list[str]:
    """Return the names of what a package installs.

    Raises:
        NotAPackageError: when the file is not a sound package; says what is wrong.
    """
    with open_regular(path) as file:
        return [
            printable(member.name)
            for member in _data(file, _control(file).end)
            if member.name and member.kind is not Kind.DIRECTORY
        ]


def _control(file: BinaryIO) -> _Control:
    """Return the control archive of a package, which stands behind the signatures."""
    beginning = file.read(3)
    file.seek(0)
    if beginning == _VERSION_3:
        raise NotAPackageError("The package is of version 3 of apk's format; version 2 is needed.")
    start = 0
    for _ in range(2):
        archive, end = _gzip_stream(file, start)
        first = next(iter(TarReader(io.BytesIO(archive), needs_end=False)), None)
        if first is None:
            break
        if not first.name.startswith(_SIGNATURE):
            file.seek(start)
            sha1 = hashlib.sha1(file.read(end - start), usedforsecurity=False).digest()
            return _Control(archive, sha1, end)
        start = end
    raise NotAPackageError("The file is not a package of apk: it has no control archive.")


def _gzip_stream(file: BinaryIO, start: int) -> tuple[bytes, int]:
    """Return a gzip stream decompressed, and where it ends in the file."""
    file.seek(start)
    decompressor = zlib.decompressobj(16 + zlib.MAX_WBITS)
    unpacked = bytearray()
    try:
        while not decompressor.eof:
            packed = decompressor.unconsumed_tail or file.read(_PIECE)
            room = MAX_CONTROL_ARCHIVE + 1 - len(unpacked)
            piece = decompressor.decompress(packed, room)
            unpacked += piece
            if len(unpacked) > MAX_CONTROL_ARCHIVE:
                raise NotAPackageError(
                    f"The package has a control archive of more than {MAX_CONTROL_ARCHIVE} bytes."
                )
            if not packed and not piece and not decompressor.eof:
                raise NotAPackageError("The package is cut off in its control archive.")
    except zlib.error as error:
        raise NotAPackageError(f"The file is not a package of apk: {error}.") from error
    return bytes(unpacked), file.tell() - len(decompressor.unused_data)


def _info(archive: bytes) -> PackageInfo:
    info: PackageInfo | None = None
    members = TarReader(io.BytesIO(archive), needs_end=False)
    for member in members:
        if member.kind is not Kind.FILE or not member.name.startswith(".") or "/" in member.name:
            raise NotAPackageError(
                "The package has something else than hidden files in its control archive."
            )
        if member.name == pkginfo.NAME:
            if info is not None:
                raise NotAPackageError("The package has more than one .PKGINFO.")
            info = pkginfo.parse(members.content(pkginfo.MAX_PKGINFO))
    if info is None:
        raise NotAPackageError("The file is not a package of apk: it has no .PKGINFO.")
    return info


def _data(file: BinaryIO, start: int) -> Iterator[Member]:
    file.seek(start)
    if file.read(len(_GZIP)) != _GZIP:
        raise NotAPackageError("The package has no data archive behind its control archive.")
    file.seek(start)
    unpacked = Unpacked(file)
    yield from TarReader(unpacked)
    unpacked.drain()
