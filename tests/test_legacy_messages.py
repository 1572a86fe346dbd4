"""How messages of protocol 4 are read, answered and refused. Contract: agent-v4 2, 3, 5."""

import json
import socket
import ssl
import time
import uuid as uuids
from urllib.parse import urlsplit

import pytest
from agent4 import Agent4, Packager4, form, private_key, request, sign
from conftest import ADMIN, RunningServer
from cryptography.hazmat.primitives.asymmetric import rsa

BAD_UUIDS = (
    "03000200-0400-0500-0006-000700080008",
    "00000000-0000-0000-0000-000000000000",
    "00000000-0000-0000-0000-FFFFFFFFFFFF",
)


@pytest.fixture(scope="module")
def agent(server: RunningServer) -> Agent4:
    return Agent4(server.url, project="messages").enrol()


def other_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_any_method_but_post_is_told_so_in_json(server, method):
    answer = request(server.url, method, "/api/")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/plain"
    value = json.loads(answer.body)
    assert value["unexpected_get_method.return"]["errmfs"]["code"] == 3


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"message=x", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"x", "text/plain"),
    ],
)
def test_no_message_file_is_told_so_in_json(server, body, content_type):
    headers = {"Content-Type": content_type or ""}
    if body is None:
        body, headers = form(('name="message"', b"a field"))
    answer = request(server.url, "POST", "/api/", body, headers)
    assert answer.status == 200
    assert json.loads(answer.body)["no_message_file.return"]["errmfs"]["code"] == 100


def test_the_path_may_lack_its_slash(agent):
    assert agent.call("get_computer_software", path="/api").value == ""


def test_an_answer_is_plain_text_with_a_signature(agent):
    answer = agent.call("get_computer_software")
    assert answer.headers["content-type"] == "text/plain"
    assert json.loads(answer.body[:-256]) == {"get_computer_software.return": ""}
    assert answer.is_signed


@pytest.mark.parametrize("command", ["unknown", "", "GET_PROPERTIES", "__class__", "a b"])
def test_an_unknown_command_is_told_signed(agent, command):
    answer = agent.call(command)
    assert (answer.code, answer.is_signed) == (4, True)


@pytest.mark.parametrize("name", ["nothing", "", "é"])
def test_a_file_name_without_command_is_an_unknown_command(agent, name):
    message = sign(b"{}", agent.key)
    answer = agent.send(name, message, file_name=name)
    assert (answer.status, answer.code) == (200, 4)


@pytest.mark.parametrize("name", ["pc.with.dots", "pc with blank", "pç-ñ", "a;b&c$d<e>f|g", ".."])
def test_a_name_may_be_odd(server, name):
    agent = Agent4(server.url, project="messages", name=name).enrol()
    assert agent.info().is_signed
    row = server.sql("SELECT name FROM client_computer WHERE uuid = $1", agent.uuid)[0]
    assert row["name"] == name


def test_a_uuid_without_dashes_gets_them(server, agent):
    bare = agent.uuid.replace("-", "")
    answer = agent.call(
        "get_computer_software", file_name=f"{agent.name}.{bare}.get_computer_software"
    )
    assert answer.value == ""


@pytest.mark.parametrize("bad", BAD_UUIDS)
def test_a_uuid_that_many_machines_have_is_replaced_by_the_name(server, bad):
    agent = Agent4(server.url, project="messages", uuid=bad, name=f"named-{bad[-5:]}").enrol()
    assert agent.info().is_signed
    assert (
        server.value("SELECT uuid FROM client_computer WHERE name = $1", agent.name) == agent.name
    )


def test_old_clients_send_no_uuid(server):
    agent = Agent4(server.url, project="messages", name="without-uuid")
    data = {"username": "", "password": "", "project": "messages", "platform": "Linux"}
    message = json.dumps({"register_computer": data}).encode()
    answer = agent.send("register_computer", message, file_name="without-uuid.register_computer")
    agent.take_keys(answer, "migasfree-client.pri")
    name = "without-uuid.get_computer_software"
    assert agent.call("get_computer_software", file_name=name).value == ""
    uuid = server.value("SELECT uuid FROM client_computer WHERE name = 'without-uuid'")
    assert uuid == "without-uuid"


