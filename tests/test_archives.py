"""Packages that are archives: read within limits, and refused in clear words when they are odd."""

import gzip
import os
import tarfile

import pytest
from factories_deb import make_tar, tar_of
from factories_packages import (
    COMPRESS,
    apk_bytes,
    apk_info,
    hostile_tars,
    link,
    make_apk,
    make_pacman,
    make_wpt,
    named,
    pacman_info,
    wpt_metadata,
)

from migas_tornado.errors import NotAPackageError, UnavailableError
from migas_tornado.pms import archives, system, unpacked
from migas_tornado.repositories import package_info

PACMAN = hostile_tars({".PKGINFO": pacman_info()})
WPT = hostile_tars({"pms/metadata.json": wpt_metadata()})
APK_CONTROL = {".PKGINFO": apk_info()}
CUTS = (1, 2, 4, 8, 9, 60, 500)


def read(pms, path, content=None):
    if content is not None:
        path.write_bytes(content)
    return system(pms).read(path, path.name)


def refusal(pms, path, content=None):
    with pytest.raises(NotAPackageError) as caught:
        read(pms, path, content)
    return str(caught.value)


@pytest.mark.parametrize("compression", COMPRESS)
def test_a_package_of_pacman_tells_what_it_is(tmp_path, compression):
    path = make_pacman(tmp_path, "gtk-2-engine", "1:1.2-3", "x86_64", compression)
    found = read("pacman", path)
    assert (found.name, found.version, found.architecture) == ("gtk-2-engine", "1:1.2-3", "x86_64")


def test_a_package_of_apk_tells_what_it_is(tmp_path):
    found = read("apk", make_apk(tmp_path, "java-17-openjdk", "17.0.8_p1-r2", "noarch"))
    assert (found.name, found.version) == ("java-17-openjdk", "17.0.8_p1-r2")
    assert found.architecture == "noarch"


def test_a_signed_package_of_apk_is_read_behind_its_signature(tmp_path):
    signature = gzip.compress(make_tar({".SIGN.RSA.acme.rsa.pub": b"s" * 512})[:1024])
    data = make_tar({"opt/x": b"x"})
    unsigned = read("apk", tmp_path / "a.apk", apk_bytes(APK_CONTROL, data))
    signed = read("apk", tmp_path / "a.apk", apk_bytes(APK_CONTROL, data, signature))
    assert signed == unsigned


def test_a_package_of_wpt_tells_what_it_is(tmp_path):
    found = read("wpt", make_wpt(tmp_path, "tool", "2.1", dependencies=["other"]))
    assert (found.name, found.version, found.architecture) == ("tool", "2.1", "x64")


def test_what_a_package_says_wins_over_the_name_of_its_file(tmp_path):
    for pms, path in (
        ("pacman", make_pacman(tmp_path / "p").rename(tmp_path / "other-9-9-any.pkg.tar.zst")),
        ("apk", make_apk(tmp_path / "a", filename="other-9-r9.apk")),
        ("wpt", make_wpt(tmp_path / "w", "acme-app", "1.0", "other_9_x64.tar.gz")),
    ):
        assert read(pms, path).name == "acme-app"


@pytest.mark.parametrize("oddity", PACMAN)
def test_an_odd_archive_is_no_package_of_pacman(tmp_path, oddity):
    path = tmp_path / "acme-app-1.0-1-any.pkg.tar.zst"
    assert "package" in refusal("pacman", path, COMPRESS["zst"](PACMAN[oddity]))


@pytest.mark.parametrize("oddity", WPT)
def test_an_odd_archive_is_no_package_of_wpt(tmp_path, oddity):
    path = tmp_path / "tool_1.0_x64.tar.gz"
    assert "package" in refusal("wpt", path, COMPRESS["gz"](WPT[oddity]))


@pytest.mark.parametrize("oddity", sorted(set(PACMAN) - {"nothing needed"}))
def test_odd_data_is_no_package_of_apk(tmp_path, oddity):
    content = apk_bytes(APK_CONTROL, PACMAN[oddity])
    assert "package" in refusal("apk", tmp_path / "a.apk", content)


@pytest.mark.parametrize("oddity", sorted(set(PACMAN) - {"without an end", "zeros without end"}))
def test_an_odd_control_archive_is_no_package_of_apk(tmp_path, oddity):
    archive = hostile_tars({".PKGINFO": b""})[oddity]
    content = gzip.compress(archive) + gzip.compress(make_tar({"opt/x": b"x"}))
    assert "package" in refusal("apk", tmp_path / "a.apk", content)


@pytest.mark.parametrize("compression", COMPRESS)
def test_a_package_that_was_cut_anywhere_is_refused(tmp_path, compression):
    noise = {f"opt/{number}": os.urandom(3000) for number in range(20)}
    path = make_pacman(tmp_path, compression=compression, extra=noise)
    whole = path.read_bytes()
    for cut in (*CUTS, len(whole) // 2, len(whole) - 3, len(whole)):
        refusal("pacman", path, whole[:-cut])


def test_a_cut_package_of_apk_is_refused(tmp_path):
    path = make_apk(tmp_path)
    whole = path.read_bytes()
    for cut in (*CUTS[:5], len(whole) // 2, len(whole) - 30, len(whole) - 3):
        refusal("apk", path, whole[:-cut])


def test_a_changed_package_of_apk_is_refused(tmp_path):
    path = make_apk(tmp_path)
    control = path.read_bytes().rpartition(b"\x1f\x8b")[0]
    other = gzip.compress(make_tar({"opt/x": b"something else"}))
    assert "another hash" in refusal("apk", path, control + other)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    one = COMPRESS["zst"](bytes(64 * 1024**2))
    bomb = COMPRESS["zst"](make_tar({".PKGINFO": pacman_info()})[:1024]) + one * 1000
    path = tmp_path / "bomb-1.0-1-any.pkg.tar.zst"
    assert "times as long" in refusal("pacman", path, bomb)
    claimed = tarfile.TarInfo("zeros")
    claimed.size = 64 * 1024**3
    head = make_tar({".PKGINFO": pacman_info()})[:1024] + claimed.tobuf(tarfile.GNU_FORMAT)
    assert "times as long" in refusal("pacman", path, COMPRESS["zst"](head) + one * 1000)


def test_an_archive_of_too_many_members_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 100)
    path = make_pacman(tmp_path, extra={f"opt/{number}": b"" for number in range(98)})
    assert "more than 100 members" in refusal("pacman", path)


def test_a_file_of_very_many_small_streams_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacked, "MAX_STREAMS", 100)
    path = tmp_path / "tool_1.0_x64.tar.gz"
    whole = make_wpt(tmp_path).read_bytes()
    assert "compressed streams" in refusal("wpt", path, whole + gzip.compress(b"") * 100)


