"""Packages and package sets through the administrative API."""

import gzip
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from agent import Agent, Answer, request
from api import API, Api, signed_in
from conftest import RunningServer
from factories_deb import control, deb_members, make_ar, make_deb, make_tar

numbers = itertools.count()
KEYS = ["id", "fullname", "name", "version", "architecture", "project", "store", "url"]
BOUNDARY = "5f1d7a"


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture
def store(server: RunningServer, api: Api) -> dict[str, Any]:
    return new_store(server, api)


def new_store(server: RunningServer, api: Api) -> dict[str, Any]:
    """A store in a project of its own."""
    name = f"pkg-{next(numbers)}"
    Agent(server.url, project=name).get_keys()
    project = api.results(f"projects/?name={name}")[0]["id"]
    return api.post("stores/", name="main", project=project) | {"project_name": name}


def deb(tmp_path: Path, name: str = "pkg-app", version: str = "1", **fields: str) -> Path:
    return make_deb(tmp_path / f"{name}_{version}_all.deb", name, version, "all", **fields)


def send(
    api: Api,
    method: str,
    path: str,
    fields: list[tuple[str, Any]],
    *files: Path | tuple[str, bytes],
) -> Answer:
    """Send a multipart form."""
    parts = []
    for name, value in fields:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        parts.append(head.encode() + str(value).encode() + b"\r\n")
    for file in files:
        name, content = (file.name, file.read_bytes()) if isinstance(file, Path) else file
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        parts.append(head.encode() + content + b"\r\n")
    body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    headers = {
        "Authorization": f"Token {api.token}",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
    }
    return request(api.url, method, API + path, body, headers)


def upload(api: Api, store: int, file: Path) -> dict[str, Any]:
    answer = send(api, "POST", "packages/", [("store", store)], file)
    assert answer.status == 201, answer
    return answer.json()


def wanted(server: RunningServer, key: int) -> int:
    return server.value("SELECT wanted FROM core_repository WHERE deployment_id = $1", key)


def test_an_uploaded_package_is_recorded_and_offered(api, store, tmp_path):
    file = deb(tmp_path)
    made = upload(api, store["id"], file)
    assert made == {
        "id": made["id"],
        "fullname": "pkg-app_1_all.deb",
        "name": "pkg-app",
        "version": "1",
        "architecture": "all",
        "project": {"id": store["project"], "name": store["project_name"]},
        "store": {"id": store["id"], "name": "main"},
        "url": f"/public/{store['project_name']}/stores/main/pkg-app_1_all.deb",
    }
    assert api.get(f"packages/{made['id']}/") == made
    assert request(api.url, "GET", made["url"]).body == file.read_bytes()
    assert api("PATCH", f"packages/{made['id']}/", {}).status == 405
    # The same name again replaces it.
    other = deb(tmp_path, Section="net")
    assert upload(api, store["id"], other)["id"] == made["id"]
    assert request(api.url, "GET", made["url"]).body == other.read_bytes()


def test_what_cannot_be_uploaded_leaves_nothing(server, api, store, tmp_path):
    file = deb(tmp_path)
    fields = [("store", store["id"])]
    for answer, status in (
        (send(api, "POST", "packages/", [], file), 400),
        (send(api, "POST", "packages/", [("store", 999999)], file), 400),
        (send(api, "POST", "packages/", [("store", 2**40)], file), 400),
        (send(api, "POST", "packages/", [("store", "x")], file), 400),
        (send(api, "POST", "packages/", fields), 400),
        (send(api, "POST", "packages/", fields, file, file), 400),
        (send(api, "POST", "packages/", fields, ("readme.html", b"<script>")), 400),
        (send(api, "POST", "packages/", fields, ("broken_1_all.deb", b"nothing")), 400),
        (send(api, "POST", "packages/", fields, ("..", b"nothing")), 400),
        (send(signed_in(server, "reader"), "POST", "packages/", fields, file), 403),
        (api("POST", "packages/", {"store": store["id"]}), 400),
    ):
        assert answer.status == status, answer
    assert api.get(f"packages/?project__id={store['project']}")["count"] == 0
    assert not list((server.data_dir / "store").glob(".upload-*"))


