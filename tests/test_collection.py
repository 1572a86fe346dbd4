"""What the store holds: brought in durably, and removed when nothing needs it any more."""

import asyncio
import hashlib
import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from factories_deb import make_deb
from publishing import Fleet, new_fleet
from test_lifecycle import command

from migas_tornado.repositories import collection, copies
from migas_tornado.repositories.generations import KEEP_SECONDS
from migas_tornado.repositories.served import remove_departed
from migas_tornado.repositories.store import UploadedFile, content_path, keep, locked

OLD = collection.UNUSED_SECONDS + 60


@pytest.fixture
def fleet(server) -> Fleet:
    return new_fleet(server, "apt", "amd64")


def deb(directory: Path, description: str, name: str = "app") -> Path:
    directory.mkdir(exist_ok=True)
    return make_deb(directory / f"{name}_1_all.deb", name, "1", Description=description)


def content(fleet: Fleet, path: Path) -> Path:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return content_path(fleet.server.data_dir / "store", digest)


def age(*paths: Path) -> None:
    for path in paths:
        os.utime(path, (time.time() - OLD,) * 2)


def collect(fleet: Fleet) -> None:
    done = command(fleet.server.data_dir, "jobs", "run", "unused contents")
    assert done.returncode == 0, done.stderr


def test_contents_that_nothing_needs_are_removed(fleet, tmp_path):
    first, second = deb(tmp_path / "1", "first"), deb(tmp_path / "2", "second")
    fleet.upload(first)
    fleet.upload(second)  # replaces it
    key = fleet.upload(deb(tmp_path / "3", "third", "other"))
    deleted = content(fleet, tmp_path / "3/other_1_all.deb")
    assert fleet.api("DELETE", f"packages/{key}/").status == 204
    plain = tmp_path / "notes.txt"
    plain.write_bytes(os.urandom(8))
    fleet.packager.upload(plain.name, plain.read_bytes(), fleet.name, is_package=False)
    refused = content(fleet, plain).with_name("0" * 64)
    refused.write_bytes(b"kept before a refusal")
    fresh = content(fleet, plain).with_name("1" * 64)
    fresh.write_bytes(b"on its way to its record")
    gone = fleet.public / "repos/dists/.gone-0123456789abcdef"
    gone.mkdir(parents=True)
    age(content(fleet, first), content(fleet, second), content(fleet, plain), refused, deleted)
    assert content(fleet, first).is_file()
    collect(fleet)
    assert not any(path.exists() for path in (content(fleet, first), deleted, refused, gone))
    assert all(path.is_file() for path in (content(fleet, second), content(fleet, plain), fresh))
    fresh.unlink()


def test_a_content_that_a_repository_offers_stays(fleet, tmp_path):
    first, second = deb(tmp_path / "1", "a"), deb(tmp_path / "2", "b")
    key = fleet.upload(first)
    deployment = fleet.deploy("base", key)
    fleet.upload(second)
    fleet.wait(deployment)
    age(content(fleet, first), content(fleet, second))
    collect(fleet)
    old = f"repos/dists/base/PKGS/{first.name}"
    assert fleet.get(old).body == first.read_bytes(), "for who has the old index"
    served = fleet.public / "repos/dists/base"
    remove_departed(served, datetime.now(UTC))
    assert fleet.get(old).status == 200
    remove_departed(served, datetime.now(UTC) + timedelta(seconds=KEEP_SECONDS))
    assert fleet.get(old).status == 404
    collect(fleet)
    assert not content(fleet, first).exists()
    assert content(fleet, second).is_file()


def test_a_repository_without_a_manifest_is_built_from_scratch(fleet, tmp_path):
    deployment = fleet.deploy("base", fleet.upload(deb(tmp_path / "1", "a")))
    served = fleet.public / "repos/dists/base"
    (served / ".manifest").write_bytes(b"")
    (served / "InRelease").write_bytes(b"")
    done = command(fleet.server.data_dir, "jobs", "run", "what left repositories")
    assert done.returncode == 0, done.stderr
    fleet.wait(deployment)
    assert b"Suite: base" in fleet.get("repos/dists/base/InRelease").body


