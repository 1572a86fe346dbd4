"""What an index names is what is fetched, also while packages of the same name are replaced."""

import gzip
import hashlib
import json
import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from migas_tornado.pms import system
from migas_tornado.pms.system import PublishedPackage, Repository
from migas_tornado.repositories import build as builds
from migas_tornado.repositories import generations, manifest
from migas_tornado.repositories.build import Site, build_at_once
from migas_tornado.repositories.openpgp import KeySigner
from migas_tornado.repositories.store import content_path, offer

NOW = datetime(2026, 11, 23, 19, 32, 53, tzinfo=UTC)
NAMES = {"apt": "app_1_all.deb", "dnf": "app-1-1.noarch.rpm", "wpt": "app_1_x64.tar.gz"}
METADATA = {
    "apt": "Package: app\nVersion: 1\nArchitecture: all\n",
    "dnf": '<package><location href="PKGS/app-1-1.noarch.rpm"/></package>\x1e<b/>\x1e<c/>',
    "wpt": json.dumps({"name": "app", "version": "1"}),
}


class Acme:
    """A deployment `base` with a package `app`, whose content is any bytes."""

    def __init__(self, root: Path, key: Path, pms: str) -> None:
        self.public, self.contents, self.key, self.pms = root / "public", root / "store", key, pms
        self.site = Site(self.public, self.contents, pms, Repository("acme", "base", ("amd64",)))
        self.public.mkdir()
        self.shelf = self.public / "acme/stores/main"

    def upload(self, content: bytes) -> PublishedPackage:
        """Take the package in, and offer it on its shelf, as an upload does."""
        digest = hashlib.sha256(content).hexdigest()
        path = content_path(self.contents, digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        offer(self.contents, digest, self.shelf, NAMES[self.pms])
        size = len(content)
        return PublishedPackage(
            *(1, NAMES[self.pms], "main", "app", "1", "all", METADATA[self.pms], size, "", digest)
        )

    def build(self, *packages: PublishedPackage, after: float = 0):
        wanted = {package.key: int(package.sha256[:8], 16) for package in packages}
        now = NOW + timedelta(seconds=after)
        return build_at_once(self.site, wanted, lambda _: packages, KeySigner(self.key), now)

    def addresses(self) -> list[str]:
        """Return where the index that is served says that packages are."""
        served = self.site.served
        if self.pms == "apt":
            index = (served / "PKGS/binary-amd64/Packages").read_text()
            return [one[len("dists/base/") :] for one in re.findall("Filename: (.*)", index)]
        if self.pms == "wpt":
            index = json.loads((served / "packages.json").read_text())
            return [one["filename"] for versions in index.values() for one in versions.values()]
        return re.findall('href="(.*?)"', self._rendered(served))

    def _rendered(self, served: Path) -> str:
        return gzip.decompress((served / ".indexes/primary.xml.gz").read_bytes()).decode()

    def read(self, address: str) -> bytes:
        path = self.site.served / address
        assert Path(os.path.realpath(path)).is_relative_to(self.public)
        return path.read_bytes()


@pytest.fixture(params=NAMES)
def site(request, tmp_path, signing_key):
    return Acme(tmp_path, signing_key, request.param)


@pytest.fixture
def wpt(tmp_path, signing_key):
    return Acme(tmp_path, signing_key, "wpt")


def test_a_replaced_package_changes_only_with_the_index(site):
    site.build(site.upload(b"old"))
    (address,) = site.addresses()
    assert address == f"PKGS/{NAMES[site.pms]}"
    new = site.upload(b"new")
    assert (site.shelf / NAMES[site.pms]).read_bytes() == b"new"
    assert site.read(address) == b"old", "the index that is served names the old content"
    site.build(new, after=1)
    assert [site.read(one) for one in site.addresses()] == [b"new"]


@pytest.mark.parametrize(
    "site", [name for name in NAMES if system(name).takes_directories], indirect=True
)
def test_who_has_the_old_index_gets_the_old_content_for_a_while(site):
    first, second = site.upload(b"old"), site.upload(b"new")
    site.build(first)
    (old,) = site.addresses()
    site.build(second, after=1)
    (new,) = site.addresses()
    assert (site.read(old), site.read(new)) == (b"old", b"new")
    # The first again: its old address is still its own.
    site.build(first, after=2)
    assert site.addresses() == [old]
    site.build(second, after=3)
    third = site.upload(b"third")
    site.build(third, after=4 + generations.KEEP_SECONDS)
    assert not os.path.lexists(site.site.served / old)
    assert site.read(new) == b"new"
    site.build(third, after=5 + 2 * generations.KEEP_SECONDS)
    assert not os.path.lexists((site.site.served / new).parent)
    assert [site.read(one) for one in site.addresses()] == [b"third"]


def test_the_name_of_a_replaced_package_changes_with_the_switch(wpt, monkeypatch):
    wpt.build(wpt.upload(b"old"))
    (address,) = wpt.addresses()
    seen = []

    def switch(*arguments):
        seen.append(wpt.read(address))
        generations.switch(*arguments)
        seen.append(wpt.read(address))

    monkeypatch.setattr(builds, "switch", switch)
    wpt.build(wpt.upload(b"new"), after=1)
    assert seen == [b"old", b"new"]
    assert not (wpt.site.served / address).is_symlink()


@pytest.mark.parametrize("has_switched", [False, True])
def test_a_crash_around_the_switch_leaves_every_name_with_its_content(
    wpt, monkeypatch, has_switched
):
    first, second = wpt.upload(b"old"), wpt.upload(b"new")
    wpt.build(first)
    (address,) = wpt.addresses()

    def crash(*arguments):
        if has_switched:
            generations.switch(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(builds, "switch", crash)
        patch.setattr(builds.Build, "abandon", lambda _: None)
        wpt.build(second, after=1)
    assert wpt.read(address) == (b"new" if has_switched else b"old")
    current = second if has_switched else first
    wpt.build(current, after=2)
    assert wpt.read(address) == (b"new" if has_switched else b"old")
    assert not (wpt.site.served / address).is_symlink()


def test_a_content_that_came_back_is_published_at_the_next_build(site):
    package = site.upload(b"data")
    content = content_path(site.contents, package.sha256)
    content.rename(site.contents / "away")
    (site.shelf / package.filename).unlink()
    assert site.build(package).left_out == (package.filename,)
    assert site.build(package, after=1).left_out == (package.filename,)
    (site.contents / "away").rename(content)
    assert site.build(package, after=2).left_out == ()
    assert [site.read(one) for one in site.addresses()] == [b"data"]


def test_a_generation_is_on_disk_before_it_is_served(site, monkeypatch):
    site.build(site.upload(b"old"))
    synced, at_switch = set(), []
    fsync = os.fsync

    def record(descriptor):
        synced.add(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    def switch(served, directory):
        found = [directory, *directory.rglob("*")]
        missing = {one for one in found if one.lstat().st_ino not in synced}
        at_switch.append({one for one in missing if not one.is_symlink()})
        at_switch.append((directory / "PKGS").resolve().stat().st_ino in synced)
        generations.switch(served, directory)
        synced.clear()

    monkeypatch.setattr(os, "fsync", record)
    monkeypatch.setattr(builds, "switch", switch)
    site.build(site.upload(b"new"), after=1)
    assert at_switch == [set(), True]
    assert site.site.served.parent.stat().st_ino in synced


def test_links_to_shelves_become_links_to_contents(site, monkeypatch):
    package = site.upload(b"old")
    other = replace(site.upload(b"other"), key=2, filename=f"x{NAMES[site.pms]}", name="x")
    with monkeypatch.context() as patch:
        facts = builds._facts(site.site)
        patch.setattr(builds, "_facts", lambda _: facts | {"links": "shelves"})
        site.build(package)
    (address,) = site.addresses()
    link = site.site.served / address
    link.unlink()
    offer(site.contents, package.sha256, site.shelf, NAMES[site.pms])
    link.symlink_to(os.path.relpath(site.shelf / NAMES[site.pms], os.path.realpath(link.parent)))
    assert site.read(address) == b"old"
    wanted = {1: int(package.sha256[:8], 16), 2: 2}
    known = {1: package, 2: other}
    build_at_once(
        site.site,
        wanted,
        lambda keys: [known[key] for key in keys],
        KeySigner(site.key),
        NOW + timedelta(seconds=1),
    )
    assert not link.is_symlink()
    assert link.samefile(content_path(site.contents, package.sha256))
    assert manifest.load(site.site.served, builds._facts(site.site)).facts
