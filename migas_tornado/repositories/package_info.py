"""What is known of a stored package, as Markdown for people. Contract: repositories 3.1.

Most is told from what the server read when the package came in; scripts and names of files stand
in the control archive, which is read in memory within its limits. Nothing is extracted.
"""

import asyncio
from pathlib import Path
from typing import Any

from debian.deb822 import Deb822

from migas_tornado.db import Connection
from migas_tornado.errors import InvalidDataError, NotAPackageError
from migas_tornado.repositories import deb
from migas_tornado.repositories.store import content_path

MOST_CHARACTERS = 200_000
"""Of one section; what is longer is cut."""

_REQUIRES = ("Pre-Depends", "Depends", "Recommends")
_RELATIONS = (*_REQUIRES, "Provides", "Replaces")
_SCRIPTS = {
    "Script PreInst": "preinst",
    "Script PostInst": "postinst",
    "Script PreRm": "prerm",
    "Script PostRm": "postrm",
}

_PACKAGE = """
    SELECT p.fullname, p.name, p.version, p.architecture, f.size, f.sha256, f.metadata
    FROM core_package p
    LEFT JOIN core_packagefile f ON f.package_id = p.id
    WHERE p.id = $1 AND p.store_id IS NOT NULL
"""


async def stored_package(database: Connection, key: int) -> Any:
    """Return the record of a package and of its file.

    Raises:
        InvalidDataError: the package is only known from inventories.
    """
    row = await database.fetchrow(_PACKAGE, key)
    if row is None:
        raise InvalidDataError("The package has no store on the server")
    return row


async def describe(row: Any, store_dir: Path) -> str:
    """Return the description of a package: a section for each subject.

    Args:
        row: as `stored_package` returns it.
        store_dir: where contents are kept.
    """
    summary = [
        f"{title}: {row[name]}"
        for title, name in (("File", "fullname"), ("Size", "size"), ("SHA256", "sha256"))
        if row[name] is not None
    ]
    if not row["metadata"]:
        summary += [
            f"{title}: {row[title.lower()]}" for title in ("Name", "Version", "Architecture")
        ]
        return _section("Info", "\n".join(summary))
    fields = Deb822(row["metadata"])
    control = [f"{name}: {value}" for name, value in fields.items() if name not in _RELATIONS]
    requires = "\n".join(fields[name] for name in _REQUIRES if name in fields)
    sections = [
        _section("Info", "\n".join((*summary, *control))),
        _section("Requires", requires),
        _section("Provides", fields.get("Provides", "")),
        _section("Obsoletes", fields.get("Replaces", "")),
    ]
    path = content_path(store_dir, row["sha256"])
    try:
        found = await asyncio.to_thread(deb.read_control_files, path)
    except NotAPackageError as error:
        return "\n".join((*sections, _section("Files", str(error))))
    return "\n".join((*sections, *_control_sections(found)))


def _control_sections(found: dict[str, bytes]) -> list[str]:
    sections = [
        _section(title, _text(found[name]) if name in found else "[None]")
        for title, name in _SCRIPTS.items()
    ]
    # Each line of the list of checksums is a checksum, two blanks and a name.
    names = [line[34:] for line in _text(found.get("md5sums", b"")).splitlines()]
    files = "\n".join(f"/{name}" for name in names) or "[The package does not list them]"
    return [*sections, _section("Files", files)]


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace").replace("\x00", "")[:MOST_CHARACTERS]


def _section(title: str, body: str) -> str:
    # A line of tildes in the text would end the block.
    lines = (
        f" {line}" if line.startswith("~~~") else line for line in body.rstrip("\n").split("\n")
    )
    return f"## {title}\n~~~\n" + "\n".join(lines) + "\n~~~\n"
