"""How soon many WebSocket listeners know of one change, and what they cost.

Some listen at `/alerts/`, as dashboards do, the others follow `overview` at `/ws/stats/`. Each
change is a notification, and counts from when the call that made it was answered.

    python benchmarks/listeners.py                      # 1,000 listeners
    python benchmarks/listeners.py --listeners 100      # fewer
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
import urllib.request
from typing import Any

from measured_server import MeasuredServer, machine
from tornado.websocket import WebSocketClientConnection, websocket_connect

TARGET = 250.0  # ms, the last listener
AT_ONCE = 50  # handshakes
QUIET_SECONDS = 1.5


class Administrator:
    """Who makes changes."""

    def __init__(self, server: MeasuredServer) -> None:
        self.url = server.url
        body = json.dumps({"username": "admin", "password": server.password}).encode()
        self.token = ""
        self.token = self.post("/token-auth/", body)["token"]

    def post(self, path: str, body: bytes) -> Any:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Token {self.token}"
        request = urllib.request.Request(f"{self.url}{path}", body, headers)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


async def listen(url: str, path: str, token: str) -> WebSocketClientConnection:
    """Return a listener that has got the present state."""
    connection = await websocket_connect(url.replace("http://", "ws://") + path)
    if path == "/ws/stats/":
        await connection.write_message(json.dumps({"type": "auth", "token": token}))
        await connection.read_message()
        await connection.write_message(json.dumps({"type": "subscribe", "topic": "overview"}))
    await connection.read_message()
    return connection


async def told(connection: WebSocketClientConnection) -> float:
    """Return when the next message came."""
    text = await connection.read_message()
    if text is None:
        raise RuntimeError("a listener was dropped")
    return time.monotonic()


async def measure(server: MeasuredServer, count: int, changes: int) -> list[float]:
    """Print what listeners cost, and return the milliseconds until the last knew of each change."""
    administrator = Administrator(server)
    before = server.memory().server
    listeners: list[WebSocketClientConnection] = []
    for start in range(0, count, AT_ONCE):
        paths = ["/alerts/" if n % 2 else "/ws/stats/" for n in range(min(AT_ONCE, count - start))]
        listeners += await asyncio.gather(
            *(listen(server.url, path, administrator.token) for path in paths)
        )
    after = server.memory().server
    print(f"memory: {before:.0f} MiB, with listeners {after:.0f} MiB, ", end="")
    print(f"{1024 * (after - before) / count:.0f} KiB each")
    found = []
    for number in range(changes):
        await asyncio.sleep(QUIET_SECONDS)
        waiting = [asyncio.create_task(told(listener)) for listener in listeners]
        await asyncio.sleep(0)
        cpu = server.cpu().server
        body = json.dumps({"message": f"change {number}"}).encode()
        await asyncio.to_thread(administrator.post, "/api/v1/token/notifications/", body)
        answered = time.monotonic()
        arrived = sorted(1000 * (moment - answered) for moment in await asyncio.gather(*waiting))
        found.append(arrived[-1])
        print(
            f"change {number + 1}: median {statistics.median(arrived):.0f} ms, "
            f"last {arrived[-1]:.0f} ms, server CPU {1000 * (server.cpu().server - cpu):.0f} ms"
        )
    for listener in listeners:
        listener.close()
    return found


def main() -> None:
    """Run the benchmark; it fails when the last listener knows too late."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=1000)
    parser.add_argument("--changes", type=int, default=5)
    arguments = parser.parse_args()
    print(machine())
    print(f"{arguments.listeners} listeners")
    settings = {"sockets_per_address": "0", "sockets_per_user": "0", "user_calls_per_minute": "0"}
    with MeasuredServer(**settings) as server:
        found = asyncio.run(measure(server, arguments.listeners, arguments.changes))
    late = statistics.median(found)
    print(f"the last listener knew after {late:.0f} ms (median of changes; target {TARGET:.0f} ms)")
    sys.exit(late > TARGET)


if __name__ == "__main__":
    main()
