"""What nothing needs any more is removed: contents of the store, and what left repositories.

A content has a further name wherever it is offered: on a shelf, in a repository, and for some
minutes after it left one. One that has no other name and no record is nobody's. Contract: 1, 7.
"""

import asyncio
import logging
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from migas_tornado.db import connection, transaction
from migas_tornado.repositories import manifest
from migas_tornado.repositories.generations import GONE
from migas_tornado.repositories.publish import LOCK_SPACE
from migas_tornado.repositories.served import remove_departed, served_path
from migas_tornado.repositories.stale import mark_for_new
from migas_tornado.repositories.store import locked
from migas_tornado.settings import Settings

log = logging.getLogger(__name__)

UNUSED_SECONDS = 86_400
"""A content that came in is kept for so long: it may still be on its way to its record."""
BATCH = 500
"""Contents that are removed while the store is held; uploads wait meanwhile."""

_GONE_PLACES = ("", "*/", "*/stores/", "*/external/", "*/repos/", "*/repos/dists/")

_KNOWN = "SELECT sha256 FROM core_packagefile WHERE sha256 = ANY($1::varchar[])"

_BUILT = """
    SELECT d.id, d.slug, p.slug AS project, p.pms
    FROM core_repository r
    JOIN core_deployment d ON d.id = r.deployment_id
    JOIN core_project p ON p.id = d.project_id
    WHERE r.wanted = r.built
    ORDER BY d.id
"""


@dataclass(slots=True)
class Collected:
    """What was removed."""

    files: int = 0
    total_bytes: int = 0


async def remove_unused_contents(settings: Settings) -> Collected:
    """Remove the contents that no package has and that nothing offers, some at a time."""
    collected = Collected()
    for directory in await asyncio.to_thread(_directories, settings.store_dir):
        found = await asyncio.to_thread(_unlinked, directory)
        for start in range(0, len(found), BATCH):
            names = found[start : start + BATCH]
            async with connection() as database:
                known = {row["sha256"] for row in await database.fetch(_KNOWN, names)}
            unused = [directory / name for name in names if name not in known]
            await asyncio.to_thread(_remove, settings.store_dir, unused, collected)
    return collected


async def sweep_repositories(settings: Settings) -> int:
    """Remove what left repositories some minutes ago, also where no build follows.

    A repository whose manifest cannot be read, as after damage of the disk, is built from scratch.

    Returns:
        How many have to be built.
    """
    damaged = 0
    async with connection() as database:
        rows = await database.fetch(_BUILT)
    for row in rows:
        served = served_path(settings.public_dir, row["pms"], row["project"], row["slug"])
        async with transaction() as database:
            if not await database.fetchval(
                "SELECT pg_try_advisory_xact_lock($1, $2)", LOCK_SPACE, row["id"]
            ):
                continue  # it is being built, which does the same
            if await asyncio.to_thread(manifest.is_readable, served):
                await asyncio.to_thread(_sweep, served)
            else:
                await mark_for_new(database, row["id"])
                damaged += 1
    return damaged


def _sweep(served: Path) -> None:
    try:
        remove_departed(served, datetime.now(UTC))
    except OSError as error:  # the others are swept nevertheless
        log.error("what left a repository is not removed: path=%s: %s", served, error)


def remove_gone(public_dir: Path) -> None:
    """Delete what was taken out of sight, and not deleted because the server stopped."""
    for place in _GONE_PLACES:
        for path in public_dir.glob(f"{place}{GONE}*"):
            shutil.rmtree(path, ignore_errors=True)


def _directories(store_dir: Path) -> list[Path]:
    return sorted(store_dir.glob("[0-9a-f][0-9a-f]"))


def _unlinked(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir() if _is_unlinked(path))


def _is_unlinked(path: Path) -> bool:
    """Tell whether a content has been here for a while and has no other name."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return False
    return status.st_nlink == 1 and time.time() - status.st_mtime > UNUSED_SECONDS


def _remove(store_dir: Path, paths: list[Path], collected: Collected) -> None:
    # Held alone: whoever brings one of them now does so before, and it is new, or afterwards.
    with locked(store_dir, is_shared=False):
        for path in paths:
            with suppress(FileNotFoundError):
                size = path.stat().st_size
                if _is_unlinked(path):
                    path.unlink()
                    collected.files += 1
                    collected.total_bytes += size
