"""Periodic jobs: declared once, run on the leader alone, recorded and listed."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import asyncpg
import pytest
from api import Api, signed_in
from conftest import RunningServer
from test_lifecycle import command
from tornado.ioloop import IOLoop

from migas_tornado import db, job_records
from migas_tornado.db import close_database, open_database
from migas_tornado.load import Load
from tasks.job_runs import lock_of, run_job
from tasks.leader import Leader
from tasks.locks import LEADER, LockSession
from tasks.periodic import Daily, Every, JobContext, PeriodicJob, periodic_jobs

pytestmark = pytest.mark.alone


def until(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    return found


def listed(api: Api) -> dict[str, dict[str, Any]]:
    return {job["name"]: job for job in api.get("jobs/")["results"]}


@pytest.fixture(scope="module")
def admin(server: RunningServer) -> Api:
    return signed_in(server, "admin")


def test_administrators_see_every_job_with_its_next_run(admin):
    jobs = until(lambda: listed(admin))
    assert set(jobs) == set(periodic_jobs())
    until(lambda: all(job["next_run"] for job in listed(admin).values()))
    assert jobs["restart deployments"]["schedule"] == "every day at 00:00"


def test_others_do_not(server):
    server.sql("UPDATE auth_user SET is_staff = false WHERE username = 'reader'")
    assert signed_in(server, "reader")("GET", "jobs/").status == 403
    assert Api(server.url, "no")("GET", "jobs/").status == 401


def test_a_job_is_run_on_demand_beside_the_server_and_recorded(server, admin):
    done = command(server.data_dir, "jobs", "run", "delete old records")
    assert done.returncode == 0, done.stderr
    assert re.search(r"job ended: job=delete old records result=done seconds=\d", done.stderr)
    job = listed(admin)["delete old records"]
    assert (job["result"], job["seconds"] < 5) == ("done", True)
    assert job["last_run"] <= job["last_end"]
    shown = command(server.data_dir, "jobs")
    assert re.search(r"^delete old records +every day at 02:30 +20.* done ", shown.stdout, re.M)


def test_an_unknown_job_is_told(server):
    done = command(server.data_dir, "jobs", "run", "no such job")
    assert done.returncode == 1
    assert "There is no job 'no such job'" in done.stderr


def test_a_job_that_runs_elsewhere_is_not_run_again(server):
    async def hold() -> Any:
        connection = await asyncpg.connect(
            host=str(server.data_dir / "postgres"), user="postgres", database="postgres"
        )
        await connection.fetch("SELECT pg_advisory_lock($1, $2)", *lock_of("delete old records"))
        try:
            return await asyncio.to_thread(
                command, server.data_dir, "jobs", "run", "delete old records"
            )
        finally:
            await connection.close()

    done = asyncio.run(hold())
    assert done.returncode == 1
    assert "is running already" in done.stderr


def test_a_run_that_was_missed_is_made_up_for_at_the_next_start(own_server):
    server = own_server()
    server.stop()
    # The embedded database is down with its server: the row is changed after the next start.
    server.start()
    name = "report orphan packages"
    until(lambda: server.value("SELECT next_run FROM core_job WHERE name = $1", name))
    assert server.value("SELECT started_at FROM core_job WHERE name = $1", name) is None
    server.sql(
        "UPDATE core_job SET started_at = now() - interval '8 days', result = 'running' "
        "WHERE name = $1",
        name,
    )
    server.stop()
    server.start()
    until(lambda: server.value("SELECT result FROM core_job WHERE name = $1", name) == "done")
    assert server.value("SELECT next_run > now() FROM core_job WHERE name = $1", name)


def test_schedules_are_told_in_words():
    assert str(Every(30)) == "every 30 seconds"
    assert str(Daily(6, weekday="mon")) == "every mon at 06:00"


@pytest.fixture
def locks(server: RunningServer, io_loop: IOLoop) -> Iterator[LockSession]:
    """Locks of this process, beside the running server's, and its database."""
    socket = str(server.data_dir / "postgres")
    credentials = {"host": socket, "port": 5432, "user": "postgres", "database": "postgres"}
    io_loop.run_sync(lambda: open_database(credentials, 2))
    session = LockSession(credentials)
    yield io_loop.run_sync(session.__aenter__)
    io_loop.run_sync(lambda: session.__aexit__(None, None, None))
    io_loop.run_sync(close_database)


async def record(name: str) -> job_records.JobRecord:
    return next(record for record in await job_records.read_jobs() if record.name == name)


def job_that(run: Callable[[JobContext], Any], timeout: int = 5) -> PeriodicJob:
    return PeriodicJob("restart deployments", Daily(0), timeout, run)


async def test_a_job_that_takes_too_long_is_broken_off(locks):
    async def sleep(_: JobContext) -> None:
        await asyncio.sleep(60)

    began = time.monotonic()
    outcome = await run_job(job_that(sleep, timeout=1), None, locks)
    assert 0.9 < time.monotonic() - began < 3
    assert outcome.result == "timeout"
    assert (await record("restart deployments")).result == "timeout"


async def test_a_job_that_fails_is_recorded_with_its_reason(locks):
    async def fail(_: JobContext) -> None:
        raise KeyError("the reason")

    await run_job(job_that(fail), None, locks)
    found = await record("restart deployments")
    assert (found.result, found.detail) == ("failed", "KeyError: 'the reason'")
    assert await locks.try_lock(lock_of("restart deployments"))


async def test_a_job_holds_its_lock_while_it_runs(locks, server):
    async def look(_: JobContext) -> str:
        async with LockSession(locks._credentials) as others:
            return str(await others.try_lock(lock_of("restart deployments")))

    assert (await run_job(job_that(look), None, locks)).detail == "False"


async def test_what_a_leader_does_is_broken_off_at_once_when_its_connection_ends(locks, server):
    # Locks belong to a database: in one of its own nobody else leads.
    async with db.connection() as lent:
        await lent.execute("CREATE DATABASE leadership")
    credentials = {**locks._credentials, "database": "leadership"}
    begun: list[float] = []
    ended: list[float] = []

    async def lead(_: LockSession) -> None:
        begun.append(time.monotonic())
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(time.monotonic())

    replicas = [asyncio.create_task(Leader(credentials, lead, Load(1, int)).run()) for _ in "ab"]
    try:
        await until_async(lambda: begun)
        cut = time.monotonic()
        async with db.connection() as lent:
            await lent.fetch(
                "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d "
                "ON d.oid = l.database WHERE l.locktype = 'advisory' AND l.classid = $1 "
                "AND d.datname = 'leadership'",
                LEADER[0],
            )
        await until_async(lambda: len(begun) == 2)
    finally:
        for replica in replicas:
            replica.cancel()
        await asyncio.gather(*replicas, return_exceptions=True)
    assert ended[0] - cut < 1
    assert ended[0] <= begun[1] < cut + 5


async def test_a_transaction_in_which_nothing_happens_does_not_last(locks):
    with pytest.raises(db.ABSENCES):
        async with db.transaction() as lent:
            await lent.execute("SET LOCAL idle_in_transaction_session_timeout = 200")
            await asyncio.sleep(0.5)
            await lent.fetchval("SELECT 1")
    async with db.connection() as lent:
        assert await lent.fetchval("SHOW idle_in_transaction_session_timeout") == "5min"


async def until_async(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.02)
