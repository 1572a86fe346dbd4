"""Copies that nobody needs go: by their age, by the room that they take. Contract: repositories 6.

Those of frozen deployments stay, because the upstream may not have them any more.
"""

import asyncio
import contextlib
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from migas_tornado.db import connection
from migas_tornado.external.copies import NOTE_PREFIX, note_path
from migas_tornado.external.drafts import DRAFTS
from migas_tornado.external.source import PLACE
from migas_tornado.models.enumerations import DeploymentSource
from migas_tornado.repositories.removal import remove_directory
from migas_tornado.settings import Settings

DAY_SECONDS = 86_400
DRAFT_MARGIN_SECONDS = 3600
"""A draft that is older than a fetch may take, and this, was left by a process that died."""

_EXTERNAL = """
    SELECT p.slug AS project, d.slug, d.frozen
    FROM core_project p
    LEFT JOIN core_deployment d ON d.project_id = p.id AND d.source = $1
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """What may stay.

    Attributes:
        used_since: copies that were used last before that time go.
        total_bytes: beyond so many, those go that were not used for longest; 0 for any number.
        drafts_since: drafts that are older go.
    """

    used_since: float
    total_bytes: int
    drafts_since: float


@dataclass(frozen=True, slots=True)
class Removed:
    """What went."""

    files: int
    total_bytes: int


async def remove_expired_copies(settings: Settings) -> Removed:
    """Remove what is too old or too much, and what deployments left that are no more."""
    now = time.time()
    # Looked at before the table: who has a directory by now has a row.
    found = await asyncio.to_thread(_directories, settings.public_dir)
    async with connection() as database:
        rows = await database.fetch(_EXTERNAL, DeploymentSource.EXTERNAL.value)
    places = {settings.public_dir / row["project"] / PLACE for row in rows}
    known = {
        settings.public_dir / row["project"] / PLACE / row["slug"]: row["frozen"]
        for row in rows
        if row["slug"] is not None
    }
    for directory in found:
        if directory.parent in places and directory not in known:
            remove_directory(directory)
    limits = Limits(
        used_since=now - settings.external_cache_days * DAY_SECONDS
        if settings.external_cache_days
        else 0,
        total_bytes=settings.external_cache_bytes,
        drafts_since=now - settings.external_seconds - DRAFT_MARGIN_SECONDS,
    )
    return await asyncio.to_thread(remove_copies, known, limits)


def remove_copies(roots: dict[Path, bool], limits: Limits) -> Removed:
    """Remove copies that may not stay; takes long, and nothing but the disk.

    Args:
        roots: directory of a deployment's copies -> whether it is frozen.
        limits: what may stay.
    """
    copies: list[tuple[float, int, str]] = []
    for root, is_frozen in roots.items():
        found = _walk(root, limits)
        if not is_frozen:
            copies += found
    copies.sort()
    left = sum(size for _, size, _ in copies)
    files = total = 0
    for used, size, path in copies:
        is_surplus = limits.total_bytes and left > limits.total_bytes
        if used >= limits.used_since and not is_surplus:
            break
        _remove(Path(path))
        left -= size
        files, total = files + 1, total + size
    return Removed(files, total)


def _walk(root: Path, limits: Limits) -> list[tuple[float, int, str]]:
    """Return last use, size and path of each copy; empty directories and leftovers are removed."""
    copies = []
    for directory, _, names in os.walk(root, topdown=False):
        place = Path(directory)
        for name in names:
            status = _status(place / name)
            if status is None:
                continue
            if place.name == DRAFTS:
                if status.st_mtime < limits.drafts_since:
                    (place / name).unlink(missing_ok=True)
            elif name.startswith(NOTE_PREFIX):
                if not (place / name.removeprefix(NOTE_PREFIX)).exists():
                    (place / name).unlink(missing_ok=True)
            elif not name.startswith(".") and stat.S_ISREG(status.st_mode):
                copies.append((status.st_atime, status.st_size, str(place / name)))
        if place not in (root, root / DRAFTS):
            with contextlib.suppress(OSError):  # it is in use
                place.rmdir()
    return copies


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except FileNotFoundError:
        return None


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    note_path(path).unlink(missing_ok=True)


def _directories(public_dir: Path) -> list[Path]:
    places = public_dir.glob(f"*/{PLACE}/*")
    # Hidden ones too: they were being removed when a process ended.
    return [path for path in places if path.is_dir()]