def test_a_name_alone_speaks_for_no_computer(agent):
    name = f"{agent.name}.get_computer_software"
    assert agent.call("get_computer_software", file_name=name).code == 6


def test_an_unknown_computer_is_told_signed(server, agent):
    stranger = Agent4(server.url, key=agent.key, server=agent.server)
    answer = stranger.call("get_properties")
    assert (answer.code, answer.is_signed) == (6, True)


def test_a_uuid_in_the_other_byte_order_is_the_same_computer(server):
    uuid = "00112233-4455-6677-8899-AABBCCDDEEFF"
    agent = Agent4(server.url, project="messages", uuid=uuid).enrol()
    agent.uuid = "33221100-5544-7766-8899-AABBCCDDEEFF"
    assert agent.call("get_computer_software").value == ""


def test_a_hardware_address_finds_its_only_computer(server):
    agent = Agent4(server.url, project="messages").enrol()
    server.sql(
        "UPDATE client_computer SET mac_address = '02AABBCCDDEE' WHERE uuid = $1", agent.uuid
    )
    agent.uuid = "00000000-0000-0000-0000-02AABBCCDDEE"
    assert agent.call("get_computer_software").value == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda message: message[:-1] + bytes([message[-1] ^ 1]),
        lambda message: b" " + message,
        lambda message: message[:-256],
        lambda message: message[-256:],
        lambda message: message + b"\0",
        lambda message: message[:-256] + b"\xff" * 256,
        lambda message: b"",
    ],
)
def test_a_wrong_signature_is_told_signed(agent, change):
    message = sign(json.dumps({"get_properties": ""}).encode(), agent.key)
    answer = agent.send("get_properties", change(message))
    assert (answer.code, answer.is_signed) == (5, True)


def test_the_key_of_another_project_is_refused(server, agent):
    other = Agent4(server.url, project="messages-other").enrol()
    agent4 = Agent4(server.url, uuid=agent.uuid, name=agent.name, key=other.key)
    agent4.server = other.server
    assert agent4.call("get_properties").code == 5


