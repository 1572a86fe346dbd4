"""Scenarios of a computer that enrols and synchronizes, over HTTP against a running server."""

import json

import pytest
from agent import ATTRIBUTES, INVENTORY, Agent, request
from conftest import RunningServer


@pytest.fixture
def agent(server: RunningServer, request: pytest.FixtureRequest) -> Agent:
    """An enrolled computer in a project of its own."""
    return Agent(server.url, project=project_name(request)).enrol()


def project_name(request: pytest.FixtureRequest) -> str:
    return request.node.name.replace("[", "-").replace("]", "")[-50:]


def test_a_new_computer_enrols_and_synchronizes(server, agent):
    done = agent.sync()
    assert agent.id == done["id"].data
    # Other tests add properties of their own to the shared server.
    assert {"HST", "NET", "PCI"} <= {row["prefix"] for row in done["properties"].data}
    assert all(set(row) == {"prefix", "language", "code"} for row in done["properties"].data)
    assert done["attributes"].status == 201
    assert done["attributes"].data["name"] == agent.name
    assert done["key"].json().startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----")
    assert done["repositories"].data == []
    assert done["mandatory"].data == {"install": [], "remove": []}
    assert done["software"].data == "Data received"
    assert done["required"].data == {"capture": True}
    assert done["devices"].data == {"logical": [], "default": 0}
    assert done["synchronization"].status == 201
    assert done["synchronization"].data == {
        "computer": agent.id,
        "start_date": "2026-01-31T19:07:03.958269+00:00",
        "consumer": "migasfree 5.0",
        "pms_status_ok": True,
    }
    assert done["eot"].data == "EOT OK"
    assert (
        server.value("SELECT count(*) FROM client_synchronization WHERE computer_id = $1", agent.id)
        == 1
    )


def test_the_second_synchronization_sends_no_hardware(agent):
    agent.sync()
    assert agent.sync()["required"].data == {"capture": False}


def test_traits_are_what_was_reported_and_what_follows(agent):
    agent.sync()
    assert agent.traits() == [
        f"CID-{agent.id}",
        "HST-pc-1",
        "IP-192.0.2.2",
        "NET-192.0.2.0/24",
        "PCI-8086:1237",
        "PCI-8086:7000",
        "PLT-Linux",
        f"PRJ-{agent.project}",
        "SET-All Systems",
        "USR-ana",
    ]
    rows = agent.call("computers/traits/").data
    bridge = next(row for row in rows if row["value"] == "8086:1237")
    assert list(bridge) == ["id", "description", "value", "name", "prefix", "sort"]
    assert bridge["description"] == "Bridge"
    cid = next(row for row in rows if row["prefix"] == "CID")
    assert cid["description"] == agent.name


def test_an_attribute_that_is_gone_is_taken_away(agent):
    agent.sync()
    agent.attributes({"HST": "other\n"})
    assert "HST-pc-1" not in agent.traits()
    assert "HST-other" in agent.traits()


def test_the_server_keeps_what_the_computer_says_of_itself(server, agent):
    agent.sync()
    row = server.sql("SELECT * FROM client_computer WHERE id = $1", agent.id)[0]
    assert (row["uuid"], row["name"], row["ip_address"]) == (agent.uuid, agent.name, "192.0.2.2")
    assert row["fqdn"] == f"{agent.name}.example.org"
    assert (row["cpu"], row["ram"], row["mac_address"]) == ("Intel Core i5", 2**34, "020000000001")
    assert row["product"] == "Box 1"


def test_faults_of_known_definitions_are_kept(server, agent):
    name = "Low Available Space On System Partition"
    done = agent.sync(faults={name: "/dev/sda1 is full", "Unknown": "x", "Other": ""})
    assert [row["name"] for row in done["definitions"].data] == [
        "Low Available Space On Home Partition",
        name,
    ]
    (fault,) = done["faults"].data
    assert fault["result"] == "/dev/sda1 is full"
    assert fault["fault_definition"]["name"] == name
    assert fault["project"]["pms"] == "apt"
    assert fault["computer"]["id"] == agent.id
    assert fault["synchronization"] is None
    assert server.value(
        "SELECT synchronization_id IS NOT NULL FROM client_fault WHERE id = $1", fault["id"]
    )


