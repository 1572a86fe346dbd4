"""A repository is what apt expects, signed, and never seen half built."""

import functools
import gzip
import hashlib
import http.server
import lzma
import multiprocessing
import os
import re
import shutil
import stat
import subprocess
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from factories_deb import make_deb, published
from pysequoia import Cert, Sig, verify

from migas_tornado.errors import ConfigurationError, InvalidDataError
from migas_tornado.pms.apt import Apt
from migas_tornado.pms.system import Repository
from migas_tornado.repositories import generations, openpgp, openpgp_key
from migas_tornado.repositories.build import Site, build_at_once, is_safe_name
from migas_tornado.repositories.openpgp import KeySigner
from migas_tornado.repositories.served import hide
from migas_tornado.repositories.store import content_path
from migas_tornado.repositories.streams import DamagedError

NOW = datetime(2026, 11, 23, 19, 32, 53, tzinfo=UTC)


class Acme:
    """A public directory with one project `acme`, its store `main` and its deployment `base`."""

    def __init__(self, root: Path, key: Path) -> None:
        self.public = root / "public"
        self.contents = root / "store"
        self.store = self.public / "acme/stores/main"
        self.store.mkdir(parents=True)
        self.served = self.public / "acme/repos/dists/base"
        self.key = key

    def package(self, name="acme-app", version="1.0", architecture="all", filename=None, **fields):
        filename = filename or f"{name}_{version}_{architecture}.deb"
        path = make_deb(self.store / filename, name, version, architecture, **fields)
        package = published(path)
        content = content_path(self.contents, package.sha256)
        content.parent.mkdir(parents=True, exist_ok=True)
        if not content.exists():
            content.hardlink_to(path)
            content.chmod(0o644)
        return package

    def forget(self, package):
        """Lose the file of a package."""
        (self.store / package.filename).unlink()
        content_path(self.contents, package.sha256).unlink()

    def build(
        self, *packages, now=NOW, architectures=("amd64", "i386"), deployment="base", key=None
    ):
        repository = Repository("acme", deployment, architectures)
        site = Site(self.public, self.contents, "apt", repository)
        known = {package.key: package for package in packages}
        wanted = {key: hash(package) >> 1 for key, package in known.items()}
        signer = KeySigner(key or self.key)
        return build_at_once(site, wanted, lambda keys: [known[key] for key in keys], signer, now)

    def index(self, architecture="amd64") -> str:
        return (self.served / f"PKGS/binary-{architecture}/Packages").read_text()

    def generations(self) -> list[str]:
        found = (path.name for path in self.served.parent.glob(".*"))
        return sorted(
            name for name in found if not (name.endswith(".packages") or name.startswith(".gone-"))
        )


@pytest.fixture
def site(tmp_path, signing_key):
    return Acme(tmp_path, signing_key)


# --- what is written ---


def test_the_layout_is_the_one_that_clients_know(site):
    package = site.package()
    result = site.build(package)
    assert (result.packages, result.left_out) == (1, ())
    assert str(site.served.readlink()) == f".base-{result.generation}"
    link = site.served / "PKGS" / package.filename
    assert link.samefile(content_path(site.contents, package.sha256))
    for architecture in ("amd64", "i386"):
        directory = site.served / f"PKGS/binary-{architecture}"
        content = (directory / "Packages").read_bytes()
        assert gzip.decompress((directory / "Packages.gz").read_bytes()) == content
        assert lzma.decompress((directory / "Packages.xz").read_bytes()) == content


def test_the_release_has_the_fields_in_the_order_of_the_contract(site):
    site.build(site.package())
    lines = (site.served / "Release").read_text().splitlines()
    assert lines[:9] == [
        "Architectures: amd64 i386",
        "Codename: base",
        "Components: PKGS",
        "Date: Mon, 23 Nov 2026 19:32:53 UTC",
        "Label: migasfree base repository",
        "Origin: migasfree",
        "Suite: base",
        "Acquire-By-Hash: yes",
        "SHA256:",
    ]
    assert len(lines[9:]) == 6
    for line in lines[9:]:
        found = re.fullmatch(r" ([0-9a-f]{64}) ([ 0-9]{16}) (PKGS/binary-\S+)", line)
        content = (site.served / found[3]).read_bytes()
        assert found[1] == hashlib.sha256(content).hexdigest()
        assert int(found[2]) == len(content)
        by_hash = (site.served / found[3]).parent / "by-hash/SHA256" / found[1]
        assert by_hash.read_bytes() == content


