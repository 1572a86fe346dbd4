"""Domains and scopes, and what a change of them brings about."""

import uuid
from typing import Any

import pytest
from agent import Agent
from api import Api, signed_in
from conftest import RunningServer

ATTRIBUTE = "p.prefix = 'DMN' AND a.value = $1"
FROM = "FROM core_attribute a JOIN core_property p ON p.id = a.property_att_id"


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture(scope="module")
def reader(server: RunningServer) -> Api:
    return signed_in(server, "reader")


def unique(name: str) -> str:
    return f"{name}-{uuid.uuid4().hex[:8]}"


def attribute(server: RunningServer, value: str) -> int | None:
    return server.value(f"SELECT a.id {FROM} WHERE {ATTRIBUTE}", value)


def included(record: dict[str, Any]) -> list[str]:
    return [
        f"{one['property_att']['prefix']}-{one['value']}" for one in record["included_attributes"]
    ]


def domain(api: Api, **fields: Any) -> dict[str, Any]:
    return api.post("domains/", **{"name": unique("dom"), "domain_admins": [], **fields})


def account(api: Api, **fields: Any) -> dict[str, Any]:
    return api.post("user-profiles/", **{"username": unique("u"), **fields})


# -- domains


def test_documented_shapes(api, reader):
    person = account(api)
    made = domain(
        api, comment="faculty", domain_admins=[person["id"], 10**9], included_attributes=[1]
    )
    assert set(made) == {
        "id",
        "included_attributes",
        "excluded_attributes",
        "tags",
        "domain_admins",
        "name",
        "comment",
    }
    assert made["domain_admins"] == [{"id": person["id"], "username": person["username"]}]
    assert reader.get(f"domains/{made['id']}/") == made
    listed = reader.results(f"domains/?id={made['id']}")
    assert listed == [{"id": made["id"], "name": made["name"], "comment": "faculty"}]


def test_the_name_is_a_slug_in_upper_case(api):
    name = unique("")
    made = domain(api, name=f" Ciência y {name} ")
    assert made["name"] == f"CIENCIA-Y{name.upper()}"
    answer = api("POST", "domains/", {"name": f"ciencia y{name}", "domain_admins": []})
    assert answer.status == 400
    assert answer.json() == {"name": ["Domain with this name already exists."]}
    for name in ("!!!", "", "x" * 51, None):
        answer = api("POST", "domains/", {"name": name, "domain_admins": []})
        assert (answer.status, list(answer.json())) == (400, ["name"])


def test_required_members(api):
    answer = api("POST", "domains/", {})
    assert set(answer.json()) == {"name", "domain_admins"}
    made = domain(api)
    path = f"domains/{made['id']}/"
    assert api("PUT", path, {"name": "x"}).status == 400
    assert api.patch(path, comment="kept")["comment"] == "kept"
    for wrong in ("x", {}, [{}], 1.5):
        answer = api("PATCH", path, {"domain_admins": wrong})
        assert (answer.status, list(answer.json())) == (400, ["domain_admins"]), wrong


def test_the_attribute_is_always_included(server, api):
    made = domain(api, included_attributes=[1])
    assert set(included(made)) == {"SET-All Systems", f"DMN-{made['name']}"}
    path = f"domains/{made['id']}/"
    assert included(api.patch(path, included_attributes=[])) == [f"DMN-{made['name']}"]
    row = server.sql("SELECT sort, kind, name FROM core_property WHERE prefix = 'DMN'")[0]
    assert tuple(row) == ("server", "L", "DOMAIN")


def test_an_attribute_that_exists_is_taken_over(server, api):
    domain(api)
    name = unique("TAKEN").upper()
    server.sql(
        "INSERT INTO core_attribute (property_att_id, value, description) "
        "SELECT id, $1, 'described' FROM core_property WHERE prefix = 'DMN'",
        name,
    )
    made = domain(api, name=name)
    assert made["included_attributes"][0]["description"] == "described"


def test_a_new_name_is_that_of_the_attributes_too(server, api):
    made = domain(api)
    old, new = made["name"], unique("NEW").upper()
    key = attribute(server, old)
    server.sql(
        "INSERT INTO core_attribute (property_att_id, value) "
        "SELECT id, $1 || '.LAB' FROM core_property WHERE prefix = 'DMN'",
        old,
    )
    changed = api.patch(f"domains/{made['id']}/", name=new.lower())
    assert changed["name"] == new
    assert included(changed) == [f"DMN-{new}"]
    assert attribute(server, new) == key
    assert attribute(server, old) is None
    assert attribute(server, f"{new}.LAB")
    other = domain(api)
    assert api("PATCH", f"domains/{made['id']}/", {"name": other["name"]}).status == 400
    server.sql(
        "INSERT INTO core_attribute (property_att_id, value) "
        "SELECT id, $1 FROM core_property WHERE prefix = 'DMN'",
        "LEFT-" + new,
    )
    answer = api("PATCH", f"domains/{made['id']}/", {"name": f"left-{new}"})
    assert (answer.status, list(answer.json())) == (400, ["name"])
    assert api.get(f"domains/{made['id']}/")["name"] == new


