"""Schedules and deployments through the administrative API."""

import itertools
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from agent import Agent, Packager, request
from api import Api, signed_in
from conftest import ADMIN, RunningServer
from factories_deb import make_deb

from migas_tornado.targeting.horizon import horizon

numbers = itertools.count()
LIST_KEYS = [
    *("id", "project", "domain", "schedule", "source", "frozen", "name", "slug", "comment"),
    *("start_date", "enabled", "auto_restart", "schedule_timeline"),
]
LISTS = [
    *("packages_to_install", "packages_to_remove", "default_preincluded_packages"),
    *("default_included_packages", "default_excluded_packages"),
]
DETAIL_KEYS = [
    *("id", "project", "domain", "schedule", "included_attributes", "excluded_attributes"),
    *LISTS,
    *("available_packages", "available_package_sets", "enabled", "name", "slug", "comment"),
    *("start_date", "auto_restart", "source", "base_url", "options", "suite", "components"),
    *("frozen", "expire"),
]


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture(scope="module")
def project(server: RunningServer, api: Api) -> dict[str, Any]:
    return known_project(server, api, "dep-main")


@pytest.fixture(scope="module")
def other(server: RunningServer, api: Api) -> dict[str, Any]:
    return known_project(server, api, "dep-other")


def known_project(server: RunningServer, api: Api, name: str) -> dict[str, Any]:
    Agent(server.url, project=name).get_keys()
    return api.results(f"projects/?name={name}")[0]


