"""The changelog of a Debian package, which is among its files. Contract: repositories 3.1."""

import zlib
from pathlib import Path

from migas_tornado.errors import NotAPackageError
from migas_tornado.pms.archives import Kind, TarReader, open_regular
from migas_tornado.pms.deb import data_member
from migas_tornado.pms.unpacked import Unpacked

MAX_PACKED = 4 * 1024 * 1024
MAX_CHANGELOG = 1024 * 1024
"""Bytes that are shown; the newest entries come first."""
NO_CHANGELOG = "[Changelog not found or empty]"
_NAMES = ("changelog.Debian.gz", "changelog.gz")


def read_changelog(path: Path, package: str) -> str:
    """Return the changelog of a package, or an empty text where there is none to be read.

    Args:
        path: the package.
        package: its name, which the directory of its documentation has.

    Raises:
        NotAPackageError: it is no sound Debian package.
    """
    found: dict[str, bytes] = {}
    with open_regular(path) as file:
        data = data_member(file)
        file.seek(data.start)
        try:
            archive = TarReader(Unpacked(file) if data.is_compressed else file, needs_end=False)
            found = _changelogs(archive, f"usr/share/doc/{package}/")
        except NotAPackageError:
            pass  # of files that cannot be read, no more is known
    return next((_unpacked(found[name]) for name in _NAMES if name in found), "")


def _changelogs(archive: TarReader, directory: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for member in archive:
        is_inside = member.name.startswith(directory)
        name = member.name.removeprefix(directory)
        if is_inside and name in _NAMES and member.kind is Kind.FILE:
            found[name] = archive.content(MAX_PACKED)
        elif found and not is_inside:
            break  # what follows is long, and somewhere else
    return found


def _unpacked(content: bytes) -> str:
    try:
        text = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS).decompress(content, MAX_CHANGELOG)
    except zlib.error:
        return ""
    return text.decode("utf-8", "replace").strip()
