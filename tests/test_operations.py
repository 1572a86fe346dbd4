"""What the people who run a server look at: health, metrics, log lines and request ids."""

import json
import re
import time

import pytest
from agent import Agent, request
from api import signed_in
from conftest import RunningServer

from migas_tornado.logs import REQUEST_ID
from tasks.pool import WorkerPool


def metrics(server: RunningServer) -> dict[str, float]:
    answer = request(server.url, "GET", "/metrics")
    assert answer.status == 200
    lines = answer.body.decode().splitlines()
    samples = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in samples}


def test_a_ready_server_tells_how_its_parts_are(server):
    answer = request(server.url, "GET", "/health/ready")
    assert answer.status == 200
    told = answer.json()
    assert told["status"] == "ok"
    assert [told[name]["status"] for name in ("database", "bus", "disk", "pool")] == ["ok"] * 4
    assert told["disk"]["free_mib"] > 0
    assert request(server.url, "GET", "/health/live").json() == {"status": "ok"}
    checked = request(server.url, "GET", "/check")
    assert (checked.status, checked.body) == (200, b"ok")
    assert request(server.url, "HEAD", "/check").status == 200


def test_without_redis_a_server_is_ready_and_without_room_it_is_not(own_server):
    server = own_server(redis_url="redis://127.0.0.1:1/0", least_free_mib="1000000")
    answer = request(server.url, "GET", "/health/ready")
    told = answer.json()
    assert answer.status == 503
    assert told["bus"] == {"status": "degraded", "kind": "redis"}
    assert told["disk"]["status"] == told["status"] == "unavailable"
    assert request(server.url, "GET", "/health/live").status == 200
    server.stop()
    server.settings["least_free_mib"] = "0"
    server.start()
    answer = request(server.url, "GET", "/health/ready")
    assert (answer.status, answer.json()["status"]) == (200, "degraded")


def test_metrics_count_requests_by_route_and_not_by_record(server):
    agent = Agent(server.url, project="metrics").enrol()
    agent.sync()
    api = signed_in(server, "admin")
    for _ in range(3):
        api.get(f"computers/{agent.id}/")
        api("GET", "computers/99999999/")
        request(server.url, "GET", "/no/such/path")
        request(server.url, "GET", "/api/v1/token/mgi/build/any-text-at-all/status/")
    found = metrics(server)

    def count(method: str, route: str, status: int) -> float:
        return found[f'migas_requests_total{{method="{method}",route="{route}",status="{status}"}}']

    assert count("POST", "/api/v1/safe/synchronizations/", 201) >= 1
    assert count("GET", "/api/v1/token/computers/{id}/", 200) == 3
    assert count("GET", "/api/v1/token/computers/{id}/", 404) == 3
    assert count("GET", "unknown", 404) == 3
    assert not [name for name in found if "any-text-at-all" in name]
    assert not [name for name in found if f"/{agent.id}/" in name or "99999999" in name]
    assert found["migas_synchronizations_total"] >= 1
    assert found["migas_database_connections"] >= 1
    assert found["migas_bus_connected"] == 1
    assert found["migas_event_loop_lag_seconds_count"] > 0


def test_the_leader_says_so(server):
    end = time.monotonic() + 20
    while metrics(server)["migas_leader"] != 1:
        assert time.monotonic() < end
        time.sleep(0.1)


def test_metrics_are_not_for_everybody(own_server):
    server = own_server(metrics_networks="192.0.2.0/24", metrics_token="a-secret")

    def status(**headers: str) -> int:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return request(server.url, "GET", "/metrics", None, sent).status

    assert status() == 403
    assert status(Authorization="Bearer a-secre\u00e9") == 403
    assert status(Authorization="Bearer a-secret") == 200
    assert status(X_Forwarded_For="192.0.2.7") == 200
    assert status(X_Forwarded_For="198.51.100.1") == 403


def test_a_request_has_an_id_that_its_log_lines_carry(own_server):
    server = own_server(log_format="json", log_level="debug", trusted_proxies="127.0.0.1")
    made_up = request(server.url, "GET", "/health/live").headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{16}", made_up)
    headers = {"X-Request-ID": "from-the-proxy:7"}
    answer = request(server.url, "GET", "/no/such/path", None, headers)
    assert answer.headers["x-request-id"] == "from-the-proxy:7"
    end = time.monotonic() + 10
    while True:
        lines = [json.loads(line) for line in server.log if line.startswith("{")]
        found = {
            line["message"].split(" ")[2]: line["request"]
            for line in lines[-20:]
            if line["message"].startswith(("200 GET", "404 GET"))
        }
        if len(found) >= 2:
            break
        assert time.monotonic() < end
        time.sleep(0.05)
    assert found == {"/health/live": made_up, "/no/such/path": "from-the-proxy:7"}


@pytest.mark.parametrize("given", ["with blank", "x" * 200, "<script>"])
def test_an_id_that_could_not_be_logged_is_replaced(server, given):
    answer = request(server.url, "GET", "/health/live", None, {"X-Request-ID": given})
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["x-request-id"])


def test_strangers_do_not_choose_the_id(own_server):
    server = own_server(trusted_proxies="192.0.2.1")
    answer = request(server.url, "GET", "/health/live", None, {"X-Request-ID": "mine"})
    assert answer.headers["x-request-id"] != "mine"


def told_request_id() -> str:
    return REQUEST_ID.get()


async def test_the_id_goes_along_to_worker_processes():
    pool = WorkerPool(1)
    token = REQUEST_ID.set("of-this-request")
    try:
        assert await pool.run(told_request_id) == "of-this-request"
    finally:
        REQUEST_ID.reset(token)
        await pool.close()
