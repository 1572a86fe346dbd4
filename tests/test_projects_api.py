"""Projects, stores and platforms through the administrative API."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from agent import Agent, Packager, request
from api import Api, signed_in
from conftest import ADMIN, RunningServer
from factories_deb import make_deb

numbers = itertools.count()


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture(scope="module")
def platform(api: Api) -> int:
    return api.post("platforms/", name="Projects OS")["id"]


def new_project(api: Api, platform: int, **values: Any) -> dict[str, Any]:
    body = {"name": f"prj-{next(numbers)}", "pms": "apt", "architecture": "amd64"}
    return api.post("projects/", **{**body, "platform": platform, **values})


def upload(server: RunningServer, project: str, path: Path, store: str = "main") -> None:
    packager = Packager(server.url)
    packager.get_keys(*ADMIN)
    assert packager.upload(path.name, path.read_bytes(), project, store=store).status == 200


def test_the_life_of_a_project(server, api, platform):
    made = new_project(api, platform, name="Life-1")
    assert list(made) == [
        *("id", "name", "pms", "architecture", "auto_register_computers", "platform")
    ]
    assert (made["platform"], made["auto_register_computers"]) == (platform, False)
    path = f"projects/{made['id']}/"
    assert api.get(path) == {
        "id": made["id"],
        "name": "Life-1",
        "slug": "life-1",
        "pms": "apt",
        "architecture": "amd64",
        "auto_register_computers": False,
        "platform": {"id": platform, "name": "Projects OS"},
    }
    public = server.data_dir / "public"
    assert (public / "life-1" / "stores").is_dir()
    assert api.patch(path, name="Life-2", auto_register_computers=True)["name"] == "Life-2"
    assert (public / "life-2" / "repos").is_dir()
    assert (public / "life-1").readlink() == Path("life-2")
    assert api("DELETE", path).status == 204
    assert not list(public.glob("life-*"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "with blank"}, "name"),
        ({"name": "!!!"}, "name"),
        ({"name": "\ufb03" * 50}, "name"),
        ({"name": None}, "name"),
        ({"pms": "rpm"}, "pms"),
        ({"architecture": "../../etc"}, "architecture"),
        ({"platform": 999999}, "platform"),
        ({"platform": None}, "platform"),
    ],
)
def test_mistakes_in_projects_are_named(api, platform, changes, field):
    body = {"name": "mistaken", "pms": "apt", "architecture": "amd64", "platform": platform}
    answer = api("POST", "projects/", body | changes)
    assert (answer.status, list(answer.json())) == (400, [field])


def test_a_slug_that_is_taken(api, platform):
    new_project(api, platform, name="Taken-1")
    other = new_project(api, platform)
    body = {"name": "taken-1", "pms": "apt", "architecture": "amd64", "platform": platform}
    for answer in (
        api("POST", "projects/", body),
        api("PATCH", f"projects/{other['id']}/", {"name": "TAKEN-1"}),
    ):
        assert (answer.status, answer.json()) == (400, {"detail": "Project slug already exists"})


def test_a_project_with_computers_stays(server, api):
    agent = Agent(server.url, project=f"prj-used-{next(numbers)}").enrol()
    key = api.results(f"projects/?computer__id={agent.id}")[0]["id"]
    answer = api("DELETE", f"projects/{key}/")
    assert answer.status == 409
    assert "1 computers" in answer.detail
    assert api.patch(f"projects/{key}/", auto_register_computers=False)["id"] == key
    # Agents feel it at once, though projects are remembered for seconds.
    assert Agent(server.url, project=agent.project).get_keys().status == 403
    assert api("PUT", f"projects/{key}/", api.get(f"projects/{key}/") | {"platform": 1}).status in (
        200,
        400,
    )


def test_a_platform_with_projects_stays(api, platform):
    new_project(api, platform)
    answer = api("DELETE", f"platforms/{platform}/")
    assert answer.status == 409
    assert "projects depend" in answer.detail


def test_project_filters(api, platform):
    made = new_project(api, platform, pms="pacman")
    store = api.post("stores/", name="filter", project=made["id"])
    for query in (
        f"platform__id={platform}&pms=pacman",
        "pms__icontains=PACM",
        f"store__id={store['id']}",
        f"id__in={made['id']}&auto_register_computers=false",
    ):
        assert made["id"] in [row["id"] for row in api.results(f"projects/?{query}")], query
    assert api("GET", "projects/?pms=nonsense").status == 400
    for name in (
        *("driver__id", "error__id", "fault__id", "migration__id", "mgi_config__id"),
        *("packagesbyproject__id", "packageset__id", "package__id", "synchronization__id"),
        "deployment__id",
    ):
        assert api.results(f"projects/?{name}=99999999") == [], name


def test_the_life_of_a_store(server, api, platform):
    project = new_project(api, platform)
    made = api.post("stores/", name="Third Party", project=project["id"])
    assert made == {"id": made["id"], "name": "Third Party", "project": project["id"]}
    path = f"stores/{made['id']}/"
    found = api.get(path)
    assert list(found) == ["id", "name", "slug", "project"]
    assert found["slug"] == "third-party"
    assert list(found["project"]) == ["id", "name", "slug", "pms", "architecture"]
    directory = server.data_dir / "public" / project["name"] / "stores" / "third-party"
    assert directory.is_dir()
    assert api("DELETE", path).status == 204
    assert not directory.exists()


def test_mistakes_in_stores_are_named(api, platform):
    project = new_project(api, platform)["id"]
    api.post("stores/", name="Main", project=project)
    for name in ("Main", "MAIN", "!!!", "\ufb03" * 50):
        answer = api("POST", "stores/", {"name": name, "project": project})
        assert answer.status == 400, name
    same = api("POST", "stores/", {"name": "Main", "project": project}).json()
    assert same == {"non_field_errors": ["The fields name, project must make a unique set."]}
    assert "name" in api("POST", "stores/", {"name": "MAIN", "project": project}).json()


def test_a_renamed_store_takes_its_files_along(server, api, tmp_path):
    project = f"prj-moves-{next(numbers)}"
    Agent(server.url, project=project).get_keys()
    deb = make_deb(tmp_path / "moved_1_all.deb", "moved", "1", "all")
    upload(server, project, deb, store="first")
    package = api.results(f"packages/?project__name={project}")[0]
    store, other = package["store"]["id"], None
    for name in ("second", "third", "first"):
        api.patch(f"stores/{store}/", name=name)
        url = api.get(f"packages/{package['id']}/")["url"]
        assert url == f"/public/{project}/stores/{name}/moved_1_all.deb"
        for address in {url, package["url"], other or url}:
            assert request(server.url, "GET", address).body == deb.read_bytes(), address
        other = url
    key = api.get(f"stores/{store}/")["project"]["id"]
    assert api("DELETE", f"stores/{store}/").status == 409
    assert api("DELETE", f"projects/{key}/").status == 409
    elsewhere = api.results("projects/?name=debian12") or [{"id": key + 1}]
    assert api("PATCH", f"stores/{store}/", {"project": elsewhere[0]["id"]}).status == 400
    assert not list((server.data_dir / "public" / project).rglob(".??????*"))
    assert (server.data_dir / f"public/{project}/stores/third/moved_1_all.deb").is_symlink()


def test_templates_need_the_manager(api, platform):
    project = new_project(api, platform)
    assert api("GET", "projects/templates/").status == 503
    where = "projects/templates/import/"
    for body, error in (
        ({}, "template_id is required"),
        ({"template_id": "x"}, "Either project_name (to create a new project) or project_id is"),
        (
            {"template_id": "x", "project_name": project["name"]},
            f"A project with name '{project['name']}' already exists",
        ),
    ):
        answer = api("POST", where, body)
        assert answer.status == 400
        assert answer.json()["error"].startswith(error)
    answer = api("POST", where, {"template_id": "x", "project_id": 999999})
    assert (answer.status, answer.json()) == (
        404,
        {"error": "Project with ID 999999 does not exist"},
    )
    assert api("POST", where, {"template_id": "x", "project_name": "brand-new"}).status == 503
    where = "projects/templates/export"
    assert api("POST", where, {}).json() == {"error": "project_id is required"}
    assert api("POST", where, {"project_id": project["id"]}).status == 503
    assert api("POST", where, []).status == 400


def test_readers_change_nothing(server, platform, api):
    reader = signed_in(server, "reader")
    for path in (
        "projects/",
        "stores/",
        "packages/",
        "package-sets/",
        "schedules/",
        "deployments/",
    ):
        assert reader("POST", path, {}).status == 403, path
    for path in ("projects/templates/import/", "projects/templates/export/"):
        assert reader("POST", path, {}).status == 403, path
