"""What the commands of computers of protocol 4 bring about. Contract: agent-v4 5, 7."""

import itertools
import json
import time
from datetime import UTC, datetime

import pytest
from agent4 import INVENTORY, Agent4, request
from conftest import RunningServer
from test_targeting import World

numbers = itertools.count()


@pytest.fixture
def agent(server: RunningServer) -> Agent4:
    agent = Agent4(server.url, project=f"commands-{next(numbers)}").enrol()
    agent.sync()
    return agent


@pytest.fixture
def world(server: RunningServer, agent: Agent4) -> World:
    return World(server, agent.project)


def cid(server: RunningServer, agent: Agent4) -> int:
    return server.value("SELECT id FROM client_computer WHERE uuid = $1", agent.uuid)


def traits(server: RunningServer, agent: Agent4) -> set[str]:
    rows = server.sql(
        "SELECT p.prefix || '-' || a.value AS text FROM client_computer_sync_attributes s "
        "JOIN core_attribute a ON a.id = s.attribute_id "
        "JOIN core_property p ON p.id = a.property_att_id WHERE s.computer_id = $1",
        cid(server, agent),
    )
    return {row["text"] for row in rows}


def deployment(world: World, name: str, *included: str, **values: str) -> int:
    return world.targeted(
        "core_deployment",
        included=included,
        name=name,
        slug=name.lower().replace(" ", "-"),
        project_id=world.project_id,
        enabled=True,
        start_date=datetime.now(UTC).date(),
        source="I",
        auto_restart=False,
        frozen=True,
        expire=0,
        **values,
    )


def tag(world: World, text: str) -> str:
    prefix, _, value = text.partition("-")
    world.server.sql(
        "INSERT INTO core_property (prefix, name, enabled, kind, sort, auto_add, language) "
        "VALUES ($1, $1, true, 'N', 'server', true, 0) ON CONFLICT DO NOTHING",
        prefix,
    )
    world.server.sql(
        "INSERT INTO core_attribute (property_att_id, value, description) "
        "SELECT id, $2, '' FROM core_property WHERE prefix = $1 ON CONFLICT DO NOTHING",
        prefix,
        value,
    )
    return text


def test_information_becomes_attributes(server, agent):
    agent.info({"HST": "pc-x\n", "PCI": "8086:1~Bridge,8086:2~ISA,\n", "XXX": "?", "CID": "9"})
    found = traits(server, agent)
    assert {"HST-pc-x", "PCI-8086:1", "PCI-8086:2", "SET-All Systems", "IP-192.0.2.4"} <= found
    assert {f"PRJ-{agent.project}", "PLT-Linux", "USR-ana"} <= found
    assert "CID-9" not in found


def test_a_value_that_is_no_text_is_skipped(server, agent):
    answer = agent.info({"HST": 5, "NET": None, "PCI": "8086:7~X"})
    assert "packages" in answer.value
    assert "PCI-8086:7" in traits(server, agent)


def test_a_malformed_address_is_none(server, agent):
    assert "packages" in agent.info(ip="not an address").value
    assert (
        server.value("SELECT ip_address FROM client_computer WHERE uuid = $1", agent.uuid) is None
    )


def test_a_missing_user_is_an_empty_name(server, agent):
    agent.call("upload_computer_info", {"computer": {"version": agent.project}, "attributes": {}})
    row = server.sql(
        "SELECT u.name, u.fullname FROM client_computer c JOIN client_user u "
        "ON u.id = c.sync_user_id WHERE c.uuid = $1",
        agent.uuid,
    )[0]
    assert tuple(row) == ("", "")


def test_one_name_may_have_two_full_names(server, agent):
    name = f"user-{agent.project}"
    for fullname in ("One", "Two", "One"):
        assert "packages" in agent.info(user=name, user_fullname=fullname).value
    assert server.value("SELECT count(*) FROM client_user WHERE name = $1", name) == 2


