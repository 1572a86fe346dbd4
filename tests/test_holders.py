"""How many computers have an attribute is kept, and right at every moment."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import pytest
from agent import Agent
from api import Api, signed_in
from conftest import RunningServer, command
from counted_world import recount

from migas_tornado.attributes import holders

PROJECT = "holders"
KEPT = f"SELECT t.value, {holders.HOLDERS.replace('{t}', 't')} AS computers FROM core_attribute t"
COUNTED = """
    SELECT a.value, count(c.id) AS computers FROM core_attribute a
    LEFT JOIN client_computer_sync_attributes s ON s.attribute_id = a.id
    LEFT JOIN client_computer c
        ON c.id = s.computer_id AND c.status IN ('assigned', 'reserved', 'unknown')
"""


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    api = signed_in(server, "admin")
    api.post("formulas/", prefix="H01", name="Room", code="echo 1", kind="-")
    return api


def add_noted(server: RunningServer) -> int:
    async def add() -> int:
        connection = await asyncpg.connect(
            host=str(server.data_dir / "postgres"), user="postgres", database="postgres"
        )
        try:
            return await holders.add_noted(connection)
        finally:
            await connection.close()

    return asyncio.run(add())


def held(server: RunningServer) -> dict[str, int]:
    """Return how many computers have each attribute that any has; every other way must agree."""
    kept = server.sql(f"{KEPT} ORDER BY t.id")
    counted = server.sql(f"{COUNTED} GROUP BY a.id ORDER BY a.id")
    assert kept == counted
    return {row["value"]: row["computers"] for row in kept if row["computers"]}


def computer(server: RunningServer, *rooms: str) -> Agent:
    agent = Agent(server.url, project=PROJECT).enrol()
    report(agent, *rooms)
    return agent


def report(agent: Agent, *rooms: str) -> None:
    agent.sync(values={"H01": ",".join(rooms)})


def rooms(server: RunningServer) -> dict[str, int]:
    return {value: number for value, number in held(server).items() if value.startswith("room-")}


@pytest.mark.parametrize("is_added", [False, True], ids=["noted", "added up"])
def test_counts_follow_whatever_computers_do(server, api, is_added):
    def now() -> dict[str, int]:
        if is_added:
            add_noted(server)
            assert server.value("SELECT count(*) FROM client_holderchange") == 0
        return rooms(server)

    one, two = computer(server, "room-1", "room-2"), computer(server, "room-2")
    assert now() == {"room-1": 1, "room-2": 2}
    report(one, "room-3")
    assert now() == {"room-2": 1, "room-3": 1}
    for status, number in (("in repair", 1), ("available", 1), ("assigned", 2), ("unknown", 2)):
        report(one, "room-2")
        api.patch(f"computers/{one.id}/", status=status)
        assert now() == {"room-2": number}, status
    api.patch(f"computers/{one.id}/", status="in repair")
    report(one, "room-4")
    assert now() == {"room-2": 1}
    assert api("DELETE", f"computers/{one.id}/").status == 204
    assert now() == {"room-2": 1}
    room = api.results("features/?value=room-2")[0]["id"]
    assert api("DELETE", f"features/{room}/").status == 204
    assert now() == {}
    report(two, "room-5")
    assert now() == {"room-5": 1}
    assert api("DELETE", f"computers/{two.id}/").status == 204
    assert now() == {}


def test_computers_that_change_at_the_same_moment_do_not_wait_for_each_other(server, api):
    agents = [Agent(server.url, project=PROJECT).enrol() for _ in range(8)]

    def change(place: int) -> None:
        agent = agents[place]
        for turn in range(4):
            report(agent, "together", f"turn-{turn}", f"mine-{place}")
            if turn % 2:
                status = "in repair" if turn == 1 else "reserved"
                api.patch(f"computers/{agent.id}/", status=status)
            if place == 0:
                add_noted(server)

    with ThreadPoolExecutor(len(agents)) as threads:
        list(threads.map(change, range(len(agents))))
    found = held(server)
    assert (found["together"], found["turn-3"], found.get("turn-2")) == (8, 8, None)


def test_lists_tell_the_kept_number(server, api):
    agents = [computer(server, "list-all", "list-some")] + [
        computer(server, "list-all") for _ in range(2)
    ]
    report(agents[0], "list-all", "list-some", "list-former")
    report(agents[0], "list-all", "list-some")

    def numbers(query: str) -> dict[str, int]:
        answer = api.results(f"features/?property_att__prefix=H01&value__icontains=list-&{query}")
        return {row["value"]: row["total_computers"] for row in answer}

    expected = {"list-former": 0, "list-some": 1, "list-all": 3}
    for is_added in (False, True):
        if is_added:
            add_noted(server)
        assert list(numbers("ordering=total_computers").items()) == list(expected.items())
        for value, number in expected.items():
            assert numbers(f"total_computers={number}") == {value: number}
        told = {
            row["value"]: row["total_computers"]
            for row in api.get(f"computers/{agents[0].id}/sync/")["sync_attributes"]
        }
        assert (told["list-all"], told["list-some"]) == (3, 1)


def test_a_job_adds_up_what_was_noted(server, api):
    computer(server, "job")
    before = server.value("SELECT count(*) FROM client_holderchange")
    done = command(server.data_dir, "jobs", "run", "computers of attributes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (before > 0, server.value("SELECT count(*) FROM client_holderchange")) == (True, 0)
    assert held(server)["job"] == 1


def test_the_nightly_count_puts_them_right(server, api):
    computer(server, "counted")
    add_noted(server)
    server.sql("UPDATE core_attribute SET holders = holders + 7 WHERE value = 'counted'")
    server.sql("UPDATE core_attribute SET holders = 0 WHERE id = 1")
    found: Any = recount(server)
    assert "computers of attributes: 2 counters were wrong" in str(found)
    assert held(server)["counted"] == 1
    assert "computers of attributes" not in str(recount(server))