def test_an_index_says_where_a_package_is_and_what_it_holds(site):
    package = site.package(Depends="libc6 (>= 2.3)")
    site.build(package)
    content = (site.store / package.filename).read_bytes()
    assert site.index() == package.metadata + (
        f"Filename: dists/base/PKGS/{package.filename}\n"
        f"Size: {len(content)}\n"
        f"MD5sum: {hashlib.md5(content).hexdigest()}\n"
        f"SHA256: {hashlib.sha256(content).hexdigest()}\n\n"
    )


def test_a_repository_is_the_same_whatever_the_order_of_its_packages(site):
    packages = [site.package(name) for name in ("zeta", "beta", "eta")]
    site.build(*packages)
    first = site.index()
    assert re.findall("^Package: (.*)$", first, re.MULTILINE) == ["beta", "eta", "zeta"]
    site.build(*reversed(packages))
    assert site.index() == first


def test_each_architecture_gets_its_own_and_the_common_packages(site):
    site.build(site.package("both"), site.package("big", architecture="amd64"))
    assert re.findall("^Package: (.*)$", site.index("amd64"), re.MULTILINE) == ["big", "both"]
    assert re.findall("^Package: (.*)$", site.index("i386"), re.MULTILINE) == ["both"]


def test_what_cannot_be_published_is_left_out_and_named(site):
    good = site.package()
    foreign = site.package("foreign", architecture="arm64")
    missing = site.package("missing")
    site.forget(missing)
    option = site.package(filename="-o.deb")
    directory = replace(good, filename="binary-amd64")
    climbing = replace(good, filename="../main/climbing.deb")
    blank = site.package(filename="a b.deb")
    unread = replace(site.package("unread"), metadata="")
    lost = replace(site.package("lost"), store="../stores/main")
    left_out = [foreign, missing, option, directory, climbing, blank, unread, lost]
    left_out = [replace(package, key=key) for key, package in enumerate(left_out)]
    result = site.build(good, *left_out)
    assert result.packages == 1
    assert set(result.left_out) == {package.filename for package in left_out}
    links = [path.name for path in (site.served / "PKGS").iterdir()]
    assert sorted(links) == [good.filename, "binary-amd64", "binary-i386"]


def test_a_package_that_comes_twice_is_published_once(site):
    package = site.package()
    assert site.build(package, package).packages == 1
    assert site.index().count("Package:") == 1


def test_a_deployment_without_packages_has_signed_empty_indexes(site):
    assert site.build().packages == 0
    assert site.index() == ""
    assert (site.served / "InRelease").is_file()


def test_everything_is_readable_by_all_whatever_the_umask(site):
    before = os.umask(0o077)
    try:
        site.build(site.package("old"))
        site.build(site.package("new"))
    finally:
        os.umask(before)
    for path in (site.served.parent.parent, *site.served.parent.parent.rglob("*")):
        if not path.is_symlink() and path.name != ".manifest":
            mode = stat.S_IMODE(path.stat().st_mode)
            assert mode == (0o755 if path.is_dir() else 0o644), path


def test_the_signatures_are_those_of_the_key(site, signing_key):
    site.build(site.package())
    public = openpgp.public_key(signing_key)
    assert public.startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----")
    certificate = Cert.from_bytes(public.encode())
    assert [str(user) for user in certificate.user_ids] == ["migasfree-repository"]
    assert certificate.expiration is None
    release = (site.served / "Release").read_bytes()
    clear = verify((site.served / "InRelease").read_bytes(), store=lambda _: [certificate])
    assert clear.bytes.strip() == release.strip()
    signature = Sig.from_file(str(site.served / "Release.gpg"))
    assert verify(release, store=lambda _: [certificate], signature=signature).valid_sigs


# --- what a change costs ---


@pytest.fixture
def rendered(monkeypatch):
    """Chunks of two packages, and the names of those that were rendered since last asked."""
    found: list[str] = []
    render = Apt.render

    def note(self, repository, packages):
        found.extend(package.name for package in packages)
        return render(self, repository, packages)

    def asked():
        names = sorted(found)
        found.clear()
        return names

    monkeypatch.setattr(Apt, "chunk_packages", 2)
    monkeypatch.setattr(Apt, "render", note)
    return asked


