"""Golden images: their configurations, flavours, releases and builds."""

from typing import Any

import pytest
from agent import Agent
from api import Api, signed_in
from conftest import RunningServer

WINDOWS = {"autounattend_template": "<unattend/>", "setupcomplete_template": "echo"}


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture(scope="module")
def reader(server: RunningServer) -> Api:
    return signed_in(server, "reader")


def project(server: RunningServer, name: str) -> int:
    Agent(server.url, project=name).enrol()
    return server.value("SELECT id FROM core_project WHERE name = $1", name)


@pytest.fixture(scope="module")
def config(server: RunningServer, api: Api) -> dict[str, Any]:
    return api.post(
        "mgi/config/",
        project=project(server, "images-api"),
        template_id="debian",
        dockerfile="FROM debian\n",
        base_os="debian:12",
    )


@pytest.fixture(scope="module")
def release(api: Api, config: dict[str, Any]) -> dict[str, Any]:
    return api.post("mgi/release/", config=config["id"], name="1.0")


def flavour(api: Api, config: dict[str, Any], name: str, **values: Any) -> dict[str, Any]:
    return api.post(
        "mgi/flavour/",
        config=config["id"],
        name=name,
        user="root",
        password="hidden",
        hostname="pc",
        **values,
    )


def test_configurations(api, config):
    assert config == {
        "id": config["id"],
        "__str__": "images-api (debian)",
        "project": config["project"],
        "template_id": "debian",
        "build_type": "docker",
        "base_os": "debian:12",
        "partition": "",
        "provision_script": "",
        "image_format": "raw",
        "config": {"dockerfile": "FROM debian"},
        "dockerfile": "FROM debian",
    }
    path = f"mgi/config/{config['id']}/"
    changed = api.patch(path, config={"dockerfile": "FROM x", "more": [1]})
    assert changed["config"] == {"dockerfile": "FROM x", "more": [1]}
    changed = api.patch(path, dockerfile="FROM y")
    assert changed["config"] == {"dockerfile": "FROM y", "more": [1]}
    assert changed["dockerfile"] == "FROM y"
    assert api.patch(path, base_os="other")["config"] == changed["config"]
    again = {"project": config["project"], "template_id": "x", "dockerfile": "FROM x"}
    answer = api("POST", "mgi/config/", again)
    assert (answer.status, list(answer.json())) == (400, ["project"])
    for query in (
        f"project={config['project']}",
        f"project__id__in={config['project']}",
        "project__name__icontains=images-api",
        "template_id__icontains=DEB&search=debian",
        "build_type__in=docker,qemu_lnx&image_format=raw",
    ):
        assert config["id"] in [row["id"] for row in api.results(f"mgi/config/?{query}")], query


def test_build_types_need_their_options(server, api):
    own = project(server, "images-checks")

    def refused(**values: Any) -> list[str]:
        answer = api("POST", "mgi/config/", {"project": own, "template_id": "t", **values})
        assert answer.status == 400, answer
        return list(answer.json())

    assert refused() == ["dockerfile"]
    assert refused(dockerfile=" ") == ["dockerfile"]
    assert refused(build_type="vagrant") == ["build_type"]
    assert refused(dockerfile="x", image_format="iso") == ["image_format"]
    assert refused(config="text") == ["config"]
    assert refused(config=[1]) == ["config"]
    assert refused(build_type="qemu_win") == ["config"]
    for size in (19, "40", None, True):
        assert refused(build_type="qemu_win", config={**WINDOWS, "disk_size_gb": size}) == [
            "config"
        ]
    made = api.post(
        "mgi/config/", project=own, template_id="t", build_type="qemu_win", config=WINDOWS
    )
    path = f"mgi/config/{made['id']}/"
    assert api("PATCH", path, {"build_type": "docker"}).status == 400
    assert api.get(path)["build_type"] == "qemu_win"
    assert api.patch(path, build_type="qemu_lnx")["config"] == WINDOWS
    assert api("DELETE", path).status == 204


def test_flavours(server, api, config):
    server.sql(
        "INSERT INTO core_property (prefix, name, enabled, kind, sort, auto_add, language) "
        "VALUES ('IMG', 'images', true, 'N', 'server', false, 0)"
    )
    tags = [
        server.value(
            "INSERT INTO core_attribute (property_att_id, value, description) "
            "SELECT id, $1, '' FROM core_property WHERE prefix = 'IMG' RETURNING id",
            value,
        )
        for value in ("b", "a")
    ]
    made = flavour(api, config, "Classroom", tags=tags)
    assert made == {
        "id": made["id"],
        "__str__": "images-api Classroom",
        "config": config["id"],
        "name": "Classroom",
        "description": "",
        "tags": "IMG-a, IMG-b",
        "enabled": True,
        "user": "root",
        "password": "hidden",
        "keymap": "us",
        "keyboard_model": "pc105",
        "charmap": "UTF-8",
        "codeset": "guess",
        "timezone": "Europe/Madrid",
        "hostname": "pc",
    }
    path = f"mgi/flavour/{made['id']}/"
    answer = api("PATCH", path, {"tags": [1]})
    assert (answer.status, list(answer.json())) == (400, ["tags"])
    assert api.patch(path, enabled=False)["tags"] == "IMG-a, IMG-b"
    for query in (
        f"config={config['id']}",
        f"tags={tags[0]}",
        f"tags__in={tags[0]},{tags[1]}",
        f"tags__id={tags[1]}",
        "tags__value__icontains=A&enabled=false",
        "search=classroom",
        "hostname__icontains=P",
    ):
        assert made["id"] in [row["id"] for row in api.results(f"mgi/flavour/?{query}")], query
    assert len(api.results(f"mgi/config/?flavours__id={made['id']}")) == 1
    answer = api("POST", "mgi/flavour/", {})
    assert set(answer.json()) == {"config", "name", "user", "password", "hostname"}