def test_deletion_lets_nobody_see_more(server, api):
    person, boss = account(api), account(api, is_superuser=True)
    first, second = (domain(api, domain_admins=[person["id"], boss["id"]]) for _ in range(2))
    path = f"user-profiles/{person['id']}/"
    assert api.get(path)["domain_preference"]["id"] == first["id"]
    assert api.get(f"user-profiles/{boss['id']}/")["domain_preference"] is None
    assert api("DELETE", f"domains/{first['id']}/").status == 204
    assert attribute(server, first["name"]) is None
    assert api.get(path)["domain_preference"]["id"] == second["id"]
    answer = api("DELETE", f"domains/{second['id']}/")
    assert answer.status == 409
    assert person["username"] in answer.json()["detail"]
    assert attribute(server, second["name"])
    assert api("DELETE", path).status == 204
    assert api("DELETE", f"domains/{second['id']}/").status == 204


def test_filters_of_domains(api):
    person = account(api)
    made = domain(api, domain_admins=[person["id"]], tags=[1], excluded_attributes=[1])
    scope = api.post("scopes/", name=unique("s"), user=person["id"], domain=made["id"])
    for query in (
        f"name__icontains={made['name'].lower()}",
        f"search={made['name']}",
        f"included_attributes__id={made['included_attributes'][0]['id']}",
        f"domains__id={person['id']}",
        f"userprofile__id={person['id']}",
        f"scope__id={scope['id']}",
    ):
        assert [row["id"] for row in api.results(f"domains/?{query}")] == [made["id"]], query
    for query in ("tags__id=1", "excluded_attributes__id=1"):
        assert made["id"] in [row["id"] for row in api.results(f"domains/?{query}")]
    assert api.results("domains/?deployment__id=0") == []


def test_who_may_change_domains(api, reader):
    made = domain(api)
    path = f"domains/{made['id']}/"
    for method, where in (("POST", "domains/"), ("PATCH", path), ("DELETE", path)):
        assert reader(method, where, {"name": "x", "domain_admins": []}).status == 403


def test_an_administrator_sees_the_computers_of_his_domain(server, api):
    agents = [Agent(server.url, project=unique("domprj")).enrol() for _ in range(2)]
    for agent in agents:
        agent.sync()
    inside, outside = (agent.id for agent in agents)
    cid = server.value(f"SELECT a.id {FROM} WHERE p.prefix = 'CID' AND a.value = $1", str(inside))
    person = account(api)
    mine = signed_in(server, person["username"])
    assert {inside, outside} <= {row["id"] for row in mine.results("computers/?page_size=10000")}
    made = domain(api, domain_admins=[person["id"]], included_attributes=[cid])
    assert [row["id"] for row in mine.results("computers/")] == [inside]
    assert mine("GET", f"computers/{outside}/").status == 404
    assert set(included(mine.get(f"domains/{made['id']}/"))) == {
        f"CID-{inside}",
        f"DMN-{made['name']}",
    }
    path = f"user-profiles/{person['id']}/"
    assert mine("PATCH", path, {"domain_preference": None}).status == 400
    empty = domain(api, domain_admins=[person["id"]])
    assert mine.patch(path, domain_preference=empty["id"])
    assert mine.results("computers/") == []


def test_a_scope_narrows_what_its_owner_sees(server, api):
    agent = Agent(server.url, project=unique("scoprj")).enrol()
    agent.sync()
    cid = server.value(f"SELECT a.id {FROM} WHERE p.prefix = 'CID' AND a.value = $1", str(agent.id))
    person = account(api)
    mine = signed_in(server, person["username"])
    made = api.post("scopes/", name=unique("s"), user=person["id"], included_attributes=[cid, 1])
    path = f"user-profiles/{person['id']}/"
    mine.patch(path, scope_preference=made["id"])
    assert agent.id in [row["id"] for row in mine.results("computers/?page_size=10000")]
    api.patch(f"scopes/{made['id']}/", included_attributes=[])
    assert mine.results("computers/") == []
    mine.patch(path, scope_preference=None)
    assert mine.results("computers/")


# -- scopes


@pytest.fixture(scope="module")
def owner(server: RunningServer) -> Api:
    return signed_in(server, "domain-admin")


