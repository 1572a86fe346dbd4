"""Generations of a repository: directories of which one is served, by way of a symbolic link.

Contract: repositories 4.2. A generation is never changed once it is served; the next one is built
beside it, and takes its place by one rename.
"""

import os
import re
import secrets
import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

KEEP_SECONDS = 600  # how long what left a repository can still be fetched by who has old indexes
GONE = ".gone-"  # begins the names of what is about to be deleted
KEEP_GENERATIONS = 5  # directories; with frequent builds the time alone would keep hundreds


def generation_path(served: Path, generation: str) -> Path:
    """Return the directory of a generation."""
    # As deep as the served path, so that the relative links hold in both.
    return served.with_name(f".{served.name}-{generation}")


def switch(served: Path, directory: Path) -> None:
    """Let the served path lead to a generation."""
    link = directory.with_name(f"{directory.name}.link")
    link.symlink_to(directory.name)
    try:
        if served.is_dir() and not served.is_symlink():
            # Written by another server, the only case where clients can see nothing for a moment.
            served.rename(served.with_name(f"{directory.name}.old"))
        link.replace(served)
    except BaseException:
        link.unlink(missing_ok=True)
        raise


def remove_old_generations(served: Path, now: datetime) -> None:
    """Remove generations that were replaced long ago, and what interrupted builds left."""
    current = served.readlink().name
    oldest = now.astimezone(UTC) - timedelta(seconds=KEEP_SECONDS)
    others = [directory for directory in generations(served) if directory.name != current]
    for place, (directory, successor) in enumerate(pairwise([*others, served.with_name(current)])):
        is_surplus = place < len(others) - KEEP_GENERATIONS
        # A generation was replaced when the next one was made.
        if is_surplus or _made_at(served, successor) <= oldest:
            with suppress(OSError):  # the new generation is served; the next build tries again
                _remove_tree(directory)


def hide_all(served: Path) -> list[Path]:
    """Take a repository with all its generations out of sight; none is needed to exist.

    Returns:
        What is left to delete, under names that no build uses.
    """
    hidden = []
    # What is served comes last: by it, what was broken off is found again.
    for path in (*generations(served), *([served] if os.path.lexists(served) else [])):
        if path.is_symlink():
            path.unlink()
        else:
            hidden.append(path.rename(hidden_path(path)))
    return hidden


def hidden_path(path: Path) -> Path:
    """Return a name beside a directory, for what is about to be deleted."""
    return path.with_name(f"{GONE}{secrets.token_hex(8)}")


def generations(served: Path) -> list[Path]:
    """Return the generations of a deployment, from old to new, whole or not."""
    if not served.parent.is_dir():
        return []
    return sorted(path for path in served.parent.iterdir() if _generation_time(served, path))


def make_directory(path: Path, below: Path) -> None:
    """Make a directory and those above it up to a given one, readable by all."""
    if path.is_dir():
        return
    if path != below:
        make_directory(path.parent, below)
    path.mkdir(exist_ok=True)
    path.chmod(0o755)  # whatever the umask: a web server under another user reads it


def _generation_time(served: Path, path: Path) -> str | None:
    # The slug of another deployment may begin with this one: the rest has to match in full.
    pattern = rf"\.{re.escape(served.name)}-(\d{{20}})-[0-9a-f]{{8}}(\.old|\.link)?"
    found = re.fullmatch(pattern, path.name)
    return found[1] if found else None


def _made_at(served: Path, directory: Path) -> datetime:
    text = _generation_time(served, directory) or ""
    return datetime.strptime(text, "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)


def _remove_tree(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path)
