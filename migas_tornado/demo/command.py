"""The command `migas-tornado demo`: a server, a project, and a fleet that synchronizes."""

import asyncio
import itertools
import logging
import random
import secrets
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import uvloop

from migas_tornado.db import transaction
from migas_tornado.demo.agent import Keys, RefusedError, SimulatedAgent, enrol_project
from migas_tornado.demo.machines import make_machine
from migas_tornado.demo.packager import SimulatedPackager
from migas_tornado.demo.packages import SAMPLES, deb_file_name, sample_packages
from migas_tornado.errors import ConfigurationError
from migas_tornado.logs import configure_logging
from migas_tornado.secrets_file import write_once
from migas_tornado.server import Server
from migas_tornado.settings import Settings, load_settings
from migas_tornado.targeting.creation import NewDeployment, create_deployment
from migas_tornado.targeting.deployments import today

log = logging.getLogger(__name__)

PROJECT = "demo"
STORE = "main"
PASSWORD_FILE = "demo-password"  # noqa: S105
"""Holds the administrator's password, and marks a directory that a demo made."""

FILE_NAMES = {name: deb_file_name(name, version, "all") for name, version, _ in SAMPLES}
INVENTORY = 300  # packages of a computer
HARDWARE_NODES = 40
LAB_COMPUTERS = 3
PILOT_DAYS = 7  # from today until the deployment `pilot` starts

AT_ONCE = 32  # synchronizations
JITTER = 0.5  # part of the pause between two computers
RECENT_SECONDS = 60
LINE_SECONDS = 3  # between two lines of progress where there is no terminal
STOP_SECONDS = 5
"""How long running synchronizations may take to end when the demo ends."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the fleet is to do."""

    computers: int
    pace: float
    """Synchronizations per minute, of all computers together."""
    minutes: float
    """The demo ends after so long; 0 for never."""


def run_demo(computers: int, pace: float, minutes: float, keep: str | None) -> None:
    """Run a server with a simulated fleet until Ctrl-C, SIGTERM or the given time.

    Args:
        computers: how many there are.
        pace: synchronizations per minute, of all computers together.
        minutes: the demo ends after so long; 0 for never.
        keep: data directory that stays, and may be one of an earlier demo; None for one that is
            removed at the end.

    Raises:
        ConfigurationError: it cannot start.
    """
    if computers < 1 or pace <= 0 or minutes < 0:
        raise ConfigurationError(
            "A demo needs at least one computer, a pace above 0 and no negative time."
        )
    with _data_directory(keep) as directory:
        settings = _settings(directory)
        # On this screen the line of progress takes the place of what servers say of themselves.
        level = "warning" if settings.log_level == "info" else settings.log_level
        configure_logging(settings.log_format, level)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_run(settings, Plan(computers, pace, minutes)))


@contextmanager
def _data_directory(keep: str | None) -> Iterator[Path]:
    if keep is None:
        directory = Path(tempfile.mkdtemp(prefix="migas-demo-"))
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)
        return
    directory = Path(keep).expanduser().absolute()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        is_foreign = any(directory.iterdir()) and not (directory / PASSWORD_FILE).exists()
    except OSError as error:
        raise ConfigurationError(f"{directory} cannot be used: {error.strerror}.") from error
    if is_foreign:
        raise ConfigurationError(f"{directory} holds what no demo made; name another directory.")
    yield directory


def _settings(directory: Path) -> Settings:
    """Return the settings of the environment, apart from what would reach beyond the demo."""
    password = directory / PASSWORD_FILE
    if not password.exists():
        write_once(password, secrets.token_urlsafe(12))
    return replace(
        load_settings(),
        data_dir=directory,
        database_url="",
        redis_url="",
        admin_user="admin",
        admin_password=password.read_text(),
        autoregister=True,
    )


async def _run(settings: Settings, plan: Plan) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = Server(settings)
    await server.start()
    if plan.minutes:
        loop.call_later(60 * plan.minutes, stop.set)
    try:
        await _until(stop, asyncio.create_task(_play(settings, server.port, plan, stop)))
    finally:
        await server.stop()


async def _until(stop: asyncio.Event, work: asyncio.Task[None]) -> None:
    """Wait for the work, which is asked to end with the event and then soon made to."""
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    await asyncio.wait({work}, timeout=STOP_SECONDS)
    if work.done():
        work.result()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def _play(settings: Settings, port: int, plan: Plan, stop: asyncio.Event) -> None:
    url = f"http://{_reachable(settings.host)}:{port}"
    day = today(settings.time_zone)
    try:
        keys = await enrol_project(url, PROJECT)
        await _upload_packages(url, settings)
    except (RefusedError, OSError) as error:
        raise ConfigurationError(f"The demo cannot be set up: {error}") from error
    await _deploy(
        _deployment(
            "base", day, "demo-welcome", "demo-wallpaper", "demo-printers", install="demo-welcome"
        ),
        _deployment("pilot", day + timedelta(days=PILOT_DAYS), "demo-editor"),
    )
    _introduce(settings, url, plan)
    fleet = Fleet(url, keys, plan)
    async with asyncio.TaskGroup() as group:
        group.create_task(_deploy_to_lab(fleet, day))
        group.create_task(fleet.run(stop))
        group.create_task(_show_progress(fleet, stop))


def _reachable(host: str) -> str:
    """Return where a server that listens on a host is reached from the same machine."""
    host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"[{host}]" if ":" in host else host


async def _upload_packages(url: str, settings: Settings) -> None:
    packager = await SimulatedPackager.enrol(
        url, PROJECT, settings.admin_user, settings.admin_password
    )
    for package in sample_packages():
        await packager.upload(STORE, package.file_name, package.content)


