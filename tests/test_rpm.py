"""dnf and zypper refresh with signature checks, list and download what the server publishes."""

import functools
import gzip
import hashlib
import http.server
import os
import shutil
import subprocess
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from factories_rpm import (
    EMPTY_CPIO,
    assemble,
    header_of,
    header_tags,
    make_rpm,
    rpm_bytes,
)

from migas_tornado.errors import NotAPackageError
from migas_tornado.pms import system
from migas_tornado.pms.rpm_metadata import read_rpm
from migas_tornado.pms.system import PublishedPackage, Repository
from migas_tornado.repositories import openpgp
from migas_tornado.repositories.build import Site, build_at_once
from migas_tornado.repositories.openpgp import KeySigner
from migas_tornado.repositories.store import content_path

NOW = datetime(2026, 11, 23, 19, 32, 53, tzinfo=UTC)
NAMESPACES = {
    "repo": "http://linux.duke.edu/metadata/repo",
    "common": "http://linux.duke.edu/metadata/common",
}


class Acme:
    """A project `acme` of dnf with its deployment `base`."""

    def __init__(self, root: Path, key: Path) -> None:
        self.public, self.contents, self.key = root / "public", root / "store", key
        self.shelf = self.public / "acme/stores/main"
        self.shelf.mkdir(parents=True)
        self.served = self.public / "acme/repos/base"

    def package(self, name="acme-app", version="1.0", **more) -> PublishedPackage:
        path = make_rpm(self.shelf / f"{name}-{version}-1.noarch.rpm", name, version, **more)
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        kept = content_path(self.contents, digest)
        kept.parent.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            kept.hardlink_to(path)
        found = read_rpm(path, path.name)
        return PublishedPackage(
            key=int(digest[:8], 16),
            filename=path.name,
            store="main",
            name=found.name,
            version=found.version,
            architecture=found.architecture,
            metadata=found.metadata,
            size=len(content),
            md5="",
            sha256=digest,
        )

    def build(self, *packages, now=None):
        site = Site(self.public, self.contents, "dnf", Repository("acme", "base", ("x86_64",)))
        known = {package.key: package for package in packages}
        return build_at_once(
            site,
            dict.fromkeys(known, 1),
            lambda keys: [known[key] for key in keys],
            KeySigner(self.key),
            now or datetime.now(UTC),
        )

    def index(self, kind: str) -> bytes:
        repomd = ElementTree.parse(self.served / "repodata/repomd.xml")
        data = repomd.find(f"repo:data[@type='{kind}']", NAMESPACES)
        path = self.served / data.find("repo:location", NAMESPACES).get("href")
        content = path.read_bytes()
        checksum = data.find("repo:checksum", NAMESPACES).text
        assert hashlib.sha256(content).hexdigest() == checksum
        assert path.name.startswith(checksum)
        assert int(data.find("repo:size", NAMESPACES).text) == len(content)
        return gzip.decompress(content)


@pytest.fixture
def site(tmp_path, signing_key):
    return Acme(tmp_path, signing_key)


# --- what is written ---


def test_all_three_files_of_the_index_have_the_package(site):
    package = site.package(requires=["bash"])
    assert site.build(package).packages == 1
    primary = ElementTree.fromstring(site.index("primary"))
    assert primary.get("packages") == "1"
    entry = primary.find("common:package", NAMESPACES)
    assert entry.find("common:checksum", NAMESPACES).text == package.sha256
    location = entry.find("common:location", NAMESPACES).get("href")
    assert location == "PKGS/acme-app-1.0-1.noarch.rpm"
    assert (site.served / location).read_bytes() == (site.shelf / package.filename).read_bytes()
    for kind in ("filelists", "other"):
        assert package.sha256 in site.index(kind).decode()
    assert b"/opt/acme-app.txt" in site.index("filelists")


def test_a_repository_without_packages_is_whole(site):
    assert site.build().packages == 0
    for kind in ("primary", "filelists", "other"):
        assert ElementTree.fromstring(site.index(kind)).get("packages") == "0"


