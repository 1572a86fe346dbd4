"""A package management system is found by its entry point, also one of a third party."""

import time
from importlib.metadata import EntryPoint

import pytest
from agent import Agent, Packager, request
from api import signed_in
from conftest import ADMIN

from migas_tornado import pms
from migas_tornado.errors import ConfigurationError

SYSTEM = """
from migas_tornado.pms.system import Chunk, PackageSystem, Stream


class Brew(PackageSystem):
    name = "brew"
    mimetypes = ("application/x-brew",)
    extensions = ("bottle",)
    architectures = ("fizzy",)
    reads_files = False

    @property
    def module(self):
        return "plugins.brew"

    def internal_source(self, project, deployment):
        return f"brew {project} {deployment}"

    def external_source(self, project, source):
        return f"brew {project} {source.name}"

    def streams(self, repository, packages):
        return (Stream("index.txt", head=f"{packages} bottles\\n".encode()),)

    def render(self, repository, packages):
        return Chunk({"index.txt": b"".join(b"%s\\n" % p.filename.encode() for p in packages)})

    def finish(self, repository, generation):
        facts = generation.streams["index.txt"]
        generation.write("index.sig", generation.signer.detach_sign(facts.sha256.encode()))
"""


@pytest.fixture
def third_party(tmp_path, monkeypatch):
    """A distribution with a system of its own, installed for the servers of the test."""
    (tmp_path / "acme_brew.py").write_text(SYSTEM)
    installed = tmp_path / "acme_brew-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-brew\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[migas_tornado.pms]\nbrew = acme_brew:Brew\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def test_a_third_party_adds_a_system_without_touching_the_server(third_party, own_server):
    server = own_server()
    offered = request(server.url, "GET", "/api/v1/public/pms/").json()
    assert offered["brew"] == {
        "module": "plugins.brew",
        "mimetype": ["application/x-brew"],
        "extensions": ["bottle"],
        "architectures": ["fizzy"],
    }
    assert len(offered) == 8
    # It publishes as well.
    project, packager = "brew-1", Packager(server.url)
    Agent(server.url, project=project, pms="brew", architecture="fizzy").get_keys()
    packager.get_keys(*ADMIN)
    assert packager.upload("wine-1.bottle", b"merlot", project).status == 200
    api = signed_in(server, "admin")
    package = api.results("packages/")[0]
    api.post(
        "deployments/",
        name="cellar",
        project=package["project"]["id"],
        available_packages=[package["id"]],
    )
    root = f"/public/{project}/repos/cellar"
    deadline = time.monotonic() + 30
    while request(server.url, "GET", f"{root}/index.sig").status != 200:
        assert time.monotonic() < deadline, server.log[-5:]
        time.sleep(0.05)
    index = request(server.url, "GET", f"{root}/index.txt").body
    assert index == b"1 bottles\nwine-1.bottle\n"
    assert request(server.url, "GET", f"{root}/PKGS/wine-1.bottle").body == b"merlot"


def test_a_system_that_cannot_be_loaded_is_named(monkeypatch):
    for value, message in (
        ("acme_nowhere:Brew", "brew cannot be loaded"),
        ("pathlib:Path", "brew is no class derived from PackageSystem"),
    ):
        point = EntryPoint("brew", value, pms.GROUP)
        monkeypatch.setattr(pms, "entry_points", lambda group, point=point: [point])
        with pytest.raises(ConfigurationError, match=message):
            pms.systems.__wrapped__()


def test_without_any_system_the_remedy_is_told(monkeypatch):
    monkeypatch.setattr(pms, "entry_points", lambda group: [])
    with pytest.raises(ConfigurationError, match="install migas-tornado with pip"):
        pms.systems.__wrapped__()
