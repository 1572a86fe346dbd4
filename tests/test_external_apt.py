"""The real apt fetches through /src/ from an upstream: a deployment that this server publishes."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from agent import Agent, Packager
from api import Api, signed_in
from conftest import ADMIN, RunningServer
from factories_deb import make_deb

NAMES = ("acme-app", "acme-libstdc++", "acme-data")
BUILD_SECONDS = 60


@pytest.fixture(scope="module")
def server(tmp_path_factory, untouched_site: Path) -> Iterator[RunningServer]:
    """A server that may ask itself as if it were an upstream."""
    data_dir = tmp_path_factory.mktemp("site") / "data"
    subprocess.run(["cp", "-a", untouched_site, data_dir], check=True)
    running = RunningServer(data_dir, external_networks="127.0.0.1").start()
    yield running
    running.stop()
    shutil.rmtree(data_dir, ignore_errors=True)
    assert running.tracebacks == [], "\n".join(running.log[-80:])


@pytest.fixture
def agent(server: RunningServer) -> Agent:
    return Agent(server.url, project="acme").enrol()


@pytest.fixture
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture
def upstream(server: RunningServer, api: Api, agent: Agent, tmp_path: Path) -> str:
    """Publish packages, and return the root of their repository."""
    packager = Packager(server.url)
    packager.get_keys(*ADMIN)
    for name in NAMES:
        deb = make_deb(tmp_path / f"{name}_1.0+b1~x_all.deb", name, "1.0+b1~x", "all")
        assert packager.upload(deb.name, deb.read_bytes(), "acme").status == 200
    project = api.results("projects/?name=acme")[0]["id"]
    packages = [row["id"] for row in api.results(f"packages/?project__id={project}")]
    api.post(
        "deployments/internal-sources/",
        name="base",
        project=project,
        available_packages=packages,
        enabled=False,
    )
    release = server.data_dir / "public/acme/repos/dists/base/InRelease"
    end = time.monotonic() + BUILD_SECONDS
    while not release.exists() and time.monotonic() < end:
        time.sleep(0.1)
    assert release.exists(), server.log[-10:]
    api.post(
        "deployments/external-sources/",
        name="Mirror of base",
        project=project,
        base_url=f"{server.url}/public/acme/repos",
        suite="base",
        components="PKGS",
        frozen=False,
        expire=0,
        included_attributes=[1],
        start_date="2020-01-01",
    )
    return f"{server.url}/public/acme/repos"


def test_apt_updates_and_downloads_through_the_server(server, upstream, agent, tmp_path):
    if shutil.which("apt-get") is None:
        if os.environ.get("CI"):
            pytest.fail("apt-get is not there.")
        pytest.skip("apt-get is not there")
    sources = agent.sync()["repositories"].data
    assert [one["name"] for one in sources] == ["mirror-of-base"]
    template = sources[0]["source_template"]
    source = template.format(protocol="http", server=urlsplit(server.url).netloc)
    assert "/src/acme/external/mirror-of-base base PKGS" in source
    key = agent.form("keys/repositories/").json()
    run = _apt(tmp_path / "apt", source, key)
    for _ in range(2):  # with nothing at hand, and with what the first left
        done = run("apt-get", "-o", "APT::Update::Error-Mode=any", "update")
        assert "W:" not in done.stderr
    run("apt-get", "install", "--yes", "--download-only", *NAMES)
    cache = tmp_path / "apt/cache/archives"
    assert {path.name for path in cache.glob("*.deb")} == {
        f"{name}_1.0+b1~x_all.deb" for name in NAMES
    }
    copies = server.data_dir / "public/acme/external/mirror-of-base"
    for name in NAMES:
        file = f"{name}_1.0+b1~x_all.deb"
        assert (copies / "dists/base/PKGS" / file).read_bytes() == (cache / file).read_bytes()
    assert (
        server.value("SELECT count(*) FROM client_notification WHERE message LIKE '%/src/%'") == 0
    )


def _apt(root: Path, source: str, key: str):
    """Return what runs a command of an apt with directories of its own, which trusts one key."""
    for name in ("state/lists/partial", "cache/archives/partial", "etc/sources.list.d"):
        (root / name).mkdir(parents=True)
    for name in ("etc/apt.conf.d", "etc/preferences.d", "etc/trusted.gpg.d", "etc/auth.conf.d"):
        (root / name).mkdir(parents=True)
    (root / "status").touch()
    (root / "etc/trusted.gpg.d/server.asc").write_text(key)
    (root / "etc/sources.list.d/migasfree.list").write_text(source)
    (root / "apt.conf").write_text(
        f"""
        Dir "{root}"; Dir::State "state"; Dir::Cache "cache"; Dir::Etc "etc";
        Dir::State::status "{root}/status"; Dir::Etc::sourcelist "sources.list";
        Dir::Etc::Trusted "trusted.gpg"; Dir::Etc::TrustedParts "trusted.gpg.d";
        APT::Architecture "amd64"; APT::Architectures {{ "amd64"; }};
        APT::Sandbox::User "root"; Acquire::Languages "none"; Acquire::Retries "0";
        Acquire::http::Proxy "DIRECT"; Debug::NoLocking "true";
        """
    )
    environment = {
        "APT_CONFIG": str(root / "apt.conf"),
        "PATH": os.environ["PATH"],
        "LC_ALL": "C",
        "HOME": str(root),
    }

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    return run
