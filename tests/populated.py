"""One record of every kind, so that what is documented can be compared with what is answered."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from agent import HARDWARE, Agent, Packager
from api import Api
from conftest import ADMIN
from factories_deb import make_deb


def populate(url: str, api: Api, name: str) -> None:
    """Create a record of every resource; `name` keeps them apart from those of others."""
    agent = Agent(url, project=name).enrol()
    agent.sync()
    agent.call("computers/hardware/", hardware=HARDWARE)
    agent.call("computers/errors/", description="populated")
    _upload(url, name)
    project = api.results(f"projects/?name={name}")[0]["id"]
    _targets(api, name, agent.id)
    _software(api, name, project)
    _devices(api, name, project)
    _catalog(api, name, project)
    _images(api, name, project)
    api.post("notifications/", message=name)
    agent.sync(faults={name: "it is broken"})
    api("POST", f"computers/{agent.id}/status/", {"status": "reserved"})
    Agent(url, project=f"{name}-later", uuid=agent.uuid).enrol().sync()


def _upload(url: str, project: str) -> None:
    packager = Packager(url)
    packager.get_keys(*ADMIN)
    with TemporaryDirectory() as directory:
        file = make_deb(Path(directory) / "populated_1.0-1_all.deb", "populated")
        assert packager.upload(file.name, file.read_bytes(), project).status == 200


def _made(api: Api, path: str, **body: Any) -> int:
    return api.post(path, **body)["id"]


def _targets(api: Api, name: str, computer: int) -> None:
    stamp = _made(api, "stamps/", prefix="POP", name=name)
    formula = _made(api, "formulas/", prefix="PPF", name=name, code="echo x", kind="N", language=0)
    tag = _made(api, "tags/", property_att=stamp, value="one")
    api("PATCH", f"tags/{tag}/computers/", {"computers": [computer]})
    _made(api, "features/", property_att=formula, value="x")
    both = {"included_attributes": [1], "excluded_attributes": [tag]}
    _made(api, "singularities/", name=name, property_att=formula, priority=1, **both)
    _made(api, "attribute-sets/", name=name, **both)
    domain = _made(api, "domains/", name=name, domain_admins=[1], tags=[tag], **both)
    _made(api, "scopes/", name=name, user=1, domain=domain, **both)
    _made(api, "fault-definitions/", name=name, code="echo x", language=0, users=[1], **both)
    _made(api, "accounts/groups/", name=name, permissions=[1])
    _made(api, "user-profiles/", username=name, domains=[domain], groups=[1])


def _software(api: Api, name: str, project: int) -> None:
    store = _made(api, "stores/", name=name, project=project)
    api("POST", "package-sets/", {"name": name, "project": project, "store": store})
    schedule = _made(api, "schedules/", name=name)
    _made(api, "schedule-delays/", schedule=schedule, delay=1, attributes=[1])
    shared = {"project": project, "included_attributes": [1], "start_date": "2020-01-01"}
    lists = {"packages_to_install": ["a", "b"], "packages_to_remove": ["c"]}
    _made(api, "deployments/", name=name, schedule=schedule, **shared, **lists)
    _made(
        api,
        "deployments/external-sources/",
        name=f"{name} external",
        base_url="http://127.0.0.1:9/debian",
        suite="stable",
        components="main",
        enabled=False,
        **shared,
    )


def _devices(api: Api, name: str, project: int) -> None:
    kind = _made(api, "devices/types/", name=name)
    maker = _made(api, "devices/manufacturers/", name=name)
    capability = _made(api, "devices/capabilities/", name=name)
    connection = _made(api, "devices/connections/", name=name, device_type=kind, fields="IP")
    model = _made(
        api,
        "devices/models/",
        name=name,
        manufacturer=maker,
        device_type=kind,
        connections=[connection],
    )
    _made(
        api,
        "devices/drivers/",
        model=model,
        project=project,
        capability=capability,
        packages_to_install=["cups"],
    )
    device = _made(
        api,
        "devices/devices/",
        name=name,
        model=model,
        connection=connection,
        data={"IP": "192.0.2.1"},
        available_for_attributes=[1],
    )
    _made(api, "devices/logical/", device=device, capability=capability, attributes=[1])


def _catalog(api: Api, name: str, project: int) -> None:
    category = _made(api, "catalog/categories/", name=name)
    application = _made(
        api, "catalog/apps/", name=name, category=category, available_for_attributes=[1]
    )
    _made(
        api,
        "catalog/project-packages/",
        application=application,
        project=project,
        packages_to_install=["gimp"],
    )
    policy = _made(api, "catalog/policies/", name=name, included_attributes=[1])
    _made(
        api,
        "catalog/policy-groups/",
        policy=policy,
        priority=1,
        applications=[application],
        included_attributes=[1],
    )


def _images(api: Api, name: str, project: int) -> None:
    config = _made(api, "mgi/config/", project=project, template_id="x", dockerfile="FROM debian")
    secret = {"user": "u", "password": "p", "hostname": "h"}
    flavour = _made(api, "mgi/flavour/", config=config, name=name, **secret)
    release = _made(api, "mgi/release/", config=config, name=name)
    api("POST", "mgi/build/", {"release": release, "flavour": flavour})
