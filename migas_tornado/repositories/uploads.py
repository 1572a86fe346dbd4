"""Packages that packagers upload. Contract: agent-v5 8, repositories 2 and 3."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from migas_tornado.bus import Channel, tell
from migas_tornado.db import Connection, transaction
from migas_tornado.enrolment.projects import Project
from migas_tornado.errors import ConflictError, InvalidDataError, NotAPackageError, NotFoundError
from migas_tornado.inventory.package_names import FULLNAME_LIMIT, parse_package_name
from migas_tornado.pms import system
from migas_tornado.pms.system import PackageMetadata
from migas_tornado.repositories import store
from migas_tornado.repositories.stale import mark_stale
from migas_tornado.repositories.store import UploadedFile
from migas_tornado.settings import Settings
from migas_tornado.slugs import slugify

NAME_LENGTH = 50
MALFORMED = "Malformed claims"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an upload belongs."""

    project: Project
    store: str
    package_set: str = ""
    """Name of the set that the package joins; empty for none."""
    directory: tuple[str, ...] = ()
    """Directory below the store where a file is offered that is no package."""
    keeps_content: bool = False
    """Whether another package with the name of one that is there is refused."""


@dataclass(frozen=True, slots=True)
class ReceivedPackage:
    """A package that was checked and whose content is kept."""

    file: UploadedFile
    package: PackageMetadata


@dataclass(frozen=True, slots=True)
class RecordedPackage:
    """Where a package is now."""

    id: int
    shelf: str
    """Slug of its store."""
    old_shelf: str | None
    """Slug of the store that had it before; None for a new package."""


def base_name(path: object) -> str:
    """Return the last part of a path that an agent sent.

    Raises:
        InvalidDataError: it is no path.
    """
    name = PurePosixPath(path.replace("\\", "/")).name if isinstance(path, str) else ""
    if not name or len(name) > NAME_LENGTH * 5 or name == "..":
        raise InvalidDataError(MALFORMED)
    return name


