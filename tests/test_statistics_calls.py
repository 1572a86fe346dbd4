"""Whom a statistic shows what, how it is asked for, and what it is called."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from api import Api, signed_in
from conftest import RunningServer
from counted_world import ZONE, counted_site, narrow, run

from migas_tornado.statistics.registry import STATISTICS

MONTHS = "begin=2026-01&end=2026-03"
MOST_STATEMENTS = 3  # of a request; one of them finds out who asks


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, untouched_site: Path) -> Iterator[Any]:
    yield from counted_site(tmp_path_factory.mktemp("madrid"), untouched_site)


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture
def narrowed(server: RunningServer) -> Iterator[Any]:
    """Return the API for somebody who looks at a domain or scope."""

    def look(**at: int) -> Api:
        narrow(server, **at)
        return signed_in(server, "domain-admin")

    yield look
    narrow(server)


def asked(api: Api, path: str, headers: dict[str, str]) -> Any:
    answer = api("GET", f"stats/{path}", **headers)
    assert answer.status == 200, answer
    return answer.json()


# -- what is seen --------------------------------------------------------------------------------

NARROWED: dict[str, tuple[Any, Any]] = {
    "computers/projects/": (1, 2),
    "computers/machine/": (1, 3),
    "computers/status/": (1, 3),
    "computers/productive/platform/": (1, 3),
    "errors/unchecked/": (1, 4),
    "errors/status/project/": (2, 5),
    "faults/definition/": (4, 5),
    "migrations/project/": (1, 2),
    "status-logs/status/": (1, 1),
    "syncs/project/": (3, 5),
    "packages/store/": (3, 4),
    "packages-history/project/": (2, 4),
    "stores/project/": (2, 3),
    "deployments/enabled/": (2, 4),
    "deployments/schedule/": (2, 4),
    "deployments/enabled/project/": (2, 3),
    "mgi/build-types/": (1, 2),
    "mgi/build-status/": (3, 6),
    "mgi/flavours/": (2, 3),
    "tags/category/": (1, 0),
    "features/property/": (1, 3),
    "applications/category/": (3, 3),
    "devices/model/": (3, 3),
}
"""Statistic -> its total in a domain of one computer, and in a scope of three."""


@pytest.mark.parametrize("path", NARROWED)
def test_a_domain_or_scope_narrows_what_is_counted(narrowed, path):
    in_domain, in_scope = NARROWED[path]
    assert narrowed(domain=601).get(f"stats/{path}")["total"] == in_domain
    scope = narrowed(scope=611).get(f"stats/{path}")["total"]
    assert scope == in_scope, scope
    both = narrowed(domain=601, scope=611).get(f"stats/{path}")["total"]
    assert both <= min(in_domain, in_scope) or path == "tags/category/"


SERIES = {
    "computers/new": [1, 0],
    "errors/project": [2, 0],
    "faults/project": [4, 0],
    "syncs/project": [2, 1],
    "migrations/project": [1, 0],
    "mgi/builds": [1, 2],
}


@pytest.mark.parametrize("path", SERIES)
def test_only_visible_projects_have_a_series(narrowed, path):
    found = narrowed(domain=601).get(f"stats/{path}/month/?{MONTHS}")
    assert list(found["data"]) == ["bee"]
    assert [one["value"] for one in found["data"]["bee"]] == SERIES[path]


def test_a_domain_without_computers_counts_nothing(narrowed):
    api = narrowed(domain=602)
    for path in NARROWED:
        total = api.get(f"stats/{path}")["total"]
        assert (total == 0) != path.startswith(("applications", "devices")), path
    for path in SERIES:
        assert api.get(f"stats/{path}/month/")["data"] == {}


def test_events_by_hour_and_day_are_those_of_visible_computers(narrowed):
    api = narrowed(domain=601)
    hours = "history/?begin=2026-01-31T23&end=2026-02-01T01"
    for path, name, values in (
        ("errors", "Errors", [1, 0]),
        ("syncs", "Synchronizations", [1, 1]),
    ):
        found = api.get(f"stats/{path}/{hours}")["data"][name]
        assert [one["value"] for one in found] == values
    assert api.get("stats/errors/by-day/?computer_id=1002") == []
    found = api.get("stats/syncs/project/day/?begin=2026-01-31&end=2026-02-01")["data"]["bee"]
    assert [one["value"] for one in found] == [2, 1]


def test_unchecked_faults_are_those_of_whoever_asks(narrowed):
    found = narrowed().get("stats/faults/unchecked/")
    assert found["total"] == 3
    assert narrowed(domain=601).get("stats/faults/unchecked/")["total"] == 2


# -- what is asked -------------------------------------------------------------------------------


def now() -> datetime:
    return datetime.now(ZoneInfo(ZONE))


def month_after(moment: datetime, count: int) -> str:
    number = moment.year * 12 + moment.month - 1 + count
    return f"{number // 12:04}-{number % 12 + 1:02}"


@pytest.mark.parametrize("query", ["", "begin=&end=", "begin=x&end=2026-99", "begin=2026-13"])
def test_without_months_the_last_eighteen_are_counted(api, query):
    labels = api.get(f"stats/notifications/month/?{query}")["x_labels"]
    assert len(labels) == 18
    assert labels[-1] == month_after(now(), 0)
    assert labels[0] == month_after(now(), -17)


@pytest.mark.parametrize(
    ("query", "first", "last", "count"),
    [
        ("begin=2020-03", "2020-03", "2021-08", 18),
        ("begin=2020-3&end=bad", "2020-03", "2021-08", 18),
        ("end=2020-03", "2018-09", "2020-02", 18),
        ("begin=bad&end=2020-03", "2018-09", "2020-02", 18),
        ("begin=2020-03&end=2020-01", "2020-01", "2020-02", 2),
        ("begin=2019-11&end=2020-02", "2019-11", "2020-01", 3),
    ],
)
@pytest.mark.parametrize("path", ["errors/project/month", "syncs/monthly"])
def test_months_are_read_as_they_are_meant(api, path, query, first, last, count):
    labels = api.get(f"stats/{path}/?{query}")["x_labels"]
    assert (labels[0], labels[-1], len(labels)) == (first, last, count)


def test_the_same_month_twice_is_none(api):
    found = api.get("stats/errors/project/month/?begin=2020-01&end=2020-01")
    assert found["x_labels"] == []
    assert found["data"] == {"Available": [], "ant": [], "bee": []}


@pytest.mark.parametrize("query", ["", "begin=2026-02-30", "begin=1&end=2"])
def test_without_days_the_last_thirty_five_are_counted(api, query):
    today = now().date()
    labels = api.get(f"stats/errors/project/day/?{query}")["x_labels"]
    assert len(labels) == 36
    assert labels[-1] == str(today + timedelta(days=1))
    labels = api.get(f"stats/syncs/daily/?{query}")["x_labels"]
    assert len(labels) == 35
    assert labels[-1].startswith(str(today))


def test_without_hours_the_last_three_days_are_counted(api):
    labels = api.get("stats/errors/history/")["x_labels"]
    assert len(labels) == 72
    assert labels[-1] == now().strftime("%Y-%m-%d %H:00:00")
    labels = api.get("stats/syncs/hourly/")["x_labels"]
    assert len(labels) == 2
    assert labels[0] == now().strftime("%Y-%m-%d %H:00")


def test_the_night_with_two_hours_of_a_name_has_both(api):
    found = api.get("stats/errors/history/?begin=2026-10-25T01&end=2026-10-25T04")
    assert [label[11:13] for label in found["x_labels"]] == ["01", "02", "02", "03"]
    found = api.get("stats/errors/history/?begin=2026-03-29T01&end=2026-03-29T04")
    assert [label[11:13] for label in found["x_labels"]] == ["01", "03"]


@pytest.mark.parametrize("domain", [None, 601])
def test_days_begin_at_midnight_also_when_the_clocks_change(server, narrowed, domain):
    # On March 29 midnight comes at 23:00 UTC before, and at 22:00 UTC after.
    run(
        server,
        "INSERT INTO client_error (created_at, computer_id, description, checked, project_id) "
        "SELECT moment::timestamptz, 1001, 'clocks', true, 201 FROM unnest(ARRAY["
        "'2026-03-28 22:59+00', '2026-03-28 23:00+00', '2026-03-29 21:59+00', "
        "'2026-03-29 22:00+00']) AS moment",
    )
    try:
        api = narrowed(domain=domain)
        days = api.get("stats/errors/project/day/?begin=2026-03-28&end=2026-03-30")
        assert [one["value"] for one in days["data"]["bee"]] == [1, 2, 1]
        by_day = "stats/errors/by-day/?computer_id=1001&start_date=2026-03-28&end_date=2026-03-31"
        assert api.get(by_day) == [["2026-03-30", 1], ["2026-03-29", 2], ["2026-03-28", 1]]
    finally:
        run(server, "DELETE FROM client_error WHERE description = 'clocks'")
    days = api.get("stats/errors/project/day/?begin=2026-03-28&end=2026-03-30")
    assert [one["value"] for one in days["data"]["bee"]] == [0, 0, 0]


@pytest.mark.parametrize(
    "path",
    [
        "errors/by-day/?computer_id=x",
        "errors/by-day/?computer_id=1001&start_date=x",
        "errors/by-day/?computer_id=1001&start_date=2026-02-30",
        "errors/by-day/?computer_id=1001&end_date=31-12-2026",
        "errors/by-day/?computer_id=1001&end_date=",
        "computers/attributes/count/?attributes=1&attributes=x",
        "computers/attributes/count/?attributes=1&project_id=x",
        "syncs/monthly/?project_id=x",
        "syncs/yearly/?begin=",
        "syncs/yearly/?end=x",
        "deployments/x/timeline/",
        "deployments/x/computers/assigned/",
        "deployments/841/computers/delay/",
        "errors/history/?begin=1900-01-01T00",
        "errors/project/day/?begin=1900-01-01&end=2999-01-01",
    ],
)
def test_what_cannot_be_meant_is_refused(api, path):
    answer = api("GET", f"stats/{path}")
    assert answer.status == 400, answer
    assert isinstance(answer.detail, str)


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("errors/by-day/", "No Computer matches the given query."),
        ("errors/by-day/?computer_id=9999", "No Computer matches the given query."),
        ("errors/by-day/?computer_id=99999999999999", "No Computer matches the given query."),
        ("syncs/daily/?project_id=9999", "No Project matches the given query."),
        ("deployments/9999/timeline/", "No Deployment matches the given query."),
        ("deployments/9999/computers/assigned/", "No Deployment matches the given query."),
        ("deployments/9999/computers/status/ok/", "No Deployment matches the given query."),
        ("deployments/9999/computers/delay/", "No Deployment matches the given query."),
        ("deployments/99999999999999/timeline/", "No Deployment matches the given query."),
        ("errors/unchecked/?format=csv", "Not found."),
        ("syncs/unchecked/", "Not found."),
        ("migrations/unchecked/", "Not found."),
    ],
)
def test_what_is_not_there_is_not_found(api, path, detail):
    answer = api("GET", f"stats/{path}")
    assert (answer.status, answer.detail) == (404, detail)


def test_a_year_has_four_digits(api):
    answer = api("GET", "stats/syncs/yearly/?begin=25")
    assert (answer.status, answer.json()) == (404, ["25 is not a valid year"])


@pytest.mark.parametrize("path", STATISTICS)
def test_a_statistic_is_only_read_and_only_by_accounts(server, api, path):
    path = "stats/" + path.replace("{id}", "841") + "/"
    stranger = Api(server.url, "")
    assert stranger("GET", path, Authorization="").status == 401
    for method in ("POST", "PUT", "DELETE"):
        answer = api(method, path, {})
        assert answer.status == 405, (method, answer)
    assert api("OPTIONS", path).status == 200
    assert api("HEAD", path).body == b""


# -- how it is called ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "title", "names", "weekday"),
    [
        ("en-US, en;q=0.9", "Computers / Machine", ["Subscribed", "Unsubscribed"], "Sat"),
        ("es-ES", "Ordenadores / Máquina", ["Suscrito", "Baja"], "Sáb"),
        ("fr-FR", "Ordinateurs / Machine", ["Inscrit", "Désinscrit"], "sam"),
    ],
)
def test_labels_are_in_the_language_of_whoever_asks(api, language, title, names, weekday):
    wish = {"Accept-Language": language}
    found = asked(api, "computers/machine/", wish)
    assert found["title"] == title
    assert [one["name"] for one in found["inner"]] == names
    found = asked(api, "syncs/daily/?begin=2026-01-31&end=2026-02-01", wish)
    assert found["x_labels"] == [f"2026-01-31 ({weekday})"]


@pytest.mark.parametrize("language", ["es", "fr"])
def test_every_title_is_translated_and_no_name_of_a_record_is(api, language):
    wish = {"Accept-Language": language}
    for path in NARROWED:
        found, english = asked(api, path, wish), asked(api, path, {})
        if "title" in found and "Migrations" not in found["title"]:
            assert found["title"] != english["title"], path
    months = asked(api, f"errors/project/month/?{MONTHS}", wish)
    assert list(months["data"]) == ["Available", "ant", "bee"]


# -- what it costs -------------------------------------------------------------------------------


def least_statements(ask: Callable[[], object], log: Path) -> int:
    """Count what one request asks the database.

    Jobs of the server ask at the same moment, which only adds to a count: the least one is told,
    and where all of the first are high, a job may last longer than they did.
    """
    counts: list[int] = []
    for pause in (0, 0, 0, 0, *[0.25] * 8):
        if pause and min(counts) <= MOST_STATEMENTS:
            break
        time.sleep(pause)
        before = log.stat().st_size
        ask()
        counts.append(log.read_bytes()[before:].count(b"  execute "))
    return min(counts)


def test_a_statistic_costs_few_statements_whatever_there_is(server, api):
    server.sql("ALTER SYSTEM SET log_min_duration_statement = 0")
    server.sql("SELECT pg_reload_conf()")
    # Who gets a new connection comes after all others have been told.
    while server.value("SHOW log_min_duration_statement") != "0":
        time.sleep(0.05)
    log = server.data_dir / "postgres" / "log"
    counts = {}
    for path in STATISTICS:
        question = f"stats/{path.replace('{id}', '842')}/?computer_id=1001&attributes=501"
        counts[path] = least_statements(lambda question=question: api("GET", question), log)
    server.sql("ALTER SYSTEM RESET log_min_duration_statement")
    server.sql("SELECT pg_reload_conf()")
    odd = {path: count for path, count in counts.items() if not 2 <= count <= MOST_STATEMENTS}
    assert odd == {}
