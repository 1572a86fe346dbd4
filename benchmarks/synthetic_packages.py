"""Tiny packages by the thousand, as files and as records of a server."""

import asyncio
import hashlib
import io
import sys
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
from measured_server import MeasuredServer

from migas_tornado.pms import system
from migas_tornado.repositories.store import content_path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from factories_rpm import make_rpm

BATCH = 2000
WORDS = (
    *("alpha", "bravo", "cargo", "delta", "eagle", "fjord", "grape"),
    *("hotel", "igloo", "joker", "koala", "lemon", "mango", "noble"),
)


class Synthetic:
    """Packages of one system in a directory, told apart by a number."""

    def __init__(self, pms: str, directory: Path) -> None:
        self.pms, self.directory = pms, directory
        directory.mkdir(parents=True, exist_ok=True)

    def path(self, number: int) -> Path:
        name = f"{WORDS[number % len(WORDS)]}-{number}"
        suffix = f"_1.{number}_all.deb" if self.pms == "apt" else f"-1.{number}-1.noarch.rpm"
        return self.directory / f"{name}{suffix}"

    def make(self, number: int) -> Path:
        path, word = self.path(number), WORDS[number % len(WORDS)]
        text = " ".join(WORDS[(number * 7 + step) % len(WORDS)] for step in range(30))
        if self.pms == "apt":
            _make_deb(path, f"{word}-{number}", f"1.{number}", text)
        else:
            make_rpm(path, f"{word}-{number}", f"1.{number}", requires=["bash"], description=text)
        return path

    def make_all(self, size: int) -> None:
        for number in range(size):
            self.make(number)


def _make_deb(path: Path, name: str, version: str, text: str) -> None:
    control = (
        f"Package: {name}\nVersion: {version}\nArchitecture: all\nSection: misc\n"
        "Priority: optional\nMaintainer: Acme <acme@example.com>\nInstalled-Size: 12\n"
        f"Depends: libc6 (>= 2.36), {WORDS[len(name) % len(WORDS)]}-common\n"
        f"Homepage: https://example.com/{name}\nDescription: {text[:60]}\n {text}\n"
    )
    members = (
        ("debian-binary", b"2.0\n"),
        ("control.tar", _tar({"./control": control.encode()})),
        ("data.tar", _tar({})),
    )
    content = b"!<arch>\n"
    for member, data in members:
        content += f"{member:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode()
        content += data + b"\n" * (len(data) % 2)
    path.write_bytes(content)


def _tar(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue().rstrip(b"\0").ljust(2048, b"\0")


async def fill_server(server: MeasuredServer, pms: str, size: int) -> None:
    """Give a server a project `bench` with so many packages in a set `bench`."""
    connection = await asyncpg.connect(
        host=str(server.data_dir / "postgres"), user="postgres", database="postgres"
    )
    await connection.execute(
        f"""
        INSERT INTO core_platform (name) VALUES ('Linux') ON CONFLICT DO NOTHING;
        INSERT INTO core_project
            (name, slug, pms, architecture, auto_register_computers, platform_id)
        SELECT 'bench', 'bench', '{pms}', 'amd64', true, min(id) FROM core_platform;
        INSERT INTO core_store (name, slug, project_id)
        SELECT 'main', 'main', id FROM core_project WHERE slug = 'bench';
        INSERT INTO core_packageset (name, project_id, store_id)
        SELECT 'bench', project_id, id FROM core_store;
        """
    )
    synthetic = Synthetic(pms, server.data_dir / "public/bench/stores/main")
    for start in range(0, size, BATCH):
        numbers = range(start, min(size, start + BATCH))
        await _record(connection, await asyncio.to_thread(_batch, server, synthetic, numbers))
    await connection.execute(
        """
        INSERT INTO core_packageset_packages (packageset_id, package_id)
        SELECT s.id, p.id FROM core_packageset s, core_package p;
        ANALYZE
        """
    )
    await connection.close()


def _batch(server: MeasuredServer, synthetic: Synthetic, numbers: range) -> list[tuple]:
    pms, found = system(synthetic.pms), []
    for number in numbers:
        path = synthetic.make(number)
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        kept = content_path(server.data_dir / "store", digest)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.hardlink_to(path)
        read = pms.read(path, path.name)
        md5 = hashlib.md5(content).hexdigest()
        found.append((path.name, read, digest, md5, len(content)))
    return found


async def _record(connection: asyncpg.Connection, found: list[tuple]) -> None:
    columns = [
        [name for name, *_ in found],
        [read.name for _, read, *_ in found],
        [read.version for _, read, *_ in found],
        [read.architecture for _, read, *_ in found],
        [read.metadata for _, read, *_ in found],
        [digest for _, _, digest, *_ in found],
        [md5 for *_, md5, _ in found],
        [size for *_, size in found],
    ]
    await connection.execute(
        """
        WITH rows AS (
            SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],
                $6::text[], $7::text[], $8::bigint[])
                AS r (fullname, name, version, architecture, metadata, sha256, md5, size)
        ), made AS (
            INSERT INTO core_package (project_id, fullname, name, version, architecture, store_id)
            SELECT s.project_id, r.fullname, r.name, r.version, r.architecture, s.id
            FROM rows r, core_store s
            RETURNING id, fullname
        )
        INSERT INTO core_packagefile (package_id, sha256, md5, size, metadata, created_at)
        SELECT made.id, r.sha256, r.md5, r.size, r.metadata, $9
        FROM made JOIN rows r ON r.fullname = made.fullname
        """,
        *columns,
        datetime.now(UTC),
    )
