"""What an account sees through a domain or a scope, as a table over every resource.

Two computers of two projects have everything twice: once in the domain, once outside.
"""

import itertools
import time

import pytest
from agent import Agent
from api import Api, signed_in
from conftest import RunningServer

INSIDE, OUTSIDE = "inside", "outside"

SEEN = {
    "computers": "SELECT id FROM client_computer WHERE name = $1",
    "errors": "SELECT id FROM client_error WHERE description = $1",
    "migrations": "SELECT m.id FROM client_migration m JOIN client_computer c "
    "ON c.id = m.computer_id WHERE c.name = $1",
    "status-logs": "SELECT m.id FROM client_statuslog m JOIN client_computer c "
    "ON c.id = m.computer_id WHERE c.name = $1",
    "syncs": "SELECT m.id FROM client_synchronization m JOIN client_computer c "
    "ON c.id = m.computer_id WHERE c.name = $1",
    "packages-history": "SELECT m.id FROM client_packagehistory m JOIN client_computer c "
    "ON c.id = m.computer_id WHERE c.name = $1",
    "hardware": "SELECT m.id FROM hardware_node m JOIN client_computer c "
    "ON c.id = m.computer_id WHERE c.name = $1",
    "users": "SELECT u.id FROM client_user u WHERE u.name = $1",
    "projects": "SELECT id FROM core_project WHERE name = $1",
    "platforms": "SELECT id FROM core_platform WHERE name = $1",
    "stores": "SELECT s.id FROM core_store s JOIN core_project p ON p.id = s.project_id "
    "WHERE p.name = $1",
    "packages": "SELECT k.id FROM core_package k JOIN core_project p ON p.id = k.project_id "
    "WHERE p.name = $1",
    "package-sets": "SELECT k.id FROM core_packageset k JOIN core_project p "
    "ON p.id = k.project_id WHERE p.name = $1",
    "deployments": "SELECT id FROM core_deployment WHERE name = $1",
    "deployments/internal-sources": "SELECT id FROM core_deployment WHERE name = $1",
    "attributes": "SELECT id FROM core_attribute WHERE value = $1",
    "features": "SELECT a.id FROM core_attribute a JOIN core_property p "
    "ON p.id = a.property_att_id WHERE a.value = $1 AND p.sort <> 'server'",
    "attribute-sets": "SELECT id FROM core_attributeset WHERE name = $1",
    "fault-definitions": "SELECT id FROM client_faultdefinition WHERE name = $1",
    "devices/devices": "SELECT id FROM device_device WHERE name = $1",
    "devices/logical": "SELECT l.id FROM device_logical l JOIN device_device d "
    "ON d.id = l.device_id WHERE d.name = $1",
    "mgi/config": "SELECT m.id FROM mgi_config m JOIN core_project p ON p.id = m.project_id "
    "WHERE p.name = $1",
}
"""Resource -> the ids of what belongs to one of the two computers."""


@pytest.fixture(scope="module")
def site(server: RunningServer) -> RunningServer:
    for name in (INSIDE, OUTSIDE):
        agent = Agent(
            server.url,
            project=name,
            platform=name,
            name=name,
            uuid=f"{name}-computer",
        ).enrol()
        agent.sync({"HST": name})
        agent.attributes({"HST": name}, sync_user=name)
        agent.synchronization()
        agent.call("computers/errors/", description=name)
        server.sql(MADE.replace("{name}", name))
    server.sql("INSERT INTO core_domain (name) VALUES ('INSIDE') ON CONFLICT DO NOTHING")
    link(server, "domain", "SELECT id FROM core_domain WHERE name = 'INSIDE'")
    server.sql(
        "INSERT INTO core_scope (name, user_id) SELECT 'inside', id FROM auth_user "
        "WHERE username = 'domain-admin'"
    )
    link(server, "scope", "SELECT id FROM core_scope WHERE name = 'inside'")
    server.sql("UPDATE auth_user SET is_active = true WHERE username = 'domain-admin'")
    return server


MADE = """
DO $$
DECLARE p int; a int; s int; d int;
BEGIN
    SELECT id INTO p FROM core_project WHERE name = '{name}';
    SELECT x.id INTO a FROM core_attribute x JOIN core_property y ON y.id = x.property_att_id
        WHERE x.value = '{name}' AND y.prefix = 'HST';
    INSERT INTO core_store (name, slug, project_id) VALUES ('s', 's', p) RETURNING id INTO s;
    INSERT INTO core_packageset (name, project_id, store_id) VALUES ('k', p, s);
    INSERT INTO core_deployment (enabled, name, slug, project_id, start_date, auto_restart, source,
        frozen, expire) VALUES (true, '{name}', '{name}', p, current_date, false, 'I', true, 1440);
    INSERT INTO core_attributeset (name, enabled) VALUES ('{name}', true) RETURNING id INTO d;
    INSERT INTO core_attributeset_included_attributes (attributeset_id, attribute_id) VALUES (d, a);
    INSERT INTO client_faultdefinition (name, enabled, language, code)
        VALUES ('{name}', true, 0, '') RETURNING id INTO d;
    INSERT INTO client_faultdefinition_included_attributes (faultdefinition_id, attribute_id)
        VALUES (d, a);
    INSERT INTO device_manufacturer (name) VALUES ('{name}') RETURNING id INTO d;
    INSERT INTO device_model (name, manufacturer_id, device_type_id) VALUES ('{name}', d, 1)
        RETURNING id INTO d;
    INSERT INTO device_device (name, model_id, connection_id, data) VALUES ('{name}', d, 1, '{}')
        RETURNING id INTO d;
    INSERT INTO device_logical (device_id, capability_id) VALUES (d, 1) RETURNING id INTO d;
    INSERT INTO device_logical_attributes (logical_id, attribute_id) VALUES (d, a);
    INSERT INTO mgi_config (project_id, template_id, build_type, base_os, partition,
        provision_script, image_format, config)
        VALUES (p, 't', 'docker', '', '', '', 'raw', '{}');
END $$
"""


