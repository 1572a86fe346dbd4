"""Whatever is sent in protocol 4, the server never fails: any part of good messages is changed."""

import json
import random
import time
from collections.abc import Callable
from typing import Any

from agent4 import Agent4, Packager4, form, request, sign
from conftest import ADMIN, RunningServer

SECONDS = 25
LEAST = 300
"""Messages that have to be sent, even on a machine that is busy."""

ODD: tuple[Any, ...] = (
    *("", "x", "\0", "\ud800", "é" * 300, "../../x", "-", "LAB-", "migasfree-server", "%s{}"),
    *(None, True, 0, -1, 2**63, 1e308, [], {}, [[]], {"": {}}, ["\0"], "x" * 70_000),
)
NAMES = (
    "",
    ".",
    "..",
    "a",
    "a.b",
    "a.b.c",
    "\0.\0.\0",
    "é.ñ.get_properties",
    "a" * 9000,
    '"',
    "\\",
)
COMMANDS: dict[str, Any] = {
    "upload_computer_message": "Connecting",
    "get_properties": "",
    "upload_computer_info": {
        "computer": {"hostname": "pc", "fqdn": "pc.x", "ip": "192.0.2.1", "version": "fuzz4"},
        "attributes": {"HST": "x", "NET": "y", "PCI": "a~b,c~d"},
    },
    "upload_computer_faults": {"faults": {"Low home partition space": "x"}},
    "upload_computer_errors": "it went wrong",
    "upload_computer_hardware": {"id": "pc", "class": "system", "children": [{"id": "cpu"}]},
    "upload_computer_software_history": "# now\n+a_1_all.deb",
    "get_computer_software": "",
    "upload_computer_software_base_diff": "+a_1_all.deb\n+b_1_all.deb\n-",
    "upload_computer_software_base": "",
    "upload_devices_changes": {"installed": [], "removed": []},
    "get_computer_tags": "",
    "set_computer_tags": {"tags": ["LAB-x"]},
}
PACKAGER: dict[str, Any] = {
    "upload_server_package": {"project": "fuzz4", "store": "main", "source": True},
    "upload_server_set": {"project": "fuzz4", "store": "main", "packageset": "s", "path": "a/b"},
    "create_repositories_of_packageset": {"project": "fuzz4", "packageset": "s"},
}
REGISTRATION: dict[str, Any] = {
    "register_computer": {
        "username": "",
        "password": "",
        "version": "fuzz4",
        "platform": "Linux",
        "pms": "apt",
    },
    "get_key_packager": {"username": "", "password": ""},
}


class Fuzzer:
    """Sends good messages that were changed in one or a few places."""

    def __init__(self, server: RunningServer) -> None:
        self._url, self._random = server.url, random.Random(4)
        self._agent = Agent4(server.url, project="fuzz4").enrol()
        self._packager = Packager4(server.url, project="fuzz4")
        self._packager.get_keys(*ADMIN)
        self.sent = 0
        self.failures: list[str] = []

    def run(self) -> None:
        kinds = (
            (COMMANDS, self._agent.key),
            (PACKAGER, self._packager.key),
            (REGISTRATION, None),
        )
        table, key = self._random.choices(kinds, (6, 3, 2))[0]
        command = self._random.choice(list(table))
        text = self._text(command, table[command])
        message = sign(text, key) if key else text
        if self._random.random() < 0.3:
            message = self._broken(message)
        name = f"{self._agent.name}.{self._agent.uuid}.{command}"
        if self._random.random() < 0.2:
            name = self._random.choice(NAMES)
        self._send(name, message, command)

    def _text(self, command: str, data: Any) -> bytes:
        if self._random.random() < 0.6:
            data = self._changed(data)
        content = {self._maybe(command, list(COMMANDS), 0.05): data}
        try:
            return json.dumps(content).encode()
        except UnicodeEncodeError:
            return b"{}"

    def _maybe(self, value: Any, others: list[Any], chance: float) -> Any:
        return self._random.choice(others) if self._random.random() < chance else value

    def _changed(self, data: Any) -> Any:
        """Put something odd somewhere into a value."""
        if isinstance(data, dict) and data and self._random.random() < 0.85:
            key = self._random.choice(list(data))
            if self._random.random() < 0.15:
                return {name: value for name, value in data.items() if name != key}
            return {**data, key: self._changed(data[key])}
        if isinstance(data, list) and data and self._random.random() < 0.6:
            return [*data, self._random.choice(ODD)]
        return self._random.choice(ODD)

    def _broken(self, message: bytes) -> bytes:
        place = self._random.randrange(max(1, len(message)))
        ways: tuple[Callable[[], bytes], ...] = (
            lambda: message[:place],
            lambda: message[place:],
            lambda: message[:place] + bytes([self._random.randrange(256)]) + message[place + 1 :],
            lambda: message + self._random.randbytes(self._random.choice((1, 255, 256, 257))),
            lambda: message[:-256] + b"\0" * 256,
            lambda: self._random.randbytes(place),
            lambda: b"",
        )
        return self._random.choice(ways)()

    def _send(self, name: str, message: bytes, command: str) -> None:
        parts = [(f'name="message"; filename="{name}"'.encode("utf-8", "replace"), message)]
        if command.startswith("upload_server") or self._random.random() < 0.05:
            package = self._maybe("a_1_all.deb", [str(odd)[:300] for odd in ODD], 0.3)
            parts.append(
                (
                    f'name="package"; filename="{package}"'.encode("utf-8", "replace"),
                    self._random.randbytes(self._random.choice((0, 1, 1000, 200_000))),
                )
            )
        if self._random.random() < 0.1:
            self._random.shuffle(parts)
        body, headers = form(*((what.decode(), content) for what, content in parts))
        if self._random.random() < 0.15:
            body, headers = self._broken_form(body, headers)
        try:
            answer = request(self._url, "POST", "/api/", body, headers)
        except OSError as error:
            self.failures.append(f"{error!r} for {body[:300]!r}")
            return
        self.sent += 1
        if answer.status >= 500:
            self.failures.append(f"{answer.status} for {body[:600]!r}")

    def _broken_form(self, body: bytes, headers: dict[str, str]) -> tuple[bytes, dict[str, str]]:
        kind = headers["Content-Type"]
        place = self._random.randrange(len(body))
        return self._random.choice(
            (
                (body[:place], headers),
                (body[place:], headers),
                (body.replace(b"filename", b"name", 1), headers),
                (body.replace(b"\r\n\r\n", b"\r\n", 1), headers),
                (body, {"Content-Type": kind.partition(";")[0]}),
                (body, {"Content-Type": f"{kind}x"}),
                (body, {"Content-Type": "multipart/form-data; boundary="}),
                (b"", headers),
                (self._random.randbytes(300), headers),
            )
        )


def test_no_message_makes_the_server_fail(server):
    fuzzer = Fuzzer(server)
    end = time.monotonic() + SECONDS
    while fuzzer.sent < LEAST or time.monotonic() < end:
        fuzzer.run()
        assert len(fuzzer.failures) < 20, "\n".join(fuzzer.failures[:20])
    assert not fuzzer.failures, "\n".join(fuzzer.failures)
    assert server.tracebacks == []
    assert not [line for line in server.log if " ERROR " in line or " error " in line]
    assert fuzzer.sent >= LEAST
    assert list((server.data_dir / "store").glob(".upload-*")) == []
    assert Agent4(server.url, project="fuzz4").enrol().sync()