def test_one_more_package_is_added_to_what_was_there(site):
    first, second = site.package("first"), site.package("second")
    site.build(first, now=NOW)
    old = set((site.served / "repodata").iterdir())
    site.build(first, second, now=NOW + timedelta(seconds=1))
    assert ElementTree.fromstring(site.index("primary")).get("packages") == "2"
    names = {path.name for path in (site.served / "repodata").iterdir()}
    assert {path.name for path in old} <= names, "who has the old repomd.xml needs the old files"
    site.build(second, now=NOW + timedelta(seconds=2))
    assert b"<name>first</name>" not in site.index("primary")


def test_a_package_that_was_never_read_is_left_out(site):
    assert site.build(replace(site.package(), metadata="")).left_out == (
        "acme-app-1.0-1.noarch.rpm",
    )


# --- packages that are none ---


def changed(offset: int, value: bytes) -> bytes:
    good = rpm_bytes("acme-app")
    return good[:offset] + value + good[offset + len(value) :]


def with_tags(**tags) -> bytes:
    header = header_of(header_tags("acme-app", "1.0", "1", "noarch"), 63)
    return assemble(header, gzip.compress(EMPTY_CPIO), **tags)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an rpm package"),
        (b"!<arch>\n" * 100, "not an rpm package"),
        (rpm_bytes("acme-app")[:90], "not an rpm package|no header"),
        (rpm_bytes("acme-app")[:300], "cut off"),
        (rpm_bytes("acme-app")[:-1], "cut off"),
        (changed(96, b"\x00"), "no header of signatures"),
        (changed(96 + 8, b"\xff\xff\xff\xff"), "more than 4096 entries"),
        (changed(96 + 12, b"\x7f\xff\xff\xff"), "or 4194304 bytes"),
        (changed(96 + 24, b"\x7f\xff\xff\xff"), "points out of itself"),
        (with_tags(digest="0" * 64), "not what its digest says"),
        (with_tags(size=10**9), "cut off"),
        (rpm_bytes("../acme"), "wrong name"),
        (rpm_bytes("acme app"), "wrong name"),
        (rpm_bytes("a" * 201), "name of more than 200"),
        (rpm_bytes("acme-app", "1" * 60), "version of more than 60"),
        (rpm_bytes("acme-app", architecture="<x>"), "wrong architecture"),
    ],
)
def test_what_is_no_sound_package_is_refused(tmp_path, content, message):
    path = tmp_path / "upload"
    path.write_bytes(content)
    with pytest.raises(NotAPackageError, match=message):
        system("dnf").read(path, "acme-app-1.0-1.noarch.rpm")


@pytest.mark.parametrize("text", ["bell \x07", "half \udcff a letter", "]]>", "<!-- &x; -->"])
def test_odd_texts_never_break_the_index(site, text):
    try:
        package = site.package(summary=text, description=text)
    except NotAPackageError:
        return
    site.build(package)
    ElementTree.fromstring(site.index("primary"))


def test_damage_anywhere_is_refused_or_harmless(site, tmp_path):
    good, path = rpm_bytes("acme-app"), tmp_path / "upload"
    for offset in range(0, len(good), 7):
        path.write_bytes(good[:offset] + bytes([good[offset] ^ 0xFF]) + good[offset + 1 :])
        try:
            found = read_rpm(path, "acme-app-1.0-1.noarch.rpm")
        except NotAPackageError:
            continue
        assert found.name == "acme-app", offset


def test_a_description_tells_scripts_changes_and_files(tmp_path):
    path = make_rpm(tmp_path / "a.rpm", requires=["bash"], script="echo done")
    sections = {one.title: one.body for one in system("dnf").describe(path, "")}
    assert sections["Requires"] == "bash"
    assert sections["Scripts"] == "postinstall:\necho done"
    assert "- First" in sections["Changelog"]
    assert sections["Files"] == "/opt/acme-app.txt"
    assert "Version: 1.0" in sections["Info"]


# --- the real dnf and zypper ---


