"""Signing in and out, passwords, and how often somebody may call."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from agent import Answer, request
from api import Api, signed_in
from conftest import ADMIN, RunningServer, site

from handlers.api.throttle import Throttle, ThrottledError, neighbourhood
from migas_tornado.accounts.callers import token_hash
from migas_tornado.accounts.password_rules import mistakes

GOOD = "Correct-Horse-42"


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


def call(server: RunningServer, path: str, body: Any = None, **headers: str) -> Answer:
    """Call without a login, from an address of its own."""
    address = f"2001:db8:{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}::1"
    sent = {"Content-Type": "application/json", "X-Forwarded-For": address, **headers}
    return request(server.url, "POST", path, json.dumps(body or {}).encode(), sent)


def person(api: Api, **fields: Any) -> dict[str, Any]:
    """Make an account with a good password."""
    made = api.post("user-profiles/", username=f"p-{uuid.uuid4().hex[:10]}", **fields)
    answer = api(
        "PUT",
        f"user-profiles/{made['id']}/change-password/",
        {"password": GOOD, "password2": GOOD},
    )
    assert answer.json() == {"detail": "Password changed!"}
    return made


def login(server: RunningServer, username: str, password: str = GOOD) -> Answer:
    body = {"username": username, "password": password}
    return call(server, "/rest-auth/login/", body)


# -- tokens


def test_each_login_makes_a_token_and_logout_ends_only_its_own(server, api):
    made = person(api)
    first, second = (login(server, made["username"]).json() for _ in range(2))
    assert list(first) == ["key"]
    assert len(first["key"]) == 40
    assert first != second
    mine, other = Api(server.url, first["key"]), Api(server.url, second["key"])
    assert mine.get("/rest-auth/user/")["username"] == made["username"]
    answer = mine("POST", "/rest-auth/logout/", {})
    assert (answer.status, answer.json()) == (200, {"detail": "Successfully logged out."})
    assert mine("GET", "/rest-auth/user/").status == 401
    assert other.get("/rest-auth/user/")["id"] == made["id"]
    assert other.get("/rest-auth/user/")["last_login"]


def test_tokens_are_kept_as_hashes_and_not_without_end(server, api):
    made = person(api)
    server.sql(
        "INSERT INTO authtoken_token (key, user_id, created) "
        "SELECT 'old-' || $1 || '-' || n, $1::int, now() - interval '1 day' "
        "FROM generate_series(1, 120) n".replace("|| $1 ||", f"|| {made['id']} ||"),
        made["id"],
    )
    key = login(server, made["username"]).json()["key"]
    kept = server.sql("SELECT key FROM authtoken_token WHERE user_id = $1", made["id"])
    assert len(kept) == 100
    assert token_hash(key) in {row["key"] for row in kept}
    assert key not in {row["key"] for row in kept}


def test_logout_needs_no_login(server):
    assert call(server, "/rest-auth/logout/").status == 200
    answer = request(server.url, "GET", "/rest-auth/logout/")
    assert answer.status == 405
    assert answer.json() == {"detail": 'Method "GET" not allowed.'}
    assert "POST" in answer.headers["allow"]


@pytest.mark.parametrize("path", ["/token-auth/", "/token-auth"])
def test_a_program_gets_a_token(server, path):
    answer = call(server, path, {"username": ADMIN[0], "password": ADMIN[1]})
    assert answer.status == 200
    assert list(answer.json()) == ["token"]
    assert Api(server.url, answer.json()["token"]).get("platforms/")["count"] >= 0


def test_a_form_is_taken_too(server):
    answer = request(
        server.url,
        "POST",
        "/token-auth/",
        f"username={ADMIN[0]}&password={ADMIN[1]}".encode(),
        {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": "192.0.2.3"},
    )
    assert len(answer.json()["token"]) == 40


def test_last_login_is_not_touched_by_programs(server, api):
    made = person(api)
    body = {"username": made["username"], "password": GOOD}
    assert call(server, "/token-auth/", body).status == 200
    assert api.get(f"user-profiles/{made['id']}/")["last_login"] is None


def test_an_address_signs_in_when_it_is_of_one_account(server, api):
    email = f"{uuid.uuid4().hex}@example.org"
    person(api, email=email)
    body = {"email": email.upper(), "password": GOOD}
    assert call(server, "/rest-auth/login/", body).status == 200
    person(api, email=email)
    assert call(server, "/rest-auth/login/", body).status == 400


WRONG = {"non_field_errors": ["Unable to log in with provided credentials."]}


@pytest.mark.parametrize("path", ["/token-auth/", "/rest-auth/login/"])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"username": "admin", "password": "x"}, WRONG),
        ({"username": "nobody", "password": "x"}, WRONG),
        ({"username": "reader", "password": "reader"}, WRONG),
        ({"username": "admin", "password": "x" * 5000}, WRONG),
        ({"username": "admin"}, {"password": ["This field is required."]}),
        ({"username": "admin", "password": ""}, {"password": ["This field may not be blank."]}),
        ({"username": "admin", "password": 7}, {"password": ["A text is expected."]}),
        ({"username": "ad\x00min", "password": "x"}, {"username": ["A text is expected."]}),
    ],
)
def test_wrong_credentials(server, path, body, expected):
    answer = call(server, path, body)
    assert (answer.status, answer.json()) == (400, expected)


@pytest.mark.parametrize("body", [[], "x", 7, {"username": ["a"], "password": {}}])
def test_odd_bodies(server, body):
    for path in ("/token-auth/", "/token-auth-jwt/", "/token-refresh/", "/api/token/verify/"):
        assert call(server, path, body).status == 400


def test_somebody_who_is_not_active_cannot_sign_in(server, api):
    made = person(api)
    token = login(server, made["username"]).json()["key"]
    pair = jwt_pair(server, made["username"])
    api.patch(f"user-profiles/{made['id']}/", is_active=False)
    assert login(server, made["username"]).status == 400
    assert Api(server.url, token)("GET", "platforms/").status == 401
    assert bearer(server, pair["access"]).status == 401


# -- JWT


def jwt_pair(server: RunningServer, username: str, password: str = GOOD) -> dict[str, str]:
    answer = call(server, "/token-auth-jwt/", {"username": username, "password": password})
    assert answer.status == 200
    return answer.json()


def bearer(server: RunningServer, token: str) -> Answer:
    headers = {"Authorization": f"Bearer {token}"}
    return request(server.url, "GET", "/rest-auth/user/", None, headers)


def test_jwt(server, api):
    made = person(api)
    pair = jwt_pair(server, made["username"])
    assert list(pair) == ["refresh", "access"]
    assert bearer(server, pair["access"]).json()["username"] == made["username"]
    claims = jwt.decode(pair["access"], options={"verify_signature": False})
    assert claims["user_id"] == str(made["id"])
    assert claims["token_type"] == "access"
    assert claims["exp"] - claims["iat"] == 300
    assert len(claims["jti"]) == 32
    fresh = call(server, "/token-refresh/", {"refresh": pair["refresh"]})
    assert list(fresh.json()) == ["access"]
    assert bearer(server, fresh.json()["access"]).status == 200
    for token in (*pair.values(), fresh.json()["access"]):
        answer = call(server, "/api/token/verify/", {"token": token})
        assert (answer.status, answer.json()) == (200, {})


def test_bad_jwts(server, api):
    made = person(api)
    pair = jwt_pair(server, made["username"])
    forged = jwt.encode({"user_id": "1", "token_type": "access", "pwd": ""}, "x" * 32)
    unsigned = jwt.encode(
        {"user_id": "1", "token_type": "access", "pwd": "", "exp": 9_999_999_999}, None, "none"
    )
    for token in ("", "x", "é", forged, unsigned, pair["refresh"]):
        assert bearer(server, token.encode("utf-8").decode("latin-1")).status == 401
    invalid = {"detail": "Token is invalid", "code": "token_not_valid"}
    for path, name in (("/token-refresh/", "refresh"), ("/api/token/verify/", "token")):
        for token in ("x", forged, unsigned):
            answer = call(server, path, {name: token})
            assert (answer.status, answer.json()) == (401, invalid)
    answer = call(server, "/token-refresh/", {"refresh": pair["access"]})
    assert answer.status == 401
    answer = call(server, "/token-auth-jwt/", {"username": "admin", "password": "x"})
    expected = {"detail": "No active account found with the given credentials"}
    assert (answer.status, answer.json()) == (401, expected)


def test_another_password_ends_jwts(server, api):
    made = person(api)
    pair = jwt_pair(server, made["username"])
    mine = Api(server.url, login(server, made["username"]).json()["key"])
    body = {"new_password1": "Another-Horse-43", "new_password2": "Another-Horse-43"}
    answer = mine("POST", "/rest-auth/password/change/", body)
    assert (answer.status, answer.json()) == (200, {"detail": "New password has been saved."})
    assert bearer(server, pair["access"]).status == 401
    assert call(server, "/token-refresh/", {"refresh": pair["refresh"]}).status == 401
    assert call(server, "/api/token/verify/", {"token": pair["refresh"]}).status == 401
    assert login(server, made["username"]).status == 400
    assert login(server, made["username"], "Another-Horse-43").status == 200
    assert mine.get("/rest-auth/user/")["id"] == made["id"]


# -- the user


USER_KEYS = [
    "pk",
    "username",
    "email",
    "first_name",
    "last_name",
    "domains",
    "domain_preference",
    "scope_preference",
    "groups",
    "user_permissions",
    "is_superuser",
    "is_staff",
    "is_active",
    "last_login",
    "date_joined",
    "id",
    "token",
]


def test_who_am_i(server):
    reader = signed_in(server, "reader")
    user = reader.get("/rest-auth/user/")
    assert list(user) == USER_KEYS
    assert user["pk"] == user["id"]
    assert user["token"] == ""
    assert [list(group) for group in user["groups"]] == [["id", "name"]]
    assert request(server.url, "GET", "/rest-auth/user/").status == 401


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_nobody_makes_himself_a_superuser(server, api, method):
    made = person(api)
    mine = Api(server.url, login(server, made["username"]).json()["key"])
    body = {
        "first_name": "Ada",
        "email": "ada@example.org",
        "username": "root",
        "is_superuser": True,
        "is_staff": True,
        "is_active": False,
        "groups": [1],
    }
    answer = mine(method, "/rest-auth/user/", body)
    assert answer.status == 200
    changed = answer.json()
    assert list(changed) == USER_KEYS
    assert (changed["first_name"], changed["email"]) == ("Ada", "ada@example.org")
    assert changed["username"] == made["username"]
    assert (changed["is_superuser"], changed["is_staff"], changed["is_active"]) == (
        False,
        False,
        True,
    )
    assert changed["groups"] == []
    assert mine(method, "/rest-auth/user/", {"email": "nonsense"}).status == 400
    assert mine(method, "/rest-auth/user/", []).status == 400


# -- passwords


def test_password_rules(server, api):
    made = person(api, first_name="Guillermina")
    mine = Api(server.url, login(server, made["username"]).json()["key"])

    def change(first: Any, second: Any) -> Any:
        body = {"new_password1": first, "new_password2": second}
        answer = mine("POST", "/rest-auth/password/change/", body)
        assert answer.status == 400
        return answer.json()

    assert change("a", "b") == {"new_password2": ["The two password fields didn't match."]}
    assert list(change("", "")) == ["new_password1", "new_password2"]
    assert change("12345678", "12345678") == {
        "new_password2": ["This password is too common.", "This password is entirely numeric."]
    }
    assert change("guillermina", "guillermina") == {
        "new_password2": ["The password is too similar to the first name."]
    }
    assert len(change("x" * 2000, "x" * 2000)["new_password2"]) == 1
    assert mine("POST", "/rest-auth/password/change/", {}).status == 400


@pytest.mark.parametrize("password", [GOOD, "pbkdf2_sha256$1$a$b", "sha1$abcdefgh", "ñandú señor"])
def test_good_passwords(password):
    assert mistakes(password, [("username", "somebody"), ("email", "")]) == []


def test_a_password_that_looks_like_a_hash_is_hashed(server, api):
    made = person(api)
    text = "pbkdf2_sha256$1$salt$hash"
    path = f"user-profiles/{made['id']}/change-password/"
    assert api("PUT", path, {"password": text, "password2": text}).status == 200
    stored = server.value("SELECT password FROM auth_user WHERE id = $1", made["id"])
    assert stored.startswith("$argon2id$")
    assert login(server, made["username"], text).status == 200
    api.patch(f"user-profiles/{made['id']}/", first_name="Saved", password="x")
    assert server.value("SELECT password FROM auth_user WHERE id = $1", made["id"]) == stored


def test_reset_of_a_password_tells_nothing(server):
    for email in ("nobody@example.org", "admin@example.org"):
        answer = call(server, "/rest-auth/password/reset/", {"email": email})
        assert answer.status == 200
        assert answer.json() == {"detail": "Password reset e-mail has been sent."}
    assert call(server, "/rest-auth/password/reset/", {"email": "x"}).json() == {
        "email": ["Enter a valid email address."]
    }
    body = {"uid": "MQ", "token": "x", "new_password1": GOOD, "new_password2": GOOD}
    answer = call(server, "/rest-auth/password/reset/confirm/", body)
    assert (answer.status, answer.json()) == (400, {"uid": ["Invalid value"]})
    assert "uid" in call(server, "/rest-auth/password/reset/confirm/", {}).json()


# -- how often


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, signing_key: Path) -> Iterator[RunningServer]:
    """A server that forgives a wrong password after twenty seconds, longer than a test takes."""
    data_dir = tmp_path_factory.mktemp("strict") / "data"
    running = site(data_dir, signing_key, failed_logins_per_minute="3").start()
    yield running
    running.stop()


def test_passwords_cannot_be_tried(strict):
    made = person(signed_in(strict, "admin"))
    answers = [login(strict, made["username"], "wrong") for _ in range(5)]
    assert [one.status for one in answers] == [400] * 3 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert list(answers[-1].json()) == ["detail"]
    assert login(strict, made["username"]).status == 429
    assert login(strict, *ADMIN).status == 200
    body = {"username": made["username"], "password": "wrong"}
    assert call(strict, "/token-auth-jwt/", body).status == 429
    assert call(strict, "/token-auth/", body).status == 429


def test_one_address_cannot_try_many_accounts(strict):
    statuses = [
        call(
            strict,
            "/token-auth/",
            {"username": f"somebody{number}", "password": "x"},
            **{"X-Forwarded-For": f"2001:db8:77:1::{number:x}"},
        ).status
        for number in range(5)
    ]
    assert statuses == [400] * 3 + [429] * 2


def test_passwords_cannot_be_tried_by_those_who_say_they_are_packagers(strict):
    made = person(signed_in(strict, "admin"))
    answers = [
        request(
            strict.url,
            "POST",
            "/api/v1/public/keys/packager/",
            f"username={made['username']}&password=wrong{number}".encode(),
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Forwarded-For": f"198.51.100.{number}",
            },
        )
        for number in range(5)
    ]
    assert [one.status for one in answers] == [403] * 3 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_wrong_passwords_are_counted_where_none_is_needed(strict):
    made = person(signed_in(strict, "admin"))
    answers = [
        request(
            strict.url,
            "POST",
            "/api/v1/public/keys/project/",
            f"username={made['username']}&password=wrong{number}&project=tried&platform=Linux"
            "&pms=apt&architecture=amd64".encode(),
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Forwarded-For": f"198.51.100.{number + 10}",
            },
        )
        for number in range(5)
    ]
    assert [one.status for one in answers] == [200] * 3 + [429] * 2


def test_right_passwords_are_not_counted(strict):
    headers = {"X-Forwarded-For": "192.0.2.99"}
    body = {"username": ADMIN[0], "password": ADMIN[1]}
    statuses = {call(strict, "/token-auth/", body, **headers).status for _ in range(5)}
    assert statuses == {200}


def test_calls_are_limited(own_server):
    server = own_server(anonymous_calls_per_minute="3", user_calls_per_minute="3")
    statuses = [request(server.url, "GET", "/rest-auth/user/").status for _ in range(5)]
    assert statuses == [401] * 3 + [429] * 2
    elsewhere = {"X-Forwarded-For": "192.0.2.8"}
    assert request(server.url, "GET", "/rest-auth/user/", None, elsewhere).status == 401
    elsewhere["Authorization"] = "Token guessed"
    answers = [request(server.url, "GET", "/rest-auth/user/", None, elsewhere) for _ in range(4)]
    assert [one.status for one in answers] == [401] * 2 + [429] * 2
    admin, reader = signed_in(server, "admin"), signed_in(server, "reader")
    statuses = [admin("GET", "platforms/").status for _ in range(5)]
    assert statuses == [200] * 3 + [429] * 2
    assert reader("GET", "platforms/").status == 200


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_fills_again():
    clock = Clock()
    throttle = Throttle(most_keys=3, clock=clock)
    for _ in range(60):
        throttle.take(60, "a")
    with pytest.raises(ThrottledError) as refused:
        throttle.take(60, "a", "b")
    assert refused.value.seconds == 1
    clock.now = 1.0
    throttle.take(60, "a", "b")
    with pytest.raises(ThrottledError):
        throttle.take(60, "a")
    throttle.give_back(60, "a")
    throttle.take(60, "a")
    throttle.take(0, "a")
    for key in "cde":
        throttle.take(60, key)
    throttle.take(60, "a")


def test_neighbours_count_together():
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff") == "2001:db8::/64"
    assert neighbourhood("192.0.2.1") == "192.0.2.1"
    assert neighbourhood("") == ""