def test_a_package_that_no_computer_had_is_deleted(server, api, store, tmp_path):
    made = upload(api, store["id"], deb(tmp_path))
    deployment = api.post(
        "deployments/", name="d", project=store["project"], available_packages=[made["id"]]
    )["id"]
    before = wanted(server, deployment)
    assert api("DELETE", f"packages/{made['id']}/").status == 204
    assert api("GET", f"packages/{made['id']}/").status == 404
    assert request(api.url, "GET", made["url"]).status == 404
    assert wanted(server, deployment) == before + 1


def test_a_package_that_a_computer_had_stays_in_its_history(server, api, store, tmp_path):
    made = upload(api, store["id"], deb(tmp_path))
    agent = Agent(server.url, project=store["project_name"]).enrol()
    agent.sync(inventory=["pkg-app_1_all.deb"])
    package_set = api.post(
        "package-sets/", name="s", project=store["project"], packages=[made["id"]]
    )["id"]
    deployment = api.post(
        "deployments/", name="d", project=store["project"], available_package_sets=[package_set]
    )["id"]
    before = wanted(server, deployment)
    assert api("DELETE", f"packages/{made['id']}/").status == 204
    found = api.get(f"packages/{made['id']}/")
    assert (found["store"], found["url"]) == ({"id": 0, "name": ""}, "")
    assert request(api.url, "GET", made["url"]).status == 404
    assert wanted(server, deployment) == before + 1
    answer = api("GET", f"packages/{made['id']}/info/")
    assert (answer.status, answer.detail) == (400, "The package has no store on the server")
    assert upload(api, store["id"], deb(tmp_path))["id"] == made["id"]


def test_package_filters(server, api, store, tmp_path):
    made = upload(api, store["id"], deb(tmp_path, "filtered", "7"))["id"]
    project = store["project"]
    for query in (
        *("fullname__icontains=FILTERED_7", "name=filtered&version=7", "architecture=all"),
        *(f"project__id={project}", f"store__id={store['id']}", "store__isnull=false"),
        f"project__name={store['project_name']}",
        *("deployment__isnull=true&store__name__icontains=MAI", "packageset__isnull=true"),
        f"id__in={made}&search=filt",
    ):
        found = [row["id"] for row in api.results(f"packages/?page_size=1000&{query}")]
        assert found.count(made) == 1, query
    assert made in [row["id"] for row in api.get("packages/orphan/")]
    row = next(row for row in api.get("packages/orphan") if row["id"] == made)
    assert list(row) == KEYS
    deployment = api.post("deployments/", name="f", project=project, available_packages=[made])[
        "id"
    ]
    assert [r["id"] for r in api.results(f"packages/?deployment__id={deployment}")] == [made]
    assert [r["id"] for r in api.results(f"stores/?package__id={made}")] == [store["id"]]
    assert made not in [row["id"] for row in api.get("packages/orphan/")]
    for query in ("deployment__isnull=true", "packageset__id=1", "packagehistory__id=1"):
        assert made not in [row["id"] for row in api.results(f"packages/?{query}")]


def test_what_is_in_a_package(api, store, tmp_path):
    made = upload(api, store["id"], deb(tmp_path, Depends="libc6", Replaces="old-app"))
    text = api.get(f"packages/{made['id']}/info/")["data"]
    for part in (
        "## Info\n~~~\n",
        "Package: pkg-app",
        "## Requires\n~~~\nlibc6\n~~~",
        "## Obsoletes\n~~~\nold-app\n~~~",
    ):
        assert part in text
    assert "## Script PostInst\n~~~\n[None]\n~~~" in text
    assert "## Files\n~~~\n[The package does not list them]\n~~~" in text
    assert api("GET", "packages/999999/info").status == 404


@pytest.mark.parametrize("compression", ["xz", "gz", "zst", "none"])
@pytest.mark.parametrize("name", ["changelog.Debian.gz", "changelog.gz"])
def test_the_changelog_of_a_package(api, store, tmp_path, compression, name):
    package = f"told-{compression}-{name.split('.')[1].lower()}"
    payload = make_tar(
        {
            "./": None,
            "./opt/changelog.gz": gzip.compress(b"of something else"),
            f"./usr/share/doc/{package}/{name}": gzip.compress(b"  * It works.\n"),
        }
    )
    members = deb_members(control(package, "1", "all"), payload, compression)
    made = upload(api, store["id"], make_ar(tmp_path / f"{package}_1_all.deb", members))
    text = api.get(f"packages/{made['id']}/info/")["data"]
    assert "## Changelog\n~~~\n* It works.\n~~~" in text


