"""What agents must not be able to do, and bad input that must not break anything.

Each test stands for a defect that the contract marks for the protocol (agent-v5).
"""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from agent import ATTRIBUTES, INVENTORY, Agent, request
from conftest import ADMIN, RunningServer
from jwcrypto import jwk

ENROL = "computers/id/"


@pytest.fixture
def agent(server: RunningServer, request: pytest.FixtureRequest) -> Agent:
    return Agent(server.url, project=request.node.name.split("[")[0][-50:]).enrol()


# Section 2: the envelope


def test_the_signature_binds_the_data(agent):
    other = agent.envelopes.sign(json.dumps({"something": "else"}))
    answer = agent.send("computers/label/", {"id": agent.id}, signature=other)
    assert (answer.status, answer.data) == (400, "Invalid Signature")


def test_true_is_not_one_for_the_signature(agent):
    signed = agent.envelopes.sign(json.dumps({"id": agent.id, "x": 1}))
    agent.sync()
    answer = agent.send("computers/label/", {"id": agent.id, "x": True}, signature=signed)
    assert answer.status in (200, 400)  # what counts is the signed text


def test_a_signature_of_another_key_is_refused(agent):
    stranger = jwk.JWK.generate(kty="RSA", size=2048)
    data = {"uuid": agent.uuid, "name": agent.name}
    signature = agent.envelopes.sign(json.dumps(data), key=stranger)
    answer = agent.send(ENROL, data, signature=signature)
    assert (answer.status, answer.data) == (400, "Invalid Signature")


@pytest.mark.parametrize(
    "message",
    [
        None,
        5,
        "",
        "{}",
        "[]",
        "null",
        "text",
        "a.b.c.d.e",
        "....",
        '{"ciphertext": 1}',
        '{"protected":"e30","encrypted_key":"","iv":"","ciphertext":"","tag":""}',
        "{" * 5000,
    ],
)
def test_a_bad_envelope_is_400(agent, message):
    answer = agent.raw("computers/label/", {"msg": message, "project": agent.project})
    assert (answer.status, answer.json()) == (400, {"detail": "Invalid Data"})


def test_a_missing_envelope_is_400(agent):
    assert agent.raw("computers/label/", {"project": agent.project}).status == 400


def test_an_envelope_for_somebody_else_is_400(agent):
    stranger = jwk.JWK.generate(kty="RSA", size=2048)
    answer = agent.send("computers/label/", {"id": agent.id}, recipient=stranger)
    assert (answer.status, answer.detail) == (400, "Invalid Data")


def test_a_changed_ciphertext_is_400(agent):
    message = json.loads(agent.envelopes.seal({"id": agent.id}))
    first = "B" if message["ciphertext"][0] == "A" else "A"
    message["ciphertext"] = first + message["ciphertext"][1:]
    body = {"msg": json.dumps(message), "project": agent.project}
    assert agent.raw("computers/label/", body).status == 400


@pytest.mark.parametrize("changes", [{"alg": "RSA-OAEP"}, {"enc": "A256GCM"}, {"alg": "RSA1_5"}])
def test_other_algorithms_are_refused(agent, changes):
    answer = agent.send("computers/label/", {"id": agent.id}, **changes)
    assert (answer.status, answer.detail) == (400, "Invalid Data")


def test_a_compact_envelope_is_accepted(agent):
    assert agent.send("computers/label/", {"id": agent.id}, compact=True).status == 200


@pytest.mark.parametrize("claims", ["text", 5, None, [1, 2], True])
def test_claims_that_are_no_object_are_400(agent, claims):
    assert agent.send("computers/label/", claims).status == 400


def test_a_body_that_is_not_json_is_400(agent):
    answer = agent.raw("computers/label/", b"{not json")
    assert answer.status == 400
    assert answer.detail.startswith("JSON parse error - ")


@pytest.mark.parametrize("body", [b"[]", b"5", b"null", b'"text"', b""])
def test_a_json_body_of_another_kind_is_400(agent, body):
    assert agent.raw("computers/label/", body).status == 400