@pytest.fixture(scope="module")
def package(
    server: RunningServer,
    api: Api,
    project: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> int:
    path = tmp_path_factory.mktemp("deb") / "dep-app_1_all.deb"
    make_deb(path, "dep-app", "1", "all")
    packager = Packager(server.url)
    packager.get_keys(*ADMIN)
    assert packager.upload(path.name, path.read_bytes(), project["name"]).status == 200
    return api.results(f"packages/?project__id={project['id']}")[0]["id"]


def new(api: Api, project: dict[str, Any], **values: Any) -> dict[str, Any]:
    body = {"name": f"dep {next(numbers)}", "project": project["id"]}
    return api.post("deployments/", **{**body, **values})


def wanted(server: RunningServer, key: int) -> int:
    return server.value("SELECT wanted FROM core_repository WHERE deployment_id = $1", key) or 0


def wait_until_built(server: RunningServer, key: int) -> None:
    deadline = time.monotonic() + 60
    while not server.value(
        "SELECT built = wanted FROM core_repository WHERE deployment_id = $1", key
    ):
        assert time.monotonic() < deadline, "\n".join(server.log[-10:])
        time.sleep(0.05)


def test_the_forms_of_a_deployment(server, api, project, package):
    made = new(
        api,
        project,
        name="Forms Of",
        included_attributes=[1],
        available_packages=[package],
        packages_to_install=["a", " b ", ""],
        packages_to_remove="c\r\nd",
        default_included_packages=None,
        domain=None,
    )
    assert list(made) == DETAIL_KEYS
    assert (made["project"], made["domain"], made["schedule"]) == (project["id"], None, None)
    assert (made["included_attributes"], made["available_packages"]) == ([1], [package])
    assert made["packages_to_install"] == ["a", "b"]
    assert made["packages_to_remove"] == ["c", "d"]
    assert made["default_included_packages"] == []
    assert made["slug"] == "forms-of"
    assert (made["source"], made["frozen"], made["expire"]) == ("I", True, 1440)
    today = datetime.now(UTC).date()
    assert abs(date.fromisoformat(made["start_date"]) - today) <= timedelta(days=1)
    detail = api.get(f"deployments/{made['id']}/")
    assert list(detail) == DETAIL_KEYS
    assert detail["project"]["slug"] == "dep-main"
    assert detail["included_attributes"][0]["value"] == "All Systems"
    assert detail["available_packages"] == [{"id": package, "fullname": "dep-app_1_all.deb"}]
    row = api.results(f"deployments/?id={made['id']}")[0]
    assert list(row) == LIST_KEYS
    assert row["schedule_timeline"] is None
    assert wanted(server, made["id"]) == 1


def test_the_sources_are_views(api, project, package):
    inner = new(api, project, available_packages=[package])
    outer = new(api, project, source="E", base_url="http://mirror.example.org/debian")
    for path, mine, not_mine in (
        ("deployments/internal-sources", inner["id"], outer["id"]),
        ("deployments/external-sources", outer["id"], inner["id"]),
    ):
        ids = [row["id"] for row in api.results(f"{path}/?page_size=1000")]
        assert mine in ids
        assert not_mine not in ids
        assert api("GET", f"{path}/{not_mine}/").status == 404
        assert api("PATCH", f"{path}/{not_mine}/", {"enabled": False}).status == 404
    found = api.get(f"deployments/internal-sources/{inner['id']}/")
    assert list(found) == [
        *("id", "enabled", "project", "domain", "name", "slug", "comment"),
        *("available_packages", "available_package_sets"),
        *("included_attributes", "excluded_attributes", *LISTS),
        *("schedule", "start_date", "auto_restart"),
    ]
    found = api.get(f"deployments/external-sources/{outer['id']}/")
    assert list(found) == [
        *("id", "enabled", "project", "domain", "name", "slug", "comment"),
        *("included_attributes", "excluded_attributes", *LISTS),
        *("schedule", "start_date", "auto_restart"),
        *("base_url", "options", "suite", "components", "frozen", "expire"),
    ]
    made = api.post(
        "deployments/external-sources/",
        name=f"ext {next(numbers)}",
        project=project["id"],
        base_url="https://mirror.example.org",
        source="I",
        frozen=False,
    )
    assert "slug" not in made
    assert (made["available_packages"], made["frozen"]) == ([], False)
    assert api.get(f"deployments/{made['id']}/")["source"] == "E"
    made = api.post(
        "deployments/internal-sources/", name=f"int {next(numbers)}", project=project["id"]
    )
    assert api.get(f"deployments/{made['id']}/")["source"] == "I"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": "!!!"}, "name"),
        ({"project": 999999}, "project"),
        ({"project": {"id": 1}}, "project"),
        ({"schedule": 999999}, "schedule"),
        ({"source": "X"}, "source"),
        ({"start_date": "yesterday"}, "start_date"),
        ({"start_date": None}, "start_date"),
        ({"start_date": "9999-12-31"}, "start_date"),
        ({"start_date": "0001-01-01"}, "start_date"),
        ({"packages_to_install": [1]}, "packages_to_install"),
        ({"packages_to_install": {"a": 1}}, "packages_to_install"),
        ({"available_packages": [999999]}, "available_packages"),
        ({"available_packages": "x"}, "available_packages"),
        ({"included_attributes": [0]}, "included_attributes"),
        ({"source": "E"}, "base_url"),
        ({"source": "E", "base_url": "ftp://x/"}, "base_url"),
        ({"source": "E", "base_url": "http://a:b@x/"}, "base_url"),
        ({"source": "E", "base_url": "http://x/?y"}, "base_url"),
        ({"source": "E", "base_url": "http://[x/"}, "base_url"),
        ({"source": "E", "base_url": "http://x", "options": "a\nb"}, "options"),
        ({"expire": 2**31}, "expire"),
    ],
)
def test_mistakes_are_named(api, project, changes, field):
    body = {"name": f"mistake {next(numbers)}", "project": project["id"]}
    answer = api("POST", "deployments/", body | changes)
    assert (answer.status, list(answer.json())) == (400, [field]), answer.body


def test_names_are_unique_in_a_project(api, project, other):
    new(api, project, name="Unique One")
    new(api, other, name="Unique One")
    body = {"name": "Unique One", "project": project["id"]}
    answer = api("POST", "deployments/", body)
    assert answer.status == 400
    assert answer.json() == {
        "non_field_errors": ["The fields name, project must make a unique set."]
    }
    answer = api("POST", "deployments/", body | {"name": "unique ONE"})
    assert (answer.status, list(answer.json())) == (400, ["name"])


def test_the_project_never_changes(api, project, other, package):
    for path in ("deployments/", "deployments/internal-sources/"):
        made = new(api, project)
        answer = api("PATCH", f"{path}{made['id']}/", {"project": other["id"]})
        assert (answer.status, list(answer.json())) == (400, ["project"])
        assert api("PATCH", f"{path}{made['id']}/", {"project": project["id"]}).status == 200


def test_packages_must_be_of_the_project(api, project, other, package):
    body = {"name": "foreign", "project": other["id"], "available_packages": [package]}
    answer = api("POST", "deployments/", body)
    expected = "Package dep-app_1_all.deb must belong to the project dep-other"
    assert (answer.status, answer.json()) == (400, {"available_packages": [expected]})