def test_information_is_answered_with_all_that_is_to_do(server, agent, world):
    deployment(
        world, "To All", "SET-All Systems", packages_to_install="one\ntwo", packages_to_remove="x"
    )
    deployment(world, "And All", "SET-All Systems", packages_to_install="zero\none")
    value = agent.info().value
    assert value["repositories"] == [
        {
            "name": name,
            "source_template": f"deb {{protocol}}://{{server}}/public/{agent.project}/repos "
            f"{slug} PKGS\n",
        }
        for name, slug in (("And All", "and-all"), ("To All", "to-all"))
    ]
    assert value["packages"] == {"install": ["zero", "one", "two"], "remove": ["x"]}
    assert value["devices"] == {"logical": [], "default": 0}
    assert (value["base"], value["hardware_capture"]) == (False, False)
    assert {"language", "name", "code"} == set(value["faultsdef"][0])


def test_domains_see_basic_attributes_and_sets_do_not_see_domains(server, agent, world):
    name = f"D{agent.project}".upper()
    tag(world, f"DMN-{name}")
    world.targeted("core_domain", included=(f"PRJ-{agent.project}",), name=name, comment="")
    server.sql(
        "INSERT INTO core_attribute (property_att_id, value, description) "
        "SELECT id, $1, '' FROM core_property WHERE prefix = 'SET'",
        f"set-{name}",
    )
    world.targeted(
        "core_attributeset",
        included=(f"DMN-{name}",),
        name=f"set-{name}",
        enabled=True,
        description="",
    )
    agent.info()
    found = traits(server, agent)
    assert f"DMN-{name}" in found
    assert f"SET-set-{name}" not in found


def test_only_printers_are_sent_as_devices(server, agent, world):
    maker = world.add("device_manufacturer", name=f"maker-{agent.project}")
    capability = world.add("device_capability", name=f"can-{agent.project}")
    for kind in ("PRINTER", f"PLOTTER-{next(numbers)}"):
        type_id = server.value("SELECT id FROM device_type WHERE name = $1", kind) or world.add(
            "device_type", name=kind
        )
        model = world.add(
            "device_model",
            name=f"{kind}-{agent.project}",
            manufacturer_id=maker,
            device_type_id=type_id,
        )
        connection = (
            world.add("device_connection", name="TCP", device_type_id=type_id, fields="IP")
            if kind != "PRINTER"
            else server.value(
                "SELECT id FROM device_connection WHERE name = 'TCP' AND device_type_id = $1",
                type_id,
            )
        )
        device = world.add(
            "device_device",
            name=f"dev-{kind}-{agent.project}"[:50],
            model_id=model,
            connection_id=connection,
            data='{"IP": "192.0.2.50"}',
        )
        logical = world.add("device_logical", device_id=device, capability_id=capability)
        server.sql(
            "INSERT INTO device_logical_attributes (logical_id, attribute_id) VALUES ($1, $2)",
            logical,
            world.attribute(f"CID-{cid(server, agent)}"),
        )
    (device,) = agent.info().value["devices"]["logical"]
    assert device["PRINTER"]["TCP"] == {"IP": "192.0.2.50"}
    assert "driver" not in device["PRINTER"]


def test_faults_are_stored_and_unknown_ones_skipped(server, agent):
    name = agent.info().value["faultsdef"][0]["name"]
    answer = agent.call("upload_computer_faults", {"faults": {name: "full", "?": "x", "y": ""}})
    assert (answer.value, answer.is_signed) == ({}, True)
    rows = server.sql("SELECT result FROM client_fault WHERE computer_id = $1", cid(server, agent))
    assert [row["result"] for row in rows] == ["full"]


def test_errors_are_stored_and_make_the_run_a_bad_one(server, agent):
    agent.sync(errors="-" * 20 + "\n2026-01-31 10:00:00\nit went wrong\n")
    key = cid(server, agent)
    (error,) = server.sql("SELECT * FROM client_error WHERE computer_id = $1", key)
    assert error["description"].endswith("it went wrong")
    results = server.sql(
        "SELECT pms_status_ok FROM client_synchronization WHERE computer_id = $1 ORDER BY id", key
    )
    assert [row["pms_status_ok"] for row in results] == [True, False]
    assert error["synchronization_id"] is not None


