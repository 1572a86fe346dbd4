"""Computers that move here with keys of another installation go on, in protocol 5."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from agent import Agent, Envelopes, key, request
from conftest import RunningServer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwcrypto import jwk

REMEMBERED_SECONDS = 6


def private_pem(bits: int = 2048) -> bytes:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def project_key(server: RunningServer, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "migas_tornado", "project-key", *arguments],
        env={**os.environ, "MIGAS_DATA_DIR": str(server.data_dir)},
        capture_output=True,
        text=True,
    )


def public_pem(private: bytes) -> bytes:
    return jwk.JWK.from_pem(private).export_to_pem()


@pytest.fixture
def foreign(tmp_path: Path) -> tuple[Path, bytes]:
    """The file with the private key of a project elsewhere, and what is in it."""
    pem = private_pem()
    path = tmp_path / "debian.pri"
    path.write_bytes(pem)
    return path, pem


def enrolled(server: RunningServer, project: str) -> Agent:
    return Agent(server.url, project=project).enrol()


def test_a_computer_with_an_imported_key_synchronizes(server, foreign):
    path, pem = foreign
    agent = enrolled(server, "moved")
    own = agent.envelopes
    assert not is_accepted(agent, pem)
    assert project_key(server, "import", "moved", str(path)).returncode == 0
    wait_for(lambda: is_accepted(agent, pem))
    agent.envelopes = Envelopes(key(pem.decode()), own.server)
    agent.sync()
    agent.envelopes = own  # whoever has the key of this server goes on as before
    agent.sync()


def is_accepted(agent: Agent, pem: bytes) -> bool:
    """Ask with a key; a refusal is sealed for another, and not opened."""
    sealed = Envelopes(key(pem.decode()), agent.envelopes.server).seal({"id": agent.id})
    body = json.dumps({"msg": sealed, "project": agent.project}).encode()
    headers = {"Content-Type": "application/json"}
    answer = request(agent.url, "POST", "/api/v1/safe/computers/properties/", body, headers)
    return answer.status == 200


def wait_for(is_done) -> None:
    deadline = time.monotonic() + REMEMBERED_SECONDS
    while not is_done():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_computer_that_knows_another_server_is_answered_by_that(server, foreign, tmp_path):
    _, pem = foreign
    server_pem = private_pem()
    (tmp_path / "server.pri").write_bytes(server_pem)
    (tmp_path / "debian.pub").write_bytes(public_pem(pem))
    agent = enrolled(server, "merged")
    here = agent.envelopes
    # Somebody forgets the server's key at first.
    assert project_key(server, "import", "merged", str(tmp_path / "debian.pub")).returncode == 0
    wait_for(lambda: is_accepted(agent, pem))
    arguments = (str(tmp_path / "debian.pub"), "--server-key", str(tmp_path / "server.pri"))
    assert project_key(server, "import", "merged", *arguments).returncode == 0
    agent.envelopes = Envelopes(key(pem.decode()), key(public_pem(server_pem).decode()))
    time.sleep(REMEMBERED_SECONDS)
    agent.sync()
    agent.envelopes = here
    agent.sync()


def test_only_the_public_half_is_kept(server, foreign):
    path, _ = foreign
    enrolled(server, "half")
    project_key(server, "import", "half", str(path))
    (kept,) = (server.data_dir / "keys" / "projects" / "half.accepted").iterdir()
    assert b"PRIVATE" not in kept.read_bytes()
    assert kept.stat().st_mode & 0o777 == 0o600


def test_accepted_keys_are_listed_and_removed(server, foreign):
    path, pem = foreign
    agent = enrolled(server, "listed")
    assert project_key(server, "list", "listed").stdout == ""
    imported = project_key(server, "import", "listed", str(path))
    fingerprint = imported.stdout.split()[2].rstrip(".")
    assert project_key(server, "list", "listed").stdout == f"{fingerprint}\n"
    wait_for(lambda: is_accepted(agent, pem))
    assert project_key(server, "remove", "listed", fingerprint).returncode == 0
    assert project_key(server, "list", "listed").stdout == ""
    wait_for(lambda: not is_accepted(agent, pem))


def test_a_key_of_one_project_does_not_open_another(server, foreign):
    path, pem = foreign
    enrolled(server, "accepting")
    project_key(server, "import", "accepting", str(path))
    agent = enrolled(server, "other")
    assert not is_accepted(agent, pem)


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PUBLIC KEY-----\nx\n"])
def test_a_file_that_is_no_key_is_refused(server, tmp_path, content):
    enrolled(server, "refusing")
    (tmp_path / "file").write_bytes(content)
    refused = project_key(server, "import", "refusing", str(tmp_path / "file"))
    assert refused.returncode == 1
    assert refused.stderr.startswith("migas-tornado: ")
    assert "Traceback" not in refused.stderr


def test_a_weak_key_is_refused(server, tmp_path):
    enrolled(server, "strict")
    (tmp_path / "weak.pri").write_bytes(private_pem(1024))
    assert "2048 bits" in project_key(server, "import", "strict", str(tmp_path / "weak.pri")).stderr


def test_an_unknown_project_or_fingerprint_is_told(server, foreign):
    path, _ = foreign
    assert "no project" in project_key(server, "import", "nowhere", str(path)).stderr
    enrolled(server, "without")
    assert "no accepted key" in project_key(server, "remove", "without", "../x").stderr
