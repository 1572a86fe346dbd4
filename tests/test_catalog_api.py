"""The catalogue of applications and the policies, as administrators keep them."""

import pytest
from agent import Agent
from api import Api, signed_in
from conftest import RunningServer

PROJECT = "catalog-api"


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture(scope="module")
def reader(server: RunningServer) -> Api:
    return signed_in(server, "reader")


@pytest.fixture(scope="module")
def computer(server: RunningServer) -> Agent:
    agent = Agent(server.url, project=PROJECT).enrol()
    agent.sync()
    return agent


@pytest.fixture(scope="module")
def project(server: RunningServer, computer: Agent) -> int:
    return server.value("SELECT id FROM core_project WHERE name = $1", PROJECT)


def test_levels(reader):
    for path in ("catalog/apps/levels/", "catalog/apps/levels"):
        assert reader.get(path) == {"U": "User", "A": "Admin"}


def test_categories(api, reader):
    made = api.post("catalog/categories/", name="Cooking")
    assert made == {"id": made["id"], "name": "Cooking"}
    assert reader.results("catalog/categories/?search=cook") == [made]
    assert reader("DELETE", f"catalog/categories/{made['id']}/").status == 403
    app = api.post("catalog/apps/", name="Cookbook", category=made["id"])
    assert api.results(f"catalog/categories/?application__id={app['id']}") == [made]
    answer = api("DELETE", f"catalog/categories/{made['id']}/")
    assert (answer.status, answer.detail) == (
        409,
        "This category cannot be deleted: 1 applications depend on it.",
    )
    assert api("DELETE", f"catalog/apps/{app['id']}/").status == 204
    assert api("DELETE", f"catalog/categories/{made['id']}/").status == 204


def test_apps(api, project):
    made = api.post(
        "catalog/apps/", name="Writer", category=10, score=4, available_for_attributes=[1]
    )
    assert list(made) == [
        "id",
        "level",
        "category",
        "available_for_attributes",
        "name",
        "description",
        "created_at",
        "score",
        "icon",
    ]
    assert made["level"] == {"id": "U", "name": "User"}
    assert made["category"] == {"id": 10, "name": "Office"}
    assert made["icon"] is None
    packages = api.post(
        "catalog/project-packages/",
        application=made["id"],
        project=project,
        packages_to_install=["writer", "writer-doc"],
    )
    path = f"catalog/apps/{made['id']}/"
    read = api.get(path)
    assert read == {
        **made,
        "packages_by_project": [
            {
                "id": packages["id"],
                "application": {"id": made["id"]},
                "project": {"id": project, "name": PROJECT},
                "packages_to_install": ["writer", "writer-doc"],
            }
        ],
    }
    assert "packages_by_project" not in api.patch(path, level="A", packages_by_project=[])
    assert api.get(path)["packages_by_project"] == read["packages_by_project"]
    for query in (
        "level=A",
        "score=4",
        "category__id=10",
        "available_for_attributes__id=1",
        f"packages_by_project__project__id={project}",
        f"packages_by_project__id={packages['id']}",
        "search=rite",
    ):
        assert made["id"] in [row["id"] for row in api.results(f"catalog/apps/?{query}")], query
    assert api("GET", "catalog/apps/?level=Z").status == 400


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"name", "category"}),
        ({"name": "A", "category": 1, "score": 6}, {"score"}),
        ({"name": "A", "category": 1, "level": "X"}, {"level"}),
        ({"name": "A", "category": 987654}, {"category"}),
        ({"name": "A", "category": 1, "available_for_attributes": [987654]}, None),
        ({"name": "A", "category": 1, "icon": "https://example.org/x.png"}, {"icon"}),
        ({"name": "A", "category": 1, "icon": ["x"]}, {"icon"}),
        ({"name": "A", "category": 1, "icon": {"name": "a.png", "content": "x"}}, {"icon"}),
    ],
)
def test_mistakes_in_apps(api, body, expected):
    answer = api("POST", "catalog/apps/", body)
    assert answer.status == 400
    assert set(answer.json()) == (expected or {"available_for_attributes"})


