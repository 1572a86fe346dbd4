"""Files that remain reachable for a while after another has taken their place.

A client that has just fetched the list of an older generation can fetch what it names, whole.
"""

import shutil
from datetime import datetime
from pathlib import Path

from migas_tornado.repositories.generations import KEEP_SECONDS, make_directory
from migas_tornado.repositories.manifest import Manifest

MOST_REPLACED = 64
"""Files of one directory; with very frequent builds the time alone would keep thousands."""


def carry_over(
    served: Path,
    directory: Path,
    last: Manifest | None,
    new: Manifest,
    lasting: list[str],
    now: datetime,
) -> None:
    """Keep in a new generation what the last one offered and the new one does not.

    Args:
        served: path under which the last generation is served.
        directory: of the new one.
        last: what is known of the last one.
        new: what is known of the new one; learns what it keeps.
        lasting: what the new one offers itself.
        now: the time of the build.
    """
    new.lasting = dict.fromkeys(lasting, 0.0)
    if last is None:
        return
    kept: dict[str, int] = {}
    for path, since in sorted(last.lasting.items(), key=_latest_first):
        since = since or now.timestamp()
        parent = path.rpartition("/")[0]
        if path in new.lasting or now.timestamp() - since >= KEEP_SECONDS:
            continue
        if kept.get(parent, 0) >= MOST_REPLACED or not (served / path).is_file():
            continue
        kept[parent] = kept.get(parent, 0) + 1
        _link_or_copy(served / path, directory / path, directory)
        new.lasting[path] = since


def _latest_first(item: tuple[str, float]) -> float:
    return -item[1] if item[1] else float("-inf")


def _link_or_copy(source: Path, target: Path, below: Path) -> None:
    make_directory(target.parent, below)
    try:
        target.hardlink_to(source)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target)
