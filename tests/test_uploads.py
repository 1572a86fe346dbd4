"""Packagers upload, the server publishes, computers install with the real apt."""

import hashlib
import itertools
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from agent import Agent, Packager, request
from conftest import ADMIN, RunningServer
from factories_deb import make_deb

numbers = itertools.count()
PUBLISH_SECONDS = 40  # the first time the server makes its signing key


def deb(tmp_path: Path, name: str = "acme-app", version: str = "1.1", arch: str = "all") -> bytes:
    path = tmp_path / f"{name}_{version}_{arch}.deb"
    make_deb(path, name, version, arch)
    return path.read_bytes()


@pytest.fixture
def project(server: RunningServer, request: pytest.FixtureRequest) -> str:
    agent = Agent(server.url, project=f"{request.node.name[:30]}-{next(numbers)}")
    agent.get_keys()
    return agent.project


@pytest.fixture
def packager(server: RunningServer) -> Packager:
    packager = Packager(server.url)
    assert packager.get_keys(*ADMIN).status == 200
    return packager


def stored(server: RunningServer, project: str, *parts: str) -> Path:
    return server.data_dir.joinpath("public", project, "stores", *parts)


def deploy(server: RunningServer, project: str, name: str, *arguments: str) -> None:
    """Create a deployment with the command line, beside the running server."""
    subprocess.run(
        [sys.executable, "-m", "migas_tornado", "deploy", project, name, *arguments],
        env={**os.environ, "MIGAS_DATA_DIR": str(server.data_dir)},
        check=True,
        capture_output=True,
    )


def wait_until_published(server: RunningServer, project: str, name: str) -> None:
    deadline = time.monotonic() + PUBLISH_SECONDS
    while not server.value(
        "SELECT r.built = r.wanted FROM core_repository r "
        "JOIN core_deployment d ON d.id = r.deployment_id "
        "JOIN core_project p ON p.id = d.project_id WHERE p.name = $1 AND d.name = $2",
        project,
        name,
    ):
        assert time.monotonic() < deadline, "\n".join(server.log[-10:])
        time.sleep(0.05)


def test_an_uploaded_package_is_kept_and_offered(server, project, packager, tmp_path):
    content = deb(tmp_path)
    answer = packager.upload("/home/ana/pkgs/acme-app_1.1_all.deb", content, project)
    assert (answer.status, answer.data) == (200, "Data received")
    path = f"/public/{project}/stores/main/acme-app_1.1_all.deb"
    assert request(server.url, "GET", path).body == content
    row = server.sql(
        "SELECT k.name, k.version, k.architecture, s.name AS store, f.sha256, f.size "
        "FROM core_package k JOIN core_store s ON s.id = k.store_id "
        "JOIN core_packagefile f ON f.package_id = k.id "
        "JOIN core_project p ON p.id = k.project_id WHERE p.name = $1",
        project,
    )[0]
    assert tuple(row) == (
        *("acme-app", "1.1", "all", "main"),
        *(hashlib.sha256(content).hexdigest(), len(content)),
    )
    kept = server.data_dir / "store" / row["sha256"][:2] / row["sha256"]
    assert kept.read_bytes() == content


def test_the_same_package_uploaded_again_replaces_it(server, project, packager, tmp_path):
    name = "acme-app_1.1_all.deb"
    packager.upload(name, deb(tmp_path), project)
    make_deb(tmp_path / "other.deb", "acme-app", "1.1", "all", Section="net")
    second = (tmp_path / "other.deb").read_bytes()
    assert packager.upload(name, second, project).status == 200
    assert stored(server, project, "main", name).read_bytes() == second