def test_repositories_are_renewed_when_their_content_changes(server, api, project, package):
    key = new(api, project, name="renew me")["id"]
    path = f"deployments/{key}/"
    before = wanted(server, key)
    api.patch(path, enabled=False, comment="x", packages_to_install=["a"])
    assert wanted(server, key) == before
    api.patch(path, available_packages=[package])
    assert wanted(server, key) == before + 1
    api.patch(path, available_packages=[package])
    assert wanted(server, key) == before + 1
    wait_until_built(server, key)
    address = "/public/dep-main/repos/dists/{}/InRelease"
    assert request(server.url, "GET", address.format("renew-me")).status == 200
    api.patch(path, name="renewed")
    wait_until_built(server, key)
    assert request(server.url, "GET", address.format("renewed")).status == 200
    deadline = time.monotonic() + 10
    while request(server.url, "GET", address.format("renew-me")).status == 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert api("GET", f"deployments/internal-sources/{key}/metadata/").json() == {
        "detail": "Operation received"
    }
    assert wanted(server, key) == before + 3
    assert api("DELETE", f"deployments/internal-sources/{key}/").status == 204
    deadline = time.monotonic() + 10
    while request(server.url, "GET", address.format("renewed")).status == 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_deployment_may_change_its_source(server, api, project, package):
    key = new(api, project, name="turns round", available_packages=[package])["id"]
    path, address = f"deployments/{key}/", "/public/dep-main/repos/dists/turns-round/InRelease"
    wait_until_built(server, key)
    assert request(server.url, "GET", address).status == 200
    assert api("PATCH", path, {"source": "E"}).json() == {"base_url": ["This field is required."]}
    api.patch(path, source="E", base_url="http://mirror.example.org")
    deadline = time.monotonic() + 10
    while request(server.url, "GET", address).status == 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert wanted(server, key) == 0
    api.patch(path, source="I")
    wait_until_built(server, key)
    assert request(server.url, "GET", address).status == 200


def test_rebuilding_needs_the_permission_to_change(server, api, project):
    key = new(api, project)["id"]
    reader = signed_in(server, "reader")
    assert reader("GET", f"deployments/internal-sources/{key}/metadata/").status == 403
    assert reader("POST", f"deployments/internal-sources/{key}/copy/", {}).status == 403
    assert api("GET", "deployments/internal-sources/999999/metadata").status == 404


def test_generating(server, api, project):
    key = new(api, project)["id"]
    server.sql(
        "UPDATE core_repository SET wanted = built + 1, built_at = now() + interval '1 hour' "
        "WHERE deployment_id = $1",
        key,
    )
    rows = api.get("deployments/internal-sources/generating/")
    found = [row for row in rows if row["id"] == key]
    assert found
    assert list(found[0]) == [*DETAIL_KEYS, "progress"]
    assert found[0]["progress"] == {"phase": None, "done": 0, "total": 0}
    api("DELETE", f"deployments/{key}/")
    assert key not in [row["id"] for row in api.get("deployments/internal-sources/generating")]


def test_computers_that_are_not_active_cannot_be_named(server, api, project):
    agent = Agent(server.url, project="dep-main").enrol()
    agent.sync()
    attribute = server.value(
        "SELECT a.id FROM core_attribute a JOIN core_property p ON p.id = a.property_att_id "
        "WHERE p.prefix = 'CID' AND a.value = $1",
        str(agent.id),
    )
    kept = new(api, project, included_attributes=[attribute])
    server.sql("UPDATE client_computer SET status = 'available' WHERE id = $1", agent.id)
    body = {"name": "inactive", "project": project["id"], "excluded_attributes": [attribute]}
    answer = api("POST", "deployments/", body)
    assert (answer.status, list(answer.json())) == (400, ["excluded_attributes"])
    # What it has already may stay.
    api.patch(f"deployments/{kept['id']}/", included_attributes=[attribute], comment="y")


def test_results_are_forgotten_with_the_lists_that_they_are_of(server, api, project):
    agent = Agent(server.url, project="dep-main").enrol()
    key = new(api, project, packages_to_install=["a"])["id"]
    count = "SELECT count(*) FROM core_deploymentresult WHERE deployment_id = $1"
    server.sql(
        "INSERT INTO core_deploymentresult (deployment_id, computer_id, is_ok) "
        "VALUES ($1, $2, true)",
        key,
        agent.id,
    )
    api.patch(f"deployments/{key}/", packages_to_install=["a"], comment="z")
    assert server.value(count, key) == 1
    api.patch(f"deployments/{key}/", packages_to_install=["b"])
    assert server.value(count, key) == 0


