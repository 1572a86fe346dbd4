"""Fetching from upstreams, without a server around it: addresses, names, replicas, cleaning."""

import asyncio
import datetime
import errno
import ipaddress
import os
import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from upstreams import Answer, Upstream

from migas_tornado.errors import MigasError, UnavailableError
from migas_tornado.external import mirror as mirrors
from migas_tornado.external.cleaning import Limits, remove_copies
from migas_tornado.external.failures import Failures, UnsafeUpstreamError, UpstreamError
from migas_tornado.external.guard import is_allowed
from migas_tornado.external.mirror import Mirror
from migas_tornado.external.source import Source
from migas_tornado.settings import Settings, load_settings

CONTENT = bytes(range(251)) * 8000


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("MIGAS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MIGAS_EXTERNAL_NETWORKS", "127.0.0.0/28,::1")
    monkeypatch.setenv("MIGAS_EXTERNAL_SILENCE_SECONDS", "2")
    settings = load_settings()
    settings.public_dir.mkdir()
    return settings


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    running = Upstream()
    yield running
    running.stop()


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch) -> list[MigasError]:
    """What the administrators would be told; there is no database here."""
    errors: list[MigasError] = []

    async def report(_self, _source, _resource, _asked_by, error) -> None:
        errors.append(error)

    monkeypatch.setattr(Failures, "report", report)
    return errors


def source(base_url: str, **fields: object) -> Source:
    plain = Source("Acme", "acme", "apt", "Base", "base", base_url, False, 0)
    return replace(plain, **fields)


async def content(mirror: Mirror, of: Source, resource: str) -> bytes:
    file = await mirror.open(of, resource, "192.0.2.1")
    found = bytearray()
    while len(found) < file.size and (chunk := await file.read(len(found), 100_000)):
        found += chunk
    file.close()
    return bytes(found)


# --- addresses ---


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1"),
        *("127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8"),
        *("192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1"),
        *("203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"),
        *("64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1"),
        *("fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%lo", "fec0::1", "ff02::1"),
    ],
)
def test_addresses_that_are_not_public_are_refused(address):
    assert not is_allowed(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("1.1.1.1", "100.63.255.255", "100.128.0.0", "151.101.130.132", "172.32.0.1"),
        *("2a04:4e42::644", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"),
    ],
)
def test_public_addresses_are_allowed(address):
    assert is_allowed(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("10.1.2.3", True),
        ("10.2.0.1", False),
        ("::ffff:10.1.2.3", True),
        ("fd00:1::5", True),
        ("fd00:2::5", False),
    ],
)
def test_private_networks_can_be_allowed(address, allowed):
    networks = (ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("fd00:1::/32"))
    assert is_allowed(ipaddress.ip_address(address), networks) is allowed


async def test_a_name_is_resolved_once_and_cannot_change_its_mind(
    settings, upstream, reported, monkeypatch
):
    """The first answer is allowed, each later one is not: no later one is asked for."""
    hidden = Upstream("127.0.0.100", port=upstream.port)
    asked = []

    def resolve(host: str, port: int, *_: object) -> list[object]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.100"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    upstream.files["/a.deb"] = hidden.files["/a.deb"] = Answer(CONTENT)
    mirror = Mirror(settings)
    rebinding = source(f"http://mirror.example.org:{upstream.port}")
    assert await content(mirror, rebinding, "a.deb") == CONTENT
    assert asked == ["mirror.example.org"]
    assert upstream.asked[0][1]["host"] == f"mirror.example.org:{upstream.port}"
    with pytest.raises(UnsafeUpstreamError):
        await mirror.open(rebinding, "b.deb", "")
    assert hidden.asked == []
    await mirror.close()
    hidden.stop()


async def test_an_upstream_may_be_at_an_ipv6_address(settings):
    upstream = Upstream("::1")
    upstream.files["/a.deb"] = Answer(CONTENT)
    mirror = Mirror(settings)
    assert await content(mirror, source(upstream.url()), "a.deb") == CONTENT
    await mirror.close()
    upstream.stop()