class Uploads:
    """Takes uploads into stores.

    Args:
        settings: for the directories.
        run_in_pool: runs a function in another process.
    """

    def __init__(self, settings: Settings, run_in_pool: Callable[..., Awaitable[Any]]) -> None:
        self._settings = settings
        self._run_in_pool = run_in_pool

    async def add_package(self, file: UploadedFile, destination: Destination) -> None:
        """Take a package: it is checked, kept, recorded and offered, and repositories renewed.

        Raises:
            NotAPackageError: it is none of the project's package management system.
            InvalidDataError: its name cannot be used.
        """
        received = await self.receive(file, destination.project)
        async with transaction() as database:
            recorded = await record_package(database, received, destination)
        await self.publish(received, destination, recorded)

    async def add_to_set(self, file: UploadedFile, destination: Destination) -> None:
        """Take a file of a directory that is uploaded as a set: a package, or what goes with them.

        A package lies in the store itself, where repositories and links find it; any other file
        keeps its place within the directory. Contract: repositories 7.

        Raises:
            NotAPackageError: it ends like a package and is none.
            InvalidDataError: its name cannot be used.
        """
        if _ends_like_package(file.name, destination.project):
            await self.add_package(file, destination)
        else:
            await self.add_file(file, destination)

    async def receive(self, file: UploadedFile, project: Project) -> ReceivedPackage:
        """Check a package and keep its content, which nobody sees before it is recorded.

        Raises:
            NotAPackageError: it is none of the project's package management system.
            InvalidDataError: its name cannot be used.
        """
        received = await self.receive_all([file], project)
        return received[0]

    async def receive_all(
        self, files: list[UploadedFile], project: Project
    ) -> list[ReceivedPackage]:
        """Check some packages, and keep their contents when all are good; see `receive`.

        Raises:
            NotAPackageError: one is none of the project's package management system.
            InvalidDataError: a name cannot be used.
        """
        received = [ReceivedPackage(file, await self._check(file, project)) for file in files]
        for file in files:
            await asyncio.to_thread(store.keep, file, self._settings.store_dir)
        return received

    async def publish(
        self, received: ReceivedPackage, destination: Destination, recorded: RecordedPackage
    ) -> None:
        """Offer a package that is recorded for certain."""
        name, shelf, old_shelf = received.file.name, recorded.shelf, recorded.old_shelf
        await self._offer(received.file, destination.project, shelf)
        if old_shelf not in (None, shelf):
            stores = store.shelf_path(self._settings.public_dir, destination.project.slug, "")
            await asyncio.to_thread(store.redirect, stores, old_shelf, shelf, name)

    async def add_file(self, file: UploadedFile, destination: Destination) -> None:
        """Take a file that is no package: it is only kept and offered.

        Raises:
            InvalidDataError: its name or place cannot be used, or is a package's.
        """
        name = store.check_file_name(file.name)
        if any(_ends_like_package(part, destination.project) for part in destination.directory):
            raise InvalidDataError({"path": ["A directory cannot be called like a package."]})
        await asyncio.to_thread(store.keep, file, self._settings.store_dir)
        async with transaction() as database:
            _, shelf = await _store(database, destination)
            if await database.fetchval(
                "SELECT EXISTS (SELECT FROM core_package WHERE project_id = $1 AND fullname = $2 "
                "AND store_id IS NOT NULL)",
                destination.project.id,
                (*destination.directory, name)[0],  # what it would take the place of
            ):
                raise InvalidDataError({"file": ["There is a package with this name."]})
            # Where it cannot be offered, no new store stays behind.
            await self._offer(file, destination.project, shelf, destination.directory)

    async def _check(self, file: UploadedFile, project: Project) -> PackageMetadata:
        name = store.check_file_name(file.name)
        if len(name) > FULLNAME_LIMIT:
            raise InvalidDataError({"file": [f"A name has at most {FULLNAME_LIMIT} characters."]})
        pms = system(project.pms)
        if not _ends_like_package(file.name, project):
            raise NotAPackageError(
                {"file": [f"A package of {pms.name} ends in .{', .'.join(pms.extensions)}."]}
            )
        if pms.reads_files:
            return await self._run_in_pool(read_package, pms.name, file.path, file.name)
        parsed = parse_package_name(file.name)
        return PackageMetadata(parsed.name, parsed.version, parsed.architecture, "")

    async def _offer(
        self, file: UploadedFile, project: Project, shelf: str, directory: tuple[str, ...] = ()
    ) -> None:
        settings = self._settings
        place = store.shelf_path(settings.public_dir, project.slug, shelf).joinpath(*directory)
        await asyncio.to_thread(store.offer, settings.store_dir, file.sha256, place, file.name)


def _ends_like_package(name: str, project: Project) -> bool:
    return name.endswith(tuple(f".{extension}" for extension in system(project.pms).extensions))


def read_package(pms: str, path: Path, filename: str) -> PackageMetadata:
    """Read a package file, in a worker process.

    Raises:
        NotAPackageError: it is no sound package of the package management system.
    """
    return system(pms).read(path, filename)


async def record_package(
    database: Connection, received: ReceivedPackage, destination: Destination
) -> RecordedPackage:
    """Write the rows of a package, and renew the repositories that have it.

    Args:
        database: inside a transaction.
        received: the package.
        destination: where it belongs; its store is made when it is new.

    Raises:
        InvalidDataError: no directory can be named like the store.
        ConflictError: it would replace another package of the same name, and must not.
    """
    store_id, shelf = await _store(database, destination)
    if destination.keeps_content:
        await _refuse_other_content(database, received.file, destination)
    old_shelf = await _shelf_of(database, received.file.name, destination)
    key = await _record(database, received.file, received.package, destination, store_id)
    return RecordedPackage(key, shelf, old_shelf)


async def _refuse_other_content(
    database: Connection, file: UploadedFile, destination: Destination
) -> None:
    known = await database.fetchval(
        "SELECT f.sha256 FROM core_package p JOIN core_packagefile f ON f.package_id = p.id "
        "WHERE p.project_id = $1 AND p.fullname = $2 FOR UPDATE OF p",
        destination.project.id,
        file.name,
    )
    if known not in (None, file.sha256):
        raise ConflictError("There is another package with this name.")


