"""The counters behind statistics: exact however computers come, go, change and are deleted."""

import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from agent import HARDWARE, Agent
from api import Api, signed_in
from conftest import RunningServer
from counted_world import recount, run
from test_lifecycle import command

TOKYO = "Asia/Tokyo"
COUNTS = ("yearly", "monthly", "daily", "hourly")
TRUE_COUNTS = """
    SELECT count(DISTINCT computer_id) FROM client_synchronization s
    JOIN core_project p ON p.id = s.project_id WHERE $1 = '' OR p.name = $1
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, untouched_site: Path) -> Iterator[Any]:
    data_dir = tmp_path_factory.mktemp("tokyo") / "data"
    subprocess.run(["cp", "-a", untouched_site, data_dir], check=True)
    running = RunningServer(data_dir, time_zone=TOKYO).start()
    yield running
    running.stop()
    shutil.rmtree(data_dir, ignore_errors=True)
    assert running.tracebacks == [], "\n".join(running.log[-80:])


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


def synchronized(server: RunningServer, **options: str) -> Agent:
    agent = Agent(server.url, **options).enrol()
    agent.sync()
    return agent


def project_of(api: Api, name: str) -> int:
    return api.results(f"projects/?name={name}")[0]["id"]


def counted(api: Api, name: str = "") -> dict[str, int]:
    """Return the distinct computers in each bucket of now, of a project or of all."""
    query = f"?project_id={project_of(api, name)}" if name else ""
    found = {}
    for kind in COUNTS:
        answer = api.get(f"stats/syncs/{kind}/{query}")
        if kind == "yearly":
            found[kind] = answer[0][1]
        else:
            place = 0 if kind == "hourly" else -1
            found[kind] = answer["data"]["Computers"][place]["value"]
    return found


def all_are(value: int) -> dict[str, int]:
    return dict.fromkeys(COUNTS, value)


def test_a_computer_counts_once_in_each_bucket(server, api):
    agents = [synchronized(server, project="once") for _ in range(3)]
    for _ in range(2):
        agents[0].synchronization()
    assert counted(api, "once") == all_are(3)


def test_a_computer_counts_in_each_of_its_projects_and_once_in_the_fleet(server, api):
    before = counted(api)["yearly"]
    agent = synchronized(server, project="first")
    moved = synchronized(server, project="second", uuid=agent.uuid)
    assert moved.id == agent.id
    assert counted(api, "first") == all_are(1)
    assert counted(api, "second") == all_are(1)
    assert counted(api)["yearly"] == before + 1


def test_synchronizations_at_the_same_moment_count_once(server, api):
    agents = []
    for _ in range(4):
        agent = Agent(server.url, project="together").enrol()
        agent.attributes()
        agents.append(agent)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda agent: agent.synchronization(), agents * 6))
    assert [answer.status for answer in answers] == [201] * 24
    assert counted(api, "together") == all_are(4)
    found = api.get("stats/syncs/project/")["data"]
    assert next(one["value"] for one in found if one["name"] == "together") == 24


def test_the_bucket_is_of_the_servers_clock(server, api):
    agent = synchronized(server, project="clock")
    labels = api.get("stats/syncs/hourly/")["x_labels"]
    assert labels[0] == datetime.now(ZoneInfo(TOKYO)).strftime("%Y-%m-%d %H:00")
    # What happened at 20:00 on December 31 in London was next year in Tokyo.
    run(
        server,
        "INSERT INTO client_synchronization (created_at, computer_id, user_id, project_id, "
        "pms_status_ok) SELECT '2019-12-31 20:00+00', id, sync_user_id, project_id, true "
        f"FROM client_computer WHERE id = {agent.id}",
        TOKYO,
    )
    recount(server)
    key = project_of(api, "clock")
    assert api.get(f"stats/syncs/yearly/?begin=2019&end=2021&project_id={key}") == [
        [2019, 0],
        [2020, 1],
    ]
    months = api.get("stats/syncs/project/month/?begin=2019-12&end=2020-02")
    assert [one["value"] for one in months["data"]["clock"]] == [0, 1]


def test_a_deleted_synchronization_is_counted_no_more(server, api):
    agent = synchronized(server, project="deleted")
    agent.synchronization()
    first, second = (row["id"] for row in api.results(f"syncs/?computer__id={agent.id}"))
    assert api("DELETE", f"syncs/{first}/").status == 204
    assert counted(api, "deleted") == all_are(1)
    assert api("DELETE", f"syncs/{second}/").status == 204
    assert counted(api, "deleted") == all_are(0)
    agent.synchronization()
    assert counted(api, "deleted") == all_are(1)


def test_a_deleted_computer_is_counted_no_more(server, api):
    agents = [synchronized(server, project="leaving") for _ in range(2)]
    agents[0].call("computers/errors/", description="broken")
    assert errors_of(api, "leaving") == 1
    assert api("DELETE", f"computers/{agents[0].id}/").status == 204
    assert counted(api, "leaving") == all_are(1)
    assert errors_of(api, "leaving") == 0
    found = api.get("stats/packages-history/project/")["data"]
    rows = server.value(
        "SELECT count(*) FROM client_packagehistory h JOIN core_package k ON k.id = h.package_id "
        "JOIN core_project p ON p.id = k.project_id WHERE p.name = 'leaving'"
    )
    assert next(one["value"] for one in found if one["name"] == "leaving") == rows > 0


def errors_of(api: Api, name: str) -> int:
    series = api.get("stats/errors/project/month/")["data"][name]
    by_status = api.get("stats/errors/status/project/")["outer"]
    total = sum(one["value"] for one in by_status if one["name"] == name)
    assert total == sum(one["value"] for one in series)
    return total


def test_events_are_in_the_statistics_at_once(server, api):
    agent = synchronized(server, project="events")
    agent.call("computers/hardware/", hardware=HARDWARE)
    for _ in range(3):
        agent.call("computers/errors/", description="broken")
    assert errors_of(api, "events") == 3
    key = api.results(f"errors/?computer__id={agent.id}")[0]["id"]
    assert api("PATCH", f"errors/{key}/", {"checked": True}).status == 200
    assert errors_of(api, "events") == 3
    assert api("DELETE", f"errors/{key}/").status == 204
    assert errors_of(api, "events") == 2


def test_a_deployment_knows_how_it_ended_on_each_computer(server, api):
    agent = Agent(server.url, project="results").enrol()
    agent.sync(pms_ok=False)
    key = api.post(
        "deployments/",
        name="results",
        project=project_of(api, "results"),
        included_attributes=[1],
        start_date="2020-01-01",
    )["id"]
    path = f"stats/deployments/{key}"
    counts = {"assigned": 1, "ok": 0, "error": 0}
    assert api.get(f"{path}/timeline/") == {"computers": counts, "schedule": None}
    agent.sync(pms_ok=False)
    assert api.get(f"{path}/computers/status/error/") == [agent.id]
    agent.sync()
    assert api.get(f"{path}/computers/status/error/") == []
    assert api.get(f"{path}/computers/status/ok/") == [agent.id]
    assert api.get(f"{path}/computers/assigned/") == [agent.id]
    assert api.get(f"{path}/timeline/")["computers"] == {**counts, "ok": 1}


def test_what_was_counted_wrong_is_put_right_and_reported(server, api):
    for _ in range(2):
        synchronized(server, project="wrong")
    recount(server)
    assert recount(server) == []
    key = project_of(api, "wrong")
    right = counted(api, "wrong"), api.get("stats/syncs/project/"), counted(api)
    now = datetime.now(UTC)
    server.sql(
        "UPDATE client_synchronizationcount SET computers = computers + 5 "
        "WHERE project_id = $1 AND granularity = 'hour' AND bucket > $2",
        key,
        now.replace(year=now.year - 1),
    )
    server.sql("DELETE FROM client_synchronizationcount WHERE granularity = 'year'")
    server.sql("UPDATE client_eventcount SET events = 0 WHERE project_id = $1", key)
    server.sql("DELETE FROM client_computereventcount WHERE project_id = $1", key)
    server.sql("UPDATE client_packagecount SET entries = 0 WHERE project_id = $1", key)
    assert counted(api, "wrong") != right[0]
    printed = recount(server)
    assert any("synchronized by hour" in line for line in printed)
    assert any("synchronized by year" in line for line in printed)
    assert any("synchronization by day" in line for line in printed)
    assert any("packages of computers" in line for line in printed)
    assert (counted(api, "wrong"), api.get("stats/syncs/project/"), counted(api)) == right
    message = api.results("notifications/?ordering=-id")[0]["message"]
    assert message.startswith("Statistics were recounted and corrected.")
    assert recount(server) == []


def test_counters_outlive_the_synchronizations_that_are_retired(server, api):
    agent = synchronized(server, project="retired")
    run(
        server,
        "INSERT INTO client_synchronization (created_at, computer_id, user_id, project_id, "
        "pms_status_ok) SELECT '2015-06-01 12:00+00', id, sync_user_id, project_id, true "
        f"FROM client_computer WHERE id = {agent.id}",
        TOKYO,
    )
    recount(server)
    old = f"stats/syncs/yearly/?begin=2015&end=2016&project_id={project_of(api, 'retired')}"
    assert api.get(old) == [[2015, 1]]
    run(server, "DELETE FROM client_synchronization WHERE created_at < '2016-01-01'", TOKYO)
    recount(server)
    assert api.get(old) == [[2015, 1]]


def test_counters_outlive_retention_that_leaves_the_last_of_computers_long_gone(server, api):
    gone = synchronized(server, project="gone")
    alive = synchronized(server, project="alive")
    added = (
        "INSERT INTO client_synchronization (created_at, computer_id, user_id, project_id, "
        "pms_status_ok) SELECT '{}', id, sync_user_id, project_id, true "
        "FROM client_computer WHERE id = {}"
    )
    run(server, f"DELETE FROM client_synchronization WHERE computer_id = {gone.id}", TOKYO)
    run(server, added.format("2012-06-01 12:00+00", gone.id), TOKYO)
    run(server, added.format("2013-06-01 12:00+00", alive.id), TOKYO)
    recount(server)
    old = f"stats/syncs/yearly/?begin=2012&end=2014&project_id={project_of(api, 'alive')}"
    assert api.get(old) == [[2012, 0], [2013, 1]]
    done = command(
        server.data_dir,
        *("jobs", "run", "delete old records"),
        keep_synchronizations_days="1000",
        time_zone=TOKYO,
    )
    assert "syncs=" in done.stdout, done.stderr
    recount(server)
    assert api.get(old) == [[2012, 0], [2013, 1]]
    of_gone = f"stats/syncs/yearly/?begin=2012&end=2013&project_id={project_of(api, 'gone')}"
    assert api.get(of_gone) == [[2012, 1]]


def test_after_all_this_every_counter_says_what_is_there(server, api):
    assert recount(server) == []
    for name in ("once", "together", "first", "wrong"):
        assert counted(api, name)["yearly"] == server.value(TRUE_COUNTS, name)
