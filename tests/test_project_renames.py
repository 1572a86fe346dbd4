"""A project gets another name while clients go on under the old one."""

import itertools
import os
import shutil
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from agent import Agent, Envelopes, key, request
from agent4 import Agent4, Packager4
from api import Api, signed_in
from conftest import ADMIN, RunningServer, command
from factories_deb import make_deb
from publishing import Fleet, new_fleet
from test_project_keys import foreign, is_accepted, project_key, wait_for  # noqa: F401

from migas_tornado.enrolment import project_places
from migas_tornado.keys.pairs import KeyRing

numbers = itertools.count()


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture
def fleet(server: RunningServer, tmp_path: Path) -> Fleet:
    """A project with a computer, a package, and a deployment for all that are in the project."""
    made = new_fleet(server, "apt", "amd64")
    made.agent.enrol().sync()
    package = made.upload(make_deb(tmp_path / "tool_1_all.deb", "tool", "1", "all"))
    target = attribute(server, made.name)
    made.deploy("tools", package, included_attributes=[target], packages_to_install="tool")
    return made


def attribute(server: RunningServer, name: str) -> int | None:
    return server.value(
        "SELECT a.id FROM core_attribute a JOIN core_property p ON p.id = a.property_att_id "
        "WHERE p.prefix = 'PRJ' AND a.value = $1",
        name,
    )


def rename(fleet: Fleet, name: str) -> None:
    """Rename a project and wait for its repositories; agents and packagers are not told."""
    fleet.api.patch(f"projects/{fleet.project['id']}/", name=name)
    fleet.project["name"] = name
    for row in fleet.server.sql(
        "SELECT id FROM core_deployment WHERE project_id = $1 AND source = 'I'",
        fleet.project["id"],
    ):
        fleet.wait(row["id"])


def new_name() -> str:
    return f"Renamed-{next(numbers)}"


def file_paths(project: str) -> list[str]:
    """Return what there is of a project below /public: package, index, package by the index."""
    return [
        f"/public/{project}/stores/main/tool_1_all.deb",
        f"/public/{project}/repos/dists/tools/InRelease",
        f"/public/{project}/repos/dists/tools/PKGS/binary-amd64/Packages",
        f"/public/{project}/repos/dists/tools/PKGS/tool_1_all.deb",
    ]


def source_of(agent: Agent) -> str:
    rows = agent.call("computers/repositories/").data
    assert [row["name"] for row in rows] == ["tools"]
    return rows[0]["source_template"]


def test_a_computer_goes_on_under_the_old_name(server, fleet):
    old, new = fleet.name, new_name()
    assert f"/public/{old}/" in source_of(fleet.agent)
    before = [request(server.url, "GET", path).body for path in file_paths(old)]
    rename(fleet, new)
    for slug in (old, new.lower()):
        answers = [request(server.url, "GET", path) for path in file_paths(slug)]
        assert [answer.status for answer in answers] == [200] * 4, slug
        assert [answers[place].body for place in (0, 3)] == [before[place] for place in (0, 3)]
    assert fleet.agent.project == old
    fleet.agent.sync()
    assert f"/public/{new.lower()}/" in source_of(fleet.agent)
    assert fleet.agent.call("computers/packages/mandatory/").data["install"] == ["tool"]
    assert f"PRJ-{new}" in fleet.agent.traits()
    assert attribute(server, old) is None
    fleet.agent.project = new
    fleet.agent.sync()
    assert server.value("SELECT count(*) FROM core_project WHERE name = $1", old) == 0


