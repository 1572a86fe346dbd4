"""Packages of apk and their repositories. Contract: repositories 5.5.

An index is one gzip stream of signatures and one of the index itself. Newer versions of apk refuse
an index of further streams, so chunks are not streams of their own: they are deflated up to a full
flush, which makes them parts that can stand in a row within one stream.
"""

import re
import tarfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import orjson

from migas_tornado.pms import apk_key
from migas_tornado.pms.apk_package import read_file_names, read_package
from migas_tornado.pms.system import (
    PACKAGES,
    SERVER,
    Chunk,
    ExternalSource,
    Generation,
    Identity,
    PackageMetadata,
    PackageSystem,
    PublishedPackage,
    Repository,
    Section,
    Stream,
)

LEVEL = 6

_NOARCH = "noarch"
_INDEX = "APKINDEX.tar.gz"
_ARCHITECTURE = re.compile(r"[a-z0-9_]+")
_GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\x03"  # RFC 1952 2.3: deflated, no name, no time, Unix
_PIECE = 256 * 1024  # bytes that are decompressed at a time
_BLOCK = tarfile.BLOCKSIZE
# Field of the index -> key of .PKGINFO, for those whose value is taken as it is.
_SINGLE = {
    "T": "pkgdesc",
    "U": "url",
    "L": "license",
    "o": "origin",
    "m": "maintainer",
    "t": "builddate",
    "c": "commit",
    "k": "provider_priority",
}
_LISTS = {"D": "depend", "p": "provides", "i": "install_if"}
_TITLES = ("pkgname", "pkgver", "pkgdesc", "url", "arch", "license", "origin", "maintainer")


class Apk(PackageSystem):
    """Packages of Alpine Linux."""

    name = "apk"
    mimetypes = ("application/x-alpine-package", "application/vnd.alpine.package")
    extensions = ("apk",)
    index_endings = (_INDEX,)
    architectures = (
        *("aarch64", "armhf", "armv7", "loongarch64", "mips64", "ppc64le", "riscv64", "s390x"),
        *("x86", "x86_64"),
    )
    selects = True
    has_client_key = True

    # --- packages ---

    def read(self, path: Path, filename: str) -> PackageMetadata:
        """See the base class."""
        return read_package(path)

    def describe(self, path: Path, metadata: str) -> list[Section]:
        """See the base class."""
        info = orjson.loads(metadata)["info"] if metadata else {}
        keys = [*_TITLES, *(key for key in info if key not in _TITLES)]
        lines = [f"{key} = {value}" for key in keys for value in info.get(key, ())]
        names = read_file_names(path)
        return [
            Section("Info", "\n".join(lines)),
            Section("Files", "\n".join(f"/{name}" for name in names)),
        ]

    # --- what computers write into their package manager ---

    def internal_source(self, project: str, deployment: str) -> str:
        """See the base class."""
        return f"{SERVER}/public/{project}/repos/{deployment}/{PACKAGES}\n"

    def external_source(self, project: str, source: ExternalSource) -> str:
        """See the base class."""
        return f"{SERVER}/src/{project}/external/{source.name}/{source.components}\n"

    def client_key(self, keys_dir: Path) -> str:
        """See the base class; apk does not read OpenPGP keys."""
        return apk_key.public_key(keys_dir)

    # --- repositories ---

    def select(self, repository: Repository, packages: Sequence[Identity]) -> set[int]:
        """See the base class: apk asks for a package by a name that these parts alone make."""
        chosen: dict[tuple[str, str], dict[str, int]] = {}
        for package in sorted(packages, key=lambda package: package.key):
            same = chosen.setdefault((package.name, package.version), {})
            if package.architecture == _NOARCH:
                same.clear()
            else:
                same.pop(_NOARCH, None)
            same[package.architecture] = package.key
        return {key for same in chosen.values() for key in same.values()}

    def link_paths(self, repository: Repository, package: PublishedPackage) -> tuple[str, ...]:
        """See the base class."""
        name = f"{package.name}-{package.version}.apk"
        return tuple(f"{one}/{name}" for one in _targets(repository, package.architecture))

    def exposures(self, repository: Repository) -> dict[str, str]:
        """See the base class: an index is asked for where the packages are."""
        paths = [f"{architecture}/{_INDEX}" for architecture in _architectures(repository)]
        return {path: path for path in paths}

    def streams(self, repository: Repository, packages: int) -> tuple[Stream, ...]:
        """See the base class; these are parts of what `finish` puts together."""
        return tuple(Stream(_stream(one)) for one in _architectures(repository))

    def render(self, repository: Repository, packages: Sequence[PublishedPackage]) -> Chunk:
        """See the base class."""
        entries: dict[str, list[str]] = {one: [] for one in _architectures(repository)}
        left_out = set()
        for package in sorted(packages, key=lambda package: (package.name, package.key)):
            targets = _targets(repository, package.architecture)
            if not package.metadata or not targets:
                left_out.add(package.key)
                continue
            known = orjson.loads(package.metadata)
            for architecture in targets:
                entries[architecture].append(_entry(package, known, architecture))
        parts = {_stream(one): _deflate("".join(texts).encode()) for one, texts in entries.items()}
        return Chunk(parts, frozenset(left_out))

    def finish(self, repository: Repository, generation: Generation) -> None:
        """See the base class."""
        for architecture in _architectures(repository):
            packed = (generation.directory / _stream(architecture)).read_bytes()
            index = _index(repository.deployment, packed)
            signature = apk_key.sign(generation.signer.keys_dir, index)
            names = generation.signer.server_names
            head = _signatures(names, signature)
            generation.write(f"{architecture}/{_INDEX}", head + index)


