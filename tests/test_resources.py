"""What every resource of the administrative API does alike."""

import gzip
import http.client
import json
from urllib.parse import urlsplit

import pytest
from agent import request
from api import Api, signed_in
from conftest import ADMIN, RunningServer


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture(scope="module")
def reader(server: RunningServer) -> Api:
    return signed_in(server, "reader")


@pytest.fixture(scope="module")
def platforms(api: Api) -> list[int]:
    names = ("Amiga", "BeOS", "Cray 100%", "Cray_2", "DOS")
    return [api.post("platforms/", name=f"list {name}")["id"] for name in names]


def names(api: Api, query: str) -> list[str]:
    return [row["name"].removeprefix("list ") for row in api.results(f"platforms/?{query}")]


def test_a_list_has_the_documented_envelope(api, platforms):
    page = api.get("platforms/?search=list&page_size=2&page=2&ordering=name")
    assert list(page) == ["count", "next", "previous", "results"]
    assert page["count"] == 5
    assert page["next"].endswith(
        "/api/v1/token/platforms/?ordering=name&page=3&page_size=2&search=list"
    )
    assert page["previous"].endswith("/platforms/?ordering=name&page_size=2&search=list")
    assert [row["name"] for row in page["results"]] == ["list Cray 100%", "list Cray_2"]


@pytest.mark.parametrize("path", ["platforms", "platforms.json", "platforms/?format=json"])
def test_the_slash_is_optional(api, platforms, path):
    assert api.get(path)["count"] >= 5


@pytest.mark.parametrize("query", ["page=0", "page=99", "page=x", "page=-1"])
def test_a_page_that_does_not_exist_is_not_found(api, platforms, query):
    answer = api("GET", f"platforms/?{query}")
    assert (answer.status, answer.json()) == (404, {"detail": "Invalid page."})


def test_the_last_page_and_odd_sizes(api, platforms):
    assert names(api, "search=list&page_size=2&page=last") == ["DOS"]
    for size in ("0", "-3", "x", ""):
        assert len(names(api, f"search=list&page_size={size}")) == 5


def test_filters(api, platforms):
    assert names(api, f"id={platforms[0]}") == ["Amiga"]
    assert names(api, f"id__in={platforms[0]},{platforms[4]}") == ["Amiga", "DOS"]
    assert names(api, "name__icontains=CRAY") == ["Cray 100%", "Cray_2"]
    assert names(api, "name__icontains=100%25") == ["Cray 100%"]
    assert names(api, "name__icontains=cray_") == ["Cray_2"]
    assert len(names(api, "search=list&name=&id=&nonsense=1")) == 5
    assert names(api, "search=list,cray+2") == ["Cray_2"]
    answer = api("GET", "platforms/?id=x")
    assert (answer.status, answer.json()) == (400, {"id": ["Enter a number."]})


def test_ordering(api, platforms):
    assert names(api, "search=list&ordering=-name")[0] == "DOS"
    assert names(api, "search=list&ordering=nonsense,-id")[0] == "DOS"
    assert names(api, "search=list&ordering=name;drop")[0] == "Amiga"


def test_long_queries_go_into_the_body(api, reader, platforms):
    for one in (api, reader):
        answer = one("POST", "platforms/filter/?page_size=1", {"id__in": platforms[:2]})
        assert answer.status == 200
        assert answer.json()["count"] == 2
        assert len(answer.json()["results"]) == 1


def test_the_life_of_a_record(api):
    made = api.post("platforms/", name="  Plan 9 ", id=77, nonsense=True)
    assert made == {"id": made["id"], "name": "Plan 9"}
    path = f"platforms/{made['id']}/"
    assert api.get(path) == made
    assert api.patch(path, name="Inferno")["name"] == "Inferno"
    assert api("PUT", path, {}).json() == {"name": ["This field is required."]}
    assert api("PATCH", path, {}).status == 200
    assert api("DELETE", path).status == 204
    answer = api("GET", path)
    assert answer.status == 404
    assert answer.json() == {"detail": "No Platform matches the given query."}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"name": ["This field is required."]}),
        ({"name": ""}, {"name": ["This field may not be blank."]}),
        ({"name": None}, {"name": ["This field may not be null."]}),
        ({"name": [1]}, {"name": ["Not a valid string."]}),
        ({"name": "x" * 51}, {"name": ["Ensure this field has no more than 50 characters."]}),
        (
            [],
            {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]},
        ),
    ],
)
def test_mistakes_are_named(api, body, expected):
    answer = api("POST", "platforms/", body)
    assert (answer.status, answer.json()) == (400, expected)


def test_a_name_that_is_taken_is_a_mistake(api, platforms):
    answer = api("POST", "platforms/", {"name": "list DOS"})
    assert answer.status == 400
    assert answer.json() == {"name": ["Platform with this name already exists."]}


def test_who_may_do_what(server, reader, platforms):
    assert reader.get("platforms/")["count"]
    path = f"platforms/{platforms[0]}/"
    for method, where in (("POST", "platforms/"), ("PATCH", path), ("DELETE", path)):
        answer = reader(method, where, {"name": "Stolen"})
        assert answer.status == 403
        assert answer.json()["detail"] == "You do not have permission to perform this action."
    for headers in ({"Authorization": ""}, {"Authorization": "Token x"}):
        answer = reader("GET", "platforms/", **headers)
        assert answer.status == 401
        assert answer.headers["www-authenticate"] == "Token"


