"""An agent that speaks protocol 4 as the released client does.

It shares no code with the server: messages are signed and verified with plain primitives.
"""

import http.client
import json
import secrets
import uuid as uuids
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SIGNATURE_BYTES = 256
HEADERS = {
    "User-Agent": "migasfree-client/4.26",
    "Accept-Language": "en-US",
    "Accept": "*/*",
}
ATTRIBUTES = {"HST": "pc-1\n", "NET": "192.0.2.0/24\n", "PCI": "8086:1237~Bridge,8086:7000~ISA,\n"}
INVENTORY = "+bash_5.2.15-2+b7_amd64.deb\n+zlib1g:amd64_1:1.2.13.dfsg-1_amd64.deb\n-"
HARDWARE = {
    "id": "pc",
    "class": "system",
    "vendor": "Example",
    "product": "Box 4",
    "children": [
        {"id": "memory", "class": "memory", "physid": "0", "size": 8 * 2**30},
        {"id": "network", "class": "network", "serial": "02:00:00:00:00:04"},
    ],
}


@dataclass
class Answer:
    """What the server said, and whether it signed that."""

    status: int
    headers: dict[str, str]
    body: bytes
    value: Any = None
    """What stands under the name of the command; of an answer without a name, all of it."""
    is_signed: bool = False

    @property
    def code(self) -> int:
        return self.value["errmfs"]["code"]

    @property
    def info(self) -> str:
        return self.value["errmfs"]["info"]


