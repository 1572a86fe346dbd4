"""`/ws/stats/`: who may follow what, and what he is told."""

import asyncio
import time
from itertools import pairwise
from typing import Any

import jwt
import pytest
from agent import Agent
from api import Api, signed_in
from conftest import ADMIN, RunningServer
from sockets import Listener, connect, refused, signed_in_at

from migas_tornado.secrets_file import secret_key

pytestmark = pytest.mark.alone

INSIDE, OUTSIDE = "inside-live", "outside-live"


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.fixture(scope="module")
def agents(server: RunningServer, api: Api) -> dict[str, Agent]:
    """Two computers; one is in the scope of the account `reader`, who may sign in."""
    made = {}
    for name in (INSIDE, OUTSIDE):
        made[name] = Agent(server.url, project=name, name=name).enrol()
        made[name].sync()
    server.sql("UPDATE auth_user SET is_active = true WHERE username = 'reader'")
    server.sql("INSERT INTO core_scope (name, user_id) VALUES ('live', 1)")
    server.sql(
        "INSERT INTO core_scope_included_attributes (scope_id, attribute_id) "
        "SELECT s.id, a.id FROM core_scope s, core_attribute a "
        "JOIN core_property p ON p.id = a.property_att_id "
        "WHERE s.name = 'live' AND p.prefix = 'CID' AND a.value = $1",
        str(made[INSIDE].id),
    )
    server.sql(
        "UPDATE core_userprofile SET scope_preference_id = (SELECT id FROM core_scope "
        "WHERE name = 'live') WHERE user_ptr_id = "
        "(SELECT id FROM auth_user WHERE username = 'reader')"
    )
    return made


@pytest.fixture
def reader(server: RunningServer, agents: dict[str, Agent]) -> Api:
    return signed_in(server, "reader")


@pytest.fixture
def token(server: RunningServer) -> str:
    """A token that the test may spoil."""
    return signed_in(server, "admin").token


async def in_thread(function: Any, *arguments: Any, **named: Any) -> Any:
    return await asyncio.to_thread(function, *arguments, **named)


async def snapshot(listener: Listener, topic: str) -> dict[str, Any]:
    message = await listener.until(
        lambda one: one.get("topic") == topic and one["type"] == "snapshot"
    )
    return message["state"]


async def error(listener: Listener) -> str:
    return (await listener.until(lambda one: one["type"] == "error"))["detail"]


async def test_without_a_login_nothing_is_told(server):
    listener = await connect(server.url, "/ws/stats/")
    listener.say(type="subscribe", topic="overview")
    assert await error(listener) == "Authentication credentials were not provided."
    assert await listener.closed() == 4001


async def test_who_says_nothing_is_closed_after_five_seconds(server):
    listener = await connect(server.url, "/ws/stats/")
    began = time.monotonic()
    assert await listener.closed(10) == 4001
    assert 4 < time.monotonic() - began < 8


@pytest.mark.parametrize("token", ["wrong", "a.b.c", "", None, 7, ["x"]])
async def test_a_wrong_token_ends_the_connection(server, token):
    listener = await connect(server.url, "/ws/stats/", Accept_Language="es")
    listener.say(type="auth", token=token)
    assert await listener.closed() == 4001
    assert listener.reason


async def test_a_login_tells_the_topics(server, api):
    listener = await connect(server.url, "/ws/stats/")
    listener.say(type="auth", token=api.token)
    topics = ["alerts", "builds", "overview", "syncs"]
    assert await listener.next() == {"type": "ready", "account": "admin", "topics": topics}