def test_new_computers_and_packagers_may_use_either_name(server, fleet, tmp_path):
    old, new = fleet.name, new_name()
    rename(fleet, new)
    pairs = set()
    for name in (old, new):
        agent = Agent(server.url, project=name)
        pairs.add(agent.get_keys().json()["migasfree-client.pri"])
        agent.register()
        agent.sync()
        assert source_of(agent) == source_of(fleet.agent)
        deb = make_deb(tmp_path / f"{name.lower()}_1_all.deb", name.lower(), "1", "all")
        assert fleet.packager.upload(deb.name, deb.read_bytes(), name).status == 200
        for slug in (old, new.lower()):
            path = f"/public/{slug}/stores/main/{deb.name}"
            assert request(server.url, "GET", path).body == deb.read_bytes(), path
    pairs.add(fleet.agent.envelopes.own.export_to_pem(private_key=True, password=None).decode())
    assert len({key(pem).thumbprint() for pem in pairs}) == 1
    answer = fleet.packager.send(
        "packages/repos/", {"project": old, "packageset": "tool_1_all.deb"}
    )
    assert answer.status == 200


def test_every_name_of_before_leads_to_the_present_one(server, fleet):
    names = [fleet.name, new_name(), new_name()]
    public = server.data_dir / "public"
    for name in names[1:]:
        rename(fleet, name)
    for name in names:
        assert request(server.url, "GET", file_paths(name.lower())[2]).status == 200, name
    assert (public / names[0]).readlink() == (public / names[1].lower()).readlink()
    rename(fleet, names[0])
    for name in names:
        answers = [request(server.url, "GET", path) for path in file_paths(name.lower())]
        assert [answer.status for answer in answers] == [200] * 4, name
        agent = Agent(server.url, project=name, uuid=fleet.agent.uuid, name=fleet.agent.name)
        agent.envelopes, agent.id = fleet.agent.envelopes, fleet.agent.id
        agent.sync()
        assert f"/public/{names[0]}/" in source_of(agent)
    assert (public / names[0]).is_dir()
    assert not (public / names[0]).is_symlink()
    kept = "SELECT name FROM core_formername WHERE project_id = $1 ORDER BY id"
    rows = server.sql(kept, fleet.project["id"])
    assert [row["name"] for row in rows] == names[1:]
    assert not [path for path in public.iterdir() if path.name.startswith(".")]


def test_a_name_may_change_and_the_directory_stay(server, fleet):
    old = fleet.name
    for name in (old.upper(), old.title(), old):
        rename(fleet, name)
        assert request(server.url, "GET", file_paths(old)[0]).status == 200
        fleet.agent.sync()
    assert not (server.data_dir / "public" / old).is_symlink()


def test_accepted_keys_go_along(server, fleet, foreign):  # noqa: F811
    path, pem = foreign
    old, new = fleet.name, new_name()
    assert project_key(server, "import", old, str(path)).returncode == 0
    wait_for(lambda: is_accepted(fleet.agent, pem))
    rename(fleet, new)
    for name in (old, new):
        fleet.agent.project = name
        assert is_accepted(fleet.agent, pem), name
        assert project_key(server, "list", name).stdout.strip(), name
    fleet.agent.envelopes = Envelopes(key(pem.decode()), fleet.agent.envelopes.server)
    fleet.agent.sync()


def test_keys_that_a_deleted_project_left_are_nobody_elses(server, fleet, foreign, api):  # noqa: F811
    path, pem = foreign
    name = new_name()
    gone = Agent(server.url, project=name)
    gone.get_keys()
    assert project_key(server, "import", name, str(path)).returncode == 0
    api("DELETE", f"projects/{api.results(f'projects/?name={name}')[0]['id']}/")
    rename(fleet, name)
    fleet.agent.project = name
    fleet.agent.sync()
    assert not is_accepted(fleet.agent, pem)
    assert project_key(server, "list", name).stdout == ""


def test_nobody_else_takes_a_name_of_before(server, fleet, api):
    old, new = fleet.name, new_name()
    rename(fleet, new)
    other = Agent(server.url, project=f"other-{next(numbers)}")
    other.get_keys()
    found = api.results(f"projects/?name={other.project}")[0]
    body = {key: found[key] for key in ("pms", "architecture")}
    body["platform"] = found["platform"]["id"]
    for name in (old, old.upper()):
        for answer in (
            api("POST", "projects/", {**body, "name": name}),
            api("PATCH", f"projects/{found['id']}/", {"name": name}),
        ):
            assert answer.status == 400
            assert f"The project {new} was called like this" in answer.json()["name"][0]
    answer = Agent(server.url, project=old.upper()).get_keys()
    assert answer.status == 400
    assert new in str(answer.json())
    answer = Agent4(server.url, project=old.upper()).register()
    assert new in answer.info
    where = "projects/templates/import/"
    answer = api("POST", where, {"template_id": "x", "project_name": old})
    assert answer.status == 400
    count = "SELECT count(*) FROM core_project WHERE lower(name) = $1"
    assert server.value(count, old) == 0


