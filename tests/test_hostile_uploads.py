"""What is no sound package is refused at upload, by people and packagers, and leaves nothing."""

import tarfile
import time
from pathlib import Path

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
from publishing import Fleet, new_fleet

SYSTEMS = {"pacman": "x86_64", "apk": "x86_64", "wpt": "x64"}
MAKE = {"pacman": make_pacman, "apk": make_apk, "wpt": make_wpt}
# As zeros compress to next to nothing, a bomb has to be refused while it is unpacked.
BOMB = COMPRESS["gz"](bytes(100 * 1024**2))
ODDITIES = (
    *("absolute name", "name above", "hard link out", "behind a link", "negative size"),
    *("endless size", "long header", "unknown kind", "damaged header", "nothing needed", "nothing"),
)


@pytest.fixture(params=SYSTEMS)
def fleet(server, request) -> Fleet:
    return new_fleet(server, request.param, SYSTEMS[request.param])


def sound(fleet: Fleet, tmp_path):
    return MAKE[fleet.agent.pms](tmp_path / "sound")


def hostile(fleet: Fleet) -> dict[str, bytes]:
    """Return contents of files that are no packages of a fleet's system."""
    pms = fleet.agent.pms
    needed = {
        "pacman": {".PKGINFO": pacman_info()},
        "apk": {".PKGINFO": apk_info()},
        "wpt": {"pms/metadata.json": wpt_metadata()},
    }[pms]
    pack = {
        "pacman": COMPRESS["zst"],
        "apk": lambda archive: apk_bytes(needed, archive),
        "wpt": COMPRESS["gz"],
    }[pms]
    tars = {
        oddity: archive for oddity, archive in hostile_tars(needed).items() if oddity in ODDITIES
    }
    (name,) = needed
    tars["metadata that is a link"] = tar_of([(link(name, "/etc/passwd"), b"")])
    if pms == "apk":  # any sound archive may be its data
        del tars["nothing needed"], tars["metadata that is a link"]
    contents = {oddity: pack(archive) for oddity, archive in tars.items()}
    beginning = make_tar(needed)[:1024]
    contents["a bomb"] = COMPRESS["gz"](beginning) + BOMB
    if pms == "pacman":
        member = named("x").tobuf(tarfile.USTAR_FORMAT)
        contents["very many members"] = COMPRESS["zst"](beginning + member * 210_000)
    contents["no archive"] = b"#!/bin/sh\nrm -rf /\n"
    contents["an empty file"] = b""
    return contents


def traces(fleet: Fleet) -> tuple[set[Path], int]:
    """Return all files that the server keeps or offers, and how many packages it knows."""
    tops = (fleet.server.data_dir / "store", fleet.server.data_dir / "public")
    files = {path for top in tops for path in top.rglob("*") if not path.is_dir()}
    return files, fleet.server.value("SELECT count(*) FROM core_package")


def assert_nothing_is_left(fleet: Fleet, before: tuple[set[Path], int]) -> None:
    """Make sure that the server is as it was, soon after it has answered."""
    deadline = time.monotonic() + 5
    while traces(fleet) != before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert traces(fleet) == before


def refused(answer) -> None:
    assert 400 <= answer.status < 500, answer
    assert answer.body, "nobody is told why"


def test_a_packager_cannot_upload_what_is_no_package(fleet, tmp_path):
    name = sound(fleet, tmp_path).name
    before = traces(fleet)
    for oddity, content in hostile(fleet).items():
        answer = fleet.packager.upload(name, content, fleet.name)
        assert 400 <= answer.status < 500, (oddity, answer)
    assert_nothing_is_left(fleet, before)


def test_a_person_cannot_upload_what_is_no_package(fleet, tmp_path):
    name = sound(fleet, tmp_path).name
    store = fleet.api.post("stores/", name="main", project=fleet.project["id"])["id"]
    before = traces(fleet)
    for oddity, content in hostile(fleet).items():
        answer = fleet.form("packages/", [("store", store)], (name, content))
        assert 400 <= answer.status < 500, (oddity, answer)
        assert answer.body, "nobody is told why"
    assert_nothing_is_left(fleet, before)


