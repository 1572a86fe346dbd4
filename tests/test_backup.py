"""A site in a file: taken while it runs, put back, and gone on with."""

import shutil
import stat
import subprocess
import threading
import time
from pathlib import Path

import pytest
from agent import Packager, request
from api import signed_in
from certified import CertifiedAgent
from conftest import ADMIN, RunningServer, command
from factories_deb import make_deb

PROJECT = "debian12"
MTLS = {"mtls": "optional", "fqdn": "migas.example.org"}


def published(server: RunningServer, name: str) -> bytes:
    """Wait for a repository and return its index."""
    path = f"/public/{PROJECT}/repos/dists/{name}/PKGS/binary-amd64/Packages"
    for _ in range(200):
        answer = request(server.url, "GET", path)
        if answer.status == 200 and answer.body:
            return answer.body
        time.sleep(0.1)
    raise AssertionError(f"{path} is not there")


@pytest.fixture(scope="module")
def old_site(tmp_path_factory, untouched_site):
    """A site with an agent that has a certificate, a package and a deployment; and its backup."""
    place = tmp_path_factory.mktemp("backup")
    subprocess.run(["cp", "-a", untouched_site, place / "data"], check=True)
    server = RunningServer(place / "data", **MTLS).start()
    agent = CertifiedAgent(server.url, project=PROJECT).introduce().certify().present()
    agent.sync()
    packager = Packager(server.url)
    packager.get_keys(*ADMIN)
    deb = make_deb(place / "app_1.0_all.deb", "app")
    assert packager.upload(deb.name, deb.read_bytes(), PROJECT).status == 200
    done = command(server.data_dir, "deploy", PROJECT, "base", deb.name, "--install", "app")
    assert done.returncode == 0, done.stderr
    published(server, "base")
    yield server, agent, deb.read_bytes()
    server.stop()


@pytest.fixture(scope="module")
def backup(old_site, tmp_path_factory) -> Path:
    """A backup of the running site, taken while agents synchronize."""
    server = old_site[0]
    path = tmp_path_factory.mktemp("file") / "site.backup"
    stop = threading.Event()

    def work() -> None:
        busy = CertifiedAgent(server.url, project=PROJECT).introduce()
        while not stop.is_set():
            busy.sync()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        done = command(server.data_dir, "backup", str(path), **MTLS)
    finally:
        stop.set()
        thread.join()
    assert done.returncode == 0, done.stderr
    return path


def restored(path: Path, data_dir: Path, *arguments: str, **settings: str):
    return command(data_dir, "restore", str(path), *arguments, **settings)


def test_a_backup_is_for_its_owner_alone_and_leaves_nothing_behind(old_site, backup):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [one.name for one in backup.parent.iterdir()] == [backup.name]
    server = old_site[0]
    assert not list((server.data_dir / "store").glob(".backup-*"))


def test_a_restored_site_goes_on_with_its_agents(old_site, backup, tmp_path):
    server, agent, deb = old_site
    done = restored(backup, tmp_path / "new", **MTLS)
    assert done.returncode == 0, done.stderr
    for name in ("secret-key", "keys/migasfree-server.pri", "keys/authority/authority.key"):
        old, new = server.data_dir / name, tmp_path / "new" / name
        assert new.read_bytes() == old.read_bytes()
        assert stat.S_IMODE(new.stat().st_mode) == 0o600
    running = RunningServer(tmp_path / "new", **MTLS).start()
    try:
        agent_again = CertifiedAgent(
            running.url,
            project=PROJECT,
            uuid=agent.uuid,
            name=agent.name,
            envelopes=agent.envelopes,
            wallet=agent.wallet,
        ).present()
        agent_again.sync()
        assert agent_again.id == agent.id
        assert agent_again.call("computers/packages/mandatory/").data["install"] == ["app"]
        assert b"Package: app" in published(running, "base")
        answer = request(running.url, "GET", f"/public/{PROJECT}/stores/main/app_1.0_all.deb")
        assert answer.body == deb
        assert signed_in(running, "admin").results(f"certificates/?uuid={agent.uuid}")
        built = "SELECT built = wanted AND error IS NULL FROM core_repository"
        for _ in range(100):
            if running.value(built):
                break
            time.sleep(0.1)
        assert running.value(built)
        assert b"Package: app" in published(running, "base")
    finally:
        running.stop()
    assert running.tracebacks == [], "\n".join(running.log[-50:])


def test_an_instance_that_has_something_is_left_alone(backup, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "mine").write_text("mine")
    done = restored(backup, data)
    assert done.returncode == 1
    assert "not empty" in done.stderr
    assert [one.name for one in data.iterdir()] == ["mine"]


def test_a_database_that_has_something_is_left_alone(old_site, backup, tmp_path):
    url = f"postgresql://postgres@/postgres?host={old_site[0].data_dir / 'postgres'}"
    done = restored(backup, tmp_path / "data", database_url=url)
    assert done.returncode == 1
    assert "not empty" in done.stderr
    assert list((tmp_path / "data").iterdir()) == []


def test_another_database_can_take_it(old_site, backup, tmp_path):
    server = old_site[0]
    server.sql("CREATE DATABASE taken_over")
    url = f"postgresql://postgres@/taken_over?host={server.data_dir / 'postgres'}"
    done = restored(backup, tmp_path / "data", database_url=url)
    assert done.returncode == 0, done.stderr
    second = command(tmp_path / "data", "backup", str(tmp_path / "again"), database_url=url)
    assert second.returncode == 0, second.stderr
    back = restored(tmp_path / "again", tmp_path / "embedded")
    assert back.returncode == 0, back.stderr


@pytest.mark.parametrize("damage", ["cut", "altered", "empty", "foreign", "longer"])
def test_a_damaged_backup_changes_nothing(backup, tmp_path, damage):
    content = bytearray(backup.read_bytes())
    if damage == "cut":
        content = content[: len(content) * 2 // 3]
    elif damage == "altered":
        content[len(content) // 2] ^= 0x55
    elif damage == "empty":
        content = bytearray()
    elif damage == "foreign":
        content = bytearray(b"PGDMP and so on" * 100)
    else:
        content += b"more"
    (tmp_path / "damaged").write_bytes(content)
    done = restored(tmp_path / "damaged", tmp_path / "data")
    assert done.returncode == 1
    assert "Nothing was changed" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()


def test_packages_may_be_kept_in_another_way(old_site, tmp_path):
    server, _, deb = old_site
    path = tmp_path / "small.backup"
    assert command(server.data_dir, "backup", str(path), "--without-packages").returncode == 0
    without = restored(path, tmp_path / "without")
    assert without.returncode == 0, without.stderr
    assert "files of packages are missing" in without.stdout
    shutil.copytree(server.data_dir / "store", tmp_path / "copy of the store")
    done = restored(path, tmp_path / "with", "--packages", str(tmp_path / "copy of the store"))
    assert done.returncode == 0, done.stderr
    assert "missing" not in done.stdout
    served = tmp_path / "with" / "public" / PROJECT / "stores/main/app_1.0_all.deb"
    assert served.read_bytes() == deb


def test_a_file_that_is_there_is_not_overwritten(old_site, tmp_path):
    (tmp_path / "file").write_text("mine")
    done = command(old_site[0].data_dir, "backup", str(tmp_path / "file"))
    assert done.returncode == 1
    assert (tmp_path / "file").read_text() == "mine"
