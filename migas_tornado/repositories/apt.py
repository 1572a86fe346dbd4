"""The repository of a deployment for apt: indexes, signatures, and the switch to a new version.

A version of a repository is a *generation*: a directory that is built in full beside the one
being served, and that takes its place by one rename of a symbolic link. No package file is read.
Only one build of a deployment may run at a time; that is the caller's care.
"""

import gzip
import hashlib
import lzma
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from debian.debian_support import Version

from migas_tornado.errors import InvalidDataError
from migas_tornado.repositories import openpgp
from migas_tornado.repositories.generations import (
    KEEP_SECONDS,
    generation_path,
    make_directory,
    remove_all,
    remove_old_generations,
    switch,
)
from migas_tornado.slugs import is_slug

MAX_DATE_LEAD_SECONDS = 10  # apt refuses metadata that is from further in the future
GZIP_LEVEL = 9
XZ_PRESET = 1  # a quarter larger than with the default, in a seventh of its time
MAX_FILE_NAME = 255  # bytes, the limit of file systems

COMPONENT = "PKGS"
_ALL = "all"
_BY_HASH = Path("by-hash/SHA256")
_DEPARTED = ".departed"  # what of older generations a generation still offers, and since when
_RELEASE_DATE = "%a, %d %b %Y %H:%M:%S UTC"
_ARCHITECTURE = re.compile(r"[a-z0-9-]+")
_FIELD = re.compile(r"^(Package|Version): (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PublishedPackage:
    """A package of a deployment, with all that its index entry says.

    Attributes:
        filename: the name of its file in the store and in the repository.
        store: the slug of its store.
        architecture: as in its control file; `all` goes into every index.
        stanza: as `deb.read_deb` returns it.
        size: bytes of the file.
        md5: of the file, hexadecimal.
        sha256: of the file, hexadecimal.
    """

    filename: str
    store: str
    architecture: str
    stanza: str
    size: int
    md5: str
    sha256: str


@dataclass(frozen=True, slots=True)
class AptRepository:
    """All that a build needs to know.

    Attributes:
        public_dir: the root of what is served.
        project: slug.
        deployment: slug.
        architectures: those that the project has computers of.
        packages: in any order; of several with one file name the first counts.
        key: the file of the secret key (see `openpgp`).
        now: the time of the build, with time zone.
    """

    public_dir: Path
    project: str
    deployment: str
    architectures: tuple[str, ...]
    packages: tuple[PublishedPackage, ...]
    key: Path
    now: datetime


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did.

    Attributes:
        packages: how many files are published.
        left_out: names of the files that are not, sorted: of an architecture that the project
            does not have, missing from their store, or with a name or a stanza that cannot be
            published.
        generation: what tells this version of the repository from others.
    """

    packages: int
    left_out: tuple[str, ...]
    generation: str


def build(repository: AptRepository) -> BuildResult:
    """Build a new generation of a repository and switch to it.

    Whatever fails, the generation that is served stays as it is.

    Raises:
        InvalidDataError: when a slug or an architecture cannot be part of a path.
        ConfigurationError: when the key cannot be used.
        OSError: when the disk does not take it.
    """
    for architecture in repository.architectures:
        if _ARCHITECTURE.fullmatch(architecture) is None:
            raise InvalidDataError(f"{architecture!r} is not an architecture.")
    served = _served_path(repository.public_dir, repository.project, repository.deployment)
    make_directory(served.parent, repository.public_dir)
    generation = f"{repository.now.astimezone(UTC):%Y%m%d%H%M%S%f}-{secrets.token_hex(4)}"
    directory = generation_path(served, generation)
    try:
        published = _fill(directory, served, repository)
        switch(served, directory)
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    remove_old_generations(served, repository.now)
    names = {package.filename for package in published}
    left_out = {package.filename for package in repository.packages} - names
    return BuildResult(len(names), tuple(sorted(left_out)), generation)


def remove(public_dir: Path, project: str, deployment: str) -> None:
    """Remove a repository with all its generations; none is needed to exist.

    Raises:
        InvalidDataError: when a slug cannot be part of a path.
        OSError: when something cannot be removed.
    """
    served = _served_path(public_dir, project, deployment)
    remove_all(served)


def is_safe_name(name: str) -> bool:
    """Tell whether a file of this name can be published.

    It has to be one component of a path, not hidden, not an option of some program, and without
    blanks and control characters.
    """
    return (
        name.isprintable()
        and not any(character.isspace() or character == "/" for character in name)
        and not name.startswith((".", "-"))
        and 0 < len(name.encode()) <= MAX_FILE_NAME
    )


def _served_path(public_dir: Path, project: str, deployment: str) -> Path:
    for slug in (project, deployment):
        if not is_slug(slug):
            raise InvalidDataError(f"{slug!r} cannot be part of a repository's path.")
    return public_dir / project / "repos" / "dists" / deployment


def _fill(directory: Path, served: Path, repository: AptRepository) -> list[PublishedPackage]:
    """Write a whole generation and return what it publishes."""
    make_directory(directory / COMPONENT, directory.parent)
    published = _publishable(repository)
    for package in published:
        _link_package(directory / COMPONENT, package)
    date = _next_date(served, repository.now)
    indexes: dict[str, bytes] = {}
    for architecture in dict.fromkeys(repository.architectures):
        content = _packages_index(repository.deployment, architecture, published)
        indexes |= _compressed(f"{COMPONENT}/binary-{architecture}/Packages", content)
    for path, content in indexes.items():
        _write_index(directory / path, content, date)
    _carry_over(served, directory, repository.now)
    release = _release(repository, indexes, date)
    _write(directory / "Release", release, date)
    _write(directory / "InRelease", openpgp.clear_sign(repository.key, release), date)
    _write(directory / "Release.gpg", openpgp.detach_sign(repository.key, release), date)
    return published


def _publishable(repository: AptRepository) -> list[PublishedPackage]:
    """Return the packages that go into the repository, each once, in the order of the indexes."""
    stores = repository.public_dir / repository.project / "stores"
    architectures = {*repository.architectures, _ALL} if repository.architectures else set()
    chosen: dict[str, tuple[tuple[str, Version, str], PublishedPackage]] = {}
    for package in repository.packages:
        if (
            package.filename not in chosen
            and (order := _order(package))
            and package.architecture in architectures
            # Without the suffix a link could take the place of a directory of indexes.
            and package.filename.endswith(".deb")
            and is_safe_name(package.filename)
            and is_slug(package.store)
            and (stores / package.store / package.filename).is_file()
        ):
            chosen[package.filename] = (order, package)
    return [package for _, package in sorted(chosen.values(), key=lambda pair: pair[0])]


def _order(package: PublishedPackage) -> tuple[str, Version, str] | None:
    """Return the place of a package in an index, or None when its stanza does not tell it."""
    fields = dict(_FIELD.findall(package.stanza))
    try:
        return fields["Package"], Version(fields["Version"]), package.filename
    except (KeyError, ValueError):
        return None


def _link_package(component: Path, package: PublishedPackage) -> None:
    # Contract: repositories 1
    link = component / package.filename
    link.symlink_to(f"../../../../stores/{package.store}/{package.filename}")


def _packages_index(
    deployment: str, architecture: str, packages: Iterable[PublishedPackage]
) -> bytes:
    return "".join(
        f"{package.stanza.rstrip()}\n"
        f"Filename: dists/{deployment}/{COMPONENT}/{package.filename}\n"
        f"Size: {package.size}\n"
        f"MD5sum: {package.md5}\n"
        f"SHA256: {package.sha256}\n\n"
        for package in packages
        if package.architecture in (architecture, _ALL)
    ).encode()


def _compressed(path: str, content: bytes) -> dict[str, bytes]:
    """Return an index in all forms in which it is offered."""
    return {
        path: content,
        f"{path}.gz": gzip.compress(content, GZIP_LEVEL, mtime=0),
        f"{path}.xz": lzma.compress(content, preset=XZ_PRESET),
    }


def _release(repository: AptRepository, indexes: dict[str, bytes], date: datetime) -> bytes:
    # Contract: repositories 5.1. Only indexes are listed: every client fetches this file.
    lines = [
        f"Architectures: {' '.join(dict.fromkeys(repository.architectures))}",
        f"Codename: {repository.deployment}",
        f"Components: {COMPONENT}",
        f"Date: {date.strftime(_RELEASE_DATE)}",
        f"Label: migasfree {repository.deployment} repository",
        "Origin: migasfree",
        f"Suite: {repository.deployment}",
        "Acquire-By-Hash: yes",
        "SHA256:",
    ]
    lines += [
        f" {hashlib.sha256(content).hexdigest()} {len(content):>16} {path}"
        for path, content in sorted(indexes.items())
    ]
    return "\n".join(lines).encode() + b"\n"


def _next_date(served: Path, now: datetime) -> datetime:
    """Return the date of a new generation, in whole seconds and later than that of the last.

    apt ignores metadata that is older than what it has, and a web server takes two versions of
    one second for the same: a client would stay behind until the build after this.
    """
    date = now.astimezone(UTC).replace(microsecond=0)
    try:
        text = (served / "Release").read_text()
        found = re.search(r"^Date: (.+)$", text, re.MULTILINE)
        last = datetime.strptime(found[1] if found else "", _RELEASE_DATE).replace(tzinfo=UTC)
    except (OSError, ValueError):
        return date
    date_after_last = last + timedelta(seconds=1)
    # Further ahead is the mistake of a clock; following it, clients would refuse all builds.
    if date_after_last - date > timedelta(seconds=MAX_DATE_LEAD_SECONDS):
        return date
    return max(date, date_after_last)


def _carry_over(served: Path, directory: Path, now: datetime) -> None:
    """Keep for a while what the last generation offered and the new one does not.

    A client that has the old indexes, or is just fetching them, needs them whole, and the
    packages that they name.
    """
    left_at = _departures(served)
    kept: dict[str, float] = {}
    for source in _offered(served):
        path = source.relative_to(served)
        since = left_at.get(str(path), now.timestamp())
        target = directory / path
        if os.path.lexists(target) or now.timestamp() - since >= KEEP_SECONDS:
            continue
        make_directory(target.parent, directory)
        if source.is_symlink():
            target.symlink_to(source.readlink())
            if not target.is_file():  # its package has left the store too
                target.unlink()
                continue
        else:
            _link_or_copy(source, target)
        kept[str(path)] = since
    lines = "".join(f"{since:.3f} {path}\n" for path, since in kept.items())
    _write(directory / _DEPARTED, lines.encode(), now)


def _offered(directory: Path) -> Iterator[Path]:
    """Yield the links to packages and the indexes by hash of a generation."""
    for path in sorted((directory / COMPONENT).glob("*")):
        if path.is_symlink():
            yield path
    for path in sorted((directory / COMPONENT).glob(f"binary-*/{_BY_HASH}/*")):
        if path.is_file():
            yield path


def _departures(directory: Path) -> dict[str, float]:
    """Return since when (seconds since the epoch) a generation offers what it only keeps."""
    try:
        lines = (directory / _DEPARTED).read_text().splitlines()
    except OSError:
        return {}
    return {path: float(since) for since, path in (line.split(" ", 1) for line in lines)}


def _write(path: Path, content: bytes, date: datetime) -> None:
    """Write a file that is readable by all, modified at a date, which web servers tell."""
    path.write_bytes(content)
    path.chmod(0o644)
    os.utime(path, (date.timestamp(), date.timestamp()))


def _write_index(path: Path, content: bytes, date: datetime) -> None:
    by_hash = path.parent / _BY_HASH / hashlib.sha256(content).hexdigest()
    make_directory(by_hash.parent, path.parent.parent)
    _write(path, content, date)
    if not by_hash.exists():
        _link_or_copy(path, by_hash)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target)
