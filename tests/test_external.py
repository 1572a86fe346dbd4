"""Repositories of upstreams, as computers ask for them below /src/."""

import hashlib
import http.client
import itertools
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from agent import Answer as Got
from agent import request
from api import Api, signed_in
from conftest import RunningServer
from upstreams import Answer, Upstream

from migas_tornado import db
from migas_tornado.bus import Bus
from migas_tornado.embedded_postgres import EmbeddedPostgres
from migas_tornado.settings import load_settings
from tasks.periodic import JobContext, periodic_jobs

CONTENT = bytes(range(251)) * 8000  # 2 MB
CLIENTS = 20
numbers = itertools.count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory, untouched_site: Path) -> Iterator[RunningServer]:
    """A server that may ask upstreams at loopback addresses of IPv4, but not of IPv6."""
    data_dir = tmp_path_factory.mktemp("site") / "data"
    subprocess.run(["cp", "-a", untouched_site, data_dir], check=True)
    running = RunningServer(
        data_dir,
        external_networks="127.0.0.0/28",
        external_silence_seconds="2",
        external_seconds="20",
        external_max_mib="64",
    ).start()
    yield running
    running.stop()
    shutil.rmtree(data_dir, ignore_errors=True)
    assert running.tracebacks == [], "\n".join(running.log[-80:])


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture(scope="module")
def project(api: Api) -> int:
    platform = api.post("platforms/", name="Tests")["id"]
    return api.post("projects/", name="acme", pms="apt", architecture="amd64", platform=platform)[
        "id"
    ]


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    running = Upstream()
    yield running
    running.stop()


@dataclass
class External:
    """An external deployment of the tests."""

    server: RunningServer
    key: int
    slug: str

    def get(self, resource: str, method: str = "GET", **headers: str) -> Got:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return request(self.server.url, method, self.path(resource), None, named)

    def path(self, resource: str) -> str:
        return f"/src/acme/external/{self.slug}/{resource}"

    @property
    def directory(self) -> Path:
        return self.server.data_dir / "public/acme/external" / self.slug

    def kept(self) -> list[str]:
        """Files that are there, hidden ones too, without the notes on copies."""
        files = [path for path in self.directory.rglob("*") if path.is_file()]
        names = [str(path.relative_to(self.directory)) for path in files]
        return sorted(name for name in names if ".upstream-" not in name and ".lock" not in name)

    def notifications(self) -> list[str]:
        rows = self.server.sql(
            "SELECT message FROM client_notification WHERE message LIKE $1 ORDER BY id",
            f"%[{self.slug}@acme]%",
        )
        return [row["message"] for row in rows]


@pytest.fixture
def external(server: RunningServer, api: Api, project: int) -> Callable[..., External]:
    """Make deployments: `external(upstream.url(), frozen=False, expire=0)`."""

    def make(base_url: str, **fields: Any) -> External:
        slug = f"ext{next(numbers)}"
        made = api.post(
            "deployments/external-sources/",
            name=slug,
            project=project,
            base_url=base_url,
            **fields,
        )
        return External(server, made["id"], slug)

    return make


def eventually(condition: Callable[[], Any], seconds: float = 10) -> Any:
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return value


def together(function: Callable[[int], Any], count: int = CLIENTS) -> list[Any]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(function, range(count)))


# --- the copy ---


def test_a_file_is_fetched_once_and_kept(external, upstream):
    upstream.files["/debian/pool/a.deb"] = Answer(CONTENT, modified=1_700_000_000)
    deployment = external(f"{upstream.url()}/debian/")
    for _ in range(2):
        got = deployment.get("pool/a.deb")
        assert (got.status, got.body) == (200, CONTENT)
        assert got.headers["content-type"] == "application/octet-stream"
        assert got.headers["content-disposition"] == 'attachment; filename="a.deb"'
        assert got.headers["accept-ranges"] == "bytes"
        assert got.headers["content-length"] == str(len(CONTENT))
        assert got.headers["last-modified"] == "Tue, 14 Nov 2023 22:13:20 GMT"
    assert len(upstream.requests("/debian/pool/a.deb")) == 1
    assert deployment.kept() == ["pool/a.deb"]
    public = request(
        deployment.server.url, "GET", f"/public/acme/external/{deployment.slug}/pool/a.deb"
    )
    assert public.body == CONTENT


