"""Events, people, parts, messages and notifications. Contract: admin-api 5.11-5.14."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from agent import Agent
from api import Api, signed_in
from conftest import RunningServer

PROJECT = "events-api"
COMPUTER = {"id", "__str__", "status", "summary"}
PROJECT_KEYS = {"id", "name", "slug", "pms", "architecture"}
NODE = {
    "id",
    "parent",
    "level",
    "width",
    "name",
    "class_name",
    "enabled",
    "claimed",
    "description",
    "vendor",
    "product",
    "version",
    "serial",
    "bus_info",
    "physid",
    "slot",
    "size",
    "capacity",
    "clock",
    "dev",
}
SHOWN = {
    "errors": {
        "id",
        "__str__",
        "project",
        "computer",
        "synchronization",
        "created_at",
        "checked",
        "description",
    },
    "faults": {
        "id",
        "__str__",
        "project",
        "computer",
        "fault_definition",
        "synchronization",
        "created_at",
        "checked",
        "result",
    },
    "migrations": {"id", "project", "computer", "created_at"},
    "status-logs": {"id", "computer", "created_at", "status"},
    "syncs": {
        "id",
        "project",
        "user",
        "computer",
        "created_at",
        "start_date",
        "consumer",
        "pms_status_ok",
    },
    "packages-history": {"id", "install_date", "uninstall_date", "computer", "package"},
    "hardware": NODE | {"computer"},
}


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture(scope="module")
def reader(server: RunningServer) -> Api:
    return signed_in(server, "reader")


@pytest.fixture(scope="module")
def checker(server: RunningServer) -> Api:
    return signed_in(server, "checker")


@pytest.fixture(scope="module")
def definition(api: Api) -> Iterator[dict[str, Any]]:
    """A definition for all computers, so that it goes when these tests are over."""
    made = api.post("fault-definitions/", name="events api", code="a\r\nb", included_attributes=[1])
    yield made
    assert api("DELETE", f"fault-definitions/{made['id']}/").status == 204


@pytest.fixture(scope="module")
def pc(server: RunningServer, definition: dict[str, Any]) -> Agent:
    """A computer with an event of each kind."""
    agent = Agent(server.url, project=PROJECT).enrol()
    agent.sync()
    agent.call("computers/errors/", description="100% broken")
    agent.sync(faults={"events api": "low disk"})
    return agent


def found(api: Api, path: str, pc: Agent, query: str = "") -> list[dict[str, Any]]:
    return api.results(f"{path}/?computer__id={pc.id}&{query}".replace(" ", "%20"))


@pytest.mark.parametrize("path", SHOWN)
def test_events_have_the_documented_members(api, pc, path):
    event = found(api, path, pc)[0]
    assert set(event) == SHOWN[path]
    assert set(event["computer"]) == COMPUTER
    if "project" in event:
        assert set(event["project"]) == PROJECT_KEYS
    assert api.get(f"{path}/{event['id']}/") == event


def test_nested_records(api, pc):
    error = found(api, "errors", pc)[0]
    assert set(error["synchronization"]) == {"id", "start_date", "created_at"}
    assert error["__str__"].startswith(f"CID-{pc.id} (20")
    sync = found(api, "syncs", pc)[0]
    assert set(sync["user"]) == {"id", "name", "__str__"}
    package = found(api, "packages-history", pc)[0]["package"]
    assert set(package) == {"id", "fullname", "project"}
    assert set(package["project"]) == PROJECT_KEYS
    fault = found(api, "faults", pc)[0]
    assert fault["fault_definition"]["name"] == "events api"


EVENTS = ("errors", "faults", "migrations", "syncs")
COMMON = (
    "project__id={project}",
    "project__platform__id={platform}",
    "computer__name={name}",
    "computer__name__icontains={name}",
    "created_at__gte=2020-01-01&created_at__lt=2099-01-01 10:00",
    "search=CID&search=",
)


@pytest.mark.parametrize("path", EVENTS)
@pytest.mark.parametrize("query", COMMON)
def test_filters_of_events(server, api, pc, path, query):
    row = server.sql(
        "SELECT p.id AS project, p.platform_id AS platform, c.name FROM client_computer c "
        "JOIN core_project p ON p.id = c.project_id WHERE c.id = $1",
        pc.id,
    )[0]
    assert found(api, path, pc, query.format(**dict(row))), query


@pytest.mark.parametrize(
    ("path", "query", "count"),
    [
        ("errors", "checked=false", 1),
        ("errors", "checked=true", 0),
        ("errors", "computer__status=assigned", 1),
        ("errors", "computer__status__in=reserved,unknown", 0),
        ("errors", "description__icontains=100%25 BROKEN", 1),
        ("errors", "search=broken", 1),
        ("errors", "created_at__gte=2099-01-01", 0),
        ("errors", "project__id=0", 0),
        ("faults", "fault_definition_id={definition}", 1),
        ("faults", "fault_definition__id={definition}", 1),
        ("faults", "fault_definition__id=0", 0),
        ("faults", "result__icontains=LOW", 1),
        ("faults", "user=me", 1),
        ("faults", "user=only_me", 0),
        ("faults", "user=others", 0),
        ("faults", "user=unassigned", 1),
        ("status-logs", "status=assigned", 1),
        ("syncs", "computer__status__in=assigned", 2),
        ("status-logs", "status__in=reserved,available", 0),
        ("status-logs", "search=assigned", 1),
        ("syncs", "user__name=ana", 2),
        ("syncs", "user__name__icontains=AN", 2),
        ("syncs", "pms_status_ok=true", 2),
        ("syncs", "pms_status_ok=false", 0),
        ("syncs", "consumer__icontains=MIGASFREE", 2),
        ("syncs", "start_date__gte=2026-01-31&start_date__lt=2026-02-01", 2),
        ("syncs", "search=ana", 2),
        ("packages-history", "package__fullname__icontains=BASH", 1),
        ("packages-history", "uninstall_date__isnull=true&search=bash", 1),
        ("packages-history", "uninstall_date__isnull=false", 0),
        ("packages-history", "install_date__gte=2020-01-01&package__fullname__icontains=bash", 1),
        ("hardware", "class_name=processor", 1),
        ("hardware", "name=pc&level=1", 1),
        ("hardware", "width=64&enabled=false", 1),
        ("hardware", "parent=0", 0),
    ],
)
def test_filters(api, pc, definition, path, query, count):
    assert len(found(api, path, pc, query.format(definition=definition["id"]))) == count


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("faults", "user=zz"),
        ("errors", "computer__status=zz"),
        ("status-logs", "status=zz"),
        ("fault-definitions", "language=77"),
        ("errors", "created_at__lt=zz"),
        ("syncs", "user__id=zz"),
        ("hardware", "parent=zz"),
        ("packages-history", "package__id=zz"),
        ("messages", "id__in=1,zz"),
        ("messages", "project__id=zz"),
        ("messages", "created_at__gte=zz"),
        ("notifications", "id=zz"),
    ],
)
def test_what_cannot_be_compared_is_refused(api, path, query):
    answer = api("GET", f"{path}/?{query}")
    assert answer.status == 400
    assert list(answer.json()) == [query.partition("=")[0]]


def test_faults_of_people(server, api, checker, pc, definition):
    user = server.value("SELECT id FROM auth_user WHERE username = 'checker'")
    path = f"fault-definitions/{definition['id']}/"
    changed = api.patch(path, users=[user])
    assert changed["users"] == [{"id": user, "username": "checker"}]
    assert [row["id"] for row in api.results(f"fault-definitions/?users__id={user}")] == [
        definition["id"]
    ]
    for who, expected in (
        (checker, {"me": 1, "only_me": 1, "others": 0, "unassigned": 0}),
        (api, {"me": 0, "only_me": 0, "others": 1, "unassigned": 0}),
    ):
        for choice, count in expected.items():
            assert len(found(who, "faults", pc, f"user={choice}")) == count, choice
    assert api.patch(path, users=[])["users"] == []


def test_whose_faults_may_be_looked_for(reader):
    assert set(reader.get("faults/user/")["choices"]) == {"me", "only_me", "others", "unassigned"}


@pytest.mark.parametrize("path", ["errors", "faults"])
def test_events_are_checked(api, reader, checker, pc, path):
    key = found(api, path, pc)[0]["id"]
    assert reader("PATCH", f"{path}/{key}/", {"checked": True}).status == 403
    assert checker.patch(f"{path}/{key}/", checked=True) == {"checked": True}
    assert checker("PUT", f"{path}/{key}/", {"checked": False}).json() == {"checked": False}
    assert api("PATCH", f"{path}/{key}/", {"checked": "perhaps"}).status == 400
    assert api("POST", f"{path}/", {}).status == 405


@pytest.mark.parametrize("path", ["migrations", "status-logs", "syncs", "users"])
def test_some_events_are_only_read_and_deleted(api, pc, path):
    for method in ("PUT", "PATCH"):
        assert api(method, f"{path}/1/", {}).status == 405
    assert api("POST", f"{path}/", {}).status == 405


@pytest.mark.parametrize("path", ["packages-history", "hardware"])
def test_some_are_only_read(api, pc, path):
    for method in ("PUT", "PATCH", "DELETE"):
        assert api(method, f"{path}/1/", {}).status == 405


def test_events_are_deleted(server, api, reader, definition):
    pc = Agent(server.url, project=PROJECT).enrol()
    pc.call("computers/errors/", description="x")
    pc.sync(faults={"events api": "y"})
    for path in ("errors", "faults", "migrations", "status-logs"):
        key = found(api, path, pc)[0]["id"]
        assert reader("DELETE", f"{path}/{key}/").status == 403
        assert api("DELETE", f"{path}/{key}/").status == 204
        assert api("GET", f"{path}/{key}/").status == 404


def test_deleting_synchronizations_takes_them_out_of_the_counters(server, api):
    pc = Agent(server.url, project="events-api-counters").enrol()
    pc.sync()
    pc.sync()
    counted = (
        "SELECT array_agg(computers ORDER BY granularity) FROM client_synchronizationcount "
        "WHERE project_id = (SELECT project_id FROM client_computer WHERE id = $1)"
    )
    first, second = (row["id"] for row in found(api, "syncs", pc))
    assert set(server.value(counted, pc.id)) == {1}
    assert api("DELETE", f"syncs/{first}/").status == 204
    assert set(server.value(counted, pc.id)) == {1}
    assert api("DELETE", f"syncs/{second}/").status == 204
    assert set(server.value(counted, pc.id)) == {0}


def test_people(server, api, pc):
    key = server.value("SELECT sync_user_id FROM client_computer WHERE id = $1", pc.id)
    assert api.get(f"users/{key}/") == {
        "id": key,
        "name": "ana",
        "fullname": "Ana",
        "__str__": "ana (Ana)",
    }
    for query in ("name=ana", "fullname__icontains=AN", "search=ana", f"computer__id={pc.id}"):
        assert key in {row["id"] for row in api.results(f"users/?{query}")}
    answer = api("DELETE", f"users/{key}/")
    assert answer.status == 409
    assert "synchronization" in answer.detail
    assert api.get(f"computers/{pc.id}/")["sync_user"]["id"] == key


def test_deleting_a_person_leaves_the_computer(server, api):
    pc = Agent(server.url, project=PROJECT).enrol()
    pc.attributes(sync_user="only-once", sync_fullname="")
    key = server.value("SELECT id FROM client_user WHERE name = 'only-once'")
    assert api.get(f"users/{key}/")["__str__"] == "only-once"
    assert api("DELETE", f"users/{key}/").status == 204
    assert api.get(f"computers/{pc.id}/")["sync_user"] is None


def test_fault_definitions(api, reader, definition):
    assert set(definition) == {
        "id",
        "included_attributes",
        "excluded_attributes",
        "users",
        "name",
        "description",
        "enabled",
        "language",
        "code",
    }
    assert definition["code"] == "a\nb"
    assert (definition["enabled"], definition["language"]) == (True, 0)
    path = f"fault-definitions/{definition['id']}/"
    assert api.get(path) == definition
    for query in ("name=events api", "enabled=true", "language=0", "included_attributes__id=1"):
        listed = api.results(f"fault-definitions/?{query}".replace(" ", "%20"))
        assert definition["id"] in {row["id"] for row in listed}
    for body, field in (
        ({"name": ""}, "name"),
        ({"name": "x" * 51}, "name"),
        ({"language": 77}, "language"),
        ({"users": [99999999]}, "users"),
        ({"included_attributes": ["x"]}, "included_attributes"),
        ({"enabled": "perhaps"}, "enabled"),
    ):
        answer = api("PATCH", path, body)
        assert (answer.status, list(answer.json())) == (400, [field])
    answer = api("POST", "fault-definitions/", {"name": "events api"})
    assert answer.status == 400
    assert answer.json() == {"name": ["Fault definition with this name already exists."]}
    assert reader("POST", "fault-definitions/", {"name": "x"}).status == 403


def test_notifications(api, reader):
    assert api.post("notifications/", message="events api\r\nnow") == {"message": "events api\nnow"}
    shown = api.results("notifications/?search=%22events%20api%22")[0]
    assert set(shown) == {"id", "created_at", "message", "checked"}
    assert (shown["message"], shown["checked"]) == ("events api\nnow", False)
    path = f"notifications/{shown['id']}/"
    assert api.patch(path, checked=True, message="other") == {"checked": True}
    assert api.get(path) == {**shown, "checked": True}
    assert api.results("notifications/?message__icontains=EVENTS%20API&checked=false") == []
    answer = api("POST", "notifications/", {})
    assert (answer.status, answer.json()) == (400, {"message": ["This field is required."]})
    assert reader("POST", "notifications/", {"message": "x"}).status == 403
    assert reader("DELETE", path).status == 403
    assert api("DELETE", path).status == 204


def test_parts_of_a_computer(api, reader, pc):
    nodes = reader.get(f"computers/{pc.id}/hardware/")
    assert [node["id"] for node in nodes] == sorted(node["id"] for node in nodes)
    assert all(set(node) == NODE for node in nodes)
    assert nodes[0]["parent"] is None
    assert nodes[1]["parent"] == nodes[0]["id"]
    told = reader.get(f"hardware/{nodes[0]['id']}/info/")
    assert set(told) == {"name", "computer", "capability", "logical_name", "configuration"}
    assert told["name"] == "Box 1"
    assert set(told["computer"]) == COMPUTER
    for key in ("0", "x", "99999999999"):
        assert api("GET", f"hardware/{key}/info/").status == 404


def say(server: RunningServer, pc: Agent, text: str) -> None:
    server.sql(
        "INSERT INTO client_message (computer_id, created_at, text) "
        "VALUES ($1, now(), $2) ON CONFLICT (computer_id) "
        "DO UPDATE SET created_at = excluded.created_at, text = excluded.text",
        pc.id,
        text,
    )


def test_messages(server, api, reader):
    pc = Agent(server.url, project="events-api-messages").enrol()
    pc.sync()
    time.sleep(1.5)
    say(server, pc, "Uploading all of it...")
    listed = reader.get(f"messages/?id__in={pc.id}")
    assert list(listed) == ["results", "count", "next", "previous"]
    message = listed["results"][0]
    assert set(message) == {"id", "created_at", "computer", "project", "user", "message"}
    assert message["id"] == pc.id
    assert set(message["computer"]) == COMPUTER
    assert message["project"]["name"] == "events-api-messages"
    assert message["user"]["name"] == "ana"
    assert message["message"] == "Uploading all of it..."
    assert "T" in message["created_at"] and "+" not in message["created_at"]
    project = message["project"]["id"]
    for query in (
        f"project__id={project}",
        "computer__status__in=assigned,reserved",
        "search=ALL OF",
        "created_at__gte=2020-01-01T00:00:00",
        "page=99",
        "page_size=zz",
        "page_size=100000",
    ):
        rows = api.results(f"messages/?id__in={pc.id}&{query}".replace(" ", "%20"))
        assert [row["id"] for row in rows] == [pc.id], query
    assert api.results(f"messages/?project__id={project}&created_at__lt=2020-01-01") == []
    assert api.results(f"messages/?id__in={pc.id}&computer__status__in=assig") == []
    assert reader("DELETE", f"messages/{pc.id}/").status == 204
    assert reader("DELETE", "messages/99999999/").status == 204
    assert api.results(f"messages/?id__in={pc.id}") == []


def test_a_computer_without_a_user_has_one_in_messages(server, api):
    pc = Agent(server.url, project="events-api-messages").enrol()
    say(server, pc, "busy")
    message = api.results(f"messages/?id__in={pc.id}")[0]
    assert message["user"] == {"id": 0, "name": ""}
    say(server, pc, "")
    assert api.results(f"messages/?id__in={pc.id}") == []


@pytest.mark.parametrize(
    "path", [*SHOWN, "users", "fault-definitions", "notifications", "messages"]
)
@pytest.mark.parametrize("order", ["-id", "created_at", "computer", "__str__", "-computer__name"])
def test_any_order_works(api, pc, path, order):
    assert api("GET", f"{path}/?ordering={order}&page_size=3").status == 200