def test_only_the_chunk_of_a_change_is_rendered(site, rendered):
    packages = [replace(site.package(f"app{number}"), key=number) for number in range(7)]
    site.build(*packages[:5])
    assert rendered() == [f"app{number}" for number in range(5)]
    site.build(*packages[:6], now=NOW + timedelta(seconds=1))
    assert rendered() == ["app4", "app5"], "the last chunk had room for one more"
    site.build(*packages, now=NOW + timedelta(seconds=2))
    assert rendered() == ["app6"]
    site.build(*packages[1:], now=NOW + timedelta(seconds=3))
    assert "app2" not in rendered()
    found = re.findall("^Package: (.*)$", site.index(), re.MULTILINE)
    assert sorted(found) == [f"app{number}" for number in range(1, 7)]
    for suffix, unpack in ((".gz", gzip.decompress), (".xz", lzma.decompress)):
        packed = site.served / f"PKGS/binary-amd64/Packages{suffix}"
        assert unpack(packed.read_bytes()).decode() == site.index()


def test_a_change_of_the_architectures_renders_everything_anew(site, rendered):
    packages = [site.package(f"app{number}") for number in range(3)]
    site.build(*packages)
    rendered()
    site.build(*packages, architectures=("arm64",), now=NOW + timedelta(seconds=1))
    assert rendered() == ["app0", "app1", "app2"]
    assert site.index("arm64").count("Package: ") == 3


def test_damage_on_disk_never_gets_into_the_next_generation(site, rendered):
    packages = [replace(site.package(f"app{number}"), key=number) for number in range(3)]
    site.build(*packages[:2])
    path = site.served / ".indexes/binary-amd64/Packages.xz"
    path.write_bytes(b"x" + path.read_bytes()[1:])
    with pytest.raises(DamagedError):
        site.build(*packages, now=NOW + timedelta(seconds=1))
    assert len(site.generations()) == 1


# --- the key ---


def test_the_secret_key_is_only_for_its_owner(signing_key):
    assert stat.S_IMODE(signing_key.stat().st_mode) == 0o600
    assert [path.name for path in signing_key.parent.iterdir()] == [signing_key.name]


def test_of_two_that_make_the_key_at_once_one_wins(tmp_path, signing_key, monkeypatch):
    path = tmp_path / "keys/repository.asc"
    winner = signing_key.read_bytes()
    made = iter([None, winner])

    def new_key(*_):
        key = next(made)
        if key is None:  # the other is faster
            openpgp.create_key(path)
            return new_key_of_the_loser
        return key

    new_key_of_the_loser = openpgp_key.new_key("loser", NOW)
    monkeypatch.setattr(openpgp, "new_key", new_key)
    openpgp.create_key(path)
    assert openpgp.public_key(path) == openpgp.public_key(signing_key)
    assert [found.name for found in path.parent.iterdir()] == ["repository.asc"]


def test_a_key_that_is_replaced_is_loaded_again(tmp_path, signing_key):
    path = tmp_path / "repository.asc"
    shutil.copy(signing_key, path)
    assert openpgp.public_key(path) == openpgp.public_key(signing_key)
    path.write_text("damaged")
    with pytest.raises(ConfigurationError, match="not an OpenPGP secret key"):
        KeySigner(path).clear_sign(b"x")
    path.unlink()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        KeySigner(path).detach_sign(b"x")


def test_a_public_key_cannot_sign(tmp_path, signing_key):
    path = tmp_path / "repository.asc"
    path.write_text(openpgp.public_key(signing_key))
    with pytest.raises(ConfigurationError, match="not an OpenPGP secret key"):
        KeySigner(path).clear_sign(b"x")


@pytest.fixture
def rotated(site, tmp_path, signing_key):
    """A site whose key was rotated, and the public keys: old, both, new."""
    site.key = tmp_path / "keys" / signing_key.name
    site.key.parent.mkdir()
    shutil.copy2(signing_key, site.key)
    old = openpgp.public_keys(site.key)
    openpgp.rotate_key(site.key, days=30)
    return site, old, openpgp.public_keys(site.key), openpgp.public_key(site.key)


