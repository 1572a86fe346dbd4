"""Alerts of an account: every kind of them, and that its link shows what it counts."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from agent import Agent
from api import Api, signed_in
from conftest import RunningServer

LISTS = {"package_sets": "package-sets"}
RELATIONS = ("deployment", "store", "packageset", "packages", "schedule")
"""Parameters of which the dashboard makes `…__isnull`."""
ORDER = [
    "Generating Repositories",
    "Synchronizing Computers Now",
    "Active schedule deployments",
    "Orphan Packages",
    "Orphan Package Sets",
    "Unchecked Notifications",
    "Delayed Computers",
    "Finished schedule deployments",
    "Unchecked Faults",
    "Unchecked Errors",
]

EVERYTHING = """
DO $$
DECLARE project int; store int; active int; finished int; empty int; made int; of_package int;
BEGIN
    SELECT id INTO project FROM core_project WHERE name = 'alerts';
    INSERT INTO core_store (name, slug, project_id) VALUES ('org', 'org', project)
        RETURNING id INTO store;
    INSERT INTO core_package (fullname, name, version, architecture, project_id, store_id)
        SELECT 'a_' || n || '_all.deb', 'a', n::text, 'all', project, store
        FROM generate_series(1, 3) n;
    INSERT INTO core_packageset (name, project_id, store_id) VALUES ('set', project, store)
        RETURNING id INTO made;
    SELECT max(id) INTO of_package FROM core_package WHERE store_id = store;
    INSERT INTO core_packageset_packages (packageset_id, package_id) VALUES (made, of_package);
    INSERT INTO core_packageset (name, project_id, store_id) VALUES ('empty', project, store);
    INSERT INTO core_schedule (name) VALUES ('slow') RETURNING id INTO active;
    INSERT INTO core_scheduledelay (delay, duration, schedule_id) VALUES (0, 1000, active);
    INSERT INTO core_schedule (name) VALUES ('fast') RETURNING id INTO finished;
    INSERT INTO core_scheduledelay (delay, duration, schedule_id) VALUES (0, 1, finished);
    INSERT INTO core_schedule (name) VALUES ('without delays') RETURNING id INTO empty;
    INSERT INTO core_deployment (name, slug, project_id, schedule_id, start_date, enabled, source,
        frozen, expire, auto_restart)
    SELECT w.name, w.name, project, w.schedule, current_date - 30, w.enabled, 'E', true, 60, false
    FROM (VALUES ('active', active, true), ('finished', finished, true),
        ('undefined', empty, true), ('off', active, false)) AS w (name, schedule, enabled);
    INSERT INTO core_deployment (name, slug, project_id, start_date, enabled, source, frozen,
        expire, auto_restart)
    VALUES ('built', 'built', project, current_date, true, 'I', true, 60, false)
        RETURNING id INTO made;
    INSERT INTO core_repository (deployment_id, wanted, wanted_at, built)
        VALUES (made, 2, now() + interval '1 hour', 1);
