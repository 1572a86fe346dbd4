"""Whatever is sent, the server never fails: requests made up from its own OpenAPI document."""

import random
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from agent import Agent
from api import Api, signed_in
from conftest import RunningServer
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

SECONDS = 60
"""How long all operations of the document take together, about."""
EXAMPLES = 2
"""Requests for an operation in one round."""
REQUEST_SECONDS = 20
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
PASSED_ON = (503,)
"""Answers for what is not there, such as the manager service, and says so."""


@pytest.fixture
def server(own_server) -> RunningServer:
    """A server of this test's own: it is left in pieces."""
    running = own_server()
    Agent(running.url, project="fuzz").enrol()
    return running


class Fuzzer:
    """Sends made-up requests and keeps those that made the server fail."""

    def __init__(self, server: RunningServer) -> None:
        self._server, self._session = server, requests.Session()
        self.failures: dict[str, str] = {}
        self.sent = 0
        self._api = self._signed_in()

    def _signed_in(self) -> Api:
        """Sign in as the first account, whatever became of it."""
        name = self._server.value("SELECT username FROM auth_user ORDER BY id LIMIT 1")
        self._server.sql(
            "UPDATE auth_user SET is_active = true, is_superuser = true WHERE username = $1", name
        )
        return signed_in(self._server, name)

    def operations(self) -> list[Any]:
        document = self._session.get(f"{self._server.url}/api/schema/?format=json").json()
        schema = schemathesis.openapi.from_dict(document)
        return [found.ok() for found in schema.get_all_operations()]

    def run(self, operation: Any, number: int, mode: GenerationMode) -> None:
        """Send some requests for an operation, as it says or against what it says."""

        @seed(number)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: Any) -> None:
            self._send(operation, case)

        try:
            send()
        except Unsatisfiable:  # there is nothing in it that could be sent wrong
            assert mode is GenerationMode.NEGATIVE, operation.label

    def _send(self, operation: Any, case: Any) -> None:
        headers = {"Authorization": f"Token {self._api.token}"}
        response = case.call(
            base_url=self._server.url,
            headers=headers,
            session=self._session,
            timeout=REQUEST_SECONDS,
        )
        self.sent += 1
        if response.status_code == 401:
            self._api = self._signed_in()
        if response.status_code >= 500 and response.status_code not in PASSED_ON:
            self.failures.setdefault(
                operation.label, f"{response.status_code}: {case.as_curl_command()}"
            )


def rounds(operations: list[Any]) -> Iterator[tuple[Any, int, GenerationMode]]:
    """Yield operations in an order that is the same in every run; each comes in both modes."""
    end, number = time.monotonic() + SECONDS, 0
    shuffled = random.Random(1).sample(operations, len(operations))
    while number < len(operations) or time.monotonic() < end:
        for place, operation in enumerate(shuffled):
            if number >= len(operations) and time.monotonic() > end:
                return
            round_number = number // len(operations)
            yield operation, number, MODES[(place + round_number) % 2]
            number += 1


def test_no_request_makes_the_server_fail(server):
    fuzzer = Fuzzer(server)
    operations = fuzzer.operations()
    assert len(operations) > 400
    for operation, number, mode in rounds(operations):
        fuzzer.run(operation, number, mode)
    failures = "\n".join(f"{label}\n    {what}" for label, what in fuzzer.failures.items())
    log = [line for line in server.log if re.match(r"\S*(Error|Exception)", line)]
    assert not failures, f"{failures}\n" + "\n".join(sorted(set(log)))
    assert fuzzer.sent >= EXAMPLES * len(operations) // 2
    assert server.tracebacks == []