def _certificate(directory: Path, name: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = directory / f"{name}.crt", directory / f"{name}.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


async def test_https_is_verified_for_the_name_and_not_for_the_address(
    settings, tmp_path, reported, monkeypatch
):
    certificate, key = _certificate(tmp_path, "localhost")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    names: list[str | None] = []
    tls.sni_callback = lambda _socket, name, _context: names.append(name)
    upstream = Upstream(tls=tls)
    upstream.files["/a.deb"] = Answer(CONTENT)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    mirror = Mirror(settings)
    assert await content(mirror, source(upstream.url("localhost")), "a.deb") == CONTENT
    assert names == ["localhost"]
    with pytest.raises(UpstreamError):
        await mirror.open(source(upstream.url("127.0.0.1")), "b.deb", "")
    await mirror.close()
    upstream.stop()


async def test_a_certificate_that_nobody_vouches_for_is_refused(settings, tmp_path, reported):
    certificate, key = _certificate(tmp_path, "localhost")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    upstream = Upstream(tls=tls)
    mirror = Mirror(settings)
    with pytest.raises(UpstreamError):
        await mirror.open(source(upstream.url("localhost")), "a.deb", "")
    assert upstream.asked == []
    await mirror.close()
    upstream.stop()


# --- many and large ---


async def test_two_replicas_fetch_a_file_once(settings, upstream):
    upstream.files["/InRelease"] = Answer(CONTENT, delay=0.5)
    replicas = Mirror(settings), Mirror(settings)
    deployment = source(upstream.url(), expire=5)
    found = await asyncio.gather(
        *(content(mirror, deployment, "InRelease") for mirror in replicas * 5)
    )
    assert found == [CONTENT] * 10
    assert len(upstream.asked) == 1
    for mirror in replicas:
        await mirror.close()
    assert list((settings.public_dir / "acme/external/base/.drafts").iterdir()) == []


async def test_a_large_file_takes_little_memory_and_never_holds_up_the_loop(settings, upstream):
    size = 100 * 1024 * 1024
    upstream.files["/big.deb"] = Answer(bytes(size))
    mirror = Mirror(settings)
    longest, read = 0.0, 0
    tracemalloc.start()

    async def watch() -> None:
        nonlocal longest
        while read < size:
            began = time.thread_time()
            await asyncio.sleep(0.001)
            # Time of the processor: on a busy machine the clock tells of others' work too.
            longest = max(longest, time.thread_time() - began)

    watching = asyncio.create_task(watch())
    file = await mirror.open(source(upstream.url()), "big.deb", "")
    while chunk := await file.read(read, 256 * 1024):
        read += len(chunk)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    await watching
    file.close()
    await mirror.close()
    assert read == size
    assert peak < 20 * 1024 * 1024
    assert longest < 0.05


async def test_a_slow_upstream_does_not_keep_others_from_theirs(settings, upstream):
    slow, gate = Upstream("127.0.0.2"), threading.Event()
    slow.files = {f"/{number}.deb": Answer(CONTENT, gate=gate) for number in range(10)}
    upstream.files["/a.deb"] = Answer(CONTENT)
    mirror = Mirror(replace(settings, external_fetches=8))
    waiting = [
        asyncio.create_task(content(mirror, source(slow.url(), slug="slow"), f"{number}.deb"))
        for number in range(10)
    ]
    for _ in range(500):
        await asyncio.sleep(0.01)
        if len(slow.asked) == 2:
            break
    assert await content(mirror, source(upstream.url()), "a.deb") == CONTENT
    assert len(slow.asked) == 2
    gate.set()
    assert await asyncio.gather(*waiting) == [CONTENT] * 10
    await mirror.close()
    slow.stop()


async def test_who_can_have_an_old_copy_does_not_wait_for_long(settings, upstream, monkeypatch):
    monkeypatch.setattr(mirrors, "PATIENCE_SECONDS", 0.2)
    gate = threading.Event()

    def slowly() -> Answer:
        gate.wait(10)
        return Answer(b"new")

    upstream.files["/InRelease"] = Answer(b"old")
    mirror = Mirror(settings)
    deployment = source(upstream.url())
    assert await content(mirror, deployment, "InRelease") == b"old"
    upstream.files["/InRelease"] = slowly
    assert await content(mirror, deployment, "InRelease") == b"old"
    gate.set()
    assert await content(mirror, deployment, "InRelease") == b"new"
    await mirror.close()


async def test_what_is_being_fetched_when_the_server_stops_leaves_nothing(settings, upstream):
    upstream.files["/a.deb"] = Answer(CONTENT, breaks_after=1_000_000, delay=0)
    upstream.files["/slow.deb"] = Answer(CONTENT, delay=1)
    mirror = Mirror(settings)
    waiting = asyncio.create_task(mirror.open(source(upstream.url()), "slow.deb", ""))
    await asyncio.sleep(0.2)
    await mirror.close()
    with pytest.raises(MigasError):
        await waiting
    assert not any(path.is_file() for path in settings.public_dir.rglob("*"))


async def test_a_full_disk_leaves_nothing(settings, upstream, reported, monkeypatch):
    upstream.files["/a.deb"] = Answer(CONTENT, length="chunked")
    mirror = Mirror(settings)

    def write(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", write)
        with pytest.raises(UnavailableError, match="No space left"):
            await mirror.open(source(upstream.url()), "a.deb", "")
    assert not any(path.is_file() for path in settings.public_dir.rglob("*"))
    assert [type(error) for error in reported] == [UnavailableError]
    assert await content(mirror, source(upstream.url()), "a.deb") == CONTENT
    await mirror.close()


# --- cleaning ---


@pytest.fixture
def copies(settings: Settings) -> Callable[..., Path]:
    def make(deployment: str, name: str, days: float = 0, size: int = 1000) -> Path:
        path = settings.public_dir / "acme/external" / deployment / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(size))
        path.with_name(f".upstream-{path.name}").write_bytes(b"{}")
        when = time.time() - days * 86_400
        os.utime(path, (when, path.stat().st_mtime))
        return path

    return make


def roots(settings: Settings, **frozen: bool) -> dict[Path, bool]:
    place = settings.public_dir / "acme/external"
    return {place / name: is_frozen for name, is_frozen in frozen.items()}


def test_copies_that_nobody_used_for_long_go(settings, copies):
    new, old = copies("base", "pool/new.deb", 1), copies("base", "pool/deep/old.deb", 40)
    frozen = copies("frozen", "old.deb", 40)
    limits = Limits(time.time() - 30 * 86_400, 0, 0)
    removed = remove_copies(roots(settings, base=False, frozen=True), limits)
    assert (removed.files, removed.total_bytes) == (1, 1000)
    assert new.exists()
    assert frozen.exists()
    assert not old.exists()
    assert not (old.parent / ".upstream-old.deb").exists()
    remove_copies(roots(settings, base=False), limits)
    assert not old.parent.exists()


def test_beyond_the_size_the_longest_unused_go_first(settings, copies):
    made = [copies("base", f"{days}.deb", days) for days in (3, 1, 2, 4)]
    frozen = copies("frozen", "x.deb", 9, size=10_000)
    limits = Limits(0, 2000, 0)
    assert remove_copies(roots(settings, base=False, frozen=True), limits).files == 2
    assert [path.exists() for path in made] == [False, True, True, False]
    assert frozen.exists()


def test_drafts_of_a_process_that_died_go(settings, copies):
    old, new = copies("base", ".drafts/old"), copies("base", ".drafts/new")
    os.utime(old, (0, 0))
    remove_copies(roots(settings, base=True), Limits(0, 0, time.time() - 60))
    assert not old.exists()
    assert new.exists()


async def test_use_keeps_a_copy(settings, upstream, copies):
    upstream.files["/InRelease"] = Answer(b"x", etag='"1"')
    mirror = Mirror(settings)
    deployment = source(upstream.url())
    for name in ("a.deb", "InRelease"):
        path = copies("base", name, 40)
        await content(mirror, deployment, name)
        assert time.time() - path.stat().st_atime < 100, name
    await mirror.close()