def test_schedules(api, project):
    made = api.post("schedules/", name="dep schedule", description=None)
    assert list(made) == ["id", "name", "description"]
    delay = api.post("schedule-delays/", schedule=made["id"], delay=0, attributes=[1])
    assert delay == {
        "id": delay["id"],
        "delay": 0,
        "duration": 1,
        "attributes": [1],
        "schedule": made["id"],
    }
    row = api.results(f"schedule-delays/?schedule__id={made['id']}")[0]
    assert list(row) == ["id", "delay", "duration", "attributes", "schedule"]
    assert list(row["attributes"][0]) == [
        *("id", "property_att", "value", "description", "longitude", "latitude")
    ]
    assert row["schedule"] == {"id": made["id"], "name": "dep schedule"}
    assert api.get(f"schedules/{made['id']}/") == {**made, "delays_count": 1}
    for changes, status in (
        ({"delay": 0}, 400),
        ({"delay": 1, "duration": 0}, 400),
        ({"delay": 2**31}, 400),
        ({"delay": "x"}, 400),
        ({"duration": 2}, 400),
        ({"delay": 1, "attributes": [999999]}, 400),
        ({"delay": -3, "duration": 2}, 201),
    ):
        answer = api("POST", "schedule-delays/", {"schedule": made["id"], **changes})
        assert answer.status == status, (changes, answer.body)
    assert [r["id"] for r in api.results(f"schedules/?delays__id={delay['id']}")] == [made["id"]]
    used = new(api, project, schedule=made["id"])
    found = api.results(f"schedules/?deployment__id={used['id']}")
    assert [row["id"] for row in found] == [made["id"]]
    assert api("DELETE", f"schedules/{made['id']}/").status == 409
    assert api("DELETE", f"deployments/{used['id']}/").status == 204
    assert api("DELETE", f"schedules/{made['id']}/").status == 204


