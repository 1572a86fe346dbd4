"""Publishing by a running server: at once, in bursts, under load, and after a crash."""

import hashlib
import itertools
import lzma
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from agent import Agent, Packager, request
from api import Api, signed_in
from conftest import ADMIN, RunningServer
from factories_deb import make_deb
from factories_rpm import make_rpm, rpm_bytes
from test_apt import make_client

from migas_tornado.bus import Bus, Channel
from migas_tornado.pms import system
from migas_tornado.pms.system import Repository
from migas_tornado.repositories.contents import StaleRepository
from migas_tornado.repositories.progress import Progress

REPUBLISHED = 200
WAIT_SECONDS = 20

numbers = itertools.count()


class Acme:
    """A project of a running server, its packages and its deployments."""

    def __init__(self, server: RunningServer, directory: Path, pms: str = "apt") -> None:
        self.server, self.directory = server, directory
        self.api: Api = signed_in(server, "admin")
        self.name = f"pub-{next(numbers)}"
        Agent(server.url, project=self.name).get_keys()
        self.id = self.api.results(f"projects/?name={self.name}")[0]["id"]
        if pms != "apt":
            self.api.patch(f"projects/{self.id}/", pms=pms)
        self.packager = Packager(server.url)
        self.packager.get_keys(*ADMIN)

    def upload(self, path: Path) -> int:
        answer = self.packager.upload(path.name, path.read_bytes(), self.name)
        assert answer.status == 200, answer
        return self.server.value(
            "SELECT id FROM core_package WHERE project_id = $1 AND fullname = $2",
            self.id,
            path.name,
        )

    def deb(self, name: str, version: str = "1") -> int:
        return self.upload(make_deb(self.directory / f"{name}_{version}_all.deb", name, version))

    def deploy(self, *packages: int, name: str = "base") -> int:
        made = self.api.post(
            "deployments/", name=name, project=self.id, available_packages=list(packages)
        )
        return made["id"]

    def publish(self, deployment: int, *packages: int) -> None:
        self.api.patch(f"deployments/{deployment}/", available_packages=list(packages))

    def url(self, path: str) -> str:
        return f"/public/{self.name}/repos/dists/base/{path}"

    def get(self, path: str) -> bytes:
        answer = request(self.server.url, "GET", self.url(path))
        assert answer.status == 200, (path, answer)
        return answer.body

    def state(self, deployment: int) -> Any:
        return self.server.sql(
            "SELECT wanted, built, error FROM core_repository WHERE deployment_id = $1",
            deployment,
        )[0]

    def wait_until_built(self, deployment: int) -> None:
        wait_until(lambda: self.state(deployment)["built"] == self.state(deployment)["wanted"])

    def builds(self) -> int:
        return sum(f"published: project={self.name} " in line for line in self.server.log)

    def names(self) -> list[str]:
        index = lzma.decompress(self.get("PKGS/binary-amd64/Packages.xz")).decode()
        return re.findall("^Package: (.*)$", index, re.MULTILINE)


def wait_until(is_so, seconds: float = WAIT_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.03)


@pytest.fixture
def site(server, tmp_path):
    return Acme(server, tmp_path)


@pytest.mark.alone
def test_a_change_is_published_at_once_and_a_burst_once_more(own_server, tmp_path):
    site = Acme(own_server(publish_delay_ms="3000"), tmp_path)
    packages = [site.deb(f"app{number}") for number in range(5)]
    deployment = site.deploy(packages[0])
    wait_until(lambda: site.builds() == 1, 2.5)
    began = time.monotonic()
    for count in range(2, 6):
        site.publish(deployment, *packages[:count])
    assert site.builds() == 1, "the changes of a burst wait"
    wait_until(lambda: site.builds() == 2)
    assert time.monotonic() - began < 30
    assert len(site.names()) == 5
    time.sleep(0.3)
    assert site.builds() == 2


async def test_the_bus_tells_how_far_a_build_is():
    bus = Bus()
    await bus.start()
    repository = Repository("acme", "base", ("amd64",))
    progress = Progress(StaleRepository(7, "Base", 3, "Acme", "apt", repository, 1, False))
    with bus.subscribe(Channel.BUILDS) as subscription:
        progress.begin(400)
        progress.done = 100
        progress.end(is_good=False)
        progress.end(is_good=True)
        told = [(await anext(subscription)).content for _ in range(3)]
    await bus.stop()
    assert [(one["state"], one["percent"]) for one in told] == [
        *(("running", 0), ("failed", 25), ("done", 100))
    ]
    assert (told[0]["id"], told[0]["project"], told[0]["total"]) == (7, 3, 400)


