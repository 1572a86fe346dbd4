"""An agent that lives only in memory, and speaks protocol 5 on the wire. Contract: agent-v5."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import orjson
from cryptography.hazmat.primitives import serialization

from migas_tornado.demo.wire import FORM, Answer, post
from migas_tornado.envelope import Sealer, open_envelope
from migas_tornado.keys.pairs import KeyPair, PublicHalf

SAFE = "/api/v1/safe"
PUBLIC = "/api/v1/public"
NOTHING_HERE = 404


class RefusedError(Exception):
    """The server answered something that ends a synchronization."""


@dataclass(slots=True)
class Keys:
    """What the computers of a project have after enrolment."""

    server: PublicHalf
    project: KeyPair
    sealer: Sealer


@dataclass(slots=True)
class Machine:
    """The facts of a simulated computer."""

    uuid: str
    name: str
    address: str
    attributes: dict[str, str]
    inventory: list[str]
    hardware: dict[str, Any]
    user: str = "demo"
    id: int = 0
    latencies: dict[str, list[float]] = field(default_factory=dict)
    """Call -> seconds that each took."""


async def enrol_project(
    url: str, project: str, pms: str = "apt", architecture: str = "amd64"
) -> Keys:
    """Get the keys of a project, which is made when it does not exist.

    Raises:
        RefusedError: the server does not take computers without credentials.
    """
    fields = {
        "username": "",
        "password": "",
        "project": project,
        "platform": "Linux",
        "pms": pms,
        "architecture": architecture,
    }
    answer = await post(url, f"{PUBLIC}/keys/project/", urlencode(fields).encode(), FORM)
    if answer.status != 200:
        raise RefusedError(f"keys/project: {answer.status} {answer.body[:200]!r}")
    return read_keys(orjson.loads(answer.body), "migasfree-client.pri")


def read_keys(answer: dict[str, str], private: str) -> Keys:
    """Return the keys of an enrolment answer."""
    key = serialization.load_pem_private_key(
        answer[private].encode(), None, unsafe_skip_rsa_key_validation=True
    )
    pair = KeyPair(key)
    server = serialization.load_pem_public_key(answer["migasfree-server.pub"].encode())
    return Keys(PublicHalf(server), pair, Sealer(pair))


class SimulatedAgent:
    """Synchronizes one machine, over and over.

    Args:
        url: of the server.
        project: name of the project.
        keys: of its computers.
        machine: the computer.
        remember_requests: whether a request that was sealed once is sent again as it is. A server
            does the same work for it; the simulation saves its own, for measuring on one machine.
    """

    def __init__(
        self, url: str, project: str, keys: Keys, machine: Machine, *, remember_requests: bool
    ) -> None:
        self.machine = machine
        self._url, self._project, self._keys = url, project, keys
        self._remember_requests = remember_requests
        self._sealed: dict[str, bytes] = {}

    async def synchronize(self) -> None:
        """Do a whole synchronization, call by call in the contract's order.

        Raises:
            RefusedError: an answer ended it.
            OSError: the server is not there.
        """
        machine = self.machine
        started = datetime.now().isoformat()
        await self._plain(f"{PUBLIC}/server/info/")
        await self._identify()
        await self._call("computers/properties/")
        await self._call(
            "computers/attributes/",
            uuid=machine.uuid,
            name=machine.name,
            fqdn=f"{machine.name}.example.org",
            ip_address=machine.address,
            sync_user=machine.user,
            sync_fullname="",
            sync_attributes=machine.attributes,
        )
        if await self._call("computers/faults/definitions/"):
            await self._call("computers/faults/", faults={})
        await self._plain(f"{PUBLIC}/keys/repositories/")
        await self._call("computers/repositories/")
        await self._call("computers/packages/mandatory/")
        await self._call("computers/software/", inventory=machine.inventory, history={})
        wanted = await self._call("computers/hardware/required/", must_open=True)
        if wanted["capture"]:
            await self._call("computers/hardware/", hardware=machine.hardware)
        await self._call("computers/devices/")
        await self._call("computers/traits/")
        await self._call(
            "synchronizations/",
            start_date=started,
            consumer="migasfree 5.0",
            pms_status_ok=True,
        )
        await self._call("eot/")

    async def _identify(self) -> None:
        machine = self.machine
        who = {"uuid": machine.uuid, "name": machine.name}
        status, data = await self._exchange("computers/id/", who, must_open=not machine.id)
        if status == NOTHING_HERE:
            status, data = await self._exchange(
                "computers/",
                {**who, "ip_address": machine.address, "username": "", "password": ""},
                must_open=True,
            )
            data = data["id"] if isinstance(data, dict) else data
        if status >= 400:
            raise RefusedError(f"computers/id: {status} {data}")
        machine.id = machine.id or data

    async def _call(self, path: str, *, must_open: bool = False, **data: Any) -> Any:
        claims = {"id": self.machine.id, **data}
        status, answer = await self._exchange(path, claims, must_open=must_open)
        if status >= 400 and status != NOTHING_HERE:
            raise RefusedError(f"{path}: {status} {answer}")
        return answer

    async def _exchange(
        self, path: str, claims: dict[str, Any], *, must_open: bool
    ) -> tuple[int, Any]:
        body = self._sealed.get(path)
        if body is None:
            envelope = {
                "msg": await asyncio.to_thread(self._keys.sealer.seal, claims, self._keys.server),
                "project": self._project,
            }
            body = orjson.dumps(envelope)
            if self._remember_requests:
                self._sealed[path] = body
        answer = await self._timed(path, body)
        content = orjson.loads(answer.body)
        if "msg" not in content:
            return answer.status, content
        if not must_open and self._remember_requests:
            return answer.status, True
        return answer.status, open_envelope(
            content["msg"], self._keys.project.private, self._keys.server
        )

    async def _plain(self, path: str) -> None:
        answer = await self._timed(path, b"")
        if answer.status >= 400:
            raise RefusedError(f"{path}: {answer.status}")

    async def _timed(self, path: str, body: bytes) -> Answer:
        url_path = path if path.startswith("/") else f"{SAFE}/{path}"
        began = time.perf_counter()
        answer = await post(self._url, url_path, body)
        seconds = time.perf_counter() - began
        self.machine.latencies.setdefault(path.removeprefix(PUBLIC + "/"), []).append(seconds)
        return answer