async def test_a_jwt_is_as_good_as_a_token(server, api):
    body = {"username": ADMIN[0], "password": ADMIN[1]}
    pair = (await in_thread(api, "POST", "/token-auth-jwt/", body)).json()
    listener = await signed_in_at(server.url, pair["access"], "overview")
    assert "computers" in await snapshot(listener, "overview")
    refresh = await connect(server.url, "/ws/stats/")
    refresh.say(type="auth", token=pair["refresh"])
    assert await refresh.closed() == 4001


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ("no JSON", 'A JSON object with a "type" is expected.'),
        ("[]", 'A JSON object with a "type" is expected.'),
        ('{"type": 3}', 'A JSON object with a "type" is expected.'),
        (b"\x00\xff", 'A JSON object with a "type" is expected.'),
        ('{"type": "dance"}', "The type is auth, subscribe or unsubscribe."),
        (
            '{"type": "subscribe", "topic": "x"}',
            "The topic is one of alerts, builds, overview, syncs.",
        ),
        ('{"type": "subscribe"}', "The topic is one of alerts, builds, overview, syncs."),
        ('{"type": "subscribe", "topic": "overview"}', "overview is subscribed to already."),
    ],
)
async def test_mistakes_are_told_in_words_and_harm_nothing(server, api, frame, words):
    listener = await signed_in_at(server.url, api.token, "overview")
    await listener.connection.write_message(frame, binary=isinstance(frame, bytes))
    assert await error(listener) == words
    listener.say(type="subscribe", topic="syncs")
    await snapshot(listener, "syncs")


async def test_words_are_in_the_language_of_the_handshake(server, api):
    listener = await signed_in_at(server.url, api.token, Accept_Language="fr")
    listener.say(type="dance")
    assert await error(listener) == "Le type est auth, subscribe ou unsubscribe."


async def test_the_overview_tells_what_changed_and_no_more(server, api):
    listener = await signed_in_at(server.url, api.token, "overview")
    before = await snapshot(listener, "overview")
    agent = await in_thread(lambda: Agent(server.url, project="overview").enrol())
    change = await listener.until(lambda one: "computers" in one.get("set", {}))
    counted = change["set"]["computers"]["assigned"]
    assert counted == before["computers"]["assigned"] + 1
    assert set(change) == {"type", "topic", "set"}
    await in_thread(agent.sync)
    change = await listener.until(lambda one: "synchronized_today" in one.get("set", {}))
    assert change["set"]["synchronized_today"] == before["synchronized_today"] + 1
    assert "computers" not in change["set"]
    await in_thread(agent.call, "computers/errors/", description="it failed")
    change = await listener.until(lambda one: "unchecked_errors" in one.get("set", {}))
    assert change["set"]["unchecked_errors"] == before["unchecked_errors"] + 1


async def test_running_synchronizations_come_change_and_go(server, api, agents):
    listener = await signed_in_at(server.url, api.token, "syncs")
    state = await snapshot(listener, "syncs")
    agent = agents[INSIDE]
    key = str(agent.id)
    if key in state:  # who shares a feed may begin with what was so a second ago
        await listener.until(lambda one: key in one.get("unset", ()))
    await in_thread(agent.call, "computers/properties/")
    told = (await listener.until(lambda one: key in one.get("set", {})))["set"][key]
    assert (told["name"], told["project"]) == (INSIDE, INSIDE)
    assert told["message"] == "Getting properties..."
    await in_thread(agent.call, "computers/traits/")
    told = (await listener.until(lambda one: key in one.get("set", {})))["set"][key]
    assert told["message"] == "Getting traits..."
    await in_thread(agent.call, "eot/")
    await listener.until(lambda one: key in one.get("unset", ()))


async def test_at_most_one_message_a_second_and_topic(server, api, agents):
    listener = await signed_in_at(server.url, api.token, "syncs")
    await snapshot(listener, "syncs")
    arrived = []

    async def listen() -> None:
        while True:
            await listener.next()
            arrived.append(time.monotonic())

    listening = asyncio.create_task(listen())
    began = time.monotonic()
    while time.monotonic() - began < 3:
        await in_thread(agents[OUTSIDE].call, "computers/properties/")
        await in_thread(agents[OUTSIDE].call, "computers/traits/")
    await asyncio.sleep(1.2)
    listening.cancel()
    await in_thread(agents[OUTSIDE].call, "eot/")
    assert 3 <= len(arrived) <= 6
    # The second is the server's; on its way a message may be held up a little.
    assert all(later - earlier > 0.7 for earlier, later in pairwise(arrived))


