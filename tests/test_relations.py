"""Links between records, and the chips that show them."""

import base64
import json

import pytest
from agent import Agent
from api import Api, signed_in
from conftest import RunningServer

from migas_tornado.errors import ConfigurationError
from migas_tornado.external_actions import parse_external_actions
from migas_tornado.resources.registry import RESOURCES
from migas_tornado.resources.relations.reading import undeclared
from migas_tornado.resources.relations.table import LINKS


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture(scope="module")
def agent(server: RunningServer) -> Agent:
    one = Agent(server.url, project="linked").enrol()
    one.sync()
    return one


@pytest.fixture(scope="module")
def project(server: RunningServer, agent: Agent) -> int:
    return server.value("SELECT id FROM core_project WHERE name = 'linked'")


@pytest.fixture(scope="module")
def cid(server: RunningServer, agent: Agent) -> int:
    return attribute(server, "CID", str(agent.id))


def attribute(server: RunningServer, prefix: str, value: str) -> int:
    return server.value(
        "SELECT a.id FROM core_attribute a JOIN core_property p ON p.id = a.property_att_id "
        "WHERE p.prefix = $1 AND a.value = $2",
        prefix,
        value,
    )


def links(api: Api, path: str) -> dict[tuple[str, str], dict]:
    found = {}
    for link in api.get(path):
        assert list(link) == ["api", "text", "count", "actions"]
        assert link["count"] > 0
        found[link["api"]["model"], next(iter(link["api"]["query"]))] = link
    return found


ALL_LINKS = [
    pytest.param(path, link, id=f"{path}-{link.route}-{'+'.join(link.filters)}")
    for path, declared in LINKS.items()
    if path in RESOURCES
    for link in declared
    if link.path in RESOURCES
]


@pytest.mark.parametrize(("path", "link"), ALL_LINKS)
def test_lists_know_the_filters_of_links(path, link):
    assert undeclared(link) == []


@pytest.mark.parametrize("path", sorted(RESOURCES))
@pytest.mark.parametrize("call", ["relations", "badge"])
def test_what_does_not_exist_is_not_found(api, path, call):
    answer = api("GET", f"{path}/99999999/{call}/")
    assert (answer.status, answer.body) == (404, b"")
    assert api("GET", f"{path}/x/{call}").status == 404


@pytest.mark.parametrize("path", sorted(RESOURCES))
def test_every_record_has_links_and_a_badge(api, agent, path):
    answer = api("GET", f"{path}/?page_size=3")
    for row in answer.json()["results"] if answer.status == 200 else ():
        shown = api.get(f"{path}/{row['id']}/badge/")
        assert isinstance(shown["text"], str)
        assert set(shown) in ({"pk", "text"}, {"pk", "text", "status", "summary"})
        for link in api.get(f"{path}/{row['id']}/relations/"):
            assert link["count"] > 0


def test_a_count_is_what_the_list_shows(api, agent, cid):
    dashboard = {"synchronizations": "syncs", "catalog/applications": "catalog/apps"}
    for path in (
        f"computers/{agent.id}",
        f"attributes/{cid}",
        "platforms/1",
        "formulas/2",
    ):
        for link in api.get(f"{path}/relations/"):
            query = link["api"]["query"]
            if "uninstall_date" in query:
                query["uninstall_date__isnull"] = query.pop("uninstall_date")
            asked = "&".join(f"{name}={value}" for name, value in query.items())
            route = dashboard.get(link["api"]["model"], link["api"]["model"])
            assert api.get(f"{route}/?{asked}")["count"] == link["count"], link


def test_links_of_a_project(api, project):
    found = links(api, f"projects/{project}/relations/")
    assert found["platforms", "project__id"] == {
        "api": {"model": "platforms", "query": {"project__id": project}},
        "text": "platform",
        "count": 1,
        "actions": [],
    }
    assert found["computers", "project__id"] == {
        "api": {
            "model": "computers",
            "query": {"project__id": project, "status__in": "assigned,reserved,unknown"},
        },
        "text": "Computers [project]",
        "count": 1,
        "actions": [],
    }
    assert found["synchronizations", "project__id"]["count"] == 1
    assert ("stores", "project__id") not in found