def uploaded(directory: Path, data: bytes) -> UploadedFile:
    draft = directory / f".upload-{len(list(directory.iterdir()))}"
    draft.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    return UploadedFile(draft, "x.deb", len(data), digest, "")


def test_a_content_that_comes_again_is_new_and_keeps_its_names(tmp_path):
    first = uploaded(tmp_path, b"data")
    keep(first, tmp_path)
    path = content_path(tmp_path, first.sha256)
    inode = path.stat().st_ino
    age(path)
    again = uploaded(tmp_path, b"data")
    keep(again, tmp_path)
    assert (path.stat().st_ino, again.path.exists()) == (inode, False)
    assert time.time() - path.stat().st_mtime < 60
    path.write_bytes(b"rotten")
    keep(uploaded(tmp_path, b"data"), tmp_path)
    assert path.read_bytes() == b"data"


def test_a_content_that_comes_while_it_is_removed_stays(tmp_path):
    keep(uploaded(tmp_path, b"data"), tmp_path)
    again = uploaded(tmp_path, b"data")
    path = content_path(tmp_path, again.sha256)
    age(path)
    assert collection._unlinked(path.parent) == [path.name]
    # It comes after it was found, and before it is removed.
    keep(again, tmp_path)
    collected = collection.Collected()
    collection._remove(tmp_path, [path], collected)
    assert (path.is_file(), collected.files) == (True, 0)
    # And while others are removed, it waits.
    age(path)
    third = uploaded(tmp_path, b"data")
    thread = threading.Thread(target=keep, args=(third, tmp_path))
    with locked(tmp_path, is_shared=False):
        thread.start()
        thread.join(0.2)
        assert thread.is_alive()
        path.unlink()
    thread.join(10)
    assert path.read_bytes() == b"data"


def test_a_package_that_is_deleted_while_it_is_copied_has_a_copy(fleet, tmp_path):
    target = new_fleet(fleet.server, "apt", "amd64")
    path = deb(tmp_path / "1", "copied")
    key = fleet.upload(path)
    age(content(fleet, path))
    answers = []

    def delete() -> None:
        answers.append(fleet.api("DELETE", f"packages/{key}/").status)

    async def copy() -> list:
        database = await asyncpg.connect(
            host=str(fleet.server.data_dir / "postgres"), user="postgres", database="postgres"
        )
        thread = threading.Thread(target=delete)
        try:
            async with database.transaction():
                made = copies.Target(target.project["id"], "apt")
                copied, offers = await copies.copy_packages(database, [key], made)
                thread.start()
                await asyncio.to_thread(thread.join, 1)
                assert thread.is_alive(), "it waits until the copy is certain"
            await asyncio.to_thread(thread.join)
            assert list(copied) == [key]
            return offers
        finally:
            await database.close()

    offers = asyncio.run(copy())
    assert answers == [204]
    collect(fleet)
    settings = type("Settings", (), {})()
    settings.public_dir = fleet.server.data_dir / "public"
    settings.store_dir = fleet.server.data_dir / "store"
    copies.offer_copies(settings, offers)
    assert target.get(f"stores/main/{path.name}").body == path.read_bytes()
    assert fleet.get(f"stores/main/{path.name}").status == 404


def test_what_older_versions_offered_in_directories_goes_with_its_package(fleet, tmp_path):
    path = deb(tmp_path / "1", "nested")
    key = fleet.upload(path)
    nested = fleet.public / "stores/main/sub/dir" / path.name
    nested.parent.mkdir(parents=True)
    nested.hardlink_to(content(fleet, path))
    assert fleet.api("DELETE", f"packages/{key}/").status == 204
    deadline = time.monotonic() + 10
    while nested.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