def test_while_a_rotation_lasts_either_key_verifies(rotated, server, tmp_path):
    site, *keys = rotated
    old, both, new = keys
    assert both == new + old
    site.build(site.package(), now=datetime.now(UTC))
    source = f"{server}/public/acme/repos base PKGS"
    for number, key in enumerate(keys):
        make_client(tmp_path / f"client{number}", source, key).update()
    openpgp.expire_previous(site.key)
    site.build(now=datetime.now(UTC))
    make_client(tmp_path / "client3", source, new).update()
    done = make_client(tmp_path / "client4", source, old).update(check=False)
    assert "NO_PUBKEY" in done.stderr


def test_a_rotation_has_to_be_ended_before_the_next(rotated):
    site, *_ = rotated
    with pytest.raises(ConfigurationError, match="not finished"):
        openpgp.rotate_key(site.key)
    current, previous = openpgp.key_facts(site.key)
    assert (current.expires - datetime.now(UTC)).days in (29, 30)
    assert previous.expires is None
    assert current.fingerprint != previous.fingerprint
    assert stat.S_IMODE(site.key.stat().st_mode) == 0o600
    openpgp.expire_previous(site.key)
    with pytest.raises(ConfigurationError, match="no previous key"):
        openpgp.expire_previous(site.key)


# --- from one generation to the next ---


def test_old_indexes_and_packages_can_be_fetched_for_a_while(site):
    old, new = site.package("old"), site.package("new")
    site.build(old)
    by_hash = site.served / "PKGS/binary-amd64/by-hash/SHA256"
    hashes = {path.name for path in by_hash.iterdir()}
    site.build(new, now=NOW + timedelta(seconds=60))
    # Through a third build as well: what counts is when something left.
    site.build(now=NOW + timedelta(seconds=120))
    assert hashes < {path.name for path in by_hash.iterdir()}
    assert (site.served / "PKGS" / old.filename).is_file()
    assert (site.served / "PKGS" / new.filename).is_file()
    assert site.index() == ""

    site.build(now=NOW + timedelta(seconds=60 + generations.KEEP_SECONDS))
    assert not hashes & {path.name for path in by_hash.iterdir()}
    assert not os.path.lexists(site.served / "PKGS" / old.filename)
    assert (site.served / "PKGS" / new.filename).is_file()

    site.build(now=NOW + timedelta(seconds=120 + generations.KEEP_SECONDS))
    assert not os.path.lexists(site.served / "PKGS" / new.filename)
    assert len(list(by_hash.iterdir())) == 3


def test_a_package_that_left_the_store_leaves_like_others(site):
    old = site.package("old")
    site.build(old)
    site.forget(old)
    assert site.build(now=NOW + timedelta(seconds=1)).left_out == ()
    assert (site.served / "PKGS" / old.filename).is_file(), "who has the old index fetches it"
    site.build(now=NOW + timedelta(seconds=1 + generations.KEEP_SECONDS))
    assert not os.path.lexists(site.served / "PKGS" / old.filename)


def test_a_package_that_returns_is_published_again(site):
    package = site.package()
    for seconds, packages in enumerate([[package], [], [package], []]):
        site.build(*packages, now=NOW + timedelta(seconds=seconds * 500))
    assert (site.served / "PKGS" / package.filename).is_file()  # gone for no time yet


def test_replaced_generations_are_removed_at_a_later_build(site):
    first = site.build()
    second = site.build(now=NOW + timedelta(seconds=10))
    assert site.generations() == [f".base-{first.generation}", f".base-{second.generation}"]
    third = site.build(now=NOW + timedelta(seconds=10 + generations.KEEP_SECONDS))
    assert site.generations() == [f".base-{second.generation}", f".base-{third.generation}"]


def test_frequent_builds_do_not_pile_up(site):
    for seconds in range(generations.KEEP_GENERATIONS + 4):
        site.build(now=NOW + timedelta(seconds=seconds))
    assert len(site.generations()) == generations.KEEP_GENERATIONS + 1


def test_the_date_always_advances(site):
    def date():
        return re.search("^Date: (.*)$", (site.served / "Release").read_text(), re.MULTILINE)[1]

    site.build()
    modified = (site.served / "InRelease").stat().st_mtime
    site.build(now=NOW + timedelta(milliseconds=300))
    assert date() == "Mon, 23 Nov 2026 19:32:54 UTC"
    assert (site.served / "InRelease").stat().st_mtime == modified + 1
    site.build(now=NOW - timedelta(seconds=3))  # the clock of another replica
    assert date() == "Mon, 23 Nov 2026 19:32:55 UTC"
    site.build(now=NOW - timedelta(days=1))  # the clock was wrong before
    assert date() == "Sun, 22 Nov 2026 19:32:53 UTC"