@pytest.mark.parametrize(
    "text",
    [
        b"not json",
        b"",
        b"[]",
        b'"text"',
        b"{}",
        b'{"get_properties": "", "more": 1}',
        b'{"upload_computer_message": "x"}',
        b'{"get_properties": NaN}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_signed_message_that_is_not_of_its_command_is_refused(agent, text):
    answer = agent.send("get_properties", sign(text, agent.key))
    assert (answer.code, answer.is_signed) == (100, True)


@pytest.mark.parametrize(
    ("command", "data"),
    [
        ("upload_computer_message", 1),
        ("upload_computer_message", None),
        ("upload_computer_info", "text"),
        ("upload_computer_info", {"computer": []}),
        ("upload_computer_info", {"computer": {}, "attributes": "text"}),
        ("upload_computer_faults", {}),
        ("upload_computer_faults", {"faults": []}),
        ("upload_computer_errors", {}),
        ("upload_computer_hardware", {}),
        ("upload_computer_hardware", []),
        ("upload_computer_hardware", "<lshw/>"),
        ("upload_computer_hardware", ["text"]),
        ("upload_computer_software_base_diff", []),
        ("upload_computer_software_history", {}),
        ("upload_computer_software_base", 1),
        ("set_computer_tags", {}),
        ("set_computer_tags", {"tags": "LAB-x"}),
        ("set_computer_tags", {"tags": [1]}),
        ("set_computer_tags", "text"),
    ],
)
def test_data_of_another_type_are_refused(agent, command, data):
    answer = agent.call(command, data)
    assert (answer.status, answer.code, answer.is_signed) == (200, 100, True)


@pytest.mark.parametrize(
    ("command", "data"),
    [
        ("upload_computer_software_base", "text"),
        ("upload_devices_changes", {"installed": [1], "removed": []}),
        ("upload_computer_software_history", "# [2026-01-30 09:00:00, ..]\n+installed-x"),
        ("upload_computer_software_base_diff", ""),
        ("upload_computer_errors", ""),
    ],
)
def test_what_nothing_follows_from_is_taken(agent, command, data):
    assert agent.call(command, data).code == 0


def unsubscribed(server: RunningServer, project: str) -> Agent4:
    agent = Agent4(server.url, project=project).enrol()
    server.sql("UPDATE client_computer SET status = 'unsubscribed' WHERE uuid = $1", agent.uuid)
    return agent


@pytest.mark.parametrize(
    "command", ["get_properties", "upload_computer_info", "unknown", "upload_server_package"]
)
def test_an_unsubscribed_computer_is_refused_every_command(server, command):
    answer = unsubscribed(server, "messages").call(command)
    assert (answer.code, answer.is_signed) == (10, True)


def test_an_unsubscribed_computer_is_refused_registration_unsigned(server):
    agent = unsubscribed(server, "messages")
    answer = agent.register()
    assert (answer.code, answer.is_signed) == (10, False)
    answer = agent.plain("get_key_packager", {"username": ADMIN[0], "password": ADMIN[1]})
    assert (answer.code, answer.is_signed) == (10, False)


def errors(server: RunningServer, agent: Agent4) -> list[str]:
    rows = server.sql(
        "SELECT description FROM client_error e JOIN client_computer c ON c.id = e.computer_id "
        "WHERE c.uuid = $1",
        agent.uuid,
    )
    return [row["description"] for row in rows]


def test_an_unsubscribed_computer_leaves_one_error_in_an_hour_and_only_signed(server):
    agent = unsubscribed(server, "messages")
    agent.send("get_properties", b"x" * 300)
    assert errors(server, agent) == []
    for command in ("get_properties", "get_computer_tags", "get_properties"):
        agent.call(command)
    assert errors(server, agent) == ["127.0.0.1 - get_properties - Unsubscribed computer"]


def test_a_wrong_signature_leaves_nothing(server):
    agent = Agent4(server.url, project="messages").enrol()
    server.sql("UPDATE client_computer SET status = 'available' WHERE uuid = $1", agent.uuid)
    before = server.value("SELECT count(*) FROM client_notification")
    right, agent.key = agent.key, other_key()
    assert agent.info().code == 5
    assert agent.call("upload_computer_errors", "forged").code == 5
    assert agent.message("").code == 5
    assert errors(server, agent) == []
    assert server.value("SELECT count(*) FROM client_notification") == before
    row = server.sql("SELECT * FROM client_computer WHERE uuid = $1", agent.uuid)[0]
    assert (row["sync_start_date"], row["fqdn"]) == (None, None)
    agent.key = right


def test_an_available_computer_is_notified_once_in_an_hour(server):
    agent = Agent4(server.url, project="messages").enrol()
    server.sql("UPDATE client_computer SET status = 'available' WHERE uuid = $1", agent.uuid)
    for _ in range(3):
        agent.info()
    count = server.value(
        "SELECT count(*) FROM client_notification WHERE message LIKE $1",
        f"Computer [{agent.name} (CID-%)] with available status, has been synchronized",
    )
    assert count == 1


def test_a_bad_packager_signature_is_told_without_a_name(server, agent):
    packager = Packager4(server.url, project="messages")
    packager.get_keys(*ADMIN)
    packager.key = agent.key
    answer = packager.upload("x_1_all.deb", b"x")
    assert (answer.code, answer.is_signed) == (5, True)
    assert list(answer.value) == ["errmfs"]


def test_a_computer_seen_with_client_5_is_refused_until_somebody_vouches_for_it(server, agent):
    from agent import Agent

    new = Agent(server.url, project="messages").enrol()
    new.sync()
    old = Agent4(server.url, project="messages", uuid=new.uuid, name=new.name)
    assert "migasfree-client.pri" in old.register().value
    answer = old.call("get_properties")
    assert (answer.code, answer.is_signed) == (100, True)
    old.register(*ADMIN)
    assert "properties" in old.call("get_properties").value
    old.sync()


def test_a_certificate_of_another_computer_is_refused(server, agent):
    project = server.value("SELECT project_id FROM client_computer WHERE uuid = $1", agent.uuid)
    agent.headers = {"X-SSL-Client-CN": f"/O=x/OU=COMPUTERS/CN={uuids.uuid4()}_{project}"}
    assert agent.call("get_properties").code == 100
    agent.headers = {"X-SSL-Client-CN": f"/O=x/OU=COMPUTERS/CN={agent.uuid}_{project}"}
    assert "properties" in agent.call("get_properties").value
    agent.headers = {}


def test_a_computer_that_has_a_certificate_has_to_show_it(own_server):
    server = own_server(mtls="optional")
    agent = Agent4(server.url).enrol()
    assert "properties" in agent.call("get_properties").value
    server.sql(
        "INSERT INTO certificate_certificate (serial, role, common_name, uuid, issued_at, "
        "valid_until, email, address, is_released, reason) VALUES ('1', 'computer', $1 || '_1', "
        "$1, now(), now() + interval '1 day', '', '', false, '')",
        agent.uuid,
    )
    assert (agent.call("get_properties").code, agent.register().is_signed) == (100, False)


def test_concurrent_calls_of_one_computer_are_all_answered(agent):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda _: agent.call("get_properties"), range(60)))
    assert all(answer.is_signed and "properties" in answer.value for answer in answers)