def test_metadata_that_is_a_link_is_refused(tmp_path):
    for pms, name, compression in (
        ("pacman", ".PKGINFO", "zst"),
        ("wpt", "pms/metadata.json", "gz"),
    ):
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            archive = tar_of([(named("x"), b"x"), (link(name, "x", kind), b"")])
            refusal(pms, tmp_path / "x", COMPRESS[compression](archive))


def test_metadata_that_is_there_twice_is_refused(tmp_path):
    for pms, name, content, compression in (
        ("pacman", ".PKGINFO", pacman_info(), "zst"),
        ("wpt", "pms/metadata.json", wpt_metadata(), "gz"),
    ):
        archive = tar_of([(named(name), content), (named(f"./{name}"), content)])
        refusal(pms, tmp_path / "x", COMPRESS[compression](archive))


def test_links_within_a_package_of_pacman_are_told_and_not_followed(tmp_path):
    content = [
        (named(".PKGINFO"), pacman_info()),
        (link("usr/lib/libx.so", "libx.so.1"), b""),
        (link("etc/x", "/etc/shadow"), b""),
    ]
    path = tmp_path / "x"
    found = read("pacman", path, COMPRESS["zst"](tar_of(content)))
    assert '"etc/x"' in found.metadata
    assert "root:" not in found.metadata


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "-rf"},
        {"name": "a/b"},
        {"name": "a b"},
        {"name": ""},
        {"name": "x" * 201},
        {"version": "1.0"},
        {"version": "1.0/2-1"},
        {"version": "1" * 60 + "-1"},
        {"architecture": ""},
        {"architecture": "../x"},
        {"builddate": ["1", "x"]},
        {"size": "-1"},
        {"depend": "a\rb\x00c"},
        {"depend": "a\u2028%NAME%"},
    ],
)
def test_metadata_that_could_harm_an_index_is_refused(tmp_path, fields):
    info = {"name": "acme-app", "version": "1.0-1", "architecture": "any"}
    single = {key: value for key, value in fields.items() if key not in info}
    lines = pacman_info(**{**info, **{key: fields[key] for key in info if key in fields}})
    for key, value in single.items():
        lines = b"\n".join(
            line for line in lines.split(b"\n") if not line.startswith(key.encode() + b" ")
        )
        values = value if isinstance(value, list) else [value]
        lines += "".join(f"{key} = {one}\n" for one in values).encode()
    path = tmp_path / "x"
    refusal("pacman", path, COMPRESS["zst"](make_tar({".PKGINFO": lines})))


@pytest.mark.parametrize(
    "metadata",
    [
        b"",
        b"[]",
        b"{",
        b'{"name": "tool"}',
        wpt_metadata("../x"),
        wpt_metadata("a b"),
        wpt_metadata(version="1/2"),
        wpt_metadata(description=""),
        wpt_metadata(maintainer=1),
        b"[" * 100_000,
        wpt_metadata()[:-1] + b', "deep": ' + b"[" * 200 + b"]" * 200 + b"}",
        b" " * (1024**2 + 1),
    ],
)
def test_metadata_of_wpt_that_is_not_whole_is_refused(tmp_path, metadata):
    archive = make_tar({"pms/metadata.json": metadata})
    refusal("wpt", tmp_path / "x", COMPRESS["gz"](archive))


def test_a_package_of_another_system_is_refused(tmp_path):
    paths = {
        "pacman": make_pacman(tmp_path),
        "apk": make_apk(tmp_path),
        "wpt": make_wpt(tmp_path),
    }
    for pms in paths:
        for other, path in paths.items():
            if other != pms:
                refusal(pms, path)
        refusal(pms, tmp_path / "text", b"#!/bin/sh\necho no package\n")
        refusal(pms, tmp_path / "empty", b"")


def test_nothing_is_read_from_something_that_is_not_a_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for pms in ("pacman", "apk", "wpt"):
        refusal(pms, tmp_path / "pipe")
        refusal(pms, tmp_path)
        refusal(pms, tmp_path / "missing")


@pytest.mark.parametrize("make", [make_apk, make_pacman, make_wpt])
def test_a_description_that_takes_too_long_gives_the_worker_back(tmp_path, monkeypatch, make):
    path = make(tmp_path)
    pms = make.__name__.removeprefix("make_")
    metadata = read(pms, path).metadata
    assert package_info.describe_package(pms, path, metadata)
    monkeypatch.setattr(package_info, "MOST_SECONDS", -1)
    with pytest.raises(UnavailableError):
        package_info.describe_package(pms, path, metadata)
