"""How many computers a server synchronizes, and at which cost.

Simulated agents speak the wire protocol to a server of the benchmark's own, with a new connection
for each request. Before measuring, every computer synchronizes twice, so that what is measured is
the steady state: nothing changed since the last time, as in most synchronizations of a real fleet.

The load runs in this process, beside the server. So that it takes less of the machine away from
what is measured, it seals each request once and sends it again as it is; the server opens it anew
each time. What the load itself costs is printed.

    python benchmarks/fleet.py                  # the standard run
    python benchmarks/fleet.py --protocol 4     # computers with the old client
    python benchmarks/fleet.py --fleet 10000    # memory after so many computers have synchronized
    python benchmarks/fleet.py --profile        # what the server process spends its time on
"""

import argparse
import asyncio
import itertools
import platform
import pstats
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop
from legacy_agent import SimulatedLegacyAgent
from measured_server import Cost, MeasuredServer, machine, percentile

from migas_tornado.db import close_database, open_database
from migas_tornado.demo.agent import Keys, SimulatedAgent, enrol_project
from migas_tornado.demo.machines import make_machine
from migas_tornado.demo.packager import SimulatedPackager
from migas_tornado.demo.packages import deb_file_name, sample_packages
from migas_tornado.targeting.creation import NewDeployment, deploy

PROJECT = "benchmark"
DEPLOYMENTS = 30
LEGACY = 4
COUNTED_SYNCS = 20
TOP = 12

Simulated = SimulatedAgent | SimulatedLegacyAgent


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument(
        "--protocol", type=int, choices=(4, 5), default=5, help="that the computers speak"
    )
    parser.add_argument("--agents", type=int, default=8, help="synchronizations at once")
    parser.add_argument("--computers", type=int, default=32, help="computers that take turns")
    parser.add_argument("--seconds", type=float, default=30, help="length of the measured load")
    parser.add_argument("--packages", type=int, default=2000, help="software list of a computer")
    parser.add_argument("--nodes", type=int, default=300, help="hardware nodes of a computer")
    parser.add_argument("--attributes", type=int, default=20, help="attributes of a computer")
    parser.add_argument(
        "--fleet", type=int, default=0, help="let so many synchronize first, then measure memory"
    )
    parser.add_argument("--profile", action="store_true", help="profile the server instead")
    return parser.parse_args()


class Fleet:
    """Computers of one server, that can be let synchronize."""

    def __init__(self, options: argparse.Namespace, url: str, keys: Keys) -> None:
        self._options, self._url, self._keys = options, url, keys
        self.agents = [self.agent(number) for number in range(1, options.computers + 1)]

    def agent(self, number: int, *, remember_requests: bool = True) -> Simulated:
        options = self._options
        machine = make_machine(
            number,
            packages=options.packages,
            hardware_nodes=options.nodes,
            attributes=options.attributes,
        )
        kind = SimulatedLegacyAgent if options.protocol == LEGACY else SimulatedAgent
        return kind(self._url, PROJECT, self._keys, machine, remember_requests=remember_requests)

    async def warm_up(self) -> None:
        """Let every computer synchronize twice; the requests of the second time are kept."""
        for _ in range(2):
            await self.synchronize(iter(self.agents))
            for agent in self.agents:
                agent.machine.latencies.clear()

    async def synchronize(self, agents: Iterator[Simulated], at_once: int = 8) -> int:
        """Let computers synchronize, so many at once, until there are no more; return how many."""
        count = 0

        async def work() -> None:
            nonlocal count
            for agent in agents:
                await agent.synchronize()
                count += 1

        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(work())
        return count

    def during(self, seconds: float) -> Iterator[Simulated]:
        """Return the computers in turn, over and over, until the time is over."""
        end = time.monotonic() + seconds
        return itertools.takewhile(lambda _: time.monotonic() < end, itertools.cycle(self.agents))

    def latencies(self) -> dict[str, list[float]]:
        """Return and forget the seconds that each call took."""
        merged = defaultdict(list)
        for agent in self.agents:
            for call, seconds in agent.machine.latencies.items():
                merged[call] += seconds
            agent.machine.latencies.clear()
        return merged


async def prepare(options: argparse.Namespace, server: MeasuredServer) -> Fleet:
    """Make a project with packages and deployments that reach all, some, or none of its fleet."""
    keys = await enrol_project(server.url, PROJECT)
    packager = await SimulatedPackager.enrol(server.url, PROJECT, "admin", server.password)
    for package in sample_packages():
        await packager.upload("main", package.file_name, package.content)
    fleet = Fleet(options, server.url, keys)
    await fleet.agents[0].synchronize()
    await open_database(
        {
            "host": str(server.data_dir / "postgres"),
            "port": 5432,
            "user": "postgres",
            "password": "",
            "database": "postgres",
        },
        connection_count=2,
    )
    day = datetime.now(UTC).date()
    reached = ("SET-All Systems", f"HST-{fleet.agents[0].machine.name}", "PCI-8086:03e8")
    for number in range(DEPLOYMENTS):
        await deploy(
            NewDeployment(
                PROJECT,
                f"deployment {number}",
                day + timedelta(days=30 * (number % 4 == 3)),
                packages=(deb_file_name("demo-welcome", "1.2-1", "all"),),
                install=(f"package-{number}",),
                included=(reached[number % 3],),
            )
        )
    await close_database()
    return fleet


