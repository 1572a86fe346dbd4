"""One build of a repository: a new generation beside the one that is served, then the switch.

The steps of a build are plain functions of files for threads and worker processes; who calls them
knows the database. Only one build of a deployment may run at a time, which is the caller's care.
Contract: repositories 4.2.
"""

import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from migas_tornado.pms import system
from migas_tornado.pms.system import Chunk, Generation, PublishedPackage, Repository, Signer
from migas_tornado.repositories import manifest as manifests
from migas_tornado.repositories import store
from migas_tornado.repositories.durability import sync_directory, sync_tree
from migas_tornado.repositories.generations import (
    KEEP_SECONDS,
    generation_path,
    make_directory,
    remove_old_generations,
    switch,
)
from migas_tornado.repositories.lasting import carry_over
from migas_tornado.repositories.manifest import Manifest, ManifestChunk, Part
from migas_tornado.repositories.package_links import PackageLinks, remove_links
from migas_tornado.repositories.plan import plan_chunks
from migas_tornado.repositories.served import served_path
from migas_tornado.repositories.streams import Fragment, checksum, write_stream
from migas_tornado.slugs import is_slug

MAX_DATE_LEAD_SECONDS = 10  # apt refuses metadata that is from further in the future
MAX_FILE_NAME = 255  # bytes, the limit of file systems
SPOOL_BYTES = 4 * 1024**2  # of new chunks in memory; more of them go to disk