def test_the_end_of_what_never_began_is_nothing(server):
    agent = Agent4(server.url, project="commands-end").enrol()
    assert agent.message("").code == 0
    count = server.value(
        "SELECT count(*) FROM client_synchronization WHERE computer_id = $1", cid(server, agent)
    )
    assert count == 0


def live_message(server: RunningServer, agent: Agent4) -> str | None:
    time.sleep(1.6)  # they are written every second
    return server.value(
        "SELECT text FROM client_message WHERE computer_id = $1 AND text <> ''", cid(server, agent)
    )


def test_messages_are_shown_cut_and_removed_at_the_end(server, agent):
    agent.message("é" * 300)
    assert live_message(server, agent) == "é" * 100
    agent.message("")
    assert live_message(server, agent) is None


def open_packages(server: RunningServer, agent: Agent4) -> list[str]:
    rows = server.sql(
        "SELECT k.fullname FROM client_packagehistory h JOIN core_package k ON k.id = h.package_id "
        "WHERE h.computer_id = $1 AND h.uninstall_date IS NULL ORDER BY 1",
        cid(server, agent),
    )
    return [row["fullname"] for row in rows]


def test_lines_that_are_not_added_are_no_packages(server, agent):
    software = "+new_1_all.deb\n-gone_1_all.deb\nplain_1_all.deb\n+\n\n-"
    assert agent.call("upload_computer_software_base_diff", software).code == 0
    assert open_packages(server, agent) == ["new_1_all.deb"]
    agent.call("upload_computer_software_base_diff", "")
    assert open_packages(server, agent) == ["new_1_all.deb"]
    agent.call("upload_computer_software_base_diff", INVENTORY)
    assert len(open_packages(server, agent)) == 2


@pytest.mark.parametrize("hardware", [{}, [], "<xml/>", 5])
def test_hardware_that_is_none_leaves_the_old(server, agent, hardware):
    before = server.value(
        "SELECT count(*) FROM hardware_node WHERE computer_id = $1", cid(server, agent)
    )
    assert agent.call("upload_computer_hardware", hardware).code == 100
    after = server.value(
        "SELECT count(*) FROM hardware_node WHERE computer_id = $1", cid(server, agent)
    )
    assert before == after == 3


def test_hardware_may_be_a_list(server, agent):
    assert agent.call("upload_computer_hardware", [{"id": "pc", "class": "system"}]).code == 0


def test_tags_are_offered_and_set(server, agent, world):
    text = tag(world, f"LAB-{agent.project}")
    deployment(world, "tagged", text, packages_to_install="tool", packages_to_remove="toy")
    deployment(world, "all", "SET-All Systems", packages_to_install="base")
    answer = agent.call("get_computer_tags")
    assert (answer.value["errmfs"]["code"], answer.value["selected"]) == (0, [])
    assert answer.value["available"] == {"LAB": [text]}
    answer = agent.call("set_computer_tags", {"tags": [text, "", "nodash"]})
    assert answer.value["errmfs"]["code"] == 0
    assert answer.value["packages"] == {
        "preinstall": [],
        "install": ["base", "tool"],
        "remove": ["toy"],
    }
    assert agent.call("get_computer_tags").value["selected"] == [text]
    answer = agent.call("set_computer_tags", {"tags": [""]})
    # What the tag brought is undone; the packages for all come again.
    assert answer.value["packages"] == {
        "preinstall": [],
        "install": ["toy", "base"],
        "remove": ["tool"],
    }
    assert agent.call("get_computer_tags").value["selected"] == []


def test_one_unknown_tag_changes_nothing(server, agent, world):
    text = tag(world, f"LAB-{agent.project}")
    agent.call("set_computer_tags", {"tags": [text]})
    for unknown in ("LAB-unheard-of", f"CID-{cid(server, agent)}", "HST-pc-1", "SET-All Systems"):
        answer = agent.call("set_computer_tags", {"tags": [unknown]})
        assert (answer.value["errmfs"]["code"], answer.is_signed) == (100, True)
        answer = agent.call("set_computer_tags", {"tags": [text, unknown]})
        assert answer.value["errmfs"]["code"] == 100
    assert agent.call("get_computer_tags").value["selected"] == [text]