def print_machine(options: argparse.Namespace) -> None:
    print(f"machine     {machine()}")
    print(f"python      {platform.python_version()}")
    print(f"command     python {' '.join(sys.argv)}")
    print(f"protocol    {options.protocol}")
    print(
        f"load        {options.agents} agents at once, {options.computers} computers, "
        f"{options.packages} packages, {options.nodes} hardware nodes, "
        f"{options.attributes} attributes, {DEPLOYMENTS} deployments"
    )


def print_cost(title: str, cost: Cost, unit: str) -> None:
    print(
        f"{title:<12}{cost.total:.1f} {unit}: server {cost.server:.1f}, pool {cost.pool:.1f}, "
        f"PostgreSQL {cost.database:.1f}"
    )


def print_latencies(latencies: dict[str, list[float]]) -> None:
    print(f"\n{'latency, ms':<34}{'median':>8}{'p95':>8}{'p99':>8}")
    for call, seconds in latencies.items():
        figures = (1000 * percentile(seconds, part) for part in (0.5, 0.95, 0.99))
        print(f"  {call:<32}" + "".join(f"{figure:8.1f}" for figure in figures))


async def measure_single(fleet: Fleet) -> None:
    """Print how long one computer alone takes for a whole synchronization."""
    agent = fleet.agents[0]
    took = []
    for _ in range(50):
        began = time.perf_counter()
        await agent.synchronize()
        took.append(time.perf_counter() - began)
    print(
        f"alone       {1000 * percentile(took, 0.5):.1f} ms median of a whole synchronization, "
        f"{1000 * percentile(took, 0.95):.1f} ms p95"
    )


async def measure_load(fleet: Fleet, server: MeasuredServer, options: argparse.Namespace) -> None:
    """Print throughput, CPU and latencies under load."""
    fleet.latencies()
    before, own_before, began = server.cpu(), time.process_time(), time.monotonic()
    count = await fleet.synchronize(fleet.during(options.seconds), options.agents)
    seconds = time.monotonic() - began
    cost, own = server.cpu() - before, time.process_time() - own_before
    each = 1000 / count
    print(f"throughput  {60 * count / seconds:.0f} synchronizations per minute")
    print_cost(
        "CPU",
        Cost(cost.server * each, cost.pool * each, cost.database * each),
        "ms per synchronization",
    )
    print(f"            and {own * each:.1f} ms of the load itself")
    latencies = fleet.latencies()
    calls = sum(map(len, latencies.values()))
    print(
        f"calls       {calls / count:.1f} per synchronization, "
        f"{1000 * cost.total / calls:.2f} ms CPU each"
    )
    print_cost("memory", server.memory(), "MiB (PSS)")
    await count_statements(fleet, server)
    print_latencies(latencies)


async def count_statements(fleet: Fleet, server: MeasuredServer) -> None:
    """Print how many SQL statements a synchronization takes, BEGIN and COMMIT included."""
    await server.log_statements(True)
    for _ in range(COUNTED_SYNCS):
        await fleet.agents[0].synchronize()
    await server.log_statements(False)
    count, milliseconds = server.statements()
    print(f"SQL         {count / COUNTED_SYNCS:.1f} statements per synchronization")
    print(f"\n{'dearest statements, ms per synchronization':<60}")
    for text, total in milliseconds.most_common(TOP):
        print(f"  {total / COUNTED_SYNCS:6.2f}  {text}")


async def measure_fleet(fleet: Fleet, server: MeasuredServer, options: argparse.Namespace) -> None:
    """Print the memory after many computers have synchronized for the first time."""
    numbers = range(options.computers + 1, options.fleet + 1)
    agents = (fleet.agent(number, remember_requests=False) for number in numbers)
    began = time.monotonic()
    count = await fleet.synchronize(agents, options.agents)
    minutes = (time.monotonic() - began) / 60
    print(
        f"fleet       {count} more computers for the first time, {count / minutes:.0f} per minute"
    )
    print_cost("memory", server.memory(), "MiB (PSS)")


async def run(options: argparse.Namespace, profile: Path | None) -> None:
    with MeasuredServer(profile) as server:
        fleet = await prepare(options, server)
        await fleet.warm_up()
        print_machine(options)
        if profile:
            await fleet.synchronize(fleet.during(options.seconds), options.agents)
            return
        if options.fleet:
            await measure_fleet(fleet, server, options)
        await measure_single(fleet)
        await measure_load(fleet, server, options)


def main() -> None:
    options = arguments()
    with tempfile.TemporaryDirectory() as directory:
        profile = Path(directory) / "profile" if options.profile else None
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run(options, profile))
        if profile:
            pstats.Stats(str(profile)).sort_stats("tottime").print_stats(40)


if __name__ == "__main__":
    main()
