"""What computers write into their package manager for a repository of an upstream."""

import pytest

from migas_tornado.enrolment.projects import Project
from migas_tornado.repositories.sources import source_template

SERVER = {"protocol": "https", "server": "migas.example.org"}
ROOT = "https://migas.example.org/src/acme/external/base"


def lines(pms: str, **texts: str | None) -> list[str]:
    """Return the lines, as a client that fills in the template gets them."""
    deployment = {"slug": "base", "source": "E", "options": None, "suite": None, **texts}
    deployment.setdefault("components", None)
    project = Project(1, "Acme", "acme", pms, "amd64", True, 1, "Linux")
    return source_template(deployment, project).format(**SERVER).splitlines()


def test_apt_gets_a_line():
    got = lines("apt", options="[trusted=yes]", suite="stable", components="main contrib")
    assert got == [f"deb [trusted=yes] {ROOT} stable main contrib"]
    assert lines("apt", suite="stable", components="main") == [f"deb  {ROOT} stable main"]


@pytest.mark.parametrize("pms", ["yum", "dnf", "zypper"])
def test_rpm_gets_a_section(pms):
    assert lines(pms, options="gpgcheck=0 enabled=1", suite="9") == [
        "[EXTERNAL-base]",
        "name=EXTERNAL-base",
        f"baseurl={ROOT}/9/$basearch/",
        "gpgcheck=0",
        "enabled=1",
    ]


@pytest.mark.parametrize("pms", ["yum", "dnf", "zypper"])
def test_rpm_with_components_gets_a_section_for_each_of_the_same_deployment(pms):
    assert lines(pms, options="gpgcheck=0", suite="9", components="os updates/x86") == [
        "[EXTERNAL-base-os]",
        "name=EXTERNAL-base-os",
        f"baseurl={ROOT}/9/os",
        "gpgcheck=0",
        "[EXTERNAL-base-updates-x86]",
        "name=EXTERNAL-base-updates-x86",
        f"baseurl={ROOT}/9/updates/x86",
        "gpgcheck=0",
    ]


def test_the_others_get_theirs():
    assert lines("pacman") == ["[base]", f"Server = {ROOT}", ""]
    assert lines("wpt", suite="s", components="c") == [f"{ROOT} s c"]
    assert lines("apk", components="v3.20/main") == [f"{ROOT}/v3.20/main"]


def test_braces_stay_as_they_were_written():
    got = lines("apt", options="[arch={server}]", suite="{0}", components="{x!r} }{")
    assert got == [f"deb [arch={{server}}] {ROOT} {{0}} {{x!r}} }}{{"]
