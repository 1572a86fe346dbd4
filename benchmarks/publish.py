"""How fast one more package of a large deployment is published, and how fast others do it.

A server gets a deployment of many tiny packages, publishes it (cold), and then one more package at
a time: uploaded over the wire by a packager, timed from the answer until the signed new index is
served. Beside it, in the same run and on the same files, those of apt-ftparchive (with its cache),
aptly, reprepro and createrepo_c (--update) that are installed; they do not sign.

    python benchmarks/publish.py                     # 5,000 and 50,000 packages, apt and rpm
    python benchmarks/publish.py --sizes 500         # a quick look
    python benchmarks/publish.py --systems apt --no-peers
"""

import argparse
import asyncio
import contextlib
import re
import statistics
import tempfile
import time
import urllib.request
from pathlib import Path

import asyncpg
import psutil
from measured_server import MeasuredServer, machine
from publish_peers import PEERS, Peer
from synthetic_packages import Synthetic, fill_server

from migas_tornado.demo.packager import SimulatedPackager

MORE = 7  # packages added one by one
PAUSE = 1.2  # seconds between them: none of them is part of a burst
COLD_SECONDS = 1200
POLL_SECONDS = 0.002

INDEXES = {
    "apt": "repos/dists/bench/InRelease",
    "dnf": "repos/bench/repodata/repomd.xml.asc",
}


def fetch(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.read()
    except OSError:
        return b""


async def until_changed(url: str, before: bytes, seconds: float) -> float:
    """Wait until a file is there and new, and return for how long."""
    began = time.perf_counter()
    while (content := await asyncio.to_thread(fetch, url)) == before or not content:
        if time.perf_counter() - began > seconds:
            raise RuntimeError(f"{url} does not change")
        await asyncio.sleep(POLL_SECONDS)
    return time.perf_counter() - began


async def peak_memory(server: MeasuredServer, done: asyncio.Event) -> tuple[float, float]:
    """Return the memory of server and pool before and at most, in MiB."""
    costs = []
    while not done.is_set() or not costs:
        with contextlib.suppress(psutil.NoSuchProcess):  # one has just ended
            costs.append(await asyncio.to_thread(server.memory))
        await asyncio.sleep(0.1)
    totals = [cost.server + cost.pool for cost in costs]
    return totals[0], max(totals)


def builds(server: MeasuredServer) -> list[float]:
    """Return the seconds of the builds so far, as the server tells them."""
    return [
        float(seconds)
        for seconds in re.findall(r"repository published: .*seconds=([\d.]+)", server.log)
    ]


async def measure_server(pms: str, size: int, directory: Path) -> list[str]:
    """Return the lines of the table for the server."""
    synthetic = Synthetic(pms, directory / "more")
    with MeasuredServer() as server:
        await fill_server(server, pms, size)
        index = f"{server.url}/public/bench/{INDEXES[pms]}"
        done = asyncio.Event()
        memory = asyncio.create_task(peak_memory(server, done))
        await deploy(server)
        await until_changed(index, b"", COLD_SECONDS)
        await asyncio.sleep(PAUSE)  # the log is written after the switch
        cold = builds(server)[-1]
        packager = await SimulatedPackager.enrol(server.url, "bench", "admin", server.password)
        seen = []
        for number in range(size, size + MORE):
            await asyncio.sleep(PAUSE)
            path = synthetic.make(number)
            before = await asyncio.to_thread(fetch, index)
            await packager.upload("main", path.name, path.read_bytes(), "bench")
            seen.append(await until_changed(index, before, 60))
        await asyncio.sleep(0.5)
        done.set()
        least, most = await memory
        more = builds(server)[-MORE:]
    return [
        row(pms, size, "migas-tornado, build", cold, statistics.median(more), most - least),
        row(pms, size, "  upload answered to visible", None, statistics.median(seen), None),
        row(pms, size, "  the slowest of these", None, max(seen), None),
    ]


async def deploy(server: MeasuredServer) -> None:
    connection = await asyncpg.connect(
        host=str(server.data_dir / "postgres"), user="postgres", database="postgres"
    )
    await connection.execute(
        """
        WITH made AS (
            INSERT INTO core_deployment (name, slug, project_id, start_date, source, enabled,
                auto_restart, frozen, expire)
            SELECT 'bench', 'bench', id, current_date, 'I', true, false, true, 1440
            FROM core_project WHERE slug = 'bench'
            RETURNING id
        ), linked AS (
            INSERT INTO core_deployment_available_package_sets (deployment_id, packageset_id)
            SELECT made.id, s.id FROM made, core_packageset s WHERE s.name = 'bench'
        )
        INSERT INTO core_repository (deployment_id, wanted, wanted_at, built)
        SELECT id, 1, now(), 0 FROM made
        """
    )
    await connection.close()


def measure_peer(peer: type[Peer], pms: str, size: int, directory: Path) -> str:
    """Return the line of the table for another program."""
    pool = directory / "pool"
    synthetic = Synthetic(pms, pool)
    tool = peer(directory / peer.name, pool)
    began = time.perf_counter()
    tool.publish()
    cold, more = time.perf_counter() - began, []
    for number in range(size, size + MORE):
        path = synthetic.make(number)
        began = time.perf_counter()
        tool.add(path)
        more.append(time.perf_counter() - began)
    for number in range(size, size + MORE):
        synthetic.path(number).unlink()
    return row(pms, size, peer.name, cold, statistics.median(more), tool.peak_memory)


def row(
    pms: str, size: int, what: str, cold: float | None, more: float | None, memory: float | None
) -> str:
    cells = [
        "" if value is None else f"{value:.{digits}f}"
        for value, digits in ((cold, 2), (more, 3), (memory, 0))
    ]
    return f"{pms:5}{size:8}  {what:30}{cells[0]:>10}{cells[1]:>10}{cells[2]:>12}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[5_000, 50_000])
    parser.add_argument("--systems", nargs="+", choices=list(INDEXES), default=list(INDEXES))
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    print(machine())
    print(f"{'':5}{'packages':>8}  {'':30}{'cold, s':>10}{'+1, s':>10}{'memory, MiB':>12}")
    for pms in options.systems:
        for size in options.sizes:
            with tempfile.TemporaryDirectory(prefix="migas-publish-") as name:
                directory = Path(name)
                for line in asyncio.run(measure_server(pms, size, directory)):
                    print(line, flush=True)
                if options.no_peers:
                    continue
                Synthetic(pms, directory / "pool").make_all(size)
                for peer in PEERS[pms]:
                    if peer.is_installed():
                        print(measure_peer(peer, pms, size, directory), flush=True)
                    else:
                        print(f"{pms:5}{size:8}  {peer.name} is not installed", flush=True)


if __name__ == "__main__":
    main()
