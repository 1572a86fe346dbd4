"""The shipped proxy configurations, with the real nginx and the real HAProxy."""

import asyncio
import base64
import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from agent import Agent, Answer, Packager, request
from api import signed_in
from certified import MTLS, PASSWORD, CertifiedAgent, Wallet, open_tar
from conftest import ADMIN, RunningServer, command
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from factories_deb import make_deb
from tornado.httpclient import HTTPRequest
from tornado.web import Application
from tornado.websocket import WebSocketHandler, websocket_connect

from migas_tornado.certificates.authority import Authority, _self_signed

ROOT = Path(__file__).parents[1]
HOST = "migas.example.org"
SETTINGS = {"mtls": "required", "fqdn": HOST}
KINDS = ("nginx", "haproxy")
START_SECONDS = 20


def free_ports(count: int) -> list[int]:
    with_sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in with_sockets]
    for one in with_sockets:
        one.close()
    return ports


@dataclass
class Proxy:
    """A proxy with the shipped configuration, but for ports and paths."""

    kind: str
    place: Path
    server: RunningServer
    upstream: int
    mtls: str = "required"
    process: subprocess.Popen[bytes] | None = None
    port: int = 0
    plain_port: int = 0

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def start(self) -> "Proxy":
        self.place.mkdir(exist_ok=True)
        self.plain_port, self.port = free_ports(2)
        make = {"nginx": self._nginx, "haproxy": self._haproxy}[self.kind]
        with (self.place / "log").open("wb") as log:
            self.process = subprocess.Popen(make(), stdout=log, stderr=log)
        self.wait()
        return self

    def wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            try:
                context = trusting(self.server)
                if request(self.url, "GET", "/health/live", tls=context).status == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError((self.place / "log").read_text())

    def reload(self) -> None:
        self.process.send_signal(signal.SIGHUP if self.kind == "nginx" else signal.SIGUSR2)
        time.sleep(1)
        self.wait()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _substituted(self, source: str, listen: str) -> str:
        text = (ROOT / "deploy" / source).read_text()
        changes = {
            listen.format(443): listen.format(f"127.0.0.1:{self.port}"),
            listen.format(80): listen.format(f"127.0.0.1:{self.plain_port}"),
            "127.0.0.1:2345": f"127.0.0.1:{self.upstream}",
            "/etc/migas": str(self.place.parent),
            "/var/lib/migas": str(self.server.data_dir),
        }
        for old, new in changes.items():
            assert old in text, old
            text = text.replace(old, new)
        return text

    def _nginx(self) -> list[str]:
        text = self._substituted("nginx/migas.conf", "listen {}")
        text = text.replace('default "optional"', f'default "{self.mtls}"')
        (self.place / "migas.conf").write_text(text)
        paths = "".join(
            f"{kind}_temp_path {self.place}/{kind}; "
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (self.place / "nginx.conf").write_text(
            f"daemon off; worker_processes 1; pid {self.place}/pid; error_log stderr;\n"
            + ("user root;\n" if os.getuid() == 0 else "")
            + "events { worker_connections 512; }\n"
            f"http {{ access_log off; {paths} include {self.place}/migas.conf; }}\n"
        )
        return ["nginx", "-p", str(self.place), "-c", str(self.place / "nginx.conf")]

    def _haproxy(self) -> list[str]:
        text = self._substituted("haproxy/haproxy.cfg", "bind :{}").replace(
            "bind :127.0.0.1", "bind 127.0.0.1"
        )
        text = text.replace("str(optional)", f"str({self.mtls})")
        (self.place / "haproxy.cfg").write_text(text)
        return ["haproxy", "-W", "-f", str(self.place / "haproxy.cfg")]


def trusting(server: RunningServer, wallet: Wallet | None = None) -> ssl.SSLContext:
    """Return what the client uses after it has fetched the authority's certificate."""
    context = ssl.create_default_context(cafile=server.data_dir / "certificates" / "ca.pem")
    if wallet is not None:
        file = server.data_dir.parent / f"{wallet.serial}.pem"
        file.write_bytes(wallet.certificate_pem + wallet.key_pem)
        context.load_cert_chain(file)
    return context


def administrators(server: RunningServer) -> ssl.SSLContext:
    """Return what the browser of an administrator uses who has a certificate."""
    name = f"eva-{secrets.token_hex(4)}"
    tar = server.data_dir.parent / f"{name}.tar"
    arguments = ("certificates", "issue", "--admin", name, "--out", str(tar))
    done = command(server.data_dir, *arguments, **SETTINGS, new_password=PASSWORD)
    assert done.returncode == 0, done.stderr
    return trusting(server, open_tar(tar.read_bytes()))


@pytest.fixture(scope="module")
def server(tmp_path_factory, untouched_site) -> Iterator[RunningServer]:
    for kind in KINDS:
        if shutil.which(kind) is None:
            if os.environ.get("CI"):
                pytest.fail(f"{kind} is not there.")
            pytest.skip(f"{kind} is not there")
    data = tmp_path_factory.mktemp("behind") / "data"
    subprocess.run(["cp", "-a", untouched_site, data], check=True)
    running = RunningServer(data, **SETTINGS).start()
    done = command(
        *(data, "certificates", "issue", "--server", "127.0.0.1", HOST),
        *("--out", str(data.parent / "proxy.pem")),
        **SETTINGS,
    )
    assert done.returncode == 0, done.stderr
    yield running
    running.stop()
    assert running.tracebacks == [], "\n".join(running.log[-80:])


@pytest.fixture(scope="module", params=KINDS)
def proxy(request: Any, server: RunningServer) -> Iterator[Proxy]:
    port = int(server.url.rpartition(":")[2])
    running = Proxy(request.param, server.data_dir.parent / request.param, server, port).start()
    yield running
    running.stop()


@pytest.fixture
def make_agent(proxy) -> Callable[[], CertifiedAgent]:
    """Make computers that enrolled through the proxy and hold a certificate."""

    def make() -> CertifiedAgent:
        agent = CertifiedAgent(proxy.url, project="behind", tls=trusting(proxy.server))
        assert agent.get_keys().status == 200
        agent.certify()
        agent.tls = trusting(proxy.server, agent.wallet)
        assert agent.register().status == 201
        return agent

    return make


def refused(call: Callable[[], Answer]) -> bool:
    """Tell whether a call ends at the handshake, or with a refusal of the proxy."""
    try:
        return call().status in (400, 403)
    except (ssl.SSLError, ConnectionError):
        return True


def test_a_computer_enrols_and_synchronizes_through_tls(proxy, make_agent):
    agent = make_agent()
    agent.sync()
    row = proxy.server.sql(
        "SELECT used_at, address FROM certificate_certificate WHERE uuid = $1", agent.uuid
    )[0]
    assert row["used_at"] is not None
    assert row["address"] == "127.0.0.1"


def test_a_computer_without_certificate_is_refused(proxy):
    agent = Agent(proxy.url, project="behind", tls=trusting(proxy.server))
    agent.get_keys()
    assert agent.identify().status == 403
    agent.url, agent.tls = f"http://127.0.0.1:{proxy.plain_port}", None
    assert agent.identify().status == 403


def test_a_certificate_of_another_authority_is_refused(proxy, make_agent):
    agent = make_agent()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    false = Authority(key, _self_signed(key, HOST), HOST)
    name = f"{agent.uuid}_1"
    certificate = false.certify_client(key, "COMPUTERS", name, 4711, 30, "")
    wallet = Wallet(
        certificate,
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
    agent.tls = trusting(proxy.server, wallet)
    assert refused(agent.identify)


def test_a_computer_speaks_for_no_other(proxy, make_agent):
    first, second = make_agent(), make_agent()
    second.tls = first.tls
    assert second.call("computers/label/").status == 403
    assert second.identify().status == 403


def test_what_a_client_says_of_its_own_identity_does_not_count(proxy, make_agent):
    agent, victim = make_agent(), make_agent()
    spoofed = {
        **victim.wallet.headers,
        "X-SSL-Client-Cn": victim.wallet.name,
        "X_SSL_Client_CN": victim.wallet.name,
    }
    victim.headers |= spoofed
    victim.tls = trusting(proxy.server)
    assert victim.call("computers/label/").status == 403
    victim.tls = agent.tls
    assert victim.call("computers/label/").status == 403
    agent.headers |= spoofed
    assert agent.call("computers/label/").status == 200


def test_forwarding_headers_of_clients_are_replaced(proxy, make_agent):
    agent = make_agent()
    agent.headers |= {
        "X-Forwarded-For": "198.51.100.7",
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-Host": "evil.example.org",
        "Forwarded": "for=198.51.100.7",
    }
    assert agent.attributes().data["forwarded_ip_address"] == "127.0.0.1"
    again = agent.register().data
    assert again["software_inventory"].startswith(f"{proxy.url}/api/")


def test_a_revoked_certificate_is_refused_by_the_server_and_then_by_the_proxy(proxy, make_agent):
    agent = make_agent()
    assert agent.identify().status == 200
    name = re.search("CN=([^,]+)", agent.wallet.name)[1]
    done = command(proxy.server.data_dir, "certificates", "revoke", name, **SETTINGS)
    assert done.returncode == 0, done.stderr
    time.sleep(5.1)
    assert agent.identify().status == 403
    proxy.reload()
    assert refused(lambda: agent.form("server/info/"))
    assert make_agent().identify().status == 200


def test_a_computers_certificate_opens_no_administration(proxy, make_agent):
    agent = make_agent()
    path = "/api/v1/token/platforms/"
    assert request(proxy.url, "GET", path, tls=agent.tls).status == 403
    assert request(proxy.url, "GET", path, tls=trusting(proxy.server)).status == 403
    admin = administrators(proxy.server)
    token = signed_in(proxy.server, "admin").token
    answer = request(proxy.url, "GET", path, None, {"Authorization": f"Token {token}"}, admin)
    assert answer.status == 200


@pytest.mark.parametrize(
    "path", ["/api/v1/safe/../public/", "/public%2f..%2fapi/v1/token/", "//api/v1/public/x"]
)
def test_a_path_that_could_mean_two_things_is_refused(proxy, path):
    answer = request(proxy.url, "GET", path, tls=trusting(proxy.server))
    assert answer.status in (400, 403)


def test_packages_are_uploaded_and_downloaded(proxy, make_agent, tmp_path):
    agent = make_agent()
    packager = Packager(proxy.url, tls=agent.tls)
    packager.get_keys(*ADMIN)
    deb = make_deb(tmp_path / f"app{proxy.kind}_1.0_all.deb", "app")
    assert packager.upload(deb.name, deb.read_bytes(), "behind").status == 200
    path = f"/public/behind/stores/main/{deb.name}"
    anybody = trusting(proxy.server)
    answer = request(proxy.url, "GET", path, tls=anybody)
    assert (answer.status, answer.body) == (200, deb.read_bytes())
    assert answer.headers["cache-control"] == "public, max-age=604800"
    part = request(proxy.url, "GET", path, None, {"Range": "bytes=2-5"}, anybody)
    assert (part.status, part.body) == (206, deb.read_bytes()[2:6])
    head = request(proxy.url, "HEAD", path, tls=anybody)
    assert (head.status, head.headers["content-length"]) == (200, str(len(deb.read_bytes())))
    since = {"If-Modified-Since": answer.headers["last-modified"]}
    assert request(proxy.url, "GET", path, None, since, anybody).status == 304
    assert request(proxy.url, "GET", f"{path}x", tls=anybody).status == 404
    assert request(proxy.url, "POST", path, b"", tls=anybody).status in (403, 405)


def test_checks_and_questions_of_browsers_need_no_certificate(proxy):
    anybody = trusting(proxy.server)
    assert request(proxy.url, "GET", "/check", tls=anybody).body == b"ok"
    asked = request(proxy.url, "OPTIONS", "/src/behind/external/x/InRelease", tls=anybody)
    assert (asked.status, asked.headers["access-control-allow-origin"]) == (200, "*")
    assert request(proxy.url, "OPTIONS", "/metrics", tls=anybody).status == 403


def test_hidden_names_and_other_directories_are_not_served(proxy):
    anybody = trusting(proxy.server)
    hidden = proxy.server.data_dir / "public" / "x" / ".base-1"
    hidden.mkdir(parents=True, exist_ok=True)
    (hidden / "file").write_text("hidden")
    for path in ("x/.base-1/file", "../secret-key", "%2e%2e/secret-key", "x/..%2f..%2fsecret-key"):
        answer = request(proxy.url, "GET", f"/public/{path}", tls=anybody)
        assert answer.status in (400, 403, 404), path
        assert answer.body not in (b"hidden", (proxy.server.data_dir / "secret-key").read_bytes())


def test_the_dashboards_alerts_arrive(proxy):
    assert request(proxy.url, "GET", "/alerts/", tls=trusting(proxy.server)).status == 403
    opened = HTTPRequest(
        f"wss://127.0.0.1:{proxy.port}/alerts/", ssl_options=administrators(proxy.server)
    )

    async def first_message() -> str | bytes | None:
        connection = await websocket_connect(opened)
        try:
            return await asyncio.wait_for(connection.read_message(), 20)
        finally:
            connection.close()

    assert isinstance(json.loads(asyncio.run(first_message())), list)


class Echo(WebSocketHandler):
    def check_origin(self, origin: str) -> bool:
        return True

    def on_message(self, message: str | bytes) -> None:
        self.write_message(f"{self.request.headers['X-Forwarded-Proto']} {message}")


@pytest.fixture
def socket_server() -> Iterator[int]:
    """A server with a WebSocket where the dashboard's is."""
    ready, ports, loops = threading.Event(), [], []

    async def run() -> None:
        loops.append((asyncio.get_running_loop(), asyncio.Event()))
        health = type("Health", (Echo,), {"get": lambda self: self.finish("{}")})
        app = Application([("/alerts/", Echo), ("/health/.*", health)])
        listening = app.listen(0, "127.0.0.1")
        ports.append(next(iter(listening._sockets.values())).getsockname()[1])
        ready.set()
        await loops[0][1].wait()
        listening.stop()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    assert ready.wait(10)
    yield ports[0]
    loops[0][0].call_soon_threadsafe(loops[0][1].set)
    thread.join()


@pytest.mark.parametrize("kind", KINDS)
def test_a_websocket_goes_through(server, socket_server, kind):
    place = server.data_dir.parent / f"{kind}-socket"
    running = Proxy(kind, place, server, socket_server, mtls="optional").start()
    try:
        key = base64.b64encode(os.urandom(16)).decode()
        raw = socket.create_connection(("127.0.0.1", running.port), timeout=10)
        with trusting(server).wrap_socket(raw, server_hostname="127.0.0.1") as tls:
            tls.sendall(
                f"GET /alerts/ HTTP/1.1\r\nHost: {HOST}\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                "Sec-WebSocket-Version: 13\r\n\r\n".encode()
            )
            head = tls.recv(4096).decode()
            assert head.startswith("HTTP/1.1 101")
            magic = f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()
            assert base64.b64encode(hashlib.sha1(magic).digest()).decode() in head
            mask = b"\1\2\3\4"
            masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(b"hello"))
            tls.sendall(bytes([0x81, 0x80 | 5]) + mask + masked)
            assert tls.recv(4096)[2:] == b"https hello"
    finally:
        running.stop()


def test_who_asks_for_too_much_is_told_to_wait(proxy):
    """The last test of this proxy: afterwards it is angry for a while."""
    anybody, path = trusting(proxy.server), f"{MTLS}computer-tokens"
    for _ in range(400):
        answer = request(proxy.url, "POST", path, b"{}", tls=anybody)
        if answer.status == 429:
            break
    assert answer.status == 429
    assert answer.detail == "Too many requests from this address."
    assert request(proxy.url, "GET", "/api/v1/public/server/info/", tls=anybody).status == 200