def test_computers_that_bring_the_same_new_attributes_at_once_all_succeed(server):
    from concurrent.futures import ThreadPoolExecutor

    agents = [Agent4(server.url, project="commands-race").enrol() for _ in range(8)]
    values = {"PCI": ",".join(f"race:{number}~X" for number in range(40))}
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda agent: agent.info(values), agents))
    assert all("packages" in answer.value for answer in answers)


def test_what_is_known_of_a_computer_is_shown(server, agent):
    answer = agent.shown(uuid=agent.uuid, name="whatever")
    shown = json.loads(answer.body)
    key = cid(server, agent)
    assert (shown["id"], shown["uuid"], shown["name"]) == (key, agent.uuid, f"CID-{key}")
    assert (shown["search"], shown["tags"], shown["available_tags"]) == (key, [], {})
    assert json.loads(agent.shown(name=agent.name).body)["id"] == key
    bare = agent.uuid.replace("-", "")
    assert json.loads(agent.shown(uuid=bare).body)["id"] == key


def test_the_name_of_the_server_is_its_own(own_server):
    server = own_server(fqdn="migas.example.org")
    agent = Agent4(server.url).enrol()
    answer = request(
        server.url, "GET", f"/get_computer_info/?uuid={agent.uuid}", None, {"Host": "evil.test"}
    )
    assert json.loads(answer.body)["server"] == "migas.example.org"


def test_an_unknown_computer_is_not_shown(agent):
    assert agent.shown(uuid="4C4C4544-0000-0000-0000-000000000000", name=agent.name).status == 404
    assert agent.shown(name="unheard-of").status == 404
    assert agent.shown().status == 404
    assert agent.shown(uuid="\0", name="\0").status == 404
    # A uuid that equals a name is no uuid.
    assert request(agent.url, "GET", f"/computer/{agent.name}/label/").status == 404
    assert request(agent.url, "GET", "/computer//label/").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/get_computer_info/?uuid=%ff",
        "/get_computer_info/?name=%00",
        "/computer/%00/label/",
        "/computer/%ff/label/",
        "/computer/..%2f..%2fkeys/label/",
        "/repo/..%2fkeys/migasfree-server.pri",
        "/repo/../keys/migasfree-server.pri",
        "/repo/",
    ],
)
def test_odd_paths_lead_nowhere(server, path):
    assert 400 <= request(server.url, "GET", path).status < 500


def test_a_label_is_a_page(server, agent):
    answer = request(agent.url, "GET", f"/computer/{agent.uuid}/label/?name=x")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    text = answer.body.decode()
    assert agent.uuid in text
    assert str(cid(server, agent)) in text


@pytest.mark.parametrize("path", ["/get_key_repositories", "/get_key_repositories/"])
def test_the_repository_key_is_plain_text(server, path):
    answer = request(server.url, "GET", path)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/plain")
    assert answer.body.startswith(b"-----BEGIN PGP PUBLIC KEY BLOCK-----")
    assert request(server.url, "POST", path, b"").status == 403


def test_what_is_only_read_is_not_posted(server):
    assert request(server.url, "POST", "/get_computer_info/", b"").status == 403
    assert request(server.url, "GET", "/api/v1/public/repository-url-template/").status == 405


def test_the_template_follows_the_scheme_that_the_proxy_tells(server):
    path = "/api/v1/public/repository-url-template/"
    answer = request(server.url, "POST", path, b"", {"X-Forwarded-Proto": "https"})
    assert answer.body == b'"https://{server}/public/{project}/repos"'


def test_who_asks_for_many_computers_has_to_wait(own_server):
    server = own_server(anonymous_calls_per_minute="3")
    agent = Agent4(server.url).enrol()
    assert [agent.shown(uuid=agent.uuid).status for _ in range(4)] == [200, 200, 200, 429]
