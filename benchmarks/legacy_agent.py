"""An agent that lives only in memory, and speaks protocol 4 on the wire. Contract: agent-v4."""

import secrets
import time
from typing import Any

import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from migas_tornado.demo.agent import PUBLIC, Keys, Machine, RefusedError
from migas_tornado.demo.wire import Answer, post

SIGNATURE_BYTES = 256
NOT_SIGNED = "register_computer"


class SimulatedLegacyAgent:
    """Synchronizes one machine, over and over.

    Args:
        url: of the server.
        project: name of the project.
        keys: of its computers.
        machine: the computer.
        remember_requests: whether a message that was signed once is sent again as it is.
    """

    def __init__(
        self, url: str, project: str, keys: Keys, machine: Machine, *, remember_requests: bool
    ) -> None:
        self.machine = machine
        self._url, self._project, self._keys = url, project, keys
        self._remember_requests = remember_requests
        self._sealed: dict[str, tuple[bytes, str]] = {}

    async def synchronize(self) -> None:
        """Do a whole synchronization, call by call in the contract's order.

        Raises:
            RefusedError: an answer ended it.
            OSError: the server is not there.
        """
        machine = self.machine
        await self._plain("POST", f"{PUBLIC}/server/info/")
        if not machine.id:
            await self._call(NOT_SIGNED, {"username": "", "password": "", **self._project_facts()})
            machine.id = 1  # it has a record; which, it never learns
        await self._messages("Connecting to migasfree server...", "Getting properties...")
        await self._call("get_properties", "")
        await self._messages("Evaluating attributes...", "Uploading attributes...")
        wanted = await self._call("upload_computer_info", self._information())
        if wanted["faultsdef"]:
            await self._messages("Executing faults...", "Uploading faults...")
            await self._call("upload_computer_faults", {"faults": {}})
        await self._messages("Creating repositories...")
        await self._plain("GET", "/get_key_repositories")
        await self._messages("Getting repositories metadata...")
        await self._plain("POST", f"{PUBLIC}/repository-url-template/")
        await self._messages("Uninstalling...", "Installing...", "Updating packages...")
        await self._messages("Uploading software...")
        await self._call("get_computer_software", "")
        software = "".join(f"+{name}\n" for name in sorted(machine.inventory)) + "-"
        await self._call("upload_computer_software_base_diff", software)
        if wanted["hardware_capture"]:
            await self._messages("Capturing hardware...", "Uploading hardware...")
            await self._call("upload_computer_hardware", machine.hardware)
        await self._messages("Synchronizing devices...", "Completed operations", "")

    def _project_facts(self) -> dict[str, str]:
        return {
            "project": self._project,
            "version": self._project,
            "platform": "Linux",
            "pms": "apt-get",
        }

    def _information(self) -> dict[str, Any]:
        machine = self.machine
        computer = {
            "hostname": machine.name,
            "fqdn": f"{machine.name}.example.org",
            "ip": machine.address,
            "user": machine.user,
            "user_fullname": "",
            **self._project_facts(),
        }
        return {"computer": computer, "attributes": machine.attributes}

    async def _messages(self, *texts: str) -> None:
        for text in texts:
            await self._call("upload_computer_message", text)

    async def _call(self, command: str, data: Any) -> Any:
        name = f"{command} {data}" if command == "upload_computer_message" else command
        sealed = self._sealed.get(name)
        if sealed is None:
            sealed = self._seal(command, data)
            if self._remember_requests:
                self._sealed[name] = sealed
        answer = await self._timed(command, "POST", "/api/", *sealed)
        body = answer.body if command == NOT_SIGNED else answer.body[:-SIGNATURE_BYTES]
        value = orjson.loads(body)[f"{command}.return"]
        if isinstance(value, dict) and value.get("errmfs", {}).get("code"):
            raise RefusedError(f"{command}: {value}")
        return value

    def _seal(self, command: str, data: Any) -> tuple[bytes, str]:
        message = orjson.dumps({command: data})
        if command != NOT_SIGNED:
            private = self._keys.project.private
            message += private.sign(message, padding.PKCS1v15(), hashes.SHA1())
        boundary = secrets.token_hex(12)
        file_name = f"{self.machine.name}.{self.machine.uuid}.{command}"
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="message"; '
            f'filename="{file_name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        )
        body = head.encode() + message + f"\r\n--{boundary}--\r\n".encode()
        return body, f"multipart/form-data; boundary={boundary}"

    async def _plain(self, method: str, path: str) -> None:
        await self._timed(path.removeprefix(f"{PUBLIC}/"), method, path)

    async def _timed(
        self, call: str, method: str, path: str, body: bytes = b"", content_type: str = "text/plain"
    ) -> Answer:
        began = time.perf_counter()
        answer = await post(self._url, path, body, content_type, method=method)
        if answer.status >= 400:
            raise RefusedError(f"{call}: {answer.status} {answer.body[:200]!r}")
        self.machine.latencies.setdefault(call, []).append(time.perf_counter() - began)
        return answer