def test_an_error_is_kept_trimmed(agent):
    answer = agent.call("computers/errors/", description="  it broke\n")
    assert answer.status == 201
    assert answer.data["description"] == "it broke"
    assert answer.data["computer"] == agent.id
    assert answer.data["synchronization"] is None


def history(server: RunningServer, agent: Agent, *, now: bool) -> set[str]:
    condition = "IS NULL" if now else "IS NOT NULL"
    rows = server.sql(
        "SELECT p.fullname FROM client_packagehistory h JOIN core_package p ON p.id = h.package_id "
        f"WHERE h.computer_id = $1 AND h.uninstall_date {condition}",
        agent.id,
    )
    return {row["fullname"] for row in rows}


def test_the_package_history_follows_the_inventory(server, agent):
    agent.software()
    assert history(server, agent, now=True) == set(INVENTORY)
    agent.software([INVENTORY[0], "vim_9.0_amd64.deb"])
    assert history(server, agent, now=True) == {INVENTORY[0], "vim_9.0_amd64.deb"}
    assert history(server, agent, now=False) == {INVENTORY[1]}
    agent.software(INVENTORY)
    assert history(server, agent, now=True) == set(INVENTORY)


def test_an_inventory_that_did_not_change_writes_nothing(server, agent):
    agent.software()
    mark = "SELECT sum(xmin::text::bigint) FROM client_packagehistory WHERE computer_id = $1"
    before = server.value(mark, agent.id)
    agent.software(list(reversed(INVENTORY)))
    assert server.value(mark, agent.id) == before


@pytest.mark.parametrize("inventory", [[], {}, "text", 7])
def test_an_empty_or_odd_inventory_changes_nothing(server, agent, inventory):
    agent.software()
    assert agent.software(inventory).status == 200
    assert history(server, agent, now=True) == set(INVENTORY)


def test_software_without_inventory_and_history_is_refused(agent):
    answer = agent.call("computers/software/")
    assert (answer.status, answer.data) == (400, "Bad request")


def test_a_bad_item_of_an_inventory_is_passed_over(server, agent):
    answer = agent.software(["good_1_all.deb", "x" * 300, None, 5, "a\x00b_1_all.deb", ""])
    assert answer.status == 200
    assert "good_1_all.deb" in history(server, agent, now=True)


def test_hardware_is_replaced_as_a_whole(server, agent):
    agent.sync()
    count = "SELECT count(*) FROM hardware_node WHERE computer_id = $1"
    assert server.value(count, agent.id) == 4
    tree = {"id": "pc", "class": "system", "product": "Box 2"}
    assert agent.call("computers/hardware/", hardware=[tree]).data == "Data received"
    assert server.value(count, agent.id) == 1


@pytest.mark.parametrize("tree", [[], "text", 5, None, [[]]])
def test_a_malformed_hardware_tree_loses_nothing(server, agent, tree):
    agent.sync()
    assert agent.call("computers/hardware/", hardware=tree).status == 400
    assert server.value("SELECT count(*) FROM hardware_node WHERE computer_id = $1", agent.id) == 4


def test_info_and_label_of_a_computer(agent):
    agent.sync()
    label = agent.call("computers/label/").data
    assert list(label) == ["uuid", "name", "search", "helpdesk"]
    assert label["search"] == f"CID-{agent.id}"
    info = agent.call("computers/info/").data
    assert list(info) == [
        *("uuid", "name", "search", "status", "sync_end_date", "fqdn", "mac_address"),
        *("ip_address", "cpu", "architecture", "ram", "storage", "disks", "product"),
        *("product_system", "helpdesk"),
    ]


