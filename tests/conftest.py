"""Real servers in processes of their own, each with its embedded PostgreSQL."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from migas_tornado.repositories import openpgp
from migas_tornado.repositories.keys import FILE_NAME

ADMIN = ("admin", "a-password-for-tests")
START_SECONDS = 60


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give each run a directory of its own.

    The one that pytest would share between runs is closed to other users whenever a run begins,
    among them the one that the PostgreSQL of another run belongs to.
    """
    if config.option.basetemp is None:
        config.option.basetemp = Path(tempfile.mkdtemp(prefix="migas-tests-"))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Leave nothing behind, unless somebody wants to see what failed."""
    if exitstatus == 0:
        shutil.rmtree(session.config.option.basetemp, ignore_errors=True)


class RunningServer:
    """A server process; `sql` looks into its database."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self.settings = settings
        self.process: subprocess.Popen[str] | None = None
        self.url = ""
        self.log: list[str] = []
        self.seconds_to_start = 0.0

    def start(self) -> "RunningServer":
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MIGAS_")}
        environment |= {
            "MIGAS_DATA_DIR": str(self.data_dir),
            "MIGAS_PORT": "0",
            "MIGAS_ADMIN_USER": ADMIN[0],
            "MIGAS_ADMIN_PASSWORD": ADMIN[1],
            "MIGAS_ANONYMOUS_CALLS_PER_MINUTE": "0",
            "MIGAS_USER_CALLS_PER_MINUTE": "0",
            "MIGAS_FAILED_LOGINS_PER_MINUTE": "0",
            **{f"MIGAS_{name.upper()}": value for name, value in self.settings.items()},
        }
        self.url = ""
        began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "migas_tornado", "serve"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        ready = threading.Event()
        threading.Thread(target=self._read_log, args=(self.process, ready), daemon=True).start()
        if not ready.wait(START_SECONDS) or not self.url:
            self.kill()
            raise RuntimeError("the server did not start:\n" + "\n".join(self.log))
        self.seconds_to_start = time.monotonic() - began
        return self

    def _read_log(self, process: subprocess.Popen[str], ready: threading.Event) -> None:
        for line in process.stdout:
            self.log.append(line.rstrip())
            if found := re.search(r"ready on http://[^:]+:(\d+)", line):
                self.url = f"http://127.0.0.1:{found.group(1)}"
                ready.set()
        ready.set()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(START_SECONDS)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def sql(self, query: str, *parameters: Any) -> list[asyncpg.Record]:
        """Run a statement in the server's database, in a connection of its own."""

        async def run() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(
                host=str(self.data_dir / "postgres"), user="postgres", database="postgres"
            )
            try:
                return await connection.fetch(query, *parameters)
            finally:
                await connection.close()

        # A browser that is driven by the test keeps an event loop in this thread.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, run()).result()

    def value(self, query: str, *parameters: Any) -> Any:
        """Return the first column of the first row."""
        rows = self.sql(query, *parameters)
        return rows[0][0] if rows else None

    @property
    def tracebacks(self) -> list[str]:
        """What the server logged as its own failures, with what it did before and after."""
        return [
            "\n".join(self.log[max(0, place - 2) : place + 60])
            for place, line in enumerate(self.log)
            if line.startswith("Traceback")
        ]


def command(data_dir: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the server's own to its end."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MIGAS_")}
    environment |= {"MIGAS_DATA_DIR": str(data_dir), "MIGAS_PORT": "0"}
    environment |= {f"MIGAS_{name.upper()}": value for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "migas_tornado", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="session")
def signing_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository key; making one takes seconds, so that all servers of the run share it."""
    path = tmp_path_factory.mktemp("key") / FILE_NAME
    openpgp.create_key(path)
    return path


def site(data_dir: Path, signing_key: Path, **settings: str) -> RunningServer:
    """A server that is not started yet, and has the shared repository key."""
    keys = data_dir / "keys"
    keys.mkdir(mode=0o700, parents=True)
    shutil.copy2(signing_key, keys)
    return RunningServer(data_dir, **settings)


@pytest.fixture(scope="session")
def untouched_site(tmp_path_factory: pytest.TempPathFactory, signing_key: Path) -> Path:
    """The data directory of a server that was started once and stopped."""
    running = site(tmp_path_factory.mktemp("untouched") / "data", signing_key).start()
    running.stop()
    return running.data_dir


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, untouched_site: Path
) -> Iterator[RunningServer]:
    """The server that the tests of a file share; each test uses a project of its own."""
    data_dir = tmp_path_factory.mktemp("site") / "data"
    # Unlike shutil, it keeps the owner: PostgreSQL is not run by root.
    subprocess.run(["cp", "-a", untouched_site, data_dir], check=True)
    running = RunningServer(data_dir).start()
    yield running
    running.stop()
    shutil.rmtree(data_dir, ignore_errors=True)
    assert running.tracebacks == [], "\n".join(running.log[-80:])


@pytest.fixture
def own_server(tmp_path: Path, signing_key: Path) -> Iterator[Any]:
    """Start servers of this test's own: `own_server(autoregister="false")`."""
    started: list[RunningServer] = []

    def start(**settings: str) -> RunningServer:
        running = site(tmp_path / f"data{len(started)}", signing_key, **settings)
        started.append(running)
        return running.start()

    yield start
    for running in started:
        with contextlib.suppress(ProcessLookupError):
            running.stop()