def test_escapes_that_apt_makes_are_undone(external, upstream):
    upstream.files["/g%2B%2B_1~rc1_amd64.deb"] = Answer(b"plus")
    deployment = external(upstream.url())
    assert deployment.get("g%2b%2b_1%7erc1_amd64.deb").body == b"plus"
    assert deployment.get("g++_1~rc1_amd64.deb").body == b"plus"
    assert len(upstream.asked) == 1


def test_head_tells_what_get_would(external, upstream):
    upstream.files["/a.deb"] = Answer(CONTENT)
    deployment = external(upstream.url())
    first = deployment.get("a.deb", "HEAD")
    assert (first.status, first.body) == (200, b"")
    assert first.headers["content-length"] == str(len(CONTENT))
    assert eventually(lambda: deployment.kept() == ["a.deb"])
    second = deployment.get("a.deb", "HEAD")
    assert second.headers["etag"] == first.headers["etag"]
    assert deployment.get("a.deb", If_None_Match=first.headers["etag"]).status == 304
    assert len(upstream.asked) == 1


def test_caches_keep_packages_and_ask_for_metadata_again(external, upstream):
    one = external(upstream.url())
    told = {"pool/a_1_all.deb": "public, max-age=604800", "dists/x/InRelease": "no-cache"}
    for path, expected in told.items():
        upstream.files[f"/{path}"] = Answer(CONTENT)
        assert one.get(path).headers["cache-control"] == expected


def test_pages_of_other_origins_may_read(external, upstream):
    upstream.files["/dists/x/InRelease"] = Answer(CONTENT)
    one = external(upstream.url())
    assert one.get("dists/x/InRelease").headers["access-control-allow-origin"] == "*"
    asked = one.get("dists/x/InRelease", "OPTIONS")
    assert (asked.status, asked.body) == (200, b"")
    assert asked.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"


def test_a_directory_has_no_content(external, upstream):
    upstream.files["/dists/stable/Release"] = Answer(b"x")
    deployment = external(upstream.url())
    assert deployment.get("").status == 204
    deployment.get("dists/stable/Release")
    for path in ("dists", "dists/", "dists/stable/", ""):
        assert deployment.get(path).status == 204
    assert deployment.get("dists/stable/Release/").status == 404
    assert deployment.get("none/").status == 404


@pytest.mark.parametrize("length", ["told", "chunked"])
def test_an_upstream_that_is_sound_may_tell_the_length_or_not(external, upstream, length):
    upstream.files["/a"] = Answer(CONTENT, length=length)
    deployment = external(upstream.url())
    assert together(lambda _: deployment.get("a").body == CONTENT, 3) == [True] * 3
    assert deployment.get("a", Range="bytes=5-9").body == CONTENT[5:10]
    assert len(upstream.asked) == 1


def test_an_empty_file_is_served(external, upstream):
    upstream.files["/Packages"] = Answer(b"")
    deployment = external(upstream.url())
    for _ in range(2):
        got = deployment.get("Packages")
        assert (got.status, got.body) == (200, b"")


# --- ranges ---


@pytest.mark.parametrize("is_kept", [False, True])
def test_a_download_is_resumed(external, upstream, is_kept):
    upstream.files["/a.deb"] = Answer(CONTENT, modified=1_700_000_000)
    deployment = external(upstream.url())
    if is_kept:
        deployment.get("a.deb")
    got = deployment.get("a.deb", Range="bytes=1000000-", If_Range="Tue, 14 Nov 2023 22:13:20 GMT")
    assert (got.status, got.body) == (206, CONTENT[1_000_000:])
    assert got.headers["content-range"] == f"bytes 1000000-{len(CONTENT) - 1}/{len(CONTENT)}"
    got = deployment.get("a.deb", Range=f"bytes={len(CONTENT)}-")
    assert (got.status, got.headers["content-range"]) == (416, f"bytes */{len(CONTENT)}")


