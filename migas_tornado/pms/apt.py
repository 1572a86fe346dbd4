"""Debian packages and their repositories, for apt. Contract: repositories 5.1."""

import gzip
import lzma
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from debian.deb822 import Deb822

from migas_tornado.errors import InvalidDataError
from migas_tornado.pms.deb import read_control_files, read_deb
from migas_tornado.pms.deb_changelog import NO_CHANGELOG, read_changelog
from migas_tornado.pms.system import (
    PACKAGES,
    SERVER,
    Chunk,
    ExternalSource,
    Generation,
    PackageMetadata,
    PackageSystem,
    PublishedPackage,
    Repository,
    Section,
    Stream,
)

GZIP_LEVEL = 6
XZ_PRESET = 1  # a quarter larger than with the default, in a seventh of its time

_REQUIRES = ("Pre-Depends", "Depends", "Recommends")
_RELATIONS = (*_REQUIRES, "Provides", "Replaces")
_SCRIPTS = {
    "Script PreInst": "preinst",
    "Script PostInst": "postinst",
    "Script PreRm": "prerm",
    "Script PostRm": "postrm",
}
_ALL = "all"
_INDEXES = ".indexes"
_ARCHITECTURE = re.compile(r"[a-z0-9-]+")
_RELEASE_DATE = "%a, %d %b %Y %H:%M:%S UTC"
_CHECKSUM = 34  # characters before the name in a line of the list of checksums


class Apt(PackageSystem):
    """Packages of Debian and its relatives."""

    name = "apt"
    mimetypes = ("application/x-debian-package", "application/vnd.debian.binary-package")
    extensions = ("deb",)
    takes_directories = True
    architectures = (
        *("alpha", "all", "amd64", "arm", "arm64", "armel", "armhf", "avr32", "hppa"),
        *("hurd-i386", "i386", "ia64", "kfreebsd-amd64", "kfreebsd-i386", "loong64", "m68k"),
        *("mips", "mips64el", "mipsel", "powerpc", "powerpcspe", "ppc64", "ppc64el", "riscv64"),
        *("s390", "s390x", "sh4", "sparc", "sparc64", "x32"),
    )

    # --- packages ---

    def read(self, path: Path, filename: str) -> PackageMetadata:
        """See the base class."""
        return read_deb(path)

    def describe(self, path: Path, metadata: str) -> list[Section]:
        """See the base class; scripts and names of files stand in the control archive."""
        fields = Deb822(metadata)
        found = read_control_files(path)
        # Each line of the list of checksums is a checksum, two blanks and a name.
        names = [line[_CHECKSUM:] for line in _text(found.get("md5sums", b"")).splitlines()]
        files = "\n".join(f"/{name}" for name in names)
        return [
            Section(
                "Info",
                "\n".join(f"{k}: {v}" for k, v in fields.items() if k not in _RELATIONS),
            ),
            Section("Requires", "\n".join(fields[name] for name in _REQUIRES if name in fields)),
            Section("Provides", fields.get("Provides", "")),
            Section("Obsoletes", fields.get("Replaces", "")),
            *(
                Section(title, _text(found[name]) if name in found else "[None]")
                for title, name in _SCRIPTS.items()
            ),
            Section("Changelog", read_changelog(path, fields["Package"]) or NO_CHANGELOG),
            Section("Files", files or "[The package does not list them]"),
        ]

    # --- what computers write into their package manager ---

    def internal_source(self, project: str, deployment: str) -> str:
        """See the base class."""
        return f"deb {SERVER}/public/{project}/repos {deployment} {PACKAGES}\n"

    def external_source(self, project: str, source: ExternalSource) -> str:
        """See the base class."""
        root = f"{SERVER}/src/{project}/external/{source.name}"
        return f"deb {source.options} {root} {source.suite} {source.components}\n"

    # --- repositories ---

    def repository_path(self, project: str, deployment: str) -> PurePosixPath:
        """See the base class."""
        return PurePosixPath(project, "repos", "dists", deployment)

    def exposures(self, repository: Repository) -> dict[str, str]:
        """See the base class."""
        return {
            f"binary-{architecture}": f"{_INDEXES}/binary-{architecture}"
            for architecture in _architectures(repository)
        }

    def streams(self, repository: Repository, packages: int) -> tuple[Stream, ...]:
        """See the base class."""
        return tuple(
            # An empty member at the end, so that an index without packages is a sound file too.
            Stream(_index(architecture, suffix), foot=foot)
            for architecture in _architectures(repository)
            for suffix, foot in (("", b""), (".gz", _gzipped(b"")), (".xz", _xzipped(b"")))
        )

    def render(self, repository: Repository, packages: Sequence[PublishedPackage]) -> Chunk:
        """See the base class."""
        architectures = _architectures(repository)
        published = [
            package
            for package in sorted(packages, key=lambda package: (package.name, package.filename))
            if package.metadata and architectures and package.architecture in (_ALL, *architectures)
        ]
        parts: dict[str, bytes] = {}
        for architecture in architectures:
            content = "".join(
                _entry(repository, package)
                for package in published
                if package.architecture in (architecture, _ALL)
            ).encode()
            if content:
                parts[_index(architecture)] = content
                parts[_index(architecture, ".gz")] = _gzipped(content)
                parts[_index(architecture, ".xz")] = _xzipped(content)
        left_out = {package.key for package in packages} - {package.key for package in published}
        return Chunk(parts, frozenset(left_out))

    def finish(self, repository: Repository, generation: Generation) -> None:
        """See the base class."""
        for path, facts in generation.streams.items():
            directory = path.rpartition("/")[0]
            generation.offer(path, f"{directory}/by-hash/SHA256/{facts.sha256}")
        release = _release(repository, generation)
        generation.write("Release", release)
        generation.write("InRelease", generation.signer.clear_sign(release))
        generation.write("Release.gpg", generation.signer.detach_sign(release))


