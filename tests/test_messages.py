"""Live messages, in this process on the database of the running server."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from agent import Agent
from conftest import RunningServer
from tornado.ioloop import IOLoop

from migas_tornado.db import close_database, connection, open_database
from migas_tornado.synchronization.messages import ENDED, LiveMessages, write_notes


@pytest.fixture(autouse=True)
def database(server: RunningServer, io_loop: IOLoop) -> Iterator[None]:
    socket = str(server.data_dir / "postgres")
    credentials = {"host": socket, "port": 5432, "user": "postgres", "database": "postgres"}
    io_loop.run_sync(lambda: open_database(credentials, 2))
    yield
    io_loop.run_sync(close_database)


@pytest.fixture
def computer(server: RunningServer, request: pytest.FixtureRequest) -> int:
    return Agent(server.url, project=request.node.name[:40]).enrol().id


async def shown(computer: int) -> str | None:
    async with connection() as lent:
        return await lent.fetchval(
            "SELECT text FROM client_message WHERE computer_id = $1", computer
        )


async def test_the_last_note_is_written_with_the_others(computer):
    messages = LiveMessages()
    messages.note(computer, "Getting properties...")
    messages.note(computer, "Sending attributes...")
    assert await shown(computer) is None
    await messages.flush()
    assert await shown(computer) == "Sending attributes..."


async def test_an_older_note_of_another_replica_changes_nothing(computer):
    now = datetime.now(UTC)
    await write_notes({computer: (now, "Sending software...")})
    await write_notes({computer: (now - timedelta(seconds=5), "Getting properties...")})
    assert await shown(computer) == "Sending software..."


async def test_a_computer_that_ended_does_not_come_back_by_a_late_note(computer):
    now = datetime.now(UTC)
    await write_notes({computer: (now, ENDED)})
    await write_notes({computer: (now - timedelta(seconds=1), "Sending software...")})
    assert await shown(computer) == ENDED


async def test_what_ended_a_while_ago_is_forgotten(computer):
    await write_notes({computer: (datetime.now(UTC) - timedelta(minutes=5), ENDED)})
    await write_notes({})
    assert await shown(computer) is None


async def test_notes_of_computers_that_are_gone_are_dropped(computer):
    messages = LiveMessages()
    messages.note(2**31 - 1, "Getting properties...")
    messages.note(computer, "Getting properties...")
    await messages.flush()
    assert await shown(computer) == "Getting properties..."


async def test_notes_wait_until_the_database_takes_them(computer):
    messages = LiveMessages()
    messages.note(computer, "Getting properties...")
    async with connection() as lent:
        await lent.execute("ALTER TABLE client_message RENAME TO hidden")
    try:
        with pytest.raises(asyncpg.UndefinedTableError):
            await messages.flush()
    finally:
        async with connection() as lent:
            await lent.execute("ALTER TABLE hidden RENAME TO client_message")
    await messages.flush()
    assert await shown(computer) == "Getting properties..."
