"""Putting a backup back: into an instance that has nothing yet, wholly or not at all."""

import asyncio
import os
import shutil
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg

from migas_tornado import db
from migas_tornado.backup.archive import HEADER, MANIFEST, BackupError, reading, verify
from migas_tornado.backup.database import has_fuzzy_search, is_empty, load
from migas_tornado.backup.writing import DUMP
from migas_tornado.embedded_postgres import EmbeddedPostgres
from migas_tornado.settings import Settings


async def restore_backup(settings: Settings, path: Path, packages: Path | None) -> int:
    """Fill an empty instance from a backup; the next start of the server goes on from there.

    Args:
        settings: of the instance.
        path: the backup.
        packages: a copy of the store of the old site, for a backup that has no packages.

    Returns:
        How many files of packages are missing, because the backup only names them.

    Raises:
        BackupError: the backup is not whole, or the instance is not empty; nothing was changed.
    """
    header = await asyncio.to_thread(verify, path)
    unknown = set(header["migrations"]) - db.known_migrations()
    if unknown:
        raise BackupError(
            f"{path} was made by a newer version, {header['version']}: it has {min(unknown)}. "
            "Install that version first. Nothing was changed."
        )
    _check_directory(settings.data_dir)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        missing = await asyncio.to_thread(_extract, settings, path, packages)
        async with _credentials(settings) as credentials:
            await _fill(credentials, settings.data_dir / DUMP)
    except BaseException:
        await asyncio.to_thread(_clear, settings.data_dir)
        raise
    for name in (DUMP, "database.contents"):
        (settings.data_dir / name).unlink(missing_ok=True)
    return missing


def _check_directory(directory: Path) -> None:
    if directory.exists() and any(directory.iterdir()):
        raise BackupError(
            f"{directory} is not empty. Set MIGAS_DATA_DIR to a directory that is; "
            "nothing was changed."
        )


@asynccontextmanager
async def _credentials(settings: Settings) -> AsyncIterator[dict[str, Any]]:
    """Lend how to reach the database; the embedded one is made, started, and stopped at the end."""
    if settings.database_url:
        yield db.credentials_of(settings.database_url)
        return
    postgres = EmbeddedPostgres(settings.postgres_dir)
    credentials = await asyncio.to_thread(postgres.start)
    try:
        yield credentials
    finally:
        await asyncio.to_thread(postgres.stop)


async def _fill(credentials: dict[str, Any], source: Path) -> None:
    connection = await _connect(credentials)
    try:
        if not await is_empty(connection):
            raise BackupError("The database is not empty; nothing was changed.")
        without_fuzzy_search = not await has_fuzzy_search(connection)
        await asyncio.to_thread(
            load, credentials, source, without_fuzzy_search=without_fuzzy_search
        )
        # The file system may be as of a moment later, and packages may be missing: whatever is
        # published is built anew.
        await connection.execute("UPDATE core_repository SET wanted = wanted + 1, built = 0")
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


async def _connect(credentials: dict[str, Any]) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(**credentials)
    except (OSError, asyncpg.PostgresError) as error:
        raise BackupError(
            f"The database cannot be reached: {error}. Nothing was changed."
        ) from error


def _extract(settings: Settings, path: Path, packages: Path | None) -> int:
    root, missing = settings.data_dir, set()
    directories: list[tuple[Path, int]] = []
    with reading(path) as tar:
        for member in tar:
            if member.name in (HEADER, MANIFEST):
                continue
            target = root / member.name
            if member.isdir():
                target.mkdir(mode=0o700, parents=True, exist_ok=True)
                directories.append((target, member.mode))
            elif member.issym():
                target.symlink_to(member.linkname)
            elif member.islnk():
                content = root / member.linkname
                if content.exists() or _fetch(content, packages):
                    target.hardlink_to(content)
                else:
                    missing.add(content)  # one has a name for each place that offers it
            else:
                _write(tar, member, target)
    for directory, mode in directories:
        directory.chmod(mode)
    return len(missing)


def _fetch(content: Path, packages: Path | None) -> bool:
    """Take a file of a package from the old site's store, if it is there."""
    source = packages / content.parent.name / content.name if packages else None
    if source is None or not source.is_file():
        return False
    content.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(source, content)
    content.chmod(0o644)
    return True


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    source = tar.extractfile(member)
    if source is None:
        raise BackupError(f"{member.name} is nothing that a backup holds.")
    target.touch(mode=0o600, exist_ok=False)
    with target.open("wb") as file:
        shutil.copyfileobj(source, file, 1024 * 1024)
        file.flush()
        os.fsync(file.fileno())
    target.chmod(member.mode)


def _clear(directory: Path) -> None:
    """Leave the directory as empty as it was found."""
    for one in directory.iterdir():
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one, ignore_errors=True)
        else:
            one.unlink(missing_ok=True)