@pytest.mark.parametrize("project", ["nobody-knows", None, 5, "", "a\x00b", ["x"]])
def test_an_unknown_project_is_404(agent, project):
    answer = agent.raw("computers/label/", {"msg": "x", "project": project})
    assert (answer.status, answer.detail) == (404, "No Project matches the given query.")


def test_get_on_a_safe_call_is_405(agent):
    answer = request(agent.url, "GET", "/api/v1/safe/computers/id/")
    assert answer.status == 405
    assert answer.detail


@pytest.mark.parametrize("key", [None, 0, -1, 10**9, 2**40, "1", True, 1.5, [1], {"a": 1}])
def test_an_unknown_or_odd_id_is_404(agent, key):
    answer = agent.send("computers/label/", {"id": key})
    assert (answer.status, answer.detail) == (404, "No Computer matches the given query.")


def test_a_very_large_body_is_413(own_server):
    server = own_server(max_message_mib="1")
    agent = Agent(server.url)
    answer = agent.raw("computers/label/", b" " * (2 * 2**20))
    assert answer.status == 413
    assert "1048576 bytes" in answer.detail


@pytest.mark.parametrize("body", [b"[" + b"{}," * 200_000 + b"{}]", b"[" * 200_000, b"1," * 200])
def test_json_that_costs_more_than_an_envelope_is_not_parsed(agent, body):
    answer = agent.raw("computers/label/", body)
    assert (answer.status, answer.detail) == (400, "Invalid Data")


def test_who_asks_for_keys_sends_a_small_form(server):
    answer = request(server.url, "POST", "/api/v1/public/keys/project/", b"x" * 100_000)
    assert (answer.status, "65536 bytes" in answer.detail) == (413, True)


# Section 2 and 5: who speaks for whom

CALLS_WITH_ID = [
    "computers/properties/",
    "computers/faults/definitions/",
    "computers/repositories/",
    "computers/packages/mandatory/",
    "computers/hardware/required/",
    "computers/devices/",
    "computers/traits/",
    "computers/label/",
    "computers/info/",
    "computers/attributes/cid/",
    "computers/attributes/assigned/",
    "computers/tags/assigned/",
    "computers/tags/available/",
    "computers/software/",
    "computers/hardware/",
    "computers/faults/",
    "computers/errors/",
    "computers/tags/",
    "computers/attributes/",
    "synchronizations/",
    "eot/",
]
CALLS_WITH_CID = [
    "catalog/apps/available/",
    "devices/devices/available/",
    "devices/logical/available/",
    "devices/logical/assign/",
    "devices/logical/set-default/",
]


@pytest.mark.parametrize("path", CALLS_WITH_ID + CALLS_WITH_CID)
def test_a_computer_is_reached_only_with_the_key_of_its_project(server, agent, path):
    stranger = Agent(server.url, project="strangers").enrol()
    answer = stranger.send(path, {"id": agent.id, "cid": agent.id})
    assert answer.status == 404
    assert server.value(
        "SELECT project_id = (SELECT id FROM core_project WHERE name = $2) "
        "FROM client_computer WHERE id = $1",
        agent.id,
        agent.project,
    )


@pytest.mark.parametrize("path", CALLS_WITH_ID + CALLS_WITH_CID)
def test_a_certificate_of_another_computer_is_refused_on_every_call(agent, path):
    agent.headers["X-SSL-Client-CN"] = "/O=org/OU=COMPUTERS/CN=SOMEBODY-ELSE_1"
    answer = agent.send(path, {"id": agent.id, "cid": agent.id})
    assert answer.status == 403
    assert answer.detail == "mTLS certificate does not match the requesting computer"


def test_a_certificate_of_the_computer_is_accepted(server, agent):
    project = server.value("SELECT project_id FROM client_computer WHERE id = $1", agent.id)
    name = f"{agent.uuid.lower()}_{project}"
    for form in (f"/O=org/OU=COMPUTERS/CN={name}", f"CN={name},OU=COMPUTERS,O=org"):
        agent.headers["X-SSL-Client-CN"] = form
        assert agent.call("computers/label/").status == 200
    agent.headers["X-SSL-Client-CN"] = "/O=org/OU=COMPUTERS"
    answer = agent.call("computers/label/")
    assert (answer.status, answer.detail) == (403, "Invalid mTLS certificate CN format")