def test_passwords_are_for_those_who_may_change_them(server, api, reader, config):
    made = flavour(api, config, "Secret")
    path = f"mgi/flavour/{made['id']}/"
    assert api.get(path)["password"] == "hidden"
    assert reader.get(path)["password"] == ""
    listed = reader.results(f"mgi/flavour/?id={made['id']}")
    assert listed[0]["password"] == ""
    assert b"hidden" not in reader("GET", "mgi/flavour/?password=hidden&search=hidden").body
    others = flavour(api, config, "Secret 2")
    api.patch(f"mgi/flavour/{others['id']}/", password="a first one")
    by_id = [row["id"] for row in reader.results("mgi/flavour/?search=Secret&ordering=password")]
    assert by_id == sorted(by_id)


def test_images_need_permissions(reader, config, release):
    for path, key in (("config", config["id"]), ("release", release["id"])):
        for method, where in (("POST", ""), ("PATCH", f"{key}/"), ("DELETE", f"{key}/")):
            assert reader(method, f"mgi/{path}/{where}", {"name": "x"}).status == 403
    assert reader("POST", f"mgi/release/{release['id']}/build/").status == 403


def test_releases(api, config, release):
    assert list(release) == ["id", "__str__", "config", "name", "description", "created_at"]
    assert release["__str__"] == "images-api 1.0"
    for query in (
        f"config__id={config['id']}",
        "name__icontains=1.",
        "created_at__gte=2020-01-01&created_at__lt=2100-01-01",
    ):
        assert release["id"] in [row["id"] for row in api.results(f"mgi/release/?{query}")], query
    assert len(api.results(f"mgi/config/?releases__id={release['id']}")) == 1


def test_builds(api, reader, config, release):
    variant = flavour(api, config, "Office")
    made = api.post(
        "mgi/build/", release=release["id"], flavour=variant["id"], published=True, size=7
    )
    assert made == {
        "id": made["id"],
        "__str__": "images-api 1.0 Office",
        "release": release["id"],
        "flavour": variant["id"],
        "task_id": "",
        "status": "queued",
        "started_at": None,
        "finished_at": None,
        "uri": "",
        "size": 7,
        "log": "",
        "published": False,
    }
    path = f"mgi/build/{made['id']}/"
    for name in ("status", "logs"):
        answer = reader("GET", f"{path}{name}/?start=0")
        assert answer.status == 422
        assert answer.json() == {"error": "Build record has no associated task_id"}
    api.patch(path, task_id="t-1", started_at="2026-01-31T10:00:00Z")
    unreachable = [("GET", f"{path}{name}/") for name in ("status", "logs")]
    unreachable += [("POST", f"{path}{name}/") for name in ("publish", "unpublish")]
    unreachable.append(("POST", f"mgi/release/{release['id']}/build/"))
    for method, where in unreachable:
        answer = api(method, where)
        assert answer.status == 503, where
        assert "no image builder" in answer.detail
    assert api.get(path)["published"] is False
    assert api("GET", "mgi/build/987654/status/").status == 404
    assert reader("POST", f"{path}publish/").status == 403
    for query in (
        f"release={release['id']}&flavour__id__in={variant['id']}",
        "task_id=t-1",
        "status=queued&started_at__isnull=false&finished_at__isnull=true",
    ):
        found = [row["id"] for row in reader.results(f"mgi/build/?{query}")]
        assert found == [made["id"]], query
    for where in ("release", "flavour"):
        assert len(api.results(f"mgi/{where}/?builds__id={made['id']}")) == 1
    assert api("PATCH", path, {"status": "done"}).status == 400
    assert api("PATCH", path, {"size": -1}).status == 400

    for where in (f"release/{release['id']}", f"flavour/{variant['id']}", f"config/{config['id']}"):
        assert api("DELETE", f"mgi/{where}/").status == 409
    assert api("DELETE", path).status == 204
    assert api("DELETE", f"mgi/flavour/{variant['id']}/").status == 204


def test_what_is_outside_a_domain_is_not_seen(server, api, config):
    """An account without anything in its domain sees no images at all."""
    domain = server.value(
        "INSERT INTO core_domain (name, comment) VALUES ('no images', '') RETURNING id"
    )
    server.sql("UPDATE auth_user SET is_active = true WHERE username = 'domain-admin'")
    account = signed_in(server, "domain-admin")
    preference = (
        "UPDATE core_userprofile SET domain_preference_id = $1 WHERE user_ptr_id = "
        "(SELECT id FROM auth_user WHERE username = 'domain-admin')"
    )
    server.sql(preference, domain)
    try:
        for path in ("config", "flavour", "release", "build"):
            assert account.get(f"mgi/{path}/")["count"] == 0
        assert account("GET", f"mgi/config/{config['id']}/").status == 404
    finally:
        server.sql(preference, None)