def test_computers_and_packagers_of_protocol_4_go_on(server, fleet, tmp_path):
    old, new = fleet.name, new_name()
    agent = Agent4(server.url, project=old).enrol()
    agent.sync()
    packager = Packager4(server.url, project=old)
    packager.get_keys(*ADMIN)
    rename(fleet, new)
    done = agent.sync()
    (row,) = done["info"].value["repositories"]
    assert f"/public/{new.lower()}/" in row["source_template"]
    later = Agent4(server.url, project=old).enrol()
    later.sync()
    assert later.key.private_numbers() == agent.key.private_numbers()
    deb = make_deb(tmp_path / "four_1_all.deb", "four", "1", "all")
    assert packager.upload(deb.name, deb.read_bytes()).code == 0
    path = f"/public/{old}/stores/main/{deb.name}"
    assert request(server.url, "GET", path).body == deb.read_bytes()


def test_a_computer_of_protocol_4_moves_to_a_project_by_its_old_name(server, fleet):
    old, new = fleet.name, new_name()
    rename(fleet, new)
    agent = Agent4(server.url, project=f"four-{next(numbers)}").enrol()
    agent.sync()
    agent.project = old
    agent.enrol()
    agent.sync()
    project = "SELECT project_id FROM client_computer WHERE uuid = $1"
    assert server.value(project, agent.uuid) == fleet.project["id"]


def test_two_attributes_of_a_name_become_one(server, fleet, api):
    name, old = new_name(), fleet.name
    prj = server.value("SELECT id FROM core_property WHERE prefix = 'PRJ'")
    server.sql("INSERT INTO core_attribute (property_att_id, value) VALUES ($1, $2)", prj, name)
    other = attribute(server, name)
    both = fleet.deploy("both", included_attributes=[other, attribute(server, old)])
    only = fleet.deploy("only", included_attributes=[other])
    rename(fleet, name)
    for deployment in (both, only):
        (link,) = api.get(f"deployments/{deployment}/")["included_attributes"]
        assert link["value"] == name
    assert attribute(server, name) != other
    fleet.agent.sync()
    rows = fleet.agent.call("computers/repositories/").data
    assert sorted(row["name"] for row in rows) == ["both", "only", "tools"]


def test_copies_of_upstreams_answer_under_both_names(server, fleet):
    old, new = fleet.name, new_name()
    external = {"base_url": "http://192.0.2.1/debian", "suite": "stable", "components": "main"}
    fleet.api.post(
        "deployments/external-sources/",
        name="upstream",
        project=fleet.project["id"],
        included_attributes=[attribute(server, old)],
        **external,
    )
    copy = server.data_dir / "public" / old / "external" / "upstream" / "pool" / "a_1_all.deb"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"kept")
    rename(fleet, new)
    for slug in (old, new.lower()):
        answer = request(server.url, "GET", f"/src/{slug}/external/upstream/pool/a_1_all.deb")
        assert (answer.status, answer.body) == (200, b"kept"), slug
    assert request(server.url, "GET", "/src/nobody/external/upstream/pool/a").status == 404


def test_commands_take_the_old_name(server, fleet):
    old = fleet.name
    rename(fleet, new_name())
    done = command(server.data_dir, "deploy", old, "by-old-name", "tool_1_all.deb")
    assert done.returncode == 0, done.stderr


