"""A project of some package management system on a running server: uploads and deployments."""

import itertools
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent import Agent, Answer, Packager, request
from api import API, Api, signed_in
from conftest import ADMIN, RunningServer

PUBLISH_SECONDS = 60
_BOUNDARY = "c0ffee"
_numbers = itertools.count()


@dataclass
class Fleet:
    """A project, with who uploads to it and who deploys."""

    server: RunningServer
    api: Api
    packager: Packager
    agent: Agent
    project: dict[str, Any]

    @property
    def name(self) -> str:
        return self.project["name"]

    @property
    def public(self) -> Path:
        return self.server.data_dir / "public" / self.name

    def upload(self, path: Path, **changes: Any) -> int:
        """Upload a package as a packager does, and return its key."""
        answer = self.packager.upload(path.name, path.read_bytes(), self.name, **changes)
        assert answer.status == 200, answer
        return self.key(path.name)

    def key(self, fullname: str) -> int:
        return self.server.value(
            "SELECT id FROM core_package WHERE project_id = $1 AND fullname = $2",
            self.project["id"],
            fullname,
        )

    def form(
        self, path: str, fields: list[tuple[str, Any]], *files: tuple[str, bytes], method="POST"
    ) -> Answer:
        """Send a multipart form, as the dashboard does."""
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="'
        parts = [f'{head}{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields]
        for name, content in files:
            parts.append(f'{head}files"; filename="{name}"\r\n\r\n'.encode() + content + b"\r\n")
        body = b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode()
        headers = {
            "Authorization": f"Token {self.api.token}",
            "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
        }
        return request(self.server.url, method, API + path, body, headers)

    def deploy(self, name: str, *packages: int, **values: Any) -> int:
        """Create a deployment for all computers, wait for its repository, and return its key."""
        self._join()
        everybody = self.server.value(
            "SELECT a.id FROM core_attribute a JOIN core_property p ON p.id = a.property_att_id "
            "WHERE p.prefix = 'SET' AND a.value = 'All Systems'"
        )
        body = {
            "name": name,
            "project": self.project["id"],
            "available_packages": list(packages),
            "included_attributes": [everybody],
            **values,
        }
        key = self.api.post("deployments/", **body)["id"]
        self.wait(key)
        return key

    def wait(self, key: int) -> None:
        """Wait until the repository of a deployment is up to date."""
        deadline = time.monotonic() + PUBLISH_SECONDS
        while not self.server.value(
            "SELECT built = wanted FROM core_repository WHERE deployment_id = $1", key
        ):
            assert time.monotonic() < deadline, "\n".join(self.server.log[-10:])
            time.sleep(0.05)

    def get(self, path: str) -> Answer:
        return request(self.server.url, "GET", f"/public/{self.name}/{path}")

    def source(self, name: str) -> str:
        """Return what an agent writes into its package manager for a deployment."""
        rows = self.agent.call("computers/repositories/").data
        template = next(row["source_template"] for row in rows if row["name"] == name)
        return template.format(
            protocol="http", server=self.server.url.removeprefix("http://"), keys_path="/nowhere"
        )

    def _join(self) -> None:
        """Let the agent's computer be one of all systems."""
        if not self.agent.id:
            self.agent.enrol()
            assert self.agent.attributes().status in (200, 201)

    def key_text(self) -> str:
        """Return the key as agents get it."""
        return self.agent.form("keys/repositories/").json()


def new_fleet(server: RunningServer, pms: str, architecture: str) -> Fleet:
    agent = Agent(server.url, project=f"{pms}-{next(_numbers)}", pms=pms, architecture=architecture)
    assert agent.get_keys().status == 200
    packager = Packager(server.url)
    assert packager.get_keys(*ADMIN).status == 200
    api = signed_in(server, "admin")
    project = api.results(f"projects/?name={agent.project}")[0]
    return Fleet(server, api, packager, agent, project)
