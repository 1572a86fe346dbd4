"""What each statistic answers about a fleet whose figures are known, to the last key."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api import Api, signed_in
from conftest import RunningServer
from counted_world import counted_site

MONTHS = "begin=2026-01&end=2026-03"
JANUARY = {"created_at__gte": "2026-01-01", "created_at__lt": "2026-02-01"}
FEBRUARY = {"created_at__gte": "2026-02-01", "created_at__lt": "2026-03-01"}
SUBSCRIBED = "assigned,reserved,unknown,in repair,available"
PRODUCTIVE = "assigned,reserved,unknown"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, untouched_site: Path) -> Iterator[Any]:
    yield from counted_site(tmp_path_factory.mktemp("madrid"), untouched_site)


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


def asked(api: Api, path: str, **headers: str) -> str:
    """Return the answer as JSON text, in which the order of keys shows."""
    answer = api("GET", f"stats/{path}", **headers)
    assert answer.status == 200, answer
    return json.dumps(answer.json())


def ring(total: int, data: list[Any], title: str) -> dict[str, Any]:
    return {"title": title, "total": total, "data": data}


def rings(total: int, inner: list[Any], outer: list[Any], title: str = "") -> dict[str, Any]:
    named = {"title": title} if title else {}
    return {**named, "total": total, "inner": inner, "outer": outer}


def item(keys: str, *values: Any) -> dict[str, Any]:
    return dict(zip(keys.split(), values, strict=True))


def items(keys: str, *rows: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [item(keys, *row) for row in rows]


PLATFORM = "platform_id name value"
OF_PLATFORM = "name project_id platform_id value"

FIGURES: dict[str, Any] = {
    "computers/projects/": {
        "data": items("name project_id value", ("ant", 202, 1), ("bee", 201, 2)),
        "total": 2,
    },
    "computers/platforms/": {
        "data": items("name platform_id value", ("Alpha", 102, 1), ("Zeta", 101, 2)),
        "total": 2,
    },
    "computers/machine/": rings(
        6,
        items(
            "name value status_in",
            ("Subscribed", 5, SUBSCRIBED),
            ("Unsubscribed", 1, "unsubscribed"),
        ),
        items(
            "name value status_in machine",
            ("Virtual", 2, SUBSCRIBED, "V"),
            ("Physical", 3, SUBSCRIBED, "P"),
            ("Physical", 1, "unsubscribed", "P"),
        ),
        "Computers / Machine",
    ),
    "computers/status/": rings(
        5,
        items(
            "name value status_in",
            ("Productive", 3, PRODUCTIVE),
            ("Unproductive", 2, "in repair,available"),
        ),
        items(
            "name value status_in",
            ("Assigned", 1, "assigned"),
            ("Reserved", 1, "reserved"),
            ("Unknown", 1, "unknown"),
            ("Available", 1, "available"),
            ("In repair", 1, "in repair"),
        ),
        "Subscribed Computers / Status",
    ),
    "computers/productive/platform/": rings(
        3,
        items(PLATFORM, (101, "Zeta", 2), (102, "Alpha", 1)),
        items(OF_PLATFORM, ("bee", 201, 101, 2), ("ant", 202, 102, 1)),
    ),
    "computers/entry/year/": {
        "x_labels": [2024, 2026],
        "data": {
            "Computers": items(
                "value machine created_at__gte created_at__lt",
                (1, "P", "2024-01-01", "2025-01-01"),
                (3, "P", "2026-01-01", "2027-01-01"),
            )
        },
    },
    "computers/attributes/count/": 0,
    "computers/attributes/count/?attributes=501&attributes=502": 4,
    "computers/attributes/count/?attributes=501&attributes=502&project_id=201": 3,
    "computers/attributes/count/?attributes=99999999999999": 0,
    "errors/unchecked/": rings(
        5,
        items(PLATFORM, (101, "Zeta", 3), (102, "Alpha", 2)),
        items(OF_PLATFORM, ("bee", 201, 101, 3), ("ant", 202, 102, 2)),
    ),
    # those to be checked by others are not among them
    "faults/unchecked/": rings(
        3,
        items(PLATFORM, (101, "Zeta", 2), (102, "Alpha", 1)),
        items(OF_PLATFORM, ("bee", 201, 101, 2), ("ant", 202, 102, 1)),
    ),
    "errors/status/project/": rings(
        6,
        items(
            "name value status",
            ("Assigned", 3, "assigned"),
            ("Reserved", 1, "reserved"),
            ("Unknown", 1, "unknown"),
            ("Unsubscribed", 1, "unsubscribed"),
        ),
        items(
            "status project_id name value",
            ("assigned", 201, "bee", 2),
            ("assigned", 202, "ant", 1),
            ("reserved", 201, "bee", 1),
            ("unknown", 202, "ant", 1),
            ("unsubscribed", 201, "bee", 1),
        ),
    ),
    "faults/definition/": ring(
        5,
        items(
            "fault_definition_id name value", (701, "disk", 3), (702, "mine", 1), (703, "theirs", 1)
        ),
        "Faults / Fault Definition",
    ),
    "migrations/project/": rings(
        4,
        items("name value platform_id", ("Alpha", 3, 102), ("Zeta", 1, 101)),
        items(
            "name value project_id platform_id",
            ("ant", 2, 202, 102),
            ("Available", 1, 203, 102),
            ("bee", 1, 201, 101),
        ),
        "Migrations / Project",
    ),
    "status-logs/status/": rings(
        5,
        items(
            "name value status_in",
            ("Subscribed", 4, SUBSCRIBED),
            ("Unsubscribed", 1, "unsubscribed"),
        ),
        items(
            "name value status_in",
            ("Assigned", 1, "assigned"),
            ("Available", 1, "available"),
            ("In repair", 2, "in repair"),
            ("Unsubscribed", 1, "unsubscribed"),
        ),
        "Status Logs / Status",
    ),
    "syncs/project/": ring(
        5,
        items("project_id name value", (201, "bee", 4), (202, "ant", 1)),
        "Synchronizations / Project",
    ),
    "deployments/enabled/": rings(
        5,
        items("name value project_id", ("Available", 1, 203), ("ant", 1, 202), ("bee", 3, 201)),
        items(
            "name value project_id enabled",
            ("Disabled (Available)", 1, 203, False),
            ("Enabled (ant)", 1, 202, True),
            ("Enabled (bee)", 2, 201, True),
            ("Disabled (bee)", 1, 201, False),
        ),
        "Deployments / Enabled",
    ),
    "deployments/schedule/": rings(
        5,
        items("name value project_id", ("Available", 1, 203), ("ant", 1, 202), ("bee", 3, 201)),
        items(
            "name value project_id schedule",
            ("With schedule (Available)", 1, 203, False),
            ("With schedule (ant)", 1, 202, False),
            ("Without schedule (bee)", 2, 201, True),
            ("With schedule (bee)", 1, 201, False),
        ),
        "Deployments / Schedule",
    ),
    "deployments/enabled/project/": rings(
        3,
        items("name value project_id", ("ant", 1, 202), ("bee", 2, 201)),
        items(
            "name value project_id schedule",
            ("With schedule (ant)", 1, 202, False),
            ("Without schedule (bee)", 1, 201, True),
            ("With schedule (bee)", 1, 201, False),
        ),
        "Enabled Deployments",
    ),
    "applications/category/": ring(
        3,
        items("name value category", ("Office", 2, 851), ("Games", 1, 852)),
        "Applications / Category",
    ),
    "applications/level/": ring(
        3, items("name value level", ("User", 2, "U"), ("Admin", 1, "A")), "Applications / Level"
    ),
    "applications/project/": {
        "x_labels": ["ant", "bee", None],
        "data": items("value packages_by_project__project__id", (1, 202), (2, 201), (1, None)),
        "total": 3,
    },
    "devices/connection/": ring(
        3,
        items("name connection_id value", ("TCP", 891, 2), ("USB", 892, 1)),
        "Devices / Connection",
    ),
    "devices/model/": ring(
        3, items("name model_id value", ("LaserJet", 881, 2), ("Stylus", 882, 1)), "Devices / Model"
    ),
    "devices/manufacturer/": ring(
        3,
        items("name manufacturer_id value", ("HP", 871, 2), ("Epson", 872, 1)),
        "Devices / Manufacturer",
    ),
    "devices/models/manufacturer/": ring(
        3,
        items("name manufacturer_id value", ("HP", 871, 2), ("Epson", 872, 1)),
        "Models / Manufacturer",
    ),
    "devices/models/project/": {
        "x_labels": ["ant", "bee", None],
        "data": items("value drivers__project__id", (1, 202), (2, 201), (1, None)),
        "total": 3,
    },
    "packages/store/": rings(
        4,
        items("project_id name value", (201, "bee", 3), (202, "ant", 1)),
        items(
            "project_id store_id name value",
            (201, 801, "main", 2),
            (201, None, None, 1),
            (202, 803, "main", 1),
        ),
        "Packages / Store",
    ),
    "packages-history/project/": ring(
        4,
        items("name value package_project_id", ("bee", 3, 201), ("ant", 1, 202)),
        "Packages / Project",
    ),
    "stores/project/": ring(
        3, items("name project_id value", ("bee", 201, 2), ("ant", 202, 1)), "Stores / Project"
    ),
    "mgi/build-types/": rings(
        2,
        items(
            "name value build_type",
            ("Docker (Linux)", 1, "docker"),
            ("QEMU Unattended (Windows)", 1, "qemu_win"),
        ),
        items(
            "name value project_id build_type",
            ("bee", 1, 201, "docker"),
            ("ant", 1, 202, "qemu_win"),
        ),
        "Configurations / Build Type",
    ),
    "mgi/build-status/": rings(
        6,
        items(
            "name value group",
            ("Successful", 3, "success"),
            ("Failed", 1, "failed"),
            ("Active / Pending", 2, "active"),
        ),
        items(
            "name value status",
            ("Queued", 1, "queued"),
            ("Running", 1, "running"),
            ("Completed", 3, "completed"),
            ("Failed", 1, "failed"),
        ),
        "Builds / Status",
    ),
    "mgi/build-metrics/": {
        "avg_duration": 60.25,
        "avg_size": 43.0,
        "total_size": 129,
        "total_completed": 3,
        "by_build_type": [
            {
                "build_type": "docker",
                "name": "Docker (Linux)",
                "avg_duration": 60.25,
                "avg_size": 43.0,
                "total_size": 129,
                "completed_count": 3,
            }
        ],
    },
    "mgi/flavours/": rings(
        3,
        items("name value enabled", ("Enabled", 2, True), ("Disabled", 1, False)),
        items(
            "name value project_id enabled",
            ("Enabled (ant)", 1, 202, True),
            ("Enabled (bee)", 1, 201, True),
            ("Disabled (bee)", 1, 201, False),
        ),
        "Flavours / Enabled",
    ),
    "errors/by-day/?computer_id=1001": [["2026-02-01", 1], ["2026-01-31", 2]],
    # the day of the end is not included
    "errors/by-day/?computer_id=1001&start_date=2026-01-01&end_date=2026-02-01": [
        ["2026-01-31", 2]
    ],
    "faults/by-day/?computer_id=1001&start_date=": [["2026-01-31", 4]],
    "syncs/by-day/?computer_id=1001": [["2026-02-01", 1], ["2026-01-31", 2]],
    "migrations/by-day/?computer_id=1004": [["2026-02-12", 1]],
    "status-logs/by-day/?computer_id=1004&start_date=2026-01-01": [
        ["2026-02-11", 1],
        ["2026-02-10", 1],
        ["2026-01-11", 1],
    ],
    "syncs/yearly/?begin=2025&end=2028": [[2025, 0], [2026, 3], [2027, 0]],
    "syncs/yearly/?begin=2026&end=2027&project_id=201": [[2026, 2]],
    "deployments/842/timeline/": {
        "computers": {"assigned": 2, "ok": 0, "error": 0},
        "schedule": {"begin_date": "2026-01-05", "end_date": "2026-01-09", "percent": 100},
    },
    "deployments/841/timeline/": {
        "computers": {"assigned": 1, "ok": 1, "error": 1},
        "schedule": None,
    },
    # a schedule without waves is none
    "deployments/845/timeline/": {
        "computers": {"assigned": 0, "ok": 0, "error": 0},
        "schedule": None,
    },
    "deployments/841/computers/assigned/": [1001],
    "deployments/841/computers/status/ok/": [1001],
    "deployments/841/computers/status/error/": [1002],
    # by a tag
    "deployments/844/computers/assigned/": [1003],
    "deployments/843/computers/assigned/": [],
}

# Tags and features are there from the start as well; these are the ones of the world.
PROPERTIES = {
    "features/property/": (
        "Attributes / Formula",
        item("name value property_att_id", "Formula A", 3, 401),
    ),
    "tags/category/": (
        "Tags / Tag Category",
        item("name value property_att_id", "Stamp T", 1, 402),
    ),
}


@pytest.mark.parametrize("path", FIGURES)
def test_a_statistic_has_these_figures_in_this_order(api, path):
    assert asked(api, path) == json.dumps(FIGURES[path])


@pytest.mark.parametrize("path", PROPERTIES)
def test_attributes_are_counted_by_property(api, path):
    title, expected = PROPERTIES[path]
    found = api.get(f"stats/{path}")
    assert list(found) == ["title", "total", "data"]
    assert found["title"] == title
    assert json.dumps(expected) in [json.dumps(one) for one in found["data"]]
    assert found["total"] == sum(one["value"] for one in found["data"])
    values = [one["value"] for one in found["data"]]
    assert values == sorted(values, reverse=True)


def project_points(model: str, values: dict[str, tuple[int, int]]) -> dict[str, Any]:
    keys = {"Available": 203, "ant": 202, "bee": 201}
    return {
        "x_labels": ["2026-01", "2026-02"],
        "data": {
            name: [
                {"value": value, "model": model, **month, "project__id__exact": key}
                for value, month in zip(values[name], (JANUARY, FEBRUARY), strict=True)
            ]
            for name, key in keys.items()
            if name in values
        },
    }


BY_MONTH = {
    "computers/new": ("computer", {"Available": (0, 0), "ant": (0, 3), "bee": (2, 0)}),
    "errors/project": ("error", {"Available": (0, 0), "ant": (0, 1), "bee": (3, 0)}),
    "faults/project": ("fault", {"Available": (0, 0), "ant": (1, 0), "bee": (4, 0)}),
    "syncs/project": ("synchronization", {"Available": (0, 0), "ant": (0, 1), "bee": (3, 1)}),
    "migrations/project": ("migration", {"Available": (0, 1), "ant": (2, 0), "bee": (1, 0)}),
    "mgi/builds": ("build", {"Available": (0, 0), "ant": (0, 2), "bee": (1, 2)}),
}
"""What ends at 23:00 UTC on January 31 is in February, in Madrid."""


@pytest.mark.parametrize("path", BY_MONTH)
def test_months_of_projects_begin_by_the_servers_clock(api, path):
    model, values = BY_MONTH[path]
    assert asked(api, f"{path}/month/?{MONTHS}") == json.dumps(project_points(model, values))


def test_status_logs_have_a_series_for_every_status(api):
    found = api.get(f"stats/status-logs/month/?{MONTHS}")
    names = ["Assigned", "Reserved", "Unknown", "In repair", "Available", "Unsubscribed"]
    assert list(found["data"]) == names
    assert [[one["value"] for one in found["data"][name]] for name in names] == [
        [1, 0],
        [0, 0],
        [0, 0],
        [1, 1],
        [0, 1],
        [0, 1],
    ]
    assert json.dumps(found["data"]["In repair"][1]) == json.dumps(
        {"value": 1, "model": "statuslog", **FEBRUARY, "status__in": "in repair"}
    )


def test_notifications_are_checked_or_not(api):
    assert asked(api, f"notifications/month/?{MONTHS}") == json.dumps(
        {
            "x_labels": ["2026-01", "2026-02"],
            "data": {
                name: [
                    {"value": value, "model": "notification", **month, "checked__exact": flag}
                    for value, month in zip(values, (JANUARY, FEBRUARY), strict=True)
                ]
                for name, flag, values in (("Checked", 1, (1, 0)), ("Unchecked", 0, (0, 2)))
            },
        }
    )


def test_days_of_projects_include_the_last(api):
    found = api.get("stats/errors/project/day/?begin=2026-01-31&end=2026-02-01")
    assert found["x_labels"] == ["2026-01-31", "2026-02-01"]
    assert [one["value"] for one in found["data"]["bee"]] == [3, 0]
    assert json.dumps(found["data"]["ant"][1]) == json.dumps(
        {
            "value": 1,
            "model": "error",
            "created_at__gte": "2026-02-01",
            "created_at__lt": "2026-02-02",
            "project__id__exact": 202,
        }
    )


@pytest.mark.parametrize(
    ("path", "name", "values"),
    [
        ("errors", "Errors", (2, 1, 0)),
        ("faults", "Faults", (2, 0, 0)),
        ("migrations", "Migrations", (0, 0, 0)),
        ("status-logs", "Status Logs", (0, 0, 0)),
    ],
)
def test_an_hour_counts_each_computer_once(api, path, name, values):
    found = api.get(f"stats/{path}/history/?begin=2026-1-31T23&end=2026-02-01T2")
    assert found["x_labels"] == [
        "2026-01-31 23:00:00",
        "2026-02-01 00:00:00",
        "2026-02-01 01:00:00",
    ]
    assert list(found["data"]) == [name]
    assert tuple(one["value"] for one in found["data"][name]) == values
    assert list(found["data"][name][0]) == ["value", "model", "created_at__gte", "created_at__lt"]
    assert found["data"][name][0]["created_at__lt"] == "2026-02-01T00:00:00"


def test_the_counters_of_synchronizations_have_their_forms(api):
    history = api.get("stats/syncs/history/?begin=2026-01-31T23&end=2026-02-01T01")
    assert [one["value"] for one in history["data"]["Synchronizations"]] == [2, 1]
    assert asked(api, "syncs/hourly/?begin=2026-01-31T23&end=2026-02-01T00&project_id=201") == (
        json.dumps(
            {
                "x_labels": ["2026-01-31 23:00", "2026-02-01 00:00"],
                "data": {
                    "Computers": items(
                        "model created_at__gte created_at__lt value project_id",
                        ("synchronization", "2026-01-31T23:00:00", "2026-02-01T00:00:00", 2, "201"),
                        ("synchronization", "2026-02-01T00:00:00", "2026-02-01T01:00:00", 1, "201"),
                    )
                },
            }
        )
    )
    daily = api.get("stats/syncs/daily/?begin=2026-01-31&end=2026-02-02")
    assert daily["x_labels"] == ["2026-01-31 (Sat)", "2026-02-01 (Sun)"]
    assert [one["value"] for one in daily["data"]["Computers"]] == [2, 2]
    assert json.dumps(daily["data"]["Computers"][0]) == json.dumps(
        {
            "model": "synchronization",
            "created_at__gte": "2026-01-31T00:00:00",
            "created_at__lt": "2026-02-01T00:00:00",
            "value": 2,
        }
    )
    monthly = api.get(f"stats/syncs/monthly/?{MONTHS}")
    assert monthly["x_labels"] == ["2026-01", "2026-02"]
    assert [one["value"] for one in monthly["data"]["Computers"]] == [2, 2]
    assert monthly["data"]["Computers"][1]["created_at__lt"] == "2026-03-01T00:00:00"


def test_a_scheduled_deployment_reaches_computers_day_by_day(api):
    # 842 starts on a Friday; its first wave reaches, in two days, those with 501: 1001 and 1002.
    # Its domain leaves 1002 out.
    found = api.get("stats/deployments/842/computers/delay/")
    assert found["x_labels"] == [f"2026-01-0{day}" for day in range(2, 8)]
    assert [one["value"] for one in found["data"]["Provided"]] == [0, 0, 0, 1, 1, 1]
    # 844 reaches 1003 by its tag, which is no attribute of a synchronization, and in the second
    # wave by one that is; its id is odd, so that it is the second day's.
    found = api.get("stats/deployments/844/computers/delay/")
    assert [one["value"] for one in found["data"]["Provided"]] == [0, 0, 0, 0, 0, 1]
