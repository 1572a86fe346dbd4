"""Whether agents may synchronize now, by what the server measures of itself."""

import signal
import time
from types import SimpleNamespace

import pytest
from agent import request

from migas_tornado.saturation import (
    DATABASE_SECONDS,
    LAG_SECONDS,
    QUEUED_CALLS_PER_WORKER,
    RETRY_SECONDS,
    SPREAD_SECONDS,
    retry_after,
    saturated_by,
)

PATH = "/manager/v1/public/synchronizations/availability/"
IDLE = {"event_loop_lag": 0.0, "database_wait": 0.0, "pool_queue": 0, "pool_workers": 2}


@pytest.mark.parametrize(
    ("measured", "reason"),
    [
        ({}, ""),
        ({"event_loop_lag": LAG_SECONDS}, ""),
        ({"event_loop_lag": LAG_SECONDS + 0.1}, "event loop"),
        ({"database_wait": DATABASE_SECONDS + 0.1}, "database"),
        ({"pool_queue": 2 * QUEUED_CALLS_PER_WORKER}, ""),
        ({"pool_queue": 2 * QUEUED_CALLS_PER_WORKER + 1}, "workers"),
    ],
)
def test_each_measure_has_a_limit(measured, reason):
    assert saturated_by(SimpleNamespace(**(IDLE | measured))) == reason


def test_agents_come_back_spread_over_a_while():
    found = {retry_after() for _ in range(200)}
    assert len(found) > 20
    assert min(found) >= RETRY_SECONDS
    assert max(found) <= RETRY_SECONDS + SPREAD_SECONDS


def test_a_server_that_stood_still_sends_agents_away_for_a_while(own_server):
    server = own_server()
    assert request(server.url, "POST", PATH, b"").json() == {"status": "ok"}
    server.process.send_signal(signal.SIGSTOP)
    time.sleep(1.5)
    server.process.send_signal(signal.SIGCONT)
    time.sleep(0.5)
    answer = request(server.url, "POST", PATH, b"")
    assert answer.status == 429
    assert answer.json()["status"] == "saturated"
    assert str(answer.json()["retry_after"]) == answer.headers["retry-after"]
    for _ in range(60):
        answer = request(server.url, "POST", PATH, b"")
        if answer.status == 200:
            return
        time.sleep(0.5)
    pytest.fail("the server stayed saturated")
