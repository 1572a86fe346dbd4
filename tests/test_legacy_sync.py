"""Computers of protocol 4 synchronize. Contract: agent-v4 5, 8."""

import pytest
from agent4 import Agent4
from conftest import RunningServer


@pytest.fixture
def agent(server: RunningServer, request: pytest.FixtureRequest) -> Agent4:
    return Agent4(server.url, project=request.node.name[:45].rstrip("_-")).enrol()


def computer_of(server: RunningServer, agent: Agent4):
    (row,) = server.sql(
        "SELECT c.*, p.name AS project FROM client_computer c "
        "JOIN core_project p ON p.id = c.project_id WHERE c.uuid = $1",
        agent.uuid,
    )
    return row


def test_a_whole_synchronization_is_recorded(server, agent):
    done = agent.sync()
    row = computer_of(server, agent)
    assert (row["name"], row["fqdn"], row["ip_address"]) == (
        agent.name,
        f"{agent.name}.example.org",
        "192.0.2.4",
    )
    assert (row["product"], row["ram"], row["mac_address"]) == ("Box 4", 2**33, "020000000004")
    (sync,) = server.sql(
        "SELECT s.consumer, s.pms_status_ok, u.name, u.fullname FROM client_synchronization s "
        "JOIN client_user u ON u.id = s.user_id WHERE s.computer_id = $1",
        row["id"],
    )
    assert tuple(sync) == ("migasfree_4.x", True, "ana", "Ana")
    packages = server.sql(
        "SELECT k.fullname FROM client_packagehistory h JOIN core_package k ON k.id = h.package_id "
        "WHERE h.computer_id = $1 ORDER BY 1",
        row["id"],
    )
    assert [package["fullname"] for package in packages] == [
        "bash_5.2.15-2+b7_amd64.deb",
        "zlib1g:amd64_1:1.2.13.dfsg-1_amd64.deb",
    ]
    assert done["known"].value == ""
    assert done["info"].value["base"] is False
    assert {"name", "language", "code"} == set(done["properties"].value["properties"][0])
    assert done["key"].body.startswith(b"-----BEGIN PGP PUBLIC KEY BLOCK-----")
    assert done["template"].body == b'"http://{server}/public/{project}/repos"'
