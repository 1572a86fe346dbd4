"""Properties, stamps, formulas and singularities through the administrative API."""

import pytest
from api import Api, signed_in
from conftest import RunningServer

CODE = "echo 1"


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture(scope="module")
def reader(server: RunningServer) -> Api:
    return signed_in(server, "reader")


@pytest.fixture(scope="module")
def formula(api: Api) -> int:
    return api.post("formulas/", prefix="P01", name="Cores", code=CODE)["id"]


@pytest.fixture(scope="module")
def stamp(api: Api) -> int:
    return api.post("stamps/", prefix="P02", name="Room")["id"]


def of_prefix(api: Api, resource: str, prefix: str) -> dict:
    return api.results(f"{resource}/?prefix={prefix}")[0]


def test_forms(api, formula, stamp):
    assert api.get(f"formulas/{formula}/") == {
        "id": formula,
        "prefix": "P01",
        "name": "Cores",
        "kind": "N",
        "sort": "client",
        "enabled": True,
        "language": 0,
        "code": CODE,
    }
    assert api.get(f"stamps/{stamp}/") == {
        "id": stamp,
        "prefix": "P02",
        "name": "Room",
        "kind": "N",
        "enabled": True,
    }
    assert api.get(f"properties/{formula}/") == {
        "id": formula,
        "language": "bash",
        "prefix": "P01",
        "name": "Cores",
        "enabled": True,
        "kind": "N",
        "sort": "client",
        "auto_add": True,
        "code": CODE,
    }


def test_a_property_is_written_with_the_number_of_its_language(api):
    made = api.post("properties/", prefix="P03", name="Any", language=1, sort="server")
    assert set(made) == {
        "id",
        "prefix",
        "name",
        "enabled",
        "kind",
        "sort",
        "auto_add",
        "language",
        "code",
    }
    assert (made["language"], made["sort"]) == (1, "server")
    path = f"properties/{made['id']}/"
    assert api.get(path)["language"] == "python"
    assert api.patch(path, sort="client", code="a\r\nb")["code"] == "a\nb"
    assert api("DELETE", path).status == 204
    assert api("GET", path).status == 404


def test_views_hold_only_their_sorts(api, formula, stamp):
    assert api("GET", f"stamps/{formula}/").status == 404
    assert api("GET", f"formulas/{stamp}/").status == 404
    assert api("DELETE", f"stamps/{formula}/").status == 404
    assert {row["sort"] for row in api.results("formulas/?page_size=1000")} == {"client", "basic"}
    assert not api.results("stamps/?prefix=SET")


def test_views_force_their_sort(api):
    made = api.post("formulas/", prefix="P04", name="x", code=CODE, sort="server")
    assert made["sort"] == "client"
    assert api.patch(f"formulas/{made['id']}/", sort="basic")["sort"] == "client"
    made = api.post("stamps/", prefix="P05", name="x", sort="client", code="x")
    stored = api.get(f"properties/{made['id']}/")
    assert (stored["sort"], stored["code"]) == ("server", "")


@pytest.mark.parametrize("code", ["", None])
def test_a_formula_needs_code(api, formula, code):
    answer = api("POST", "formulas/", {"prefix": "P06", "name": "x", "code": code})
    assert (answer.status, list(answer.json())) == (400, ["code"])
    answer = api("PATCH", f"formulas/{formula}/", {"code": code})
    assert (answer.status, answer.json()) == (400, {"code": ["This field may not be blank."]})


def test_basic_properties_stay_what_they_are(api, server):
    found = of_prefix(api, "formulas", "USR")
    path = f"formulas/{found['id']}/"
    changed = api.patch(path, **{**found, "enabled": False, "name": "User"})
    assert (changed["sort"], changed["enabled"], changed["name"]) == ("basic", False, "User")
    assert api.patch(path, enabled=True, name=found["name"]) == found
    for resource in ("formulas", "properties"):
        for name, value in (("prefix", "XXX"), ("kind", "L"), ("language", 4)):
            answer = api("PATCH", f"{resource}/{found['id']}/", {name: value})
            assert (answer.status, list(answer.json())) == (400, [name])
    assert api("PATCH", f"properties/{found['id']}/", {"sort": "client"}).status == 400
    for resource in ("formulas", "properties"):
        assert api("DELETE", f"{resource}/{found['id']}/").status == 204
    assert api.get(path) == found
    assert server.value("SELECT sort FROM core_property WHERE prefix = 'USR'") == "basic"


def test_nobody_makes_basic_properties(api, formula):
    body = {"prefix": "P07", "name": "x", "sort": "basic"}
    assert list(api("POST", "properties/", body).json()) == ["sort"]
    assert api("PATCH", f"properties/{formula}/", {"sort": "basic"}).status == 400


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x", "code": CODE}, "prefix"),
        ({"prefix": "ABCD", "name": "x", "code": CODE}, "prefix"),
        ({"prefix": "SET", "name": "x", "code": CODE}, "prefix"),
        ({"prefix": "P08", "code": CODE}, "name"),
        ({"prefix": "P08", "name": "x", "code": CODE, "kind": "Z"}, "kind"),
        ({"prefix": "P08", "name": "x", "code": CODE, "language": 9}, "language"),
        ({"prefix": "P08", "name": "x", "code": CODE, "language": "bash"}, "language"),
        ({"prefix": "P08", "name": "x", "code": CODE, "enabled": "maybe"}, "enabled"),
        ({"prefix": "P08", "name": "x", "code": {"a": 1}}, "code"),
    ],
)
def test_mistakes_are_named(api, body, field):
    answer = api("POST", "formulas/", body)
    assert (answer.status, list(answer.json())) == (400, [field])


