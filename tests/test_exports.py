"""Exports: a whole list as CSV, JSON or a workbook."""

import csv
import http.client
import io
import json
import re
import socket
import zipfile
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from agent import Agent
from api import Api, signed_in
from conftest import RunningServer

from migas_tornado.resources.export_table import EXPORTS
from migas_tornado.resources.registry import RESOURCES


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture(scope="module")
def reader(server: RunningServer) -> Api:
    return signed_in(server, "reader")


@pytest.fixture(scope="module")
def sets(api: Api) -> list[int]:
    made = [
        api.post("attribute-sets/", name="export =1+1", description='say "hi",\r\nplease'),
        api.post("attribute-sets/", name="export b", longitude=-3.5, included_attributes=[1]),
        api.post("attribute-sets/", name="-export", description="@SUM(A1)", enabled=False),
    ]
    return [one["id"] for one in made]


def exported(api: Api, path: str) -> list[dict[str, str]]:
    answer = api("GET", path)
    assert answer.status == 200, answer
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.body.decode(), newline="")))


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_an_export_is_compressed_once(api, sets, kind):
    path = f"attribute-sets/export/?id__in={sets[0]},{sets[1]}&export_format={kind}"
    plain = api("GET", path, **{"Accept-Encoding": "identity"})
    packed = api("GET", path, **{"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers.get("content-encoding") == (None if kind == "xlsx" else "gzip")
    if kind != "xlsx":  # which holds the time
        assert packed.body == plain.body


def test_csv_is_as_documented(api, sets):
    answer = api("GET", f"attribute-sets/export/?id__in={sets[0]},{sets[1]}&ordering=name")
    assert answer.status == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="attributeset.csv"'
    lines = answer.body.decode()
    assert lines == (
        "id,name,enabled,description,included_attributes,excluded_attributes,longitude,latitude\r\n"
        f'{sets[0]},export =1+1,1,"say ""hi"",\r\nplease",,,,\r\n'
        f"{sets[1]},export b,1,,1,,-3.5,\r\n"
    )


def test_formulas_are_taken_for_texts(api, sets):
    (row,) = exported(api, f"attribute-sets/export?id={sets[2]}")
    assert (row["name"], row["description"], row["enabled"]) == ("'-export", "'@SUM(A1)", "0")


def test_long_queries_go_into_the_body(api, reader, sets):
    for one in (api, reader):
        answer = one("POST", "attribute-sets/export/?ordering=-name", {"id__in": sets[:2]})
        assert answer.status == 200
        assert answer.body.decode().count("\r\n") == 4


@pytest.mark.parametrize("page", ["", "?page=7&page_size=2"])
def test_there_are_no_pages(api, page):
    for number in range(120):
        if not api.results(f"platforms/?name=export%20{number}"):
            api.post("platforms/", name=f"export {number}")
    assert len(exported(api, f"platforms/export/{page}")) >= 120


def test_nothing_found_is_a_header(api):
    answer = api("GET", "platforms/export/?name=nonsense")
    assert answer.body == b"id,name\r\n"
    assert api("GET", "platforms/export/?name=nonsense&export_format=json").json() == []


def test_json(api, sets):
    answer = api("GET", f"attribute-sets/export/?export_format=json&id={sets[1]}")
    assert answer.headers["content-disposition"] == 'attachment; filename="attributeset.json"'
    assert answer.json() == [
        {
            "id": sets[1],
            "name": "export b",
            "enabled": True,
            "description": None,
            "included_attributes": [1],
            "excluded_attributes": [],
            "longitude": -3.5,
            "latitude": None,
        }
    ]


def cells(content: bytes) -> list[list[Any]]:
    """Read the first sheet of a workbook, texts and numbers."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    rows = []
    for row in sheet.iter(f"{space}row"):
        found = []
        for cell in row.iter(f"{space}c"):
            assert cell.find(f"{space}f") is None
            text = cell.find(f"{space}is/{space}t")
            found.append(cell.find(f"{space}v").text if text is None else text.text)
        rows.append(found)
    return rows


def test_workbooks_hold_no_formulas(api, sets):
    answer = api("GET", f"attribute-sets/export/?export_format=xlsx&id__in={sets[1]},{sets[2]}")
    assert answer.status == 200
    assert answer.headers["content-disposition"].endswith('attributeset.xlsx"')
    header, *rows = cells(answer.body)
    assert header[:3] == ["id", "name", "enabled"]
    assert sorted(rows) == sorted(
        [
            [str(sets[1]), "export b", "1", "1", "-3.5"],
            [str(sets[2]), "-export", "0", "@SUM(A1)"],
        ]
    )


@pytest.mark.parametrize(
    ("query", "named"),
    [("export_format=pdf", "export_format"), ("id=x", "id"), ("id__in=a", "id__in")],
)
def test_mistakes_are_refused_before_anything_is_sent(api, query, named):
    answer = api("GET", f"platforms/export/?{query}")
    assert answer.status == 400
    assert list(answer.json()) == [named]


def test_a_login_is_needed(server):
    assert Api(server.url, "x")("GET", "platforms/export/").status == 401


@pytest.mark.parametrize("path", sorted(RESOURCES))
def test_every_resource_has_an_export(server, api, path):
    answer = api("GET", f"{path}/export/")
    assert answer.status == 200, (answer, server.log[-30:])
    names = next(csv.reader(io.StringIO(answer.body.decode(), newline="")))
    assert not {"password", "inventory_hash", "hardware_hash", "key"} & set(names)
    if path in EXPORTS and EXPORTS[path].members:
        listed = [one if isinstance(one, str) else one.name for one in EXPORTS[path].members]
        assert names == listed
    assert cells(api("GET", f"{path}/export/?export_format=xlsx").body)[0] == names
    for row in api("GET", f"{path}/export/?export_format=json").json():
        assert list(row) == names


def test_computers(server, api):
    agent = Agent(server.url, project="export-computers").enrol()
    agent.sync()
    (row,) = exported(api, f"computers/export/?id={agent.id}")
    assert list(row)[:7] == ["id", "uuid", "status", "name", "fqdn", "project", "created_at"]
    assert row["project"] == "export-computers"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", row["sync_end_date"])
    assert row["sync_user"]


def test_a_client_that_leaves_or_rests_harms_nobody(server, api):
    server.sql(
        "INSERT INTO core_platform (name) SELECT 'many ' || n FROM generate_series(1, 60000) n"
    )
    try:
        resting = []
        for _ in range(2):
            one = socket.create_connection(
                (urlsplit(server.url).hostname, urlsplit(server.url).port)
            )
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.sendall(
                f"GET /api/v1/token/platforms/export/ HTTP/1.1\r\nHost: x\r\n"
                f"Authorization: Token {api.token}\r\n\r\n".encode()
            )
            assert one.recv(12) == b"HTTP/1.1 200"
            resting.append(one)
        assert api.get("platforms/?name=many%207")["count"] == 1
        for one in resting:
            one.close()
        assert len(exported(api, "platforms/export/?search=many")) == 60000
        answer = api("GET", "platforms/export/?search=many&export_format=json")
        assert len(json.loads(answer.body)) == 60000
    finally:
        server.sql("DELETE FROM core_platform WHERE name LIKE 'many %'")


def test_times_are_those_of_the_server(own_server):
    server = own_server(time_zone="Asia/Tokyo")
    api = signed_in(server, "admin")
    server.sql(
        "INSERT INTO client_notification (created_at, message, checked) "
        "VALUES ('2026-03-01 20:30:40.123456+00', 'late', true)"
    )
    path = "notifications/export/?message=late"
    (row,) = exported(api, path)
    assert (row["created_at"], row["checked"]) == ("2026-03-02 05:30:40", "1")
    (found,) = api("GET", f"{path}&export_format=json").json()
    assert found["created_at"] == "2026-03-02T05:30:40.123456+09:00"
    days, *others = cells(api("GET", f"{path}&export_format=xlsx").body)[1][1:]
    assert float(days) == pytest.approx(46083 + (5 * 3600 + 30 * 60 + 40) / 86400)
    assert others == ["late", "1"]


def test_an_export_that_fails_does_not_look_whole(own_server):
    server = own_server()
    api = signed_in(server, "admin")
    server.sql(
        "INSERT INTO client_notification (created_at, message, checked) "
        "SELECT now(), repeat('x', 1000), false FROM generate_series(1, 30000)"
    )
    parts = urlsplit(server.url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    connection.connect()
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.request(
        "GET",
        "/api/v1/token/notifications/export/",
        headers={"Authorization": f"Token {api.token}"},
    )
    response = connection.getresponse()
    assert response.status == 200
    ends = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'migas-tornado' AND xact_start IS NOT NULL"
    )
    assert any(server.sql(ends) for _ in range(100))
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        response.read()
    connection.close()
    assert api("GET", "notifications/export/").body.count(b"\r\n") >= 30001