def test_the_timeline(server, api, project):
    schedule = api.post("schedules/", name="dep timeline")["id"]
    for delay, duration in ((-2, 1), (3, 4)):
        api.post("schedule-delays/", schedule=schedule, delay=delay, duration=duration)
    empty = api.post("schedules/", name="dep timeline, empty")["id"]
    nothing = new(api, project, schedule=empty)["id"]
    today = server.value("SELECT current_date")
    for offset in (-20, -5, -4, -3, -2, -1, 0, 1, 2, 20):
        start = today + timedelta(days=offset)
        key = new(api, project, schedule=schedule, start_date=str(start))["id"]
        begin, end = horizon(start, -2), horizon(start, 7)
        percent = max(0, min(100, (today - begin).days * 100 // (end - begin).days))
        row = api.results(f"deployments/?id={key}")[0]
        assert row["schedule_timeline"] == {
            "begin_date": str(begin),
            "end_date": str(end),
            "percent": percent,
        }
        mine = f"deployments/?id__in={key},{nothing}"
        assert [r["id"] for r in api.results(f"{mine}&percent__gte={percent}")] == [key]
        assert api.results(f"{mine}&percent__lt={percent}") == []
        assert [r["id"] for r in api.results(f"{mine}&percent__lt={percent + 1}")] == [key]
    assert api("GET", "deployments/?percent__lt=x").status == 400
    assert api("GET", "deployments/?percent__lt=nan").status == 200
    far = new(api, project, schedule=schedule, start_date="2999-12-31")["id"]
    assert api.results(f"deployments/?id={far}")[0]["schedule_timeline"]["percent"] == 0
    first = new(api, project, schedule=schedule, start_date="1970-01-01")["id"]
    assert api.results(f"deployments/?id={first}")[0]["schedule_timeline"]["percent"] == 100


def test_deployment_filters(api, project, package):
    key = new(
        api, project, name="Filter Me", available_packages=[package], included_attributes=[1]
    )["id"]
    platform = api.get(f"projects/{project['id']}/")["platform"]["id"]
    for query in (
        f"id__in={key}",
        "name__icontains=filter+ME",
        f"project__id={project['id']}",
        f"project__platform__id={platform}",
        "enabled=true&auto_restart=false&source=I&schedule__isnull=true",
        f"available_packages__id={package}",
        "included_attributes__id=1",
        "included_attributes=all+sys",
        "available_packages=DEP-app",
        "search=filter",
    ):
        found = [row["id"] for row in api.results(f"deployments/?page_size=1000&{query}")]
        assert found.count(key) == 1, query
    for query in (
        *("enabled=false", "excluded_attributes__id=1", "excluded_attributes=all", "domain__id=1"),
        *("source=E", "schedule__id=1", "available_package_sets__id=1", "percent__gte=0"),
    ):
        found = [row["id"] for row in api.results(f"deployments/?page_size=1000&{query}")]
        assert key not in found, query
    assert api("GET", "deployments/?source=Z").status == 400
    assert api("POST", "deployments/filter/", {"id__in": [key]}).json()["count"] == 1


def test_a_copy_in_another_project(server, api, project, other, package):
    source = new(
        api,
        project,
        name="Copy Me",
        available_packages=[package],
        packages_to_install=["dep-app"],
        included_attributes=[1],
        start_date="2020-01-01",
    )["id"]
    where = f"deployments/internal-sources/{source}/copy/"
    assert api("POST", where, {}).json() == {"detail": "Target project is required"}
    assert api("POST", where, {"project": "x"}).status == 400
    assert api("POST", where, []).status == 400
    answer = api("POST", where, {"project": 999999})
    assert (answer.status, answer.detail) == (404, "Target project not found")
    assert api("POST", where, {"project": project["id"]}).status == 400
    answer = api("POST", where, {"project": other["id"]})
    assert answer.status == 200
    made = answer.json()
    assert made == {
        "created": True,
        "deployment_id": made["deployment_id"],
        "deployment_name": "Copy Me",
        "copied_packages": 1,
        "copied_package_sets": 0,
    }
    copy = api.get(f"deployments/{made['deployment_id']}/")
    assert copy["project"]["id"] == other["id"]
    assert copy["packages_to_install"] == ["dep-app"]
    assert copy["start_date"] != "2020-01-01"
    assert [one["id"] for one in copy["included_attributes"]] == [1]
    stored = api.get(f"packages/{copy['available_packages'][0]['id']}/")
    assert stored["project"]["id"] == other["id"]
    assert request(server.url, "GET", stored["url"]).status == 200
    wait_until_built(server, made["deployment_id"])
    assert api("POST", where, {"project": other["id"]}).json() == {
        "created": False,
        "skipped_name": "Copy Me",
        "copied_packages": 0,
        "copied_package_sets": 0,
    }


def test_a_domain_administrator_keeps_to_his_domain(server, api, project):
    agent = Agent(server.url, project="dep-main").enrol()
    agent.sync()
    domain = server.value("INSERT INTO core_domain (name) VALUES ('Dep Domain') RETURNING id")
    server.sql(
        "INSERT INTO core_domain_included_attributes (domain_id, attribute_id) VALUES ($1, 1)",
        domain,
    )
    foreign = server.value("INSERT INTO core_domain (name) VALUES ('Dep Else') RETURNING id")
    server.sql("UPDATE auth_user SET is_active = true WHERE username = 'domain-admin'")
    server.sql(
        "UPDATE core_userprofile SET domain_preference_id = $1 WHERE user_ptr_id = "
        "(SELECT id FROM auth_user WHERE username = 'domain-admin')",
        domain,
    )
    free, alien = new(api, project)["id"], new(api, project, domain=foreign)["id"]
    local = signed_in(server, "domain-admin")
    try:
        mine = new(local, project)
        assert mine["domain"] == domain
        path = f"deployments/{mine['id']}/"
        assert local.patch(path, comment="mine")["comment"] == "mine"
        for value in (None, foreign):
            assert local("PATCH", path, {"domain": value}).status == 400
        body = {"name": "for others", "project": project["id"], "domain": foreign}
        assert local("POST", "deployments/", body).status == 400
        assert local.get(f"deployments/{free}/")["id"] == free
        for method, where in (
            ("PATCH", f"deployments/{free}/"),
            ("DELETE", f"deployments/{free}/"),
            ("PATCH", f"deployments/internal-sources/{free}/"),
            ("GET", f"deployments/internal-sources/{free}/metadata/"),
        ):
            answer = local(method, where, {} if method == "PATCH" else None)
            assert answer.status == 403, (method, where)
        assert local("PATCH", f"deployments/{alien}/", {}).status == 404
        assert local("DELETE", path).status == 204
    finally:
        server.sql(
            "UPDATE core_userprofile SET domain_preference_id = NULL "
            "WHERE domain_preference_id = $1",
            domain,
        )
