"""What is written outlasts a loss of power: files and directories brought to disk."""

import os
from pathlib import Path


def sync_directory(path: Path) -> None:
    """Bring the names of a directory to disk."""
    _sync(path, os.O_DIRECTORY)


def sync_tree(root: Path) -> None:
    """Bring all files below a directory to disk, and then the directories, links not followed."""
    files: dict[int, str] = {}  # a file may have several names
    directories = []
    for directory, _, _ in os.walk(root):
        directories.append(directory)
        with os.scandir(directory) as entries:
            for entry in entries:
                if entry.is_file(follow_symlinks=False):
                    files[entry.inode()] = entry.path
    for path in (*files.values(), *reversed(directories)):
        _sync(path)


def _sync(path: str | Path, flags: int = 0) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
