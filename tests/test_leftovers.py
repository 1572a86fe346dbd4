"""Removed repositories, and builds that fail in ways that nobody expects."""

import asyncio
import time
from pathlib import Path

import asyncpg
import pytest
from publishing import Fleet, new_fleet
from test_publishing import Acme

from migas_tornado.bus import Bus
from migas_tornado.repositories.leftovers import NAME_LOCK_SPACE, hide_unused
from tasks import publishing
from tasks.publishing import Publishing


@pytest.fixture
def fleet(server) -> Fleet:
    return new_fleet(server, "apt", "amd64")


def hide(fleet: Fleet, slug: str, lock: str | None = None) -> None:
    """Remove a repository as a server does, perhaps while another one holds a lock."""

    async def run() -> None:
        place = {"host": str(fleet.server.data_dir / "postgres"), "user": "postgres"}
        database = await asyncpg.connect(**place, database="postgres")
        other = await asyncpg.connect(**place, database="postgres")
        try:
            if lock:
                await other.execute(
                    "SELECT pg_advisory_lock($1, hashtext($2))", NAME_LOCK_SPACE, lock
                )
            await hide_unused(database, fleet.public.parent, "apt", fleet.public.name, slug)
        finally:
            await database.close()
            await other.close()

    asyncio.run(run())


def generation(fleet: Fleet, slug: str) -> Path:
    path = fleet.public / "repos/dists" / slug
    path.mkdir(parents=True, exist_ok=True)
    (path / "InRelease").write_text("old")
    return path


def test_a_repository_is_removed_only_while_no_deployment_has_its_name(fleet):
    fleet.deploy("base")
    fleet.deploy("other")
    hide(fleet, "base")
    assert fleet.get("repos/dists/base/InRelease").status == 200
    gone = generation(fleet, "gone")
    hide(fleet, "gone", lock=f"{fleet.public.name}/gone")
    assert gone.is_dir(), "somebody is building it"
    hide(fleet, "gone")
    assert not gone.exists()


def test_a_deployment_that_takes_a_name_again_keeps_its_repository(fleet):
    for _ in range(5):
        key = fleet.deploy("base")
        assert fleet.api("DELETE", f"deployments/{key}/").status == 204
    fleet.deploy("base")
    time.sleep(0.5)
    assert fleet.get("repos/dists/base/InRelease").status == 200
    assert fleet.get("repos/dists/base/PKGS/binary-amd64/Packages").status == 200


def test_a_renamed_deployment_leaves_nothing_under_its_old_name(server, tmp_path):
    site = Acme(server, tmp_path)
    deployment = site.deploy(site.deb("app"))
    site.wait_until_built(deployment)
    site.api.patch(f"deployments/{deployment}/", name="Other")
    site.wait_until_built(deployment)
    root = server.data_dir / f"public/{site.name}/repos/dists"
    deadline = time.monotonic() + 10
    while any(name.startswith((".base", "base", ".gone")) for name in map(str, names(root))):
        assert time.monotonic() < deadline, list(names(root))
        time.sleep(0.05)
    assert (root / "other/InRelease").is_file()


def names(root: Path) -> list[str]:
    return [path.name for path in root.iterdir()]


class FailingPublisher:
    """Has one stale repository, whose build fails."""

    def __init__(self, error: Exception) -> None:
        self.error, self.tries = error, 0

    async def due(self) -> dict[int, float]:
        return {7: 0.0}

    async def publish(self, deployment: int) -> bool:
        self.tries += 1
        raise self.error


@pytest.mark.parametrize(
    "error", [asyncpg.PostgresError("odd"), OSError("full"), AttributeError("a mistake")]
)
async def test_a_build_that_fails_oddly_is_not_tried_again_at_once(error, monkeypatch):
    monkeypatch.setattr(publishing, "RETRY_SECONDS", 0.4)
    monkeypatch.setattr(publishing, "LOOK_SECONDS", 0.05)
    publisher, bus = FailingPublisher(error), Bus()
    await bus.start()
    task = Publishing(publisher, bus)
    task.start()
    await asyncio.sleep(0.25)
    assert publisher.tries == 1
    await asyncio.sleep(0.35)
    assert publisher.tries == 2
    await task.stop(1)
    await bus.stop()


async def test_a_change_is_built_without_waiting_for_the_next_try():
    publisher, bus = FailingPublisher(OSError("full")), Bus()
    await bus.start()
    task = Publishing(publisher, bus)
    task.start()
    await asyncio.sleep(0.1)
    bus.publish(publishing.Channel.STALE_REPOSITORIES, deployments=[7])
    await asyncio.sleep(0.2)
    assert publisher.tries == 2
    await task.stop(1)
    await bus.stop()