async def _store(database: Connection, destination: Destination) -> tuple[int, str]:
    """Return id and slug of the store, made when it is new.

    Raises:
        InvalidDataError: no directory can be named like it.
    """
    name, slug = destination.store, slugify(destination.store)
    if not slug or len(name) > NAME_LENGTH:
        raise InvalidDataError(
            {"store": [f"A name of 1 to {NAME_LENGTH} characters with letters is expected."]}
        )
    row = await database.fetchrow(
        "INSERT INTO core_store (name, slug, project_id) VALUES ($1, $2, $3) "
        # Another store whose name makes the same directory is the same store.
        "ON CONFLICT (project_id, slug) DO UPDATE SET slug = excluded.slug RETURNING id, slug",
        name,
        slug,
        destination.project.id,
    )
    return row["id"], row["slug"]


async def _shelf_of(database: Connection, name: str, destination: Destination) -> str | None:
    """Return the slug of the store that has a package now, or None."""
    return await database.fetchval(
        "SELECT s.slug FROM core_package p JOIN core_store s ON s.id = p.store_id "
        "WHERE p.project_id = $1 AND p.fullname = $2 FOR UPDATE OF p",
        destination.project.id,
        name,
    )


async def _record(
    database: Connection,
    file: UploadedFile,
    package: PackageMetadata,
    destination: Destination,
    store_id: int,
) -> int:
    key = await database.fetchval(
        """
        INSERT INTO core_package (project_id, fullname, name, version, architecture, store_id)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (project_id, fullname) DO UPDATE
        SET name = excluded.name, version = excluded.version,
            architecture = excluded.architecture, store_id = excluded.store_id
        RETURNING id
        """,
        destination.project.id,
        file.name,
        package.name,
        package.version,
        package.architecture,
        store_id,
    )
    await database.execute(
        """
        INSERT INTO core_packagefile (package_id, sha256, md5, size, metadata, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (package_id) DO UPDATE
        SET sha256 = excluded.sha256, md5 = excluded.md5, size = excluded.size,
            metadata = excluded.metadata, created_at = excluded.created_at
        """,
        key,
        file.sha256,
        file.md5,
        file.size,
        package.metadata,
        datetime.now(UTC),
    )
    if destination.package_set:
        await _join_set(database, key, destination, store_id)
    await mark_stale(database, packages=[key])
    tell(database, Channel.RECORDS, kind="packages", change="created", ids=[key])
    return key


async def _join_set(
    database: Connection, package_id: int, destination: Destination, store_id: int
) -> None:
    key = await database.fetchval(
        """
        INSERT INTO core_packageset (name, project_id, store_id) VALUES ($1, $2, $3)
        ON CONFLICT (project_id, name) DO UPDATE SET store_id = excluded.store_id
        RETURNING id
        """,
        destination.package_set,
        destination.project.id,
        store_id,
    )
    await database.execute(
        "INSERT INTO core_packageset_packages (packageset_id, package_id) VALUES ($1, $2) "
        "ON CONFLICT DO NOTHING",
        key,
        package_id,
    )


async def renew_repositories(project: Project, name: str) -> None:
    """Renew the repositories that have a package, or a set, of this name.

    Raises:
        NotFoundError: there is neither.
    """
    async with transaction() as database:
        packages = await database.fetch(
            "SELECT id FROM core_package WHERE project_id = $1 AND fullname = $2 "
            "UNION "
            "SELECT m.package_id FROM core_packageset s "
            "JOIN core_packageset_packages m ON m.packageset_id = s.id "
            "WHERE s.project_id = $1 AND s.name = $2",
            project.id,
            name,
        )
        if not packages:
            raise NotFoundError("No Package or PackageSet matches the given query.")
        await mark_stale(database, packages=[row["id"] for row in packages])
