"""What it costs to serve a large file of an upstream, and whether others notice.

An upstream process, the server, and downloading processes run on this machine, while `/health/live`
is asked again and again: nobody else may wait because a large file passes through. Below 50 ms is
the aim for the slowest answer.

    python benchmarks/external.py                         # 200 MiB, 1 and 20 clients
    python benchmarks/external.py --mebibytes 20 --clients 5
"""

import argparse
import asyncio
import http.client
import http.server
import multiprocessing
import secrets
import sys
import time
from collections.abc import Callable
from multiprocessing.synchronize import Event
from urllib.parse import urlsplit

import asyncpg
from measured_server import MEBIBYTE, MeasuredServer, machine

AIM = 50.0  # ms
PAUSE = 0.005  # seconds between two questions
BLOCK = 256 * 1024
HELD = """
    INSERT INTO core_platform (name) VALUES ('Benchmark');
    INSERT INTO core_project (name, slug, pms, architecture, auto_register_computers, platform_id)
    SELECT 'acme', 'acme', 'apt', 'amd64', true, max(id) FROM core_platform;
    INSERT INTO core_deployment (name, slug, project_id, enabled, auto_restart, start_date, source,
        base_url, frozen, expire)
    SELECT 'base', 'base', max(id), true, false, now(), 'E', '{url}', true, 0 FROM core_project;
"""


def upstream(size: int, port: "multiprocessing.Queue[int]") -> None:
    """Serve a file of so many bytes under any name, in a process of its own."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(size))
            self.end_headers()
            for _ in range(size // BLOCK):
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    content = secrets.token_bytes(BLOCK)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        port.put(running.server_port)
        running.serve_forever()


def download(url: str, path: str, size: int, start: Event) -> None:
    """Fetch a file and drop it, in a process of its own."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=600)
    start.wait()
    connection.request("GET", path)
    answer = connection.getresponse()
    read = 0
    while part := answer.read(BLOCK):
        read += len(part)
    if answer.status != 200 or read != size:
        raise SystemExit(f"{answer.status}, {read} of {size} bytes")


def pings(url: str, is_over: Callable[[], bool]) -> list[float]:
    """Return the milliseconds of each answer until it is over, in order of size."""
    connection, took = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60), []
    while not is_over():
        began = time.perf_counter()
        connection.request("GET", "/health/live")
        connection.getresponse().read()
        took.append(1000 * (time.perf_counter() - began))
        time.sleep(PAUSE)
    return sorted(took)


def measure(server: MeasuredServer, name: str, path: str, size: int, clients: int) -> None:
    """Let clients download at once, and print a line."""
    start = multiprocessing.Event()
    running = [
        multiprocessing.Process(target=download, args=(server.url, path, size, start))
        for _ in range(clients)
    ]
    for process in running:
        process.start()
    time.sleep(0.5)
    before, began = server.cpu(), time.perf_counter()
    start.set()
    took = pings(server.url, lambda: not any(process.is_alive() for process in running))
    seconds, cost = time.perf_counter() - began, server.cpu() - before
    if any(process.exitcode for process in running):
        raise SystemExit(f"{name}: a client failed")
    _line(name, took, seconds, clients * size / MEBIBYTE / seconds, cost.server, server)


def _line(
    name: str, took: list[float], seconds: float, rate: float, cpu: float, server: MeasuredServer
) -> None:
    mark = "  slow" if took[-1] > AIM else ""
    print(
        f"{name:<24}{seconds:8.2f}{rate:9.0f}{cpu:8.2f}{server.memory().server:8.0f}"
        f"{took[len(took) // 2]:9.1f}{took[int(len(took) * 0.99)]:8.1f}{took[-1]:8.1f}{mark}",
        flush=True,
    )


async def hold(server: MeasuredServer, url: str) -> None:
    """Make the external deployment."""
    connection = await asyncpg.connect(
        host=str(server.data_dir / "postgres"), user="postgres", database="postgres"
    )
    await connection.execute(HELD.format(url=url))
    await connection.close()


def run(options: argparse.Namespace) -> None:
    size = options.mebibytes * MEBIBYTE
    port: multiprocessing.Queue[int] = multiprocessing.Queue()
    serving = multiprocessing.Process(target=upstream, args=(size, port), daemon=True)
    serving.start()
    print(f"machine  {machine()}\ncommand  python {' '.join(sys.argv)}\n")
    try:
        with MeasuredServer(external_networks="127.0.0.1") as server:
            asyncio.run(hold(server, f"http://127.0.0.1:{port.get(timeout=30)}"))
            print(f"{'':<24}{'':>8}{'':>9}{'server':>8}{'server':>8}   /health/live, ms")
            print(
                f"{options.mebibytes} MiB".ljust(24) + f"{'s':>8}{'MiB/s':>9}{'CPU s':>8}{'MiB':>8}"
                f"{'median':>9}{'p99':>8}{'worst':>8}"
            )
            end = time.monotonic() + 2
            _line("nobody", pings(server.url, lambda: time.monotonic() > end), 2, 0, 0, server)
            many = options.clients
            for name, clients in (("one client", 1), (f"{many} clients", many)):
                path = f"/src/acme/external/base/{clients}.deb"
                measure(server, f"{name}, not kept", path, size, clients)
                measure(server, f"{name}, kept", path, size, clients)
    finally:
        serving.terminate()
        serving.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--mebibytes", type=int, default=200)
    parser.add_argument("--clients", type=int, default=20)
    run(parser.parse_args())


if __name__ == "__main__":
    main()