def test_no_file_remains_of_a_message(server, agent):
    before = {path for path in server.data_dir.rglob("*") if "postgres" not in path.parts}
    agent.name, name = "../../../escape", agent.name
    agent.call("get_properties")
    agent.name = name
    after = {path for path in server.data_dir.rglob("*") if "postgres" not in path.parts}
    assert after == before


def test_a_tls_handshake_on_the_plain_port_is_closed_at_once_and_quietly(server):
    parts = urlsplit(server.url)
    lines = len(server.log)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    began = time.monotonic()
    for _ in range(5):
        plain = socket.create_connection((parts.hostname, parts.port), timeout=10)
        with plain, pytest.raises(OSError), context.wrap_socket(plain):
            pass
    assert time.monotonic() - began < 5
    time.sleep(0.3)
    assert server.log[lines:] == []
    assert request(server.url, "GET", "/health/live").status == 200


def test_a_message_that_is_too_long_is_refused(own_server):
    server = own_server(max_message_mib="1")
    agent = Agent4(server.url).enrol()
    answer = agent.call("upload_computer_errors", "x" * 1024 * 1024)
    assert answer.status == 413
    assert json.loads(answer.body)["detail"]
    assert agent.call("get_computer_software").value == ""


def test_texts_of_codes_are_in_the_language_of_the_server(own_server):
    server = own_server(language="es")
    agent = Agent4(server.url).enrol()
    assert agent.call("unknown").info == "Comando no encontrado"


def test_switched_off_nobody_of_protocol_4_is_answered(own_server):
    server = own_server(legacy_agents="off")
    agent = Agent4(server.url)
    body, headers = form(('name="message"; filename="a.b.register_computer"', b"{}"))
    answer = request(server.url, "POST", "/api/", body, headers)
    assert (answer.status, list(json.loads(answer.body))) == (404, ["detail"])
    assert agent.shown(name="x").status == 404
    # Package managers of all computers import the key from there.
    assert request(server.url, "GET", "/get_key_repositories").status == 200


def test_only_known_computers_are_answered_if_so_wished(own_server):
    server = own_server(legacy_agents="known")
    from agent import Agent

    new = Agent(server.url, project="known").enrol()
    known = Agent4(server.url, project="known", uuid=new.uuid, name=new.name).enrol()
    known.sync()
    stranger = Agent4(server.url, project="known")
    assert stranger.register().code == 2
    assert stranger.register(*ADMIN).code == 2
    assert Packager4(server.url).get_keys(*ADMIN).value["migasfree-packager.pri"]


def test_keys_of_another_installation_are_accepted(server, tmp_path):
    from test_project_keys import private_pem, project_key

    agent = Agent4(server.url, project="moved4").enrol()
    own, own_server_key = agent.key, agent.server
    pem, server_pem = private_pem(), private_pem()
    (tmp_path / "moved.pri").write_bytes(pem)
    (tmp_path / "server.pri").write_bytes(server_pem)
    arguments = (str(tmp_path / "moved.pri"), "--server-key", str(tmp_path / "server.pri"))
    assert project_key(server, "import", "moved4", *arguments).returncode == 0
    time.sleep(6)
    agent.key = private_key(pem.decode())
    agent.server = private_key(server_pem.decode()).public_key()
    agent.sync()
    agent.key, agent.server = own, own_server_key
    agent.sync()