@pytest.fixture
def server(site):
    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self):
            if self.path != "/get_key_repositories":
                return super().do_GET()
            key = openpgp.public_keys(site.key).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(key)))
            self.end_headers()
            return self.wfile.write(key)

        def log_message(self, *arguments):
            pass

    handler = functools.partial(Handler, directory=site.public.parent)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


class Client:
    """A package manager of rpm with a root of its own, and the entry that an agent writes."""

    def __init__(self, program: str, root: Path, server: str) -> None:
        if shutil.which(program) is None:
            if os.environ.get("CI"):
                pytest.fail(f"{program} is not there.")
            pytest.skip(f"{program} is not there")
        self.program, self.root = program, root
        directory = root / ("etc/zypp/repos.d" if program == "zypper" else "etc/yum.repos.d")
        directory.mkdir(parents=True)
        template = system(program).internal_source("acme", "base")
        text = template.format(protocol="http", server=server, keys_path="/nowhere")
        (directory / "migasfree.repo").write_text(text)
        for name in ("work", "log", "cache", "persist"):
            (root / name).mkdir()

    def run(self, *arguments: str, is_good: bool = True) -> str:
        if self.program == "zypper":
            command = ["zypper", "--root", self.root, "--non-interactive"]
            command += ["--gpg-auto-import-keys", *arguments]
        else:
            command = ["dnf", f"--installroot={self.root}", "--assumeyes", "--releasever=1"]
            command += [
                f"--setopt=reposdir={self.root}/etc/yum.repos.d",
                f"--setopt=cachedir={self.root}/cache",
                f"--setopt=logdir={self.root}/log",
                f"--setopt=persistdir={self.root}/persist",
                "--setopt=skip_if_unavailable=0",
                *arguments,
            ]
        done = subprocess.run(
            command,
            cwd=self.root / "work",
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self.root)},
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        output = done.stdout + done.stderr
        assert (done.returncode == 0) == is_good, output
        return output

    def refresh(self, is_good: bool = True) -> str:
        if self.program == "zypper":
            return self.run("refresh", "--force", is_good=is_good)
        return self.run("makecache", "--refresh", is_good=is_good)

    def versions(self, name: str) -> str:
        if self.program == "zypper":
            return self.run("search", "--details", name)
        return self.run("list", "--showduplicates", name)

    def download(self, name: str) -> list[bytes]:
        if self.program == "zypper":
            self.run("install", "--download-only", name)
        else:
            self.run("install", "--downloadonly", name)
        return [path.read_bytes() for path in self.root.rglob(f"{name}-*.rpm")]


@pytest.fixture(params=["dnf", "zypper"])
def client(request, tmp_path, server):
    return Client(request.param, tmp_path / "client", server)


def test_it_refreshes_lists_and_downloads(site, client):
    packages = [site.package("acme-app", version) for version in ("1.9", "1.10")]
    site.build(*packages)
    client.refresh()
    listed = client.versions("acme-app")
    assert "1.9-1" in listed and "1.10-1" in listed
    assert client.download("acme-app") == [(site.shelf / packages[1].filename).read_bytes()]
    # One more package: the index has several compressed members now.
    site.build(*packages, site.package("acme-more", "2"))
    client.refresh()
    assert "2-1" in client.versions("acme-more")
    assert "1.9-1" in client.versions("acme-app")


def test_it_refreshes_while_the_key_is_rotated(site, client, tmp_path):
    site.key = shutil.copy2(site.key, tmp_path / site.key.name)
    site.build(site.package())
    client.refresh()
    openpgp.rotate_key(site.key)
    site.build(site.package())
    client.refresh()
    openpgp.expire_previous(site.key)
    site.build(site.package())
    client.refresh()


def test_it_refuses_a_tampered_index(site, client):
    site.build(site.package())
    path = site.served / "repodata/repomd.xml"
    path.write_text(path.read_text() + "<!-- -->")
    output = client.refresh(is_good=False)
    assert "sign" in output.lower() or "gpg" in output.lower()