def test_filters(api, formula, stamp):
    def prefixes(query: str, resource: str = "properties") -> set[str]:
        return {row["prefix"] for row in api.results(f"{resource}/?page_size=1000&{query}")}

    assert prefixes("prefix__in=P01,P02") == {"P01", "P02"}
    assert prefixes("prefix__icontains=p01") == {"P01"}
    assert prefixes("name__icontains=core") >= {"P01"}
    assert "P02" in prefixes("sort=server")
    assert "P01" not in prefixes("sort=server")
    assert prefixes("kind=-") >= {"PCI"}
    assert "HST" not in prefixes("language=0", "formulas")
    assert prefixes("attribute__id=1") == {"SET"}
    assert prefixes(f"search=cores&id={formula}", "formulas") == {"P01"}
    for query in ("kind=Z", "sort=zz", "attribute__id=x"):
        assert api("GET", f"properties/?{query}").status == 400
    assert api("GET", "formulas/?language=77").status == 400


def test_default_order(api, formula):
    listed = [row["prefix"] for row in api.results("properties/?page_size=1000")]
    assert listed == sorted(listed)


def test_kinds(api, reader):
    expected = {
        "N": "Normal",
        "-": "List",
        "L": "Added to the left",
        "R": "Added to the right",
        "J": "JSON",
    }
    for path in ("properties/kind/", "properties/kind"):
        answer = reader("GET", path, None, **{"Accept-Language": "en"})
        assert answer.json() == expected
    answer = api("GET", "properties/kind/", None, **{"Accept-Language": "fr"})
    assert list(answer.json()) == list(expected)


def test_permissions_are_those_of_properties(server, reader, formula):
    configurator = signed_in(server, "configurator")
    for resource in ("formulas", "properties"):
        assert configurator("PATCH", f"{resource}/{formula}/", {"name": "Cores"}).status == 200
        assert reader("PATCH", f"{resource}/{formula}/", {"name": "Cores"}).status == 403
    assert configurator("POST", "stamps/", {"prefix": "P09", "name": "x"}).status == 201
    assert reader("POST", "stamps/", {"prefix": "P10", "name": "x"}).status == 403


def test_singularities(api, formula):
    made = api.post(
        "singularities/",
        name="special",
        property_att=formula,
        priority=3,
        language=1,
        code="a\r\nb",
        included_attributes=[1],
    )
    key = made["id"]
    assert (made["property_att"], made["language"], made["code"]) == (formula, 1, "a\r\nb")
    read = api.get(f"singularities/{key}/")
    assert set(read) == {
        "id",
        "name",
        "enabled",
        "priority",
        "property_att",
        "language",
        "code",
        "included_attributes",
        "excluded_attributes",
    }
    assert read["language"] == "python"
    assert read["property_att"] == {
        "id": formula,
        "prefix": "P01",
        "name": "Cores",
        "sort": "client",
    }
    assert list(read["included_attributes"][0]) == [
        "id",
        "property_att",
        "value",
        "description",
        "latitude",
        "longitude",
    ]
    for query in (
        f"property_att__id={formula}",
        "property_att__prefix=P01",
        "property_att__name__icontains=core",
        "included_attributes__id=1&name=special",
        "search=special",
    ):
        assert [row["id"] for row in api.results(f"singularities/?{query}")] == [key]
    assert api.results("singularities/?name=special&excluded_attributes__id=1") == []
    assert [row["id"] for row in api.results(f"properties/?singularity__id={key}")] == [formula]
    changed = api.patch(f"singularities/{key}/", excluded_attributes=[1], included_attributes=[])
    assert (changed["included_attributes"], len(changed["excluded_attributes"])) == ([], 1)
    answer = api("POST", "singularities/", {"name": "special", "property_att": 1, "priority": 1})
    assert (answer.status, list(answer.json())) == (400, ["name"])
    answer = api("POST", "singularities/", {"name": "x", "property_att": 98765, "priority": 1})
    assert (answer.status, list(answer.json())) == (400, ["property_att"])
    missing = api("POST", "singularities/", {}).json()
    assert sorted(missing) == ["name", "priority", "property_att"]


def test_deleting_a_property_deletes_its_attributes_and_singularities(api, server):
    key = api.post("stamps/", prefix="P11", name="Gone")["id"]
    tag = api.post("tags/", property_att=key, value="x")["id"]
    body = {"name": "gone with it", "property_att": key, "priority": 1}
    singularity = api.post("singularities/", **body)["id"]
    assert api("DELETE", f"stamps/{key}/").status == 204
    assert api("GET", f"tags/{tag}/").status == 404
    assert api("GET", f"singularities/{singularity}/").status == 404
