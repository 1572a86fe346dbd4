"""Packagers of protocol 4 upload. Contract: agent-v4 6."""

import itertools
import json
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from agent4 import Agent4, Packager4, form, opened, request, sign
from conftest import ADMIN, RunningServer
from factories_deb import make_deb

numbers = itertools.count()


@pytest.fixture
def packager(server: RunningServer) -> Packager4:
    """A packager of a project of its own."""
    project = f"uploads-{next(numbers)}"
    Agent4(server.url, project=project).enrol()
    packager = Packager4(server.url, project=project)
    packager.get_keys(*ADMIN)
    return packager


@pytest.fixture
def deb(tmp_path: Path) -> bytes:
    make_deb(tmp_path / "acme-app_1.1_all.deb", "acme-app", "1.1", "all")
    return (tmp_path / "acme-app_1.1_all.deb").read_bytes()


NAME = "acme-app_1.1_all.deb"


def stored(server: RunningServer, packager: Packager4, *parts: str) -> Path:
    return server.data_dir.joinpath("public", packager.project, "stores", *parts)


def packages(server: RunningServer, packager: Packager4) -> list[tuple]:
    return [
        tuple(row)
        for row in server.sql(
            "SELECT k.fullname, k.name, k.version, s.name FROM core_package k "
            "JOIN core_store s ON s.id = k.store_id JOIN core_project p ON p.id = k.project_id "
            "WHERE p.name = $1 ORDER BY 1",
            packager.project,
        )
    ]


def drafts(server: RunningServer) -> list[Path]:
    return list((server.data_dir / "store").glob(".upload-*"))


def test_a_package_is_kept_recorded_and_offered_in_both_trees(server, packager, deb):
    answer = packager.upload(NAME, deb)
    assert (answer.code, answer.is_signed) == (0, True)
    assert packages(server, packager) == [(NAME, "acme-app", "1.1", "main")]
    for tree in ("public", "repo"):
        path = f"/{tree}/{packager.project}/stores/main/{NAME}"
        answer = request(server.url, "GET", path, None, {"Range": "bytes=0-9"})
        assert (answer.status, answer.body) == (206, deb[:10])
    assert drafts(server) == []


def test_a_package_moves_to_another_store(server, packager, deb):
    packager.upload(NAME, deb)
    assert packager.upload(NAME, deb, store="Third Party").code == 0
    assert packages(server, packager) == [(NAME, "acme-app", "1.1", "Third Party")]


def test_another_content_under_a_known_name_is_refused(server, packager, deb, tmp_path):
    packager.upload(NAME, deb)
    make_deb(tmp_path / "other.deb", "acme-app", "1.1", "all", Section="net")
    answer = packager.upload(NAME, (tmp_path / "other.deb").read_bytes())
    assert (answer.code, answer.is_signed) == (100, True)
    assert stored(server, packager, "main", NAME).read_bytes() == deb


def test_another_content_under_a_known_name_is_taken_if_so_wished(own_server, deb, tmp_path):
    server = own_server(legacy_replace_packages="true")
    Agent4(server.url, project="replacing").enrol()
    packager = Packager4(server.url, project="replacing")
    packager.get_keys(*ADMIN)
    make_deb(tmp_path / "other.deb", "acme-app", "1.1", "all", Section="net")
    other = (tmp_path / "other.deb").read_bytes()
    assert (packager.upload(NAME, deb).code, packager.upload(NAME, other).code) == (0, 0)
    assert stored(server, packager, "main", NAME).read_bytes() == other


def test_a_source_is_only_kept(server, packager):
    answer = packager.upload("notes.txt", b"not a package", source=True)
    assert answer.code == 0
    assert stored(server, packager, "main", "notes.txt").read_bytes() == b"not a package"
    assert packages(server, packager) == []


def test_a_set_is_made_of_the_directory_as_typed(server, packager, deb):
    answer = packager.upload(
        NAME, deb, "upload_server_set", packageset="/home/ana/office/", path="sub/dir"
    )
    assert answer.code == 0
    names = server.sql(
        "SELECT s.name, k.fullname FROM core_packageset s "
        "JOIN core_packageset_packages m ON m.packageset_id = s.id "
        "JOIN core_package k ON k.id = m.package_id JOIN core_project p ON p.id = s.project_id "
        "WHERE p.name = $1",
        packager.project,
    )
    assert [tuple(row) for row in names] == [("office", NAME)]
    assert stored(server, packager, "main", NAME).read_bytes() == deb
    assert not stored(server, packager, "main", "sub").exists()