def test_a_range_of_a_growing_file_comes_as_soon_as_it_is_there(external, upstream):
    gate = threading.Event()
    upstream.files["/a.deb"] = Answer(CONTENT, gate=gate)
    deployment = external(upstream.url())
    assert deployment.get("a.deb", Range="bytes=0-99").body == CONTENT[:100]
    gate.set()
    assert deployment.get("a.deb", Range="bytes=-100").body == CONTENT[-100:]
    assert len(upstream.asked) == 1


# --- many at once ---


@pytest.mark.parametrize("name", ["a.deb", "InRelease"])
def test_many_clients_are_one_request_of_the_upstream(external, upstream, name):
    upstream.files[f"/{name}"] = Answer(CONTENT, delay=0.3)
    deployment = external(upstream.url(), frozen=False, expire=1)
    found = together(lambda _: deployment.get(name))
    assert [got.status for got in found] == [200] * CLIENTS
    assert all(got.body == CONTENT for got in found)
    assert len(upstream.asked) == 1


def test_the_first_client_reads_while_the_file_comes(external, upstream):
    gate = threading.Event()
    upstream.files["/a.deb"] = Answer(CONTENT, gate=gate)
    deployment = external(upstream.url())
    first, second = _asking(deployment, "a.deb"), _asking(deployment, "a.deb")
    half = len(CONTENT) // 2
    assert first.read(half) == second.read(half) == CONTENT[:half]
    assert [name.split("/")[0] for name in deployment.kept()] == [".drafts"]
    gate.set()
    assert first.read() == second.read() == CONTENT[half:]
    assert len(upstream.asked) == 1


