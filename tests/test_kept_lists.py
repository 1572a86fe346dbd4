"""Lists that are counted and paged by kept sums: they must say what their rows say."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from agent import Agent
from api import Api, signed_in
from conftest import RunningServer
from counted_world import narrow, recount

from migas_tornado import db
from migas_tornado.accounts.callers import caller_of_token
from migas_tornado.resources import visibility
from migas_tornado.resources.pages import Page, read_page
from migas_tornado.resources.registry import RESOURCES
from migas_tornado.resources.shapes import View

COMPUTERS, PACKAGES = 90, 60
ROWS = COMPUTERS * PACKAGES

# Every third computer is called like another one; packages are of two projects.
WORLD = (
    """
    INSERT INTO core_project (name, slug, pms, architecture, auto_register_computers, platform_id)
    SELECT name, name, 'apt', 'amd64', true, (SELECT min(id) FROM core_platform)
    FROM unnest(array['long', 'short']) name
    """,
    f"""
    INSERT INTO client_computer (uuid, status, name, created_at, updated_at, product_system,
        machine, project_id)
    SELECT gen_random_uuid()::text, 'assigned', 'long-' || lpad((n - n % 3 % 2)::text, 3, '0'),
        now(), now(), 'desktop', 'P', p.id
    FROM generate_series(1, {COMPUTERS}) n, core_project p WHERE p.name = 'long'
    """,
    f"""
    INSERT INTO core_package (fullname, name, version, architecture, project_id)
    SELECT 'p' || lpad(n::text, 3, '0') || '_1_all.deb', 'p' || n, '1', 'all', p.id
    FROM generate_series(1, {PACKAGES}) n
    JOIN core_project p ON p.name = CASE WHEN n % 20 = 0 THEN 'short' ELSE 'long' END
    """,
    """
    INSERT INTO client_packagehistory (computer_id, package_id, install_date, uninstall_date)
    SELECT c.id, k.id, now(), CASE WHEN (c.id + k.id) % 3 = 0 THEN now() END
    FROM client_computer c, core_package k WHERE c.name LIKE 'long-%' AND k.fullname LIKE 'p0%'
    """,
    f"""
    INSERT INTO client_synchronization (created_at, computer_id, user_id, project_id,
        pms_status_ok)
    SELECT now() - n * interval '1 hour' - n % 2 * interval '1 day', c.id,
        (SELECT min(id) FROM client_user), p.id, n % 7 > 0
    FROM generate_series(1, {ROWS // COMPUTERS}) n, client_computer c
    JOIN core_project p ON p.name = CASE WHEN c.id % 5 = 0 THEN 'short' ELSE 'long' END
    WHERE c.name LIKE 'long-%'
    """,
    """
    INSERT INTO client_error (created_at, computer_id, description, checked, project_id)
    SELECT created_at, computer_id, 'broken', false, project_id FROM client_synchronization
    WHERE project_id IN (SELECT id FROM core_project WHERE name IN ('long', 'short'))
    """,
    """
    INSERT INTO client_fault (created_at, computer_id, fault_definition_id, result, checked,
        project_id)
    SELECT created_at, computer_id, (SELECT min(id) FROM client_faultdefinition) + id % 2, 'full',
        false, project_id FROM client_error WHERE description = 'broken'
    """,
    """
    INSERT INTO client_migration (created_at, computer_id, project_id)
    SELECT created_at, computer_id, project_id FROM client_error WHERE description = 'broken'
    """,
)

HISTORY = """
    client_packagehistory t JOIN client_computer c ON c.id = t.computer_id
    JOIN core_package k ON k.id = t.package_id
"""
BY_NAME = "c.name, k.fullname, t.id"
NEWEST = "t.created_at DESC, t.id DESC"
OLDEST = "t.created_at, t.id"
LISTS = (
    ("packages-history", {}, HISTORY, "true", BY_NAME),
    ("packages-history", {"uninstall_date__isnull": "true"}, HISTORY,
     "t.uninstall_date IS NULL", BY_NAME),
    ("packages-history", {"uninstall_date__isnull": "false"}, HISTORY,
     "t.uninstall_date IS NOT NULL", BY_NAME),
    ("packages-history", {"package__project__id": "long"}, HISTORY, "k.project_id = $1", BY_NAME),
    ("packages-history", {"package__project__id": "long", "uninstall_date__isnull": "1"}, HISTORY,
     "k.project_id = $1 AND t.uninstall_date IS NULL", BY_NAME),
    ("packages-history", {"ordering": "-computer__name,package__fullname"}, HISTORY, "true",
     "c.name DESC, k.fullname, t.id"),
    ("packages-history", {"package__fullname": "p001_1_all.deb"}, HISTORY,
     "k.fullname = 'p001_1_all.deb'", BY_NAME),
    ("syncs", {}, "client_synchronization t", "true", NEWEST),
    ("syncs", {"project__id": "long"}, "client_synchronization t", "t.project_id = $1", NEWEST),
    ("syncs", {"ordering": "created_at"}, "client_synchronization t", "true", OLDEST),
    ("syncs", {"pms_status_ok": "false"}, "client_synchronization t", "NOT t.pms_status_ok",
     NEWEST),
    ("errors", {}, "client_error t", "true", NEWEST),
    ("errors", {"project__id": "long"}, "client_error t", "t.project_id = $1", NEWEST),
    ("faults", {}, "client_fault t", "true", NEWEST),
    ("faults", {"fault_definition__id": "2"}, "client_fault t", "t.fault_definition_id = 2",
     NEWEST),
    ("faults", {"fault_definition_id": "2", "project__id": "long"}, "client_fault t",
     "t.fault_definition_id = 2 AND t.project_id = $1", NEWEST),
    ("migrations", {"project__id": "long"}, "client_migration t", "t.project_id = $1", NEWEST),
)  # fmt: skip
"""List, filters (projects by name), and the same in SQL."""


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    agent = Agent(server.url, project="before").enrol()
    agent.sync()
    for statement in WORLD:
        server.sql(statement)
    return signed_in(server, "admin")


def project(server: RunningServer, name: str) -> int:
    return server.value("SELECT id FROM core_project WHERE name = $1", name)


def rows_of(server: RunningServer, source: str, where: str, order: str) -> list[int]:
    parameters = [project(server, "long")] if "$1" in where else []
    found = server.sql(f"SELECT t.id FROM {source} WHERE {where} ORDER BY {order}", *parameters)
    return [row["id"] for row in found]


def query_of(server: RunningServer, filters: dict[str, str], **more: Any) -> str:
    given = {k: project(server, v) if "project" in k else v for k, v in filters.items()}
    return urlencode(given | more)


@pytest.mark.parametrize(
    ("path", "filters", "source", "where", "order"),
    LISTS,
    ids=[f"{path}?{urlencode(filters)}" for path, filters, *_ in LISTS],
)
def test_every_page_of_a_long_list_has_its_rows(
    server, api, path, filters, source, where, order
) -> None:
    expected = rows_of(server, source, where, order)
    size = 97
    found = []
    for number in range(1, -(-len(expected) // size) + 1):
        page = api.get(f"{path}/?{query_of(server, filters, page_size=size, page=number)}")
        assert page["count"] == len(expected)
        found += [row["id"] for row in page["results"]]
    assert found == expected


@pytest.fixture(scope="module")
def half(server: RunningServer, api: Api) -> int:
    """A domain that has every second computer, each of which has an attribute of its own."""
    room = api.post("formulas/", prefix="K01", name="Room", code="echo 1")["id"]
    key = api.post("features/", property_att=room, value="even")["id"]
    server.sql(
        "INSERT INTO client_computer_sync_attributes (computer_id, attribute_id) "
        "SELECT id, $1 FROM client_computer WHERE id % 2 = 0",
        key,
    )
    server.sql(
        "WITH own AS (INSERT INTO core_attribute (property_att_id, value) "
        "SELECT $1, id::text FROM client_computer RETURNING id, value) "
        "INSERT INTO client_computer_sync_attributes (computer_id, attribute_id) "
        "SELECT value::int, id FROM own",
        room,
    )
    body = {"name": "EVEN", "included_attributes": [key], "domain_admins": []}
    return api.post("domains/", **body)["id"]


@pytest.fixture
def narrowed(server: RunningServer, half: int) -> Iterator[Api]:
    """The API for somebody who looks at the domain; some of its computers are in repair."""
    server.sql("UPDATE client_computer SET status = 'in repair' WHERE id % 10 = 0")
    narrow(server, domain=half)
    yield signed_in(server, "domain-admin")
    narrow(server)
    server.sql("UPDATE client_computer SET status = 'assigned' WHERE id % 10 = 0")


def test_a_domain_has_its_part_of_every_page(server, narrowed) -> None:
    for path, filters, source, where, order in LISTS:
        seen = "t.computer_id % 2 = 0 AND t.computer_id % 10 <> 0"
        expected = rows_of(server, source, f"{where} AND {seen}", order)
        size, found = 101, []
        for number in range(1, max(1, -(-len(expected) // size)) + 1):
            page = narrowed.get(f"{path}/?{query_of(server, filters, page_size=size, page=number)}")
            assert page["count"] == len(expected), (path, filters)
            found += [row["id"] for row in page["results"]]
        assert found == expected, (path, filters)


@pytest.mark.parametrize("path", ["packages-history", "attributes", "syncs"])
async def test_who_sees_very_much_sees_the_same(server, narrowed, monkeypatch, path) -> None:
    socket = str(server.data_dir / "postgres")
    await db.open_database(
        {"host": socket, "port": 5432, "user": "postgres", "database": "postgres"}, 2
    )
    try:
        async with db.snapshot() as database:
            caller = await caller_of_token(database, narrowed.token)

            async def page() -> Page:
                given = {"page_size": "20", "page": "2" if path == "attributes" else "60"}
                view = View(server.url, "id", caller)
                zone = ZoneInfo("UTC")
                return await read_page(database, RESOURCES[path], caller, given, zone, view)

            handed_on = await page()
            assert handed_on.results
            for most in (0, 36):  # fewer than there are computers; then than attributes
                monkeypatch.setattr(visibility, "MOST_SEEN", most)
                seen = (await visibility.looking(database, caller, RESOURCES[path].visible)).seen
                assert (seen is None) == (most == 0)
                assert seen is None or seen.attributes is None
                assert await page() == handed_on
    finally:
        await db.close_database()


def count(api: Api, path: str, **filters: Any) -> int:
    return api.get(f"{path}/?{urlencode(filters | {'page_size': 1})}")["count"]


def test_lists_stay_right_whatever_happens_to_their_rows(server, api) -> None:
    def check() -> None:
        for path, filters, source, where, _ in LISTS:
            found = api.get(f"{path}/?{query_of(server, filters, page_size=1)}")["count"]
            assert found == len(rows_of(server, source, where, "t.id")), (path, filters)

    agent = Agent(server.url, project="long").enrol()
    agent.sync()
    count_before = count(api, "packages-history", computer__id=agent.id)
    for inventory in ("a b", "a", "a b c"):
        answer = agent.software([f"{name}_1_all.deb" for name in inventory.split()])
        assert answer.status == 200
        check()
    assert count(api, "packages-history", computer__id=agent.id) == count_before + 4
    check()
    assert (
        api("PATCH", f"computers/{agent.id}/", {"project": project(server, "short")}).status == 200
    )
    check()
    assert api("DELETE", f"computers/{agent.id}/").status == 204
    check()
    key = server.value("SELECT min(id) FROM client_computer WHERE name LIKE 'long-%'")
    assert api("DELETE", f"computers/{key}/").status == 204
    check()
    wrong = [line for line in recount(server) if "synchronized by" not in line]
    assert wrong == []


def test_what_is_false_or_zero_narrows_a_list_too(server, api) -> None:
    server.sql("UPDATE client_error SET checked = true WHERE id % 2 = 0")
    unchecked = server.value("SELECT count(*) FROM client_error WHERE NOT checked")
    assert api("POST", "errors/filter/", {"checked": False}).json()["count"] == unchecked
    assert api("POST", "errors/filter/", {"computer__id": 0}).json()["count"] == 0
    open_rows = server.value(
        "SELECT count(*) FROM client_packagehistory WHERE uninstall_date IS NULL"
    )
    asked = {"uninstall_date__isnull": True}
    assert api("POST", "packages-history/filter/", asked).json()["count"] == open_rows


def check_middle(server: RunningServer, api: Api, path: str, source: str, order: str) -> None:
    """Check pages that are far from both ends."""
    expected = rows_of(server, source, "true", order)
    for number in (20, 35):
        page = api.get(f"{path}/?page_size=97&page={number}")["results"]
        assert [row["id"] for row in page] == expected[97 * (number - 1) : 97 * number]


def test_synchronizations_without_a_project_are_in_their_list(server, api) -> None:
    before = count(api, "syncs")
    server.sql(
        "INSERT INTO client_synchronization (created_at, computer_id, user_id, pms_status_ok) "
        "SELECT now(), max(id), (SELECT min(id) FROM client_user), true FROM client_computer"
    )
    assert count(api, "syncs") == before + 1
    last = api.get(f"syncs/?page_size=1&page={before + 1}")["results"]
    assert [row["id"] for row in last] == [
        server.value(f"SELECT t.id FROM client_synchronization t ORDER BY {OLDEST}")
    ]
    check_middle(server, api, "syncs", "client_synchronization t", NEWEST)
    server.sql("DELETE FROM client_synchronization WHERE project_id IS NULL")


def test_computers_without_a_name_are_in_the_package_history(server, api) -> None:
    key = server.value("SELECT max(computer_id) FROM client_packagehistory")
    name = server.value("SELECT name FROM client_computer WHERE id = $1", key)
    server.sql("UPDATE client_computer SET name = NULL WHERE id = $1", key)
    expected = rows_of(server, HISTORY, "true", BY_NAME)
    page = api.get("packages-history/?page_size=50&page=last")
    assert page["count"] == len(expected)
    assert [row["id"] for row in page["results"]] == expected[-len(page["results"]) :]
    check_middle(server, api, "packages-history", HISTORY, BY_NAME)
    server.sql("UPDATE client_computer SET name = $2 WHERE id = $1", key, name)
