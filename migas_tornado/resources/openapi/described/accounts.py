"""Signing in and out, and one's own account. Contract: admin-api 2."""

from typing import Any

from migas_tornado.resources.openapi.calls import Operation

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
SECRET: Schema = {"type": "string", "format": "password"}
WHOLE: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
REFUSED = (400, 413, 429)


def _object(*required: str, **members: Schema) -> Schema:
    return {"type": "object", "properties": members, "required": list(required)}


def _full(**members: Schema) -> Schema:
    return _object(*members, **members)


ID_NAME = _full(id=WHOLE, name=TEXT)
MAYBE_ID_NAME = {**ID_NAME, "type": ["object", "null"]}
MOMENT: Schema = {"type": ["string", "null"], "format": "date-time"}
ACCOUNT = _object("username", "password", username=TEXT, password=SECRET)
PASSWORDS: Schema = {"new_password1": SECRET, "new_password2": SECRET}
OWN = {"first_name": TEXT, "last_name": TEXT, "email": {"type": "string", "format": "email"}}
DETAIL = _full(detail=TEXT)
USER = _full(
    pk=WHOLE,
    username=TEXT,
    email=TEXT,
    first_name=TEXT,
    last_name=TEXT,
    domains={"type": "array", "items": ID_NAME},
    domain_preference=MAYBE_ID_NAME,
    scope_preference=MAYBE_ID_NAME,
    groups={"type": "array", "items": ID_NAME},
    user_permissions={"type": "array", "items": _full(id=WHOLE, name=TEXT, codename=TEXT)},
    is_superuser=FLAG,
    is_staff=FLAG,
    is_active=FLAG,
    last_login=MOMENT,
    date_joined=MOMENT,
    id=WHOLE,
    token=TEXT,
)


def _post(summary: str, answer: Schema, body: Schema | None, *errors: int) -> dict[str, Operation]:
    return {"post": Operation(summary, answer=answer, body=body, errors=(*REFUSED, *errors))}


OPERATIONS: dict[str, dict[str, Operation]] = {
    "/token-auth/": _post("Get the API token of an account", _full(token=TEXT), ACCOUNT),
    "/token-auth-jwt/": _post(
        "Get a pair of JSON web tokens", _full(refresh=TEXT, access=TEXT), ACCOUNT, 401
    ),
    "/token-refresh/": _post(
        "Get a new access token", _full(access=TEXT), _object("refresh", refresh=TEXT), 401
    ),
    "/api/token/verify/": _post(
        "Check a JSON web token", {"type": "object"}, _object("token", token=TEXT), 401
    ),
    "/rest-auth/login/": _post(
        "Sign in", _full(key=TEXT), _object("password", username=TEXT, email=TEXT, password=SECRET)
    ),
    "/rest-auth/logout/": _post("Sign out; the API token ends", DETAIL, None, 401),
    "/rest-auth/user/": {
        "get": Operation("Read one's own account", answer=USER, errors=()),
        "put": Operation("Change one's own account", answer=USER, body=_object(**OWN)),
        "patch": Operation("Change some of one's own account", answer=USER, body=_object(**OWN)),
    },
    "/rest-auth/password/change/": _post(
        "Change one's own password", DETAIL, _object(*PASSWORDS, **PASSWORDS)
    ),
    "/rest-auth/password/reset/": _post(
        "Ask for a letter with which a password can be set anew",
        DETAIL,
        _object("email", email={"type": "string", "format": "email"}),
    ),
    "/rest-auth/password/reset/confirm/": _post(
        "Set a password anew",
        DETAIL,
        _object("uid", "token", *PASSWORDS, uid=TEXT, token=TEXT, **PASSWORDS),
    ),
}