def test_a_client_that_leaves_takes_nothing_from_the_others(external, upstream):
    gate = threading.Event()
    upstream.files["/a.deb"] = Answer(CONTENT, gate=gate)
    deployment = external(upstream.url())
    first, second = _asking(deployment, "a.deb"), _asking(deployment, "a.deb")
    first.read(1000)
    first.close()
    gate.set()
    assert second.read() == CONTENT
    assert deployment.kept() == ["a.deb"]
    assert len(upstream.asked) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_client_that_does_not_wait_for_the_answer_is_no_failure(external, upstream, method):
    upstream.files["/a.deb"] = Answer(CONTENT, delay=0.3)
    deployment = external(upstream.url())
    parts = urlsplit(deployment.server.url)
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.sendall(
            f"{method} {deployment.path('a.deb')} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        )
        assert eventually(lambda: upstream.asked)
    assert eventually(lambda: deployment.kept() == ["a.deb"])
    # A traceback in the log fails the teardown of the server.


def test_a_fetch_that_everybody_left_is_kept(external, upstream):
    gate = threading.Event()
    upstream.files["/a.deb"] = Answer(CONTENT, gate=gate)
    deployment = external(upstream.url())
    only = _asking(deployment, "a.deb")
    only.read(10)
    only.close()
    gate.set()
    assert eventually(lambda: deployment.kept() == ["a.deb"])


def _asking(deployment: External, resource: str) -> http.client.HTTPResponse:
    parts = deployment.server.url.removeprefix("http://")
    connection = http.client.HTTPConnection(parts, timeout=20)
    connection.request("GET", deployment.path(resource))
    return connection.getresponse()


# --- when a copy is good ---


def test_a_frozen_deployment_keeps_what_it_has_and_fetches_what_it_has_not(external, upstream):
    upstream.files["/InRelease"] = Answer(b"old")
    deployment = external(upstream.url(), frozen=True, expire=0)
    assert deployment.get("InRelease").body == b"old"
    upstream.files["/InRelease"] = Answer(b"new")
    upstream.files["/Release"] = Answer(b"other")
    assert deployment.get("InRelease").body == b"old"
    assert deployment.get("Release").body == b"other"


def test_metadata_expires_by_its_age(external, upstream):
    upstream.files["/InRelease"] = Answer(b"old", modified=1_700_000_000)
    deployment = external(upstream.url(), frozen=False, expire=10)
    deployment.get("InRelease")
    upstream.files["/InRelease"] = Answer(b"new", modified=1_700_000_100)
    assert deployment.get("InRelease").body == b"old"
    _age(deployment, "InRelease", 9 * 60)
    assert deployment.get("InRelease").body == b"old"
    _age(deployment, "InRelease", 11 * 60)
    got = deployment.get("InRelease")
    assert (got.body, got.headers["last-modified"]) == (b"new", "Tue, 14 Nov 2023 22:15:00 GMT")


def test_packages_and_files_named_by_their_hash_never_expire(external, upstream):
    content = b"index"
    hashed = f"dists/a/main/by-hash/SHA256/{hashlib.sha256(content).hexdigest()}"
    upstream.files["/a.deb"] = Answer(content)
    upstream.files[f"/{hashed}"] = Answer(content)
    deployment = external(upstream.url(), frozen=False, expire=0)
    for path in ("a.deb", hashed):
        for _ in range(2):
            assert deployment.get(path).body == content
        assert len(upstream.requests(f"/{path}")) == 1


def test_an_expired_copy_is_asked_for_with_what_the_upstream_said_of_it(external, upstream):
    upstream.files["/InRelease"] = Answer(b"same", etag='"v1"', modified=1_700_000_000)
    deployment = external(upstream.url(), frozen=False, expire=0)
    first = deployment.get("InRelease")
    second = deployment.get("InRelease")
    assert second.body == b"same"
    assert second.headers["etag"] == first.headers["etag"]
    conditions = upstream.requests("/InRelease")
    assert "if-none-match" not in conditions[0]
    assert conditions[1]["if-none-match"] == '"v1"'
    assert conditions[1]["if-modified-since"] == "Tue, 14 Nov 2023 22:13:20 GMT"
    assert deployment.get("InRelease", If_None_Match=first.headers["etag"]).status == 304


def test_a_copy_that_another_server_wrote_is_used_by_its_age(external, upstream):
    upstream.files["/InRelease"] = Answer(b"new")
    deployment = external(upstream.url(), frozen=False, expire=10)
    deployment.directory.mkdir(parents=True)
    (deployment.directory / "InRelease").write_bytes(b"old")
    assert deployment.get("InRelease").body == b"old"
    _age(deployment, "InRelease", 11 * 60)
    assert deployment.get("InRelease").body == b"new"
    assert "if-modified-since" not in upstream.requests("/InRelease")[0]


def test_an_empty_copy_counts_as_none(external, upstream):
    upstream.files["/a.deb"] = Answer(b"content")
    deployment = external(upstream.url())
    deployment.directory.mkdir(parents=True)
    (deployment.directory / "a.deb").touch()
    assert deployment.get("a.deb").body == b"content"


def test_another_upstream_is_asked_at_once(api, external, upstream):
    upstream.files["/old/InRelease"] = Answer(b"old", etag='"1"')
    upstream.files["/new/InRelease"] = Answer(b"new", etag='"1"')
    deployment = external(f"{upstream.url()}/old", frozen=False)
    assert deployment.get("InRelease").body == b"old"
    api.patch(f"deployments/external-sources/{deployment.key}/", base_url=f"{upstream.url()}/new")
    assert deployment.get("InRelease").body == b"new"


def _age(deployment: External, name: str, seconds: float) -> None:
    """Have a copy been checked so many seconds ago."""
    path = deployment.directory / name
    note = path.with_name(f".upstream-{path.name}")
    when = time.time() - seconds
    os.utime(note if note.exists() else path, (when, when))


# --- when the upstream fails ---


@pytest.mark.parametrize(
    "failure",
    [
        Answer(status=500),
        Answer(status=404),
        Answer(b"", length="none"),
        Answer(CONTENT, breaks_after=1_000_000),
        Answer(CONTENT, breaks_after=1_000_000, length="chunked"),
        Answer(b"x", delay=3),
        None,
    ],
    ids=["500", "404", "no length", "broken off", "chunks broken off", "silent", "down"],
)
def test_the_old_copy_is_served_when_the_upstream_fails(external, upstream, failure):
    upstream.files["/InRelease"] = Answer(b"old")
    deployment = external(upstream.url(), frozen=False, expire=0)
    deployment.get("InRelease")
    if failure is None:
        upstream.stop()
    else:
        upstream.files["/InRelease"] = failure
    got = deployment.get("InRelease")
    assert (got.status, got.body) == (200, b"old")
    assert eventually(lambda: deployment.kept() == ["InRelease"])
    if failure is None:
        upstream.start()
    if failure is None or not failure.delay:
        upstream.files["/InRelease"] = Answer(b"new")
        assert deployment.get("InRelease").body == b"new"


def test_an_upstream_that_does_not_answer_is_not_waited_for_by_each(external, upstream):
    upstream.files["/InRelease"] = Answer(b"old")
    deployment = external(upstream.url(), frozen=False, expire=0)
    deployment.get("InRelease")
    upstream.files["/InRelease"] = Answer(b"new", delay=3)
    for _ in range(3):
        assert deployment.get("InRelease").body == b"old"
    assert len(upstream.asked) == 2


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Answer(status=404), 404),
        (Answer(status=403), 403),
        (Answer(status=503), 503),
        (Answer(b"x", status=206), 502),
        (Answer(status=304), 502),
        (Answer(b"x" * 5000, length="none"), 500),
        (Answer(b"x", headers={"Location": "ftp://x/"}, status=302), 403),
        (Answer(b"x", headers={"Location": "/a"}, status=302), 502),
        (Answer(b"x", status=301), 502),
        (Answer(b"x", delay=3), 502),
        (Answer(headers={"Content-Length": "99999999999"}, length="none"), 502),
    ],
)
def test_failures_have_the_status_of_the_contract(external, upstream, answer, status):
    upstream.files["/a"] = answer
    deployment = external(upstream.url())
    got = deployment.get("a")
    assert got.status == status, got.body
    assert got.headers["content-type"] == "text/plain; charset=utf-8"
    assert got.body.strip()
    assert deployment.kept() == []