def test_a_new_computer_with_a_certificate_of_another_is_refused(server, agent):
    new = Agent(server.url, project=agent.project)
    new.get_keys()
    new.headers["X-SSL-Client-CN"] = f"/OU=COMPUTERS/CN={agent.uuid}_1"
    assert new.register().status == 403


def test_a_name_alone_takes_over_no_record_with_a_certificate(server, agent):
    thief = Agent(server.url, project=agent.project, name=agent.name)
    thief.get_keys()
    assert thief.identify().data == agent.id  # as the contract has it without certificates
    project = server.value("SELECT project_id FROM client_computer WHERE id = $1", agent.id)
    thief.headers["X-SSL-Client-CN"] = f"/OU=COMPUTERS/CN={thief.uuid}_{project}"
    assert thief.identify().status == 404
    assert thief.register().data["id"] != agent.id


def test_the_identity_header_counts_only_from_a_trusted_proxy(own_server):
    server = own_server(trusted_proxies="203.0.113.1")
    agent = Agent(server.url).enrol()
    agent.headers["X-SSL-Client-CN"] = "/CN=somebody_1"
    agent.headers["X-Forwarded-For"] = "198.51.100.7"
    assert agent.call("computers/label/").status == 200
    assert agent.attributes().data["forwarded_ip_address"] == "127.0.0.1"


def test_the_forwarded_address_of_a_trusted_proxy_is_kept(agent):
    agent.headers["X-Forwarded-For"] = "198.51.100.7, 10.0.0.1"
    assert agent.attributes().data["forwarded_ip_address"] == "198.51.100.7"
    agent.headers["X-Forwarded-For"] = "nonsense"
    assert agent.attributes().data["forwarded_ip_address"] == "127.0.0.1"


def test_an_unsubscribed_computer_is_refused_everywhere_and_may_register_again(server, agent):
    server.sql("UPDATE client_computer SET status = 'unsubscribed' WHERE id = $1", agent.id)
    answer = agent.identify()
    assert (answer.status, answer.data) == (403, "Unsubscribed computer")
    assert (
        server.value("SELECT description FROM client_error WHERE computer_id = $1", agent.id)
        == "127.0.0.1 - id - Unsubscribed computer"
    )
    for path in CALLS_WITH_ID:
        assert agent.call(path).status == 403, path
    assert agent.register().status == 200
    assert agent.identify().data == agent.id


def test_a_computer_of_another_project_is_told_so_and_may_migrate(server, agent):
    agent.software()
    mover = Agent(server.url, project="moved-to", uuid=agent.uuid, name=agent.name)
    mover.get_keys()
    answer = mover.identify()
    assert (answer.status, answer.data) == (
        403,
        f"Unexpected Computer Project (moved-to). Expected {agent.project}",
    )
    answer = mover.register()
    assert (answer.status, answer.data["id"]) == (200, agent.id)
    assert answer.data["project"]["name"] == "moved-to"
    open_rows = "client_packagehistory WHERE computer_id = $1 AND uninstall_date IS NULL"
    assert server.value(f"SELECT count(*) FROM {open_rows}", agent.id) == 0
    assert (
        server.value("SELECT count(*) FROM client_migration WHERE computer_id = $1", agent.id) == 2
    )


# Section 3: enrolment


def test_an_unknown_package_management_system_is_told_first(server):
    agent = Agent(server.url, project="whatever", pms="emerge")
    answer = agent.get_keys()
    assert answer.status == 400
    assert answer.json()["error"].startswith("PMS must be one of ")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("project", "with blank"),
        ("project", ""),
        ("project", "x" * 51),
        ("project", "!!!"),
        ("platform", ""),
        ("platform", "x" * 51),
        ("architecture", "x" * 21),
    ],
)
def test_a_new_project_is_checked(server, field, value):
    agent = Agent(server.url, **{"project": "checked", field: value})
    answer = agent.get_keys()
    assert answer.status == 400
    assert field in answer.json()
    assert not server.value("SELECT count(*) FROM core_project WHERE name = $1", agent.project)


