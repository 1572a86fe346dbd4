"""What a package of the Windows Package Tool says about itself, read in memory. It may be hostile.

Contract: repositories 3.1, 5.4.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from migas_tornado.errors import NotAPackageError
from migas_tornado.pms.archives import Kind, TarReader, open_regular, printable
from migas_tornado.pms.system import PackageMetadata
from migas_tornado.pms.unpacked import Unpacked

MAX_METADATA = 1024**2  # bytes of metadata.json
MAX_DEPTH = 32  # of values within values
MAX_TEXT = 256 * 1024  # bytes of a text for people that is told
MAX_TEXTS = 40  # of them
MAX_NAME = 200  # characters, as the column that keeps it
MAX_VERSION = 60  # characters, as the column that keeps it
ARCHITECTURE = "x64"  # of every package

_METADATA = "pms/metadata.json"
_DATA = "data/"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9@._+-]*")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:_+~-]*")
_NEEDED = ("name", "version", "description", "maintainer", "specification")
_TEXT = re.compile(
    r"pms/((readme|changelog)\.md|(preinst|install|postinst|prerm|remove|postrm)\.(ps1|cmd|py))"
)


@dataclass(slots=True)
class WptContent:
    """What is in a package, for people.

    Attributes:
        texts: name of a member -> its content, of the readme, changelog and scripts.
        files: names of what it installs.
    """

    texts: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


def read_package(path: Path) -> PackageMetadata:
    """Read the metadata of a package.

    Returns:
        The identity and, as text, the JSON object of `pms/metadata.json`.

    Raises:
        NotAPackageError: when the file is not a sound package; says what is wrong.
    """
    content: bytes | None = None
    with open_regular(path) as file:
        unpacked = Unpacked(file)
        archive = TarReader(unpacked)
        for member in archive:
            if member.kind not in (Kind.FILE, Kind.DIRECTORY):
                raise NotAPackageError("The package has something else than files in it.")
            if member.name == _METADATA:
                if content is not None or member.kind is not Kind.FILE:
                    raise NotAPackageError(f"The package has a {_METADATA} that is not one file.")
                content = archive.content(MAX_METADATA)
        unpacked.drain()
    if content is None:
        raise NotAPackageError(f"The file is not a package of wpt: it has no {_METADATA}.")
    return _identity(_object(content))


def read_content(path: Path) -> WptContent:
    """Read what is in a package, as far as people are told.

    Raises:
        NotAPackageError: when the file is not a sound package; says what is wrong.
    """
    found = WptContent()
    with open_regular(path) as file:
        archive = TarReader(Unpacked(file))
        for member in archive:
            if member.kind is not Kind.FILE:
                continue
            if member.name.startswith(_DATA):
                found.files.append(printable(member.name.removeprefix(_DATA)))
            elif _TEXT.fullmatch(member.name) and len(found.texts) < MAX_TEXTS:
                is_short = member.size <= MAX_TEXT
                text = archive.content(MAX_TEXT).decode("utf-8", "replace") if is_short else ""
                found.texts[member.name] = text or "[Empty or too long]"
    return found


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise NotAPackageError(f"The package has a {_METADATA} that is not JSON.") from error
    if not isinstance(found, dict) or _is_deeper(found, MAX_DEPTH):
        raise NotAPackageError(f"The package has a {_METADATA} that is not an object of values.")
    return found


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    parts = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(part, levels - 1) for part in parts)


def _identity(metadata: dict[str, Any]) -> PackageMetadata:
    for key in _NEEDED:
        if not isinstance(metadata.get(key), str) or not metadata[key].strip():
            raise NotAPackageError(f"The package has a {_METADATA} without the text {key!r}.")
    name, version = metadata["name"], metadata["version"]
    for text, pattern, most in ((name, _NAME, MAX_NAME), (version, _VERSION, MAX_VERSION)):
        if len(text) > most or pattern.fullmatch(text) is None:
            raise NotAPackageError(
                f"The package has a {_METADATA} whose {text[:100]!r} is not acceptable."
            )
    return PackageMetadata(name, version, ARCHITECTURE, orjson.dumps(metadata).decode())
