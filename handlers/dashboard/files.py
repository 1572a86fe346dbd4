"""What the dashboard consists of, read once, compressed, under names that change with it."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

ASSETS = files("handlers.dashboard") / "assets"
PAGE = "index.html"
PREFIX_IN_PAGE = b"{assets}"
"""Stands in the page for the folder whose name changes with every version of the files."""
_TEXT = ("text/", "application/json", "image/svg")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent."""

    kind: str
    content: bytes
    compressed: bytes
    tag: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    """All files of one version."""

    version: str
    page: Asset
    assets: dict[str, Asset]


@cache
def dashboard() -> Dashboard:
    """Read and compress everything; takes a moment, once."""
    contents = dict(_walk(ASSETS, ""))
    digest = hashlib.sha256()
    for name, content in sorted(contents.items()):
        digest.update(name.encode() + content)
    version = digest.hexdigest()[:16]
    page = contents.pop(PAGE).replace(PREFIX_IN_PAGE, f"/dashboard/{version}".encode())
    assets = {name: _asset(name, content) for name, content in contents.items()}
    return Dashboard(version, _asset(PAGE, page), assets)


def _walk(folder: Traversable, below: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in folder.iterdir():
        name = f"{below}{entry.name}"
        found += _walk(entry, f"{name}/") if entry.is_dir() else [(name, entry.read_bytes())]
    return found


def _asset(name: str, content: bytes) -> Asset:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind.startswith(_TEXT):
        kind += "; charset=utf-8"
    compressed = gzip.compress(content, 9, mtime=0)
    return Asset(kind, content, compressed, f'"{hashlib.sha256(content).hexdigest()[:32]}"')