END $$
"""


@pytest.fixture(scope="module")
def computers(server: RunningServer) -> list[Agent]:
    """Two computers: one in the middle of a synchronization, one that fell silent in it."""
    agents = [Agent(server.url, project="alerts", name=f"pc-{n}").enrol() for n in range(2)]
    definition = "INSERT INTO client_faultdefinition (name, enabled, language, code) VALUES "
    server.sql(f"{definition} ('for-all', true, 0, ''), ('for-reader', true, 0, '')")
    server.sql(
        "INSERT INTO client_faultdefinition_users (faultdefinition_id, userprofile_id) "
        "SELECT d.id, u.id FROM client_faultdefinition d, auth_user u "
        "WHERE d.name = 'for-reader' AND u.username = 'reader'"
    )
    for agent in agents:
        agent.sync()
        agent.call("computers/faults/", faults={"for-all": "x", "for-reader": "y"})
        agent.call("computers/errors/", description="it failed")
    server.sql(EVERYTHING)
    last = "SELECT count(*) FROM client_message WHERE text = 'Sending errors...'"
    end = time.monotonic() + 10
    while server.value(last) < len(agents) and time.monotonic() < end:
        time.sleep(0.1)
    server.sql("DELETE FROM client_message")
    server.sql(
        "INSERT INTO client_message (computer_id, created_at, text) VALUES "
        "($1, now(), 'Sending software...'), ($2, now() - interval '31 minutes', 'Oops')",
        *(agent.id for agent in agents),
    )
    server.sql("UPDATE auth_user SET is_active = true WHERE username = 'reader'")
    return agents


@pytest.fixture(scope="module")
def api(server: RunningServer, computers: list[Agent]) -> Api:
    return signed_in(server, "admin")


def alerts(api: Api, **headers: str) -> dict[str, Any]:
    answer = api("GET", "stats/alerts/", **headers)
    assert answer.status == 200, answer
    return {one["msg"]: one for one in answer.json()}


def listed(api: Api, alert: dict[str, Any]) -> int:
    """Return how many records the dashboard shows behind an alert."""
    given = {
        (f"{name}__isnull" if name in RELATIONS else name.replace("id_in", "id__in")): (
            str(value).lower() if isinstance(value, bool) else value
        )
        for name, value in alert["api"]["query"].items()
    }
    model = alert["api"]["model"]
    return api.get(f"{LISTS.get(model, model)}/?{urlencode(given)}")["count"]


def test_there_is_every_kind_in_the_order_of_the_contract(api):
    assert list(alerts(api)) == ORDER


def test_results_are_texts_with_a_level_and_a_target(api):
    found = alerts(api)
    assert {one["level"] for one in found.values()} == {"info", "warning", "critical"}
    assert {one["target"] for one in found.values()} == {"server", "computer"}
    assert found["Unchecked Errors"] == {
        "msg": "Unchecked Errors",
        "target": "computer",
        "level": "critical",
        "result": "2",
        "api": {"model": "errors", "query": {"checked": False}},
    }


@pytest.mark.parametrize("text", ORDER)
def test_a_link_shows_what_its_alert_counts(api, text):
    alert = alerts(api)[text]
    assert listed(api, alert) == int(alert["result"]) > 0


def test_a_schedule_without_delays_is_neither_active_nor_finished(api):
    found = alerts(api)
    assert found["Active schedule deployments"]["result"] == "1"
    assert found["Finished schedule deployments"]["result"] == "1"


def test_the_time_in_links_is_half_an_hour_ago(api):
    found = alerts(api)["Synchronizing Computers Now"]["api"]["query"]["created_at__gte"]
    age = datetime.now(UTC).replace(tzinfo=None) - datetime.strptime(found, "%Y-%m-%dT%H:%M:%S")
    assert timedelta(minutes=29) < age < timedelta(minutes=31)


def test_faults_are_those_that_the_account_should_check(server, api):
    assert alerts(api)["Unchecked Faults"]["result"] == "2"
    assert alerts(signed_in(server, "reader"))["Unchecked Faults"]["result"] == "4"


def test_what_is_checked_is_no_alert_any_more(api):
    before = alerts(api)["Unchecked Errors"]["result"]
    key = api.results("errors/?checked=false")[0]["id"]
    api.patch(f"errors/{key}/", checked=True)
    assert alerts(api)["Unchecked Errors"]["result"] == str(int(before) - 1)
    api.patch(f"errors/{key}/", checked=False)


def test_texts_are_in_the_language_of_the_caller(api):
    spanish = alerts(api, **{"Accept-Language": "es-ES, es;q=0.9"})
    assert "Paquetes huérfanos" in spanish
    assert alerts(api, **{"Accept-Language": "fr"}).keys().isdisjoint(ORDER)


def test_an_account_with_a_scope_sees_no_figures_of_other_computers(server, api, computers):
    attribute = server.value(
        "SELECT a.id FROM core_attribute a JOIN core_property p ON p.id = a.property_att_id "
        "WHERE p.prefix = 'CID' AND a.value = $1",
        str(computers[0].id),
    )
    scope = api.post("scopes/", name="one", user=1, included_attributes=[attribute])["id"]
    api.patch("user-profiles/1/", scope_preference=scope)
    try:
        found = alerts(api)
        assert found["Unchecked Errors"]["result"] == "1"
        assert found["Unchecked Faults"]["result"] == "1"
        assert found["Synchronizing Computers Now"]["result"] == "1"
        assert "Delayed Computers" not in found
        for alert in found.values():
            assert listed(api, alert) == int(alert["result"])
    finally:
        api.patch("user-profiles/1/", scope_preference=None)


@pytest.mark.parametrize(
    ("path", "status"),
    [("?format=json", 200), ("?format=csv", 404), ("?unknown=1", 200)],
)
def test_there_is_only_json(api, path, status):
    assert api("GET", f"stats/alerts/{path}").status == status


def test_it_needs_a_login_and_is_only_read(server, api):
    assert Api(server.url, "")("GET", "stats/alerts/", Authorization="").status == 401
    assert api("POST", "stats/alerts/", {}).status == 405