def test_a_deleted_project_takes_its_links_along(server, api):
    agent = Agent(server.url, project=f"gone-{next(numbers)}")
    agent.get_keys()
    path = f"projects/{api.results(f'projects/?name={agent.project}')[0]['id']}/"
    name = new_name()
    api.patch(path, name=name)
    public = server.data_dir / "public"
    assert (public / agent.project).is_symlink()
    assert api("DELETE", path).status == 204
    for slug in (agent.project, name.lower()):
        assert not os.path.lexists(public / slug)
    keys = server.data_dir / "keys" / "projects"
    assert not os.path.lexists(keys / f"{agent.project}.pri")
    assert agent.get_keys().status == 200  # the name is free, for a project with a pair of its own
    assert api.results(f"projects/?name={agent.project}")


def test_a_used_project_stays_whatever_its_name(server, fleet, api):
    rename(fleet, new_name())
    answer = api("DELETE", f"projects/{fleet.project['id']}/")
    assert answer.status == 409


def test_the_directory_of_icons_is_no_projects(server, fleet, api):
    answer = api("PATCH", f"projects/{fleet.project['id']}/", {"name": "catalog_icons"})
    assert (answer.status, list(answer.json())) == (400, ["name"])


def test_what_cannot_be_moved_stays(server, fleet):
    old, new = fleet.name, new_name()
    public = server.data_dir / "public"
    # The pair cannot move after the directory has.
    keys = server.data_dir / "keys" / "projects"
    hidden = keys.with_name("hidden")
    keys.rename(hidden)
    keys.write_text("in the way")
    try:
        answer = fleet.api("PATCH", f"projects/{fleet.project['id']}/", {"name": new})
    finally:
        keys.unlink()
        hidden.rename(keys)
    assert answer.status == 503
    assert "files of the project" in answer.detail
    assert (public / old).is_dir()
    assert not (public / old).is_symlink()
    assert not os.path.lexists(public / new.lower())
    fleet.agent.sync()
    assert f"/public/{old}/" in source_of(fleet.agent)
    rename(fleet, new)
    fleet.agent.sync()


def test_a_start_makes_links_that_are_missing(tmp_path, untouched_site):
    data = tmp_path / "data"
    subprocess.run(["cp", "-a", untouched_site, data], check=True)
    server = RunningServer(data).start()
    agent = Agent(server.url, project="first").enrol()
    for name in ("third", "odd"):
        Agent(server.url, project=name).enrol()
    api = signed_in(server, "admin")
    api.patch(f"projects/{api.results('projects/?name=first')[0]['id']}/", name="second")
    server.sql("UPDATE core_project SET slug = '../odd' WHERE name = 'odd'")
    server.stop()
    public, keys = data / "public", data / "keys" / "projects"
    (public / "first").unlink()
    (keys / "first.pri").unlink()
    # Another was being renamed when the server died.
    third = keys.joinpath("third.pri").read_bytes()
    (public / "third").mkdir(exist_ok=True)
    (public / "third").rename(public / "fourth")
    (public / "third").symlink_to("fourth")
    (keys / "third.pri").rename(keys / "fourth.pri")
    (keys / "third.pri").symlink_to("fourth.pri")
    server.start()
    try:
        assert (public / "first").readlink() == Path("second")
        assert (keys / "first.pri").readlink() == Path("second.pri")
        assert not (public / "third").is_symlink()
        assert keys.joinpath("third.pri").read_bytes() == third
        assert not os.path.lexists(public / "fourth")
        assert not os.path.lexists(keys / "fourth.pri")
        agent.url = server.url
        agent.sync()
    finally:
        server.stop()
        shutil.rmtree(data)