def test_a_set_may_have_files_that_are_no_packages(server, packager):
    answer = packager.upload(
        "notes.txt", b"read me", "upload_server_set", packageset="office", path="sub/dir"
    )
    assert answer.code == 0
    assert stored(server, packager, "main", "sub", "dir", "notes.txt").read_bytes() == b"read me"
    answer = packager.upload(NAME, b"none", "upload_server_set", packageset="office", path="sub")
    assert answer.code != 0
    assert not stored(server, packager, "main", NAME).exists()


def test_files_and_directories_do_not_take_each_others_place(server, packager, deb):
    def take(name: str, path: str, content: bytes = b"content") -> int:
        facts = {"packageset": "office", "path": path}
        return packager.upload(name, content, "upload_server_set", **facts).code

    assert (take("notes", ""), take("readme.txt", "docs/more")) == (0, 0)
    before = sorted(stored(server, packager).rglob("*"))
    for name, path in (
        ("x.txt", "notes"),
        ("x.txt", "notes/deep/er"),
        ("docs", ""),
        ("more", "docs"),
        ("x.txt", NAME),
        ("x.txt", f"docs/{NAME}/more"),
    ):
        assert take(name, path) == 100, (name, path)
    assert sorted(stored(server, packager).rglob("*")) == before
    assert take(NAME, "", deb) == 0
    assert stored(server, packager, "main", NAME).read_bytes() == deb


@pytest.mark.parametrize("path", ["../x", "/etc", "a/../../x", "..", "a/-b"])
def test_a_path_does_not_leave_the_store(server, packager, deb, path):
    before = sorted(server.data_dir.joinpath("public").rglob("*"))
    answer = packager.upload(NAME, deb, "upload_server_set", packageset="office", path=path)
    assert (answer.status, answer.code, answer.is_signed) == (200, 100, True)
    assert sorted(server.data_dir.joinpath("public").rglob("*")) == before
    assert packages(server, packager) == []


@pytest.mark.parametrize(
    "name", ["../x_1_all.deb", "/tmp/x_1_all.deb", "a\\\\b_1_all.deb", "..", "", "-x_1_all.deb"]
)
def test_a_file_name_is_no_path(server, packager, deb, name):
    answer = packager.upload(name, deb)
    assert (answer.status, answer.code) == (200, 100)
    assert packages(server, packager) == []
    assert drafts(server) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [(NAME, b"no package"), (NAME, b""), ("acme_1_all.rpm", b"x"), (NAME, None)],
)
def test_what_is_no_package_is_refused_and_leaves_nothing(server, packager, name, content):
    answer = packager.upload(name, content)
    assert (answer.status, answer.code, answer.is_signed) == (200, 100, True)
    assert packages(server, packager) == []
    assert drafts(server) == []


@pytest.mark.parametrize("data", [{"version": "nowhere"}, {"version": "", "project": ""}])
def test_an_unknown_project_has_a_code_of_its_own(packager, deb, data):
    assert packager.upload(NAME, deb, **data).code == 8


@pytest.mark.parametrize(
    "data", [{"store": ""}, {"store": None}, {"store": "x" * 51}, {"store": "../.."}]
)
def test_a_store_needs_a_name(server, packager, deb, data):
    assert packager.upload(NAME, deb, **data).code == 100
    assert packages(server, packager) == []


def test_a_set_needs_a_name(packager, deb):
    for name in ("", None, "..", "/"):
        answer = packager.upload(NAME, deb, "upload_server_set", packageset=name, path="")
        assert answer.code == 100, name


def test_nothing_of_a_package_is_written_without_the_right_signature(server, packager, deb):
    right = packager.key
    packager.key = Agent4(server.url, project=packager.project).enrol().key
    content = deb + b"x" * 4 * 1024 * 1024
    before = list((server.data_dir / "store").rglob("*"))
    assert packager.upload(NAME, content).code == 5
    packager.key = right
    assert list((server.data_dir / "store").rglob("*")) == before