def _architectures(repository: Repository) -> tuple[str, ...]:
    """Return the architectures that have an index: those that can be a directory."""
    named = dict.fromkeys(repository.architectures)
    return tuple(one for one in named if _ARCHITECTURE.fullmatch(one) and one != _NOARCH)


def _targets(repository: Repository, architecture: str) -> tuple[str, ...]:
    """Return the architectures in whose index a package goes."""
    known = _architectures(repository)
    return known if architecture == _NOARCH else tuple(one for one in known if one == architecture)


def _stream(architecture: str) -> str:
    return f".APKINDEX-{architecture}"


def _entry(package: PublishedPackage, known: dict[str, Any], architecture: str) -> str:
    """Return the entry of a package, whose end is an empty line."""
    info = known["info"]
    fields = {
        "C": known["checksum"],
        "P": package.name,
        "V": package.version,
        # apk fetches a package from the directory of the architecture that the index tells.
        "A": architecture,
        "S": str(package.size),
        "I": info.get("size", ["0"])[0],
        **{field: info[key][0] for field, key in _SINGLE.items() if key in info},
        **{field: " ".join(info[key]) for field, key in _LISTS.items() if key in info},
    }
    return "".join(f"{field}:{value}\n" for field, value in fields.items()) + "\n"


def _deflate(content: bytes) -> bytes:
    """Return a part of a deflate stream that needs nothing of what stands before it."""
    if not content:
        return b""
    compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(content) + compressor.flush(zlib.Z_FULL_FLUSH)


def _index(description: str, packed: bytes) -> bytes:
    """Return the gzip stream of an archive with the index, whose content is deflated already."""
    size = sum(len(piece) for piece in _inflated([packed]))
    text = f"{description}\n".encode()
    before = _member("DESCRIPTION", len(text)) + text + bytes(-len(text) % _BLOCK)
    before += _member("APKINDEX", size)
    after = bytes(-size % _BLOCK + 2 * _BLOCK)
    end = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    parts = [_deflate(before), packed, end.compress(after) + end.flush()]
    checksum, length = 0, 0
    for piece in _inflated(parts):
        checksum, length = zlib.crc32(piece, checksum), length + len(piece)
    trailer = checksum.to_bytes(4, "little") + (length % 2**32).to_bytes(4, "little")
    return b"".join((_GZIP_HEAD, *parts, trailer))


def _inflated(parts: Iterable[bytes]) -> Iterable[bytes]:
    decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
    for part in parts:
        while part:
            yield decompressor.decompress(part, _PIECE)
            part = decompressor.unconsumed_tail
    yield decompressor.flush()


def _signatures(names: Sequence[str], signature: bytes) -> bytes:
    """Return the gzip stream with the signature, under every name that its key may have."""
    # Without the end of an archive: for apk, the index is the next member.
    members = [
        _member(f".SIGN.RSA256.{name}", len(signature))
        + signature
        + bytes(-len(signature) % _BLOCK)
        for name in names
    ]
    compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return compressor.compress(b"".join(members)) + compressor.flush()


def _member(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o644
    return member.tobuf(tarfile.GNU_FORMAT)
