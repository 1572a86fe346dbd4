"""A client of the administrative API."""

import json
from dataclasses import dataclass
from typing import Any

from agent import Answer, request
from conftest import RunningServer

from migas_tornado.accounts.callers import new_token, token_hash

API = "/api/v1/token/"


@dataclass
class Api:
    """Calls the API of a server for one account."""

    url: str
    token: str

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = {"Authorization": f"Token {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        path = path if path.startswith("/") else API + path
        return request(self.url, method, path, data, {**sent, **headers})

    def get(self, path: str) -> Any:
        answer = self("GET", path)
        assert answer.status == 200, answer
        return answer.json()

    def results(self, path: str) -> list[Any]:
        return self.get(path)["results"]

    def post(self, path: str, **body: Any) -> Any:
        answer = self("POST", path, body)
        assert answer.status == 201, answer
        return answer.json()

    def patch(self, path: str, **body: Any) -> Any:
        answer = self("PATCH", path, body)
        assert answer.status == 200, answer
        return answer.json()


def signed_in(server: RunningServer, username: str) -> Api:
    """Return the API for an account, with a token put straight into the database."""
    token = new_token()
    server.sql(
        "INSERT INTO authtoken_token (key, user_id, created) "
        "SELECT $1, id, now() FROM auth_user WHERE username = $2",
        token_hash(token),
        username,
    )
    return Api(server.url, token)
