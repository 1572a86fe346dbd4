"""Who may do what, as a table: every kind of account, every resource, every verb."""

import json

import pytest
from api import API, Api, signed_in
from conftest import RunningServer

from migas_tornado.accounts.rights import ACCOUNTS, GROUPS
from migas_tornado.resources.registry import RESOURCES

KINDS = ("admin", *ACCOUNTS)
VERBS = {"POST": ("add", "C"), "PATCH": ("change", "U"), "DELETE": ("delete", "D")}
OWN_RULES = {"accounts/permissions", "messages", "scopes", "user-profiles"}
"""What has rules besides permissions; each has tests of its own."""


def may(kind: str, action: str, permission: str) -> bool:
    if kind == "admin" or not permission:
        return True
    app, _, model = permission.partition(".")
    if kind == "migasfree-play":
        return (action, app, model) == ("change", "device", "logical")
    return any((action, app, model) in GROUPS[group] for group in ACCOUNTS[kind])


@pytest.fixture(scope="module", autouse=True)
def active_accounts(server: RunningServer):
    server.sql("UPDATE auth_user SET is_active = true WHERE username = ANY($1)", list(ACCOUNTS))


CALLS = (("GET", ""), ("POST", ""), ("GET", "1/"), ("PATCH", "1/"), ("DELETE", "1/"))


@pytest.mark.parametrize("kind", KINDS)
def test_permissions(server, kind):
    api = signed_in(server, kind)
    for path, resource in RESOURCES.items():
        if path in OWN_RULES:
            continue
        assert api("GET", f"{path}/?page_size=1").status == 200, path
        for verb, (action, letter) in VERBS.items():
            if letter not in resource.methods:
                continue
            where = f"{path}/" if verb == "POST" else f"{path}/0/"
            answer = api(verb, where, [])
            allowed = may(kind, action, resource.permission)
            assert (answer.status == 403) is not allowed, (kind, verb, path, answer.body)
            assert answer.status in (400, 403, 404), (kind, verb, path, answer.body)


def test_nobody_sees_anything_without_signing_in(server):
    nobody = Api(server.url, "")
    for path in RESOURCES:
        for verb, where in (
            ("GET", ""),
            ("POST", ""),
            ("GET", "1/"),
            ("PATCH", "1/"),
            ("DELETE", "1/"),
        ):
            answer = nobody(verb, f"{path}/{where}", {}, Authorization="")
            assert answer.status in (401, 405), (verb, path, where, answer.status)
            assert answer.status == 401 or verb != "GET"


def test_reading_may_need_a_permission_too(own_server):
    server = own_server(enforce_view_permissions="true")
    server.sql("UPDATE auth_user SET is_active = true WHERE username = 'packager'")
    server.sql(
        "DELETE FROM auth_user_groups g USING auth_group r WHERE r.id = g.group_id "
        "AND r.name = 'Reader'"
    )
    packager = signed_in(server, "packager")
    assert packager("GET", "packages/").status == 200
    assert packager("GET", "platforms/").status == 403
    assert packager("POST", "platforms/filter/", {}).status == 403


def test_an_account_that_is_switched_off_is_nobody(server):
    api = signed_in(server, "checker")
    server.sql("UPDATE auth_user SET is_active = false WHERE username = 'checker'")
    try:
        answer = api("GET", "platforms/")
        assert (answer.status, answer.json()) == (401, {"detail": "Invalid token."})
    finally:
        server.sql("UPDATE auth_user SET is_active = true WHERE username = 'checker'")
    assert json.loads(api("GET", f"{API}platforms/").body)
