"""Kinds, makers, models, connections and drivers of devices, as administrators keep them."""

from typing import Any

import pytest
from agent import Agent
from api import Api, signed_in
from conftest import RunningServer

PROJECT = "device-kinds-api"


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture(scope="module")
def reader(server: RunningServer) -> Api:
    return signed_in(server, "reader")


@pytest.fixture(scope="module")
def computer(server: RunningServer) -> Agent:
    agent = Agent(server.url, project=PROJECT).enrol()
    agent.sync()
    return agent


@pytest.fixture(scope="module")
def project(server: RunningServer, computer: Agent) -> int:
    return server.value("SELECT id FROM core_project WHERE name = $1", PROJECT)


@pytest.fixture(scope="module")
def model(api: Api) -> dict[str, Any]:
    maker = api.post("devices/manufacturers/", name="Zinc Printing")
    return api.post(
        "devices/models/",
        name="Laser Jet 4",
        manufacturer=maker["id"],
        device_type=1,
        connections=[1, 3],
    )


@pytest.mark.parametrize("path", ["types", "manufacturers", "capabilities"])
def test_named_records(api, reader, path):
    made = api.post(f"devices/{path}/", name=f"Named {path}")
    assert made == {"id": made["id"], "name": f"Named {path}"}
    assert api.results(f"devices/{path}/?search=Named") == [made]
    assert api.results(f"devices/{path}?name__icontains=named") == [made]
    assert api("POST", f"devices/{path}/", {"name": f"Named {path}"}).status == 400
    assert reader("POST", f"devices/{path}/", {"name": "x"}).status == 403
    assert reader.get(f"devices/{path}/{made['id']}/") == made
    assert api("DELETE", f"devices/{path}/{made['id']}/").status == 204


def test_installers_keep_devices(server):
    installer = signed_in(server, "installer")
    made = installer.post("devices/manufacturers/", name="Installed")
    assert installer("DELETE", f"devices/manufacturers/{made['id']}/").status == 204


def test_connections(api):
    made = api.post("devices/connections/", name="BLUE", device_type=1, fields="NAME,PORT")
    assert made == {
        "id": made["id"],
        "device_type": {"id": 1, "name": "PRINTER"},
        "name": "BLUE",
        "fields": "NAME,PORT",
    }
    path = f"devices/connections/{made['id']}/"
    assert api.patch(path, fields="NAME")["fields"] == "NAME"
    assert api.patch(path, name="BLUE")["fields"] == "NAME"
    assert api.get(path)["fields"] == "NAME"
    assert api("PATCH", path, {"fields": "x" * 101}).json() == {
        "fields": ["Ensure this field has no more than 100 characters."]
    }
    assert api("PATCH", path, {"fields": None}).status == 200
    answer = api("POST", "devices/connections/", {"name": "BLUE", "device_type": 1})
    assert answer.status == 400
    assert list(answer.json()) == ["non_field_errors"]
    assert api("POST", "devices/connections/", {}).json() == {
        "name": ["This field is required."],
        "device_type": ["This field is required."],
    }
    rows = api.results("devices/connections/?device_type__name__icontains=print&search=TCP")
    assert [row["fields"] for row in rows] == ["IP,LOCATION,PORT,NAME"]


def test_models_have_names_without_blanks(api, model):
    assert list(model) == ["id", "manufacturer", "connections", "device_type", "name"]
    assert model["name"] == "Laser_Jet_4"
    assert model["manufacturer"]["name"] == "Zinc Printing"
    assert [one["name"] for one in model["connections"]] == ["USB", "TCP"]
    again = {
        "name": "Laser Jet 4",
        "manufacturer": model["manufacturer"]["id"],
        "device_type": 1,
    }
    answer = api("POST", "devices/models/", again)
    assert answer.status == 400
    assert list(answer.json()) == ["non_field_errors"]
    assert api("POST", "devices/models/", {**again, "name": None}).json() == {
        "name": ["This field may not be null."]
    }


def test_drivers(api, model, project):
    body = {"model": model["id"], "project": project, "capability": 1}
    made = api.post(
        "devices/drivers/", **body, name="/usr/share/ppd/lj4.ppd", packages_to_install=["a", "b"]
    )
    assert made == {
        "id": made["id"],
        **body,
        "packages_to_install": "a\nb",
        "name": "/usr/share/ppd/lj4.ppd",
    }
    read = api.get(f"devices/drivers/{made['id']}/")
    assert list(read) == ["id", "model", "project", "capability", "packages_to_install", "name"]
    assert list(read["model"]) == ["id", "name", "manufacturer", "connections"]
    assert list(read["project"]) == ["id", "name", "slug", "pms", "architecture"]
    assert read["packages_to_install"] == ["a", "b"]
    assert api("POST", "devices/drivers/", body).status == 400
    assert api.patch(f"devices/drivers/{made['id']}/", packages_to_install=None)[
        "packages_to_install"
    ] in ("", None)
    for query in (f"project__id={project}", "model__name__icontains=laser", "search=lj4"):
        assert made["id"] in [row["id"] for row in api.results(f"devices/drivers/?{query}")]
    for path in (
        f"devices/models/?drivers__id={made['id']}",
        f"devices/models/?drivers__project__id={project}",
        f"devices/capabilities/?driver__id={made['id']}",
    ):
        assert len(api.results(path)) == 1, path


def test_what_is_used_is_not_deleted(api, model):
    api.post("devices/devices/", name="PRN-uses", model=model["id"], connection=3)
    for path in ("types/1", "connections/3", f"models/{model['id']}"):
        answer = api("DELETE", f"devices/{path}/")
        assert answer.status == 409, path
        assert "cannot be deleted" in answer.detail
    answer = api("DELETE", f"devices/manufacturers/{model['manufacturer']['id']}/")
    assert (answer.status, answer.detail) == (
        409,
        "This manufacturer cannot be deleted: 1 models depend on it.",
    )
