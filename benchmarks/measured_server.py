"""A server in processes of its own, and what they cost: CPU, memory, SQL statements."""

import asyncio
import math
import os
import platform
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil

MEBIBYTE = 1024 * 1024
SETTLE_SECONDS = 180
_STATEMENT = re.compile(
    r"duration: ([\d.]+) ms  (statement|execute [^:]+|parse [^:]+|bind [^:]+): "
)


def machine() -> str:
    """Return what this runs on, in a line."""
    cpu = next(
        line.split(":", 1)[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    return f"{os.cpu_count()} x {cpu}, Linux {platform.release()}"


def percentile(values: list[float], part: float) -> float:
    """Return the least of the values that no more than the rest of them exceed (nearest rank)."""
    return sorted(values)[math.ceil(part * len(values)) - 1]


@dataclass(slots=True)
class Cost:
    """A figure of each part of the stack."""

    server: float = 0
    pool: float = 0
    database: float = 0

    @property
    def total(self) -> float:
        return self.server + self.pool + self.database

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(
            self.server - other.server, self.pool - other.pool, self.database - other.database
        )


class MeasuredServer:
    """`migas-tornado serve` with a data directory that goes with it; use it with `with`.

    Args:
        profile: file that gets a profile of the server process, or None to run it undisturbed.
        settings: further settings, without `MIGAS_`.
    """

    def __init__(self, profile: Path | None = None, **settings: str) -> None:
        self.password = secrets.token_urlsafe(12)
        self.url = ""
        self._profile = profile
        self._settings = settings

    def __enter__(self) -> "MeasuredServer":
        self._directory = tempfile.TemporaryDirectory(prefix="migas-benchmark-")
        self.data_dir = Path(self._directory.name)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MIGAS_")}
        environment |= {
            "MIGAS_DATA_DIR": str(self.data_dir),
            "MIGAS_PORT": "0",
            "MIGAS_ADMIN_PASSWORD": self.password,
            **{f"MIGAS_{name.upper()}": value for name, value in self._settings.items()},
        }
        command = [sys.executable, "-m", "migas_tornado", "serve"]
        if self._profile:
            command[1:1] = ["-m", "cProfile", "-o", str(self._profile)]
        self._log = (self.data_dir / "server.log").open("w")
        self._process = subprocess.Popen(
            command, env=environment, stdout=self._log, stderr=subprocess.STDOUT
        )
        self.url = self._wait_until_ready()
        return self

    def _wait_until_ready(self) -> str:
        for _ in range(600):
            text = (self.data_dir / "server.log").read_text()
            if found := re.search(r"ready on (http://\S+),", text):
                return found.group(1)
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f"the server did not start:\n{text}")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(60)
        self._log.close()
        self._directory.cleanup()

    @property
    def log(self) -> str:
        return (self.data_dir / "server.log").read_text()

    def _processes(self) -> dict[str, list[psutil.Process]]:
        server = psutil.Process(self._process.pid)
        pid = int((self.data_dir / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
        postmaster = psutil.Process(pid)
        database = [postmaster, *postmaster.children(recursive=True)]
        pool = [child for child in server.children(recursive=True) if child not in database]
        return {"server": [server], "pool": pool, "database": database}

    def cpu(self) -> Cost:
        """Return the CPU seconds used so far, those of ended children included."""
        processes = self._processes()
        cost = Cost(**{name: sum(map(_cpu, group)) for name, group in processes.items()})
        cost.pool += _cpu_of_ended_children(processes["server"][0])
        cost.database += _cpu_of_ended_children(processes["database"][0])
        return cost

    async def settle(self) -> None:
        """Wait until PostgreSQL and the jobs are done with a fleet that was made all at once."""
        for _ in range(SETTLE_SECONDS // 2):
            before = self.cpu().total
            await asyncio.sleep(2)
            if self.cpu().total - before < 0.1:
                return

    def memory(self) -> Cost:
        """Return MiB in use; memory that processes share is counted once (PSS)."""
        return Cost(
            **{
                name: sum(process.memory_full_info().pss for process in group) / MEBIBYTE
                for name, group in self._processes().items()
            }
        )

    async def log_statements(self, is_on: bool) -> None:
        """Let PostgreSQL log each statement with its duration, or no longer."""
        connection = await asyncpg.connect(
            host=str(self.data_dir / "postgres"), user="postgres", database="postgres"
        )
        value = 0 if is_on else -1
        await connection.execute(f"ALTER SYSTEM SET log_min_duration_statement = {value}")
        await connection.execute("SELECT pg_reload_conf()")
        await connection.close()
        await asyncio.sleep(0.5)

    def statements(self) -> tuple[int, Counter[str]]:
        """Return how many statements were logged, and the milliseconds of each text."""
        count, milliseconds = 0, Counter()
        text = (self.data_dir / "postgres" / "log").read_text(errors="replace")
        for entry in text.split("LOG:  ")[1:]:
            found = _STATEMENT.match(entry)
            if not found:
                continue
            count += not found.group(2).startswith(("parse", "bind"))
            statement = " ".join(entry[found.end() :].split("\n20", 1)[0].split())
            milliseconds[statement[:100]] += float(found.group(1))
        return count, milliseconds


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:  # a worker of PostgreSQL that has just ended
        return 0.0
    return times.user + times.system


def _cpu_of_ended_children(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.children_user + times.children_system