def test_a_computer_and_its_attribute_answer_the_links_of_both(server, api, agent, cid, project):
    made = api.post("attribute-sets/", name="of one computer", included_attributes=[cid])
    of_computer = links(api, f"computers/{agent.id}/relations/")
    assert of_computer["attribute-sets", "included_attributes__id"]["count"] == 1
    assert of_computer["projects", "computer__id"]["text"] == "project"
    assert ("computers", "sync_attributes__id") not in of_computer
    of_attribute = links(api, f"attributes/{cid}/relations/")
    assert next(iter(of_attribute)) == ("projects", "computer__id")
    assert ("attribute-sets", "included_attributes__id") in of_attribute
    assert ("computers", "sync_attributes__id") not in of_attribute
    of_set = links(api, f"attribute-sets/{made['id']}/relations/")
    assert of_set["computers", "id__in"]["api"]["query"]["id__in"] == str(agent.id)
    answer = api.get(f"attributes/{cid}/badge/")
    assert answer == api.get(f"computers/{agent.id}/badge/")
    assert answer["pk"] == agent.id
    assert answer["text"] == f"CID-{agent.id}"
    assert answer["status"] == "assigned"
    assert answer["summary"].startswith("assigned, linked, ")


def test_a_set_and_its_attribute_answer_the_links_of_both(server, api):
    made = api.post(
        "attribute-sets/", name="twice {x}", description="both", included_attributes=[1]
    )
    own = attribute(server, "SET", "twice {x}")
    api.post("attribute-sets/", name="of a set", included_attributes=[own])
    expected = {"pk": made["id"], "text": "twice {{x}}", "status": "set"}
    expected["summary"] = "(Attribute Set) both"
    assert api.get(f"attribute-sets/{made['id']}/badge/") == expected
    assert api.get(f"attributes/{own}/badge/") == expected
    for path in (f"attribute-sets/{made['id']}", f"attributes/{own}"):
        found = links(api, f"{path}/relations/")
        assert found["attributes", "attributeset_included__id"]["text"] == "included attributes"
        assert found["attribute-sets", "included_attributes__id"]["count"] == 1


def test_a_domain_and_its_attribute_answer_the_links_of_both(server, api, cid):
    made = api.post("domains/", name="LINKED", included_attributes=[cid], domain_admins=[])
    own = attribute(server, "DMN", "LINKED")
    assert api.get(f"domains/{made['id']}/badge/") == {
        "pk": made["id"],
        "text": "LINKED",
        "status": "domain",
        "summary": "Domain",
    }
    assert api.get(f"attributes/{own}/badge/")["summary"] == "Domain"
    assert api.get(f"tags/{own}/badge/") == {
        "pk": own,
        "text": "DMN-LINKED",
        "status": "tag",
        "summary": "Tag",
    }
    found = links(api, f"tags/{own}/relations/")
    assert ("attributes", "domain_included__id") in found


def test_a_deployment_leads_to_the_computers_that_it_has_reached(api, agent, project, cid):
    schedule = api.post("schedules/", name="linked", description=None)["id"]
    delay = api.post("schedule-delays/", schedule=schedule, delay=0, duration=1, attributes=[cid])
    made = api.post(
        "deployments/",
        name="linked",
        project=project,
        included_attributes=[cid],
        start_date="2020-01-06",
    )

    def reached() -> bool:
        found = links(api, f"deployments/{made['id']}/relations/").get(("computers", "id__in"))
        assert found is None or found["api"]["query"]["id__in"] == str(agent.id)
        return found is not None

    def change(path: str = f"deployments/{made['id']}/", **values: object) -> None:
        answer = api("PATCH", path, values)
        assert answer.status == 200, answer.json()

    assert reached()
    change(enabled=False)
    assert not reached()
    change(enabled=True, start_date="2999-01-06")
    assert not reached()
    change(start_date="2020-01-06", included_attributes=[])
    assert not reached()
    change(schedule=schedule)
    assert reached()
    change(f"schedule-delays/{delay['id']}/", delay=10_000)
    assert not reached()
    change(f"schedule-delays/{delay['id']}/", delay=0)
    change(excluded_attributes=[1])
    assert not reached()


def test_all_systems_is_itself(api):
    shown = api.get("attributes/1/badge/")
    assert (shown["pk"], shown["text"], shown["status"]) == (1, "All Systems", "set")
    assert shown["summary"].startswith("(Attribute)")


