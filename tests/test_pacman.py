"""Packagers upload, the server publishes, and the real pacman refreshes, lists and downloads."""

import http.client
import itertools
import os
import shutil
import subprocess
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from factories_packages import make_pacman
from publishing import new_fleet

REFRESHES = 25


@pytest.fixture
def fleet(server):
    return new_fleet(server, "pacman", "x86_64")


class PacmanClient:
    """A private root with a pacman that accepts signed databases only."""

    def __init__(self, root: Path, key: str) -> None:
        self.root = root
        for name in ("root", "db", "cache", "gpg", "hooks"):
            (root / name).mkdir(parents=True)
        (root / "gpg").chmod(0o700)
        # By this name pacman knows that there is a key ring; gpg keeps another beside it.
        (root / "gpg/pubring.gpg").touch()
        self._gpg("--import", text=key)
        listed = self._gpg("--with-colons", "--list-keys").splitlines()
        fingerprint = next(line.split(":")[9] for line in listed if line.startswith("fpr"))
        self._gpg("--import-ownertrust", text=f"{fingerprint}:6:\n")

    def use(self, *sources: str) -> None:
        """Write the configuration: its own rules, then what the agent writes."""
        options = {
            "RootDir": "root",
            "DBPath": "db",
            "CacheDir": "cache",
            "GPGDir": "gpg",
            "LogFile": "log",
            "HookDir": "hooks",
        }
        lines = [f"{name} = {self.root / place}" for name, place in options.items()]
        lines += ["Architecture = x86_64", "SigLevel = PackageOptional DatabaseRequired"]
        text = "\n".join(("[options]", *lines, "", *sources))
        # The agent's own line would accept unsigned databases and keys of anybody.
        text = text.replace("SigLevel = Optional TrustAll PackageTrustAll\n", "")
        (self.root / "pacman.conf").write_text(text)

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["pacman", "--config", self.root / "pacman.conf", "--noconfirm", *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )
        assert done.returncode == 0 or not check, done.stdout + done.stderr
        return done

    def cached(self) -> set[str]:
        return {path.name for path in (self.root / "cache").iterdir()}

    def _gpg(self, *arguments: str, text: str | None = None) -> str:
        home = ("gpg", "--batch", "--homedir", str(self.root / "gpg"))
        return subprocess.run(
            [*home, *arguments], input=text, check=True, capture_output=True, text=True
        ).stdout


@pytest.fixture
def client(fleet, tmp_path):
    if shutil.which("pacman") is None:
        if os.environ.get("CI"):
            pytest.fail("pacman is not there.")
        pytest.skip("pacman is not there")
    yield PacmanClient(tmp_path / "client", fleet.key_text())
    home = str(tmp_path / "client/gpg")
    subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False)


def test_pacman_refreshes_lists_downloads_and_installs(fleet, client, tmp_path):
    app = make_pacman(tmp_path, "acme-app", "1:1.10-1", "x86_64", depend=["acme-common>=1"])
    common = make_pacman(tmp_path, "acme-common", "1.0-2", "any", "xz")
    fleet.deploy("base", fleet.upload(app), fleet.upload(common))
    client.use(fleet.source("base"))
    client.run("-Sy")
    assert client.run("-Sl").stdout == "base acme-app 1:1.10-1\nbase acme-common 1.0-2\n"
    told = client.run("-Si", "acme-app").stdout
    for text in ("A package of the tests", "acme-common>=1", "GPL-3.0-or-later", "SHA-256 Sum"):
        assert text in told
    client.run("-Sw", "acme-app")
    assert client.cached() == {app.name, common.name}
    assert (client.root / "cache" / app.name).read_bytes() == app.read_bytes()
    client.run("-S", "acme-app")
    assert client.run("-Q").stdout == "acme-app 1:1.10-1\nacme-common 1.0-2\n"
    assert (client.root / "root/opt/acme-app.txt").read_text() == "acme-app 1:1.10-1\n"


def test_pacman_finds_a_package_by_its_files(fleet, client, tmp_path):
    fleet.deploy("base", fleet.upload(make_pacman(tmp_path)))
    client.use(fleet.source("base"))
    client.run("-Fy")
    assert client.run("-F", "acme-app.txt").stdout.startswith("base/acme-app 1.0-1\n")
    assert client.run("-Fl", "acme-app").stdout == "acme-app opt/\nacme-app opt/acme-app.txt\n"


def test_pacman_is_content_with_an_empty_deployment(fleet, client):
    fleet.deploy("empty")
    client.use(fleet.source("empty"))
    client.run("-Sy")
    client.run("-Fy")
    assert client.run("-Sl").stdout == ""


def test_of_several_versions_the_newest_is_published(fleet, client, tmp_path):
    versions = ("1.9-1", "1.10-1", "1.10rc1-1")
    keys = [fleet.upload(make_pacman(tmp_path, version=version)) for version in versions]
    deployment = fleet.deploy("base", *keys)
    client.use(fleet.source("base"))
    client.run("-Sy")
    assert client.run("-Sl").stdout == "base acme-app 1.10-1\n"
    # Without it, the one before comes back; the file of the newest stays in its store.
    fleet.api.patch(f"deployments/{deployment}/", available_packages=[keys[0], keys[2]])
    fleet.wait(deployment)
    client.run("-Syy")
    assert client.run("-Sl").stdout == "base acme-app 1.10rc1-1\n"