def test_an_upstream_that_is_down_is_a_bad_gateway(external, upstream):
    deployment = external(upstream.url())
    upstream.stop()
    got = deployment.get("a")
    assert (got.status, got.body[:14]) == (502, b"Cannot connect")
    upstream.start()


@pytest.mark.parametrize("length", ["told", "chunked"])
def test_a_part_of_a_file_is_never_kept(external, upstream, length):
    upstream.files["/a.deb"] = Answer(CONTENT, breaks_after=1_000_000, length=length)
    deployment = external(upstream.url())
    if length == "told":
        with pytest.raises(http.client.IncompleteRead):
            deployment.get("a.deb")
    else:
        assert deployment.get("a.deb").status == 502
    assert eventually(lambda: deployment.kept() == [])
    upstream.files["/a.deb"] = Answer(CONTENT)
    assert deployment.get("a.deb").body == CONTENT


def test_content_that_is_not_what_its_name_promises_is_never_kept(external, upstream):
    name = f"by-hash/SHA256/{'0' * 64}"
    upstream.files[f"/{name}"] = Answer(b"evil")
    deployment = external(upstream.url())
    with pytest.raises(http.client.IncompleteRead):
        deployment.get(name)
    assert eventually(lambda: deployment.kept() == [])


def test_a_file_that_grows_beyond_the_limit_is_not_kept(external, upstream):
    upstream.files["/a"] = Answer(bytes(65 * 1024 * 1024), length="chunked")
    deployment = external(upstream.url())
    assert deployment.get("a").status == 502
    assert deployment.kept() == []


def test_failures_are_told_once(external, upstream):
    deployment = external(upstream.url())
    for _ in range(3):
        assert deployment.get("none").status == 404
    messages = eventually(deployment.notifications)
    assert len(messages) == 1
    start = (
        f"Deployment (external source): [{deployment.slug}@acme], resource: "
        f"[{deployment.path('none')}], remote file: [{upstream.url()}/none], from [127.0.0.1]. "
        "Error: "
    )
    assert messages[0].startswith(start)
    assert "404" in messages[0].removeprefix(start)


def test_a_client_with_a_wrong_list_makes_few_notifications(external, upstream):
    deployment = external(upstream.url())
    for number in range(30):
        deployment.get(f"none{number}")
    assert eventually(lambda: len(deployment.notifications()) == 10)
    assert len(deployment.notifications()) == 10


