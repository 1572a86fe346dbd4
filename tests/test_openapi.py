"""The OpenAPI document: valid, complete, and true."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from agent import Answer
from api import Api, signed_in
from conftest import RunningServer
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from populated import populate

from migas_tornado.resources.openapi.templates import templates
from migas_tornado.resources.openapi.yaml import yaml as to_yaml
from migas_tornado.resources.registry import RESOURCES

Schema = dict[str, Any]

METHODS = ("get", "post", "put", "patch", "delete")
NOBODY = "999999999"
BASE = "/api/v1/token/"


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    api = signed_in(server, "admin")
    populate(server.url, api, "openapi")
    server.sql(
        "INSERT INTO certificate_certificate (serial, role, common_name, email, address, "
        "issued_at, valid_until, is_released, reason) "
        "VALUES ('1', 'admin', 'populated', '', '', now(), now(), false, '')"
    )
    return api


@pytest.fixture(scope="module")
def document(server: RunningServer) -> Schema:
    answer = Api(server.url, "")("GET", "/api/schema/?format=json", Authorization="")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json"
    return answer.json()


def operations(document: Schema, *methods: str) -> Iterator[tuple[str, str, Schema]]:
    for path, item in document["paths"].items():
        for method in methods or METHODS:
            if method in item:
                yield path, method, item[method]


def mistakes(document: Schema, operation: Schema, answer: Answer) -> list[str]:
    """Tell what an answer has that its operation does not document."""
    described = operation["responses"].get(str(answer.status))
    if described is None:
        return [f"status {answer.status} is not documented: {answer.body[:200]!r}"]
    if "$ref" in described:
        name = described["$ref"].rpartition("/")[2]
        described = document["components"]["responses"][name]
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if answer.status == 404 and answer.body == b"":
        return []  # relations/ and badge/
    if "content" not in described:
        return [] if answer.body == b"" else ["there should be no body"]
    if kind not in described["content"]:
        return [f"media type {kind!r} is not documented"]
    if kind != "application/json":
        return []
    schema = {**described["content"][kind]["schema"], "components": document["components"]}
    errors = Draft202012Validator(schema).iter_errors(answer.json())
    return [f"{error.json_path}: {error.message[:200]}" for error in list(errors)[:5]]


def test_the_document_is_valid(document):
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_it_is_yaml_unless_json_is_asked_for(server, document):
    answer = Api(server.url, "")("GET", "/api/schema", Authorization="")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi"
    assert yaml.load(answer.body, yaml.CSafeLoader) == document


def test_yaml_keeps_every_value():
    value = {"a: b": [1, None, [], {}, {"x": "- y\n#"}, [["z"]]], "true": True, "": "é\x7f"}
    assert yaml.safe_load(to_yaml(value)) == value


def test_operations_have_names_of_their_own(document):
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names)) > 60


def test_every_resource_is_there_with_its_methods(document):
    for path, resource in RESOURCES.items():
        listed = document["paths"].get(f"{BASE}{path}/", {})
        record = document["paths"].get(f"{BASE}{path}/{{id}}/", {})
        assert ("get" in listed) >= ("L" in resource.methods), path
        assert ("post" in listed) >= ("C" in resource.methods), path
        assert ("get" in record) >= ("R" in resource.methods), path
        assert ("patch" in record) >= ("U" in resource.methods), path
        assert ("delete" in record) >= ("D" in resource.methods), path


def test_a_list_has_its_parameters(document):
    listed = document["paths"][f"{BASE}platforms/"]["get"]["parameters"]
    parameters = {one["name"]: one for one in listed}
    assert {"page", "page_size", "ordering", "search", "id", "id__in"} <= parameters.keys()
    assert parameters["id"]["schema"] == {"type": "integer"}
    assert parameters["id__in"]["explode"] is False
    assert parameters["name__icontains"]["schema"] == {"type": "string"}


def test_a_body_has_its_limits(document):
    schema = document["components"]["schemas"]["PlatformBody"]
    name = schema["properties"]["name"]
    assert schema["required"] == ["name"]
    assert (name["type"], name["minLength"], name["maxLength"]) == ("string", 1, 50)


def test_every_answer_is_described(document):
    """A call that no resource declares is described by its handler, or in `openapi/described`."""
    bare = [
        f"{method} {path}"
        for path, method, operation in operations(document)
        for status, answer in operation["responses"].items()
        if status[0] == "2" and answer.get("content", {}).get("application/json") == {"schema": {}}
    ]
    passed_on = re.compile("/(mgi/|projects/templates/)|/(export|replacement|logical-devices)/$")
    assert [one for one in bare if not passed_on.search(one)] == []


def test_every_operation_says_what_it_does_and_who_may(document):
    for path, method, operation in operations(document):
        assert operation["summary"], (path, method)
        needs_login = path.startswith(BASE) or path == "/graphql/"
        assert bool(operation["security"]) == needs_login or "auth" in path, path
        places = re.findall(r"{(\w+)}", path)
        parameters = operation.get("parameters", [])
        assert places == [one["name"] for one in parameters if one["in"] == "path"], (method, path)
        assert document["paths"][path].keys() <= set(METHODS), path


def test_every_tag_is_described(document):
    used = {tag for _, _, operation in operations(document) for tag in operation["tags"]}
    described = {one["name"]: one["description"] for one in document["tags"]}
    assert described.keys() == used
    assert [name for name, text in described.items() if text.startswith("Calls below")] == []
    assert len(set(described.values())) == len(described)


def test_what_can_be_read_is_as_described(api, document):
    found = {}
    for path, _, operation in operations(document, "get"):
        if "{" not in path:
            answer = api("GET", path)
            if wrong := mistakes(document, operation, answer):
                found[path] = wrong
    assert found == {}


def test_records_are_as_described(api, document):
    found, empty = {}, []
    for path, _, operation in operations(document, "get"):
        reals = real_paths(api, path)
        if reals == [] and path.count("{") == 1 and path.endswith("{id}/"):
            empty.append(path)
        for real in reals:
            if wrong := mistakes(document, operation, api("GET", real)):
                found[real] = wrong
    assert found == {}
    assert empty == []


def test_changes_of_nothing_are_answered_as_described(api, document):
    found = {}
    for path, _, operation in operations(document, "patch"):
        if path.removeprefix(BASE).removesuffix("/{id}/") in RESOURCES:
            for real in real_paths(api, path):
                answer = api("PATCH", real, {})
                wrong = mistakes(document, operation, answer)
                if wrong or answer.status != 200:
                    found[real] = wrong or [answer.status, answer.body]
    assert found == {}


def test_long_queries_are_answered_as_described(api, document):
    found = {}
    for path, _, operation in operations(document, "post"):
        folder, _, action = path.removeprefix(BASE).removesuffix("/").rpartition("/")
        if folder in RESOURCES and action in ("filter", "export"):
            answer = api("POST", path, {"page_size": 2})
            wrong = mistakes(document, operation, answer)
            if wrong or answer.status != 200:
                found[path] = wrong or [answer.status, answer.body]
    assert found == {}


def real_paths(api: Api, path: str) -> list[str]:
    """Return a path for a record that exists, if the list before the place has one."""
    before, place, after = path.partition("{id}")
    if not place or "{" in after or before.removeprefix(BASE).rstrip("/") not in RESOURCES:
        return []
    answer = api("GET", f"{before}?page_size=2")
    if answer.status != 200:
        return []
    return [f"{before}{row['id']}{after}" for row in answer.json()["results"] if "id" in row]


def test_what_does_not_exist_is_refused_as_described(api, document):
    """Every operation on a record, called for one that is not there."""
    found = {}
    for path, method, operation in operations(document):
        if "{" in path and path.startswith(BASE):
            real = re.sub(r"{\w+}", NOBODY, path)
            answer = api(method.upper(), real, {} if method in ("post", "put", "patch") else None)
            wrong = mistakes(document, operation, answer)
            if wrong or answer.status >= 500:
                found[f"{method} {real}"] = wrong or [answer.status]
    assert found == {}


def test_odd_bodies_are_refused_as_described(server, document):
    """Every operation that takes a body or none, called without login and with a wrong body."""
    found = {}
    for path, method, operation in operations(document, "post", "put", "patch"):
        if "{" in path:
            continue
        api = signed_in(server, "admin")  # signing out ends a token
        for body in ([], "x", {"project": 1, "msg": [], "username": {}, "name": [{}]}):
            answer = api(method.upper(), path, body)
            wrong = mistakes(document, operation, answer)
            if wrong or answer.status >= 500:
                found[f"{method} {path} {json.dumps(body)}"] = wrong or [answer.status]
    assert found == {}


def test_every_operation_that_needs_a_login_refuses_strangers(server, document):
    stranger = Api(server.url, "")
    for path, method, operation in operations(document):
        if operation["security"]:
            answer = stranger(method.upper(), re.sub(r"{\w+}", "1", path), Authorization="")
            assert answer.status == 401, (method, path)
            assert mistakes(document, operation, answer) == [], (method, path)


def test_the_page_needs_nothing_from_elsewhere(server):
    visitor = Api(server.url, "")
    page = visitor("GET", "/docs/", Authorization="")
    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self';" in page.headers["content-security-policy"]
    text = page.body.decode()
    assert "://" not in text
    assert re.search(r"<script>|\son\w+=|style=", text) is None
    names = re.findall(r'(?:src|href)="(/[^"]*)"', text)
    assert len(names) == 4
    for name in names:
        assert visitor("GET", name, Authorization="").status == 200, name
    assert visitor("GET", "/docs/docs.html.bak", Authorization="").status == 404


@pytest.mark.parametrize(
    ("path", "some"),
    [("", ("platforms", "attribute-sets")), ("devices/", ()), ("catalog/", ()), ("mgi/", ())],
)
def test_the_index_names_what_is_below(api, path, some):
    found = api.get(path)
    assert set(some) <= found.keys()
    for name, url in found.items():
        assert url == f"{api.url}{BASE}{path}{name}/"
        assert api("GET", url.removeprefix(api.url)).status in (200, 405), url


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (r"/api/v1/token/x(?:/|\.json)?", ["/api/v1/token/x/"]),
        (r"/api/v1/token/x/([^/]+?)(?:/|\.json)?", ["/api/v1/token/x/{id}/"]),
        (r"/x/([^/]+)/y/([^/]+)/?", ["/x/{id}/y/{y_id}/"]),
        (r"/x/(?P<name>\d+)/?$", ["/x/{name}/"]),
        (r"/health/(live|ready)/?", ["/health/live/", "/health/ready/"]),
        (r"/public/(.*)", ["/public/{path}"]),
        (r"/a\.b", ["/a.b"]),
        (r"/x/[0-9]+/?", []),
        (r"/x/([^/]+)/(?:a|b)/?", ["/x/{id}/a/", "/x/{id}/b/"]),
    ],
)
def test_routes_become_templates(expression, expected):
    assert templates(expression) == expected