@pytest.mark.parametrize(
    "name", ["migasfree-server", "migasfree-packager", "../server", "projects"]
)
def test_no_project_name_leads_to_the_key_of_somebody_else(server, name):
    agent = Agent(server.url, project=name)
    if agent.get_keys().status == 200:
        assert agent.envelopes.own.thumbprint() != agent.envelopes.server.thumbprint()
        packager = request(
            server.url,
            "POST",
            "/api/v1/public/keys/packager/",
            f"username={ADMIN[0]}&password={ADMIN[1]}".encode(),
            {"Content-Type": "application/x-www-form-urlencoded"},
        ).json()["migasfree-packager.pri"]
        assert jwk.JWK.from_pem(packager.encode()).thumbprint() != agent.envelopes.own.thumbprint()


def test_a_project_without_autoregister_gives_no_key_without_credentials(server, agent):
    server.sql(
        "UPDATE core_project SET auto_register_computers = false WHERE name = $1", agent.project
    )
    import time

    time.sleep(5.2)  # the server remembers projects for five seconds
    other = Agent(server.url, project=agent.project)
    answer = other.get_keys()
    assert answer.status == 403
    assert answer.detail == "You do not have permission to perform this action."
    assert other.get_keys("admin", "wrong").status == 403
    assert other.get_keys(*ADMIN).status == 200
    answer = other.register()
    assert (answer.status, answer.data) == (401, "Computer cannot be registered")
    assert other.register(*ADMIN).status == 201


def test_without_autoregister_projects_need_credentials(own_server):
    server = own_server(autoregister="false")
    agent = Agent(server.url)
    assert agent.get_keys().status == 403
    assert agent.get_keys(*ADMIN).status == 200
    assert not server.value("SELECT auto_register_computers FROM core_project")


@pytest.mark.parametrize(
    "credentials", [("", ""), ("admin", "wrong"), ("nobody", "x"), ("reader", "")]
)
def test_packager_keys_need_a_packager(server, credentials):
    body = f"username={credentials[0]}&password={credentials[1]}".encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = request(server.url, "POST", "/api/v1/public/keys/packager/", body, headers)
    assert answer.status == 403


@pytest.mark.parametrize("body", [b"\xff\xfe", b"username=%00", b'{"username": 5}', b"[]"])
def test_an_odd_enrolment_form_is_4xx(server, body):
    for kind in (
        "application/x-www-form-urlencoded",
        "application/json",
        "multipart/form-data",
        "",
    ):
        answer = request(
            server.url, "POST", "/api/v1/public/keys/project/", body, {"Content-Type": kind}
        )
        assert 400 <= answer.status < 500


# Sections 5 and 6: values


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"uuid": "x" * 37}, "uuid"),
        ({"uuid": None}, "uuid"),
        ({"name": "x" * 51}, "name"),
        ({"name": ""}, "name"),
        ({"ip_address": "not-an-address"}, "ip_address"),
        ({"ip_address": 5}, "ip_address"),
    ],
)
def test_a_bad_registration_names_the_field(server, agent, changes, field):
    new = Agent(server.url, project=agent.project)
    new.get_keys()
    answer = new.register(**changes)
    assert answer.status == 400
    assert list(answer.data) == [field]
    assert isinstance(answer.data[field], list)


def test_a_registration_without_all_keys_is_400(agent):
    answer = agent.send("computers/", {"uuid": "x", "name": "y"})
    assert (answer.status, answer.data) == (400, "Invalid Data")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"uuid": "x" * 37}, "uuid"),
        ({"name": "x" * 51}, "name"),
        ({"fqdn": "x" * 256}, "fqdn"),
        ({"ip_address": "300.1.1.1"}, "ip_address"),
        ({"sync_user": "x" * 51}, "sync_user"),
        ({"sync_fullname": "x" * 101}, "sync_fullname"),
        ({"sync_user": 5}, "sync_user"),
        ({"sync_attributes": {"HST": 5}}, "sync_attributes"),
        ({"sync_attributes": ["HST"]}, "sync_attributes"),
        ({"sync_attributes": None}, "sync_attributes"),
    ],
)
def test_bad_attributes_are_400_and_change_nothing(agent, changes, field):
    agent.sync()
    before = agent.traits()
    answer = agent.attributes(**changes)
    assert answer.status == 400
    assert list(answer.data) == [field]
    assert agent.traits() == before


