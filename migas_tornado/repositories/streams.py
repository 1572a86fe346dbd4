"""The files of an index, put together from old and new chunks while their hash is taken."""

import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from migas_tornado.errors import MigasError
from migas_tornado.pms.system import Stream, StreamFacts
from migas_tornado.repositories.manifest import Part


class DamagedError(MigasError):
    """What is served is not what was built; the repository has to be built from scratch."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """Where the bytes of a chunk are: in the stream that is served, or among the new ones."""

    start: int
    part: Part
    is_old: bool = False


def write_stream(
    stream: Stream,
    target: Path,
    old: Path,
    spool: BinaryIO,
    fragments: list[Fragment],
    date: int,
) -> StreamFacts:
    """Write a stream, readable by all, and return what is known of it.

    Args:
        stream: which, with what surrounds its chunks.
        target: the new file.
        old: the file that is served; only needed for old fragments.
        spool: has the new fragments.
        fragments: in their order.
        date: seconds since the epoch, to be the file's time.

    Raises:
        DamagedError: an old fragment is not what it was.
        OSError: when the disk does not take it.
    """
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as file:
        for content in _contents(stream, old, spool, fragments):
            digest.update(content)
            size += len(content)
            file.write(content)
    target.chmod(0o644)
    os.utime(target, (date, date))
    return StreamFacts(size, digest.hexdigest())


def checksum(content: bytes) -> int:
    """Return what a part's checksum has to be."""
    return zlib.crc32(content)


def _contents(
    stream: Stream, old: Path, spool: BinaryIO, fragments: list[Fragment]
) -> Iterator[bytes]:
    yield stream.head
    with ExitStack() as stack:
        source = None
        for fragment in fragments:
            if not fragment.is_old:
                spool.seek(fragment.start)
                yield spool.read(fragment.part.size)
                continue
            if source is None:
                source = stack.enter_context(_opened(old))
            source.seek(fragment.start)
            content = source.read(fragment.part.size)
            if checksum(content) != fragment.part.checksum:
                raise DamagedError(f"{old} was changed on disk.")
            yield content
    yield stream.foot


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise DamagedError(f"{path} is missing.") from error
