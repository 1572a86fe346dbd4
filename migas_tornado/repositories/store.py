"""Files of packages: kept under their hash, offered under their name. Contract: repositories 1, 3.

The store holds each content once. What is served below a project's `stores` directory are hard
links to it, so that a proxy can serve the same directory, and replacing one is one rename.
"""

import fcntl
import filecmp
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from migas_tornado.errors import InvalidDataError
from migas_tornado.repositories.durability import sync_directory

MAX_NAME_BYTES = 255
LOCK_FILE = ".lock"


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that came in, still under a temporary name."""

    path: Path
    name: str
    size: int
    sha256: str
    md5: str


def content_path(store_dir: Path, sha256: str) -> Path:
    """Return where the content with a hash is kept."""
    return store_dir / sha256[:2] / sha256


def shelf_path(public_dir: Path, project: str, store: str) -> Path:
    """Return the directory in which the files of a store are offered."""
    return public_dir / project / "stores" / store


def keep(file: UploadedFile, store_dir: Path) -> None:
    """Take a file into the store, durably; its temporary name is gone afterwards.

    A content that is there already stays, with all its names, and counts as new.
    """
    target = content_path(store_dir, file.sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    with file.path.open("rb") as content:
        os.fsync(content.fileno())
    is_there = target.is_file() and filecmp.cmp(file.path, target, shallow=False)
    file.path.chmod(0o644)
    with locked(store_dir, is_shared=True):
        if is_there and target.is_file():
            os.utime(target)
            file.path.unlink()
        else:
            file.path.replace(target)
    sync_directory(target.parent)
    sync_directory(store_dir)


@contextmanager
def locked(store_dir: Path, *, is_shared: bool) -> Iterator[None]:
    """Hold the store: shared by who brings contents, alone by who removes them."""
    with (store_dir / LOCK_FILE).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX)
        yield


def offer(store_dir: Path, sha256: str, shelf: Path, name: str) -> None:
    """Let a name on a shelf stand for a content of the store, whatever it stood for before.

    Raises:
        FileNotFoundError: the store does not have the content.
        InvalidDataError: a directory has the name, or a file that of a directory above it.
    """
    content, target = content_path(store_dir, sha256), shelf / name
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        if not (target.exists() and target.samefile(content)):
            _replace(target, content)
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        text = f"“{name}” would take the place of a directory, or be inside of a file."
        raise InvalidDataError({"file": [text]}) from error


def _replace(target: Path, content: Path) -> None:
    draft = target.with_name(f".{secrets.token_hex(8)}")
    draft.hardlink_to(content)
    try:
        draft.replace(target)
    except OSError:
        draft.unlink()
        raise


def redirect(stores: Path, old: str, new: str, name: str) -> None:
    """Let a name on an old shelf lead to the new one, for whoever still has the old index."""
    draft = stores / old / f".{secrets.token_hex(8)}"
    draft.symlink_to(Path("..") / new / name)
    draft.replace(stores / old / name)


def check_file_name(name: str) -> str:
    """Return a name that can stand for a file on a shelf.

    Raises:
        InvalidDataError: it could name something else, or be taken for an option.
    """
    if (
        not name
        or name[0] in "-."
        or "/" in name
        or any(character.isspace() or not character.isprintable() for character in name)
        or len(name.encode()) > MAX_NAME_BYTES
    ):
        raise InvalidDataError(
            {"file": ["A file name without blanks is expected that starts with a letter or digit."]}
        )
    return name


def check_relative_path(path: str) -> tuple[str, ...]:
    """Return the parts of a directory below a shelf.

    Raises:
        InvalidDataError: it leads out of the shelf.
    """
    parts = tuple(part for part in path.split("/") if part not in ("", "."))
    if path.startswith("/") or ".." in parts:
        raise InvalidDataError({"path": ["A path below the store is expected, without `..`."]})
    return tuple(check_file_name(part) for part in parts)
