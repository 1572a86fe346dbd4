"""Attribute sets through the administrative API."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from agent import Agent
from api import Api, signed_in
from conftest import RunningServer


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


def set_attribute(server: RunningServer, name: str) -> int | None:
    return server.value(
        "SELECT a.id FROM core_attribute a JOIN core_property p ON p.id = a.property_att_id "
        "WHERE p.prefix = 'SET' AND a.value = $1",
        name,
    )


def make(api: Api, server: RunningServer, name: str, **body: object) -> tuple[int, int]:
    """Make a set and return its id and that of its attribute."""
    key = api.post("attribute-sets/", name=name, **body)["id"]
    return key, set_attribute(server, name)


def test_the_set_attribute_lives_with_the_set(api, server):
    key, attribute = make(api, server, "life", included_attributes=[1])
    assert server.value("SELECT description FROM core_attribute WHERE id = $1", attribute) == ""
    other, _ = make(api, server, "life of another", included_attributes=[attribute])
    api.patch(f"attribute-sets/{key}/", name="second life")
    assert set_attribute(server, "second life") == attribute
    assert set_attribute(server, "life") is None
    included = api.get(f"attribute-sets/{other}/")["included_attributes"]
    assert [one["value"] for one in included] == ["second life"]
    assert api("DELETE", f"attribute-sets/{key}/").status == 204
    assert set_attribute(server, "second life") is None
    assert api.get(f"attribute-sets/{other}/")["included_attributes"] == []


def test_the_form(api, server):
    made = api.post("attribute-sets/", name="form", included_attributes=[1], latitude=1.5)
    assert list(made) == [
        "id",
        "included_attributes",
        "excluded_attributes",
        "name",
        "description",
        "enabled",
        "longitude",
        "latitude",
    ]
    assert (made["latitude"], made["longitude"], made["enabled"]) == (1.5, None, True)
    assert made == api.get(f"attribute-sets/{made['id']}/")
    assert api.results("attribute-sets/?name=form&included_attributes__id=1") == [made]
    assert api.results("attribute-sets/?name=form&enabled=false") == []


def test_reserved_and_taken_names(api, server):
    answer = api("POST", "attribute-sets/", {"name": "All Systems"})
    assert (answer.status, list(answer.json())) == (400, ["name"])
    key, attribute = make(api, server, "taken")
    assert api("POST", "attribute-sets/", {"name": "taken"}).status == 400
    other, _ = make(api, server, "taker")
    for name in ("All Systems", "taken"):
        answer = api("PATCH", f"attribute-sets/{other}/", {"name": name, "description": "x"})
        assert (answer.status, list(answer.json())) == (400, ["name"])
    assert api.get(f"attribute-sets/{other}/")["description"] in (None, "")
    assert api.patch(f"attribute-sets/{key}/", name="taken", description="same")
    assert set_attribute(server, "taken") == attribute
    assert set_attribute(server, "All Systems") == 1


def test_cycles_are_refused(api, server):
    one, one_attribute = make(api, server, "cycle one")
    two, two_attribute = make(api, server, "cycle two", included_attributes=[one_attribute])
    three, three_attribute = make(api, server, "cycle three", excluded_attributes=[two_attribute])
    body = {"description": "not stored", "excluded_attributes": [three_attribute]}
    answer = api("PATCH", f"attribute-sets/{one}/", body)
    assert answer.status == 400
    assert answer.json() == {
        "non_field_errors": ["Review circular dependencies: cycle three, cycle two"]
    }
    assert api.get(f"attribute-sets/{one}/")["excluded_attributes"] == []
    assert api.get(f"attribute-sets/{one}/")["description"] != "not stored"
    # Its own attribute, and the attribute of all systems, are no dependencies.
    api.patch(f"attribute-sets/{one}/", included_attributes=[1, one_attribute])
    # Disabled sets may be in a cycle, until they are enabled.
    api.patch(f"attribute-sets/{two}/", enabled=False)
    api.patch(f"attribute-sets/{one}/", excluded_attributes=[three_attribute])
    answer = api("PATCH", f"attribute-sets/{two}/", {"enabled": True})
    assert answer.status == 400
    assert "cycle one, cycle three" in answer.json()["non_field_errors"][0]
    api.patch(f"attribute-sets/{three}/", excluded_attributes=[])
    api.patch(f"attribute-sets/{two}/", enabled=True)


def test_the_other_list_counts_too(api, server):
    one, one_attribute = make(api, server, "lists one")
    _, two_attribute = make(api, server, "lists two", included_attributes=[one_attribute])
    api.patch(f"attribute-sets/{one}/", included_attributes=[1])
    body = {"included_attributes": [1], "excluded_attributes": [two_attribute]}
    assert api("PATCH", f"attribute-sets/{one}/", body).status == 400


def test_two_changes_do_not_close_a_cycle_together(api, server):
    one, one_attribute = make(api, server, "race one")
    two, two_attribute = make(api, server, "race two")

    def link(pair: tuple[int, int]) -> int:
        path = f"attribute-sets/{pair[0]}/"
        return api("PATCH", path, {"included_attributes": [pair[1]]}).status

    for _ in range(5):
        with ThreadPoolExecutor(2) as pool:
            done = sorted(pool.map(link, [(one, two_attribute), (two, one_attribute)]))
        assert done == [200, 400]
        for key in (one, two):
            api.patch(f"attribute-sets/{key}/", included_attributes=[])


def test_computers_belong_to_what_was_made(api, server):
    _, attribute = make(api, server, "belongs", included_attributes=[1])
    computer = Agent(server.url, project="sets-api")
    computer.enrol()
    computer.sync()
    assert server.value(
        "SELECT count(*) FROM client_computer_sync_attributes "
        "WHERE attribute_id = $1 AND computer_id = $2",
        attribute,
        computer.id,
    )


def test_permissions(server, api):
    reader, configurator = signed_in(server, "reader"), signed_in(server, "configurator")
    assert reader("POST", "attribute-sets/", {"name": "stolen"}).status == 403
    assert configurator("POST", "attribute-sets/", {"name": "allowed"}).status == 201


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "x" * 51},
        {"name": "bad", "latitude": "north"},
        {"name": "bad", "included_attributes": ["²"]},
        {"name": "bad", "included_attributes": ["9" * 5000]},
        {"name": "bad", "included_attributes": [{"id": 1}]},
        {"name": "bad", "included_attributes": 5.5},
        {"name": "bad", "excluded_attributes": [2**40]},
    ],
)
def test_bad_bodies(api, server, body):
    assert api("POST", "attribute-sets/", body).status == 400
    assert set_attribute(server, "bad") is None
