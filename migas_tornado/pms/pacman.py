"""Packages of pacman and their repositories. Contract: repositories 5.3."""

import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from migas_tornado.pms.pacman_package import read_changelog, read_package
from migas_tornado.pms.pacman_versions import version_order
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

GZIP_LEVEL = 6

_ANY = "any"
_DATABASES = ("db", "files")
_END = bytes(2 * tarfile.BLOCKSIZE)  # of a tar archive
# Field of the database -> key of .PKGINFO, in the order that pacman's own tool writes them.
_BEFORE_SIZES = {"NAME": "pkgname", "BASE": "pkgbase", "VERSION": "pkgver", "DESC": "pkgdesc"}
_AFTER_SIZES = {
    "URL": "url",
    "LICENSE": "license",
    "ARCH": "arch",
    "BUILDDATE": "builddate",
    "PACKAGER": "packager",
    "REPLACES": "replaces",
    "CONFLICTS": "conflict",
    "PROVIDES": "provides",
    "DEPENDS": "depend",
    "OPTDEPENDS": "optdepend",
    "MAKEDEPENDS": "makedepend",
    "CHECKDEPENDS": "checkdepend",
}
_TITLES = {
    "Name": "pkgname",
    "Version": "pkgver",
    "Description": "pkgdesc",
    "Architecture": "arch",
    "URL": "url",
    "Licenses": "license",
    "Groups": "group",
    "Provides": "provides",
    "Depends On": "depend",
    "Optional Deps": "optdepend",
    "Conflicts With": "conflict",
    "Replaces": "replaces",
    "Installed Size": "size",
    "Packager": "packager",
}


class Pacman(PackageSystem):
    """Packages of Arch Linux and its relatives."""

    name = "pacman"
    mimetypes = (
        "application/x-alpm-package",
        "application/x-zstd-compressed-alpm-package",
        "application/x-gtar",
    )
    extensions = ("pkg", "pkg.tar.zst", "pkg.tar.gz", "pkg.tar.xz")
    index_endings = tuple(f".{kind}.tar.gz" for kind in _DATABASES)
    architectures = (_ANY, "x86_64")
    selects = True

    # --- packages ---

    def read(self, path: Path, filename: str) -> PackageMetadata:
        """See the base class."""
        return read_package(path)

    def describe(self, path: Path, metadata: str) -> list[Section]:
        """See the base class."""
        known = orjson.loads(metadata) if metadata else {"info": {}, "files": []}
        info = known["info"]
        lines = [
            f"{title}: {'  '.join(info[key])}" for title, key in _TITLES.items() if key in info
        ]
        return [
            Section("Info", "\n".join(lines)),
            Section("Changelog", read_changelog(path) or "[Changelog not found or empty]"),
            Section("Files", "\n".join(f"/{name}" for name in known["files"])),
        ]

    # --- what computers write into their package manager ---

    def internal_source(self, project: str, deployment: str) -> str:
        """See the base class."""
        trust = "SigLevel = Optional TrustAll PackageTrustAll"
        url = f"{SERVER}/public/{project}/repos/{deployment}/{PACKAGES}"
        return f"[{deployment}]\n{trust}\nServer = {url}\n\n"

    def external_source(self, project: str, source: ExternalSource) -> str:
        """See the base class."""
        return f"[{source.name}]\nServer = {SERVER}/src/{project}/external/{source.name}\n\n"

    # --- repositories ---

    def select(self, repository: Repository, packages: Sequence[Identity]) -> set[int]:
        """See the base class: a database has one version of a package, the newest."""
        newest: dict[str, Identity] = {}
        others = set()
        for package in packages:
            known = newest.get(package.name)
            if package.architecture not in (_ANY, *repository.architectures):
                others.add(package.key)  # `render` leaves it out, and people are told
            elif known is None or _age(package) > _age(known):
                newest[package.name] = package
        return others | {package.key for package in newest.values()}

    def exposures(self, repository: Repository) -> dict[str, str]:
        """See the base class: the databases are asked for where the packages are."""
        found = {}
        for kind in _DATABASES:
            path = _path(repository, kind)
            short = f"{repository.deployment}.{kind}"
            found |= {path: path, f"{path}.sig": f"{path}.sig"}
            found |= {short: path, f"{short}.sig": f"{path}.sig"}
        return found

    def streams(self, repository: Repository, packages: int) -> tuple[Stream, ...]:
        """See the base class; without packages too there is a database, an empty one."""
        return tuple(Stream(_path(repository, kind), foot=_gzip(_END)) for kind in _DATABASES)

    def render(self, repository: Repository, packages: Sequence[PublishedPackage]) -> Chunk:
        """See the base class: a chunk is a gzip member with whole members of the archive."""
        entries: dict[str, list[bytes]] = {kind: [] for kind in _DATABASES}
        left_out = set()
        for package in sorted(packages, key=lambda package: (package.name, package.key)):
            is_usable = package.architecture in (_ANY, *repository.architectures)
            if not package.metadata or not is_usable:
                left_out.add(package.key)
                continue
            known = orjson.loads(package.metadata)
            desc, files = _desc(package, known["info"]), _field("FILES", known["files"])
            place = f"{package.name}-{package.version}"
            described = _entry(f"{place}/") + _entry(f"{place}/desc", desc)
            entries["db"].append(described)
            entries["files"].append(described + _entry(f"{place}/files", files))
        parts = {
            _path(repository, kind): _gzip(b"".join(entries[kind])) if entries[kind] else b""
            for kind in _DATABASES
        }
        return Chunk(parts, frozenset(left_out))

    def finish(self, repository: Repository, generation: Generation) -> None:
        """See the base class."""
        for kind in _DATABASES:
            path = _path(repository, kind)
            content = (generation.directory / path).read_bytes()
            signature = generation.signer.detach_sign(content, armoured=False)
            generation.write(f"{path}.sig", signature)


def _age(package: Identity) -> tuple[Any, int]:
    return version_order(package.version), package.key


def _path(repository: Repository, kind: str) -> str:
    return f"{repository.deployment}.{kind}.tar.gz"


def _desc(package: PublishedPackage, info: dict[str, list[str]]) -> str:
    sizes = {
        "CSIZE": [str(package.size)],
        "ISIZE": info.get("size", []),
        "MD5SUM": [package.md5],
        "SHA256SUM": [package.sha256],
    }
    fields = {
        "FILENAME": [package.filename],
        **{field: info.get(key, []) for field, key in _BEFORE_SIZES.items()},
        "GROUPS": info.get("group", []),
        **sizes,
        **{field: info.get(key, []) for field, key in _AFTER_SIZES.items()},
    }
    return "".join(_field(name, values) for name, values in fields.items() if values)


def _field(name: str, values: list[str]) -> str:
    return f"%{name}%\n" + "".join(f"{value}\n" for value in values) + "\n"


def _entry(name: str, text: str | None = None) -> bytes:
    """Return a member of an archive; without a text, a directory."""
    content = (text or "").encode()
    member = tarfile.TarInfo(name.rstrip("/"))
    member.type = tarfile.DIRTYPE if text is None else tarfile.REGTYPE
    member.mode = 0o755 if text is None else 0o644
    member.size = len(content)
    header = member.tobuf(tarfile.GNU_FORMAT)
    return header + content + bytes(-len(content) % tarfile.BLOCKSIZE)


def _gzip(content: bytes) -> bytes:
    # Without a time, so that the same content is always the same bytes.
    compressor = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return compressor.compress(content) + compressor.flush()
