"""An agent that speaks protocol 5 as the released client does.

It shares no code with the server: envelopes are made and opened by jwcrypto.
"""

import gzip
import http.client
import json
import ssl
import uuid as uuids
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from jwcrypto import jwe, jwk, jws

SAFE = "/api/v1/safe/"
PUBLIC = "/api/v1/public/"
TOLERATED = {404}
HEADERS = {
    "User-Agent": "migasfree-client/5.0 python-requests/2.31",
    "Accept-Language": "en_US.UTF-8",
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate",
}
ATTRIBUTES = {"HST": "pc-1\n", "NET": "192.0.2.0/24\n", "PCI": "8086:1237~Bridge,8086:7000~ISA,\n"}
INVENTORY = ["bash_5.2.15-2+b7_amd64.deb", "zlib1g:amd64_1:1.2.13.dfsg-1_amd64.deb"]
HARDWARE = {
    "id": "pc",
    "class": "system",
    "claimed": True,
    "description": "Computer",
    "vendor": "Example",
    "product": "Box 1",
    "children": [
        {"id": "memory", "class": "memory", "physid": "0", "size": 17179869184},
        {"id": "cpu", "class": "processor", "product": "Intel(R) Core(TM) i5", "width": 64},
        {"id": "network", "class": "network", "serial": "02:00:00:00:00:01"},
    ],
}


@dataclass
class Answer:
    """What the server said; `data` is the content of its envelope, if it sent one."""

    status: int
    headers: dict[str, str]
    body: bytes
    data: Any = None

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def detail(self) -> Any:
        return self.json().get("detail")


def request(
    url: str,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    tls: ssl.SSLContext | None = None,
) -> Answer:
    """Send a request on a connection of its own; the content of the answer is not compressed."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    if tls is not None:
        connection = http.client.HTTPSConnection(
            parts.hostname, parts.port, timeout=60, context=tls
        )
    try:
        connection.request(method, path, body=body, headers={**HEADERS, **(headers or {})})
        response = connection.getresponse()
        answered = {name.lower(): value for name, value in response.getheaders()}
        content = response.read()
        if content and answered.get("content-encoding") == "gzip":
            content = gzip.decompress(content)
        return Answer(response.status, answered, content)
    finally:
        connection.close()


@dataclass
class Envelopes:
    """Seals for the server and opens what it answers."""

    own: jwk.JWK
    server: jwk.JWK

    def sign(self, payload: str, key: jwk.JWK | None = None) -> str:
        key = key or self.own
        signature = jws.JWS(payload.encode())
        header = json.dumps({"alg": "RS256", "kid": key.thumbprint()})
        signature.add_signature(key, None, None, header)
        return signature.serialize()

    def seal(self, data: Any, *, signature: str | None = None, **changes: Any) -> str:
        """Return the message; `signature`, `alg`, `enc`, `recipient`, `compact` make it odd."""
        recipient = changes.get("recipient") or self.server
        content = {"data": data, "sign": signature or self.sign(json.dumps(data))}
        header = {
            "alg": changes.get("alg", "RSA-OAEP-256"),
            "enc": changes.get("enc", "A256CBC-HS512"),
            "kid": recipient.thumbprint(),
            "typ": "JWE",
        }
        token = jwe.JWE(json.dumps(content).encode(), json.dumps(header))
        token.allowed_algs = [header["alg"], header["enc"]]
        token.add_recipient(recipient)
        return token.serialize(compact=changes.get("compact", False))

    def open(self, message: str) -> Any:
        token = jwe.JWE()
        token.deserialize(message, key=self.own)
        content = json.loads(token.payload)
        signature = jws.JWS()
        signature.deserialize(content["sign"], key=self.server)
        payload = signature.payload.decode()
        assert payload == content["data"] or json.loads(payload) == content["data"]
        return content["data"]


def key(pem: str) -> jwk.JWK:
    return jwk.JWK.from_pem(pem.encode())


@dataclass
class Agent:
    """A computer."""

    url: str
    project: str = "debian12"
    uuid: str = field(default_factory=lambda: str(uuids.uuid4()).upper())
    name: str = ""
    pms: str = "apt"
    platform: str = "Linux"
    architecture: str = "amd64"
    id: int = 0
    envelopes: Envelopes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        self.name = self.name or f"pc-{self.uuid[:8].lower()}"

    def form(self, path: str, fields: dict[str, str] | None = None) -> Answer:
        """Make a plain call."""
        headers, body = dict(self.headers), b""
        if fields:
            body = urlencode(fields).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return request(self.url, "POST", PUBLIC + path, body, headers, self.tls)

    def raw(self, path: str, body: Any, **headers: str) -> Answer:
        """Make a safe call with any body."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **self.headers, **headers}
        answer = request(self.url, "POST", SAFE + path, content, sent, self.tls)
        if answer.headers.get("content-type") == "application/json" and self.envelopes:
            received = answer.json()
            if isinstance(received, dict) and "msg" in received:
                answer.data = self.envelopes.open(received["msg"])
        return answer

    def call(self, path: str, **data: Any) -> Answer:
        """Make a safe call for this computer."""
        return self.send(path, {"id": self.id, **data})

    def send(self, path: str, data: Any, **changes: Any) -> Answer:
        """Make a safe call with just this data."""
        message = self.envelopes.seal(data, **changes)
        return self.raw(path, {"msg": message, "project": self.project})

    def get_keys(self, username: str = "", password: str = "") -> Answer:
        answer = self.form(
            "keys/project/",
            {
                "username": username,
                "password": password,
                "project": self.project,
                "platform": self.platform,
                "pms": self.pms,
                "architecture": self.architecture,
            },
        )
        if answer.status == 200:
            keys = answer.json()
            self.envelopes = Envelopes(
                key(keys["migasfree-client.pri"]), key(keys["migasfree-server.pub"])
            )
        return answer

    def register(self, username: str = "", password: str = "", **changes: Any) -> Answer:
        answer = self.send(
            "computers/",
            {
                "uuid": self.uuid,
                "name": self.name,
                "ip_address": "192.0.2.2",
                "username": username,
                "password": password,
                **changes,
            },
        )
        if answer.status in (200, 201):
            self.id = answer.data["id"]
        return answer

    def enrol(self) -> "Agent":
        """Do what a new computer does, in the documented order."""
        tokens = request(self.url, "POST", "/manager/v1/public/mtls/computer-tokens", b"{}")
        assert tokens.status == 404
        assert self.form("server/info/").status == 200
        assert self.get_keys().status == 200
        assert self.register().status in (200, 201)
        return self

    def identify(self) -> Answer:
        return self.send("computers/id/", {"uuid": self.uuid, "name": self.name})

    def attributes(self, values: dict[str, str] | None = None, **changes: Any) -> Answer:
        data = {
            "id": self.id,
            "uuid": self.uuid,
            "name": self.name,
            "fqdn": f"{self.name}.example.org",
            "ip_address": "192.0.2.2",
            "sync_user": "ana",
            "sync_fullname": "Ana",
            "sync_attributes": ATTRIBUTES if values is None else values,
            **changes,
        }
        return self.send("computers/attributes/", data)

    def software(self, inventory: Any = None, history: Any = None) -> Answer:
        inventory = INVENTORY if inventory is None else inventory
        return self.call("computers/software/", inventory=inventory, history=history or {})

    def synchronization(self, *, pms_ok: bool = True, **changes: Any) -> Answer:
        data = {
            "start_date": "2026-01-31T19:07:03.958269",
            "consumer": "migasfree 5.0",
            "pms_status_ok": pms_ok,
        }
        return self.call("synchronizations/", **{**data, **changes})

    def traits(self) -> list[str]:
        rows = self.call("computers/traits/").data
        return [f"{row['prefix']}-{row['value']}" for row in rows]

    def sync(
        self,
        values: dict[str, str] | None = None,
        inventory: list[str] | None = None,
        faults: dict[str, str] | None = None,
        *,
        pms_ok: bool = True,
    ) -> dict[str, Answer]:
        """Do a whole synchronization, as the client orders it; every answer has to please it."""
        done: dict[str, Answer] = {"info": self.form("server/info/"), "id": self.identify()}
        self.id = done["id"].data
        done["properties"] = self.call("computers/properties/")
        done["attributes"] = self.attributes(values)
        done["definitions"] = self.call("computers/faults/definitions/")
        if done["definitions"].data:
            done["faults"] = self.call("computers/faults/", faults=faults or {})
        done["key"] = self.form("keys/repositories/")
        done["repositories"] = self.call("computers/repositories/")
        done["mandatory"] = self.call("computers/packages/mandatory/")
        done["software"] = self.software(inventory)
        done["required"] = self.call("computers/hardware/required/")
        if done["required"].data["capture"]:
            done["hardware"] = self.call("computers/hardware/", hardware=HARDWARE)
        done["devices"] = self.call("computers/devices/")
        done["traits"] = self.call("computers/traits/")
        done["synchronization"] = self.synchronization(pms_ok=pms_ok)
        done["eot"] = self.call("eot/")
        for name, answer in done.items():
            assert answer.status in (200, 201), (name, answer)
        return done


