"""Copies on disk, each with what the upstream said of it. Contract: repositories 6.

A copy bears the time of the upstream's file, so that its clients can ask whether it changed. Beside
it, under a hidden name, is what to ask the upstream with; the time of that file tells when the copy
was last known to be good. The time of the last use, by which old copies go, is the copy's `atime`.
"""

import os
import stat
import time
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import orjson

from migas_tornado.open_files import OpenFile

NOTE_PREFIX = ".upstream-"
USE_SECONDS = 3600
"""The time of the last use is not written more often; it only decides what goes first."""


@dataclass(frozen=True, slots=True)
class Note:
    """What the upstream said of a file, by which it knows whether it changed."""

    url: str
    etag: str = ""
    last_modified: str = ""

    def conditions(self) -> dict[str, str]:
        """Return the headers that ask for the file only if it is another."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that is there."""

    file: OpenFile
    checked_at: float
    note: Note | None

    def is_good(self, url: str, oldest_check: float) -> bool:
        """Whether it can be served without asking the upstream.

        Args:
            url: where the upstream has it now.
            oldest_check: since when it must have been compared with the upstream's.
        """
        if self.file.size == 0 and oldest_check == float("-inf"):
            return False  # Contract v5 4.1: an empty copy counts as none
        is_of_url = self.note is None or self.note.url == url or oldest_check == float("-inf")
        return is_of_url and self.checked_at >= oldest_check


class IsDirectory:
    """A directory has the name that is looked for."""


def find(root: Path, resource: str) -> Copy | IsDirectory | None:
    """Open a copy, if there is one.

    Args:
        root: directory of the deployment's copies, which nothing leads out of.
        resource: its path below.
    """
    path = root / resource
    try:
        real = Path(os.path.realpath(path, strict=True))
        if not real.is_relative_to(os.path.realpath(root)):
            return None
        if real.is_dir():
            return IsDirectory()
        file = real.open("rb")
    except OSError:
        return None
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        file.close()
        return None
    note, noted_at = _read_note(path, status)
    checked_at = status.st_mtime if note is None else noted_at
    return Copy(OpenFile.of(file), checked_at, note)


def note_path(path: Path) -> Path:
    """Return where the note on a copy is."""
    return path.with_name(NOTE_PREFIX + path.name)


def write_note(path: Path, inode: int, note: Note, draft: Path) -> None:
    """Note what the upstream said of a copy, and that the copy is good now.

    Args:
        path: of the copy.
        inode: of the copy that is meant; another may have taken its place.
        note: what the upstream said.
        draft: a name that nobody else has, on the same disk.
    """
    status = path.stat()
    if status.st_ino == inode:
        content = {**asdict(note), "inode": inode, "size": status.st_size}
        draft.write_bytes(orjson.dumps(content))
        draft.replace(note_path(path))


def mark_used(file: OpenFile) -> None:
    """Write down that a copy is in use, at most once in a while."""
    now = time.time_ns()
    if now - os.fstat(file.file.fileno()).st_atime_ns > USE_SECONDS * 10**9:
        # Not left to the file system, which may be mounted without it.
        os.utime(file.file.fileno(), ns=(now, file.modified_ns))


def modified_ns(last_modified: str, now: float) -> int:
    """Return the time that a copy bears: the upstream's if it can be, else now."""
    try:
        told = parsedate_to_datetime(last_modified).timestamp()
    except (ValueError, OverflowError):
        told = now
    return int(min(max(told, 0), now)) * 10**9


def _read_note(path: Path, status: os.stat_result) -> tuple[Note | None, float]:
    """Return the note on a copy and its time; a note on another file of the name does not count."""
    try:
        with note_path(path).open("rb") as file:
            content: Any = orjson.loads(file.read())
            noted_at = os.fstat(file.fileno()).st_mtime
        if (content.pop("inode"), content.pop("size")) != (status.st_ino, status.st_size):
            return None, 0.0
        return Note(**content), noted_at
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None, 0.0
