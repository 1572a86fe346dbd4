"""One replica at a time fetches a file; the others wait and find it.

The lock is one of the file system, because the replicas share that: whoever dies loses it, and what
would be a connection to the database for as long as the fetch takes is an open file.
"""

import fcntl
import hashlib
import os
from pathlib import Path

SUFFIX = ".lock"


def lock_path(directory: Path, resource: str) -> Path:
    """Return the file in a directory whose lock stands for a resource."""
    return directory / (hashlib.sha256(resource.encode()).hexdigest()[:32] + SUFFIX)


def try_lock(path: Path) -> int | None:
    """Take a lock, and return what `unlock` needs; None when somebody else has it."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        return descriptor  # a file system without locks: fetched twice is better than never
    if not _is_there(path, descriptor):  # who had it removed the file in the meantime
        os.close(descriptor)
        return None
    return descriptor


def unlock(path: Path, descriptor: int) -> None:
    """Give a lock back."""
    path.unlink(missing_ok=True)
    os.close(descriptor)


def _is_there(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