def own_id(api: Api) -> int:
    return api.get("/rest-auth/user/")["id"]


def test_a_scope_of_ones_own(api, owner):
    user = own_id(owner)
    name = unique("My Scope")
    made = owner.post("scopes/", name=name, user=user, included_attributes=[1])
    assert set(made) == {
        "id",
        "name",
        "user",
        "domain",
        "included_attributes",
        "excluded_attributes",
    }
    assert made["name"] == name.lower().replace(" ", "-")
    assert made["user"] == {"id": user, "username": "domain-admin"}
    path = f"scopes/{made['id']}/"
    assert owner.get(path) == made
    listed = owner.results(f"scopes/?id={made['id']}")
    assert [list(row) for row in listed] == [["id", "name", "user", "domain"]]
    again = owner("POST", "scopes/", {"name": name, "user": user})
    assert (again.status, list(again.json())) == (400, ["non_field_errors"])
    place = domain(api)["id"]
    twice = [owner("POST", "scopes/", {"name": name, "user": user, "domain": place})] * 1
    twice.append(owner("POST", "scopes/", {"name": name, "user": user, "domain": place}))
    assert [one.status for one in twice] == [201, 400]
    assert owner.patch(path, name=name)["id"] == made["id"]
    assert owner("PATCH", path, {"name": "!"}).status == 400
    assert owner("DELETE", path).status == 204


def test_scopes_of_others(server, api, owner):
    admin = own_id(api)
    assert owner("POST", "scopes/", {"name": "x", "user": admin}).status == 400
    theirs = api.post("scopes/", name=unique("theirs"), user=admin)["id"]
    mine = owner.post("scopes/", name=unique("mine"), user=own_id(owner))["id"]
    for method in ("GET", "PATCH", "DELETE"):
        assert owner(method, f"scopes/{theirs}/", {}).status == 404
    assert owner("PATCH", f"scopes/{mine}/", {"user": admin}).status == 400
    assert api.get(f"scopes/{mine}/")["id"] == mine
    for query in ("", "?page=1", "filter"):
        found = owner.results(f"scopes/{query}") if query != "filter" else _filtered(owner)
        assert mine in [row["id"] for row in found]
        assert theirs not in [row["id"] for row in found]


def _filtered(api: Api, **body: Any) -> list[Any]:
    return api("POST", "scopes/filter/", body).json()["results"]


def test_superusers_see_all_scopes_in_tables_only(api, owner):
    mine = owner.post("scopes/", name=unique("seen"), user=own_id(owner))["id"]

    def keys(rows: list[Any]) -> list[int]:
        return [row["id"] for row in rows]

    assert mine not in keys(api.results("scopes/"))
    assert mine not in keys(api.results(f"scopes/?user__id={own_id(owner)}"))
    assert mine in keys(api.results("scopes/?page=1"))
    assert mine in keys(api.results(f"scopes/?page=1&user__id={own_id(owner)}"))
    assert mine in keys(api.results("scopes/?page=1&user__username__icontains=domain"))
    assert mine not in keys(_filtered(api))
    assert mine in keys(_filtered(api, page=1))


def test_filters_of_scopes(api):
    person = account(api)
    place = domain(api)["id"]
    made = api.post(
        "scopes/",
        name=unique("f"),
        user=person["id"],
        domain=place,
        included_attributes=[1],
    )["id"]
    api.patch(f"user-profiles/{person['id']}/", scope_preference=made)
    for query in (
        f"user={person['id']}",
        f"domain__id={place}",
        f"userprofile__id={person['id']}",
        f"included_attributes__id=1&user__id={person['id']}",
    ):
        found = api.results(f"scopes/?page=1&{query}")
        assert [row["id"] for row in found] == [made], query
    assert api("GET", "scopes/?page=1&userprofile__id=x").status == 400
    assert api("DELETE", f"scopes/{made}/").status == 204
    assert api.get(f"user-profiles/{person['id']}/")["scope_preference"] is None


def test_readers_cannot_make_scopes(reader):
    assert reader("POST", "scopes/", {"name": "x", "user": own_id(reader)}).status == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"user": 1}, "name"),
        ({"name": "x"}, "user"),
        ({"name": "x", "user": 10**30}, "user"),
        ({"name": "x", "user": None}, "user"),
        ({"name": "x", "user": 1, "domain": 10**9}, "domain"),
        ({"name": "x", "user": 1, "included_attributes": [10**9]}, "included_attributes"),
    ],
)
def test_mistakes_in_scopes(api, body, field):
    answer = api("POST", "scopes/", body)
    assert (answer.status, list(answer.json())) == (400, [field])
