"""The file format of a backup: a tar under zstd whose last member lists a hash of every other.

A file that was cut off or altered is found out by reading it once, before anything is changed.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

import zstandard

from migas_tornado.errors import MigasError

FORMAT = 1
HEADER = "header.json"
MANIFEST = "manifest.json"
CHUNK_BYTES = 1024 * 1024
LEVEL = 6
MOST_JSON_BYTES = 512 * 1024 * 1024


class BackupError(MigasError):
    """The backup cannot be made or used; the message says why, and nothing was changed."""


class ArchiveWriter:
    """Writes members one after the other, and the list of their hashes at the end."""

    def __init__(self, tar: tarfile.TarFile, header: dict[str, Any]) -> None:
        self._tar = tar
        self._hashes: dict[str, str] = {}
        self.add_bytes(HEADER, json.dumps({"format": FORMAT, **header}).encode())

    def add_bytes(self, name: str, content: bytes, mode: int = 0o600) -> None:
        """Write a small file."""
        member = _member(name, mode)
        member.size = len(content)
        self._tar.addfile(member, io.BytesIO(content))
        self._hashes[name] = hashlib.sha256(content).hexdigest()

    def add_file(self, name: str, file: IO[bytes], size: int, mode: int) -> None:
        """Write a file that is open."""
        member, reader = _member(name, mode), _HashingReader(file)
        member.size = size
        self._tar.addfile(member, reader)
        self._hashes[name] = reader.hash.hexdigest()

    def add_directory(self, name: str, mode: int) -> None:
        """Write a directory, which may be empty."""
        member = _member(name, mode)
        member.type = tarfile.DIRTYPE
        self._tar.addfile(member)
        self._hashes[name] = "directory"

    def add_link(self, name: str, target: str, *, is_hard: bool) -> None:
        """Write a link: a symbolic one as it is, or a hard one to another member."""
        member = _member(name, 0o777)
        member.type = tarfile.LNKTYPE if is_hard else tarfile.SYMTYPE
        member.linkname = target
        self._tar.addfile(member)
        self._hashes[name] = _link_text(member)

    def close(self) -> None:
        """Write the list of hashes."""
        content = json.dumps(self._hashes).encode()
        member = _member(MANIFEST, 0o600)
        member.size = len(content)
        self._tar.addfile(member, io.BytesIO(content))


@contextmanager
def writing(path: Path, header: dict[str, Any]) -> Iterator[ArchiveWriter]:
    """Lend a writer for a new file of mode 0600, which is complete or not there."""
    path.touch(mode=0o600, exist_ok=False)
    try:
        compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
        with (
            path.open("wb") as file,
            compressor.stream_writer(file, closefd=False) as compressed,
            tarfile.open(fileobj=compressed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            writer = ArchiveWriter(tar, header)
            yield writer
            writer.close()
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def reading(path: Path) -> Iterator[tarfile.TarFile]:
    """Lend the members of a backup, which come one after the other.

    Raises:
        BackupError: it is no backup, or is cut off.
    """
    try:
        with (
            path.open("rb") as file,
            zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True) as plain,
            tarfile.open(fileobj=plain, mode="r|") as tar,
        ):
            yield tar
            while plain.read(CHUNK_BYTES):  # the checksum stands at the end
                pass
    except (OSError, zstandard.ZstdError, tarfile.TarError, EOFError, ValueError) as error:
        raise BackupError(f"{path} cannot be used: {error}. Nothing was changed.") from error


def verify(path: Path) -> dict[str, Any]:
    """Read a whole backup and return its header.

    Raises:
        BackupError: it is no backup, or was cut off or altered.
    """
    found: dict[str, str] = {}
    documents: dict[str, Any] = {}
    with reading(path) as tar:
        for member in tar:
            _check_name(member, path)
            if MANIFEST in documents:
                raise BackupError(f"{path} goes on after its end. Nothing was changed.")
            content = _digest(tar, member)
            if member.name in (HEADER, MANIFEST):
                documents[member.name] = json.loads(content[1])
            if member.name != MANIFEST:
                found[member.name] = content[0]
    header, manifest = documents.get(HEADER), documents.get(MANIFEST)
    if not isinstance(header, dict) or manifest is None:
        raise BackupError(f"{path} is no whole backup: its end is missing. Nothing was changed.")
    if header.get("format") != FORMAT:
        raise BackupError(f"{path} has a format that this version does not know.")
    if manifest != found:
        raise BackupError(f"{path} was altered: its content is not as listed. Nothing was changed.")
    return header


def _digest(tar: tarfile.TarFile, member: tarfile.TarInfo) -> tuple[str, bytes]:
    """Return what the list has for a member, and the content of a document."""
    if member.isdir():
        return "directory", b""
    if member.islnk() or member.issym():
        return _link_text(member), b""
    file = tar.extractfile(member)
    if file is None:
        raise BackupError(f"{member.name} is nothing that a backup holds. Nothing was changed.")
    if member.name in (HEADER, MANIFEST):
        content = file.read(MOST_JSON_BYTES)
        return hashlib.sha256(content).hexdigest(), content
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest(), b""


def _check_name(member: tarfile.TarInfo, path: Path) -> None:
    """Refuse a name, or the target of a link, that leads out of the data directory."""
    place = PurePosixPath(member.name)
    parts = [*place.parts]
    if member.issym():
        parts = [*place.parent.parts, *PurePosixPath(member.linkname).parts]
    elif member.islnk():
        parts += PurePosixPath(member.linkname).parts
    depth = 0
    for part in parts:
        depth += -1 if part == ".." else 1
        if depth < 0 or part == "/" or (part == ".." and not member.issym()):
            raise BackupError(f"{path} names {member.name}, which leads out. Nothing was changed.")


def _member(name: str, mode: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.mode = mode & 0o777
    return member


def _link_text(member: tarfile.TarInfo) -> str:
    return f"{'hard' if member.islnk() else 'symbolic'} link to {member.linkname}"


class _HashingReader(io.RawIOBase):
    """Passes a file on, and hashes what passes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self.hash.update(chunk)
        return chunk