def test_deployments_with_similar_names_do_not_touch_each_other(site):
    first = site.build(deployment="base")
    other = f"base-{first.generation}"
    site.build(deployment=other)
    site.build(now=NOW + timedelta(days=1), deployment=other)
    site.build(now=NOW + timedelta(days=1))
    hide(site.public, "apt", "acme", "base")
    assert (site.served.parent / other / "InRelease").is_file()
    assert len(site.generations()) == 2
    assert not os.path.lexists(site.served)


def test_a_failed_build_changes_nothing(site, tmp_path):
    package = site.package()
    site.build(package)
    before = str(site.served.readlink()), site.generations()
    with pytest.raises(ConfigurationError):
        site.build(package, key=tmp_path / "missing")
    assert (str(site.served.readlink()), site.generations()) == before
    assert "acme-app" in site.index()


def test_a_repository_written_by_another_server_is_taken_over(site):
    package = site.package()
    (site.served / "PKGS").mkdir(parents=True)
    (site.served / "Release").write_text("Suite: base\n")
    (site.served / "PKGS" / "old.deb").symlink_to(f"../../../../stores/main/{package.filename}")
    (site.served / "PKGS" / "lost.deb").symlink_to("../../../../stores/Main/lost.deb")
    site.build(package)
    assert site.served.is_symlink()
    assert (site.served / "PKGS/old.deb").is_file()
    assert not os.path.lexists(site.served / "PKGS/lost.deb")
    site.build(now=NOW + timedelta(seconds=1))
    site.build(now=NOW + timedelta(seconds=2 + generations.KEEP_SECONDS))
    assert not any(name.endswith(".old") for name in site.generations())


def test_removing_leaves_nothing_and_may_be_repeated(site):
    site.build(site.package())
    site.build(now=NOW + timedelta(seconds=1))
    hidden = hide(site.public, "apt", "acme", "base")
    assert hide(site.public, "apt", "acme", "base") == []
    assert sorted(site.served.parent.iterdir()) == sorted(hidden)
    assert all(re.fullmatch(r"\.gone-[0-9a-f]{16}", path.name) for path in hidden)
    assert len(hidden) == 3
    assert len(list(site.store.iterdir())) == 1
    assert hide(site.public, "apt", "other", "base") == []


def test_what_is_removed_late_is_not_what_was_built_meanwhile(site):
    package = site.package()
    site.build(package)
    hidden = hide(site.public, "apt", "acme", "base")
    site.build(package, now=NOW + timedelta(seconds=1))
    for path in hidden:
        shutil.rmtree(path)
    assert (site.served / "PKGS" / package.filename).is_file()
    assert package.filename in site.index()


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../base", "-base", "a b"])
def test_a_name_that_is_not_a_slug_touches_no_path(site, name):
    with pytest.raises(InvalidDataError):
        site.build(deployment=name)
    with pytest.raises(InvalidDataError):
        hide(site.public, "apt", name, "base")
    with pytest.raises(InvalidDataError):
        site.build(architectures=("amd64", "../../x"))


@pytest.mark.parametrize(
    "name", ["acme_1.0_all.deb", "libstdc++6_1%3a2~rc1-1_amd64.deb", "año.deb", "a"]
)
def test_usual_names_are_safe(name):
    assert is_safe_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", ".hidden", "-rf", "a/b", "/a", "a b", "a\n", "a\t", "a\0", "a\x7f"),
        *("a\u00a0b", "a\u2028b", "a\u200bb", "\udcff", "a" * 256, "ñ" * 128),
    ],
)
def test_odd_names_are_not_safe(name):
    assert not is_safe_name(name)


def _read_until(served: Path, reading, stop, problems) -> None:
    """Read a repository again and again as a client does, and note what does not fit."""
    while not stop.is_set():
        release = (served / "InRelease").read_text()
        for digest, path in re.findall(r"^ ([0-9a-f]{64}) +\d+ (\S+)$", release, re.MULTILINE):
            by_hash = served / path
            content = (by_hash.parent / "by-hash/SHA256" / digest).read_bytes()
            if hashlib.sha256(content).hexdigest() != digest:
                problems.put(f"{path} is not what InRelease says")
            if path.endswith("Packages"):
                for name in re.findall(r"^Filename: dists/base/(\S+)$", content.decode(), re.M):
                    (served / name).read_bytes()
        reading.release()


