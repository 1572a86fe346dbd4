"""Attributes, tags and features through the administrative API."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from agent import Agent
from api import Api, signed_in
from conftest import RunningServer

PROJECT = "attributes-api"


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture(scope="module")
def stamp(api: Api) -> int:
    return api.post("stamps/", prefix="A01", name="Room")["id"]


@pytest.fixture(scope="module")
def formula(api: Api) -> int:
    return api.post("formulas/", prefix="A02", name="Cores", code="echo 1")["id"]


@pytest.fixture(scope="module")
def computers(server: RunningServer, formula: int) -> list[Agent]:
    made = [Agent(server.url, project=PROJECT) for _ in range(3)]
    for number, computer in enumerate(made):
        computer.enrol()
        computer.sync(values={"A02": f"cores-{min(number, 1)}"})
    return made


@pytest.fixture(scope="module")
def cores(api: Api, computers: list[Agent]) -> dict[str, dict]:
    """The features that the computers brought, by value."""
    return {row["value"]: row for row in api.results("features/?property_att__prefix=A02")}


def ids(api: Api, query: str) -> list[int]:
    return [row["id"] for row in api.results(query)]


def error(api: Api, method: str, path: str, body: object) -> list[str]:
    answer = api(method, path, body)
    assert answer.status == 400, answer
    return list(answer.json())


def test_attributes_follow_the_rule_of_agents(api, server, formula, stamp):
    made = api.post("attributes/", property_att=formula, value=" rule ~ what it means ")
    assert made == {
        "id": made["id"],
        "property_att": {"id": formula, "prefix": "A02", "sort": "client"},
        "value": "rule",
        "description": "what it means",
        "longitude": None,
        "latitude": None,
    }
    again = api.post("attributes/", property_att=formula, value="rule~other", latitude=3)
    assert again == made
    body = {"property_att": formula, "value": "a~b~c", "description": "own"}
    odd = api.post("attributes/", **body)
    assert (odd["value"], odd["description"]) == ("a~b~c", "own")
    cut = api.post("attributes/", property_att=stamp, value="x" * 300)
    assert cut["value"] == "x" * 250
    assert server.value(
        "SELECT count(*) FROM client_notification WHERE message LIKE '%' || $1", "x" * 300
    )
    assert error(api, "POST", "attributes/", {"property_att": formula, "value": "~x"}) == ["value"]
    assert error(api, "POST", "attributes/", {}) == ["property_att", "value"]
    assert error(api, "POST", "attributes/", {"property_att": 98765, "value": "x"})


def test_the_same_attribute_twice_at_once_is_one(api, formula):
    def add(_: int) -> int:
        return api.post("attributes/", property_att=formula, value="at once", latitude=7)["id"]

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(add, range(8)))) == 1


def test_a_property_may_take_no_new_values(api, formula):
    closed = api.post("properties/", prefix="A03", name="closed", auto_add=False)["id"]
    body = {"property_att": closed, "value": "x"}
    assert error(api, "POST", "attributes/", body) == ["property_att"]
    feature = api.post("features/", **body)
    assert api.post("attributes/", **body)["id"] == feature["id"]


def test_tags_are_stored_as_given(api, stamp, formula):
    tag = api.post("tags/", property_att=stamp, value="a~b", description="text", latitude=40.5)
    assert tag == {
        "id": tag["id"],
        "property_att": {"id": stamp, "prefix": "A01", "name": "Room", "sort": "server"},
        "value": "a~b",
        "description": "text",
        "latitude": 40.5,
        "longitude": None,
    }
    path = f"tags/{tag['id']}/"
    assert api.get(path) == {**tag, "total_computers": 0}
    assert api.patch(path, value="a", longitude=1)["value"] == "a"
    assert error(api, "PATCH", path, {"property_att": formula}) == ["property_att"]
    assert error(api, "POST", "tags/", {"property_att": stamp, "value": "a"})
    assert error(api, "POST", "tags/", {"property_att": stamp, "value": "x" * 251}) == ["value"]
    assert error(api, "POST", "tags/", {"property_att": formula, "value": "x"}) == ["property_att"]
    assert error(api, "POST", "features/", {"property_att": stamp, "value": "x"}) == [
        "property_att"
    ]
    assert api("GET", f"features/{tag['id']}/").status == 404
    assert api.get(f"attributes/{tag['id']}/")["value"] == "a"
    assert api("DELETE", path).status == 204
    assert api("GET", path).status == 404


def test_reserved_attributes_keep_value_and_property(api, server, computers, formula, stamp):
    api.post("attribute-sets/", name="reserved attributes")
    reserved = [
        1,
        ids(api, f"features/?property_att__prefix=CID&value={computers[0].id}")[0],
        ids(api, "attributes/?value=reserved attributes".replace(" ", "%20"))[0],
    ]
    for key in reserved:
        before = api.get(f"attributes/{key}/")
        assert error(api, "PATCH", f"attributes/{key}/", {"value": "other"}) == ["value"]
        body = {"property_att": formula}
        assert error(api, "PATCH", f"features/{key}/", body) == ["property_att"]
        changed = api.patch(f"attributes/{key}/", value=before["value"], latitude=1)
        assert changed == {**before, "latitude": 1}
        assert api("DELETE", f"attributes/{key}/").status == 204
        assert api("DELETE", f"features/{key}/").status == 204
        assert api.get(f"attributes/{key}/") == changed
    other = api.post("features/", property_att=formula, value="moved")["id"]
    assert error(api, "PATCH", f"features/{other}/", {"property_att": 1}) == ["property_att"]
    domains = server.value("SELECT id FROM core_property WHERE prefix = 'DMN'")
    if domains is None:
        domains = api.post("stamps/", prefix="DMN", name="DOMAIN", kind="L")["id"]
    tag = api.post("tags/", property_att=domains, value="RESERVED.TAG")["id"]
    assert error(api, "PATCH", f"tags/{tag}/", {"value": "OTHER.TAG"}) == ["value"]
    assert api("DELETE", f"tags/{tag}/").status == 204


def test_counts_of_computers(api, server, computers, cores):
    assert {value: row["total_computers"] for value, row in cores.items() if "cores" in value} == {
        "cores-0": 1,
        "cores-1": 2,
    }
    prefix = "features/?property_att__prefix=A02&value__icontains=cores&"
    for count, value in ((1, "cores-0"), (2, "cores-1")):
        assert ids(api, f"{prefix}total_computers={count}") == [cores[value]["id"]]
    assert cores["cores-0"]["id"] not in ids(api, "features/?total_computers=0&page_size=1000")
    assert api("GET", "features/?total_computers=many").status == 400
    ordered = api.results(f"{prefix}ordering=-total_computers")
    assert [row["total_computers"] for row in ordered] == [2, 1]
    server.sql("UPDATE client_computer SET status = 'available' WHERE id = $1", computers[2].id)
    key = cores["cores-1"]["id"]
    assert api.get(f"features/{key}/")["total_computers"] == 1
    server.sql("UPDATE client_computer SET status = 'assigned' WHERE id = $1", computers[2].id)


@pytest.mark.parametrize("path", ["attributes", "features"])
def test_pages_follow_each_other_by_prefix_and_value(api, computers, stamp, path):
    for value in ("Z", "10", "9", "a"):
        api.post("attributes/", property_att=stamp, value=f"{path}-{value}")
    first = api.get(f"{path}/?page_size=2&page=1")
    pages = [
        api.get(f"{path}/?page_size=2&page={number}")
        for number in range(1, first["count"] // 2 + 1)
    ]
    if first["count"] % 2:
        pages.append(api.get(f"{path}/?page_size=2&page=last"))
    rows = [row for page in pages for row in page["results"]]
    assert len(rows) == first["count"]
    keys = [(row["property_att"]["prefix"], row["value"]) for row in rows]
    assert keys == sorted(keys)


def test_filters(api, server, computers, cores, stamp):
    key = cores["cores-0"]["id"]
    api.patch(f"features/{key}/", latitude=1, longitude=2, description="Found by this")
    wanted = (
        f"id__in={key}",
        "property_att__sort=client&value=cores-0",
        "value__icontains=CORES-0",
        "description__icontains=found%20by",
        "has_location=true&property_att__prefix=A02",
        f"computer__id={computers[0].id}&property_att__prefix=A02",
        "search=a02+cores-0",
    )
    for query in wanted:
        assert ids(api, f"attributes/?{query}") == [key], query
        assert ids(api, f"features/?{query}") == [key], query
    assert key not in ids(api, "features/?has_location=false&page_size=1000")
    made = api.post("attribute-sets/", name="of features", included_attributes=[key])["id"]
    assert ids(api, f"attributes/?attributeset_included__id={made}") == [key]
    assert ids(api, f"attributes/?attributeset_excluded__id={made}") == []
    body = {"name": "of a feature", "property_att": stamp, "priority": 1}
    made = api.post("singularities/", **body, excluded_attributes=[key])["id"]
    assert ids(api, f"attributes/?singularity_excluded__id={made}") == [key]
    targets = ("domain", "faultdefinition", "scope", "deployment", "policy", "policygroup")
    names = [f"{one}_{how}__id" for one in targets for how in ("included", "excluded")]
    names += ["device__id", "logical__id", "application__id", "scheduledelay__id", "property__id"]
    for name in names:
        assert api("GET", f"attributes/?{name}=1").status == 200
        assert api("GET", f"attributes/?{name}=x").status == 400
    assert api("GET", "tags/?domain_tags__id=1&flavours__id=1&tags__id=1").status == 200


def test_computers_of_a_tag(api, server, computers, stamp):
    tag = api.post("tags/", property_att=stamp, value="assigned")["id"]
    path = f"tags/{tag}/computers/"
    first, second, _ = computers
    assert api("PATCH", path, {"computers": [first.id, second.id]}).status == 204
    second.sync()
    found = api.get(path)
    assert [one["id"] for one in found["computers"]] == [first.id, second.id]
    assert found["inflicted"] == []
    assert list(found["computers"][0]) == ["id", "__str__", "status", "summary"]
    assert ids(api, f"tags/?tags__id={first.id}&property_att__id={stamp}") == [tag]
    assert api.get(f"tags/{tag}/")["total_computers"] == 1
    for body, field in (
        ({}, "computers"),
        ({"computers": None}, "computers"),
        ({"computers": [first.id, 987654]}, "computers"),
        ({"computers": [2**40]}, "computers"),
        ({"computers": ["x"]}, "computers"),
        ([], "computers"),
    ):
        assert error(api, "PATCH", path, body) == [field]
    assert api("PATCH", path, {"computers": []}).status == 204
    found = api.get(path)
    assert (found["computers"], [one["id"] for one in found["inflicted"]]) == ([], [second.id])
    assert api("GET", "tags/987654/computers/").status == 404
    assert api("PATCH", "tags/1/computers/", {"computers": []}).status == 404
    reader = signed_in(server, "reader")
    assert reader("GET", path).status == 200
    assert reader("PATCH", path, {"computers": []}).status == 403


@pytest.fixture
def narrowed(server: RunningServer, cores: dict[str, dict]) -> Api:
    """A superuser who only looks at the computer with one core."""
    attribute = cores["cores-0"]["id"]
    scope = server.value(
        "INSERT INTO core_scope (name, user_id) "
        "SELECT 'attributes-api', id FROM auth_user WHERE username = 'liberator' "
        "ON CONFLICT DO NOTHING RETURNING id"
    )
    server.sql(
        "INSERT INTO core_scope_included_attributes (scope_id, attribute_id) VALUES ($1, $2)",
        scope,
        attribute,
    )
    who = "user_ptr_id = (SELECT id FROM auth_user WHERE username = 'liberator')"
    server.sql(f"UPDATE core_userprofile SET scope_preference_id = $1 WHERE {who}", scope)
    server.sql("UPDATE auth_user SET is_superuser = true WHERE username = 'liberator'")
    yield signed_in(server, "liberator")
    server.sql("UPDATE auth_user SET is_superuser = false WHERE username = 'liberator'")
    server.sql(f"UPDATE core_userprofile SET scope_preference_id = NULL WHERE {who}")
    server.sql("DELETE FROM core_scope_included_attributes WHERE scope_id = $1", scope)
    server.sql("DELETE FROM core_scope WHERE id = $1", scope)


def test_what_is_not_seen_survives(api, narrowed, server, computers, cores, stamp):
    seen, hidden = cores["cores-0"]["id"], cores["cores-1"]["id"]
    assert narrowed("GET", f"attributes/{hidden}/").status == 404
    assert api.get("features/1/")["total_computers"] >= 3
    assert narrowed.get("features/1/")["total_computers"] == 1
    both = {"included_attributes": [seen, hidden], "excluded_attributes": [hidden]}
    key = api.post("attribute-sets/", name="half seen", **both)["id"]
    path = f"attribute-sets/{key}/"
    assert [one["id"] for one in narrowed.get(path)["included_attributes"]] == [seen]
    assert narrowed.get(path)["excluded_attributes"] == []
    sent_back = {"included_attributes": [1], "excluded_attributes": []}
    answer = narrowed.patch(path, **sent_back)
    assert [one["id"] for one in answer["included_attributes"]] == [1]
    stored = api.get(path)
    assert {one["id"] for one in stored["included_attributes"]} == {1, hidden}
    assert [one["id"] for one in stored["excluded_attributes"]] == [hidden]
    other = api.post("attribute-sets/", name="seen")["id"]
    body = {"included_attributes": [hidden]}
    assert error(narrowed, "PATCH", f"attribute-sets/{other}/", body) == ["included_attributes"]
    unseen = api.post("attribute-sets/", name="unseen", included_attributes=[hidden])["id"]
    assert narrowed("GET", f"attribute-sets/{unseen}/").status == 404


def test_tags_of_computers_that_are_not_seen_stay(api, narrowed, computers, stamp):
    first, second, third = computers
    tag = api.post("tags/", property_att=stamp, value="partly seen")["id"]
    path = f"tags/{tag}/computers/"
    assert api("PATCH", path, {"computers": [first.id, second.id]}).status == 204
    first.sync(values={"A02": "cores-0"})
    assert [one["id"] for one in narrowed.get(path)["computers"]] == [first.id]
    assert error(narrowed, "PATCH", path, {"computers": [third.id]}) == ["computers"]
    assert narrowed("PATCH", path, {"computers": []}).status == 204
    assert [one["id"] for one in api.get(path)["computers"]] == [second.id]


def test_logical_devices_of_a_feature(api, server, cores):
    maker = api.post("devices/manufacturers/", name="attributes-api")["id"]
    model = api.post(
        "devices/models/", name="attributes-api", manufacturer=maker, device_type=1, connections=[1]
    )["id"]
    device = api.post("devices/devices/", name="attributes-api", model=model, connection=1)["id"]
    one, two = (
        api.post("devices/logical/", device=device, capability=capability)["id"]
        for capability in (1, 2)
    )
    path = f"features/{cores['cores-0']['id']}/logical-devices/"
    assert api.get(path) == []
    assert api("PATCH", path, [one]).status == 201
    assert api("PATCH", path, [two]).status == 201
    assert {row["id"] for row in api.get(path)} == {one, two}
    assert api.get(path)[0] == api.get(f"devices/logical/{one}/")
    assert ids(api, f"attributes/?logical__id={one}") == [cores["cores-0"]["id"]]
    assert api("PUT", path, [two, 987654]).status == 404
    assert len(api.get(path)) == 2
    assert api("PUT", path, [two]).status == 201
    assert [row["id"] for row in api.get(path)] == [two]
    assert api("PUT", path, {"x": 1}).status == 400
    assert signed_in(server, "reader")("PUT", path, []).status == 403
