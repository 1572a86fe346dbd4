"""Files that are being fetched: they grow under a hidden name, and are read meanwhile.

Nobody sees the last byte before the whole is verified and kept.
"""

import asyncio
import hashlib
import os
import secrets
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from migas_tornado.external.failures import UpstreamError
from migas_tornado.open_files import OpenFile
from migas_tornado.repositories.generations import make_directory

DRAFTS = ".drafts"
"""Directory of a deployment's drafts, below that of its copies."""


class Draft:
    """A file of which a part is there.

    Args:
        file: open for writing and reading, and empty.
        path: its name.
        size: bytes that it is going to have; None when that is not known.
        modified_ns: the time that it is going to bear.
    """

    def __init__(self, file: BinaryIO, path: Path, size: int | None, modified_ns: int) -> None:
        self._file = file
        self._path = path
        self._hash = hashlib.sha256()
        self._grown = asyncio.Event()
        # A thread may still write when the fetch is given up; it must not meet a closed file.
        self._in_use = threading.Lock()
        self.size = size
        self.modified_ns = modified_ns
        self.inode = os.fstat(file.fileno()).st_ino
        self.written = 0
        self.is_kept = False
        self.is_over = False

    async def append(self, data: bytes, *, hashed: bool) -> None:
        """Write what came."""
        await asyncio.to_thread(self._append, data, hashed)
        self.written += len(data)
        self._tell()

    async def keep(self, path: Path, below: Path, sha256: str | None) -> None:
        """Make it the copy, durably.

        Args:
            path: of the copy.
            below: directory that is there, in which those of the copy are made.
            sha256: what its content must have as its hash, when that is known.

        Raises:
            UpstreamError: it is not what was promised.
        """
        if self.size is not None and self.written != self.size:
            raise UpstreamError(f"Only {self.written} of {self.size} bytes came.")
        if sha256 is not None and self._hash.hexdigest() != sha256:
            raise UpstreamError("The content is not the one that its name promises.")
        await asyncio.to_thread(self._keep, path, below)
        self.size, self.is_kept = self.written, True
        self.end()

    def end(self) -> None:
        """Let those who read know that nothing more comes."""
        self.is_over = True
        self._tell()

    def discard(self) -> None:
        """Close it, and remove it unless it was kept."""
        with self._in_use:
            self._file.close()
        if not self.is_kept:
            self._path.unlink(missing_ok=True)

    async def growth(self, position: int) -> int:
        """Return how far it can be read, once that is beyond a position or nothing more comes."""
        while not self.is_over and self._readable <= position:
            await self._grown.wait()
        return self._readable

    async def fails_within(self, seconds: float) -> bool:
        """Whether it turns out in so many seconds that it does not become whole."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.is_over:
                    await self._grown.wait()
        return self.is_over and not self.is_kept

    def open(self) -> "GrowingFile":
        """Open it for one who reads from it."""
        file = os.fdopen(os.dup(self._file.fileno()), "rb")
        return GrowingFile(file, self.size or 0, self.modified_ns, self.inode, self)

    @property
    def _readable(self) -> int:
        if self.is_kept:
            return self.written
        return min(self.written, max(0, (self.size or 0) - 1))

    def _tell(self) -> None:
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()

    def _append(self, data: bytes, hashed: bool) -> None:
        with self._in_use:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(self._file.fileno(), rest) :]
            if hashed:
                self._hash.update(data)

    def _keep(self, path: Path, below: Path) -> None:
        with self._in_use:
            number = self._file.fileno()
            os.fsync(number)
            # Readable by a web server under another user, whatever the umask.
            os.fchmod(number, 0o644)
            os.utime(number, ns=(time.time_ns(), self.modified_ns))
            make_directory(path.parent, below)
            try:
                self._path.replace(path)
            except FileNotFoundError:  # the directory was empty, and cleaned away
                make_directory(path.parent, below)
                self._path.replace(path)


@dataclass(eq=False)
class GrowingFile(OpenFile):
    """A draft, as one reader sees it: he waits for what is not there yet."""

    draft: Draft

    async def read(self, position: int, length: int) -> bytes:
        """Return up to so many bytes from a position on; none when no more will come."""
        readable = await self.draft.growth(position)
        return await super().read(position, max(0, min(length, readable - position)))


def create_draft(root: Path, size: int | None, modified_ns: int) -> Draft:
    """Begin a file.

    Args:
        root: directory of the deployment's copies.
        size: as `Draft` has it.
        modified_ns: as `Draft` has it.
    """
    path = draft_path(root)
    return Draft(path.open("x+b", buffering=0), path, size, modified_ns)


def draft_path(root: Path) -> Path:
    """Return a name for a draft that nobody else has."""
    return root / DRAFTS / secrets.token_hex(16)


def make_draft_directory(root: Path, below: Path) -> Path:
    """Make the directory of a deployment's drafts.

    Args:
        root: directory of the deployment's copies.
        below: directory that is there, in which it is made.
    """
    make_directory(root, below)
    (root / DRAFTS).mkdir(mode=0o700, exist_ok=True)
    return root / DRAFTS