def test_installed_packages_of_a_computer(server, api, agent, project):
    found = [
        link
        for link in api.get(f"computers/{agent.id}/relations/")
        if link["text"] == "Installed Packages"
    ]
    installed = server.value(
        "SELECT count(*) FROM client_packagehistory "
        "WHERE computer_id = $1 AND uninstall_date IS NULL",
        agent.id,
    )
    assert [link["count"] for link in found] == ([installed] if installed else [])
    for link in found:
        assert link["api"]["query"] == {
            "computer__id": agent.id,
            "package__project__id": project,
            "uninstall_date": True,
        }


def test_a_scope_limits_what_is_counted_and_found(server, api, agent, project, cid):
    other = Agent(server.url, project="linked").enrol()
    other.sync()
    assert links(api, f"projects/{project}/relations/")["computers", "project__id"]["count"] >= 2
    account = server.value("SELECT id FROM auth_user WHERE username = 'reader'")
    scope = server.value(
        "INSERT INTO core_scope (name, user_id) VALUES ('linked', $1) RETURNING id", account
    )
    server.sql(
        "INSERT INTO core_scope_included_attributes (scope_id, attribute_id) VALUES ($1, $2)",
        scope,
        cid,
    )
    before = server.value(
        "SELECT scope_preference_id FROM core_userprofile WHERE user_ptr_id = $1", account
    )
    choose = "UPDATE core_userprofile SET scope_preference_id = $2 WHERE user_ptr_id = $1"
    server.sql(choose, account, scope)
    try:
        reader = signed_in(server, "reader")
        found = links(reader, f"projects/{project}/relations/")
        assert found["computers", "project__id"]["count"] == 1
        for call in ("relations", "badge"):
            answer = reader("GET", f"computers/{other.id}/{call}/")
            assert (answer.status, answer.body) == (404, b"")
        hidden = attribute(server, "CID", str(other.id))
        assert reader("GET", f"attributes/{hidden}/badge/").status == 404
        exported = reader("GET", f"features/export/?id__in={cid},1&export_format=json").json()
        assert {tuple(row["computers"]) for row in exported} == {(agent.id,)}
    finally:
        server.sql(choose, account, before)


def test_a_login_is_needed(server):
    assert Api(server.url, "x")("GET", "platforms/1/relations/").status == 401


def told(action: dict) -> dict:
    return json.loads(base64.urlsafe_b64decode(action["url"].removeprefix("mea://")))


def test_external_actions(own_server):
    actions = {
        "computer": {
            "ping": {"title": "PING", "description": "check connectivity"},
            "ssh": {"title": "SSH", "many": False},
            "install": {"related": ["deployment", "computer"]},
        },
    }
    server = own_server(external_actions=json.dumps(actions))
    api = signed_in(server, "admin")
    first, second = (Agent(server.url, project="acting").enrol() for _ in range(2))
    for agent in (first, second):
        agent.sync()
    itself = api.get(f"computers/{first.id}/relations/")[0]
    assert itself == {
        "model": "computers",
        "pk": first.id,
        "text": f"Computer CID-{first.id}",
        "count": 1,
        "actions": itself["actions"],
    }
    assert [action["title"] for action in itself["actions"]] == ["PING", "SSH", "install"]
    assert told(itself["actions"][0]) == {
        "name": "ping",
        "model": "computer",
        "id": first.id,
        "related_model": "computer",
        "related_ids": [first.id],
        "server": server.url.removeprefix("http://"),
    }
    project = server.value("SELECT id FROM core_project WHERE name = 'acting'")
    (found,) = (
        link
        for link in api.get(f"projects/{project}/relations/")
        if link["api"]["model"] == "computers"
    )
    assert [action["title"] for action in found["actions"]] == ["PING"]
    assert told(found["actions"][0])["related_ids"] == [first.id, second.id]
    assert told(found["actions"][0])["model"] == "project"
    cid = attribute(server, "CID", str(first.id))
    assert api.get(f"attributes/{cid}/relations/")[0] == itself


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"computer": []}', '{"computer": {"ping": 1}}']
    + [f'{{"computer": {{"ping": {{"{name}": 7}}}}}}' for name in ("title", "many", "related")],
)
def test_external_actions_that_make_no_sense_are_refused(text):
    with pytest.raises(ConfigurationError, match="MIGAS_EXTERNAL_ACTIONS"):
        parse_external_actions(text)
