"""What a package of pacman says about itself, read in memory from a file that may be hostile."""

import re
from pathlib import Path

import orjson

from migas_tornado.errors import NotAPackageError
from migas_tornado.pms import pkginfo
from migas_tornado.pms.archives import Kind, TarReader, open_regular, printable
from migas_tornado.pms.pkginfo import PackageInfo
from migas_tornado.pms.system import PackageMetadata
from migas_tornado.pms.unpacked import Unpacked

MAX_NAME = 200  # characters, as the column that keeps it
MAX_VERSION = 60  # characters, as the column that keeps it
MAX_ARCHITECTURE = 20  # characters, as the column that keeps it
MAX_FILES = 16 * 1024**2  # characters of all names of files together
MAX_CHANGELOG = 4 * 1024**2  # bytes

_NAME = re.compile(r"[A-Za-z0-9@_+][A-Za-z0-9@._+-]*")
_VERSION = re.compile(r"([0-9]+:)?[A-Za-z0-9._+~]+-[0-9]+(\.[0-9]+)?")
_ARCHITECTURE = re.compile(r"[a-z0-9_]+")
_CHANGELOG = ".CHANGELOG"


def read_package(path: Path) -> PackageMetadata:
    """Read the metadata of a package of pacman.

    Returns:
        The identity and, as text, JSON of `{"info": PackageInfo, "files": [name]}`.

    Raises:
        NotAPackageError: when the file is not a sound package; says what is wrong.
    """
    info: PackageInfo | None = None
    files: list[str] = []
    length = 0
    with open_regular(path) as file:
        unpacked = Unpacked(file)
        archive = TarReader(unpacked)
        for member in archive:
            if member.name == pkginfo.NAME:
                if info is not None or member.kind is not Kind.FILE:
                    raise NotAPackageError("The package has a .PKGINFO that is not one file.")
                info = pkginfo.parse(archive.content(pkginfo.MAX_PKGINFO))
            elif member.name and not member.name.startswith("."):
                name = printable(member.name)
                files.append(f"{name}/" if member.kind is Kind.DIRECTORY else name)
                length += len(name)
                if length > MAX_FILES:
                    raise NotAPackageError(
                        f"The package has names of files of more than {MAX_FILES} characters."
                    )
        unpacked.drain()
    if info is None:
        raise NotAPackageError("The file is not a package of pacman: it has no .PKGINFO.")
    return _metadata(info, files)


def read_changelog(path: Path) -> str | None:
    """Return the changelog of a package, if it has one.

    Raises:
        NotAPackageError: when the file is not a sound package; says what is wrong.
    """
    with open_regular(path) as file:
        archive = TarReader(Unpacked(file))
        for member in archive:
            if member.name == _CHANGELOG and member.kind is Kind.FILE:
                return archive.content(MAX_CHANGELOG).decode("utf-8", "replace")
            if not member.name.startswith("."):
                break  # makepkg writes what is about the package before what is in it
    return None


def _metadata(info: PackageInfo, files: list[str]) -> PackageMetadata:
    name = pkginfo.matching(info, "pkgname", _NAME, MAX_NAME)
    version = pkginfo.matching(info, "pkgver", _VERSION, MAX_VERSION)
    architecture = pkginfo.matching(info, "arch", _ARCHITECTURE, MAX_ARCHITECTURE)
    for key in ("pkgbase", "pkgdesc", "url", "packager"):
        pkginfo.single(info, key)
    for key in ("size", "builddate"):
        pkginfo.number(info, key)
    text = orjson.dumps({"info": info, "files": files}).decode()
    return PackageMetadata(name, version, architecture, text)
