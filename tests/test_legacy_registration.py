"""Computers and packagers of protocol 4 get their keys. Contract: agent-v4 4, 9."""

import itertools

import pytest
from agent4 import Agent4, Packager4
from api import signed_in
from conftest import ADMIN, RunningServer
from cryptography.hazmat.primitives import serialization

numbers = itertools.count()


@pytest.fixture
def project() -> str:
    return f"registered-{next(numbers)}"


def row_of(server: RunningServer, agent: Agent4):
    rows = server.sql(
        "SELECT c.*, p.name AS project FROM client_computer c "
        "JOIN core_project p ON p.id = c.project_id WHERE c.uuid = $1",
        agent.uuid,
    )
    return rows[0] if rows else None


def pem(key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def test_a_new_computer_gets_keys_and_a_record(server, project):
    agent = Agent4(server.url, project=project)
    answer = agent.register()
    assert set(answer.value) == {"migasfree-server.pub", "migasfree-client.pri"}
    assert answer.value["migasfree-client.pri"].startswith("-----BEGIN PRIVATE KEY-----")
    assert answer.value["migasfree-server.pub"].startswith("-----BEGIN PUBLIC KEY-----")
    assert not answer.is_signed
    row = row_of(server, agent)
    assert (row["name"], row["project"], row["status"]) == (agent.name, project, "assigned")
    for table in ("client_migration", "client_statuslog"):
        count = server.value(f"SELECT count(*) FROM {table} WHERE computer_id = $1", row["id"])
        assert count == 1


def test_both_protocols_share_the_pair_of_a_project(server, project):
    from agent import Agent

    old, new = Agent4(server.url, project=project).enrol(), Agent(server.url, project=project)
    answer = new.get_keys()
    assert answer.json()["migasfree-client.pri"].encode() == pem(old.key)


def test_a_project_with_blanks_in_its_name_has_one_pair_too(server):
    old = Agent4(server.url, project="My Linux 22.04").enrol()
    old.sync()
    row = server.sql(
        "SELECT slug, pms, architecture FROM core_project WHERE name = $1", old.project
    )
    assert tuple(row[0]) == ("my-linux-2204", "apt", "amd64")


def test_platform_and_project_are_notified_with_the_computer(server, project):
    agent = Agent4(server.url, project=project)
    agent.register(platform=f"Platform {project}", pms="dnf")
    messages = [row["message"] for row in server.sql("SELECT message FROM client_notification")]
    assert f"Platform [Platform {project}] registered by computer [{agent.name}]." in messages
    text = f"Project [{project}] with P.M.S. [dnf] registered by computer [{agent.name}]."
    assert text in messages


def test_version_wins_over_project_and_unknown_over_nothing(server, project):
    agent = Agent4(server.url, project=project)
    agent.register(project="ignored")
    assert row_of(server, agent)["project"] == project
    other = Agent4(server.url)
    other.plain("register_computer", {"username": "", "password": ""})
    assert row_of(server, other)["project"] == "unknown"


@pytest.mark.parametrize(
    "changes",
    [
        {"pms": "floppy"},
        {"username": None},
        {"password": 1},
        {"version": "x" * 51},
        {"platform": "x" * 51},
        {"version": "ends/../here"},
        {"version": "../../keys/migasfree-server"},
        {"version": "a;b"},
        {"version": "..."},
        {"version": "a\nb"},
    ],
)
def test_a_registration_that_cannot_be_is_refused_unsigned(server, project, changes):
    agent = Agent4(server.url, project=f"{project}-bad")
    answer = agent.register(**changes)
    assert (answer.status, answer.code, answer.is_signed) == (200, 100, False)
    assert row_of(server, agent) is None


@pytest.mark.parametrize("message", [b"", b"[]", b"text", b'{"register_computer": 1}', b"{}"])
def test_a_broken_registration_is_refused_unsigned(server, message):
    answer = Agent4(server.url).send("register_computer", message)
    assert (answer.status, answer.code, answer.is_signed) == (200, 100, False)


def test_a_name_that_is_too_long_is_refused(server, project):
    answer = Agent4(server.url, project=project, name="n" * 51).register()
    assert answer.code == 100


@pytest.mark.parametrize(
    "name", ["migasfree-server", "migasfree-packager", "migasfree-new", "MIGASFREE-Server"]
)
def test_no_project_is_called_like_a_key_of_the_server(server, name):
    agent = Agent4(server.url, project=name)
    assert agent.register().code == 100
    assert row_of(server, agent) is None
    from agent import Agent

    answer = Agent(server.url, project=name).get_keys()
    assert (answer.status, "project" in answer.json()) == (400, True)
    answer = signed_in(server, ADMIN[0])(
        "POST", "projects/", {"name": name, "pms": "apt", "architecture": "amd64", "platform": 1}
    )
    assert answer.status == 400


def test_no_answer_ever_holds_a_key_of_the_server(server, project):
    keys = server.data_dir / "keys"
    secret = [(keys / f"migasfree-{name}.pri").read_text() for name in ("server",)]
    for name in (project, "migasfree-server", "projects", "..", "migasfree-server.pri"):
        answer = Agent4(server.url, project=name).register()
        assert not any(text in answer.body.decode() for text in secret)


def test_a_known_computer_loses_nothing_by_an_unsigned_registration(server, project):
    agent = Agent4(server.url, project=project).enrol()
    agent.sync()
    before = dict(row_of(server, agent))
    thief = Agent4(server.url, project=f"{project}-else", uuid=agent.uuid, name="stolen")
    thief.enrol()
    assert dict(row_of(server, agent)) == before
    agent.sync()
    assert row_of(server, agent)["project"] == project


def test_a_computer_moves_when_it_signs_with_the_key_of_the_project_it_asked_for(server, project):
    agent = Agent4(server.url, project=project).enrol()
    agent.sync()
    moved = Agent4(server.url, project=f"{project}-new", uuid=agent.uuid, name=agent.name).enrol()
    # Messages and formulas come first, and are answered already.
    assert moved.message("Connecting...").code == 0
    assert row_of(server, agent)["project"] == project
    moved.sync()
    row = row_of(server, agent)
    assert row["project"] == f"{project}-new"
    migrations = server.value(
        "SELECT count(*) FROM client_migration WHERE computer_id = $1", row["id"]
    )
    assert migrations == 2


def test_an_agent_that_keeps_the_former_key_is_not_locked_out(server, project):
    agent = Agent4(server.url, project=project).enrol()
    agent.sync()
    thief = Agent4(server.url, project=f"{project}-new", uuid=agent.uuid, name=agent.name)
    thief.enrol().sync()
    agent.sync()
    assert row_of(server, agent)["project"] == project


def test_a_project_that_was_not_asked_for_has_no_key_for_the_computer(server, project):
    agent = Agent4(server.url, project=project).enrol()
    other = Agent4(server.url, project=f"{project}-other").enrol()
    agent.key = other.key
    assert agent.call("get_properties").code == 5


def test_a_name_alone_moves_no_computer(server, project):
    agent = Agent4(server.url, project=project).enrol()
    Agent4(server.url, project=f"{project}-other").enrol()
    agent.info(version=f"{project}-other", project=f"{project}-other")
    assert row_of(server, agent)["project"] == project


def test_empty_information_moves_no_computer_and_keeps_its_addresses(server, project):
    agent = Agent4(server.url, project=project).enrol()
    agent.sync()
    answer = agent.call("upload_computer_info", {"computer": {}, "attributes": {}})
    assert "packages" in answer.value
    row = row_of(server, agent)
    assert (row["project"], row["ip_address"]) == (project, "192.0.2.4")
    assert row["fqdn"] == f"{agent.name}.example.org"
    agent.register()
    assert row_of(server, agent)["ip_address"] == "192.0.2.4"


def test_a_closed_project_takes_only_computers_that_somebody_vouches_for(own_server):
    server = own_server(autoregister="false")
    new = Agent4(server.url, project="closed")
    assert new.register().code == 2
    assert new.register("admin", "wrong").code == 2
    assert row_of(server, new) is None
    assert "migasfree-client.pri" in new.register(*ADMIN).value
    other = Agent4(server.url, project="closed")
    assert other.register().code == 2
    assert "migasfree-client.pri" in other.register(*ADMIN).value
    # Its own keys, too: whoever knows its uuid would get them.
    assert new.register().code == 2
    # A signed message may name a project that there is not, and nobody makes it.
    assert new.info(version="unheard-of").code == 2
    assert server.value("SELECT count(*) FROM core_project") == 1


def test_a_signed_message_may_bring_a_project(server, project):
    agent = Agent4(server.url, project=project).enrol()
    agent.info(version=f"{project}-brought")
    assert server.value("SELECT count(*) FROM core_project WHERE name = $1", f"{project}-brought")
    assert row_of(server, agent)["project"] == project


def test_the_domain_that_the_person_prefers_gets_the_computer(server, project):
    server.sql("INSERT INTO core_domain (name, comment) VALUES ($1, '')", project.upper())
    server.sql(
        "UPDATE core_userprofile SET domain_preference_id = "
        "(SELECT id FROM core_domain WHERE name = $2) "
        "WHERE user_ptr_id = (SELECT id FROM auth_user WHERE username = $1)",
        ADMIN[0],
        project.upper(),
    )
    agent = Agent4(server.url, project=project)
    agent.register(*ADMIN)
    server.sql("UPDATE core_userprofile SET domain_preference_id = NULL")
    included = server.sql(
        "SELECT p.prefix || '-' || a.value AS text FROM core_domain_included_attributes i "
        "JOIN core_attribute a ON a.id = i.attribute_id "
        "JOIN core_property p ON p.id = a.property_att_id "
        "JOIN core_domain d ON d.id = i.domain_id WHERE d.name = $1",
        project.upper(),
    )
    assert [row["text"] for row in included] == [f"CID-{row_of(server, agent)['id']}"]


def test_packager_keys_need_a_packager(server):
    packager = Packager4(server.url)
    assert packager.get_keys("admin", "wrong").code == 2
    assert packager.get_keys("", "").code == 2
    assert packager.plain("get_key_packager", {}).code == 100
    answer = packager.get_keys(*ADMIN)
    assert set(answer.value) == {"migasfree-server.pub", "migasfree-packager.pri"}


def test_wrong_passwords_are_limited_and_right_calls_are_not(own_server):
    server = own_server(failed_logins_per_minute="3")
    for number in range(40):  # a site behind one address
        assert "migasfree-client.pri" in Agent4(server.url, project="site").register().value, number
    for _ in range(6):  # right passwords, more than wrong ones may be
        assert Packager4(server.url).get_keys(*ADMIN).value["migasfree-packager.pri"]
    answers = [Packager4(server.url).get_keys("admin", "wrong") for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert (answers[-1].code, answers[-1].is_signed) == (100, False)
    assert "migasfree-client.pri" in Agent4(server.url, project="site").register().value


def test_a_forwarded_address_counts_only_from_a_trusted_proxy(own_server):
    server = own_server(trusted_proxies="192.0.2.1", failed_logins_per_minute="2")
    for number in range(3):
        packager = Packager4(server.url, headers={"X-Forwarded-For": f"198.51.100.{number}"})
        status = packager.get_keys(f"somebody-{number}", "wrong").status
    assert status == 429
    agent = Agent4(server.url, headers={"X-Forwarded-For": "198.51.100.9"}).enrol()
    assert row_of(server, agent)["forwarded_ip_address"] == "127.0.0.1"


def test_keys_are_given_out_over_https_only_if_so_wished(own_server):
    from agent import Agent

    server = own_server(keys_only_over_https="true")
    assert Agent4(server.url).register().code == 2
    assert Packager4(server.url).get_keys(*ADMIN).code == 2
    assert Agent(server.url).get_keys().status == 403
    secure = {"X-Forwarded-Proto": "https"}
    assert "migasfree-client.pri" in Agent4(server.url, headers=secure).register().value
    assert Agent(server.url, headers=secure).get_keys().status == 200


def test_computers_that_register_at_once_all_succeed(server, project):
    from concurrent.futures import ThreadPoolExecutor

    agents = [Agent4(server.url, project=project) for _ in range(12)]
    twice = Agent4(server.url, project=project)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda agent: agent.register(), [*agents, twice, twice]))
    assert all("migasfree-client.pri" in answer.value for answer in answers)
    assert server.value("SELECT count(*) FROM client_computer WHERE uuid = $1", twice.uuid) == 1


def test_a_registration_is_a_short_message(server):
    agent = Agent4(server.url, project="long")
    answer = agent.register(note="x" * 100_000)
    assert answer.code == 100


def test_who_may_make_projects_needs_no_right_for_a_platform_that_exists(own_server):
    server = own_server(autoregister="false")
    admin = signed_in(server, "admin")
    rights = {
        row["codename"]: row["id"]
        for row in admin.results("accounts/permissions/?page_size=1000")
        if row["codename"] in ("add_project", "add_computer", "change_computer")
    }
    made = admin.post("user-profiles/", username="maker", user_permissions=list(rights.values()))
    changed = {"password": "a long passphrase", "password2": "a long passphrase"}
    assert admin("PUT", f"user-profiles/{made['id']}/change-password/", changed).status == 200
    admin.post("platforms/", name="Known")
    agent = Agent4(server.url, project="made")
    maker = ("maker", "a long passphrase")
    assert agent.register(*maker, platform="New").code == 2
    assert "migasfree-client.pri" in agent.register(*maker, platform="Known").value
    assert admin.results("projects/?name=made")
