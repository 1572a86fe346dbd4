"""What a generation of a repository is made of, kept with it: its chunks and their packages.

It lies in the generation's own directory, so that it is switched in with it: whatever happens, what
is written there is what is served. Read at the next build, it tells which chunks need rendering.
"""

import itertools
from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

FILE_NAME = ".manifest"
FORMAT = 1
"""Of this file; another one counts as none, and everything is rendered anew."""


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes of a chunk in one stream."""

    size: int
    checksum: int
    """CRC-32: tells damage on disk, before it gets into the next generation."""


@dataclass(frozen=True, slots=True)
class ManifestChunk:
    """A chunk and its packages, the same number of each."""

    keys: list[int]
    revisions: list[int]
    links: list[str]
    """Names under which the packages are offered, those of one package joined by tabs."""
    parts: dict[str, Part]
    """Path of a stream -> what it has of the chunk."""


@dataclass(slots=True)
class Manifest:
    """A generation.

    Attributes:
        facts: what it was made for; chunks are of use only where it is the same.
        date: seconds since the epoch, those that its files show.
        heads: path of a stream -> bytes before its first chunk.
        chunks: in the order of the streams.
        left_out: key -> revision and file name of a package that cannot be published as it is.
        lasting: path -> when it was replaced (0: it is not), for files that are kept for a while.
        departed: link to a package -> when it left the index.
        exposures: what of the generation is reached through its packages' directory.
    """

    facts: dict[str, Any]
    date: int
    heads: dict[str, int] = field(default_factory=dict)
    chunks: list[ManifestChunk] = field(default_factory=list)
    left_out: dict[int, tuple[int, str]] = field(default_factory=dict)
    lasting: dict[str, float] = field(default_factory=dict)
    departed: dict[str, float] = field(default_factory=dict)
    exposures: list[str] = field(default_factory=list)

    @property
    def packages(self) -> int:
        """How many are published."""
        return sum(len(chunk.keys) for chunk in self.chunks)

    def links(self) -> set[str]:
        """Return every name under which a package is offered."""
        return {
            link
            for chunk in self.chunks
            for links in chunk.links
            for link in (links.split("\t") if "\t" in links else (links,))
        }


def save(directory: Path, manifest: Manifest) -> None:
    """Write the manifest of a generation."""
    header = {
        "format": FORMAT,
        "facts": manifest.facts,
        "date": manifest.date,
        "heads": manifest.heads,
        "chunks": [
            [len(chunk.keys), {path: [p.size, p.checksum] for path, p in chunk.parts.items()}]
            for chunk in manifest.chunks
        ],
        "left_out": [[key, *value] for key, value in manifest.left_out.items()],
        "lasting": manifest.lasting,
        "departed": manifest.departed,
        "exposures": manifest.exposures,
    }
    chain = itertools.chain.from_iterable
    keys = array("q", chain(chunk.keys for chunk in manifest.chunks))
    revisions = array("q", chain(chunk.revisions for chunk in manifest.chunks))
    links = "\n".join(chain(chunk.links for chunk in manifest.chunks))
    with (directory / FILE_NAME).open("wb") as file:
        file.write(orjson.dumps(header) + b"\n")
        file.write(keys.tobytes() + revisions.tobytes() + links.encode())


def is_readable(directory: Path) -> bool:
    """Tell whether a generation has a manifest, without looking at all of it."""
    return _header(directory) is not None


def departed(directory: Path) -> dict[str, float]:
    """Return the links that left a generation's index and when, without looking at its packages."""
    header = _header(directory)
    return header["departed"] if header else {}


def _header(directory: Path) -> dict[str, Any] | None:
    try:
        with (directory / FILE_NAME).open("rb") as file:
            header = orjson.loads(file.readline())
        return header if header["format"] == FORMAT else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def load(directory: Path, facts: dict[str, Any]) -> Manifest | None:
    """Read the manifest of a generation; None where there is none that is of use.

    Args:
        directory: of the generation.
        facts: what the next one is for.
    """
    try:
        content = (directory / FILE_NAME).read_bytes()
        line, _, rest = content.partition(b"\n")
        header = orjson.loads(line)
        if header["format"] != FORMAT:
            return None
        return _parsed(header, rest, has_use=header["facts"] == facts)
    except (OSError, ValueError, KeyError, TypeError):  # none, or one that a crash cut off
        return None


def _parsed(header: dict[str, Any], rest: bytes, *, has_use: bool) -> Manifest:
    count = sum(size for size, _ in header["chunks"])
    numbers = array("q")
    numbers.frombytes(rest[: 16 * count])
    links = rest[16 * count :].decode().split("\n") if count else []
    if len(numbers) != 2 * count or len(links) != count:
        raise ValueError("the manifest is cut off")
    keys, revisions = numbers[:count].tolist(), numbers[count:].tolist()
    chunks, start = [], 0
    for size, parts in header["chunks"]:
        end = start + size
        found = {path: Part(*part) for path, part in parts.items()}
        chunks.append(ManifestChunk(keys[start:end], revisions[start:end], links[start:end], found))
        start = end
    return Manifest(
        facts=header["facts"] if has_use else {},
        date=header["date"],
        heads=header["heads"],
        chunks=chunks,
        left_out={key: (revision, name) for key, revision, name in header["left_out"]},
        lasting=header["lasting"],
        departed=header["departed"],
        exposures=header["exposures"],
    )
