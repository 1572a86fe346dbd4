"""Computers as administrators see and change them. Contract: admin-api 5.10."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from agent import Agent, request
from api import Api, signed_in
from conftest import RunningServer

LISTED = {
    "id",
    "uuid",
    "name",
    "project",
    "status",
    "product",
    "product_system",
    "created_at",
    "last_hardware_capture",
    "sync_user",
    "sync_end_date",
    "__str__",
    "summary",
}
DETAIL = LISTED | {
    "fqdn",
    "ip_address",
    "forwarded_ip_address",
    "tags",
    "software_inventory",
    "software_history",
    "has_software_inventory",
    "machine",
    "cpu",
    "architecture",
    "ram",
    "storage",
    "disks",
    "mac_address",
    "comment",
}
WRITTEN = {
    "name",
    "last_hardware_capture",
    "status",
    "comment",
    "tags",
    "default_logical_device",
    "project",
}
LOGICAL = {"id", "device", "capability", "__str__"}
PROJECT = "computers-api"


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture(scope="module")
def reader(server: RunningServer) -> Api:
    return signed_in(server, "reader")


def computer(server: RunningServer, **options: Any) -> Agent:
    """Return a computer that has synchronized."""
    agent = Agent(server.url, project=options.pop("project", PROJECT)).enrol()
    agent.sync(**options)
    return agent


@pytest.fixture(scope="module")
def pc(server: RunningServer) -> Agent:
    """A computer that tests only look at."""
    return computer(server)


@pytest.fixture(scope="module")
def tag(server: RunningServer) -> int:
    """A tag."""
    return new_tag(server, "computers-api")


def new_tag(server: RunningServer, value: str) -> int:
    server.sql(
        "INSERT INTO core_property (prefix, name, enabled, kind, sort, auto_add, language) "
        "VALUES ('TCA', 'computers api', true, 'N', 'server', true, 0) ON CONFLICT DO NOTHING"
    )
    return server.value(
        "INSERT INTO core_attribute (property_att_id, value) "
        "SELECT id, $1 FROM core_property WHERE prefix = 'TCA' RETURNING id",
        value,
    )


def cid(server: RunningServer, key: int) -> int | None:
    return server.value(
        "SELECT a.id FROM core_attribute a JOIN core_property p ON p.id = a.property_att_id "
        "WHERE p.prefix = 'CID' AND a.value = $1",
        str(key),
    )


def logical_device(server: RunningServer, *, project: str = "", name: str = "") -> int:
    """Return a new logical device, with a driver for a project if one is named."""
    name = name or f"ca-{uuid.uuid4().hex[:12]}"
    kind = server.value("INSERT INTO device_type (name) VALUES ($1) RETURNING id", name)
    maker = server.value("INSERT INTO device_manufacturer (name) VALUES ($1) RETURNING id", name)
    connection = server.value(
        "INSERT INTO device_connection (name, device_type_id) VALUES ($1, $2) RETURNING id",
        name,
        kind,
    )
    model = server.value(
        "INSERT INTO device_model (name, manufacturer_id, device_type_id) "
        "VALUES ($1, $2, $3) RETURNING id",
        name,
        maker,
        kind,
    )
    capability = server.value("INSERT INTO device_capability (name) VALUES ($1) RETURNING id", name)
    device = server.value(
        "INSERT INTO device_device (name, model_id, connection_id, data) "
        "VALUES ($1, $2, $3, '{}') RETURNING id",
        name,
        model,
        connection,
    )
    if project:
        server.sql(
            "INSERT INTO device_driver (name, model_id, project_id, capability_id) "
            "SELECT 'x', $1, id, $2 FROM core_project WHERE name = $3",
            model,
            capability,
            project,
        )
    return server.value(
        "INSERT INTO device_logical (device_id, capability_id) VALUES ($1, $2) RETURNING id",
        device,
        capability,
    )


def logs(server: RunningServer, key: int) -> list[str]:
    rows = server.sql("SELECT status FROM client_statuslog WHERE computer_id = $1 ORDER BY id", key)
    return [row["status"] for row in rows]


def ids(api: Api, query: str) -> list[int]:
    return [row["id"] for row in api.results(f"computers/?page_size=10000&{query}")]


def test_a_computer_has_the_documented_members(server, api, pc):
    listed = next(row for row in api.results(f"computers/?id={pc.id}"))
    assert set(listed) == LISTED
    shown = api.get(f"computers/{pc.id}/")
    assert set(shown) == DETAIL
    assert {name: shown[name] for name in LISTED} == listed
    assert shown["__str__"] == f"CID-{pc.id}"
    assert shown["summary"] == f"assigned, {PROJECT}, 192.0.2.2, ana (Ana)"
    assert shown["sync_user"]["__str__"] == "ana (Ana)"
    assert set(shown["project"]) == {"id", "name", "slug", "platform"}
    assert shown["architecture"] == "64"
    assert shown["has_software_inventory"] is True
    path = f"{server.url}/api/v1/token/computers/{pc.id}/software"
    assert shown["software_inventory"] == f"{path}/inventory/"
    assert shown["software_history"] == f"{path}/history/"


def test_computers_are_not_made_here(api):
    answer = api("POST", "computers/", {"name": "x"})
    assert answer.status == 405
    assert answer.json() == {"detail": 'Method "POST" not allowed.'}


@pytest.mark.parametrize(
    "query",
    [
        "id__in={id}",
        "status=assigned&id={id}",
        "status_in=assigned,reserved&id={id}",
        "status__in=assigned,nonsense&id={id}",
        "platform={platform}&id={id}",
        "platform__id={platform}&id={id}",
        "project__platform__id={platform}&id={id}",
        "project__id={project}&id={id}",
        "name={name}",
        "name__icontains={name}",
        "uuid={uuid}",
        "uuid__icontains={uuid}",
        "sync_attributes=192.0.2.0&id={id}",
        "sync_attributes__id={cid}",
        "sync_attributes__id__in={cid},1&id={id}",
        "machine=P&id={id}",
        "sync_user__name=ana&id={id}",
        "sync_user__name__icontains=AN&id={id}",
        "sync_end_date__gte=2020-01-01&id={id}",
        "sync_end_date__isnull=false&id={id}",
        "created_at__gte=2020-01-01&created_at__lt=2099-01-01&id={id}",
        "product=Box 1&id={id}",
        "product__icontains=box&id={id}",
        "mac_address=0200&id={id}",
        "has_software_inventory=true&id={id}",
        "has_software_inventory=perhaps&id={id}",
        "architecture=64&id={id}",
        "installed_package={package}&id={id}",
        "serial=02:00:00&id={id}",
        "synchronization__id={synchronization}",
        "migration__id={migration}",
        "statuslog__id={log}",
        "packagehistory__id={history}",
        "search={name}",
        "search=ana&id={id}",
        "default_logical_device__id=&id={id}",
    ],
)
def test_filters_find_a_computer(server, api, pc, query):
    found = server.sql(
        """
        SELECT c.id, c.name, c.uuid, c.project_id AS project, p.platform_id AS platform,
            (
                SELECT max(id) FROM client_synchronization WHERE computer_id = c.id
            ) AS synchronization,
            (SELECT max(id) FROM client_migration WHERE computer_id = c.id) AS migration,
            (SELECT max(id) FROM client_statuslog WHERE computer_id = c.id) AS log,
            (SELECT max(id) FROM client_packagehistory WHERE computer_id = c.id) AS history,
            (SELECT max(package_id) FROM client_packagehistory WHERE computer_id = c.id) AS package
        FROM client_computer c JOIN core_project p ON p.id = c.project_id WHERE c.id = $1
        """,
        pc.id,
    )[0]
    given = query.format(**dict(found), cid=cid(server, pc.id)).replace(" ", "%20")
    assert ids(api, given) == [pc.id]


@pytest.mark.parametrize(
    "query",
    [
        "status=reserved",
        "status_in=reserved",
        "sync_attributes=ALL+SYSTEMS",
        "machine=V",
        "architecture=32",
        "has_software_inventory=false",
        "installed_package=0",
        "product_system=laptop",
        "mac_address=_",
        "serial=nothing",
        "sync_end_date__isnull=true",
    ],
)
def test_filters_leave_a_computer_out(api, pc, query):
    assert ids(api, f"{query}&id={pc.id}") == []


@pytest.mark.parametrize(
    "query",
    [
        "status=zz",
        "machine=zz",
        "product_system=zz",
        "architecture=zz",
        "installed_package=zz",
        "created_at__gte=zz",
        "sync_attributes__id__in=1,zz",
    ],
)
def test_filters_refuse_what_they_cannot_compare(api, query):
    answer = api("GET", f"computers/?{query}")
    assert answer.status == 400
    assert list(answer.json()) == [query.partition("=")[0]]


@pytest.mark.parametrize("name", ["id", "-__str__", "product_system", "project__name", "summary"])
def test_any_order_works(api, pc, name):
    assert pc.id in ids(api, f"ordering={name}")


def test_a_change_answers_its_own_form(server, api, tag):
    pc = computer(server)
    answer = api.patch(f"computers/{pc.id}/", name="renamed", comment="a", tags=[tag])
    assert set(answer) == WRITTEN
    assert (answer["name"], answer["tags"]) == ("renamed", [tag])
    assert isinstance(answer["project"], int)
    assert [one["id"] for one in api.get(f"computers/{pc.id}/")["tags"]] == [tag]
    assert api.patch(f"computers/{pc.id}/", tags=[""])["tags"] == []
    assert (
        api.patch(f"computers/{pc.id}/", last_hardware_capture=None)["last_hardware_capture"]
        is None
    )
    assert pc.call("computers/hardware/required/").data["capture"] is True
    answer = api("PUT", f"computers/{pc.id}/", {"comment": "b"})
    assert (answer.status, answer.json()) == (400, {"project": ["This field is required."]})
    project = server.value("SELECT project_id FROM client_computer WHERE id = $1", pc.id)
    answer = api("PUT", f"computers/{pc.id}/", {"project": project, "comment": "b"})
    assert answer.json()["comment"] == "b"


def test_forms_are_read_as_the_dashboard_sends_them(server, api, tag):
    pc = computer(server)
    device = logical_device(server, project=PROJECT)
    path = f"/api/v1/token/computers/{pc.id}/"
    headers = {
        "Authorization": f"Token {api.token}",
        "Content-Type": "application/x-www-form-urlencoded",
    }

    def form(body: str) -> Any:
        answer = request(server.url, "PATCH", path, body.encode(), headers)
        assert answer.status == 200, answer
        return answer.json()

    sent = form(
        f"tags={tag}&default_logical_device={device}&assigned_logical_devices_to_cid[]={device}"
    )
    assert (sent["tags"], sent["default_logical_device"]) == ([tag], device)
    shown = api.get(f"computers/{pc.id}/devices/")
    assert [row["id"] for row in shown["assigned_logical_devices_to_cid"]] == [device]
    sent = form("tags=&default_logical_device=&last_hardware_capture=")
    assert (sent["tags"], sent["default_logical_device"]) == ([], None)
    assert sent["last_hardware_capture"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"tags": [1]}, "tags"),
        ({"tags": [99999999]}, "tags"),
        ({"tags": "x"}, "tags"),
        ({"status": "zz"}, "status"),
        ({"status": None}, "status"),
        ({"name": "x" * 51}, "name"),
        ({"project": 99999999}, "project"),
        ({"project": ""}, "project"),
        ({"default_logical_device": 99999999}, "default_logical_device"),
        ({"last_hardware_capture": "zz"}, "last_hardware_capture"),
        ({"assigned_logical_devices_to_cid": [99999999]}, "assigned_logical_devices_to_cid"),
        ({"assigned_logical_devices_to_cid": ["x"]}, "assigned_logical_devices_to_cid"),
        ({"assigned_logical_devices_to_cid": {}}, "assigned_logical_devices_to_cid"),
        ([], "non_field_errors"),
    ],
)
def test_a_bad_change_is_refused(server, api, pc, body, field):
    before = api.get(f"computers/{pc.id}/")
    if isinstance(body, dict):
        body = {"comment": "half done", **body}
    answer = api("PATCH", f"computers/{pc.id}/", body)
    assert answer.status == 400, answer
    assert list(answer.json()) == [field]
    assert api.get(f"computers/{pc.id}/") == before


def test_a_status_is_logged_once(server, api):
    pc = computer(server)
    for _ in range(2):
        api.patch(f"computers/{pc.id}/", status="in repair")
    assert logs(server, pc.id) == ["assigned", "in repair"]
    answer = api("POST", f"computers/{pc.id}/status/", {"status": "reserved"})
    assert answer.status == 200
    assert set(answer.json()) == DETAIL
    assert answer.json()["status"] == "reserved"
    assert logs(server, pc.id) == ["assigned", "in repair", "reserved"]


@pytest.mark.parametrize("body", [{}, {"status": "zz"}, {"status": 3}, {"status": None}, []])
def test_an_unknown_status_is_refused(api, pc, body):
    answer = api("POST", f"computers/{pc.id}/status/", body)
    assert answer.status == 400
    assert answer.detail.startswith("Status must have one of the values: assigned")


@pytest.mark.parametrize("status", ["available", "unsubscribed"])
def test_a_computer_that_nobody_has_is_released(server, api, tag, status):
    pc = computer(server)
    api.patch(f"computers/{pc.id}/", tags=[tag])
    own = cid(server, pc.id)
    made = api.post("attribute-sets/", name=f"ca {status}", included_attributes=[own, 1])
    api.patch(f"computers/{pc.id}/", status=status)
    assert api.get(f"computers/{pc.id}/")["tags"] == []
    kept = api.get(f"attribute-sets/{made['id']}/")["included_attributes"]
    assert [one["id"] for one in kept] == [1]
    assert api.patch(f"computers/{pc.id}/", tags=[tag])["tags"] == []
    assert logs(server, pc.id) == ["assigned", status]


def test_devices_are_assigned_to_one_computer(server, api):
    pc = computer(server)
    one, two = (logical_device(server, project=PROJECT) for _ in range(2))
    body = {"assigned_logical_devices_to_cid": [one, two], "default_logical_device": one}
    answer = api("PATCH", f"computers/{pc.id}/", body)
    assert answer.status == 200, answer
    assert answer.json()["default_logical_device"] == one
    shown = api.get(f"computers/{pc.id}/devices/")
    assert set(shown) == {
        "default_logical_device",
        "assigned_logical_devices_to_cid",
        "inflicted_logical_devices",
    }
    assert {row["id"] for row in shown["assigned_logical_devices_to_cid"]} == {one, two}
    assert set(shown["assigned_logical_devices_to_cid"][0]) == LOGICAL
    api.patch(f"computers/{pc.id}/", comment="devices stay")
    api.patch(f"computers/{pc.id}/", assigned_logical_devices_to_cid=[two])
    shown = api.get(f"computers/{pc.id}/devices/")
    assert [row["id"] for row in shown["assigned_logical_devices_to_cid"]] == [two]
    server.sql(
        "INSERT INTO device_logical_attributes (logical_id, attribute_id) VALUES ($1, 1)", one
    )
    shown = api.get(f"computers/{pc.id}/devices/")
    assert one in {row["id"] for row in shown["inflicted_logical_devices"]}
    server.sql("DELETE FROM device_logical_attributes WHERE logical_id = $1", one)
    api.patch(f"computers/{pc.id}/", assigned_logical_devices_to_cid=[""])
    assert api.get(f"computers/{pc.id}/devices/")["assigned_logical_devices_to_cid"] == []


def test_a_device_without_a_driver_is_refused_and_nothing_changes(server, api):
    pc = computer(server)
    good, bad = logical_device(server, project=PROJECT), logical_device(server)
    body = {"comment": "x", "assigned_logical_devices_to_cid": [good, bad]}
    answer = api("PATCH", f"computers/{pc.id}/", body)
    assert answer.status == 400
    assert list(answer.json()) == ["error"]
    assert f"for assign computer CID-{pc.id}. There is no driver" in answer.json()["error"]
    assert api.get(f"computers/{pc.id}/")["comment"] is None
    assert api.get(f"computers/{pc.id}/devices/")["assigned_logical_devices_to_cid"] == []


def test_a_device_is_assigned_before_the_first_synchronization(server, api):
    computer(server)
    agent = Agent(server.url, project=PROJECT).enrol()
    device = logical_device(server, project=PROJECT)
    api.patch(f"computers/{agent.id}/", assigned_logical_devices_to_cid=[device])
    shown = api.get(f"computers/{agent.id}/devices/")
    assert [row["id"] for row in shown["assigned_logical_devices_to_cid"]] == [device]
    agent.sync()
    assert len(agent.call("computers/devices/").data["logical"]) == 1


def test_another_project_ends_the_list_of_packages(server, api):
    pc = computer(server)
    other = computer(server, project="computers-api-other")
    project = api.get(f"computers/{other.id}/")["project"]["id"]
    migrations = server.value("SELECT count(*) FROM client_migration WHERE computer_id = $1", pc.id)
    assert api.patch(f"computers/{pc.id}/", project=project)["project"] == project
    assert api.get(f"computers/{pc.id}/software/inventory/") == []
    assert migrations == server.value(
        "SELECT count(*) FROM client_migration WHERE computer_id = $1", pc.id
    )


def test_deleting_a_computer(server, api, reader):
    pc = computer(server)
    own = cid(server, pc.id)
    kind = (
        "SELECT sum(computers) FROM client_synchronizationcount WHERE granularity = 'day' "
        "AND project_id = (SELECT project_id FROM client_computer WHERE id = $1)"
    )
    other = computer(server)
    before = server.value(kind, other.id)
    assert reader("DELETE", f"computers/{pc.id}/").status == 403
    assert api("DELETE", f"computers/{pc.id}/").status == 204
    assert api("GET", f"computers/{pc.id}/").status == 404
    assert server.value("SELECT count(*) FROM core_attribute WHERE id = $1", own) == 0
    for table in ("client_synchronization", "client_statuslog", "hardware_node"):
        assert not server.sql(f"SELECT FROM {table} WHERE computer_id = $1", pc.id)
    assert server.value(kind, other.id) == before - 1


def test_the_statuses(api, reader):
    answer = reader.get("computers/status/")
    assert set(answer) == {
        "choices",
        "productive",
        "unproductive",
        "active",
        "subscribed",
        "unsubscribed",
    }
    assert answer["productive"] == ["assigned", "reserved", "unknown"]
    assert answer["active"] == ["assigned", "reserved", "unknown", "in repair"]
    assert answer["unproductive"] == ["in repair", "available"]
    assert answer["unsubscribed"] == ["unsubscribed"]
    assert answer["choices"]["in repair"]


def test_the_label(api, pc):
    for path in (f"computers/{pc.id}/label/", f"computers/{pc.id}/label"):
        answer = api.get(path)
        assert set(answer) == {"uuid", "name", "search", "helpdesk"}
        assert answer["search"] == f"CID-{pc.id}"


def test_software_now_and_before(server, api, reader):
    pc = computer(server, inventory=["a_1_amd64.deb", "b_1_amd64.deb"])
    server.sql(
        "UPDATE client_packagehistory SET install_date = install_date - interval '1 hour' "
        "WHERE computer_id = $1",
        pc.id,
    )
    pc.software(["b_1_amd64.deb", "c_1_amd64.deb"])
    inventory = api.get(f"computers/{pc.id}/software/inventory/")
    assert [row["name"] for row in inventory] == ["b_1_amd64.deb", "c_1_amd64.deb"]
    assert set(inventory[0]) == {"id", "name"}
    history = api.get(f"computers/{pc.id}/software/history/")
    newest, oldest = history
    assert newest > oldest
    assert len(newest) == len("2026-01-31T19:07:03")
    assert [(row["name"][0], row["mode"]) for row in history[newest]] == [("a", "-"), ("c", "+")]
    assert [(row["name"][0], row["mode"]) for row in history[oldest]] == [("a", "+"), ("b", "+")]
    path = f"computers/{pc.id}/software/history/"
    assert reader("DELETE", path).status == 403
    assert api("DELETE", f"{path}?key=zz").status == 400
    assert api("DELETE", f"{path}?key={newest[:10]}T00:00:01").json() == history
    left = api("DELETE", f"{path}?key={newest}")
    assert (left.status, list(left.json())) == (200, [oldest])
    assert api("DELETE", f"{path}?key=null").json() == {}
    pc.software(["b_1_amd64.deb", "c_1_amd64.deb"])
    assert len(api.get(f"computers/{pc.id}/software/inventory/")) == 2


def test_only_superusers_delete_the_list_of_packages(server, api, reader):
    pc = computer(server)
    path = f"computers/{pc.id}/software/inventory/"
    before = api.get(path)
    assert reader("DELETE", path).status == 403
    server.sql(
        "INSERT INTO auth_user_user_permissions (user_id, permission_id) "
        "SELECT u.id, p.id FROM auth_user u, auth_permission p "
        "WHERE u.username = 'checker' AND p.codename = 'delete_computer'"
    )
    answer = signed_in(server, "checker")("DELETE", path)
    assert (answer.status, answer.json()) == (200, before)
    server.sql(
        "DELETE FROM auth_user_user_permissions WHERE user_id = "
        "(SELECT id FROM auth_user WHERE username = 'checker')"
    )
    answer = api("DELETE", path)
    assert (answer.status, answer.json()) == (200, [])
    assert api.get(f"computers/{pc.id}/software/history/") == {}


def test_counts_of_errors_and_faults(server, api):
    pc = computer(server)
    assert api.get(f"computers/{pc.id}/errors/") == {"unchecked": 0, "total": 0}
    pc.call("computers/errors/", description="something")
    pc.call("computers/errors/", description="more")
    key = server.value("SELECT max(id) FROM client_error WHERE computer_id = $1", pc.id)
    api.patch(f"errors/{key}/", checked=True)
    assert api.get(f"computers/{pc.id}/errors/") == {"unchecked": 1, "total": 2}
    assert api.get(f"computers/{pc.id}/faults/") == {"unchecked": 0, "total": 0}


def test_the_last_synchronization(api, pc):
    answer = api.get(f"computers/{pc.id}/sync/")
    assert set(answer) == {"sync_start_date", "sync_end_date", "sync_user", "sync_attributes"}
    assert set(answer["sync_user"]) == {"id", "name", "fullname", "__str__"}
    own = next(row for row in answer["sync_attributes"] if row["property_att"]["prefix"] == "CID")
    assert set(own) == {
        "id",
        "property_att",
        "value",
        "description",
        "latitude",
        "longitude",
        "total_computers",
    }
    assert set(own["property_att"]) == {"id", "prefix", "name", "sort"}
    assert own["total_computers"] == 1


def test_a_simulation(server, api):
    pc = computer(server)
    device = logical_device(server, project=PROJECT)
    api.patch(f"computers/{pc.id}/", assigned_logical_devices_to_cid=[device])
    deployment = server.value(
        "INSERT INTO core_deployment (name, slug, project_id, enabled, start_date, source, "
        "packages_to_install, packages_to_remove, auto_restart, frozen, expire) "
        "SELECT 'ca', 'ca', project_id, true, '2020-01-01', 'I', "
        "E'one\\ntwo', 'old', false, false, 0 "
        "FROM client_computer WHERE id = $1 RETURNING id",
        pc.id,
    )
    server.sql(
        "INSERT INTO core_deployment_included_attributes (deployment_id, attribute_id) "
        "VALUES ($1, $2)",
        deployment,
        cid(server, pc.id),
    )
    fault = api.post("fault-definitions/", name="ca", included_attributes=[cid(server, pc.id)])
    answer = api.get(f"computers/{pc.id}/sync/simulation/")
    assert set(answer) == {
        "deployments",
        "fault_definitions",
        "packages",
        "policies",
        "capture_hardware",
        "logical_devices",
        "default_logical_device",
    }
    assert answer["deployments"] == [{"id": deployment, "name": "ca", "source": "I"}]
    assert answer["packages"] == {
        "install": [
            {"package": "one", "name": "ca", "id": deployment},
            {"package": "two", "name": "ca", "id": deployment},
        ],
        "remove": [{"package": "old", "name": "ca", "id": deployment}],
    }
    assert {"id": fault["id"], "name": "ca"} in answer["fault_definitions"]
    assert answer["policies"] == {"install": [], "remove": []}
    assert answer["capture_hardware"] is False
    assert [set(row) for row in answer["logical_devices"]] == [LOGICAL]
    assert answer["default_logical_device"] == 0


def test_the_situation(server, api):
    pc = computer(server)
    answer = api.get(f"computers/{pc.id}/situation/")
    assert set(answer) == {"platform", "project", "status"}
    assert set(answer["project"]) == {"id", "name", "slug", "pms", "architecture"}
    assert answer["status"] == "assigned"
    assert api.get(f"computers/{pc.id}/situation/?date=2001-01-01") == {}
    assert api.get(f"computers/{pc.id}/situation/?date=9998-01-01") == answer
    for bad in ("zz", "2026-13-01", "9999-12-31"):
        assert api("GET", f"computers/{pc.id}/situation/?date={bad}").status == 400


def test_remote_access_without_a_manager(api, pc):
    assert api.get(f"computers/{pc.id}/remote-access/") == {
        "status": "unknown",
        "services": [],
        "relay": None,
        "error": None,
        "name": "",
    }


ACTIONS = (
    "devices",
    "label",
    "errors",
    "faults",
    "sync",
    "sync/simulation",
    "situation",
    "remote-access",
    "hardware",
    "software/inventory",
    "software/history",
)


@pytest.mark.parametrize("action", ACTIONS)
def test_actions_need_a_computer_that_is_seen(server, api, reader, pc, action):
    assert reader("GET", f"computers/{pc.id}/{action}").status == 200
    for key in ("0", "x", "999999999", "99999999999999999999"):
        assert api("GET", f"computers/{key}/{action}/").status == 404
    assert (
        Api(server.url, "")("GET", f"computers/{pc.id}/{action}/", Authorization="").status == 401
    )


def test_a_computer_replaces_another(server, api, tag):
    one, two = computer(server), computer(server)
    both, device = new_tag(server, "both"), logical_device(server, project=PROJECT)
    api.patch(f"computers/{one.id}/", tags=[tag, both], default_logical_device=device)
    api.patch(f"computers/{one.id}/", assigned_logical_devices_to_cid=[device])
    api.patch(f"computers/{two.id}/", tags=[both], status="reserved")
    own = {key: cid(server, key) for key in (one.id, two.id)}
    made = api.post(
        "attribute-sets/",
        name="ca replacement",
        included_attributes=[own[one.id], 1],
        excluded_attributes=[own[two.id]],
    )
    answer = api("POST", f"computers/{one.id}/replacement/", {"target": two.id})
    assert (answer.status, answer.body) == (200, b"")
    shown = {key: api.get(f"computers/{key}/") for key in own}
    assert [shown[key]["status"] for key in own] == ["reserved", "assigned"]
    tags = {key: {row["id"] for row in shown[key]["tags"]} for key in own}
    assert tags == {one.id: {both}, two.id: {tag, both}}
    devices = {key: api.get(f"computers/{key}/devices/") for key in own}
    assert devices[one.id]["default_logical_device"] is None
    assert devices[one.id]["assigned_logical_devices_to_cid"] == []
    assert devices[two.id]["default_logical_device"] == device
    assert [d["id"] for d in devices[two.id]["assigned_logical_devices_to_cid"]] == [device]
    kept = api.get(f"attribute-sets/{made['id']}/")
    assert {row["id"] for row in kept["included_attributes"]} == {own[two.id], 1}
    assert [row["id"] for row in kept["excluded_attributes"]] == [own[one.id]]
    assert logs(server, one.id)[-1] == "reserved"
    assert logs(server, two.id)[-1] == "assigned"


def test_who_becomes_available_by_a_replacement_is_released(server, api, tag):
    one, two = computer(server), computer(server)
    api.patch(f"computers/{one.id}/", tags=[tag], status="assigned")
    api.patch(f"computers/{two.id}/", status="available")
    api("POST", f"computers/{one.id}/replacement/", {"target": two.id})
    assert api.get(f"computers/{one.id}/")["status"] == "available"
    assert [row["id"] for row in api.get(f"computers/{two.id}/")["tags"]] == [tag]
    assert api.get(f"computers/{one.id}/")["tags"] == []


def test_bad_replacements(api, reader, pc):
    path = f"computers/{pc.id}/replacement/"
    assert reader("POST", path, {"target": pc.id}).status == 403
    for body, status in (
        ({}, 400),
        ({"target": pc.id}, 400),
        ({"target": 99999999}, 404),
        ({"target": "x"}, 404),
        ({"target": [1]}, 404),
        ([], 400),
    ):
        assert api("POST", path, body).status == status


def test_replacements_at_the_same_time_take_turns(server, api, tag):
    one, two = computer(server), computer(server)
    api.patch(f"computers/{one.id}/", tags=[tag])
    pairs = [(one.id, two.id), (two.id, one.id)] * 4

    def swap(pair: tuple[int, int]) -> int:
        return api("POST", f"computers/{pair[0]}/replacement/", {"target": pair[1]}).status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(swap, pairs)) == {200}
    assert [row["id"] for row in api.get(f"computers/{one.id}/")["tags"]] == [tag]
    assert api.get(f"computers/{two.id}/")["tags"] == []


def test_who_is_synchronizing_and_who_stopped(server, api):
    one, two = computer(server), computer(server)
    for key, minutes in ((one.id, 1), (two.id, 40)):
        server.sql(
            "INSERT INTO client_message (computer_id, created_at, text) "
            "VALUES ($1, now() - $2::int * interval '1 minute', 'busy') "
            "ON CONFLICT (computer_id) DO UPDATE SET created_at = excluded.created_at, "
            "text = excluded.text",
            key,
            minutes,
        )
    now = {row["id"]: row for row in api.get("computers/synchronizing/")}
    late = {row["id"]: row for row in api.get("computers/delayed/")}
    assert one.id in now and one.id not in late
    assert two.id in late and two.id not in now
    assert set(late[two.id]) == DETAIL


def test_a_narrowed_caller_sees_its_own_computers(server, api, tag):
    seen, hidden = computer(server), computer(server)
    api.patch(f"computers/{seen.id}/", tags=[tag])
    seen.sync()
    unseen, other = new_tag(server, "unseen"), new_tag(server, "unseen too")
    api.patch(f"computers/{seen.id}/", tags=[tag, unseen])
    scope = server.value(
        "INSERT INTO core_scope (name, user_id) "
        "SELECT 'ca', id FROM auth_user WHERE username = 'installer' RETURNING id"
    )
    server.sql(
        "INSERT INTO core_scope_included_attributes (scope_id, attribute_id) VALUES ($1, $2)",
        scope,
        tag,
    )
    who = "user_ptr_id = (SELECT id FROM auth_user WHERE username = 'installer')"
    server.sql(f"UPDATE core_userprofile SET scope_preference_id = $1 WHERE {who}", scope)
    try:
        narrow = signed_in(server, "installer")
        found = ids(narrow, "")
        assert seen.id in found and hidden.id not in found
        assert narrow("GET", f"computers/{hidden.id}/sync/").status == 404
        assert narrow("GET", f"computers/{seen.id}/sync/").status == 200
        assert narrow.get("users/")["count"] == 1
        assert hidden.id not in {row["computer"]["id"] for row in narrow.results("syncs/")}
        assert narrow("GET", f"hardware/?computer__id={hidden.id}").json()["count"] == 0
        assert narrow("GET", "errors/").status == 200
        assert narrow("GET", "fault-definitions/").status == 200
        assert narrow("GET", "computers/delayed/").status == 200
        assert narrow("GET", "messages/").status == 200
        server.sql("UPDATE auth_user SET is_superuser = true WHERE username = 'installer'")
        path = f"computers/{seen.id}/"
        assert narrow("POST", f"{path}replacement/", {"target": hidden.id}).status == 404
        assert narrow("PATCH", path, {"tags": [tag, other]}).status == 400
        assert narrow("PATCH", path, {"tags": []}).json()["tags"] == [unseen]
    finally:
        server.sql("UPDATE auth_user SET is_superuser = false WHERE username = 'installer'")
        server.sql(f"UPDATE core_userprofile SET scope_preference_id = NULL WHERE {who}")


def test_who_may_change_computers(reader, pc):
    for method, path in (
        ("PATCH", f"computers/{pc.id}/"),
        ("PUT", f"computers/{pc.id}/"),
        ("DELETE", f"computers/{pc.id}/"),
        ("POST", f"computers/{pc.id}/status/"),
    ):
        assert reader(method, path, {"status": "reserved"}).status == 403


def test_computers_may_be_called_by_name(own_server):
    server = own_server(computer_search_field="name")
    api = signed_in(server, "admin")
    names = ("beta", "alpha", "gamma")
    agents = {name: Agent(server.url, project="p", name=name).enrol() for name in names}
    agents["beta"].call("computers/errors/", description="x")
    listed = api.results("computers/")
    assert [row["name"] for row in listed] == ["alpha", "beta", "gamma"]
    assert listed[0]["__str__"] == f"alpha (CID-{agents['alpha'].id})"
    turned = api.results("computers/?ordering=-__str__")
    assert [row["name"] for row in turned] == ["gamma", "beta", "alpha"]
    error = api.results("errors/")[0]
    assert error["__str__"].startswith(f"beta (CID-{agents['beta'].id}) (20")
    server.sql("UPDATE client_computer SET fqdn = 'somewhere' WHERE name = 'beta'")
    assert [row["name"] for row in api.results("computers/?search=bet")] == ["beta"]
    assert api.results("computers/?search=somewhere") == []
    answer = api("GET", "computers/export/")
    assert answer.status == 200
    assert answer.body.index(b"alpha") < answer.body.index(b"beta")


def test_what_computers_are_called_by_is_searched(own_server):
    server = own_server(computer_search_field="fqdn")
    api = signed_in(server, "admin")
    agent = Agent(server.url, project="p", name="one").enrol()
    server.sql("UPDATE client_computer SET fqdn = 'pc.example.org'")
    assert [row["id"] for row in api.results("computers/?search=example")] == [agent.id]
    answer = api("GET", "computers/export/?search=nowhere")
    assert b"pc.example.org" not in answer.body


@pytest.mark.parametrize(
    "query",
    [
        "name=%00",
        "search=%00",
        "status_in=%00",
        "serial=%00",
        "mac_address=%00",
        "sync_attributes=%00",
        "name=%ff",
        "installed_package=99999999999999999999",
        "architecture=9223372036854775807",
    ],
)
def test_odd_bytes_in_filters_do_no_harm(api, query):
    assert api("GET", f"computers/?{query}").status in (200, 400)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("situation", "date=0001-01-01"),
        ("situation", "date=%00"),
        ("software/history", "key=%00"),
    ],
)
def test_odd_dates_do_no_harm(api, pc, path, query):
    assert api("GET", f"computers/{pc.id}/{path}/?{query}").status in (200, 400)
    answer = api("DELETE", f"computers/{pc.id}/software/history/?key=0001-01-01T00:00:00%2B23:59")
    assert answer.status == 400
