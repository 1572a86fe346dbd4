"""Packagers upload, the server publishes, and an independent reader verifies with gpg."""

import hashlib
import json
import subprocess

import pytest
from factories_packages import make_wpt
from publishing import Fleet, new_fleet


@pytest.fixture
def fleet(server) -> Fleet:
    return new_fleet(server, "wpt", "x64")


@pytest.fixture
def gpg(fleet, tmp_path):
    """Runs gpg with the key as agents get it."""
    home = tmp_path / "gpg"
    home.mkdir(mode=0o700)

    def run(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
        command = ("gpg", "--batch", "--homedir", str(home), *arguments)
        return subprocess.run(command, input=text, capture_output=True, text=True)

    assert run("--import", text=fleet.key_text()).returncode == 0
    yield run
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)


def read_index(fleet, gpg, tmp_path, name="base"):
    index, signature = tmp_path / "packages.json", tmp_path / "packages.json.sig"
    for path in (index, signature):
        answer = fleet.get(f"repos/{name}/{path.name}")
        assert answer.status == 200
        path.write_bytes(answer.body)
    assert signature.read_text().startswith("-----BEGIN PGP SIGNATURE-----")
    done = gpg("--verify", str(signature), str(index))
    assert done.returncode == 0, done.stderr
    return json.loads(index.read_bytes())


def test_a_signed_index_tells_all_of_each_version(fleet, gpg, tmp_path):
    first = make_wpt(tmp_path, "tool", "1.9", dependencies=["other"], homepage="https://x.example/")
    second = make_wpt(tmp_path, "tool", "1.10")
    fleet.deploy("base", fleet.upload(first), fleet.upload(second))
    index = read_index(fleet, gpg, tmp_path)
    assert {name: set(versions) for name, versions in index.items()} == {"tool": {"1.9", "1.10"}}
    assert index["tool"]["1.9"] == {
        "metadata": {
            "name": "tool",
            "version": "1.9",
            "description": "A package of the tests",
            "maintainer": "Acme <acme@example.com>",
            "specification": "1.0",
            "dependencies": ["other"],
            "homepage": "https://x.example/",
            "architecture": "x64",
        },
        "filename": f"PKGS/{first.name}",
        "hash": hashlib.sha256(first.read_bytes()).hexdigest(),
    }


def test_a_package_is_where_the_index_says(fleet, gpg, tmp_path):
    package = make_wpt(tmp_path)
    fleet.deploy("base", fleet.upload(package))
    entry = read_index(fleet, gpg, tmp_path)["tool"]["1.0"]
    answer = fleet.get(f"repos/base/{entry['filename']}")
    assert hashlib.sha256(answer.body).hexdigest() == entry["hash"]
    assert fleet.source("base").strip().endswith(f"/public/{fleet.name}/repos/base PKGS")


def test_an_empty_deployment_has_a_signed_index(fleet, gpg, tmp_path):
    fleet.deploy("empty")
    assert read_index(fleet, gpg, tmp_path, "empty") == {}


def test_of_two_files_of_one_version_the_later_counts(fleet, gpg, tmp_path):
    make_wpt(tmp_path, "tool", "1.0", "a_1_x64.tar.gz")
    make_wpt(tmp_path, "tool", "1.0", "b_1_x64.tar.gz", description="another")
    keys = [fleet.upload(tmp_path / name) for name in ("b_1_x64.tar.gz", "a_1_x64.tar.gz")]
    fleet.deploy("base", *keys)
    assert read_index(fleet, gpg, tmp_path)["tool"]["1.0"]["filename"] == "PKGS/a_1_x64.tar.gz"


def test_a_change_is_in_the_next_index(fleet, gpg, tmp_path):
    keys = [fleet.upload(make_wpt(tmp_path, name)) for name in ("one", "two")]
    deployment = fleet.deploy("base", *keys)
    keys = [keys[1], fleet.upload(make_wpt(tmp_path, "three"))]
    fleet.api.patch(f"deployments/{deployment}/", available_packages=keys)
    fleet.wait(deployment)
    assert sorted(read_index(fleet, gpg, tmp_path)) == ["three", "two"]


def test_a_package_is_described_for_people(fleet, tmp_path):
    key = fleet.upload(make_wpt(tmp_path, dependencies=["other"]))
    text = fleet.api.get(f"packages/{key}/info/")["data"]
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        *("## Info", "## Readme", "## Changelog", "## install.ps1", "## Files")
    ]
    for part in ("Name: tool", 'Dependencies: ["other"]', "How to use it", "tool.exe"):
        assert part in text