def test_a_changelog_that_is_none_is_told_so(api, store, tmp_path):
    payload = make_tar({"./": None, "./usr/share/doc/untold/changelog.gz": b"no gzip"})
    members = deb_members(control("untold", "1", "all"), payload)
    made = upload(api, store["id"], make_ar(tmp_path / "untold_1_all.deb", members))
    text = api.get(f"packages/{made['id']}/info/")["data"]
    assert "## Changelog\n~~~\n[Changelog not found or empty]\n~~~" in text


def test_the_scripts_and_files_of_a_package(api, store, tmp_path):
    archive = make_tar(
        {
            "./": None,
            "./control": control("scripted", "1", "all").encode(),
            "./md5sums": b"d41d8cd98f00b204e9800998ecf8427e  opt/my file.txt\n",
            "./postinst": b"#!/bin/sh\n~~~\n## not a title\n",
        }
    )
    members = deb_members("", compression="none")
    members[1] = ("control.tar", archive)
    made = upload(api, store["id"], make_ar(tmp_path / "scripted_1_all.deb", members))
    text = api.get(f"packages/{made['id']}/info/")["data"]
    assert "## Script PostInst\n~~~\n#!/bin/sh\n ~~~\n## not a title\n~~~\n" in text
    assert "## Files\n~~~\n/opt/my file.txt\n~~~" in text


def test_the_life_of_a_package_set(server, api, store, tmp_path):
    one, two = (upload(api, store["id"], deb(tmp_path, name)) for name in ("one", "two"))
    body = {"name": "set", "project": store["project"], "store": store["id"]}
    made = api.post("package-sets/", **body, packages=[one["id"]], description="d")
    assert made == {
        **{"id": made["id"], "project": store["project"], "store": store["id"]},
        **{"packages": [one["id"]], "name": "set", "description": "d"},
    }
    path = f"package-sets/{made['id']}/"
    found = api.get(path)
    assert list(found) == ["id", "project", "store", "packages", "name", "description"]
    assert found["store"] == {"id": store["id"], "name": "main", "slug": "main"}
    assert found["packages"] == [{"id": one["id"], "fullname": "one_1_all.deb"}]
    deployment = api.post(
        "deployments/",
        name="set",
        project=store["project"],
        available_package_sets=[made["id"]],
    )["id"]
    steps = [wanted(server, deployment)]
    for change in ({"packages": [one["id"], two["id"]]}, {"packages": []}, {"name": "renamed"}):
        api.patch(path, **change)
        steps.append(wanted(server, deployment))
    assert [step - steps[0] for step in steps] == [0, 1, 2, 2]
    found = api.results(f"package-sets/?deployment__id={deployment}&packages__isnull=true")
    assert [row["id"] for row in found] == [made["id"]]
    assert api("DELETE", f"stores/{store['id']}/").status == 409
    assert api("PATCH", path, {"project": new_store(server, api)["project"]}).status == 400
    assert api("DELETE", path).status == 204
    assert wanted(server, deployment) == steps[0] + 3


def test_mistakes_in_package_sets_are_named(server, api, store, tmp_path):
    foreign = new_store(server, api)
    alien = upload(api, foreign["id"], deb(tmp_path))["id"]
    second = api.post("stores/", name="second", project=store["project"])["id"]
    mine = upload(api, second, deb(tmp_path))["id"]
    body = {"name": "wrong", "project": store["project"], "store": store["id"]}
    for changes, field in (
        ({"name": ""}, "name"),
        ({"store": foreign["id"]}, "store"),
        ({"packages": [alien]}, "packages"),
        ({"packages": [mine]}, "packages"),
        ({"packages": [alien], "store": None}, "packages"),
        ({"packages": [999999]}, "packages"),
        ({"project": None}, "project"),
    ):
        answer = api("POST", "package-sets/", body | changes)
        assert (answer.status, list(answer.json())) == (400, [field]), changes
    api.post("package-sets/", **{**body, "store": None, "packages": [mine]})
    assert api("POST", "package-sets/", body).status == 400