def test_a_package_may_move_to_another_store(server, project, packager, tmp_path):
    name, content = "acme-app_1.1_all.deb", deb(tmp_path)
    packager.upload(name, content, project, store="main")
    assert packager.upload(name, content, project, store="Third Party").status == 200
    assert stored(server, project, "third-party", name).read_bytes() == content
    # Who still has the old index finds it where that says.
    assert stored(server, project, "main", name).readlink() == Path("../third-party") / name
    assert (
        server.value(
            "SELECT s.name FROM core_package k JOIN core_store s ON s.id = k.store_id "
            "JOIN core_project p ON p.id = k.project_id WHERE p.name = $1",
            project,
        )
        == "Third Party"
    )


def nothing_of(server: RunningServer, project: str) -> bool:
    count = server.value(
        "SELECT count(*) FROM core_package k JOIN core_project p ON p.id = k.project_id "
        "WHERE p.name = $1",
        project,
    )
    drafts = list((server.data_dir / "store").glob(".upload-*"))
    return count == 0 and not drafts


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken_1_all.deb", b"this is no package"),
        ("empty_1_all.deb", b""),
        ("acme_1_all.rpm", b"x"),
        ("acme_1_all.txt", b"x"),
        ("-option_1_all.deb", None),
        (".hidden_1_all.deb", None),
        ("with blank_1_all.deb", None),
        ("x" * 280 + "_1_all.deb", None),
        ("..", None),
        ("", None),
    ],
)
def test_what_is_no_package_is_refused_and_leaves_nothing(
    server, project, packager, tmp_path, name, content
):
    answer = packager.upload(name, deb(tmp_path) if content is None else content, project)
    assert 400 <= answer.status < 500
    assert answer.json()
    assert nothing_of(server, project)


def test_an_upload_without_file_is_400(server, project, packager):
    answer = packager.upload("", None, project)
    assert (answer.status, answer.json()) == (400, {"file": ["No file was sent."]})


@pytest.mark.parametrize("store", ["", "!!!", "x" * 51, "../../etc", None, 5])
def test_a_store_is_named_so_that_no_path_leaves_it(server, project, packager, tmp_path, store):
    answer = packager.upload("acme-app_1.1_all.deb", deb(tmp_path), project, store=store)
    if answer.status == 200:  # what is left of the name is a directory of its own
        assert stored(server, project, "etc").is_dir()
    else:
        assert answer.status == 400
        assert nothing_of(server, project)


@pytest.mark.parametrize("path", ["../../../etc", "/etc", "a/../../b", "a/../..", "-x", "a b"])
def test_the_path_of_a_set_does_not_leave_the_store(server, project, packager, tmp_path, path):
    claims = {"project": project, "store": "main", "packageset": "/home/ana/suite", "path": path}
    body, headers = multipart(packager, claims, "acme-app_1.1_all.deb", deb(tmp_path))
    refused = request(server.url, "POST", "/api/v1/safe/packages/set/", body, headers)
    assert refused.status == 400
    assert list(refused.json()) in (["path"], ["file"])


def multipart(packager: Packager, claims: dict, name: str, content: bytes) -> tuple[bytes, dict]:
    boundary = "b0undary"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="msg"\r\n\r\n'
        f"{packager.envelopes.seal(claims)}\r\n"
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    ).encode()
    body += content + f"\r\n--{boundary}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def test_a_set_collects_packages_and_offers_other_files_under_their_path(
    server, project, packager, tmp_path
):
    files = {f"{name}_1_all.deb": deb(tmp_path, name, "1") for name in ("one", "two")}
    for name, content in {**files, "notes.txt": b"read me"}.items():
        claims = {
            "project": project,
            "store": "main",
            "packageset": "/home/ana/suite",
            "path": "sub/dir",
        }
        body, headers = multipart(packager, claims, name, content)
        assert (
            request(server.url, "POST", "/api/v1/safe/packages/set/", body, headers).status == 200
        )
    assert stored(server, project, "main", "one_1_all.deb").is_file()
    directory = stored(server, project, "main", "sub", "dir")
    assert [path.name for path in directory.iterdir()] == ["notes.txt"], "packages lie flat"
    answer = request(server.url, "GET", f"/public/{project}/stores/main/sub/dir/notes.txt")
    assert answer.body == b"read me"
    names = server.sql(
        "SELECT k.fullname FROM core_packageset s JOIN core_packageset_packages m "
        "ON m.packageset_id = s.id JOIN core_package k ON k.id = m.package_id "
        "JOIN core_project p ON p.id = s.project_id WHERE p.name = $1 AND s.name = 'suite' "
        "ORDER BY 1",
        project,
    )
    assert [row["fullname"] for row in names] == ["one_1_all.deb", "two_1_all.deb"]
    # What the released client sends after the upload of a directory.
    answer = packager.send("packages/repos/", {"project": project, "packageset": "/home/ana/suite"})
    assert answer.status == 200