def test_the_uuid_of_another_computer_is_refused_and_changes_nothing(server, agent):
    agent.sync()
    other = Agent(server.url, project=agent.project).enrol()
    answer = agent.attributes({"HST": "changed\n"}, uuid=other.uuid)
    assert answer.status == 400
    assert list(answer.data) == ["uuid"]
    assert "HST-pc-1" in agent.traits()


def test_an_unknown_prefix_is_passed_over(agent):
    answer = agent.attributes({**ATTRIBUTES, "XYZ": "a", "": "b", "CID": "99", "SET": "c"})
    assert answer.status == 201
    assert not [trait for trait in agent.traits() if trait.startswith(("XYZ", "CID-99", "SET-c"))]


def test_a_value_that_is_too_long_is_cut_and_told(server, agent):
    assert agent.attributes({"HST": "v" * 400}).status == 201
    assert f"HST-{'v' * 250}" in agent.traits()
    # Told once, when the attribute comes into being, however often it is reported.
    assert agent.attributes({"HST": "v" * 400}).status == 201
    told = "SELECT count(*) FROM client_notification WHERE message LIKE '%' || $1"
    assert server.value(told, "v" * 400) == 1
    assert agent.attributes({"HST": "w" * 100_000}).status == 201
    assert server.value(told, ": " + "w" * 1000) == 1


def test_a_property_without_auto_add_makes_no_attribute(server, agent):
    server.sql(
        "INSERT INTO core_property (prefix, name, enabled, kind, sort, auto_add, language) "
        "VALUES ('NOA', 'Closed', true, 'N', 'client', false, 0) ON CONFLICT DO NOTHING"
    )
    assert agent.attributes({"NOA": "new"}).status == 201
    assert not [trait for trait in agent.traits() if trait.startswith("NOA")]


def test_a_json_scalar_makes_no_attribute(server, agent):
    server.sql(
        "INSERT INTO core_property (prefix, name, enabled, kind, sort, auto_add, language) "
        "VALUES ('JSN', 'Json', true, 'J', 'client', true, 0) ON CONFLICT DO NOTHING"
    )
    for text in ("5", "null", '"x"', "{", "[1]", "[[]]"):
        assert agent.attributes({"JSN": text}).status == 201
    assert agent.attributes({"JSN": '[{"value": "a", "description": "b"}]'}).status == 201
    assert "JSN-a" in agent.traits()


@pytest.mark.parametrize("character", ["\x00", "\ud800", "\udfff", "\udcf1"])
def test_characters_that_cannot_be_stored_break_nothing(agent, character):
    answer = agent.attributes(
        {"HST": f"a{character}c"}, sync_user=f"u{character}", sync_fullname=f"U{character}"
    )
    assert answer.status == 201
    assert agent.call("computers/errors/", description=character).status == 201
    name = "Low Available Space On System Partition"
    assert agent.call("computers/faults/", faults={name: f"x{character}y"}).status == 200


def test_deeply_nested_claims_are_4xx(agent):
    deep: list = []
    for _ in range(900):
        deep = [deep]
    assert 400 <= agent.call("computers/hardware/", hardware=deep).status < 500


@pytest.mark.parametrize("data", [{}, {"faults": None}, {"faults": []}, {"faults": {"a": 5}}])
def test_bad_faults_are_400(agent, data):
    assert agent.call("computers/faults/", **data).status == 400


@pytest.mark.parametrize("data", [{}, {"description": None}, {"description": 5}])
def test_an_error_without_text_is_400(agent, data):
    assert agent.call("computers/errors/", **data).status == 400


