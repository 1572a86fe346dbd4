"""A package management system is found by its entry point, also one of a third party."""

from importlib.metadata import EntryPoint

import pytest
from agent import request

from migas_tornado import pms
from migas_tornado.errors import ConfigurationError

SYSTEM = """
from migas_tornado.pms.system import PackageSystem


class Brew(PackageSystem):
    name = "brew"
    mimetypes = ("application/x-brew",)
    extensions = ("bottle",)
    architectures = ("fizzy",)
    reads_files = can_build = False

    @property
    def module(self):
        return "plugins.brew"

    def internal_source(self, project, deployment):
        return f"brew {project} {deployment}"

    def external_source(self, project, source):
        return f"brew {project} {source.name}"
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