def test_the_notification_names_who_asked_through_a_proxy(external, upstream):
    deployment = external(upstream.url())
    deployment.get("none", X_Forwarded_For="192.0.2.7")
    assert "from [127.0.0.1/192.0.2.7]" in eventually(deployment.notifications)[0]


# --- addresses ---


def test_redirects_are_followed(external, upstream):
    other = Upstream("127.0.0.2")
    other.files["/b%20c?d=1"] = Answer(b"content")
    upstream.files["/a.deb"] = Answer(
        status=302, headers={"Location": f"{other.url()}/b c?d=1"}, content=b"moved"
    )
    deployment = external(upstream.url())
    assert deployment.get("a.deb").body == b"content"
    assert other.asked[0][1]["host"] == f"127.0.0.2:{other.port}"
    other.stop()


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.100:{port}/secret",
        "http://[::1]:{port}/secret",
        "http://[::ffff:127.0.0.100]:{port}/secret",
        "http://0.0.0.0:{port}/secret",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://2130706532:{port}/secret",
        "http://user:password@127.0.0.1:{port}/secret",
        "file:///etc/passwd",
        "http://no-such-host.invalid/",
    ],
)
def test_redirects_to_private_addresses_are_refused(external, upstream, target):
    hidden = [Upstream("127.0.0.100"), Upstream("::1"), Upstream("0.0.0.0")]
    for number, one in enumerate(hidden):
        one.files["/secret"] = Answer(b"secret")
        upstream.files[f"/{number}"] = Answer(
            status=302, headers={"Location": target.format(port=one.port)}
        )
    deployment = external(upstream.url())
    for number, one in enumerate(hidden):
        got = deployment.get(str(number))
        assert (got.status, got.body) == (403, b"Forbidden: Unsafe URL\n")
        assert one.asked == []
        one.stop()


@pytest.mark.parametrize("host", ["127.0.0.100", "[::1]", "no-such-host.invalid", "0.0.0.0"])
def test_upstreams_at_private_addresses_are_refused(external, host):
    deployment = external(f"http://{host}:9/")
    got = deployment.get("a")
    assert (got.status, got.body) == (403, b"Forbidden: Unsafe URL\n")
    assert "Error: " in eventually(deployment.notifications)[0]


def test_a_name_leads_to_the_addresses_that_are_allowed_alone(external, upstream):
    # `localhost` may also be ::1, which is not allowed here.
    upstream.files["/a.deb"] = Answer(b"content")
    deployment = external(upstream.url("localhost"))
    assert deployment.get("a.deb").body == b"content"
    assert upstream.asked[0][1]["host"] == f"localhost:{upstream.port}"


# --- paths ---


@pytest.mark.parametrize(
    "resource",
    [
        "../../repos/dists/base/InRelease",
        "a/../b",
        "%2e%2e/%2e%2e/keys",
        "..%2f..%2fkeys",
        "a//b",
        "/a",
        "%2fetc/passwd",
        ".drafts/x",
        "a/.upstream-b",
        "%2ehidden",
        "a/./b",
        "a%20b",
        "a%00",
        "a%0ab",
        "%252e%252e/a",
        "a;b",
        "a$b",
        "a\\b",
        "%f1",
        "x" * 201,
        "x/" * 600 + "x",
    ],
)
def test_other_paths_are_refused(external, upstream, resource):
    deployment = external(upstream.url())
    got = deployment.get(resource)
    assert got.status == 400, got.body
    assert upstream.asked == []


def test_a_path_cannot_lead_to_another_deployment(external, upstream):
    upstream.files["/x"] = Answer(b"secret")
    victim = external(upstream.url(), frozen=False, expire=0)
    victim.get("x")
    other = external(upstream.url(), frozen=False, expire=0)
    assert other.get(f"../{victim.slug}/x").status == 400
    other.directory.mkdir()
    (other.directory / "out").symlink_to(victim.directory)
    assert other.get("out/x").status == 404
    assert victim.kept() == ["x"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/src/nowhere/external/base/a", "Project not exists: nowhere"),
        ("/src/nowhere", "Project not exists: nowhere"),
        ("/src/acme", "URL not exists: /src/acme"),
        ("/src/acme/external", "URL not exists: /src/acme/external"),
        ("/src/acme/external/none/a", "URL not exists: /src/acme/external/none/a"),
        ("/src/acme/repos/none/a", "URL not exists: /src/acme/repos/none/a"),
    ],
)
def test_what_is_not_there_is_named(server, project, path, text):
    got = request(server.url, "GET", path)
    assert (got.status, got.body.decode().strip()) == (404, text)


