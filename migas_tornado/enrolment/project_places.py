"""Where files and keys of a project are, under the names that it has and had.

Directory and keys are called like the present slug. Each former one has links that lead there, so
that old addresses answer, and that another replica, which has not heard of the new name yet, finds
the same keys and writes into the same directory. Contract: decisions, renaming; repositories 1.
"""

import asyncio
import logging
import secrets
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from migas_tornado.db import transaction
from migas_tornado.enrolment.former_names import lock_names
from migas_tornado.keys.accepted import directory_of
from migas_tornado.keys.pairs import pair_path
from migas_tornado.repositories.removal import remove_directory
from migas_tornado.settings import Settings
from migas_tornado.slugs import is_slug

log = logging.getLogger(__name__)

_PROJECTS = """
    SELECT p.slug, array(
        SELECT DISTINCT f.slug FROM core_formername f WHERE f.project_id = p.id
    ) AS former
    FROM core_project p
"""


def move_places(settings: Settings, old: str, new: str, former: Iterable[str]) -> None:
    """Give what a project has another name, to which all former ones lead.

    It may be done again when it was interrupted: what has moved is passed over.

    Args:
        settings: for the directories.
        old: slug of before.
        new: slug from now on.
        former: all slugs that the project had.

    Raises:
        OSError: the disk does not take it.
    """
    for source, target, *others in _rows(settings, old, new, *former):
        _move(source, target)
        _lead(others, target)


def finish_interrupted_move(settings: Settings, old: str, new: str) -> None:
    """Link the old name of a directory that had just been moved when the process died."""
    source, target = settings.public_dir / old, settings.public_dir / new
    if not source.exists() and target.is_dir() and not target.is_symlink():
        _link(source, new)


def move_places_back(settings: Settings, old: str, new: str, former: Iterable[str]) -> None:
    """Undo `move_places`, as far as the disk takes it: nothing is known of the new name.

    Args:
        settings: for the directories.
        old: slug of before, and again.
        new: slug that it does not get.
        former: all slugs that the project had before.
    """
    for source, target, *others in _rows(settings, new, old, *former):
        try:
            if target.is_symlink() or not target.exists():
                _move(source, target)
            _lead(others, target)
            if new not in former:
                _remove_link(source)
        except OSError as error:
            log.error("not moved back: path=%s to=%s: %s", source, target, error)


def remove_links(settings: Settings, former: Iterable[str]) -> None:
    """Remove the links of slugs that a project had; they need not exist."""
    for path in chain.from_iterable(_rows(settings, *former)):
        _remove_link(path)


async def restore_places(settings: Settings) -> None:
    """Make links that are missing, and undo what a process did that died while renaming."""
    async with transaction() as database:
        # Another replica may be in the middle of it.
        await lock_names(database)
        rows = await database.fetch(_PROJECTS)
        # Another program's rows may have what names no directory here.
        former = {row["slug"]: row["former"] for row in rows if is_slug(row["slug"])}
        await asyncio.to_thread(_restore, settings, former)


def _places(settings: Settings, slug: str) -> tuple[Path, Path, Path]:
    """Return directory, pair and accepted keys."""
    keys = settings.keys_dir
    return settings.public_dir / slug, pair_path(keys, slug), directory_of(keys, slug)


def _rows(settings: Settings, *slugs: str) -> Iterable[tuple[Path, ...]]:
    """Return the directories of some slugs, then their pairs, then their accepted keys."""
    return zip(*(_places(settings, slug) for slug in slugs), strict=True)


def _move(source: Path, target: Path) -> None:
    if source.is_symlink():
        return
    if not source.exists():
        _clear(target)
        return
    if source.is_dir():
        _clear(target)
        source.rename(target)
    elif target.is_symlink() or not target.exists() or not target.samefile(source):
        # The old name is there at each moment: who finds no pair makes a new one.
        draft = _draft(target)
        draft.hardlink_to(source)
        draft.replace(target)
    _link(source, target.name)


def _clear(path: Path) -> None:
    """Remove a link, or what a project has left that is no more."""
    if path.is_dir() and not path.is_symlink():
        remove_directory(path)
    else:
        path.unlink(missing_ok=True)


def _link(path: Path, name: str) -> None:
    """Let a path lead to its neighbour of that name."""
    path.parent.mkdir(mode=0o700, exist_ok=True)  # there may be no keys of projects yet
    draft = _draft(path)
    draft.symlink_to(name)
    try:
        draft.replace(path)
    except IsADirectoryError:
        # Made by somebody who writes under the old name, since the directory was moved.
        remove_directory(path)
        draft.replace(path)


def _remove_link(path: Path) -> None:
    if path.is_symlink():
        path.unlink(missing_ok=True)


def _draft(path: Path) -> Path:
    return path.with_name(f".{secrets.token_hex(8)}")


def _lead(paths: Iterable[Path], place: Path) -> None:
    """Let paths lead to their neighbour, which may be one of them."""
    for path in set(paths) - {place}:
        if not path.is_symlink() and path.exists():
            log.warning("not led to %s, because it has content of its own: %s", place, path)
        elif not path.is_symlink() or path.readlink() != Path(place.name):
            _link(path, place.name)


def _restore(settings: Settings, former: dict[str, list[str]]) -> None:
    """Restore the places of all projects.

    Args:
        settings: for the directories.
        former: present slug -> former ones.
    """
    present = {place for slug in former for place in _places(settings, slug)}
    for slug, others in former.items():
        try:
            for place, *links in _rows(settings, slug, *others):
                if place.is_symlink():
                    _take_back(place, present)
                _lead(links, place)
        except OSError as error:
            log.error("places of a project not restored: slug=%s: %s", slug, error)


def _take_back(place: Path, present: set[Path]) -> None:
    """Take back what was moved to a name that was not stored then."""
    moved = place.with_name(str(place.readlink()))
    if moved in present or moved.is_symlink():
        return
    if not moved.exists():
        place.unlink()
        return
    _move(moved, place)
    moved.unlink()