def request(
    url: str,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """Send a request on a connection of its own."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    try:
        connection.request(method, path, body=body, headers={**HEADERS, **(headers or {})})
        response = connection.getresponse()
        answered = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, answered, response.read())
    finally:
        connection.close()


def form(*parts: tuple[str, bytes]) -> tuple[bytes, dict[str, str]]:
    """Return the body of a form out of its parts, each a disposition and a content; and headers."""
    boundary = f"------------------------{secrets.token_hex(8)}"
    body = b"".join(
        f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n"
        "Content-Type: application/octet-stream\r\n\r\n".encode()
        + content
        + b"\r\n"
        for disposition, content in parts
    )
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return body + f"--{boundary}--\r\n".encode(), headers


def sign(text: bytes, key: rsa.RSAPrivateKey) -> bytes:
    return text + key.sign(text, padding.PKCS1v15(), hashes.SHA1())


def private_key(pem: str) -> rsa.RSAPrivateKey:
    return serialization.load_pem_private_key(pem.encode(), None)


def opened(answer: Answer, command: str, server: rsa.RSAPublicKey | None) -> Answer:
    """Read an answer as the client does: the last bytes are a signature if that is right."""
    text, signature = answer.body, b""
    if server is not None and len(answer.body) > SIGNATURE_BYTES:
        text, signature = answer.body[:-SIGNATURE_BYTES], answer.body[-SIGNATURE_BYTES:]
        try:
            server.verify(signature, text, padding.PKCS1v15(), hashes.SHA1())
            answer.is_signed = True
        except InvalidSignature:
            text = answer.body
    content = json.loads(text.decode())
    answer.value = content.get(f"{command}.return", content)
    return answer


@dataclass
class Agent4:
    """A computer."""

    url: str
    project: str = "debian12"
    uuid: str = field(default_factory=lambda: str(uuids.uuid4()).upper())
    name: str = ""
    user: str = "ana"
    user_fullname: str = "Ana"
    key: rsa.RSAPrivateKey | None = None
    server: rsa.RSAPublicKey | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.name = self.name or f"pc-{self.uuid[:8].lower()}"

    def send(
        self,
        command: str,
        message: bytes,
        *more: tuple[str, bytes],
        file_name: str | None = None,
        path: str = "/api/",
    ) -> Answer:
        """Send a message as it is."""
        name = f"{self.name}.{self.uuid}.{command}" if file_name is None else file_name
        body, headers = form((f'name="message"; filename="{name}"', message), *more)
        answer = request(self.url, "POST", path, body, {**headers, **self.headers})
        return opened(answer, command, self.server) if answer.status in (200, 429) else answer

    def plain(self, command: str, data: Any) -> Answer:
        """Send a command that nobody signs."""
        return self.send(command, json.dumps({command: data}).encode())

    def call(self, command: str, data: Any = "", **options: Any) -> Answer:
        """Send a signed command."""
        return self.send(command, sign(json.dumps({command: data}).encode(), self.key), **options)

    def register(self, username: str = "", password: str = "", **changes: Any) -> Answer:
        data = {
            "username": username,
            "password": password,
            "project": self.project,
            "version": self.project,
            "platform": "Linux",
            "pms": "apt-get",
            **changes,
        }
        answer = self.plain("register_computer", data)
        if "migasfree-client.pri" in answer.value:
            self.take_keys(answer, "migasfree-client.pri")
        return answer

    def take_keys(self, answer: Answer, private: str) -> None:
        self.key = private_key(answer.value[private])
        self.server = serialization.load_pem_public_key(
            answer.value["migasfree-server.pub"].encode()
        )

    def enrol(self) -> "Agent4":
        assert "migasfree-client.pri" in self.register().value
        return self

    def message(self, text: str = "") -> Answer:
        return self.call("upload_computer_message", text)

    def info(self, values: dict[str, Any] | None = None, **changes: Any) -> Answer:
        computer = {
            "hostname": self.name,
            "fqdn": f"{self.name}.example.org",
            "ip": "192.0.2.4",
            "project": self.project,
            "version": self.project,
            "platform": "Linux",
            "pms": "apt-get",
            "user": self.user,
            "user_fullname": self.user_fullname,
            **changes,
        }
        attributes = ATTRIBUTES if values is None else values
        return self.call("upload_computer_info", {"computer": computer, "attributes": attributes})

    def post_plain(self, path: str) -> Answer:
        body, headers = form(('name="post"', b"post"))
        return request(self.url, "POST", path, body, headers)

    def sync(
        self,
        values: dict[str, Any] | None = None,
        inventory: str = INVENTORY,
        faults: dict[str, str] | None = None,
        errors: str = "",
    ) -> dict[str, Answer]:
        """Do a whole synchronization, as the client orders it; every answer has to please it."""
        done = {"server": self.post_plain("/api/v1/public/server/info/")}
        done["first"] = self.message("Connecting to migasfree server...")
        self.message("Getting properties...")
        done["properties"] = self.call("get_properties")
        self.message("Evaluating attributes...")
        self.message("Uploading attributes...")
        done["info"] = self.info(values)
        if done["info"].value["faultsdef"]:
            self.message("Executing faults...")
            done["faults"] = self.call("upload_computer_faults", {"faults": faults or {}})
        self.message("Creating repositories...")
        done["key"] = request(self.url, "GET", "/get_key_repositories")
        done["template"] = self.post_plain("/api/v1/public/repository-url-template/")
        for text in ("metadata", "uninstall", "install"):
            self.message(f"Packages: {text}...")
        self.call("upload_computer_software_history", "# 2026-01-31 10:00:00\n+bash\ninstalled")
        self.message("Uploading software...")
        done["known"] = self.call("get_computer_software")
        done["software"] = self.call("upload_computer_software_base_diff", inventory)
        if done["info"].value["hardware_capture"]:
            self.message("Capturing hardware...")
            done["hardware"] = self.call("upload_computer_hardware", HARDWARE)
        self.message("Sending devices...")
        if errors:
            done["errors"] = self.call("upload_computer_errors", errors)
        self.message("Completed operations")
        done["end"] = self.message("")
        for name, answer in done.items():
            assert answer.status == 200, (name, answer)
            if name not in ("server", "key", "template"):
                assert answer.is_signed, (name, answer)
        for name in ("first", "software", "hardware", "errors", "end"):
            assert name not in done or done[name].code == 0, (name, done[name])
        return done

    def shown(self, **arguments: str) -> Answer:
        return request(self.url, "GET", f"/get_computer_info/?{urlencode(arguments)}")


@dataclass
class Packager4(Agent4):
    """Who uploads packages."""

    def get_keys(self, username: str, password: str) -> Answer:
        answer = self.plain("get_key_packager", {"username": username, "password": password})
        if "migasfree-packager.pri" in answer.value:
            self.take_keys(answer, "migasfree-packager.pri")
        return answer

    def upload(
        self,
        file_name: str,
        content: bytes | None,
        command: str = "upload_server_package",
        **data: Any,
    ) -> Answer:
        facts = {"project": self.project, "version": self.project, "store": "main", **data}
        message = sign(json.dumps({command: facts}).encode(), self.key)
        package = [] if content is None else [(f'name="package"; filename="{file_name}"', content)]
        return self.send(command, message, *package)
