"""What a package management system has to offer: one class per system, found by entry points.

A third party adds a system by installing a distribution that declares

    [project.entry-points."migas_tornado.pms"]
    brew = "acme_brew:Brew"

where `acme_brew.Brew` is a class derived from `PackageSystem`. Nothing else of the server names a
system. Contract: repositories 3, 4, 5.

How a repository comes about. The server keeps the index of a repository as *streams* (files such
as `Packages.gz`), each a sequence of *chunks* for some hundreds of packages. A change renders only
the chunks that it touches, and the rest of a stream is copied byte by byte from the version that
is served. So a chunk has to be a unit that can stand anywhere in its stream: a whole gzip or xz
member, for instance, of which a reader takes several in a row for one. When all streams are there,
the system writes what speaks about the whole, and signs it (`finish`). Then the server switches.
"""

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import ClassVar, Protocol

SERVER = "{protocol}://{server}"
"""Filled in by the agent, with Python's str.format; other braces have to be doubled."""

PACKAGES = "PKGS"
"""Directory of a repository that has its packages. Contract: repositories 1."""


@dataclass(frozen=True, slots=True)
class PackageMetadata:
    """What a package says about itself.

    Attributes:
        name: at most 200 characters.
        version: at most 60 characters, with epoch and release where the system has them.
        architecture: at most 20 characters.
        metadata: whatever the index needs later, in a form of the system's own choice, without NUL;
            it is kept in the database and handed back to `render` and `describe`.
    """

    name: str
    version: str
    architecture: str
    metadata: str


@dataclass(frozen=True, slots=True)
class Identity:
    """A package of a deployment, as far as `select` needs it."""

    key: int
    filename: str
    name: str
    version: str
    architecture: str


@dataclass(frozen=True, slots=True)
class PublishedPackage:
    """A package of a deployment, with all that its index entry says.

    Attributes:
        key: of its record; only to tell it from others.
        filename: the name of its file in the store and in the repository: one component of a path,
            printable, without blanks, not hidden.
        store: the slug of its store.
        name: as `read` returned it, like the next three.
        version: see above.
        architecture: see above.
        metadata: see above.
        size: bytes of the file.
        md5: of the file, hexadecimal.
        sha256: of the file, hexadecimal.
        directory: below `PKGS`, where it is offered; empty for that itself. Only for systems that
            take it (`takes_directories`).
    """

    key: int
    filename: str
    store: str
    name: str
    version: str
    architecture: str
    metadata: str
    size: int
    md5: str
    sha256: str
    directory: str = ""

    @property
    def path(self) -> str:
        """Where it is offered, below `PKGS`."""
        return f"{self.directory}/{self.filename}" if self.directory else self.filename


@dataclass(frozen=True, slots=True)
class Repository:
    """What a repository is for; when any of it changes, everything is rendered anew."""

    project: str
    """Slug."""
    deployment: str
    """Slug."""
    architectures: tuple[str, ...]
    """Those that the project has computers of."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A file of the index that is made of chunks.

    Attributes:
        path: below the generation's directory. What begins with a dot is not served by that name.
        head: comes before all chunks.
        foot: comes after them.
    """

    path: str
    head: bytes = b""
    foot: bytes = b""


@dataclass(frozen=True, slots=True)
class Chunk:
    """The index entries of some packages.

    Attributes:
        parts: path of a stream -> the bytes to put into it. A stream may be missing.
        left_out: keys of packages that cannot be published.
    """

    parts: dict[str, bytes]
    left_out: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """What is known of a stream that is complete."""

    size: int
    sha256: str


class Signer(Protocol):
    """Signs with the repository key, and with the one before it while clients change over."""

    @property
    def keys_dir(self) -> Path:
        """Directory of the server's keys, for a system that needs one of another kind."""

    @property
    def server_names(self) -> tuple[str, ...]:
        """Names by which computers call this server, for one that finds keys by such a name."""

    def clear_sign(self, data: bytes) -> bytes:
        """Return a text with its OpenPGP signature around it."""

    def detach_sign(self, data: bytes, *, armoured: bool = True) -> bytes:
        """Return the OpenPGP signature of some data."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A version of a repository that is nearly complete, for `finish` to complete.

    Attributes:
        directory: where it is built.
        date: when; whole seconds, with time zone, later than that of the version before.
        packages: how many are published.
        streams: path -> facts, of all that `streams` named.
        signer: for signatures.
        lasting: paths that remain reachable for a while after they left (see `offer`).
    """

    directory: Path
    date: datetime
    packages: int
    streams: Mapping[str, StreamFacts]
    signer: Signer
    lasting: list[str] = field(default_factory=list)

    def write(self, path: str, content: bytes) -> None:
        """Write a file that is readable by all, modified at the date, which web servers tell."""
        target = self.directory / path
        _make_directory(target.parent)
        target.write_bytes(content)
        target.chmod(0o644)
        os.utime(target, (self.date.timestamp(), self.date.timestamp()))

    def offer(self, stream: str, path: str) -> None:
        """Offer a stream under a further name, one that its content decides, such as its hash.

        Whoever has just fetched an older version's list of names can fetch what it names for some
        minutes more.
        """
        target = self.directory / path
        _make_directory(target.parent)
        if not target.exists():
            try:
                target.hardlink_to(self.directory / stream)
            except OSError:  # a file system without hard links
                shutil.copy2(self.directory / stream, target)
        self.lasting.append(path)