def test_project_packages(api, reader, project):
    app = api.post("catalog/apps/", name="Reader", category=2)
    body = {"application": app["id"], "project": project}
    made = api.post("catalog/project-packages/", **body, packages_to_install="a\n b \n")
    assert made == {"id": made["id"], **body, "packages_to_install": "a\nb"}
    path = f"catalog/project-packages/{made['id']}/"
    assert api.patch(path, packages_to_install=["zulu"])["packages_to_install"] == "zulu"
    assert reader.get(path) == {
        "id": made["id"],
        "application": {"id": app["id"]},
        "project": {"id": project, "name": PROJECT},
        "packages_to_install": ["zulu"],
    }
    for query in (f"application__id={app['id']}", f"packages_to_install=ul&id={made['id']}"):
        rows = reader.results(f"catalog/project-packages/?{query}")
        assert [row["id"] for row in rows] == [made["id"]]
    assert reader.results(f"catalog/project-packages/?packages_to_install=x&id={made['id']}") == []
    answer = api("POST", "catalog/project-packages/", body)
    assert (answer.status, list(answer.json())) == (400, ["non_field_errors"])
    other = api.post("catalog/apps/", name="Reader 2", category=2)
    without = api.post(
        "catalog/project-packages/",
        application=other["id"],
        project=project,
        packages_to_install=None,
    )
    assert without["packages_to_install"] == ""
    assert api("DELETE", f"catalog/apps/{app['id']}/").status == 204
    assert api("GET", path).status == 404


def test_policies_and_their_groups(api, reader):
    policy = api.post("catalog/policies/", name="Labs", included_attributes=[1])
    assert list(policy) == [
        "id",
        "included_attributes",
        "excluded_attributes",
        "name",
        "enabled",
        "exclusive",
        "comment",
    ]
    assert (policy["enabled"], policy["exclusive"]) == (True, True)
    app = api.post("catalog/apps/", name="Lab tool", category=1)
    group = api.post(
        "catalog/policy-groups/",
        policy=policy["id"],
        priority=1,
        applications=[app["id"]],
        included_attributes=[1],
    )
    assert list(group) == [
        "id",
        "policy",
        "applications",
        "included_attributes",
        "excluded_attributes",
        "priority",
    ]
    assert group["policy"] == policy["id"]
    assert group["applications"] == [{"id": app["id"], "name": "Lab tool"}]
    read = reader.get(f"catalog/policy-groups/{group['id']}/")
    assert read == {**group, "policy": {"id": policy["id"], "name": "Labs"}}
    for query in (
        f"policy__id={policy['id']}",
        "priority=1&included_attributes__id=1",
        f"applications__id={app['id']}",
    ):
        found = [row["id"] for row in reader.results(f"catalog/policy-groups/?{query}")]
        assert group["id"] in found
    for path in (
        f"catalog/policies/?groups__id={group['id']}",
        f"catalog/apps/?policygroup__id={group['id']}",
        "catalog/policies/?search=labs&enabled=true&exclusive=1&included_attributes__id=1",
    ):
        assert len(reader.results(path)) == 1, path
    again = {"policy": policy["id"], "priority": 1}
    answer = api("POST", "catalog/policy-groups/", again)
    assert (answer.status, list(answer.json())) == (400, ["non_field_errors"])
    answer = api("POST", "catalog/policy-groups/", {**again, "priority": 2**40})
    assert (answer.status, list(answer.json())) == (400, ["priority"])
    assert api("DELETE", f"catalog/policies/{policy['id']}/").status == 204
    assert api("GET", f"catalog/policy-groups/{group['id']}/").status == 404


def test_liberators_keep_policies(server):
    liberator = signed_in(server, "liberator")
    made = liberator.post("catalog/policies/", name="Liberated")
    assert liberator("DELETE", f"catalog/policies/{made['id']}/").status == 204


def test_available_apps(api, reader, project, computer):
    for name, score, level, attributes, packages in (
        ("Offered one", 1, "U", [1], ["x"]),
        ("Offered best", 5, "A", [1], ["x"]),
        ("Offered to nobody", 5, "U", [], ["x"]),
        ("Offered without packages", 5, "U", [1], None),
    ):
        app = api.post(
            "catalog/apps/",
            name=name,
            category=3,
            score=score,
            level=level,
            description="Zephyr",
            available_for_attributes=attributes,
        )
        if packages:
            api.post(
                "catalog/project-packages/",
                application=app["id"],
                project=project,
                packages_to_install=packages,
            )
    path = f"catalog/apps/available/?cid={computer.id}"

    def offered(query: str) -> list[str]:
        return [row["name"] for row in reader.results(f"{path}&{query}")]

    assert offered("q=offered") == ["Offered best", "Offered one"]
    assert offered("q=zephyr&level=U") == ["Offered one"]
    assert offered("q=offered&category=3&page_size=1&page=2") == ["Offered one"]
    assert offered("q=offered&category=4") == []
    page = reader.get(f"{path}&q=offered")
    assert page["count"] == 2
    assert page["results"][0]["packages_by_project"][0]["packages_to_install"] == ["x"]
    for query in ("", "?cid=x", "?cid=99999999"):
        answer = reader("GET", f"catalog/apps/available/{query}")
        assert answer.status == 404
        assert answer.json() == {"detail": "No Computer matches the given query."}
    assert reader("GET", f"{path}&level=Z").status == 400
    assert reader("GET", f"{path}&category=x").status == 400
    assert reader("POST", "catalog/apps/available/", {}).status == 405
