"""Removal of what was published: at once out of sight, then off the disk. Contract: repositories 1.

A directory first gets a hidden name, which is not served, and is deleted by a thread afterwards, so
that nobody waits for a large tree.
"""

import asyncio
import glob
import logging
import secrets
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from migas_tornado.pms import system
from migas_tornado.repositories import generations, store
from migas_tornado.slugs import is_slug

log = logging.getLogger(__name__)


def remove_directory(path: Path) -> None:
    """Take a directory out of sight and delete it in a thread; it need not exist."""
    hidden = generations.hidden_path(path)
    try:
        path.rename(hidden)
    except FileNotFoundError:
        return
    except OSError as error:
        log.error("directory not removed: path=%s: %s", path, error)
        return
    delete_hidden([hidden])


def delete_hidden(paths: Iterable[Path]) -> None:
    """Delete directories in a thread; what a stop of the server leaves is swept up later."""
    for path in paths:
        _in_thread(shutil.rmtree, path, True)


def move_directory(old: Path, new: Path) -> None:
    """Give a directory another name, in the place of whatever has it; it need not exist."""
    try:
        if old.exists():
            remove_directory(new)
            old.rename(new)
    except OSError as error:
        log.error("directory not moved: path=%s to=%s: %s", old, new, error)


def served_repositories(public_dir: Path, pms: str, project: str) -> set[str]:
    """Return the names under which a project has repositories on disk."""
    served = (public_dir / system(pms).repository_path(project, "any")).parent
    if not served.is_dir():
        return set()
    return {path.name for path in served.iterdir() if is_slug(path.name)}


def make_directory(path: Path, below: Path) -> None:
    """Make a directory that is served; when it cannot be made, the first upload tries again."""
    try:
        generations.make_directory(path, below)
    except OSError as error:
        log.error("directory not made: path=%s: %s", path, error)


def remove_file(shelf: Path, name: str, content: Path | None) -> None:
    """Take a package from its shelf, and in a thread from directories below it.

    Args:
        shelf: directory in which it was offered.
        name: its name there.
        content: where the store keeps it; None when that is not known.
    """
    try:
        (shelf / name).unlink(missing_ok=True)
    except OSError as error:
        log.error("file not removed: path=%s: %s", shelf / name, error)
    if content is not None:
        _in_thread(_remove_further, shelf, name, content)


def _remove_further(shelf: Path, name: str, content: Path) -> None:
    """Remove what older versions offered besides, under the path within an uploaded directory."""
    for path in shelf.glob(f"*/**/{glob.escape(name)}"):
        try:
            if path.samefile(content):
                path.unlink()
        except OSError as error:
            log.error("file not removed: path=%s: %s", path, error)


def move_shelf(public_dir: Path, project: str, old: str, new: str) -> None:
    """Offer the files of a shelf on another, and let their old names lead there.

    It may be done again when it was interrupted: what has moved is passed over.
    """
    source = store.shelf_path(public_dir, project, old)
    target = store.shelf_path(public_dir, project, new)
    make_directory(target, public_dir)
    for path in sorted(source.rglob("*")):
        parts = path.relative_to(source).parts
        if path.is_symlink() or not path.is_file() or any(one.startswith(".") for one in parts):
            continue
        place = target.joinpath(*parts)
        make_directory(place.parent, public_dir)
        draft = place.with_name(f".{secrets.token_hex(8)}")
        draft.hardlink_to(path)
        draft.replace(place)
        link = path.with_name(f".{secrets.token_hex(8)}")
        link.symlink_to(Path(*[".."] * len(parts), new, *parts))
        link.replace(path)


def _in_thread(function: Callable[..., Any], *arguments: Any) -> None:
    asyncio.get_running_loop().run_in_executor(None, function, *arguments)
