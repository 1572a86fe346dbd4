"""Where a repository is served, and how it, or what has left it, is removed.

Contract: repositories 1.
"""

from datetime import datetime
from pathlib import Path

from migas_tornado.errors import InvalidDataError
from migas_tornado.pms import system
from migas_tornado.repositories import manifest as manifests
from migas_tornado.repositories.generations import (
    KEEP_SECONDS,
    hidden_path,
    hide_all,
    remove_old_generations,
)
from migas_tornado.repositories.package_links import links_root, remove_links
from migas_tornado.slugs import is_slug


def served_path(public_dir: Path, pms: str, project: str, deployment: str) -> Path:
    """Return the path under which a repository is served.

    Raises:
        InvalidDataError: when a slug cannot be part of a path.
    """
    for slug in (project, deployment):
        if not is_slug(slug):
            raise InvalidDataError(f"{slug!r} cannot be part of a repository's path.")
    return public_dir / system(pms).repository_path(project, deployment)


def hide(public_dir: Path, pms: str, project: str, deployment: str) -> list[Path]:
    """Take a repository with all that belongs to it out of sight; none of it is needed to exist.

    Returns:
        What is left to delete, under names that no build uses.

    Raises:
        InvalidDataError: when a slug cannot be part of a path.
        OSError: when something cannot be renamed.
    """
    served = served_path(public_dir, pms, project, deployment)
    links, hidden = links_root(served), []
    if links.is_dir():
        hidden.append(links.rename(hidden_path(links)))
    return [*hidden, *hide_all(served)]


def remove_departed(served: Path, now: datetime) -> None:
    """Remove what left a repository long enough ago, while nobody builds it.

    Raises:
        OSError: when something cannot be removed.
    """
    expired = [
        name
        for name, since in manifests.departed(served).items()
        if now.timestamp() - since >= KEEP_SECONDS
    ]
    remove_links(served, expired)
    remove_old_generations(served, now)