@dataclass(frozen=True, slots=True)
class Site:
    """Where a repository is and what it is for.

    Attributes:
        public_dir: the root of what is served.
        store_dir: where contents are kept.
        pms: name of the package management system.
        repository: what it is for.
    """

    public_dir: Path
    store_dir: Path
    pms: str
    repository: Repository

    @property
    def served(self) -> Path:
        """Path under which the repository is served.

        Raises:
            InvalidDataError: when a slug cannot be part of a path.
        """
        return served_path(
            self.public_dir, self.pms, self.repository.project, self.repository.deployment
        )


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did.

    Attributes:
        packages: how many files are published.
        left_out: names of the files that are not, sorted: missing from their store, with a name
            that cannot be published, or refused by the package management system.
        generation: what tells this version of the repository from others.
    """

    packages: int
    left_out: tuple[str, ...]
    generation: str


@dataclass(slots=True)
class Build:
    """A build under way.

    Attributes:
        site: which repository.
        groups: keys of the packages to render; each group becomes one chunk.
    """

    site: Site
    groups: list[list[int]]
    _now: datetime
    _generation: str
    _last: Manifest | None
    _kept: list[ManifestChunk]
    _left_out: dict[int, tuple[int, str]]
    _wanted: dict[int, int]
    _spool: BinaryIO
    _missing: list[str] = field(default_factory=list)
    _new: list[tuple[ManifestChunk, dict[str, int]]] = field(default_factory=list)
    _targets: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def begin(
        cls, site: Site, wanted: dict[int, int], now: datetime, *, from_scratch: bool = False
    ) -> "Build":
        """Find out what has to be rendered, and make the directory of the new generation.

        Args:
            site: which repository.
            wanted: key -> revision of all packages that the deployment has.
            now: the time of the build, with time zone.
            from_scratch: whether nothing is taken over from what is served.

        Raises:
            InvalidDataError: when a slug cannot be part of a path.
            OSError: when the disk does not take it.
        """
        served = site.served
        make_directory(served.parent, site.public_dir)
        last = manifests.load(served, _facts(site))
        can_use = last is not None and last.facts and not from_scratch
        plan = plan_chunks(last if can_use else None, wanted, system(site.pms).chunk_packages)
        generation = f"{now.astimezone(UTC):%Y%m%d%H%M%S%f}-{secrets.token_hex(4)}"
        directory = generation_path(served, generation)
        make_directory(directory, served.parent)
        # `complete` or `abandon` closes it.
        spool = tempfile.SpooledTemporaryFile(SPOOL_BYTES, dir=directory)  # noqa: SIM115
        return cls(
            site, plan.groups, now, generation, last, plan.kept, plan.left_out, wanted, spool
        )

    @property
    def directory(self) -> Path:
        """Where the new generation is built."""
        return generation_path(self.site.served, self._generation)

    def admit(self, packages: Iterable[PublishedPackage]) -> list[PublishedPackage]:
        """Return the packages that can be published, and how; the others are left out.

        Files missing on their shelf are offered there again.
        """
        admitted, links = [], self._links()
        for package in packages:
            if not self._is_publishable(package):
                self._leave_out(package)
            elif self._is_there(package):
                admitted.append(self._placed(package, links))
            else:
                # Looked for again at every build: it may come back without a change of its record.
                self._missing.append(package.filename)
        return admitted

    def add(self, packages: list[PublishedPackage], chunk: Chunk) -> None:
        """Take a rendered chunk.

        Args:
            packages: those that it was rendered from, as `admit` returned them.
            chunk: as the package management system returned it.
        """
        pms, repository = system(self.site.pms), self.site.repository
        record = ManifestChunk([], [], [], {})
        for package in packages:
            if package.key in chunk.left_out:
                self._leave_out(package)
                continue
            links = pms.link_paths(repository, package)
            record.keys.append(package.key)
            record.revisions.append(self._wanted[package.key])
            record.links.append("\t".join(links))
            self._targets += [(link, package.sha256) for link in links]
        if not record.keys:
            return
        places = {}
        for path, content in chunk.parts.items():
            places[path] = self._spool.tell()
            record.parts[path] = Part(len(content), checksum(content))
            self._spool.write(content)
        self._new.append((record, places))

    def complete(self, signer: Signer) -> BuildResult:
        """Write the new generation and switch to it.

        Raises:
            ConfigurationError: when the key cannot be used.
            DamagedError: when what is served was changed on disk; a build from scratch repairs it.
            OSError: when the disk does not take it.
        """
        site, served, directory = self.site, self.site.served, self.directory
        pms, repository = system(site.pms), site.repository
        new = self._manifest()
        links = self._links()
        is_unsure = links.begin(site.public_dir)
        taken = []
        if self._last is None and served.is_dir():
            taken = links.take_over(served, site.public_dir / repository.project / "stores")
        for target in self._targets:
            links.add(*target)
        exposures = pms.exposures(repository)
        for name, path in exposures.items():
            links.expose(name, path)
        new.exposures = list(exposures)
        links.lead_in(directory)
        date = datetime.fromtimestamp(new.date, UTC)
        generation = Generation(directory, date, new.packages, self._streams(new), signer)
        pms.finish(repository, generation)
        self._spool.close()
        carry_over(served, directory, self._last, new, generation.lasting, self._now)
        gone = self._depart(new, links, [*taken, *(links.names() if is_unsure else ())])
        manifests.save(directory, new)
        links.prepare_switch(directory)
        # The database will say that this is built: it has to outlast a loss of power as well.
        sync_tree(directory)
        links.sync()
        switch(served, directory)
        sync_directory(served.parent)
        links.settle()
        remove_links(served, gone)
        links.end()
        remove_old_generations(served, self._now)
        left_out = sorted([*self._missing, *(name for _, name in self._left_out.values())])
        return BuildResult(new.packages, tuple(left_out), self._generation)

    def abandon(self) -> None:
        """Leave nothing of the new generation behind."""
        self._spool.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _is_publishable(self, package: PublishedPackage) -> bool:
        site = self.site
        if not (is_safe_name(package.filename) and is_slug(package.store)):
            return False
        # Without the suffix a link could take the place of something else.
        return package.filename.endswith(tuple(f".{one}" for one in system(site.pms).extensions))

    def _is_there(self, package: PublishedPackage) -> bool:
        """Offer a package on its shelf, unless the store does not have its content."""
        site = self.site
        shelf = store.shelf_path(site.public_dir, site.repository.project, package.store)
        try:
            store.offer(site.store_dir, package.sha256, shelf, package.filename)
        except FileNotFoundError:
            return False
        return True

    def _placed(self, package: PublishedPackage, links: PackageLinks) -> PublishedPackage:
        """Give a package an address of its own while its usual one has another content.

        Who still has the old index gets what that names, and no proxy takes one for the other.
        """
        if not system(self.site.pms).takes_directories:
            return package
        if links.is_free(package.path, package.sha256):
            return package
        return replace(package, directory=package.sha256[:16])

    def _links(self) -> PackageLinks:
        return PackageLinks(self.site.served, self.site.store_dir)

    def _leave_out(self, package: PublishedPackage) -> None:
        self._left_out[package.key] = (self._wanted[package.key], package.filename)

    def _manifest(self) -> Manifest:
        date = self._now.astimezone(UTC).replace(microsecond=0)
        new = Manifest(_facts(self.site), int(date.timestamp()))
        if self._last is not None and self._last.date + 1 - new.date <= MAX_DATE_LEAD_SECONDS:
            # apt ignores metadata that is older than what it has, and a web server takes two
            # versions of one second for the same. Further ahead is the mistake of a clock.
            new.date = max(new.date, self._last.date + 1)
        new.chunks = [*self._kept, *(chunk for chunk, _ in self._new)]
        new.left_out = self._left_out
        return new

    def _streams(self, new: Manifest) -> dict:
        """Write all streams, and return their facts."""
        pms, facts = system(self.site.pms), {}
        for stream in pms.streams(self.site.repository, new.packages):
            old = self.site.served / stream.path
            fragments = self._kept_fragments(stream.path)
            fragments += [
                Fragment(places[stream.path], chunk.parts[stream.path])
                for chunk, places in self._new
                if stream.path in places
            ]
            new.heads[stream.path] = len(stream.head)
            target = self.directory / stream.path
            make_directory(target.parent, self.directory)
            facts[stream.path] = write_stream(stream, target, old, self._spool, fragments, new.date)
        return facts

    def _kept_fragments(self, path: str) -> list[Fragment]:
        """Return where in the old stream the kept chunks are."""
        if not self._kept:
            return []
        kept = set(map(id, self._kept))
        fragments, start = [], self._last.heads[path]
        for chunk in self._last.chunks:
            part = chunk.parts.get(path)
            if part is None:
                continue
            if id(chunk) in kept:
                fragments.append(Fragment(start, part, is_old=True))
            start += part.size
        return fragments

    def _depart(self, new: Manifest, links: PackageLinks, found: list[str]) -> list[str]:
        """Note which links the new generation does not name, and return those whose time is up."""
        now = self._now.timestamp()
        departed = dict(self._last.departed) if self._last is not None else {}
        if self._last is not None:
            for chunk in self._last.chunks:
                if not any(chunk is kept for kept in self._kept):
                    found += [one for names in chunk.links for one in names.split("\t")]
            found += self._last.exposures
        missing = {*found, *departed}.difference(
            (link for link, *_ in self._targets), new.exposures
        )
        if not missing:
            return []
        current = new.links()
        gone = []
        for name in missing - current:
            since = departed.get(name, now)
            if now - since >= KEEP_SECONDS or not links.leads_to_file(name):
                gone.append(name)
            else:
                new.departed[name] = since
        return gone


def build_at_once(
    site: Site,
    wanted: dict[int, int],
    fetch: Callable[[list[int]], Iterable[PublishedPackage]],
    signer: Signer,
    now: datetime,
) -> BuildResult:
    """Do all steps of a build in this process.

    Args:
        site: which repository.
        wanted: key -> revision of all packages that the deployment has.
        fetch: returns the packages with some keys.
        signer: for signatures.
        now: the time of the build, with time zone.
    """
    build = Build.begin(site, wanted, now)
    try:
        for group in build.groups:
            packages = build.admit(fetch(group))
            build.add(packages, system(site.pms).render(site.repository, packages))
        return build.complete(signer)
    except BaseException:
        build.abandon()
        raise


def render(pms: str, repository: Repository, packages: list[PublishedPackage]) -> Chunk:
    """Render the index entries of some packages, in a worker process or a thread."""
    return system(pms).render(repository, packages)


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


def _facts(site: Site) -> dict:
    repository, pms = site.repository, system(site.pms)
    return {
        "pms": [site.pms, pms.format_version],
        "repository": [repository.project, repository.deployment, *repository.architectures],
        "links": "contents",  # before, they led to shelves: those are all made anew
    }