def test_a_package_for_other_computers_is_left_out(fleet, client, tmp_path):
    other = make_pacman(tmp_path, "acme-arm", architecture="aarch64")
    fleet.deploy("base", fleet.upload(make_pacman(tmp_path)), fleet.upload(other))
    client.use(fleet.source("base"))
    client.run("-Sy")
    assert client.run("-Sl").stdout == "base acme-app 1.0-1\n"
    told = fleet.server.sql("SELECT message FROM client_notification")
    assert any(other.name in row["message"] for row in told)


def test_pacman_refuses_a_database_that_was_changed(fleet, client, tmp_path):
    fleet.deploy("base", fleet.upload(make_pacman(tmp_path)))
    client.use(fleet.source("base"))
    path = fleet.public / "repos/base/base.db.tar.gz"
    path.write_bytes(path.read_bytes()[:-8] + b"!" * 8)
    done = client.run("-Sy", check=False)
    assert done.returncode != 0
    assert "signature" in done.stderr


def test_pacman_refuses_a_database_signed_by_another(fleet, client, tmp_path):
    fleet.deploy("base", fleet.upload(make_pacman(tmp_path)))
    client.use(fleet.source("base"))
    client._gpg("--yes", "--delete-keys", "migasfree-repository")
    done = client.run("-Sy", check=False)
    assert done.returncode != 0


def test_pacman_refuses_a_package_that_was_changed(fleet, client, tmp_path):
    app = make_pacman(tmp_path)
    fleet.deploy("base", fleet.upload(app))
    client.use(fleet.source("base"))
    client.run("-Sy")
    path = fleet.public / "stores/main" / app.name
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    done = client.run("-Sw", "acme-app", check=False)
    assert done.returncode != 0
    assert "checksum" in done.stdout + done.stderr


def test_a_new_package_is_there_at_the_next_refresh(fleet, client, tmp_path):
    keys = [fleet.upload(make_pacman(tmp_path, f"acme-{number}")) for number in range(3)]
    deployment = fleet.deploy("base", *keys)
    client.use(fleet.source("base"))
    client.run("-Sy")
    fleet.upload(make_pacman(tmp_path, "acme-3"))
    keys.append(fleet.key("acme-3-1.0-1-any.pkg.tar.zst"))
    fleet.api.patch(f"deployments/{deployment}/", available_packages=keys)
    fleet.wait(deployment)
    client.run("-Sy")
    names = [line.split()[1] for line in client.run("-Sl").stdout.splitlines()]
    assert names == ["acme-0", "acme-1", "acme-2", "acme-3"]


def test_a_database_and_its_signature_are_of_one_version(fleet, tmp_path):
    deployment = fleet.deploy("base", fleet.upload(make_pacman(tmp_path)))
    root = f"/public/{fleet.name}/repos/base/PKGS/base.db"
    signature = fleet.get("repos/base/PKGS/base.db.sig").body
    # pacman asks for both in this order, over one connection.
    parts = urlsplit(fleet.server.url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    connection.request("GET", root)
    assert connection.getresponse().read()
    fleet.api.patch(f"deployments/{deployment}/", available_packages=[])
    fleet.wait(deployment)
    connection.request("GET", f"{root}.sig")
    assert connection.getresponse().read() == signature
    connection.close()
    assert fleet.get("repos/base/PKGS/base.db.sig").body != signature


def test_no_refresh_fails_while_the_deployment_is_republished(fleet, client, tmp_path):
    keys = [fleet.upload(make_pacman(tmp_path, f"acme-{number}")) for number in range(2)]
    deployment = fleet.deploy("base", *keys)
    client.use(fleet.source("base"))
    is_over = threading.Event()

    def republish() -> None:
        for number in itertools.count():
            if is_over.is_set():
                return
            chosen = keys[: number % 2 + 1]
            fleet.api.patch(f"deployments/{deployment}/", available_packages=chosen)
            fleet.wait(deployment)

    publisher = threading.Thread(target=republish)
    publisher.start()
    try:
        refreshes = [client.run("-Syy", check=False) for _ in range(REFRESHES)]
    finally:
        is_over.set()
        publisher.join(60)
    assert [done.stderr for done in refreshes if done.returncode] == []


def test_a_package_is_described_for_people(fleet, tmp_path):
    key = fleet.upload(make_pacman(tmp_path, depend=["bash"], optdepend=["vim: to edit"]))
    text = fleet.api.get(f"packages/{key}/info/")["data"]
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        *("## Info", "## Changelog", "## Files")
    ]
    for part in ("Name: acme-app", "Depends On: bash", "* a change worth telling", "/opt/acme-app"):
        assert part in text