def test_an_internal_deployment_has_no_upstream(server, api, project):
    api.post("deployments/internal-sources/", name="inside", project=project)
    assert request(server.url, "GET", "/src/acme/external/inside/a").status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(server, method):
    assert request(server.url, method, "/src/acme/external/x/a", b"").status == 405


# --- what administrators may write ---


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("base_url", url) for url in ("", "ftp://x/", "x", "file:///etc", "http:///x")),
        *(("base_url", f"http://{rest}") for rest in ("u:p@x/", "u@x/", "x/?q", "x/#f", "x:a/")),
        *(
            ("base_url", f"http://{rest}")
            for rest in ("x/a b", "x/a\nb", "x/\ta", "[::1", "x:99999")
        ),
        *((name, "a\nb") for name in ("options", "suite", "components")),
        *((name, "a\rb") for name in ("options", "suite", "components")),
        *((name, "a\u2028b") for name in ("options", "suite", "components")),
    ],
)
def test_what_would_add_lines_or_is_no_address_is_refused(api, external, field, value):
    deployment = external("https://mirror.example.org/debian")
    path = f"deployments/external-sources/{deployment.key}/"
    got = api("PATCH", path, {field: value})
    assert (got.status, list(got.json())) == (400, [field])
    assert api.get(path)["base_url"] == "https://mirror.example.org/debian"


# --- deployments change ---


def test_a_deployment_takes_its_copies_along_when_it_is_renamed(api, external, upstream):
    upstream.files["/a.deb"] = Answer(b"content")
    deployment = external(upstream.url())
    deployment.get("a.deb")
    old, name = deployment.directory, f"{deployment.slug} renamed"
    api.patch(f"deployments/external-sources/{deployment.key}/", name=name)
    deployment.slug = f"{deployment.slug}-renamed"
    assert eventually(lambda: deployment.kept() == ["a.deb"])
    assert not old.exists()
    assert deployment.get("a.deb").body == b"content"
    assert len(upstream.asked) == 1


def test_the_copies_go_with_the_deployment(api, external, upstream):
    upstream.files["/a.deb"] = Answer(b"content")
    deployment = external(upstream.url())
    deployment.get("a.deb")
    assert api("DELETE", f"deployments/external-sources/{deployment.key}/").status == 204
    assert eventually(lambda: not deployment.directory.exists())
    assert deployment.get("a.deb").status == 404


async def test_what_deployments_left_that_are_no_more_goes(server, external, upstream, monkeypatch):
    upstream.files["/a.deb"] = upstream.files["/b.deb"] = Answer(b"content")
    known, frozen = external(upstream.url(), frozen=False), external(upstream.url(), frozen=True)
    for deployment in (known, frozen):
        for name in ("a.deb", "b.deb"):
            deployment.get(name)
        os.utime(deployment.directory / "b.deb", (0, 0))
    gone, foreign = known.directory.with_name("gone"), server.data_dir / "public/x/external/y"
    half_gone = known.directory.with_name(".gone-0123")
    for directory in (gone, half_gone, foreign):
        directory.mkdir(parents=True)
        (directory / "a.deb").touch()
    monkeypatch.setenv("MIGAS_DATA_DIR", str(server.data_dir))
    await db.open_database(EmbeddedPostgres(server.data_dir / "postgres").credentials(), 2)
    try:
        job = periodic_jobs()["expired external copies"]
        done = await job.run(JobContext(load_settings(), Bus(), None))
    finally:
        await db.close_database()
    assert done == "files=1 bytes=7"
    assert known.kept() == ["a.deb"]
    assert frozen.kept() == ["a.deb", "b.deb"]
    assert not gone.exists()
    assert not half_gone.exists()
    assert foreign.exists()  # of a project that this server does not know