def test_the_computer_object_has_the_documented_members(agent):
    data = agent.attributes().data
    assert list(data) == [
        *("id", "uuid", "name", "project", "status", "product", "product_system", "created_at"),
        *("last_hardware_capture", "sync_user", "sync_end_date", "__str__", "summary", "fqdn"),
        *("ip_address", "forwarded_ip_address", "tags", "software_inventory", "software_history"),
        *("has_software_inventory", "machine", "cpu", "architecture", "ram", "storage", "disks"),
        *("mac_address", "comment"),
    ]
    assert data["sync_user"]["__str__"] == "ana (Ana)"
    assert data["summary"] == f"assigned, {agent.project}, 192.0.2.2, ana (Ana)"
    assert data["software_inventory"].endswith(f"/computers/{agent.id}/software/inventory/")


def test_attributes_are_listed_as_a_page(agent):
    assert agent.call("computers/attributes/cid/").data["count"] == 0
    agent.sync()
    cid = agent.call("computers/attributes/cid/").data
    assert cid["count"] == 1
    assert cid["results"][0]["value"] == str(agent.id)
    assert cid["results"][0]["property_att"]["prefix"] == "CID"
    assert agent.call("computers/attributes/assigned/").data["count"] == 10


def test_a_live_message_is_written_and_ends(server, agent):
    import time

    agent.call("computers/properties/")
    text = "SELECT text FROM client_message WHERE computer_id = $1"
    deadline = time.monotonic() + 5
    while server.value(text, agent.id) != "Getting properties...":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    agent.call("eot/")
    while server.value(text, agent.id):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_distinct_computers_are_counted_once_per_bucket(server, agent):
    other = Agent(server.url, project=agent.project).enrol()
    for one in (agent, agent, other):
        one.sync()
    rows = server.sql(
        "SELECT c.granularity, sum(c.computers) AS computers FROM client_synchronizationcount c "
        "JOIN core_project p ON p.id = c.project_id WHERE p.name = $1 GROUP BY c.granularity",
        agent.project,
    )
    counts = {row["granularity"]: row["computers"] for row in rows}
    assert set(counts) == {"hour", "day", "month", "year"}
    assert counts["year"] == 2


@pytest.mark.parametrize("path", ["server/info", "pms", "languages", "keys/repositories"])
def test_public_calls_work_with_both_methods_and_without_slash(server, path):
    for method in ("GET", "POST"):
        for end in ("", "/"):
            answer = request(server.url, method, f"/api/v1/public/{path}{end}", b"")
            assert answer.status == 200
            assert answer.headers["content-type"] == "application/json"


def test_the_repository_key_has_two_dialects(server):
    assert isinstance(
        request(server.url, "POST", "/api/v1/public/keys/repositories/", b"").json(), str
    )
    got = request(server.url, "GET", "/api/v1/public/keys/repositories/").json()
    assert got["public_key"].startswith("-----BEGIN PGP")


def test_package_management_systems_and_languages_are_told(server):
    pms = request(server.url, "GET", "/api/v1/public/pms/").json()
    assert set(pms) == {"apt", "dnf", "pacman", "wpt", "yum", "zypper", "apk"}
    assert pms["apt"]["extensions"] == ["deb"]
    languages = request(server.url, "GET", "/api/v1/public/languages/").json()
    assert languages["0"] == "bash"
    assert languages["6"] == "powershell"


@pytest.mark.parametrize(
    "path",
    [
        "/manager/v1/public/ca",
        "/manager/v1/public/mtls/computer-tokens",
        "/manager/v1/public/crl",
        "/nothing/here",
    ],
)
def test_services_that_are_not_here_answer_404_in_json(server, path):
    for method in ("GET", "POST"):
        answer = request(server.url, method, path, b"")
        assert answer.status == 404
        assert json.loads(answer.body)["detail"]


def test_null_texts_count_as_empty(agent):
    answer = agent.attributes(
        {**ATTRIBUTES, "NET": None}, sync_user=None, sync_fullname=None, fqdn=None
    )
    assert answer.status == 201
    assert answer.data["sync_user"]["name"] == ""
    assert "NET-192.0.2.0/24" not in agent.traits()