def test_a_manifest_that_is_cut_off_costs_a_build_from_scratch(site):
    first, second = site.deb("first"), site.deb("second")
    many = [site.deb(f"app{number}") for number in range(3)]
    deployment = site.deploy(first, *many)
    site.wait_until_built(deployment)
    served = site.server.data_dir / f"public/{site.name}/repos/dists/base"
    manifest = served / ".manifest"
    manifest.write_bytes(manifest.read_bytes()[:-20])
    site.publish(deployment, first, second, *many)
    site.wait_until_built(deployment)
    assert sorted(site.names()) == ["app0", "app1", "app2", "first", "second"]


def test_building_again_on_demand_takes_nothing_over(site):
    deployment = site.deploy(site.deb("app"))
    site.wait_until_built(deployment)
    index = site.server.data_dir / f"public/{site.name}/repos/dists/base/.indexes/binary-amd64"
    (index / "Packages.xz").write_bytes(b"damaged")
    site.api.get(f"deployments/internal-sources/{deployment}/metadata/")
    site.wait_until_built(deployment)
    assert site.names() == ["app"]


def test_rpm_packages_are_uploaded_published_and_described(server, tmp_path):
    site = Acme(server, tmp_path, "dnf")
    path = make_rpm(tmp_path / "java-17-1.2-3.x86_64.rpm", "java-17", "1.2", "3", "x86_64")
    package = site.upload(path)
    told = site.api.get(f"packages/{package}/")
    assert (told["name"], told["version"], told["architecture"]) == ("java-17", "1.2-3", "x86_64")
    info = site.api.get(f"packages/{package}/info/")["data"]
    assert info.startswith("## Info\n~~~\nFile: java-17-1.2-3.x86_64.rpm\n")
    assert "/opt/java-17.txt" in info
    site.wait_until_built(site.deploy(package))
    root = f"/public/{site.name}/repos/base"
    repomd = request(server.url, "GET", f"{root}/repodata/repomd.xml").body.decode()
    assert b"PGP SIGNATURE" in request(server.url, "GET", f"{root}/repodata/repomd.xml.asc").body
    for location in re.findall('href="([^"]+)"', repomd):
        assert request(server.url, "GET", f"{root}/{location}").status == 200
    got = request(server.url, "GET", f"{root}/PKGS/java-17-1.2-3.x86_64.rpm")
    assert got.body == path.read_bytes()