async def test_builds_are_shown_until_they_are_done(server, api):
    await in_thread(lambda: Agent(server.url, project="builds").enrol())
    listener = await signed_in_at(server.url, api.token, "builds")
    await snapshot(listener, "builds")
    key = (await in_thread(api.results, "projects/?name=builds"))[0]["id"]
    made = await in_thread(
        api.post,
        "deployments/internal-sources/",
        name="watched",
        project=key,
        start_date="2026-01-01",
        included_attributes=[1],
    )
    key = str(made["id"])
    told = (await listener.until(lambda one: key in one.get("set", {})))["set"][key]
    assert (told["name"], told["project"]) == ("watched", "builds")
    assert told["state"] in ("waiting", "running", "done")
    await listener.until(lambda one: key in one.get("unset", ()), 20)


async def test_alerts_are_those_of_the_account(server, api, agents, reader):
    await in_thread(agents[OUTSIDE].call, "computers/errors/", description="not for the reader")
    listener = await signed_in_at(server.url, reader.token, "alerts")
    state = await snapshot(listener, "alerts")
    assert "errors" not in state
    await in_thread(agents[INSIDE].call, "computers/errors/", description="for the reader")
    change = await listener.until(lambda one: "errors" in one.get("set", {}))
    assert change["set"]["errors"]["result"] == "1"
    assert change["set"]["errors"]["api"] == {"model": "errors", "query": {"checked": False}}


async def test_an_account_with_a_scope_learns_of_no_other_computers(server, agents, reader):
    listener = await signed_in_at(server.url, reader.token, "syncs", "overview")
    got = [await listener.next(), await listener.next()]
    for name in (OUTSIDE, INSIDE):
        await in_thread(agents[name].call, "computers/properties/")
        await asyncio.sleep(1.1)
    inside = str(agents[INSIDE].id)
    got.append(await listener.until(lambda one: inside in one.get("set", {})))
    for name in (OUTSIDE, INSIDE):
        await in_thread(agents[name].call, "eot/")
    assert OUTSIDE not in str(got)
    counted = next(one["state"]["computers"] for one in got if one["topic"] == "overview")
    assert (sum(counted.values()), counted["assigned"]) == (1, 1)


async def test_another_preference_brings_another_snapshot(server, api, agents, reader):
    listener = await signed_in_at(server.url, reader.token, "overview")
    assert (await snapshot(listener, "overview"))["computers"]["assigned"] == 1
    account = (await in_thread(api.results, "user-profiles/?username=reader"))[0]["id"]
    scope = await in_thread(server.value, "SELECT id FROM core_scope WHERE name = 'live'")
    path = f"user-profiles/{account}/"
    await in_thread(api.patch, path, scope_preference=None)
    assert (await snapshot(listener, "overview"))["computers"]["assigned"] > 1
    await in_thread(
        server.sql,
        "UPDATE core_userprofile SET scope_preference_id = $1 WHERE user_ptr_id = $2",
        scope,
        account,
    )


async def test_who_unsubscribes_is_told_no_more(server, api, agents):
    listener = await signed_in_at(server.url, api.token, "overview")
    await snapshot(listener, "overview")
    listener.say(type="unsubscribe", topic="overview")
    listener.say(type="subscribe", topic="builds")
    await snapshot(listener, "builds")
    await in_thread(agents[INSIDE].call, "computers/errors/", description="unheard")
    assert await listener.nothing(1.5)


async def test_a_revoked_token_ends_the_connection(server, token):
    listener = await signed_in_at(server.url, token, "overview")
    await snapshot(listener, "overview")
    logout = Api(server.url, token)
    assert (await in_thread(logout, "POST", "/rest-auth/logout/")).status == 200
    assert await error(listener) == "Invalid token."
    assert await listener.closed(2) == 4001