def _architectures(repository: Repository) -> tuple[str, ...]:
    """Return the architectures of a repository, each once.

    Raises:
        InvalidDataError: when one of them cannot be part of a path.
    """
    for architecture in repository.architectures:
        if _ARCHITECTURE.fullmatch(architecture) is None:
            raise InvalidDataError(f"{architecture!r} is not an architecture.")
    return tuple(dict.fromkeys(repository.architectures))


def _index(architecture: str, suffix: str = "") -> str:
    return f"{_INDEXES}/binary-{architecture}/Packages{suffix}"


def _entry(repository: Repository, package: PublishedPackage) -> str:
    return (
        f"{package.metadata.rstrip()}\n"
        f"Filename: dists/{repository.deployment}/{PACKAGES}/{package.path}\n"
        f"Size: {package.size}\n"
        f"MD5sum: {package.md5}\n"
        f"SHA256: {package.sha256}\n\n"
    )


def _gzipped(content: bytes) -> bytes:
    return gzip.compress(content, GZIP_LEVEL, mtime=0)


def _xzipped(content: bytes) -> bytes:
    return lzma.compress(content, preset=XZ_PRESET)


def _release(repository: Repository, generation: Generation) -> bytes:
    # Contract: repositories 5.1. Only indexes are listed: every client fetches this file.
    lines = [
        f"Architectures: {' '.join(_architectures(repository))}",
        f"Codename: {repository.deployment}",
        f"Components: {PACKAGES}",
        f"Date: {generation.date.strftime(_RELEASE_DATE)}",
        f"Label: migasfree {repository.deployment} repository",
        "Origin: migasfree",
        f"Suite: {repository.deployment}",
        "Acquire-By-Hash: yes",
        "SHA256:",
    ]
    lines += [
        f" {facts.sha256} {facts.size:>16} {PACKAGES}{path.removeprefix(_INDEXES)}"
        for path, facts in sorted(generation.streams.items())
    ]
    return "\n".join(lines).encode() + b"\n"


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace").replace("\x00", "")
