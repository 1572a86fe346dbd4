"""User profiles, groups and permissions, and who may change them."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from agent import request
from api import Api, signed_in
from conftest import RunningServer

LIST_KEYS = [
    "pk",
    "username",
    "email",
    "first_name",
    "last_name",
    "domain_preference",
    "scope_preference",
    "is_superuser",
    "is_staff",
    "is_active",
    "last_login",
    "date_joined",
    "id",
]
DETAIL_KEYS = [*LIST_KEYS, "domains", "groups", "user_permissions", "token"]


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture(scope="module")
def reader(server: RunningServer) -> Api:
    return signed_in(server, "reader")


@pytest.fixture(scope="module")
def manager(server: RunningServer, api: Api) -> Api:
    """Somebody who may change accounts and groups without being a superuser."""
    rights = "add_userprofile", "change_userprofile", "delete_userprofile", "change_group"
    permissions = server.sql(
        "SELECT id FROM auth_permission WHERE codename = ANY($1::text[])", list(rights)
    )
    name = unique("manager")
    api.post("user-profiles/", username=name, user_permissions=[row["id"] for row in permissions])
    return signed_in(server, name)


def unique(name: str) -> str:
    return f"{name}-{uuid.uuid4().hex[:8]}"


def own_id(api: Api) -> int:
    return api.get("/rest-auth/user/")["id"]


def account(api: Api, **fields: Any) -> dict[str, Any]:
    return api.post("user-profiles/", **{"username": unique("a"), **fields})


def domain(api: Api, *admins: int) -> int:
    return api.post("domains/", name=unique("d"), domain_admins=list(admins))["id"]


def scope(api: Api, user: int) -> int:
    return api.post("scopes/", name=unique("s"), user=user)["id"]


def test_documented_shapes(api):
    listed = api.results("user-profiles/?username=admin")[0]
    assert list(listed) == LIST_KEYS
    detail = api.get(f"user-profiles/{listed['id']}/")
    assert set(detail) == set(DETAIL_KEYS)
    assert detail["pk"] == detail["id"] == listed["pk"]
    assert detail["token"] == ""
    made = account(api, first_name="Ada", groups=[1], user_permissions=[1])
    assert set(made) == set(DETAIL_KEYS) - {"token"}
    assert [list(group) for group in made["groups"]] == [["id", "name"]]
    assert [list(one) for one in made["user_permissions"]] == [["id", "name", "codename"]]
    assert made["is_active"] is True
    assert (made["is_staff"], made["is_superuser"], made["last_login"]) == (False, False, None)


def test_the_life_of_an_account(server, api):
    made = account(api)
    path = f"user-profiles/{made['id']}/"
    count = "SELECT count(*) FROM core_userprofile WHERE user_ptr_id = $1"
    assert server.value(count, made["id"]) == 1
    assert server.value("SELECT password FROM auth_user WHERE id = $1", made["id"]) == ""
    assert api.patch(path, last_name="Lovelace")["last_name"] == "Lovelace"
    assert api("PUT", path, {}).json() == {"username": ["This field is required."]}
    assert api("PUT", path, {"username": made["username"]}).status == 200
    signed_in(server, made["username"])
    scope(api, made["id"])
    assert api("DELETE", path).status == 204
    assert api("GET", path).status == 404
    assert server.value(count, made["id"]) == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "username"),
        ({"username": "two words"}, "username"),
        ({"username": "x" * 151}, "username"),
        ({"username": "admin"}, "username"),
        ({"username": "q", "email": "nonsense"}, "email"),
        ({"username": "q", "domains": [10**9]}, "domains"),
        ({"username": "q", "domains": [10**30]}, "domains"),
        ({"username": "q", "domains": "x"}, "domains"),
        ({"username": "q", "domain_preference": 10**30}, "domain_preference"),
        ({"username": "q", "domain_preference": {}}, "domain_preference"),
        ({"username": "q", "scope_preference": 10**9}, "scope_preference"),
        ({"username": "q", "scope_preference": "x"}, "scope_preference"),
        ({"username": "q", "groups": [10**9]}, "groups"),
        ({"username": "q", "is_superuser": "perhaps"}, "is_superuser"),
    ],
)
def test_mistakes_are_named(api, body, field):
    answer = api("POST", "user-profiles/", body)
    assert answer.status == 400
    assert list(answer.json()) == [field]


def test_filters(server, api):
    made = account(api, first_name=unique("first"), is_staff=True)
    mine = scope(api, made["id"])
    place = domain(api, made["id"])
    api.patch(f"user-profiles/{made['id']}/", scope_preference=mine)
    for query in (
        f"id={made['id']}",
        f"id__in={made['id']}",
        f"username__icontains={made['username'].upper()}",
        f"first_name__icontains={made['first_name']}",
        f"search={made['first_name']}",
        f"domains__id={place}",
        f"domain_preference__id={place}",
        f"scope__id={mine}",
        f"scope_preference__id={mine}",
        f"is_staff=true&username={made['username']}",
    ):
        assert [row["id"] for row in api.results(f"user-profiles/?{query}")] == [made["id"]], query
    assert api.results("user-profiles/?faultdefinition_users__id=0") == []
    assert api("GET", "user-profiles/?domains__id=x").status == 400
    names = [row["username"] for row in api.results("user-profiles/?is_superuser=1")]
    assert "admin" in names
    assert made["username"] not in names


# -- who may change what


def test_readers_change_nothing_but_their_own(api, reader):
    other = account(api)
    mine = f"user-profiles/{own_id(reader)}/"
    for method, path, body in (
        ("POST", "user-profiles/", {"username": unique("x")}),
        ("PATCH", f"user-profiles/{other['id']}/", {"first_name": "x"}),
        ("PATCH", f"user-profiles/{other['id']}/", {"domain_preference": None}),
        ("DELETE", f"user-profiles/{other['id']}/", None),
        ("DELETE", mine, None),
        ("PATCH", mine, {"username": "another"}),
        ("PATCH", mine, {"is_superuser": True}),
        ("PATCH", mine, {"is_staff": False}),
        ("PATCH", mine, {"groups": [1, 2]}),
        ("PATCH", mine, {"user_permissions": [1]}),
        ("PATCH", mine, {"domains": [1]}),
        ("POST", f"user-profiles/{other['id']}/update-token/", {}),
        (
            "PUT",
            f"user-profiles/{other['id']}/change-password/",
            {"password": "x" * 9, "password2": "x" * 9},
        ),
    ):
        assert reader(method, path, body).status == 403, (method, path, body)
    changed = reader.patch(mine, first_name="Rita", is_superuser=False)
    assert (changed["first_name"], changed["is_superuser"]) == ("Rita", False)


@pytest.mark.parametrize(
    "body",
    [
        {"is_superuser": True},
        {"is_staff": True},
        {"groups": [1]},
        {"user_permissions": [1]},
    ],
)
def test_only_superusers_give_power(api, manager, body):
    other = account(api)
    path = f"user-profiles/{other['id']}/"
    assert manager("PATCH", path, body).status == 403
    assert manager("PATCH", f"user-profiles/{own_id(manager)}/", body).status == 403
    assert manager("POST", "user-profiles/", {"username": unique("x"), **body}).status == 403
    whole = {
        "username": other["username"],
        "first_name": "Kept",
        "is_superuser": False,
        "is_staff": False,
        "groups": [],
        "user_permissions": [],
        "domains": [],
        "domain_preference": None,
    }
    assert manager("PATCH", path, whole).status == 200
    assert manager("POST", "user-profiles/", {**whole, "username": unique("x")}).status == 201


def test_superusers_are_beyond_others(api, manager):
    boss = account(api, is_superuser=True)
    path = f"user-profiles/{boss['id']}/"
    for body in ({"email": "thief@example.org"}, {"is_active": False}, {"username": unique("x")}):
        assert manager("PATCH", path, body).status == 403
    assert manager("DELETE", path).status == 403
    body = {"password": "thiefthief", "password2": "thiefthief"}
    assert manager("PUT", f"{path}change-password/", body).status == 403
    assert manager("POST", f"{path}update-token/", {}).status == 403
    assert api("DELETE", path).status == 204


def test_a_superuser_stays(own_server):
    api = signed_in(own_server(), "admin")
    path = f"user-profiles/{own_id(api)}/"
    for body in ({"is_superuser": False}, {"is_active": False}):
        assert api("PATCH", path, body).status == 409
    assert api("DELETE", path).status == 409
    assert api.get(path)["is_superuser"] is True


# -- preferences


def test_preferences_of_ordinary_accounts(server, api):
    made = account(api)
    mine = signed_in(server, made["username"])
    path = f"user-profiles/{made['id']}/"
    foreign, own = scope(api, own_id(api)), scope(api, made["id"])
    somewhere = domain(api)
    for body in (
        {"domain_preference": somewhere},
        {"domain_preference": 10**9},
        {"scope_preference": foreign},
        {"scope_preference": 10**9},
    ):
        assert mine("PATCH", path, body).status == 400, body
    changed = mine.patch(path, scope_preference=own)
    assert changed["scope_preference"]["id"] == own
    assert mine.patch(path, domain_preference=None, scope_preference=None)
    assert mine.get(path)["scope_preference"] is None
    other = account(api)
    assert mine("PATCH", f"user-profiles/{other['id']}/", {"scope_preference": own}).status == 403


def test_domain_administrators_look_at_a_domain_of_theirs(server, api):
    made = account(api)
    mine = signed_in(server, made["username"])
    path = f"user-profiles/{made['id']}/"
    first, second, foreign = (domain(api) for _ in range(3))
    changed = api.patch(path, domains=[first, second], domain_preference=None)
    assert changed["domain_preference"]["id"] == first
    assert [one["id"] for one in changed["domains"]]
    assert mine("PATCH", path, {"domain_preference": None}).json() == {
        "domain_preference": ["Choose one of your domains."]
    }
    assert mine("PATCH", path, {"domain_preference": foreign}).status == 400
    assert mine.patch(path, domain_preference=second)["domain_preference"]["id"] == second
    assert mine("PATCH", path, {"domains": [first, second, foreign]}).status == 403
    assert api.patch(path, domains=[first])["domain_preference"]["id"] == first
    # Without a domain he goes on seeing what he saw, not everything.
    assert api.patch(path, domains=[])["domain_preference"]["id"] == first
    assert mine("PATCH", path, {"domain_preference": None}).status == 400
    assert api.patch(path, domain_preference=None)["domain_preference"] is None


def test_superusers_look_at_anything(api):
    path = f"user-profiles/{own_id(api)}/"
    place, other = domain(api), scope(api, account(api)["id"])
    changed = api.patch(path, domain_preference=place, scope_preference=other)
    assert changed["domain_preference"]["id"] == place
    assert changed["scope_preference"]["id"] == other
    assert api.patch(path, domain_preference=None, scope_preference=None)


# -- actions


def test_update_token(server, api, reader):
    made = account(api)
    old = signed_in(server, made["username"])
    path = f"user-profiles/{made['id']}/update-token/"
    answer = old("POST", path, {})
    assert answer.status == 200
    assert answer.json()["detail"] == "Token updated!"
    assert old("GET", "platforms/").status == 401
    fresh = Api(server.url, answer.json()["info"])
    assert own_id(fresh) == made["id"]
    assert len(api("POST", path, {}).json()["info"]) == 40
    assert fresh("GET", "platforms/").status == 401
    assert api("POST", "user-profiles/0/update-token/", {}).status == 404
    for one in (api, reader):
        assert one.get(f"user-profiles/{made['id']}/")["token"] == ""


def test_change_password(server, api):
    made = account(api)
    mine = signed_in(server, made["username"])
    path = f"user-profiles/{made['id']}/change-password/"

    def change(first: Any, second: Any) -> Any:
        answer = mine("PUT", path, {"password": first, "password2": second})
        assert answer.status == 400
        return answer.json()

    assert change("short", "short") == {"password": ["Minimum length is 8 characters"]}
    assert change("longer-one", "other-one") == {"password": ["Password fields didn't match."]}
    assert list(change(7, [])) == ["password"]
    assert list(mine("PUT", path, {}).json()) == ["password", "password2"]
    body = {"password": "longer-one", "password2": "longer-one"}
    assert mine("PUT", path, body).json() == {"detail": "Password changed!"}
    assert api("PUT", path, body).json() == {"detail": "Password changed!"}
    assert api("PUT", "user-profiles/0/change-password/", body).status == 404
    assert mine("POST", path, body).json() == {"detail": "Password changed!"}  # as dashboards do
    assert mine("PATCH", path, body).status == 405


def test_domain_admins_are_listed(api, reader):
    group = api.results("accounts/groups/?name=Domain+Admin")[0]["id"]
    made = account(api, groups=[group])
    found = reader.get("user-profiles/domain-admins/")
    assert {"domain-admin", made["username"]} <= {one["username"] for one in found}
    assert all(set(one) == set(DETAIL_KEYS) and one["token"] == "" for one in found)
    names = [one["username"] for one in found]
    assert names == sorted(names)


def test_generic_calls_are_not_hidden_by_the_actions(api):
    assert api("POST", "user-profiles/filter/", {"username": "admin"}).json()["count"] == 1
    assert api("GET", "user-profiles/abc/").status == 404


# -- groups and permissions


def test_groups(server, api, reader, manager):
    first = reader.results("accounts/groups/?name=Reader")[0]
    assert list(first) == ["id", "permissions", "name"]
    assert list(first["permissions"][0]) == ["id", "name", "codename"]
    made = api.post("accounts/groups/", name=unique("g"), permissions=[1, 2])
    assert [one["id"] for one in made["permissions"]] == [1, 2]
    path = f"accounts/groups/{made['id']}/"
    assert api.patch(path, permissions=[3])["permissions"][0]["id"] == 3
    assert api("POST", "accounts/groups/", {"name": made["name"]}).status == 400
    for one in (reader, manager):
        assert one("PATCH", path, {"permissions": [1]}).status == 403
        assert one("POST", "accounts/groups/", {"name": unique("g")}).status == 403
        assert one("DELETE", path).status == 403
    user = account(api, groups=[made["id"]])
    found = api.results(f"accounts/groups/?user__id={user['id']}")
    assert [row["id"] for row in found] == [made["id"]]
    assert api("DELETE", path).status == 204
    assert api.get(f"user-profiles/{user['id']}/")["groups"] == []


def test_permissions(api, reader):
    for path in ("accounts/permissions/", "accounts/permissions"):
        assert reader.get(path)["count"] > 100
    rows = reader.results("accounts/permissions/?search=computer")
    assert list(rows[0]) == ["id", "name", "codename", "content_type"]
    by_type = {row["codename"]: row["content_type"] for row in rows}
    assert by_type["add_computer"] == by_type["view_computer"]
    assert isinstance(by_type["add_computer"], int)
    assert reader("GET", f"accounts/permissions/{rows[0]['id']}/").status == 404
    assert api("POST", "accounts/permissions/", {"name": "x"}).status == 405


# -- hostile callers

ODD_VALUES = (
    None,
    True,
    -1,
    10**30,
    1.5,
    "",
    "\x00",
    "é\u202e" * 50,
    "x" * 3000,
    [],
    [None],
    ["\x00"],
    [[1]],
    {},
    {"id": 1},
)
FIELDS = {
    "user-profiles/": (
        "username",
        "email",
        "first_name",
        "is_active",
        "last_login",
        "date_joined",
        "groups",
        "user_permissions",
        "domains",
        "domain_preference",
        "scope_preference",
    ),
    "accounts/groups/": ("name", "permissions"),
    "domains/": ("name", "domain_admins", "comment", "tags", "included_attributes"),
    "scopes/": ("name", "user", "domain", "excluded_attributes"),
}


@pytest.mark.parametrize("path", FIELDS)
def test_odd_values_are_refused_or_taken_but_never_fail(api, path):
    user = own_id(api)
    whole = {"username": "", "name": "", "user": user, "domain_admins": []}
    made = api.post(path, **{**whole, "username": unique("odd"), "name": unique("odd")})["id"]
    for field in FIELDS[path]:
        for value in ODD_VALUES:
            for method, where in (("POST", path), ("PATCH", f"{path}{made}/")):
                body = {**whole, "username": unique("odd"), "name": unique("odd")}
                body = {field: value} if method == "PATCH" else {**body, field: value}
                answer = api(method, where, body)
                assert answer.status in (200, 201, 400, 409), (method, body, answer.body)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"7", b"\xff\xfe", b'{"a": "\\ud800"}']
)
@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "text/plain", ""])
def test_odd_bodies_never_fail(server, api, body, kind):
    headers = {"Authorization": f"Token {api.token}", "Content-Type": kind}
    made = account(api)
    for method, path in (
        ("POST", "/rest-auth/login/"),
        ("POST", "/token-auth/"),
        ("POST", "/token-refresh/"),
        ("POST", "/rest-auth/password/change/"),
        ("POST", "/rest-auth/password/reset/"),
        ("PUT", "/rest-auth/user/"),
        ("POST", f"/api/v1/token/user-profiles/{made['id']}/update-token/"),
        ("PUT", f"/api/v1/token/user-profiles/{made['id']}/change-password/"),
        ("PATCH", f"/api/v1/token/user-profiles/{made['id']}/"),
        ("POST", "/api/v1/token/domains/"),
        ("POST", "/api/v1/token/scopes/filter/"),
    ):
        answer = request(server.url, method, path, body, headers)
        assert answer.status in (200, 400, 415), (method, path, answer.status, answer.body)


def test_of_two_superusers_who_give_it_up_at_once_one_stays(own_server):
    server = own_server()
    admin = signed_in(server, "admin")
    other = admin.post(
        "user-profiles/", username="other", password="a long passphrase", is_superuser=True
    )
    own = admin.results("user-profiles/?username=admin")[0]
    callers = [(admin, own["id"]), (signed_in(server, "other"), other["id"])]

    def give_up(caller: Any, key: int) -> int:
        return caller("PATCH", f"user-profiles/{key}/", {"is_superuser": False}).status

    with ThreadPoolExecutor(2) as threads:
        statuses = sorted(threads.map(lambda one: give_up(*one), callers))
    assert statuses == [200, 409]
    assert server.value("SELECT count(*) FROM auth_user WHERE is_superuser AND is_active") == 1