def test_renaming_gets_in_the_way_of_nobody(server, fleet, tmp_path):
    old, names, failed = fleet.name, [new_name() for _ in range(3)], []
    is_done = threading.Event()
    debs = [make_deb(tmp_path / f"p{n}_1_all.deb", f"p{n}", "1", "all") for n in range(12)]

    def synchronize() -> None:
        while not is_done.is_set():
            done = fleet.agent.sync()
            failed.extend(name for name, answer in done.items() if answer.status >= 400)

    def upload() -> None:
        for deb in itertools.cycle(debs):
            if is_done.is_set():
                return
            failed.append(fleet.packager.upload(deb.name, deb.read_bytes(), old).status)

    with ThreadPoolExecutor(2) as threads:
        work = [threads.submit(synchronize), threads.submit(upload)]
        for name in names * 3:
            fleet.api.patch(f"projects/{fleet.project['id']}/", name=name)
            time.sleep(0.1)
        is_done.set()
        for one in work:
            one.result()
    assert set(failed) <= {200}
    packages = [fleet.key(deb.name) for deb in debs if fleet.key(deb.name)]
    fleet.deploy("all", *packages)
    for slug in (old, *(name.lower() for name in names)):
        path = f"/public/{slug}/repos/dists/all/PKGS/"
        for deb in debs[: len(packages)]:
            assert request(server.url, "GET", path + deb.name).body == deb.read_bytes(), slug


def test_a_backup_has_the_links(server, fleet, tmp_path):
    old, new = fleet.name, new_name()
    rename(fleet, new)
    file, data = tmp_path / "site.backup", tmp_path / "restored"
    for done in (
        command(server.data_dir, "backup", str(file)),
        command(data, "restore", str(file)),
    ):
        assert done.returncode == 0, done.stderr
    assert (data / "public" / old / "stores" / "main" / "tool_1_all.deb").is_file()
    assert (data / "keys" / "projects" / f"{old}.pri").readlink() == Path(f"{new.lower()}.pri")


@pytest.fixture
def settings(tmp_path: Path) -> SimpleNamespace:
    found = SimpleNamespace(public_dir=tmp_path / "public", keys_dir=tmp_path / "keys")
    for directory in (found.public_dir, found.keys_dir):
        directory.mkdir()
    return found


def shown(root: Path) -> dict[str, str]:
    """Return path -> target of a link or content of a file."""
    return {
        str(path.relative_to(root)): str(path.readlink()) if path.is_symlink() else path.read_text()
        for path in sorted(root.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def test_moving_may_be_repeated_and_undone(settings, tmp_path):
    (settings.public_dir / "a").mkdir()
    (settings.public_dir / "a" / "file").write_text("content")
    keys = settings.keys_dir / "projects"
    (keys / "a.accepted").mkdir(parents=True)
    (keys / "a.accepted" / "one.pub").write_text("accepted")
    (keys / "a.pri").write_text("pair")
    before = shown(tmp_path)
    project_places.move_places_back(settings, "a", "b", set())  # nothing had moved when it failed
    assert shown(tmp_path) == before
    for _ in range(2):
        project_places.move_places(settings, "a", "b", {"a"})
    moved = shown(tmp_path)
    assert moved == {
        "public/a": "b",
        "public/b/file": "content",
        "keys/projects/a.pri": "b.pri",
        "keys/projects/b.pri": "pair",
        "keys/projects/a.accepted": "b.accepted",
        "keys/projects/b.accepted/one.pub": "accepted",
    }
    project_places.move_places_back(settings, "a", "b", set())
    assert shown(tmp_path) == before
    project_places.move_places(settings, "a", "b", {"a"})
    project_places.move_places(settings, "b", "a", {"a", "b"})
    assert (settings.public_dir / "b").readlink() == Path("a")
    project_places.move_places_back(settings, "b", "a", {"a"})
    assert shown(tmp_path) == moved


def test_what_was_moved_when_the_process_died_is_kept(settings):
    (settings.public_dir / "b").mkdir()
    (settings.public_dir / "b" / "file").write_text("content")
    project_places.finish_interrupted_move(settings, "a", "b")
    project_places.move_places(settings, "a", "b", {"a"})
    assert shown(settings.public_dir) == {"a": "b", "b/file": "content"}


async def test_a_pair_that_nobody_asked_for_is_made_under_the_present_name(settings):
    settings.public_dir.joinpath("a").mkdir()
    project_places.move_places(settings, "a", "b", {"a"})
    late, present = KeyRing(settings.keys_dir), KeyRing(settings.keys_dir)
    pair = await late.project("a")
    assert (await present.project("b")).private_pem == pair.private_pem
    assert (settings.keys_dir / "projects" / "a.pri").is_symlink()
