"""What is known of a stored package, as Markdown for people. Contract: repositories 3.1.

Its package management system describes it from the file, in a worker process that gives up after
some time; nothing is extracted.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from migas_tornado.db import Connection
from migas_tornado.errors import InvalidDataError, NotAPackageError, UnavailableError
from migas_tornado.pms import system
from migas_tornado.pms.system import Section
from migas_tornado.pms.unpacked import time_limit
from migas_tornado.repositories.store import content_path

MOST_CHARACTERS = 200_000
"""Of one section; what is longer is cut."""
MOST_SECONDS = 20
"""Contract: repositories 3.1, nobody waits for ever."""

_PACKAGE = """
    SELECT p.fullname, p.name, p.version, p.architecture, j.pms, f.size, f.sha256, f.metadata
    FROM core_package p
    JOIN core_project j ON j.id = p.project_id
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


async def describe(
    row: Any, store_dir: Path, run_in_pool: Callable[..., Awaitable[list[Section]]]
) -> str:
    """Return the description of a package: a section for each subject.

    Args:
        row: as `stored_package` returns it.
        store_dir: where contents are kept.
        run_in_pool: runs a function in another process.

    Raises:
        UnavailableError: it takes too long, because there is much to do or the package is odd.
    """
    summary = [
        f"{title}: {row[name]}"
        for title, name in (("File", "fullname"), ("Size", "size"), ("SHA256", "sha256"))
        if row[name] is not None
    ]
    identity = [f"{title}: {row[title.lower()]}" for title in ("Name", "Version", "Architecture")]
    if row["sha256"] is None:
        return _section(Section("Info", "\n".join(summary + identity)))
    path = content_path(store_dir, row["sha256"])
    try:
        async with asyncio.timeout(MOST_SECONDS):
            sections = await run_in_pool(describe_package, row["pms"], path, row["metadata"])
    except NotAPackageError as error:
        sections = [Section("Info", "\n".join(identity)), Section("Files", str(error))]
    except TimeoutError as error:
        raise UnavailableError("The description takes too long; please try again.") from error
    if not sections:
        sections = [Section("Info", "\n".join(identity))]
    info = "\n".join((*summary, sections[0].body))
    return "\n".join(map(_section, (Section(sections[0].title, info), *sections[1:])))


def describe_package(pms: str, path: Path, metadata: str) -> list[Section]:
    """Describe a package file, in a worker process.

    Raises:
        NotAPackageError: the file cannot be read any more.
        UnavailableError: it takes too long; nobody waits for it any more.
    """
    with time_limit(MOST_SECONDS):
        return [
            Section(section.title, section.body[:MOST_CHARACTERS])
            for section in system(pms).describe(path, metadata)
        ]


def _section(section: Section) -> str:
    # A line of tildes in the text would end the block.
    lines = (
        f" {line}" if line.startswith("~~~") else line
        for line in section.body.rstrip("\n").split("\n")
    )
    return f"## {section.title}\n~~~\n" + "\n".join(lines) + "\n~~~\n"
