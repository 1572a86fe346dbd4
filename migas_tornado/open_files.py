"""Files that are open to be sent: what they are, and their bytes, read in a thread."""

import asyncio
import os
from dataclasses import dataclass
from typing import BinaryIO


@dataclass(eq=False)
class OpenFile:
    """A file, which stays the same however its name is used meanwhile."""

    file: BinaryIO
    size: int
    modified_ns: int
    inode: int

    @classmethod
    def of(cls, file: BinaryIO) -> "OpenFile":
        """Describe a file that is whole."""
        status = os.fstat(file.fileno())
        return cls(file, status.st_size, status.st_mtime_ns, status.st_ino)

    async def read(self, position: int, length: int) -> bytes:
        """Return up to so many bytes from a position on; none when there are no more."""
        return await asyncio.to_thread(os.pread, self.file.fileno(), length, position)

    def close(self) -> None:
        """Close it."""
        self.file.close()