def link(server: RunningServer, kind: str, which: str) -> None:
    server.sql(
        f"INSERT INTO core_{kind}_included_attributes ({kind}_id, attribute_id) "
        f"SELECT ({which}), a.id FROM core_attribute a JOIN core_property p "
        "ON p.id = a.property_att_id WHERE a.value = 'inside' AND p.prefix = 'HST' "
        "ON CONFLICT DO NOTHING"
    )


def prefer(server: RunningServer, column: str, value: str) -> Api:
    server.sql(
        "UPDATE core_userprofile SET domain_preference_id = NULL, scope_preference_id = NULL"
    )
    if value:
        server.sql(
            f"UPDATE core_userprofile SET {column} = ({value}) WHERE user_ptr_id = "
            "(SELECT id FROM auth_user WHERE username = 'domain-admin')"
        )
    return signed_in(server, "domain-admin")


@pytest.fixture(
    params=[
        ("domain_preference_id", "SELECT id FROM core_domain WHERE name = 'INSIDE'"),
        ("scope_preference_id", "SELECT id FROM core_scope WHERE name = 'inside'"),
    ],
    ids=["domain", "scope"],
)
def narrowed(site: RunningServer, request: pytest.FixtureRequest):
    yield prefer(site, *request.param)
    prefer(site, "", "")


def ids_of(server: RunningServer, path: str, name: str) -> set[int]:
    return {row[0] for row in server.sql(SEEN[path], name)}


@pytest.mark.parametrize("path", SEEN)
def test_only_what_is_inside_is_seen(site, narrowed, path):
    inside, outside = ids_of(site, path, INSIDE), ids_of(site, path, OUTSIDE)
    assert inside, "nothing to see"
    assert outside, "nothing to hide"
    shown = {row["id"] for row in narrowed.results(f"{path}/?page_size=10000")}
    assert inside <= shown
    assert not outside & shown
    both = ",".join(map(str, inside | outside))
    assert {r["id"] for r in narrowed.results(f"{path}/?id__in={both}")} <= inside
    assert narrowed("GET", f"{path}/{min(inside)}/").status == 200
    hidden = narrowed("GET", f"{path}/{min(outside)}/")
    assert hidden.status == 404


def test_delays_and_scopes_show_only_what_is_inside(site, narrowed):
    host = (
        "SELECT a.id FROM core_attribute a JOIN core_property p ON p.id = a.property_att_id "
        "WHERE a.value = $1 AND p.prefix = 'HST'"
    )
    inside, outside = (site.value(host, name) for name in (INSIDE, OUTSIDE))
    admin = signed_in(site, "admin")
    schedule = admin.post("schedules/", name=f"seen {time.monotonic()}", description=None)["id"]
    made = admin.post("schedule-delays/", schedule=schedule, delay=0, attributes=[inside, outside])
    (seen,) = narrowed.results(f"schedule-delays/?schedule__id={schedule}")
    assert [attribute["id"] for attribute in seen["attributes"]] == [inside]
    site.sql(
        "INSERT INTO auth_user_user_permissions (user_id, permission_id) SELECT u.id, p.id "
        "FROM auth_user u, auth_permission p WHERE u.username = 'domain-admin' "
        "AND p.codename = 'change_scheduledelay' ON CONFLICT DO NOTHING"
    )
    narrowed.patch(f"schedule-delays/{made['id']}/", delay=1, attributes=[inside])
    kept = admin.get(f"schedule-delays/{made['id']}/")["attributes"]
    assert {attribute["id"] for attribute in kept} == {inside, outside}
    mine = "SELECT domain_preference_id FROM core_userprofile WHERE user_ptr_id = u.id"
    site.sql(
        "INSERT INTO core_scope (name, user_id, domain_id) "
        f"SELECT 'elsewhere', u.id, ({mine}) FROM auth_user u WHERE u.username = 'domain-admin' "
        "ON CONFLICT DO NOTHING"
    )
    site.sql(
        "INSERT INTO core_scope_included_attributes (scope_id, attribute_id) "
        "SELECT id, $1 FROM core_scope WHERE name = 'elsewhere' ON CONFLICT DO NOTHING",
        outside,
    )
    assert "elsewhere" not in [row["name"] for row in narrowed.results("scopes/")]


@pytest.mark.parametrize("path", SEEN)
def test_everything_is_seen_without_a_preference(site, path):
    api = prefer(site, "", "")
    both = ids_of(site, path, INSIDE) | ids_of(site, path, OUTSIDE)
    assert both <= {row["id"] for row in api.results(f"{path}/?page_size=10000")}


def test_a_domain_without_computers_shows_nothing(site):
    site.sql("INSERT INTO core_domain (name) VALUES ('EMPTY') ON CONFLICT DO NOTHING")
    api = prefer(site, "domain_preference_id", "SELECT id FROM core_domain WHERE name = 'EMPTY'")
    try:
        for path in ("computers", "projects", "packages", "errors", "syncs", "deployments"):
            assert api.get(f"{path}/")["count"] == 0, path
    finally:
        prefer(site, "", "")


@pytest.mark.parametrize(
    ("path", "verb"),
    itertools.product(("deployments", "errors", "projects"), ("PATCH", "DELETE")),
)
def test_what_is_hidden_cannot_be_changed(site, narrowed, path, verb):
    key = min(ids_of(site, path, OUTSIDE))
    assert narrowed(verb, f"{path}/{key}/", {}).status in (403, 404)
    assert key in ids_of(site, path, OUTSIDE)