def _make_directory(path: Path) -> None:
    """Make a directory and those above it, readable by all whatever the umask."""
    if path.is_dir():
        return
    _make_directory(path.parent)
    path.mkdir(exist_ok=True)
    path.chmod(0o755)


@dataclass(frozen=True, slots=True)
class ExternalSource:
    """A deployment whose packages lie elsewhere; its texts are ready for the agent's format."""

    name: str
    """Slug."""
    options: str
    suite: str
    components: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a package's description for people."""

    title: str
    body: str


class PackageSystem(ABC):
    """A package management system. Instances have no state and may be used from any thread."""

    name: ClassVar[str]
    """As projects name it."""
    mimetypes: ClassVar[tuple[str, ...]] = ()
    extensions: ClassVar[tuple[str, ...]] = ()
    """Of package files, without the leading dot."""
    index_endings: ClassVar[tuple[str, ...]] = ()
    """Of metadata whose names could pass for those of packages, of this system or another."""
    architectures: ClassVar[tuple[str, ...]] = ()
    """All that packages may have; with them and the extensions, file names are understood."""

    reads_files: ClassVar[bool] = True
    """Whether `read` can be used; without it, a package is known by its file name alone."""
    can_build: ClassVar[bool] = True
    """Whether repositories can be built: `streams`, `render` and `finish` are there."""
    selects: ClassVar[bool] = False
    """Whether not all packages may be published together: `select` is to be asked."""
    takes_directories: ClassVar[bool] = False
    """Whether the index tells clients the path of each package, as `PublishedPackage.path` says it.
    Then a package that replaces another of the same file name gets an address of its own, and the
    old index stays good for some minutes. Elsewhere both have one, and change with the switch."""
    chunk_packages: ClassVar[int] = 256
    """Packages of a chunk: few enough to be rendered within some hundredths of a second, and enough
    to compress well."""
    has_client_key: ClassVar[bool] = False
    """Whether computers need a key of another kind than OpenPGP: `client_key` is to be asked."""
    format_version: ClassVar[int] = 1
    """Raised when `render` writes something else than it did; all chunks are rendered anew."""

    @property
    def module(self) -> str:
        """Name of the part of the agent that speaks to the system."""
        return self.name

    # --- packages ---

    def read(self, path: Path, filename: str) -> PackageMetadata:
        """Read the metadata of a package file that may be hostile; runs in a worker process.

        Nothing is extracted to disk, no program is run, and every amount that the file can choose
        (sizes, numbers of members, ratio of decompression) has a limit. When it returns, nothing in
        the metadata can make a client refuse the index.

        Args:
            path: the file, under a temporary name.
            filename: the name under which it will be published.

        Raises:
            NotAPackageError: when it is not a sound package; says what is wrong.
        """
        raise NotImplementedError

    def describe(self, path: Path, metadata: str) -> list[Section]:
        """Describe a stored package for people; runs in a worker process. Contract: 3.1.

        Args:
            path: the file, under a name that says nothing.
            metadata: as `read` returned it; empty when it was not read.

        Raises:
            NotAPackageError: when the file cannot be read any more.
        """
        return []

    # --- what computers write into their package manager. Contract: agent-v5 6.6 ---

    @abstractmethod
    def internal_source(self, project: str, deployment: str) -> str:
        """Return the entry for the repository of a deployment, given both slugs."""

    @abstractmethod
    def external_source(self, project: str, source: ExternalSource) -> str:
        """Return the entry for an external deployment of a project, given its slug."""

    def client_key(self, keys_dir: Path) -> str:
        """Return the key that computers need besides the OpenPGP key, made where there is none.

        Only asked when `has_client_key` is set, in a thread, and always before `finish`.
        The text stands before the OpenPGP key in what agents get.

        Args:
            keys_dir: directory of the server's keys.
        """
        raise NotImplementedError

    # --- repositories ---

    def repository_path(self, project: str, deployment: str) -> PurePosixPath:
        """Return where a repository is served, below the public directory, given both slugs."""
        return PurePosixPath(project, "repos", deployment)

    def select(self, repository: Repository, packages: Sequence[Identity]) -> set[int]:
        """Return the keys of the packages to publish, where some exclude others.

        Only asked when `selects` is set; such as to publish only the newest version of each.
        """
        return {package.key for package in packages}

    def link_paths(self, repository: Repository, package: PublishedPackage) -> tuple[str, ...]:
        """Return the names under which a package is offered, below the directory `PKGS`.

        They depend on the package's path, name, version and architecture only.
        """
        return (package.path,)

    def exposures(self, repository: Repository) -> dict[str, str]:
        """Return what of a generation is reached through `PKGS`: path there -> path in it.

        `PKGS` is a directory that all generations of a repository share, so that the links to
        packages are not made anew for each; an index that lies between them is such an exposure.
        """
        return {}

    def streams(self, repository: Repository, packages: int) -> tuple[Stream, ...]:
        """Return the streams of the index, also for a repository without packages.

        Args:
            repository: what it is for.
            packages: how many will be published.
        """
        raise NotImplementedError

    def render(self, repository: Repository, packages: Sequence[PublishedPackage]) -> Chunk:
        """Return the index entries of some packages, in any order; in a worker or a thread.

        No file is read: what is needed is in the metadata. A package whose metadata is empty was
        never read; leave it out.
        """
        raise NotImplementedError

    def finish(self, repository: Repository, generation: Generation) -> None:
        """Write what speaks about the whole, and sign it; in a worker or a thread.

        Must take time that hardly depends on the number of packages.
        """
        raise NotImplementedError