def test_a_set_with_files(server, api, store, tmp_path):
    old = upload(api, store["id"], deb(tmp_path, "old"))["id"]
    body = [("name", "files"), ("project", store["project"]), ("store", store["id"])]
    files = [deb(tmp_path, name) for name in ("aa", "bb")]
    answer = send(api, "POST", "package-sets/", [*body, ("packages", old)], *files)
    assert answer.status == 201, answer
    made = answer.json()
    assert len(made["packages"]) == 3
    path = f"package-sets/{made['id']}/"
    answer = send(api, "PATCH", path, [], deb(tmp_path, "cc"))
    assert answer.status == 200, answer
    names = [one["fullname"] for one in api.get(path)["packages"]]
    assert names == [f"{name}_1_all.deb" for name in ("aa", "bb", "cc", "old")]
    address = f"/public/{store['project_name']}/stores/main/cc_1_all.deb"
    assert request(api.url, "GET", address).status == 200
    answer = send(api, "PATCH", path, [("packages", old)], deb(tmp_path, "dd"))
    assert len(answer.json()["packages"]) == 2
    # A set that cannot be made brings no packages.
    for wrong in ([("name", "files"), *body[1:]], [*body[:2]], [("name", "x"), *body[1:1]]):
        answer = send(api, "POST", "package-sets/", wrong, deb(tmp_path, "zz"))
        assert answer.status == 400, wrong
    broken = send(api, "PATCH", path, [], deb(tmp_path, "zz"), ("bad_1_all.deb", b"x"))
    assert broken.status == 400
    assert api.get("packages/?fullname__icontains=zz_1")["count"] == 0
    assert not list((server.data_dir / "store").glob(".upload-*"))


def test_files_of_a_set_need_the_right_to_add_packages(server, api, store, tmp_path):
    rights = {
        row["codename"]: row["id"]
        for row in api.results("accounts/permissions/?page_size=1000")
        if row["codename"] in ("add_packageset", "add_package")
    }
    account = api.post(
        "user-profiles/",
        username="setmaker",
        user_permissions=[rights["add_packageset"]],
    )
    maker = signed_in(server, "setmaker")
    body = [("name", "rights"), ("project", store["project"]), ("store", store["id"])]
    answer = send(maker, "POST", "package-sets/", body, deb(tmp_path, "rights"))
    assert answer.status == 403
    assert api.get("packages/?fullname__icontains=rights_1")["count"] == 0
    api.patch(f"user-profiles/{account['id']}/", user_permissions=list(rights.values()))
    answer = send(maker, "POST", "package-sets/", body, deb(tmp_path, "rights"))
    assert answer.status == 201, answer.json()


def test_a_set_is_written_by_forms_of_all_kinds(api, store):
    body = {"name": "json", "project": store["project"]}
    assert api.post("package-sets/", **body)["packages"] == []
    headers = {
        "Authorization": f"Token {api.token}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    form = f"name=form&project={store['project']}".encode()
    made = request(api.url, "POST", f"{API}package-sets/", form, headers)
    assert (made.status, json.loads(made.body)["name"]) == (201, "form")
    assert api("PUT", f"package-sets/{made.json()['id']}/", body | {"name": "put"}).status == 200
    assert api("PATCH", "package-sets/999999/", {}).status == 404
    assert api("PATCH", "package-sets/x/", {}).status == 404


def test_a_set_is_copied_with_its_packages(server, api, store, tmp_path):
    packages = [upload(api, store["id"], deb(tmp_path, name))["id"] for name in ("s1", "s2")]
    made = api.post(
        "package-sets/",
        name="copied",
        project=store["project"],
        store=store["id"],
        packages=packages,
    )["id"]
    target = new_store(server, api)
    where = f"package-sets/{made}/copy/"
    for body, text in (
        ({}, '"project" field is required.'),
        ({"project": store["project"]}, "Source and destination project must be different."),
        ({"project": 999999}, "Target project not found."),
    ):
        answer = api("POST", where, body)
        assert (answer.status, answer.detail) == (400, text)
    answer = api("POST", where, {"project": target["project"]})
    assert answer.status == 200
    copy = answer.json()["package_set_id"]
    assert answer.json() == {
        "created": True,
        "package_set_id": copy,
        "package_set_name": "copied",
        "copied_packages": 2,
    }
    found = api.get(f"package-sets/{copy}/")
    assert found["store"]["id"] == target["id"]
    assert [one["fullname"] for one in found["packages"]] == ["s1_1_all.deb", "s2_1_all.deb"]
    for one in found["packages"]:
        assert request(api.url, "GET", api.get(f"packages/{one['id']}/")["url"]).status == 200
    assert api("POST", where, {"project": target["project"]}).json() == {
        "created": False,
        "skipped_name": "copied",
        "copied_packages": 0,
    }