@pytest.mark.parametrize("key", ["abc", "0", "99999999999999999999", "-1", "1.5", "%00"])
def test_odd_ids_are_not_found(api, key):
    assert api("GET", f"platforms/{key}/").status == 404


def test_methods_that_a_path_has_not(api):
    answer = api("DELETE", "platforms/")
    assert answer.status == 405
    assert answer.json() == {"detail": 'Method "DELETE" not allowed.'}
    assert "GET" in answer.headers["allow"]


def test_links_are_replaced_and_checked(api, platforms):
    made = api.post("attribute-sets/", name="links", included_attributes=[1])
    assert made["included_attributes"][0]["value"] == "All Systems"
    path = f"attribute-sets/{made['id']}/"
    assert api.patch(path, description="kept")["included_attributes"] != []
    answer = api("PATCH", path, {"included_attributes": [1, 987654]})
    assert answer.status == 400
    assert answer.json() == {
        "included_attributes": ['Invalid pk "987654" - object does not exist.']
    }
    assert api.patch(path, included_attributes=[])["included_attributes"] == []


def test_a_dashboard_elsewhere_may_ask(server):
    answer = Api(server.url, "")("OPTIONS", "platforms/", Origin="https://elsewhere.example")
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "PATCH" in answer.headers["access-control-allow-methods"]


def answer_as_sent(server, api: Api, path: str, accepted: str, method: str = "GET"):
    """Return status, headers and the body as it travels."""
    parts = urlsplit(server.url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    headers = {"Authorization": f"Token {api.token}", "Accept-Encoding": accepted}
    connection.request(method, f"/api/v1/token/{path}", headers=headers)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, response.headers, content


@pytest.mark.parametrize(
    ("accepted", "is_compressed"),
    [
        ("gzip", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("deflate,GZIP ; q=0.5", True),
        ("", False),
        ("gzip;q=0", False),
        ("br, gzip; q=0.000, identity", False),
        ("xgzip", False),
    ],
)
def test_json_is_compressed_for_who_takes_it(server, api, platforms, accepted, is_compressed):
    path = "platforms/?search=list&ordering=name"
    plain = answer_as_sent(server, api, path, "identity")[2]
    assert len(plain) > 200
    status, headers, content = answer_as_sent(server, api, path, accepted)
    assert (status, headers.get("Content-Encoding")) == (200, "gzip" if is_compressed else None)
    assert (gzip.decompress(content) if is_compressed else content) == plain
    assert headers["Content-Length"] == str(len(content))
    assert "Accept-Encoding" in headers["Vary"]
    _, told, nothing = answer_as_sent(server, api, path, accepted, "HEAD")
    assert (told["Content-Length"], nothing) == (headers["Content-Length"], b"")


def test_large_answers_are_compressed_whole(server, api):
    server.sql(
        "INSERT INTO core_platform (name) SELECT 'large ' || n FROM generate_series(1, 2000) n"
    )
    path = "platforms/?search=large&page_size=2000"
    _, _, plain = answer_as_sent(server, api, path, "identity")
    assert len(plain) > 64 * 1024
    status, headers, content = answer_as_sent(server, api, path, "gzip")
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert gzip.decompress(content) == plain
    assert len(content) < len(plain) / 4
    server.sql("DELETE FROM core_platform WHERE name LIKE 'large %'")


def test_small_answers_and_those_with_secrets_are_not_compressed(server, api, platforms):
    _, headers, _ = answer_as_sent(server, api, f"platforms/{platforms[0]}/", "gzip")
    assert "Content-Encoding" not in headers
    signs_in = request(
        server.url,
        "POST",
        "/token-auth-jwt/",
        json.dumps({"username": ADMIN[0], "password": ADMIN[1]}).encode(),
        {"Content-Type": "application/json", "Accept-Encoding": "gzip"},
    )
    assert (signs_in.status, len(signs_in.body) > 200) == (200, True)
    assert "content-encoding" not in signs_in.headers


@pytest.mark.parametrize("path", ["server/info/", "pms/", "languages/"])
def test_a_dashboard_elsewhere_may_ask_before_anybody_has_signed_in(server, path):
    origin = {"Origin": "https://elsewhere.example"}
    for method, status in (("OPTIONS", 200), ("GET", 200), ("DELETE", 405)):
        answer = request(server.url, method, f"/api/v1/public/{path}", None, origin)
        assert answer.status == status
        assert answer.headers["access-control-allow-origin"] == "*"
    asked = request(server.url, "OPTIONS", f"/api/v1/public/{path}", None, origin)
    assert "accept-language" in asked.headers["access-control-allow-headers"]
    assert asked.headers["access-control-max-age"] == "86400"


@pytest.mark.parametrize("path", ["keys/project/", "keys/packager/", "keys/repositories/"])
def test_keys_are_for_no_page_of_another_origin(server, path):
    answer = request(server.url, "OPTIONS", f"/api/v1/public/{path}")
    assert "access-control-allow-origin" not in answer.headers
