"""How a server starts, stops, and comes back after the worst."""

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time

import pytest
from agent import Agent, request
from conftest import ADMIN, RunningServer, command, site

from migas_tornado.server import BODY_SECONDS

pytestmark = pytest.mark.alone

FIRST_START_SECONDS = 3.0
LATER_START_SECONDS = 1.0
YARDSTICK = "import asyncpg, cryptography.x509, jwt, marshmallow, tornado.web, tortoise"
YARDSTICK_SECONDS = 0.33
"""What a machine needs to import the libraries, for these limits; slower ones get more time."""


def slowness() -> float:
    """Return how many times slower than that this machine is now, at least 1."""
    seconds = []
    for _ in range(5):
        began = time.monotonic()
        subprocess.run([sys.executable, "-c", YARDSTICK], check=True)
        seconds.append(time.monotonic() - began)
    return max(1.0, min(seconds) / YARDSTICK_SECONDS)


def best_start(server: RunningServer) -> float:
    """The quickest of three starts: other programs of the machine are not what is measured."""
    seconds = []
    for _ in range(3):
        server.stop()
        server.start()
        seconds.append(server.seconds_to_start)
    return min(seconds)


def test_a_server_starts_quickly_and_stops_gracefully(own_server):
    server = own_server()
    assert server.seconds_to_start < FIRST_START_SECONDS * slowness()
    assert best_start(server) < LATER_START_SECONDS * slowness()
    assert request(server.url, "GET", "/health/ready").json()["status"] == "ok"
    assert server.stop() == 0
    assert not (server.data_dir / "postgres" / "postmaster.pid").exists()
    server.start()


def test_a_start_leaves_the_uploads_of_others_alone(own_server):
    server = own_server()
    server.stop()
    now, old = (server.data_dir / "store" / f".upload-{name}" for name in ("now", "old"))
    for draft in (now, old):
        draft.touch()
    os.utime(old, (time.time() - 2 * BODY_SECONDS,) * 2)
    server.start()
    assert now.exists()
    assert not old.exists()


def test_what_was_acknowledged_survives_a_kill(own_server):
    server = own_server()
    agents = [Agent(server.url).enrol() for _ in range(4)]
    acknowledged: list[int] = []
    stop = threading.Event()

    def work(agent: Agent) -> None:
        try:
            agent.attributes()
            while not stop.is_set():
                answer = agent.call("computers/errors/", description="something")
                if answer.status == 201:
                    acknowledged.append(answer.data["id"])
        except OSError:
            return

    threads = [threading.Thread(target=work, args=(agent,)) for agent in agents]
    for thread in threads:
        thread.start()
    time.sleep(1.5)
    server.kill()
    stop.set()
    for thread in threads:
        thread.join()
    server.start()
    kept = {row["id"] for row in server.sql("SELECT id FROM client_error")}
    assert len(acknowledged) > 50
    assert set(acknowledged) <= kept
    agents[0].url = server.url
    agents[0].sync()


def test_a_crash_of_the_database_is_survived_too(own_server):
    server = own_server()
    agent = Agent(server.url).enrol()
    agent.sync()
    pid = int((server.data_dir / "postgres" / "postmaster.pid").read_text().split("\n")[0])
    server.kill()
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.3)
    server.start()
    agent.url = server.url
    agent.sync()
    assert server.value("SELECT count(*) FROM client_synchronization") == 2


def test_a_stale_pid_file_of_another_program_is_not_taken_for_postgresql(own_server):
    server = own_server()
    server.stop()
    pid_file = server.data_dir / "postgres" / "postmaster.pid"
    directory = server.data_dir / "postgres"
    pid_file.write_text(
        f"{os.getpid()}\n{directory}\n1700000000\n5432\n{directory}\n\n1 1\nready\n"
    )
    server.start()
    assert request(server.url, "GET", "/health/ready").status == 200


def test_requests_that_run_are_finished_before_the_end(own_server):
    server = own_server()
    agent = Agent(server.url).enrol()
    agent.sync()
    answers: list[int] = []

    def work() -> None:
        answers.append(agent.software([f"p{n}_1.{n}_amd64.deb" for n in range(5000)]).status)

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.15)
    assert server.stop() == 0
    thread.join()
    assert answers in ([200], [])
    server.start()
    count = server.value("SELECT count(*) FROM client_packagehistory WHERE uninstall_date IS NULL")
    assert count == (5000 if answers else 2)