def _deployment(
    name: str,
    start: date,
    *packages: str,
    install: str = "",
    included: tuple[str, ...] = ("SET-All Systems",),
) -> NewDeployment:
    return NewDeployment(
        project=PROJECT,
        name=name,
        start_date=start,
        packages=tuple(FILE_NAMES[package] for package in packages),
        install=(install,) if install else (),
        included=included,
    )


async def _deploy(*wanted: NewDeployment) -> None:
    """Create deployments, apart from those that a directory which was kept already has."""
    async with transaction() as database:
        rows = await database.fetch(
            "SELECT d.name FROM core_deployment d JOIN core_project p ON p.id = d.project_id "
            "WHERE p.name = $1",
            PROJECT,
        )
        known = {row["name"] for row in rows}
        for new in wanted:
            if new.name not in known:
                await create_deployment(database, new)


async def _deploy_to_lab(fleet: "Fleet", day: date) -> None:
    """Deploy to a few computers by name, once they are known by that attribute."""
    agents = fleet.lab
    are_known = await asyncio.gather(*(fleet.synchronize(agent) for agent in agents))
    names = [
        agent.machine.name for agent, is_known in zip(agents, are_known, strict=True) if is_known
    ]
    if not names:
        log.warning("no deployment for the lab: none of its computers could synchronize")
        return
    included = tuple(f"HST-{name}" for name in names)
    await _deploy(_deployment("lab", day, "demo-lab-tools", included=included))


def _introduce(settings: Settings, url: str, plan: Plan) -> None:
    end = f"after {plan.minutes:g} minutes, or with Ctrl-C" if plan.minutes else "with Ctrl-C"
    print(
        f"{plan.computers} computers, {plan.pace:g} synchronizations per minute\n"
        f"  server         {url}\n"
        f"  administrator  {settings.admin_user}\n"
        f"  password       {settings.admin_password}\n"
        f"  repository     deb {url}/public/{PROJECT}/repos base PKGS\n"
        f"  data           {settings.data_dir}\n"
        f"The demo ends {end}.\n",
        flush=True,
    )


async def _show_progress(fleet: "Fleet", stop: asyncio.Event) -> None:
    """Keep one line up to date on a terminal; print one now and then elsewhere."""
    start, end, pause = ("\r", "", 0.5) if sys.stdout.isatty() else ("", "\n", LINE_SECONDS)
    is_over = False
    while not is_over:
        is_over = await _is_set_within(stop, pause)
        print(f"{start}{fleet.summary():<99}", end="\n" if is_over else end, flush=True)


class Fleet:
    """Computers that synchronize in turn, over and over.

    Args:
        url: of the server.
        keys: of the project.
        plan: how many there are, and how often they come.
    """

    def __init__(self, url: str, keys: Keys, plan: Plan) -> None:
        self._agents = [
            SimulatedAgent(
                url,
                PROJECT,
                keys,
                make_machine(number, packages=INVENTORY, hardware_nodes=HARDWARE_NODES),
                remember_requests=False,
            )
            for number in range(1, plan.computers + 1)
        ]
        self._pause = 60 / plan.pace
        self._busy: set[SimulatedAgent] = set()
        self._done = self._errors = 0
        self._began = time.monotonic()
        self._recent: deque[tuple[float, float]] = deque()

    @property
    def lab(self) -> list[SimulatedAgent]:
        """The agents of a few computers of the laboratory, or of any one if it has none."""
        found = [agent for agent in self._agents if agent.machine.name.startswith("lab-")]
        return found[:LAB_COMPUTERS] or self._agents[:1]

    async def run(self, stop: asyncio.Event) -> None:
        """Let one computer after the other synchronize until the event, then finish those."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        async with asyncio.TaskGroup() as group:
            for agent in itertools.cycle(self._agents):
                group.create_task(self.synchronize(agent))
                due = max(due + self._pause, loop.time())
                moment = due + self._pause * random.uniform(0, JITTER)  # noqa: S311
                if await _is_set_within(stop, moment - loop.time()):
                    return

    async def synchronize(self, agent: SimulatedAgent) -> bool:
        """Synchronize a computer, unless it or too many others are at it; tell whether it did."""
        if agent in self._busy or len(self._busy) >= AT_ONCE:
            return False
        self._busy.add(agent)
        began = time.monotonic()
        try:
            await agent.synchronize()
        except (RefusedError, OSError) as error:
            self._errors += 1
            log.warning("synchronization failed: computer=%s: %s", agent.machine.name, error)
            return False
        except Exception:
            self._errors += 1
            log.exception("synchronization failed: computer=%s", agent.machine.name)
            return False
        finally:
            self._busy.discard(agent)
        now = time.monotonic()
        self._done += 1
        self._recent.append((now, now - began))
        return True

    def summary(self) -> str:
        """Return one line on what was done so far; rate and time are those of the last minute."""
        now = time.monotonic()
        while self._recent and self._recent[0][0] < now - RECENT_SECONDS:
            self._recent.popleft()
        seconds = [took for _, took in self._recent]
        minutes = min(now - self._began, RECENT_SECONDS) / 60
        return (
            f"computers {sum(agent.machine.id > 0 for agent in self._agents)}/{len(self._agents)}"
            f"  synchronizations {self._done}  per minute {len(seconds) / minutes:.0f}"
            f"  errors {self._errors}"
            f"  median {statistics.median(seconds) if seconds else 0:.2f} s"
        )


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            await event.wait()
    except TimeoutError:
        return False
    return True