async def test_an_account_that_is_switched_off_is_heard_no_more(server, api, reader):
    listener = await signed_in_at(server.url, reader.token, "overview")
    account = (await in_thread(api.results, "user-profiles/?username=reader"))[0]["id"]
    await in_thread(api.patch, f"user-profiles/{account}/", is_active=False)
    assert await listener.closed(2) == 4001
    await in_thread(api.patch, f"user-profiles/{account}/", is_active=True)


async def test_a_jwt_ends_when_it_expires_unless_it_is_renewed(server, api):
    def short(seconds: float) -> str:
        secret = secret_key(server.data_dir)
        good = api("POST", "/token-auth-jwt/", {"username": ADMIN[0], "password": ADMIN[1]})
        claims = jwt.decode(good.json()["access"], secret, ["HS256"])
        return jwt.encode({**claims, "exp": time.time() + seconds}, secret, "HS256")

    first, second = await in_thread(short, 2), await in_thread(short, 60)
    expiring = await signed_in_at(server.url, first)
    renewed = await signed_in_at(server.url, first)
    renewed.say(type="auth", token=second)
    assert (await renewed.next())["type"] == "ready"
    assert await error(expiring) == "Token is expired"
    assert await expiring.closed(1) == 4001
    assert await renewed.nothing(1)


async def test_a_connection_stays_with_its_account(server, api, reader):
    listener = await signed_in_at(server.url, reader.token)
    listener.say(type="auth", token=api.token)
    assert await error(listener) == "This connection belongs to another account."
    assert await listener.closed() == 4001


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", 4000),
        ("?token={token}", 4000),
        ("?service=ssh", 4000),
        ("?token=wrong&service=ssh", 4003),
        ("?token={token}&service=ssh", 4004),
        ("?token={token}&service=vnc&user=x", 4004),
    ],
)
async def test_a_tunnel_is_closed_with_its_reason(server, api, agents, query, code):
    path = f"/ws/tunnel/computers/{agents[INSIDE].id}/" + query.format(token=api.token)
    listener = await connect(server.url, path)
    assert await listener.closed() == code


async def test_a_tunnel_leads_to_visible_computers_only(server, agents, reader):
    query = f"?service=ssh&token={reader.token}"
    for name, code in ((INSIDE, 4004), (OUTSIDE, 4003)):
        listener = await connect(server.url, f"/ws/tunnel/computers/{agents[name].id}/{query}")
        assert await listener.closed() == code
    huge = await connect(server.url, f"/ws/tunnel/computers/{10**30}/{query}")
    assert await huge.closed() == 4003
    assert await refused(server.url, f"/ws/tunnel/computers/x/{query}") == 404


@pytest.fixture
def strict(own_server: Any) -> RunningServer:
    return own_server(
        sockets_per_user="2",
        alerts_anonymous="false",
        enforce_view_permissions="true",
        user_calls_per_minute="20",
    )


async def test_limits_and_permissions(strict):
    """One server of its own for all that depends on settings."""
    assert await refused(strict.url, "/alerts/") == 403
    await in_thread(
        strict.sql, "UPDATE auth_user SET is_active = true WHERE username = 'migasfree-play'"
    )
    api = await in_thread(signed_in, strict, "migasfree-play")
    first = await signed_in_at(strict.url, api.token, "builds", "overview")
    assert await error(first) == "Following builds needs the permission to view it."
    await snapshot(first, "overview")
    second = await signed_in_at(strict.url, api.token)
    third = await connect(strict.url, "/ws/stats/")
    third.say(type="auth", token=api.token)
    assert await error(third) == "This account has too many connections open."
    assert await third.closed() == 1013
    for _ in range(30):
        second.say(type="unsubscribe", topic="overview")
    assert (await error(second)).startswith("Request was throttled.")
    assert strict.tracebacks == []
    await in_thread(strict.stop)
    assert await first.closed() == 1001
    strict.start()