def test_a_taken_port_is_told(own_server, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = command(tmp_path / "data", "serve", port=port)
    assert done.returncode == 1
    assert f"port {port}: Address already in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_data_directory_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()
    done = command(tmp_path / "file" / "data", "serve")
    assert done.returncode == 1
    assert "MIGAS_DATA_DIR" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://nobody:x@127.0.0.1:1/none",
        "postgresql://nobody@no-such-host.invalid/none",
        "postgresql://u@127.0.0.1:port/x",
        "postgresql://u@127.0.0.1",
    ],
)
def test_an_unreachable_database_is_told(tmp_path, url):
    done = command(tmp_path / "data", "serve", database_url=url)
    assert done.returncode == 1
    assert "MIGAS_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_server_on_the_same_embedded_database_is_refused(server):
    done = command(server.data_dir, "serve")
    assert done.returncode == 1
    assert "Another server uses the data directory" in done.stderr


def test_the_first_administrator_is_told_once_and_kept_secret(tmp_path):
    data = tmp_path / "data"
    first = command(data, "migrate")
    kept = data / "admin-password"
    assert kept.read_text().strip() in first.stdout
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    second = command(data, "migrate")
    assert kept.read_text().strip() not in second.stdout
    assert "up to date" in second.stdout


def test_secrets_are_readable_by_the_server_alone(server):
    for path in ("keys", "keys/projects", "store"):
        assert not (server.data_dir / path).exists() or stat.S_IMODE(
            (server.data_dir / path).stat().st_mode
        ) in (0o700, 0o755 if path == "store" else 0o700)
    for path in (server.data_dir / "keys").rglob("*.pri"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((server.data_dir / "secret-key").stat().st_mode) == 0o600


def test_only_the_administrator_has_a_password_at_first(server):
    rows = server.sql("SELECT username FROM auth_user WHERE password <> ''")
    assert [row["username"] for row in rows] == [ADMIN[0]]
    assert server.value(
        "SELECT password LIKE '$argon2id$%' FROM auth_user WHERE username = 'admin'"
    )


def test_a_superuser_is_created_beside_a_running_server(server):
    done = command(server.data_dir, "create-superuser", "boss", new_password="a-new-password")
    assert done.returncode == 0, done.stderr
    row = server.sql("SELECT is_superuser, is_staff FROM auth_user WHERE username = 'boss'")[0]
    assert tuple(row) == (True, True)
    weak = command(server.data_dir, "create-superuser", "boss", new_password="short")
    assert weak.returncode == 1
    assert "at least 8" in weak.stderr


def test_the_version_is_told(tmp_path):
    done = command(tmp_path, "version")
    assert done.returncode == 0
    assert done.stdout.strip()


@pytest.fixture
def external_database(server: RunningServer, request: pytest.FixtureRequest) -> str:
    """A database that is not embedded: another one in the shared PostgreSQL."""
    name = f"external_{abs(hash(request.node.name))}"
    server.sql(f"CREATE DATABASE {name}")
    return f"postgresql://postgres@/{name}?host={server.data_dir / 'postgres'}"


def test_replicas_that_start_together_migrate_once(tmp_path, signing_key, external_database):
    first = site(tmp_path / "shared", signing_key, database_url=external_database)
    servers = [first, *(RunningServer(first.data_dir, **first.settings) for _ in range(2))]
    threads = [threading.Thread(target=one.start) for one in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert all(one.url for one in servers)
        migrated = [line for one in servers for line in one.log if "database migrated" in line]
        assert len(migrated) == 1
        agent = Agent(servers[0].url).enrol()
        for one in servers:
            agent.url = one.url
            agent.sync()
    finally:
        for one in servers:
            assert one.stop() == 0
            assert one.tracebacks == [], "\n".join(one.log)


def test_the_initial_data_is_the_documented_one(server):
    properties = server.sql("SELECT id, prefix, sort FROM core_property WHERE id < 10 ORDER BY id")
    assert [row["prefix"] for row in properties] == [
        *("SET", "CID", "PLT", "PRJ", "IP", "USR", "HST", "NET", "PCI")
    ]
    assert server.value("SELECT value FROM core_attribute WHERE id = 1") == "All Systems"
    groups = server.sql("SELECT name FROM auth_group ORDER BY id")
    assert [row["name"] for row in groups][:2] == ["Reader", "Liberator"]
    names = server.sql("SELECT username FROM auth_user ORDER BY id LIMIT 9")
    assert [row["username"] for row in names][-1] == "migasfree-play"
    assert server.value("SELECT count(*) FROM app_catalog_category") == 14


def test_every_table_and_column_has_a_comment(server):
    rows = server.sql(
        """
        SELECT c.table_name, c.column_name
        FROM information_schema.columns c
        JOIN pg_class k ON k.relname = c.table_name
        WHERE c.table_schema = 'public' AND c.table_name <> 'aerich'
            AND k.relnamespace = 'public'::regnamespace
            AND (col_description(k.oid, c.ordinal_position) IS NULL
                OR obj_description(k.oid, 'pg_class') IS NULL)
        """
    )
    assert [tuple(row) for row in rows] == []