def test_a_key_is_rotated_beside_a_running_server(own_server, tmp_path):
    site = Acme(own_server(), tmp_path)
    deployment = site.deploy(site.deb("app"))
    site.wait_until_built(deployment)
    path = "/api/v1/public/keys/repositories/"
    before, release = site.api("GET", path).json()["public_key"], site.get("InRelease")

    def command(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "migas_tornado", "repository-key", *arguments],
            env={**os.environ, "MIGAS_DATA_DIR": str(site.server.data_dir)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    assert command("export") == before
    assert "previous" in command("rotate", "--days", "700")
    assert site.api("GET", path).json()["public_key"].endswith(before)
    wait_until(lambda: site.get("InRelease") != release)
    assert "previous" not in command("expire")
    assert command("export") == site.api("GET", path).json()["public_key"] != before
    assert "expires: 20" in command("show")


def test_a_broken_rpm_leaves_nothing_behind(server, tmp_path):
    site = Acme(server, tmp_path, "zypper")
    kept = set((server.data_dir / "store").rglob("*"))
    answer = site.packager.upload("acme-1-1.noarch.rpm", rpm_bytes("acme")[:-5], site.name)
    assert answer.status == 400
    assert "cut off" in str(answer.body)
    assert site.api.get(f"packages/?project__id={site.id}")["count"] == 0
    assert set((server.data_dir / "store").rglob("*")) == kept
    path = f"/public/{site.name}/stores/main/acme-1-1.noarch.rpm"
    assert request(server.url, "GET", path).status == 404


def test_a_crash_in_the_middle_of_a_build_leaves_the_old_version(own_server, tmp_path):
    server = own_server()
    site = Acme(server, tmp_path)
    first, second = site.deb("first"), site.deb("second")
    deployment = site.deploy(first)
    site.wait_until_built(deployment)
    dists = server.data_dir / f"public/{site.name}/repos/dists"
    before, served = site.get("InRelease"), (dists / "base").readlink()
    # A build that has begun, of which nothing is known but its directory.
    server.process.kill()
    server.process.wait()
    server.start()
    site.server = server
    site.api.url = server.url
    killed = kill_during_build(server, site, deployment, dists, [first, second])
    assert killed, "no build was met in its middle"
    assert (dists / "base").readlink() == served
    assert (dists / "base/InRelease").read_bytes() == before
    server.start()
    site.api.url = server.url
    site.wait_until_built(deployment)
    assert site.names() == ["first", "second"]
    links = sorted(path.name for path in (dists / "base/PKGS").iterdir())
    assert links == ["binary-amd64", "first_1_all.deb", "second_1_all.deb"]


def kill_during_build(server, site, deployment, dists, packages) -> bool:
    """Kill the server between the beginning of a build and its switch."""
    served, known = (dists / "base").readlink(), set(dists.iterdir())
    thread = threading.Thread(
        target=lambda: site.api(
            "PATCH", f"deployments/{deployment}/", {"available_packages": packages}
        ),
        daemon=True,
    )
    thread.start()
    deadline = time.monotonic() + WAIT_SECONDS
    while set(dists.iterdir()) == known:
        assert time.monotonic() < deadline
    server.kill()
    thread.join(10)
    return (dists / "base").readlink() == served


class Reader:
    """Follows a repository again and again as apt does, and checks every hash on the way."""

    def __init__(self, site: Acme) -> None:
        self.site = site
        self.refreshed = 0
        self.problems: list[str] = []

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set() and not self.problems:
            try:
                self.refresh()
            except AssertionError as error:
                self.problems.append(str(error))
            self.refreshed += 1
            stop.wait(0.05)

    def refresh(self) -> None:
        release = self.site.get("InRelease").decode()
        digest = re.search(r"^ ([0-9a-f]{64}) +\d+ PKGS/binary-amd64/Packages.xz$", release, re.M)
        index = self.site.get(f"PKGS/binary-amd64/by-hash/SHA256/{digest[1]}")
        assert hashlib.sha256(index).hexdigest() == digest[1]
        text = lzma.decompress(index).decode()
        names = re.findall("^Filename: dists/base/(.*)$", text, re.M)
        hashes = re.findall("^SHA256: (.*)$", text, re.M)
        for name, expected in zip(names, hashes, strict=True):
            assert hashlib.sha256(self.site.get(name)).hexdigest() == expected, name


def test_no_refresh_fails_while_a_deployment_is_published_200_times(own_server, tmp_path):
    site = Acme(own_server(publish_delay_ms="0"), tmp_path)
    packages = [site.deb(f"app{number}") for number in range(6)]
    deployment = site.deploy(*packages[1:])
    site.wait_until_built(deployment)
    reader, stop, failures = Reader(site), threading.Event(), []
    key = site.api("GET", "/api/v1/public/keys/repositories/").json()["public_key"]
    source = system("apt").internal_source(site.name, "base").removeprefix("deb ").strip()
    source = source.format(protocol="http", server=site.server.url.removeprefix("http://"))
    apt = make_client(tmp_path / "client", source, key)
    refreshed = 0

    def use_apt() -> None:
        nonlocal refreshed
        while not stop.is_set():
            done = apt.update(check=False)
            if done.returncode or "\nW:" in f"\n{done.stderr}":
                failures.append(done.stderr)
            refreshed += 1
            stop.wait(0.3)

    threads = [
        threading.Thread(target=reader.run, args=(stop,)),
        threading.Thread(target=use_apt),
    ]
    for thread in threads:
        thread.start()
    try:
        for number in range(REPUBLISHED):
            before = site.builds()
            site.publish(deployment, *packages[number % 6 :])
            wait_until(lambda before=before: site.builds() > before)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert reader.problems == []
    assert failures == []
    assert site.builds() > REPUBLISHED
    assert reader.refreshed > 10 and refreshed > 3