def test_a_file_that_was_cut_is_refused(fleet, tmp_path):
    path = sound(fleet, tmp_path)
    content = path.read_bytes()
    before = traces(fleet)
    for cut in (1, 4, 9, len(content) // 2):
        refused(fleet.packager.upload(path.name, content[:-cut], fleet.name))
    assert_nothing_is_left(fleet, before)


def test_the_name_of_a_file_has_to_be_that_of_a_package(fleet, tmp_path):
    path = sound(fleet, tmp_path)
    before = traces(fleet)
    for name in (
        "readme.html",
        path.name + ".txt",
        "package",
        "-rf" + path.name[3:],
        "." + path.name,
    ):
        refused(fleet.packager.upload(name, path.read_bytes(), fleet.name))
    assert_nothing_is_left(fleet, before)


def test_a_name_with_directories_is_only_its_last_part(fleet, tmp_path):
    path = sound(fleet, tmp_path)
    for name in (f"../../../../{path.name}", f"/etc/{path.name}", f"C:\\pkgs\\{path.name}"):
        answer = fleet.packager.upload(name, path.read_bytes(), fleet.name)
        assert answer.status == 200
        assert fleet.key(path.name)
    assert fleet.get(f"stores/main/{path.name}").body == path.read_bytes()


def test_a_package_of_another_system_is_refused(server, tmp_path):
    fleets = {pms: new_fleet(server, pms, SYSTEMS[pms]) for pms in SYSTEMS}
    for pms, fleet in fleets.items():
        name = sound(fleet, tmp_path).name
        before = traces(fleet)
        for other in fleets:
            if other != pms:
                content = MAKE[other](tmp_path / other).read_bytes()
                refused(fleet.packager.upload(name, content, fleet.name))
        assert_nothing_is_left(fleet, before)


def test_what_is_in_a_package_names_it(fleet, tmp_path):
    path = sound(fleet, tmp_path)
    name = {
        "pacman": "other-9.9-9-any.pkg.tar.zst",
        "apk": "other-9.9-r9.apk",
        "wpt": "other_9.9_x64.tar.gz",
    }[fleet.agent.pms]
    assert fleet.packager.upload(name, path.read_bytes(), fleet.name).status == 200
    row = fleet.api.results(f"packages/?project__id={fleet.project['id']}")[0]
    known = fleet.server.sql("SELECT name, version FROM core_package WHERE id = $1", row["id"])[0]
    assert row["fullname"] == name
    assert known["name"] in ("acme-app", "tool")
    assert known["version"].startswith("1.0")


def test_a_set_takes_all_of_its_files_or_none(fleet, tmp_path):
    first = sound(fleet, tmp_path)
    second = MAKE[fleet.agent.pms](tmp_path / "second", "second")
    store = fleet.api.post("stores/", name="main", project=fleet.project["id"])["id"]
    fields = [
        *(("name", "acme"), ("description", "x"), ("project", fleet.project["id"])),
        ("store", store),
    ]
    before = traces(fleet)
    good, bad = (first.name, first.read_bytes()), (second.name, second.read_bytes()[:-5])
    refused(fleet.form("package-sets/", fields, good, bad))
    assert (
        fleet.server.value(
            "SELECT count(*) FROM core_packageset WHERE project_id = $1", fleet.project["id"]
        )
        == 0
    )
    assert_nothing_is_left(fleet, before)
    answer = fleet.form("package-sets/", fields, good, (second.name, second.read_bytes()))
    assert answer.status == 201, answer
    assert len(answer.json()["packages"]) == 2


def test_a_set_is_published_with_what_it_gets_later(fleet, tmp_path):
    pms = fleet.agent.pms
    first = sound(fleet, tmp_path)
    fleet.packager.upload(
        first.name, first.read_bytes(), fleet.name, "packages/set/", packageset="/home/ana/acme"
    )
    made = fleet.api.results(f"package-sets/?project__id={fleet.project['id']}")[0]
    deployment = fleet.deploy("base", available_package_sets=[made["id"]])
    later = MAKE[pms](tmp_path / "later", "later")
    fleet.packager.upload(
        later.name, later.read_bytes(), fleet.name, "packages/set/", packageset="acme"
    )
    fleet.wait(deployment)
    place = {"pacman": later.name, "apk": "x86_64/later-1.0-r0.apk", "wpt": later.name}[pms]
    assert fleet.get(f"repos/base/PKGS/{place}").body == later.read_bytes()
