"""Who is reached by what: deployments, schedules, domains, sets, singularities, policies, tags."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from agent import Agent
from conftest import RunningServer

numbers = itertools.count()


@pytest.fixture
def agent(server: RunningServer, request: pytest.FixtureRequest) -> Agent:
    agent = Agent(server.url, project=f"targets-{next(numbers)}").enrol()
    agent.sync()
    return agent


class World:
    """Makes records directly in the database, for one project."""

    def __init__(self, server: RunningServer, project: str) -> None:
        self.server, self.project = server, project
        self.project_id = server.value("SELECT id FROM core_project WHERE name = $1", project)

    def attribute(self, text: str) -> int:
        prefix, _, value = text.partition("-")
        return self.server.value(
            "SELECT a.id FROM core_attribute a JOIN core_property p ON p.id = a.property_att_id "
            "WHERE p.prefix = $1 AND a.value = $2",
            prefix,
            value,
        )

    def add(self, table: str, **values: Any) -> int:
        columns = ", ".join(values)
        places = ", ".join(f"${place}" for place in range(1, len(values) + 1))
        return self.server.value(
            f"INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING id", *values.values()
        )

    def link(self, table: str, owner: int, attributes: tuple[str, ...]) -> None:
        owner_column = table.split("_included")[0].split("_excluded")[0].rpartition("_")[2] + "_id"
        for text in attributes:
            self.server.sql(
                f"INSERT INTO {table} ({owner_column}, attribute_id) VALUES ($1, $2)",
                owner,
                self.attribute(text),
            )

    def targeted(
        self, table: str, *, included: tuple = (), excluded: tuple = (), **values: Any
    ) -> int:
        key = self.add(table, **values)
        self.link(f"{table}_included_attributes", key, included)
        self.link(f"{table}_excluded_attributes", key, excluded)
        return key

    def deployment(self, name: str, *, included=(), excluded=(), **values: Any) -> int:
        defaults = {
            "name": name,
            "slug": name,
            "project_id": self.project_id,
            "enabled": True,
            "start_date": datetime.now(UTC).date(),
            "auto_restart": False,
            "source": "I",
            "frozen": True,
            "expire": 1440,
        }
        return self.targeted(
            "core_deployment", included=included, excluded=excluded, **{**defaults, **values}
        )

    def tag(self, text: str, kind: str = "N", sort: str = "server") -> int:
        prefix, _, value = text.partition("-")
        property_id = self.server.value(
            "INSERT INTO core_property (prefix, name, enabled, kind, sort, auto_add, language) "
            "VALUES ($1, $2, true, $3, $4, true, 0) ON CONFLICT (prefix) DO UPDATE SET "
            "kind = excluded.kind, sort = excluded.sort, enabled = true RETURNING id",
            prefix,
            f"Tags {prefix}",
            kind,
            sort,
        )
        return self.server.value(
            "INSERT INTO core_attribute (property_att_id, value) VALUES ($1, $2) "
            "ON CONFLICT (property_att_id, value) DO UPDATE SET value = excluded.value "
            "RETURNING id",
            property_id,
            value,
        )


@pytest.fixture
def world(server: RunningServer, agent: Agent) -> World:
    return World(server, agent.project)


def repositories(agent: Agent) -> list[str]:
    return [row["name"] for row in agent.call("computers/repositories/").data]


ALL = ("SET-All Systems",)


def test_a_deployment_reaches_who_has_one_of_its_attributes(agent, world):
    world.deployment("b-all", included=ALL)
    world.deployment("a-me", included=(f"CID-{agent.id}", "HST-pc-1"))
    world.deployment("none")
    assert repositories(agent) == ["a-me", "b-all"]


def test_excluded_attribute_wins_over_included(agent, world):
    world.deployment("out", included=ALL, excluded=("HST-pc-1",))
    assert repositories(agent) == []


def test_a_disabled_deployment_and_one_of_the_future_reach_nobody(agent, world):
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    world.deployment("disabled", included=ALL, enabled=False)
    world.deployment("future", included=ALL, start_date=tomorrow)
    assert repositories(agent) == []


def test_a_deployment_of_another_project_reaches_nobody_here(server, agent, world):
    other = Agent(server.url, project=f"targets-{next(numbers)}").enrol()
    world.deployment("mine", included=ALL)
    other.sync()
    assert repositories(other) == []


def test_a_schedule_reaches_each_computer_on_its_day(server, agent, world):
    schedule = world.add("core_schedule", name=f"slow-{agent.id}")
    delay = world.add("core_scheduledelay", delay=0, duration=1, schedule_id=schedule)
    server.sql(
        "INSERT INTO core_scheduledelay_attributes (scheduledelay_id, attribute_id) VALUES ($1, 1)",
        delay,
    )
    monday = date(2026, 1, 5)
    world.deployment("reached", schedule_id=schedule, start_date=monday)
    late = world.add("core_schedule", name=f"late-{agent.id}")
    far = world.add("core_scheduledelay", delay=4000, duration=1, schedule_id=late)
    server.sql(
        "INSERT INTO core_scheduledelay_attributes (scheduledelay_id, attribute_id) VALUES ($1, 1)",
        far,
    )
    world.deployment("not-yet", schedule_id=late, start_date=monday)
    assert repositories(agent) == ["reached"]


@pytest.mark.parametrize("start", [date(2026, 1, 5) + timedelta(days=n) for n in range(7)])
def test_the_horizon_in_sql_is_the_documented_one(server, start):
    from migas_tornado.targeting.horizon import horizon

    for days in (-3, 0, 1, 4, 5, 9, 23):
        computed = server.value(
            "SELECT $1::date + n.days + 2 * floor((n.days + extract(isodow FROM $1::date) - 1) "
            "/ 5.0)::int FROM (SELECT $2::int AS days) n",
            start,
            days,
        )
        assert computed == horizon(start, days)


def test_a_deployment_of_a_domain_reaches_only_the_domain(agent, world):
    mine = world.targeted("core_domain", name=f"IN{agent.id}", included=ALL)
    other = world.targeted("core_domain", name=f"OUT{agent.id}", included=())
    without = world.targeted(
        "core_domain", name=f"EXC{agent.id}", included=ALL, excluded=("HST-pc-1",)
    )
    world.deployment("in", included=ALL, domain_id=mine)
    world.deployment("out", included=ALL, domain_id=other)
    world.deployment("excluded", included=ALL, domain_id=without)
    assert repositories(agent) == ["in"]


def test_mandatory_packages_come_in_the_order_of_deployments_without_repetition(agent, world):
    world.deployment("a", included=ALL, packages_to_install="vim\nnano\n", packages_to_remove="x")
    world.deployment("b", included=ALL, packages_to_install="nano\r\nhtop", packages_to_remove=None)
    assert agent.call("computers/packages/mandatory/").data == {
        "install": ["vim", "nano", "htop"],
        "remove": ["x"],
    }


def policy(server: RunningServer, world: World, agent: Agent, **values: Any) -> None:
    """A policy with two groups: the first reaches nobody else, the second everybody."""
    category = server.value("SELECT min(id) FROM app_catalog_category")
    key = world.targeted(
        "app_catalog_policy",
        included=values.pop("included", ("HST-pc-1",)),
        name=f"policy-{agent.id}",
        **{"enabled": True, "exclusive": True, **values},
    )
    for priority, (included, packages) in enumerate(
        [(("HST-pc-1",), "chosen\nboth"), (ALL, "other\nboth")]
    ):
        group = world.targeted(
            "app_catalog_policygroup", included=included, priority=priority, policy_id=key
        )
        application = world.add(
            "app_catalog_application",
            name=f"app-{agent.id}-{priority}",
            description="",
            created_at=datetime.now(UTC),
            score=1,
            level="U",
            category_id=category,
        )
        world.add(
            "app_catalog_packagesbyproject",
            application_id=application,
            project_id=world.project_id,
            packages_to_install=packages,
        )
        server.sql(
            "INSERT INTO app_catalog_policygroup_applications (policygroup_id, application_id) "
            "VALUES ($1, $2)",
            group,
            application,
        )


def test_policies_count_even_where_no_deployment_does(server, agent, world):
    policy(server, world, agent)
    assert agent.call("computers/packages/mandatory/").data == {
        "install": ["chosen", "both"],
        "remove": ["other"],  # what the chosen group installs is not removed for another group
    }
    server.sql(
        "UPDATE app_catalog_policy SET enabled = false WHERE name = $1", f"policy-{agent.id}"
    )


def test_a_policy_that_is_not_exclusive_removes_nothing(server, agent, world):
    policy(server, world, agent, exclusive=False)
    assert agent.call("computers/packages/mandatory/").data["remove"] == []
    server.sql(
        "UPDATE app_catalog_policy SET enabled = false WHERE name = $1", f"policy-{agent.id}"
    )


def test_the_singularity_of_highest_priority_replaces_the_code(server, agent, world):
    hst = server.value("SELECT id FROM core_property WHERE prefix = 'HST'")
    for priority, excluded in ((1, ()), (5, ()), (9, ("HST-pc-1",))):
        world.targeted(
            "core_singularity",
            included=(f"CID-{agent.id}",),
            excluded=excluded,
            enabled=True,
            name=f"s{priority}-{agent.id}",
            property_att_id=hst,
            priority=priority,
            language=0,
            code=f"echo {priority}",
        )
    rows = {row["prefix"]: row for row in agent.call("computers/properties/").data}
    assert rows["HST"] == {"prefix": "HST", "language": "bash", "code": "echo 5"}
    assert rows["NET"]["language"] == "python"


def test_sets_may_be_made_of_sets_and_circles_hold_nobody(server, agent, world):
    names = {name: f"{name}{agent.id}" for name in ("inner", "outer", "left", "right")}
    set_property = server.value("SELECT id FROM core_property WHERE prefix = 'SET'")
    for name in names.values():
        world.add("core_attribute", property_att_id=set_property, value=name, description="")
    links = {
        "outer": (f"SET-{names['inner']}",),
        "inner": (f"CID-{agent.id}",),
        "left": (f"SET-{names['right']}", f"CID-{agent.id}"),
        "right": (f"SET-{names['left']}",),
    }
    for name, included in links.items():
        world.targeted("core_attributeset", included=included, name=names[name], enabled=True)
    agent.attributes()
    sets = {trait for trait in agent.traits() if trait.startswith("SET-")}
    assert sets == {"SET-All Systems", f"SET-{names['inner']}", f"SET-{names['outer']}"}


def test_a_domain_gives_its_attribute(server, agent, world):
    world.tag("DMN-X", kind="L")
    name, host = f"DOM{agent.id}", f"host-{agent.id}"
    world.tag(f"DMN-{name}", kind="L")
    agent.attributes({"HST": host})
    world.targeted("core_domain", name=name, included=(f"HST-{host}",))
    agent.attributes({"HST": host})
    assert f"DMN-{name}" in agent.traits()


# Tags


def test_a_tag_is_a_sync_attribute_and_spreads_by_kind(server, agent, world):
    world.tag("PLC-a.b", kind="L")
    assert agent.call("computers/tags/", tags=["PLC-a.b"]).status == 200
    assert agent.call("computers/tags/assigned/").data == ["PLC-a.b"]
    agent.attributes()
    places = {trait for trait in agent.traits() if trait.startswith("PLC-")}
    assert {"PLC-a", "PLC-a.b"} <= places


def test_setting_tags_tells_what_to_install_and_remove(agent, world):
    world.tag("LAB-physics")
    world.tag("LAB-music")
    world.deployment(
        "physics",
        included=("LAB-physics",),
        packages_to_install="units",
        packages_to_remove="games",
        default_preincluded_packages="repo-physics",
        default_included_packages="plots",
        default_excluded_packages="chat",
    )
    world.deployment("music", included=("LAB-music",), packages_to_install="player")
    first = agent.call("computers/tags/", tags=["LAB-physics"]).data
    assert first == {
        "preinstall": ["repo-physics"],
        "install": ["units", "plots"],
        "remove": ["games", "chat"],
    }
    second = agent.call("computers/tags/", tags=["LAB-music"]).data
    assert second == {
        "preinstall": [],
        "install": ["games", "chat", "player"],
        "remove": ["units", "repo-physics", "plots"],
    }
    assert agent.call("computers/tags/", tags=[]).status == 200
    assert agent.call("computers/tags/assigned/").data == []


@pytest.mark.parametrize("text", ["HST-pc-1", "SET-All Systems", "CID-1", "USR-ana"])
def test_only_attributes_of_sort_server_are_tags(agent, text):
    answer = agent.call("computers/tags/", tags=[text])
    assert (answer.status, answer.data) == (400, "Invalid tags")
    assert agent.call("computers/tags/assigned/").data == []


@pytest.mark.parametrize("tags", [None, "LAB-physics", [5], {"a": 1}, ["nothing"], ["NO-NE"]])
def test_bad_tags_are_400_and_change_nothing(agent, world, tags):
    world.tag("LAB-physics")
    agent.call("computers/tags/", tags=["LAB-physics"])
    assert agent.call("computers/tags/", tags=tags).status == 400
    assert agent.call("computers/tags/assigned/").data == ["LAB-physics"]


def test_an_unknown_tag_beside_a_known_one_is_passed_over(agent, world):
    world.tag("LAB-physics")
    assert agent.call("computers/tags/", tags=["LAB-physics", "LAB-none", "x"]).status == 200
    assert agent.call("computers/tags/assigned/").data == ["LAB-physics"]


def test_tags_of_deployments_and_domains_are_available_once(server, agent, world):
    tag = world.tag(f"LAB-avail{agent.id}")
    world.deployment("one", included=(f"LAB-avail{agent.id}", "HST-pc-1"))
    world.deployment("two", included=(f"LAB-avail{agent.id}",))
    domain = world.targeted("core_domain", name=f"AV{agent.id}", included=("HST-pc-1",))
    server.sql(
        "INSERT INTO core_domain_tags (domain_id, serverattribute_id) VALUES ($1, $2)", domain, tag
    )
    available = agent.call("computers/tags/available/").data
    assert available["Tags LAB"].count(f"LAB-avail{agent.id}") == 1


# Devices and applications


@pytest.fixture
def printer(server: RunningServer, agent: Agent, world: World) -> int:
    """A logical device that this computer may use, with a driver; returns its id."""
    maker = world.add("device_manufacturer", name=f"HP{agent.id}")
    model = world.add("device_model", name="LaserJet_4", manufacturer_id=maker, device_type_id=1)
    tcp = server.value("SELECT id FROM device_connection WHERE name = 'TCP'")
    device = server.value(
        "INSERT INTO device_device (name, model_id, connection_id, data) "
        """VALUES ($1, $2, $3, '{"IP": "192.0.2.50", "NAME": "PRN_one"}') RETURNING id""",
        f"PRN-{agent.id}",
        model,
        tcp,
    )
    logical = world.add("device_logical", device_id=device, capability_id=1)
    world.add(
        "device_driver",
        name="/usr/share/ppd/lj4.ppd",
        model_id=model,
        project_id=world.project_id,
        capability_id=1,
        packages_to_install="acme-driver",
    )
    server.sql(
        "INSERT INTO device_device_available_for_attributes (device_id, attribute_id) "
        "VALUES ($1, $2)",
        device,
        world.attribute(f"CID-{agent.id}"),
    )
    return logical


def test_a_printer_is_chosen_and_received(agent, printer):
    devices = agent.send("devices/devices/available/", {"cid": agent.id}).data
    assert [device["name"] for device in devices] == [f"PRN-{agent.id}"]
    (logical,) = agent.send("devices/logical/available/", {"cid": agent.id}).data
    assert logical["__str__"] == f"PRN_one__STANDARD__PRN-{agent.id}"
    assigned = agent.send(
        "devices/logical/assign/", {"cid": agent.id, "id": printer, "assigned": True}
    )
    assert assigned.status == 200
    assert [attribute["value"] for attribute in assigned.data["attributes"]] == [str(agent.id)]
    agent.send("devices/logical/set-default/", {"cid": agent.id, "logical_id": printer})
    assert agent.call("computers/devices/").data == {
        "logical": [
            {
                "PRINTER": {
                    "capability": "STANDARD",
                    "feature": "STANDARD",
                    "id": printer,
                    "manufacturer": f"HP{agent.id}",
                    "name": f"PRN-{agent.id}",
                    "model": "LaserJet_4",
                    "TCP": {"IP": "192.0.2.50", "NAME": "PRN_one"},
                    "driver": "/usr/share/ppd/lj4.ppd",
                    "packages": ["acme-driver"],
                }
            }
        ],
        "default": printer,
    }
    gone = {"cid": agent.id, "id": printer, "assigned": False}
    assert agent.send("devices/logical/assign/", gone).data["attributes"] == []
    assert agent.send("devices/logical/set-default/", {"cid": agent.id}).data == {}
    assert agent.call("computers/devices/").data == {"logical": [], "default": 0}


def test_a_printer_of_others_cannot_be_taken(server, agent, printer):
    other = Agent(server.url, project=agent.project).enrol()
    other.sync()
    answer = other.send(
        "devices/logical/assign/", {"cid": other.id, "id": printer, "assigned": True}
    )
    assert (answer.status, answer.data) == (400, "Logical device not allowed")
    assert other.send("devices/logical/assign/", {"cid": other.id}).data == "Missing id"
    answer = other.send("devices/logical/set-default/", {"cid": other.id, "id": printer})
    assert answer.status == 400


def test_a_call_of_the_catalogue_without_computer_is_400(agent):
    answer = agent.send("catalog/apps/available/", {})
    assert (answer.status, answer.data) == (400, "Malformed claims")


def test_the_catalogue_offers_what_the_computer_may_install(server, agent, world):
    category = server.value("SELECT id FROM app_catalog_category WHERE name = 'Office'")
    application = world.add(
        "app_catalog_application",
        name=f"Writer {agent.id}",
        description="Texts",
        created_at=datetime.now(UTC),
        score=4,
        level="U",
        category_id=category,
    )
    server.sql(
        "INSERT INTO app_catalog_application_available_for_attributes "
        "(application_id, attribute_id) VALUES ($1, 1)",
        application,
    )
    ask = {"cid": agent.id}
    assert agent.send("catalog/apps/available/", ask).data == []
    world.add(
        "app_catalog_packagesbyproject",
        application_id=application,
        project_id=world.project_id,
        packages_to_install="writer\nfonts",
    )
    (offered,) = agent.send("catalog/apps/available/", ask).data
    assert offered["category"] == {"id": category, "name": "Office"}
    assert offered["level"] == {"id": "U", "name": "User"}
    assert offered["packages_by_project"][0]["packages_to_install"] == ["writer", "fonts"]
    for filters, count in (
        ({"category": category}, 1),
        ({"category": category + 1}, 0),
        ({"level": "A"}, 0),
        ({"q": "WRIT"}, 1),
        ({"q": "%"}, 0),
    ):
        assert len(agent.send("catalog/apps/available/", {**ask, **filters}).data) == count
    names = [row["name"] for row in agent.send("catalog/categories/", {}).data]
    assert names == sorted(names)
    assert {row["name"] for row in agent.send("devices/capabilities/", {}).data} == {
        "STANDARD",
        "COLOUR",
    }
    assert [row["id"] for row in agent.send("devices/capabilities/", {"id": 1}).data] == [1]
    assert datetime.fromisoformat(offered["created_at"]).utcoffset() is not None


# What a status does


def test_deployment_results_follow_the_last_synchronization(server, agent, world):
    key = world.deployment("counted", included=ALL)
    ok = "SELECT is_ok FROM core_deploymentresult WHERE deployment_id = $1 AND computer_id = $2"
    agent.sync()
    assert server.value(ok, key, agent.id) is True
    agent.sync(pms_ok=False)
    assert server.value(ok, key, agent.id) is False


def test_an_available_computer_that_synchronizes_is_notified(server, agent):
    server.sql("UPDATE client_computer SET status = 'available' WHERE id = $1", agent.id)
    agent.call("eot/")
    assert server.value(
        "SELECT count(*) FROM client_notification WHERE message LIKE '%with available status%' "
        "AND message LIKE $1",
        f"%(CID-{agent.id})%",
    )
