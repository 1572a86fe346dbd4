"""What is done from time to time: old records go, deployments restart, orphans are reported."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from agent import Agent
from conftest import RunningServer
from tornado.ioloop import IOLoop

from migas_tornado.bus import Bus, Channel
from migas_tornado.db import close_database, connection, open_database
from migas_tornado.housekeeping import retention
from migas_tornado.housekeeping.reports import report_orphan_packages, tell_of_delays
from migas_tornado.housekeeping.restarts import restart_deployments

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def database(server: RunningServer, io_loop: IOLoop) -> Iterator[None]:
    socket = str(server.data_dir / "postgres")
    credentials = {"host": socket, "port": 5432, "user": "postgres", "database": "postgres"}
    io_loop.run_sync(lambda: open_database(credentials, 2))
    yield
    io_loop.run_sync(close_database)


@pytest.fixture
def computer(server: RunningServer, request: pytest.FixtureRequest) -> int:
    agent = Agent(server.url, project=request.node.name[:40]).enrol()
    agent.sync()
    return agent.id


async def value(query: str, *values: Any) -> Any:
    async with connection() as lent:
        return await lent.fetchval(query, *values)


async def days_left(table: str, computer: int, column: str = "created_at") -> list[int]:
    async with connection() as lent:
        rows = await lent.fetch(
            f"SELECT {column} AS moment FROM {table} WHERE computer_id = $1 ORDER BY 1 DESC",
            computer,
        )
    return [round((NOW - row["moment"]) / timedelta(days=1)) for row in rows]


async def insert(table: str, computer: int, days: int, **values: Any) -> None:
    names = ["computer_id", "created_at", *values]
    places = ", ".join(f"${number}" for number in range(1, len(names) + 1))
    async with connection() as lent:
        await lent.execute(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})",
            computer,
            NOW - timedelta(days=days),
            *values.values(),
        )


async def project_of(computer: int) -> int:
    return await value("SELECT project_id FROM client_computer WHERE id = $1", computer)


async def test_old_synchronizations_go_but_for_the_last_of_each_project(computer):
    project = await project_of(computer)
    other = await value("SELECT min(id) FROM core_project WHERE id <> $1", project)
    user = await value("SELECT sync_user_id FROM client_computer WHERE id = $1", computer)
    known = {"user_id": user, "pms_status_ok": True}
    for days in (1, 40, 50):
        await insert("client_synchronization", computer, days, project_id=project, **known)
    for days in (60, 70) if other else ():
        await insert("client_synchronization", computer, days, project_id=other, **known)
    await retention.delete_old(retention.SYNCHRONIZATIONS, 30)
    assert await days_left("client_synchronization", computer) == [0, 1, *([60] if other else [])]


@pytest.mark.parametrize("kind", [retention.ERRORS, retention.FAULTS], ids=lambda kind: kind.path)
async def test_only_what_somebody_has_checked_goes(computer, kind):
    known: dict[str, Any] = {"project_id": await project_of(computer)}
    if kind is retention.FAULTS:
        known["fault_definition_id"] = await value(
            "INSERT INTO client_faultdefinition (name, enabled, language, code) "
            "VALUES ('f', true, 0, '') RETURNING id"
        )
    for days, checked in ((40, True), (50, False), (10, True)):
        await insert(kind.table, computer, days, checked=checked, **known)
    assert await retention.delete_old(kind, 30) == 1
    assert await days_left(kind.table, computer) == [10, 50]


async def test_notifications_go_when_somebody_has_checked_them(computer):
    async with connection() as lent:
        await lent.execute(
            "INSERT INTO client_notification (created_at, message, checked) "
            "SELECT now() - age * interval '1 day', 'old ' || age, age <> 50 "
            "FROM unnest(array[10, 40, 50]) age"
        )
    assert await retention.delete_old(retention.NOTIFICATIONS, 30) == 1
    left = "SELECT string_agg(message, ' ' ORDER BY id) FROM client_notification "
    assert await value(left + "WHERE message LIKE 'old %'") == "old 10 old 50"


async def test_nothing_goes_where_nothing_is_to_be_deleted(computer):
    project = await project_of(computer)
    await insert("client_error", computer, 4000, checked=True, project_id=project)
    assert await retention.delete_old(retention.ERRORS, 0) == 0
    assert await days_left("client_error", computer) == [4000]


async def test_the_last_status_of_a_computer_stays(computer):
    await value("DELETE FROM client_statuslog WHERE computer_id = $1", computer)
    for days in (40, 50, 60):
        await insert("client_statuslog", computer, days, status="assigned")
    await retention.delete_old(retention.STATUS_LOGS, 30)
    assert await days_left("client_statuslog", computer) == [40]


async def test_packages_that_are_still_installed_stay(computer):
    await value(
        "UPDATE client_packagehistory SET install_date = now() - interval '90 days', "
        "uninstall_date = CASE WHEN id = (SELECT min(id) FROM client_packagehistory "
        "WHERE computer_id = $1) THEN now() - interval '40 days' END WHERE computer_id = $1",
        computer,
    )
    assert await retention.delete_old(retention.PACKAGE_HISTORY, 30) == 1
    left = "SELECT count(*) FROM client_packagehistory WHERE computer_id = $1"
    assert await value(left, computer) == 1


async def test_large_numbers_go_in_many_small_transactions(computer, monkeypatch):
    monkeypatch.setattr(retention, "BATCH_ROWS", 10)
    project = await project_of(computer)
    await value("DELETE FROM client_error")
    for _ in range(25):
        await insert("client_error", computer, 40, checked=True, project_id=project)
    bus = Bus()
    await bus.start()
    told: list[Any] = []
    bus.listen(Channel.RECORDS, told.append)
    assert await retention.delete_old(retention.ERRORS, 30) == 25
    await asyncio.sleep(0)
    await bus.stop()
    assert [message.content["kind"] for message in told] == ["errors"] * 3


@pytest.mark.parametrize(
    ("start", "today", "expected"),
    [
        (date(2026, 3, 2), date(2026, 3, 11), date(2026, 3, 2)),
        (date(2026, 3, 2), date(2026, 3, 12), date(2026, 3, 13)),
        (date(2026, 3, 2), date(2026, 3, 23), date(2026, 3, 24)),
        (date(2026, 3, 2), date(2026, 3, 22), date(2026, 3, 13)),
    ],
)
async def test_a_deployment_restarts_the_day_after_its_last_wave(
    computer, request, start, today, expected
):
    name = request.node.name[-40:]
    schedule = await value("INSERT INTO core_schedule (name) VALUES ($1) RETURNING id", name)
    for delay, duration in ((0, 20), (7, 3)):
        await value(
            "INSERT INTO core_scheduledelay (delay, duration, schedule_id) VALUES ($1, $2, $3)",
            delay,
            duration,
            schedule,
        )
    keys = [
        await value(
            "INSERT INTO core_deployment (enabled, name, slug, project_id, start_date, "
            "auto_restart, schedule_id, source, frozen, expire) "
            "VALUES (true, $1, $1, $2, $3, $4, $5, 'I', false, 0) RETURNING id",
            f"{name[-40:]}{auto_restart}",
            await project_of(computer),
            start,
            auto_restart,
            schedule,
        )
        for auto_restart in (True, False)
    ]
    await restart_deployments(today)
    dates = [await value("SELECT start_date FROM core_deployment WHERE id = $1", k) for k in keys]
    await value("DELETE FROM core_deployment WHERE id = ANY($1::int[])", keys)
    assert dates == [expected, start]


async def test_orphan_packages_are_reported_until_somebody_has_checked_it(computer):
    project = await project_of(computer)
    store = await value(
        "INSERT INTO core_store (name, slug, project_id) VALUES ('s', 's', $1) RETURNING id",
        project,
    )
    await value("UPDATE core_package SET store_id = NULL")
    await value("UPDATE core_package SET store_id = $1 WHERE project_id = $2", store, project)
    count = "SELECT count(*) FROM client_notification WHERE message LIKE 'Packages in no%: 2 (%)'"
    assert await report_orphan_packages() == 2
    assert await report_orphan_packages() == 2
    assert await value(count) == 1
    await value("UPDATE client_notification SET checked = true")
    await report_orphan_packages()
    assert await value(count) == 2


async def test_a_computer_that_becomes_delayed_is_told(computer):
    bus = Bus()
    await bus.start()
    told: list[Any] = []
    bus.listen(Channel.RECORDS, told.append)
    await value("DELETE FROM client_message")
    async with connection() as lent:
        await lent.execute(
            "INSERT INTO client_message (computer_id, created_at, text) "
            "VALUES ($1, now() - interval '1810 seconds', 'Sending software...')",
            computer,
        )
    assert await tell_of_delays(datetime.now(UTC) - timedelta(seconds=5)) == 0
    assert await tell_of_delays(datetime.now(UTC) - timedelta(seconds=60)) == 1
    await asyncio.sleep(0)
    await bus.stop()
    assert [message.content for message in told] == [{"kind": "messages", "change": "changed"}]
