"""Taking a backup: the database at one moment, and every file that belongs to that moment.

Package files are immutable, so that a second name keeps one from going away while it is copied;
keys are only ever added. So nothing has to stop meanwhile.
"""

import asyncio
import os
import secrets
import shutil
import stat
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg

from migas_tornado import __version__
from migas_tornado.backup.archive import ArchiveWriter, BackupError, writing
from migas_tornado.backup.database import dump
from migas_tornado.settings import Settings

DUMP = "database.dump"
CONFIGURATION = "configuration-of-backup.env"
NOT_KEPT = ("postgres", "store", "lock", "cache", DUMP, CONFIGURATION)
"""Names in the data directory that a backup leaves out, or takes in another way."""
HELD = ".backup-"
ABANDONED_SECONDS = 2 * 86_400


async def write_backup(
    settings: Settings, credentials: dict[str, Any], path: Path, *, with_packages: bool
) -> None:
    """Write a backup of a site, whether a server runs or not.

    Args:
        settings: of the site.
        credentials: of its database.
        path: file to be written, with mode 0600.
        with_packages: whether the content of packages is in it, or only their names.

    Raises:
        BackupError: it cannot be written; no file is left.
    """
    _check_place(path)
    header = {
        "version": __version__,
        "created_at": datetime.now(UTC).isoformat(),
        "has_packages": with_packages,
        "migrations": await _migrations(credentials),
    }
    try:
        await asyncio.to_thread(_write, settings, credentials, path, header)
    except OSError as error:
        raise BackupError(f"{path} could not be written: {error}.") from error


def _check_place(path: Path) -> None:
    if path.exists() or not path.parent.is_dir():
        raise BackupError(f"{path} exists already, or its directory does not.")


async def _migrations(credentials: dict[str, Any]) -> list[str]:
    connection = await asyncpg.connect(**credentials)
    try:
        rows = await connection.fetch("SELECT version FROM aerich WHERE app = 'models' ORDER BY id")
        return [row["version"] for row in rows]
    finally:
        await connection.close()


def _write(
    settings: Settings, credentials: dict[str, Any], path: Path, header: dict[str, Any]
) -> None:
    held = settings.store_dir / f"{HELD}{secrets.token_hex(4)}"
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent) as scratch:
        draft = Path(scratch) / "backup"
        try:
            _forget_old(settings.store_dir)
            # What is there before and after the database was read is all that it can name.
            _hold(settings.store_dir, held)
            dump(credentials, Path(scratch) / DUMP)
            _hold(settings.store_dir, held)
            with writing(draft, header) as archive:
                _add(archive, Path(scratch) / DUMP, DUMP)
                archive.add_bytes(CONFIGURATION, _configuration())
                contents = _add_store(archive, held, with_content=header["has_packages"])
                for one in sorted(settings.data_dir.iterdir()):
                    if one.name not in NOT_KEPT and one.name[0] != "." and one.suffix != ".lock":
                        _add_tree(archive, one, one.name, contents)
        finally:
            shutil.rmtree(held, ignore_errors=True)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.rename(path)


def _forget_old(store: Path) -> None:
    """Remove what a backup that was killed has left."""
    for one in store.glob(f"{HELD}*"):
        if time.time() - one.stat().st_mtime > ABANDONED_SECONDS:
            shutil.rmtree(one, ignore_errors=True)


def _hold(store: Path, held: Path) -> None:
    """Give every content of the store a second name, so that none goes away."""
    for path in store.glob("[0-9a-f][0-9a-f]/*"):
        name = held / path.parent.name / path.name
        if not name.exists():
            name.parent.mkdir(parents=True, exist_ok=True)
            try:
                name.hardlink_to(path)
            except FileNotFoundError:
                continue


def _add_store(
    archive: ArchiveWriter, held: Path, *, with_content: bool
) -> dict[tuple[int, int], str]:
    """Write the contents of the store; returns device and inode -> name in the backup."""
    found: dict[tuple[int, int], str] = {}
    for path in sorted(held.glob("*/*")):
        name = f"store/{path.parent.name}/{path.name}"
        status = path.stat()
        found[status.st_dev, status.st_ino] = name
        if with_content:
            _add(archive, path, name)
    return found


def _add_tree(
    archive: ArchiveWriter, path: Path, name: str, contents: dict[tuple[int, int], str]
) -> None:
    """Write a file, link or directory; what vanishes meanwhile was not part of the site any more.

    Files are only ever switched by rename, so that one that is open is whole.
    """
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            archive.add_link(name, str(path.readlink()), is_hard=False)
        elif stat.S_ISDIR(status.st_mode):
            archive.add_directory(name, status.st_mode)
            for one in sorted(path.iterdir()):
                _add_tree(archive, one, f"{name}/{one.name}", contents)
        elif (status.st_dev, status.st_ino) in contents:
            archive.add_link(name, contents[status.st_dev, status.st_ino], is_hard=True)
        elif stat.S_ISREG(status.st_mode):
            _add(archive, path, name)
    except FileNotFoundError:
        return


def _add(archive: ArchiveWriter, path: Path, name: str) -> None:
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        archive.add_file(name, file, status.st_size, status.st_mode)


def _configuration() -> bytes:
    """Return the settings as the environment has them, for whoever sets up the next server."""
    lines = [
        f"{name}={value}\n" for name, value in sorted(os.environ.items()) if name[:6] == "MIGAS_"
    ]
    return "".join(lines).encode()