def test_a_package_before_its_message_is_passed_over(server, packager, deb):
    message = sign(
        b'{"upload_server_package": {"project": "%s", "store": "main"}}'
        % packager.project.encode(),
        packager.key,
    )
    body, headers = form(
        (f'name="package"; filename="{NAME}"', deb),
        ('name="message"; filename="pc.uuid.upload_server_package"', message),
    )
    answer = request(server.url, "POST", "/api/", body, headers)
    assert opened(answer, "upload_server_package", packager.server).code == 100
    assert packages(server, packager) == []


def test_the_command_of_another_message_uploads_nothing(server, packager, deb):
    message = sign(b'{"create_repositories_of_packageset": {}}', packager.key)
    answer = packager.send(
        "upload_server_package", message, (f'name="package"; filename="{NAME}"', deb)
    )
    assert answer.code == 100
    assert drafts(server) == []


def test_a_large_package_arrives_whole(server, packager, tmp_path):
    make_deb(tmp_path / "x.deb", "acme-large", "1", "all")
    content = (tmp_path / "x.deb").read_bytes() + b"\n" * 6 * 1024 * 1024
    answer = packager.upload("large.bin", content, source=True)
    assert answer.code == 0
    assert stored(server, packager, "main", "large.bin").read_bytes() == content


def test_an_upload_that_breaks_off_leaves_nothing(server, packager, deb):
    facts = {"project": packager.project, "store": "main"}
    message = sign(json.dumps({"upload_server_package": facts}).encode(), packager.key)
    body, headers = form(
        ('name="message"; filename="pc.uuid.upload_server_package"', message),
        (f'name="package"; filename="{NAME}"', deb + b"x" * 2_000_000),
    )
    parts = urlsplit(server.url)
    for sent in (len(body) // 3, len(body) // 2, len(body) - 10):
        with socket.create_connection((parts.hostname, parts.port)) as connection:
            head = f"POST /api/ HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
            head += f"Content-Type: {headers['Content-Type']}\r\n\r\n"
            connection.sendall(head.encode() + body[:sent])
    deadline = time.monotonic() + 10
    while drafts(server):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert packages(server, packager) == []
    assert server.tracebacks == []


def stale(server: RunningServer, packager: Packager4, deployment: int) -> int:
    return server.value(
        "SELECT coalesce(max(wanted), 0) FROM core_repository WHERE deployment_id = $1", deployment
    )


def deployment_with(server: RunningServer, packager: Packager4, name: str) -> int:
    key = server.value(
        "INSERT INTO core_deployment (name, slug, project_id, enabled, start_date, source, "
        "auto_restart, frozen, expire) SELECT $1, $1, id, true, current_date, 'I', false, true, 0 "
        "FROM core_project WHERE name = $2 RETURNING id",
        f"with-{name}",
        packager.project,
    )
    server.sql(
        "INSERT INTO core_deployment_available_packages (deployment_id, package_id) "
        "SELECT $1, k.id FROM core_package k JOIN core_project p ON p.id = k.project_id "
        "WHERE p.name = $2",
        key,
        packager.project,
    )
    return key


@pytest.mark.parametrize("named", [NAME, "/home/ana/office", "acme-app"])
def test_repositories_are_renewed_by_file_name_set_or_name(server, packager, deb, named):
    packager.upload(NAME, deb, "upload_server_set", packageset="office", path="")
    deployment = deployment_with(server, packager, "one")
    before = stale(server, packager, deployment)
    data = {"project": packager.project, "packageset": named}
    assert packager.call("create_repositories_of_packageset", data).code == 0
    assert stale(server, packager, deployment) > before


def test_repositories_of_nothing_are_renewed_too(packager):
    data = {"project": packager.project, "packageset": "unheard-of"}
    assert packager.call("create_repositories_of_packageset", data).code == 0
    for odd in ({"project": packager.project}, {"packageset": "x"}, [], "x"):
        assert packager.call("create_repositories_of_packageset", odd).code in (8, 100)


def test_a_computer_that_is_not_known_may_upload(server, packager, deb):
    packager.uuid = "unheard-of"
    assert packager.upload(NAME, deb).code == 0