def test_a_synchronization_before_attributes_is_400(agent):
    assert agent.synchronization().status == 400


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"consumer": "x" * 51}, "consumer"),
        ({"start_date": "yesterday"}, "start_date"),
        ({"start_date": None}, "start_date"),
        ({"start_date": "0001-01-01T00:00:00+14:00"}, "start_date"),
        ({"pms_status_ok": "perhaps"}, "pms_status_ok"),
    ],
)
def test_a_bad_synchronization_names_the_field(agent, changes, field):
    agent.sync()
    answer = agent.synchronization(**changes)
    assert answer.status == 400
    assert list(answer.data) == [field]


def test_a_date_with_offset_is_accepted(agent):
    agent.sync()
    answer = agent.synchronization(start_date="2026-01-31T19:07:03+02:00")
    assert answer.data["start_date"] == "2026-01-31T17:07:03+00:00"


# Two at once


def at_once(*actions) -> list:
    barrier = threading.Barrier(len(actions))

    def run(action):
        barrier.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return [future.result() for future in [pool.submit(run, action) for action in actions]]


def test_computers_that_bring_the_same_new_packages_at_once_all_succeed(server, agent):
    agents = [Agent(server.url, project=agent.project).enrol() for _ in range(6)]
    for round_ in range(3):
        inventory = [f"fresh{round_}-{n}_{n}.0_amd64.deb" for n in range(400)]
        shuffled = [inventory[n:] + inventory[:n] for n in range(0, 300, 50)]
        done = at_once(
            *(
                lambda one=one, items=items: one.software(items)
                for one, items in zip(agents, shuffled, strict=True)
            )
        )
        assert [answer.status for answer in done] == [200] * 6
    counts = server.sql(
        "SELECT count(*) FILTER (WHERE uninstall_date IS NULL) AS now FROM client_packagehistory "
        "WHERE computer_id = ANY($1::int[]) GROUP BY computer_id",
        [one.id for one in agents],
    )
    assert [row["now"] for row in counts] == [400] * 6


def test_computers_that_bring_the_same_new_attributes_at_once_all_succeed(server, agent):
    agents = [Agent(server.url, project=agent.project).enrol() for _ in range(6)]
    for round_ in range(3):
        values = [f"{round_:x}{n:03x}:1~Device" for n in range(60)]
        shuffled = [",".join(values[n:] + values[:n]) for n in range(0, 60, 10)]
        user = f"user{round_}-{agent.uuid[:6]}"
        done = at_once(
            *(
                lambda one=one, pci=pci, user=user: one.attributes({"PCI": pci}, sync_user=user)
                for one, pci in zip(agents, shuffled, strict=True)
            )
        )
        assert [answer.status for answer in done] == [201] * 6
    for one in agents:
        assert len([trait for trait in one.traits() if trait.startswith("PCI")]) == 60


def test_a_computer_that_registers_twice_at_once_has_one_record(server, agent):
    new = [Agent(server.url, project=agent.project, uuid="TWICE-" + agent.uuid[:20]) for _ in "ab"]
    for one in new:
        one.get_keys()
    done = at_once(*(one.register for one in new))
    assert all(answer.status in (200, 201) for answer in done)
    assert new[0].id == new[1].id


def test_a_project_enrolled_twice_at_once_is_one_project(server):
    agents = [Agent(server.url, project="enrolled-at-once", platform="New") for _ in range(4)]
    done = at_once(*(one.get_keys for one in agents))
    assert [answer.status for answer in done] == [200] * 4
    assert len({one.envelopes.own.thumbprint() for one in agents}) == 1


def test_a_repeated_call_leaves_the_same_state(server, agent):
    agent.software(INVENTORY)
    at_once(*(lambda: agent.software(INVENTORY) for _ in range(4)))
    assert server.value(
        "SELECT count(*) FROM client_packagehistory WHERE computer_id = $1", agent.id
    ) == len(INVENTORY)


def test_a_software_list_longer_than_any_computers_is_refused(agent):
    answer = agent.software(["a_1_amd64.deb"] * 50_001)
    assert answer.status == 400
    assert answer.data == {"inventory": ["At most 50000 packages are expected."]}
