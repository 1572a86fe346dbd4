"""Devices, who has them, and who may choose them, as administrators keep them."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from agent import Agent
from api import Api, signed_in
from conftest import RunningServer

PROJECT = "devices-api"
ATTRIBUTE_KEYS = ["id", "property_att", "value", "description", "latitude", "longitude"]


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture(scope="module")
def reader(server: RunningServer) -> Api:
    return signed_in(server, "reader")


@pytest.fixture(scope="module")
def computer(server: RunningServer) -> Agent:
    agent = Agent(server.url, project=PROJECT).enrol()
    agent.sync()
    return agent


@pytest.fixture(scope="module")
def cid(server: RunningServer, computer: Agent) -> int:
    return server.value(
        "SELECT a.id FROM core_attribute a JOIN core_property p ON p.id = a.property_att_id "
        "WHERE p.prefix = 'CID' AND a.value = $1",
        str(computer.id),
    )


@pytest.fixture(scope="module")
def model(api: Api) -> dict[str, Any]:
    maker = api.post("devices/manufacturers/", name="Acme Printing")
    return api.post(
        "devices/models/",
        name="Laser Jet 4",
        manufacturer=maker["id"],
        device_type=1,
        connections=[1, 3],
    )


def device(api: Api, model: dict[str, Any], name: str, **values: Any) -> dict[str, Any]:
    return api.post("devices/devices/", name=name, model=model["id"], connection=3, **values)


def test_devices(api, model, cid):
    data = {"IP": "192.0.2.9", "NAME": "PRN one", "PORT": "9100", "LOCATION": "Room 1"}
    made = device(api, model, "PRN-0001", data=data, available_for_attributes=[cid])
    written = ["id", "connection", "model", "available_for_attributes", "data", "name"]
    assert list(made) == written
    assert made["data"] == {**data, "NAME": "PRN_one"}
    assert list(made["available_for_attributes"][0]) == ATTRIBUTE_KEYS
    read = api.get(f"devices/devices/{made['id']}/")
    assert list(read) == [*written[:-1], "location", "total_computers", "name"]
    assert (read["location"], read["total_computers"]) == ("Room 1", 0)
    for query in (
        "search=192.0.2.9",
        "search=acme",
        "model__manufacturer__name__icontains=acme",
        f"model__id={model['id']}",
        f"available_for_attributes__id={cid}",
    ):
        assert made["id"] in [row["id"] for row in api.results(f"devices/devices/?{query}")]
    for path in ("models", "connections"):
        assert len(api.results(f"devices/{path}/?device__id={made['id']}")) == 1
    assert api("POST", "devices/devices/", {"name": "PRN-0001"}).status == 400


def test_data_of_devices_is_an_object(api, model):
    made = device(api, model, "PRN-data", data=json.dumps({"NAME": "a b"}))
    assert made["data"] == {"NAME": "a_b"}
    path = f"devices/devices/{made['id']}/"
    deep: Any = "x"
    for _ in range(500):
        deep = {"a": deep}
    null = ({"NAME": "a\x00b"}, '{"a": "\\u0000"}', {"\x00": 1})
    for wrong in ("text", "[1]", [1], 7, "{", *null, deep):
        answer = api("PATCH", path, {"data": wrong})
        assert answer.status == 400, wrong
        assert list(answer.json()) == ["data"]
    assert api.patch(path, data={})["data"] == {}
    assert api.get(path)["location"] == ""


def test_old_rows_hold_the_data_as_a_text(server, api, model):
    made = device(api, model, "PRN-old")
    path = f"devices/devices/{made['id']}/"
    for stored, expected in (
        ('"{\\"LOCATION\\": \\"Cellar\\"}"', {"LOCATION": "Cellar"}),
        ('"nothing"', {}),
        ("7", {}),
    ):
        server.sql("UPDATE device_device SET data = $1 WHERE id = $2", stored, made["id"])
        read = api.get(path)
        assert read["data"] == expected
        assert read["location"] == expected.get("LOCATION", "")


def test_logical_devices(api, model, computer, cid):
    made = device(api, model, "PRN-logical", data={"NAME": "queue"})
    logical = api.post(
        "devices/logical/",
        device=made["id"],
        capability=1,
        alternative_capability_name="two sides",
        attributes=[cid],
    )
    assert list(logical) == [
        "id",
        "__str__",
        "device",
        "capability",
        "alternative_capability_name",
        "attributes",
    ]
    assert logical["alternative_capability_name"] == "two_sides"
    assert logical["__str__"] == "queue__two_sides__PRN-logical"
    assert [one["id"] for one in logical["attributes"]] == [cid]
    path = f"devices/logical/{logical['id']}/"
    assert api.patch(path, alternative_capability_name="")["__str__"].startswith("queue__STANDARD")
    api.patch(f"devices/devices/{made['id']}/", data={"NAME": "undefined"})
    assert api.get(path)["__str__"] == "Acme Printing__Laser_Jet_4__STANDARD__PRN-logical"
    assert api.get(f"devices/devices/{made['id']}/")["total_computers"] == 1
    answer = api("POST", "devices/logical/", {"device": made["id"], "capability": 1})
    assert answer.status == 400
    for query in (
        f"device__id={made['id']}",
        f"device__model__id={model['id']}",
        f"attributes__id={cid}",
        "search=PRN-logical",
    ):
        assert logical["id"] in [row["id"] for row in api.results(f"devices/logical/?{query}")]
    for where in ("devices", "capabilities"):
        assert len(api.results(f"devices/{where}/?logical__id={logical['id']}")) == 1


def test_a_default_device_can_be_found_and_deleted(server, api, model):
    agent = Agent(server.url, project=PROJECT).enrol()
    made = device(api, model, "PRN-default")
    logical = api.post("devices/logical/", device=made["id"], capability=1)
    server.sql(
        "UPDATE client_computer SET default_logical_device_id = $1 WHERE id = $2",
        logical["id"],
        agent.id,
    )
    found = api.results(f"devices/logical/?computer__id={agent.id}")
    assert [row["id"] for row in found] == [logical["id"]]
    assert api("DELETE", f"devices/devices/{made['id']}/").status == 204
    default = "SELECT default_logical_device_id FROM client_computer WHERE id = $1"
    assert server.value(default, agent.id) is None


def test_migasfree_play_may_assign(server, api, model, cid):
    made = device(api, model, "PRN-play")
    logical = api.post("devices/logical/", device=made["id"], capability=1)
    server.sql("UPDATE auth_user SET is_active = true WHERE username = 'migasfree-play'")
    play = signed_in(server, "migasfree-play")
    assert play.patch(f"devices/logical/{logical['id']}/", attributes=[cid])["attributes"]
    assert play("DELETE", f"devices/logical/{logical['id']}/").status == 403


def test_available_devices(api, reader, model, computer, cid):
    mine = device(api, model, "PRN-a1", data={"NAME": "zebra"}, available_for_attributes=[cid])
    other = device(api, model, "PRN-a2")
    path = f"devices/devices/available/?cid={computer.id}"
    page = reader.get(path)
    assert list(page) == ["count", "next", "previous", "results"]
    names = [row["name"] for row in page["results"]]
    assert "PRN-a1" in names
    assert "PRN-a2" not in names
    assert names == sorted(names)
    assert [row["id"] for row in reader.results(f"{path}&q=ZEBRA")] == [mine["id"]]
    assert reader.results(f"{path}&q=nothing") == []
    assert reader("GET", f"{path}&page=9").status == 404

    offered = api.post("devices/logical/", device=mine["id"], capability=1)
    assigned = api.post("devices/logical/", device=other["id"], capability=2, attributes=[cid])
    hidden = api.post("devices/logical/", device=other["id"], capability=1)
    path = f"devices/logical/available?cid={computer.id}"
    found = [row["id"] for row in reader.results(path)]
    assert {offered["id"], assigned["id"]} <= set(found)
    assert hidden["id"] not in found
    rows = reader.results(f"{path}&did={other['id']}")
    assert [row["id"] for row in rows] == [assigned["id"]]
    assert "__str__" in rows[0]
    assert reader.results(f"{path}&q=nothing") == []
    assert reader("GET", f"{path}&did=x").status == 400


def test_available_is_for_computers_that_one_sees(server, reader, computer):
    domain = server.value(
        "INSERT INTO core_domain (name, comment) VALUES ('no devices', '') RETURNING id"
    )
    preference = (
        "UPDATE core_userprofile SET domain_preference_id = $1 WHERE user_ptr_id = "
        "(SELECT id FROM auth_user WHERE username = 'reader')"
    )
    paths = ("devices/devices", "devices/logical", "catalog/apps")
    server.sql(preference, domain)
    try:
        for path in paths:
            assert reader("GET", f"{path}/available/?cid={computer.id}").status == 404
    finally:
        server.sql(preference, None)
    for path in paths:
        assert reader("GET", f"{path}/available/?cid={computer.id}").status == 200


@pytest.mark.parametrize("cid", ["", "?cid=", "?cid=x", "?cid=99999999", "?cid=9" + "9" * 30])
def test_available_needs_a_computer(api, cid):
    for path in ("devices/devices/available/", "devices/logical/available/"):
        answer = api("GET", path + cid)
        assert answer.status == 404
        assert answer.json() == {"detail": "No Computer matches the given query."}


def test_replacement(api, reader, model, cid):
    old, new = device(api, model, "PRN-r1"), device(api, model, "PRN-r2")

    def logical(of: dict[str, Any], capability: int, *attributes: int) -> int:
        made = api.post(
            "devices/logical/", device=of["id"], capability=capability, attributes=attributes
        )
        return made["id"]

    def attributes(key: int) -> list[int]:
        return [one["id"] for one in api.get(f"devices/logical/{key}/")["attributes"]]

    capability = api.post("devices/capabilities/", name="STAPLING")["id"]
    first, second = logical(old, 1, 1, cid), logical(new, 1, cid)
    alone = logical(old, 2, cid)
    empty, full = logical(old, capability), logical(new, capability, 1)
    path = f"devices/devices/{old['id']}/replacement/"
    answer = api("POST", path, {"target": new["id"]})
    assert (answer.status, answer.body) == (200, b"")
    assert attributes(first) == [cid]
    assert sorted(attributes(second)) == sorted([1, cid])
    assert attributes(alone) == [cid]
    assert (attributes(empty), attributes(full)) == ([1], [])

    for wrong in ({}, {"target": 987654}, {"target": "x"}, {"target": [1]}, {"target": old["id"]}):
        answer = api("POST", path, wrong)
        assert answer.status == 400, wrong
        assert list(answer.json()) == ["target"]
    assert api("POST", path, []).status == 400
    assert api("POST", "devices/devices/987654/replacement/", {"target": 1}).status == 404
    assert reader("POST", path, {"target": new["id"]}).status == 403
    assert api("GET", path).status == 405


def test_replacements_at_the_same_time(server, api, model, cid):
    made = [device(api, model, f"PRN-t{number}")["id"] for number in range(3)]
    for number, key in enumerate(made):
        links = [[1], [cid], [1, cid]][number]
        api.post("devices/logical/", device=key, capability=1, attributes=links)

    def replace(number: int) -> int:
        source, target = made[number % 3], made[(number + 1) % 3]
        return api("POST", f"devices/devices/{source}/replacement/", {"target": target}).status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(replace, range(24))) == {200}
    rows = server.sql(
        "SELECT array_agg(a.attribute_id ORDER BY a.attribute_id) FROM device_logical l "
        "JOIN device_logical_attributes a ON a.logical_id = l.id "
        "WHERE l.device_id = ANY($1::int[]) GROUP BY l.id",
        made,
    )
    assert sorted(row[0] for row in rows) == sorted([[1], [cid], [1, cid]])