@dataclass
class Packager:
    """Who uploads packages."""

    url: str
    envelopes: Envelopes | None = None
    tls: ssl.SSLContext | None = None

    def get_keys(self, username: str, password: str) -> Answer:
        body = urlencode({"username": username, "password": password}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = request(self.url, "POST", f"{PUBLIC}keys/packager/", body, headers, self.tls)
        if answer.status == 200:
            keys = answer.json()
            self.envelopes = Envelopes(
                key(keys["migasfree-packager.pri"]), key(keys["migasfree-server.pub"])
            )
        return answer

    def upload(
        self,
        filename: str,
        content: bytes | None,
        project: str,
        path: str = "packages/",
        store: str = "main",
        **claims: Any,
    ) -> Answer:
        """Upload a file, as multipart form with the fields in the order of the client."""
        data = {"project": project, "store": store, **(claims or {"is_package": True})}
        fields = {"msg": self.envelopes.seal(data), "project": project}
        boundary = "8d6f7c3e9b"
        head = f"--{boundary}\r\nContent-Disposition: form-data; name="
        parts = [f'{head}"{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
        if content is not None:
            file_head = f'{head}"file"; filename="{filename}"\r\n\r\n'
            parts.append(file_head.encode() + content + b"\r\n")
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self._opened(request(self.url, "POST", SAFE + path, body, headers, self.tls))

    def send(self, path: str, data: Any) -> Answer:
        body = json.dumps({"msg": self.envelopes.seal(data), "project": data.get("project", "")})
        headers = {"Content-Type": "application/json"}
        return self._opened(request(self.url, "POST", SAFE + path, body.encode(), headers))

    def _opened(self, answer: Answer) -> Answer:
        if answer.headers.get("content-type") == "application/json":
            received = answer.json()
            if "msg" in received:
                answer.data = self.envelopes.open(received["msg"])
        return answer