def _reader(served: Path, reading, stop, problems) -> None:
    try:
        _read_until(served, reading, stop, problems)
    except OSError as error:
        problems.put(repr(error))


def test_a_reader_never_sees_half_a_repository(site):
    packages = [site.package(f"app{number}", architecture="amd64") for number in range(6)]
    site.build(*packages)
    context = multiprocessing.get_context("spawn")
    reading, stop, problems = context.Semaphore(0), context.Event(), context.SimpleQueue()
    readers = [
        context.Process(target=_reader, args=(site.served, reading, stop, problems))
        for _ in range(2)
    ]
    for reader in readers:
        reader.start()
    assert reading.acquire(timeout=20)
    for number in range(60):
        chosen = packages[number % 6 :]
        site.build(*chosen, now=NOW + timedelta(seconds=number))
    stop.set()
    for reader in readers:
        reader.join()
        assert reader.exitcode == 0
    assert problems.empty(), problems.get()


# --- the real apt ---


@dataclass
class AptClient:
    """An apt with directories of its own, which trusts one key and verifies signatures."""

    root: Path
    environment: dict[str, str]

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            arguments,
            cwd=self.root / "work",
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if check:
            assert done.returncode == 0, done.stdout + done.stderr
        return done

    def update(self, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = self.run("apt-get", "-o", "APT::Update::Error-Mode=any", "update", check=check)
        if check:
            assert "\nW:" not in "\n" + done.stderr, done.stderr
        return done

    def versions(self, name: str) -> list[str]:
        found = self.run("apt-cache", "madison", name).stdout
        # Packages for all architectures are in several indexes.
        return list(dict.fromkeys(line.split("|")[1].strip() for line in found.splitlines()))


def make_client(root: Path, source: str, key: str) -> AptClient:
    for name in ("state/lists/partial", "cache/archives/partial", "etc/sources.list.d", "work"):
        (root / name).mkdir(parents=True)
    for name in ("etc/apt.conf.d", "etc/preferences.d", "etc/trusted.gpg.d", "etc/auth.conf.d"):
        (root / name).mkdir(parents=True)
    (root / "status").touch()
    (root / "etc/trusted.gpg.d/server.asc").write_text(key)
    (root / "etc/sources.list.d/migasfree.list").write_text(f"deb {source}\n")
    (root / "apt.conf").write_text(
        f"""
        Dir "{root}"; Dir::State "state"; Dir::Cache "cache"; Dir::Etc "etc";
        Dir::State::status "{root}/status"; Dir::Etc::sourcelist "sources.list";
        Dir::Etc::Trusted "trusted.gpg"; Dir::Etc::TrustedParts "trusted.gpg.d";
        APT::Architecture "amd64"; APT::Architectures {{ "amd64"; "i386"; }};
        APT::Sandbox::User "root"; Acquire::Languages "none"; Acquire::Retries "0";
        Acquire::http::Proxy "DIRECT"; Acquire::Check-Date "true";
        Debug::NoLocking "true";
        """
    )
    environment = {
        "APT_CONFIG": str(root / "apt.conf"),
        "PATH": os.environ["PATH"],
        "LC_ALL": "C",
        "HOME": str(root),
    }
    return AptClient(root, environment)


@pytest.fixture
def server(site):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    handler = functools.partial(Quiet, directory=site.public.parent)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.fixture
def client(site, server, tmp_path):
    if shutil.which("apt-get") is None:
        if os.environ.get("CI"):
            pytest.fail("apt-get is not there.")
        pytest.skip("apt-get is not there")
    source = f"{server}/public/acme/repos base PKGS"
    return make_client(tmp_path / "client", source, openpgp.public_key(site.key))


def test_apt_updates_and_downloads(site, client):
    packages = [
        site.package("acme-app", "1.9", "amd64", Depends="acme-common (>= 1:1.0~)"),
        site.package("acme-app", "1.10", "amd64", Depends="acme-common (>= 1:1.0~)"),
        # Names as apt itself writes them, with an escape that must not be undone.
        site.package("acme-common", "1:1.0+b1~x", filename="acme-common_1%3a1.0+b1~x_all.deb"),
    ]
    site.build(*packages, now=datetime.now(UTC))
    client.update()
    assert client.versions("acme-app") == ["1.10", "1.9"]
    client.run("apt-get", "install", "--yes", "--download-only", "acme-app")
    fetched = {path.name for path in (client.root / "cache/archives").glob("*.deb")}
    assert fetched == {"acme-app_1.10_amd64.deb", "acme-common_1%3a1.0+b1~x_all.deb"}
    client.run("apt-get", "download", "acme-app=1.9")
    downloaded = client.root / "work/acme-app_1.9_amd64.deb"
    assert downloaded.read_bytes() == (site.store / packages[0].filename).read_bytes()


def test_apt_fetches_what_its_index_names_while_a_package_is_replaced(site, client):
    first = site.package(Description="first")
    site.build(first, now=datetime.now(UTC) - timedelta(seconds=5))
    client.update()
    (site.store / first.filename).unlink()  # a new file takes its place
    second = site.package(Description="second")
    assert second.sha256 != first.sha256
    for package in (first, second):
        if package is second:
            site.build(second, now=datetime.now(UTC))
        client.run("apt-get", "download", "acme-app")
        (found,) = (client.root / "work").glob("*.deb")
        assert hashlib.sha256(found.read_bytes()).hexdigest() == first.sha256
        found.unlink()
    client.update()
    client.run("apt-get", "download", "acme-app")
    (found,) = (client.root / "work").glob("*.deb")
    assert hashlib.sha256(found.read_bytes()).hexdigest() == second.sha256


def test_apt_reads_a_repository_from_files(site, client):
    site.build(site.package(), now=datetime.now(UTC))
    list_file = client.root / "etc/sources.list.d/migasfree.list"
    key = client.root / "etc/trusted.gpg.d/server.asc"
    key.rename(client.root / "server.asc")
    signed = f"[signed-by={client.root}/server.asc]"
    list_file.write_text(f"deb {signed} file:{site.public}/acme/repos base PKGS\n")
    client.update()
    client.run("apt-get", "install", "--yes", "--download-only", "acme-app")


def test_apt_sees_each_of_two_builds_of_one_second(site, client):
    now = datetime.now(UTC).replace(microsecond=0)
    for number in range(1, 4):
        site.build(site.package(version=f"{number}"), now=now)
        client.update()
        assert client.versions("acme-app") == [str(number)]


def test_apt_with_old_indexes_still_finds_what_they_name(site, client):
    now = datetime.now(UTC)
    site.build(site.package(version="1"), now=now)
    client.update()
    site.build(site.package(version="2"), now=now + timedelta(seconds=1))
    client.run("apt-get", "download", "acme-app")
    assert (client.root / "work/acme-app_1_all.deb").is_file()


def test_apt_is_content_with_an_empty_deployment(site, client):
    site.build(now=datetime.now(UTC))
    client.update()


def test_apt_refuses_a_tampered_index(site, client):
    site.build(site.package(), now=datetime.now(UTC))
    for path in (site.served / "PKGS/binary-amd64").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"acme", b"evil") + b"\n")
    done = client.update(check=False)
    assert done.returncode != 0
    assert "Hash Sum mismatch" in done.stderr or "unexpected size" in done.stderr


def test_apt_refuses_a_tampered_release(site, client):
    site.build(site.package(), now=datetime.now(UTC))
    for name in ("InRelease", "Release"):
        path = site.served / name
        path.write_text(path.read_text().replace("Origin: migasfree", "Origin: elsewhere"))
    done = client.update(check=False)
    assert done.returncode != 0
    assert "BADSIG" in done.stderr or "invalid" in done.stderr


def test_apt_refuses_a_tampered_package(site, client):
    package = site.package()
    site.build(package, now=datetime.now(UTC))
    client.update()
    path = site.store / package.filename
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    done = client.run("apt-get", "download", "acme-app", check=False)
    assert done.returncode != 0
    assert "Hash Sum mismatch" in done.stderr


def test_apt_refuses_another_key(site, client):
    site.build(site.package(), now=datetime.now(UTC))
    (client.root / "etc/trusted.gpg.d/server.asc").unlink()
    done = client.update(check=False)
    assert done.returncode != 0
    assert "NO_PUBKEY" in done.stderr