def test_repositories_of_an_unknown_package_are_404(packager, project):
    answer = packager.send("packages/repos/", {"project": project, "packageset": "/x/none.deb"})
    assert answer.status == 404
    assert packager.send("packages/repos/", {"project": project}).status == 400
    answer = packager.send("packages/repos/", {"project": "unknown", "packageset": "a"})
    assert (answer.status, answer.detail) == (404, "No Project matches the given query.")


def test_a_file_that_is_no_package_is_only_offered(server, project, packager):
    answer = packager.upload("readme.txt", b"hello", project, is_package=False)
    assert answer.status == 200
    path = f"/public/{project}/stores/main/readme.txt"
    assert request(server.url, "GET", path).body == b"hello"
    assert nothing_of(server, project)


def test_a_plain_file_cannot_take_the_place_of_a_package(server, project, packager, tmp_path):
    name, content = "acme-app_1.1_all.deb", deb(tmp_path)
    packager.upload(name, content, project)
    assert packager.upload(name, b"hello", project, is_package=False).status == 400
    assert stored(server, project, "main", name).read_bytes() == content


def test_a_computer_cannot_upload(server, project, packager, tmp_path):
    agent = Agent(server.url, project=project).enrol()
    impostor = Packager(server.url, agent.envelopes)
    body, headers = multipart(
        impostor, {"project": project, "store": "main", "is_package": True}, "a_1_all.deb", b"x"
    )
    answer = request(server.url, "POST", "/api/v1/safe/packages/", body, headers)
    assert answer.status == 400
    assert nothing_of(server, project)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"{}", "application/json"),
        (b"--x--", "multipart/form-data"),
        (b"garbage", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\n\r\n", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="msg"\r\n\r\n5\r\n--x--',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_a_broken_form_is_400(server, body, kind):
    for path in ("packages/", "packages/set/", "packages/repos/"):
        answer = request(server.url, "POST", f"/api/v1/safe/{path}", body, {"Content-Type": kind})
        assert answer.status == 400, path


def test_an_upload_beyond_the_limit_is_413(own_server, tmp_path):
    server = own_server(max_upload_mib="1")
    Agent(server.url, project="small").get_keys()
    packager = Packager(server.url)
    packager.get_keys(*ADMIN)
    answer = packager.upload("big_1_all.deb", b"x" * (3 * 2**20), "small")
    assert answer.status == 413
    assert not list((server.data_dir / "store").glob(".upload-*"))


def apt_directory(root: Path, source: str, key: str) -> list[str]:
    """Make a private apt directory and return the options that select it."""
    for directory in (
        "etc/trusted.gpg.d",
        "etc/preferences.d",
        "lists/partial",
        "cache/archives/partial",
    ):
        (root / directory).mkdir(parents=True)
    (root / "etc/trusted.gpg.d/server.asc").write_text(key)
    (root / "etc/sources.list").write_text(source)
    (root / "status").touch()
    options = {
        "Dir::Etc": root / "etc",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State": root,
        "Dir::State::Lists": root / "lists",
        "Dir::State::status": root / "status",
        "Dir::Cache": root / "cache",
        "APT::Architecture": "amd64",
        "APT::Architectures": "amd64",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
    }
    return [part for name, value in options.items() for part in ("-o", f"{name}={value}")]


def test_a_computer_installs_what_was_uploaded(server, project, packager, tmp_path):
    """The whole way: upload, deployment, synchronization, and the real apt with signatures on."""
    if shutil.which("apt-get") is None:
        assert not os.environ.get("CI"), "apt is needed"
        pytest.skip("apt is not here")
    content = deb(tmp_path)
    packager.upload("acme-app_1.1_all.deb", content, project)
    agent = Agent(server.url, project=project).enrol()
    agent.sync()
    deploy(server, project, "Base", "acme-app_1.1_all.deb", "--install", "acme-app")
    wait_until_published(server, project, "Base")
    done = agent.sync()
    assert done["mandatory"].data == {"install": ["acme-app"], "remove": []}
    (repository,) = done["repositories"].data
    assert repository["name"] == "base"
    source = repository["source_template"].format(
        protocol="http", server=server.url.removeprefix("http://")
    )
    assert source == f"deb {server.url}/public/{project}/repos base PKGS\n"
    root = tmp_path / "apt"
    options = apt_directory(root, source, done["key"].json())
    update = subprocess.run(
        ["apt-get", *options, "update"], capture_output=True, text=True, check=False
    )
    assert update.returncode == 0, update.stderr
    assert "W:" not in update.stderr
    install = subprocess.run(
        ["apt-get", *options, "install", "--download-only", "--yes", "acme-app"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert install.returncode == 0, install.stderr
    assert (root / "cache/archives/acme-app_1.1_all.deb").read_bytes() == content
    # A newer version reaches the same client through the same repository.
    newer = deb(tmp_path, version="1.2")
    claims = {"project": project, "store": "main", "packageset": "/x/suite", "path": ""}
    body, headers = multipart(packager, claims, "acme-app_1.2_all.deb", newer)
    assert request(server.url, "POST", "/api/v1/safe/packages/set/", body, headers).status == 200
    deploy(server, project, "Next", "acme-app_1.2_all.deb")
    wait_until_published(server, project, "Next")
    sources = "".join(
        row["source_template"].format(protocol="http", server=server.url.removeprefix("http://"))
        for row in agent.sync()["repositories"].data
    )
    (root / "etc/sources.list").write_text(sources)
    subprocess.run(["apt-get", *options, "update"], capture_output=True, check=True)
    policy = subprocess.run(
        ["apt-cache", *options, "policy", "acme-app"], capture_output=True, text=True, check=True
    )
    assert "Candidate: 1.2" in policy.stdout


def test_many_changes_in_a_burst_are_few_builds(server, project, packager, tmp_path):
    packager.upload("burst_0_all.deb", deb(tmp_path, "burst", "0"), project)
    deploy(server, project, "burst", "burst_0_all.deb")
    wait_until_published(server, project, "burst")
    created = (
        "SELECT count(*) FROM client_notification WHERE message LIKE "
        "'Repository metadata for deployment [burst]%'"
    )
    before = server.value(created)
    content = deb(tmp_path, "burst", "0")
    for _ in range(12):
        packager.upload("burst_0_all.deb", content, project)
    wait_until_published(server, project, "burst")
    assert server.value(created) - before <= 4


def test_a_deployment_written_by_another_program_is_published_too(server, project):
    server.sql(
        "INSERT INTO core_deployment (name, slug, project_id, enabled, start_date, auto_restart, "
        "source, frozen, expire) SELECT 'other', 'other', id, true, '2026-01-01', false, 'I', "
        "true, 1440 FROM core_project WHERE name = $1",
        project,
    )
    deadline = time.monotonic() + PUBLISH_SECONDS
    path = f"/public/{project}/repos/dists/other/InRelease"
    while request(server.url, "GET", path).status != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
