"""What is served below /public/."""

import re
from pathlib import Path

import pytest
from agent import Answer, request
from conftest import RunningServer

from handlers.ranged import CHECKED, KEPT
from migas_tornado import pms

NGINX = Path(__file__).parents[1] / "deploy" / "nginx" / "migas.conf"

CONTENT = bytes(range(256)) * 4096  # 1 MiB


@pytest.fixture(scope="module")
def path(server: RunningServer) -> str:
    directory = server.data_dir / "public" / "files"
    directory.mkdir(exist_ok=True)
    (directory / "blob.deb").write_bytes(CONTENT)
    (directory / ".hidden").write_bytes(b"secret")
    (directory / "leads-out").symlink_to(server.data_dir / "secret-key")
    return "/public/files/blob.deb"


@pytest.fixture
def get(server: RunningServer):
    def get(path: str, method: str = "GET", **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return request(server.url, method, path, None, named)

    return get


def test_a_file_is_served_whole(get, path):
    answer = get(path)
    assert answer.status == 200
    assert answer.body == CONTENT
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-length"] == str(len(CONTENT))


def test_head_sends_the_length_alone(get, path):
    answer = get(path, "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-length"] == str(len(CONTENT))


@pytest.mark.parametrize(
    ("range_", "start", "end"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, len(CONTENT)),
        ("bytes=-50", len(CONTENT) - 50, len(CONTENT)),
        ("bytes=500000-900000", 500000, 900001),
        ("bytes=10-99999999", 10, len(CONTENT)),
        ("bytes=-99999999", 0, len(CONTENT)),
    ],
)
def test_a_range_is_served(get, path, range_, start, end):
    answer = get(path, Range=range_)
    assert answer.status == 206
    assert answer.body == CONTENT[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"


@pytest.mark.parametrize("range_", [f"bytes={len(CONTENT)}-", "bytes=99999999-", "bytes=-0"])
def test_a_range_beyond_the_end_is_416(get, path, range_):
    answer = get(path, Range=range_)
    assert answer.status == 416
    assert answer.headers["content-range"] == f"bytes */{len(CONTENT)}"


@pytest.mark.parametrize(
    "range_",
    [
        *("bytes=a-b", "lines=1-2", "bytes=5-2", "bytes=0-1,4-5", "x", "bytes=-", "bytes=1"),
        *("bytes=\xb2-", f"bytes={'9' * 5000}-"),
    ],
)
def test_what_is_no_range_is_the_whole_file(get, path, range_):
    assert get(path, Range=range_).status == 200


FINAL = ("a_1_all.deb", "a-1.rpm", "a-1-any.pkg.tar.zst", "a-1.apk", "a_1_x64.tar.gz")
CHANGING = ("InRelease", "Packages.gz", "APKINDEX.tar.gz", "main.db.tar.gz", "a-1.rpm.asc", "x.png")


def test_packages_are_kept_by_caches_and_metadata_is_asked_for_again(server, get, path):
    for name in (*FINAL, *CHANGING):
        (server.data_dir / "public" / "files" / name).write_bytes(b"content")
        expected = "public, max-age=604800" if name in FINAL else "no-cache"
        answer = get(f"/public/files/{name}")
        assert (answer.status, answer.headers["cache-control"]) == (200, expected), name
        current = get(f"/public/files/{name}", If_None_Match=answer.headers["etag"])
        assert (current.status, current.headers["cache-control"]) == (304, expected), name
    assert get(path, Range="bytes=99999999-").headers["cache-control"] == "no-cache"
    assert "cache-control" not in get("/public/files/other.deb").headers


def test_nginx_tells_caches_the_same():
    rules = re.findall(
        r'^ +"~(.+)" "(.+)";$', NGINX.read_text().partition("$migas_cache {")[2], re.M
    )
    names = [f"a_1.{extension}" for extension in pms.extensions()]
    for name in (*names, *FINAL, *CHANGING):
        found = next((told for form, told in rules if re.search(form, f"/p/{name}")), CHECKED)
        assert found == (KEPT if pms.is_package_file(name) else CHECKED), name


def test_a_copy_that_is_current_is_not_sent_again(get, path):
    first = get(path)
    assert get(path, If_None_Match=first.headers["etag"]).status == 304
    assert get(path, If_None_Match=f'"x", W/{first.headers["etag"]}').status == 304
    assert get(path, If_Modified_Since=first.headers["last-modified"]).status == 304
    assert get(path, If_None_Match='"other"').status == 200
    assert get(path, If_Modified_Since="Mon, 01 Jan 2001 00:00:00 GMT").status == 200
    assert get(path, If_Modified_Since="nonsense").status == 200
    assert get(path, If_Modified_Since="Mon, 01 Jan 99999999999 00:00:00 GMT").status == 200


def test_a_range_of_another_version_is_the_whole_file(get, path):
    etag = get(path).headers["etag"]
    assert get(path, Range="bytes=0-9", If_Range=etag).status == 206
    assert get(path, Range="bytes=0-9", If_Range='"other"').status == 200


@pytest.mark.parametrize(
    "path_",
    [
        "/public/",
        "/public/files",
        "/public/files/",
        "/public/files/none",
        "/public/files/.hidden",
        "/public/files/leads-out",
        "/public/../secret-key",
        "/public/%2e%2e/secret-key",
        "/public/files/../../secret-key",
        "/public//etc/passwd",
        "/public/%00",
        "/public/files/blob.deb%00",
        "/public/files/" + "x" * 5000,
        "/public/..%2f..%2fsecret-key",
    ],
)
def test_nothing_else_is_served(get, path, path_):
    answer = get(path_)
    assert answer.status == 404
    assert answer.json()["detail"]
