"""Client certificates: who gets one, what it is, and how it ends."""

import json
import ssl
import stat
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from agent import Agent, Answer, request
from api import Api, signed_in
from certified import (
    MTLS,
    PASSWORD,
    CertifiedAgent,
    open_tar,
    post_form,
    post_json,
    unpacked,
)
from conftest import ADMIN, RunningServer, command
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOST = "migas.example.org"
PUBLIC = "/manager/v1/public/"
PRIVATE = "/manager/v1/private/"


@pytest.fixture(scope="module")
def server(tmp_path_factory, untouched_site) -> Iterator[RunningServer]:
    data = tmp_path_factory.mktemp("certified") / "data"
    subprocess.run(["cp", "-a", untouched_site, data], check=True)
    running = RunningServer(data, mtls="optional", fqdn=HOST, trusted_proxies="127.0.0.1").start()
    yield running
    running.stop()
    assert running.tracebacks == [], "\n".join(running.log[-80:])


@pytest.fixture
def agent(server, request) -> CertifiedAgent:
    return CertifiedAgent(server.url, project=f"p{abs(hash(request.node.name))}").introduce()


@pytest.fixture
def superuser(server) -> Api:
    return signed_in(server, "admin")


def authority(server: RunningServer) -> x509.Certificate:
    answer = request(server.url, "GET", f"{PUBLIC}ca")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pkix-cert"
    assert 'filename="ca.pem"' in answer.headers["content-disposition"]
    return x509.load_pem_x509_certificate(answer.body)


def revocations(server: RunningServer) -> x509.CertificateRevocationList:
    answer = request(server.url, "GET", f"{PUBLIC}crl")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pkix-crl"
    assert answer.headers["cache-control"] == "no-store"
    return x509.load_pem_x509_crl(answer.body)


def is_revoked(server: RunningServer, agent: CertifiedAgent) -> bool:
    serial = agent.wallet.certificate.serial_number
    return revocations(server).get_revoked_certificate_by_serial_number(serial) is not None


def bearer(server: RunningServer) -> dict[str, str]:
    answer = post_form(
        server.url, f"{PRIVATE}auth/login", {"username": ADMIN[0], "password": ADMIN[1]}
    )
    assert answer.status == 200
    assert answer.json()["token_type"] == "bearer"
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


# --- what is issued ---


def test_a_certificate_says_which_computer_it_is_and_the_authority_vouches_for_it(server, agent):
    agent.certify()
    certificate, issuer = agent.wallet.certificate, authority(server)
    project = server.value("SELECT project_id FROM client_computer WHERE id = $1", agent.id)
    subject = {one.oid: one.value for one in certificate.subject}
    assert subject == {
        NameOID.ORGANIZATION_NAME: HOST,
        NameOID.ORGANIZATIONAL_UNIT_NAME: "COMPUTERS",
        NameOID.COMMON_NAME: f"{agent.uuid}_{project}",
    }
    certificate.verify_directly_issued_by(issuer)
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    of_computers = x509.ObjectIdentifier("1.2.3.4.5.6.7.8.2")
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH, of_computers]
    point = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value[0]
    assert point.full_name[0].value == f"http://{HOST}/manager/v1/public/crl"
    assert certificate.public_key().key_size == 2048
    years = (certificate.not_valid_after_utc - datetime.now(UTC)) / timedelta(days=365)
    assert 19.9 < years <= 20.1


def test_the_authority_is_one_that_may_only_sign_leaves(server):
    issuer = authority(server)
    constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert (constraints.value.ca, constraints.value.path_length) == (True, 0)
    assert issuer.public_key().key_size == 4096
    assert issuer.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == f"{HOST} Root CA"


def test_the_key_of_the_authority_is_encrypted_and_its_files_are_private(server):
    keys = server.data_dir / "keys" / "authority"
    assert b"ENCRYPTED PRIVATE KEY" in (keys / "authority.key").read_bytes()
    for path in (keys / "authority.key", server.data_dir / "ca-passphrase"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    public = server.data_dir / "certificates"
    assert (public / "ca.pem").read_bytes() == (keys / "authority.pem").read_bytes()
    assert stat.S_IMODE((public / "crl.pem").stat().st_mode) == 0o644


def test_the_delivery_is_a_tar_as_the_client_wants_it(agent):
    answer = agent.fetch(agent.ask_token().json()["token"])
    assert answer.headers["content-type"] == "application/x-tar"
    assert answer.headers["cache-control"] == "no-store"
    names = list(unpacked(answer.body))
    name = open_tar(answer.body).certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert names == [f"{name[0].value}{end}" for end in (".p12", ".crt", ".key")]
    assert f'filename="{name[0].value}_{HOST}.tar"' in answer.headers["content-disposition"]
    assert b"ENCRYPTED PRIVATE KEY" in unpacked(answer.body)[names[2]]


def test_openssl_reads_the_p12_without_legacy_algorithms(agent, tmp_path):
    answer = agent.fetch(agent.ask_token().json()["token"])
    file = tmp_path / "one.p12"
    file.write_bytes(next(iter(unpacked(answer.body).values())))
    read = ["openssl", "pkcs12", "-in", str(file), "-nodes", "-passin", f"pass:{PASSWORD}"]
    done = subprocess.run(read, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "BEGIN PRIVATE KEY" in done.stdout
    assert "BEGIN CERTIFICATE" in done.stdout
    wrong = subprocess.run([*read[:-1], "pass:x"], capture_output=True, check=False)
    assert wrong.returncode != 0


def test_the_validity_that_was_asked_for_is_given(agent):
    agent.certify(validity_days=30)
    left = agent.wallet.certificate.not_valid_after_utc - datetime.now(UTC)
    assert timedelta(days=29) < left <= timedelta(days=30)


# --- who gets one ---


@pytest.mark.parametrize("days", [0, 7306, -1, "7", True, 1.5, None])
def test_a_validity_out_of_range_is_refused(agent, days):
    answer = agent.ask_token(validity_days=days)
    assert answer.status == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "validity_days"]


@pytest.mark.parametrize(
    "change", [{"uuid": None}, {"uuid": 1}, {"uuid": "/"}, {"uuid": "x" * 37}, {"project_name": []}]
)
def test_an_odd_request_is_refused_in_the_managers_words(agent, change):
    answer = agent.ask_token(**change)
    assert answer.status == 422
    assert {"loc", "msg", "type"} == set(answer.json()["detail"][0])


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'"x"'])
def test_an_unreadable_request_is_refused(server, body):
    headers = {"Content-Type": "application/json"}
    assert request(server.url, "POST", f"{MTLS}computer-tokens", body, headers).status == 422


def test_an_unknown_project_is_told(server):
    answer = CertifiedAgent(server.url, project="nowhere").ask_token()
    assert (answer.status, answer.detail) == (404, "Project not found")


def test_a_project_that_takes_nobody_by_itself_wants_somebody_to_vouch(server, agent):
    server.sql(
        "UPDATE core_project SET auto_register_computers = false WHERE name = $1", agent.project
    )
    threading.Event().wait(5.1)  # what is remembered of a project
    answer = agent.ask_token()
    assert (answer.status, answer.detail) == (
        403,
        f"Disabled autoregister in project '{agent.project}'",
    )
    wrong = agent.ask_token(username=ADMIN[0], password="wrong")
    assert (wrong.status, wrong.detail) == (400, "Invalid credentials")
    assert agent.ask_token(username=ADMIN[0], password=ADMIN[1]).status == 201


def test_nobody_else_gets_a_certificate_for_a_computer_that_has_one(server, agent):
    agent.certify().present()
    assert agent.call("computers/label/").status == 200
    for uuid in (agent.uuid, agent.uuid.lower(), f"{agent.uuid}/", swapped(agent.uuid)):
        thief = CertifiedAgent(server.url, project=agent.project, uuid=uuid)
        answer = thief.ask_token()
        assert answer.status == 403, uuid
        assert "had a certificate" in answer.detail


def test_not_even_for_another_project(server, agent):
    agent.certify().present()
    agent.call("computers/label/")
    other = CertifiedAgent(server.url, project=f"{agent.project}x", uuid=agent.uuid)
    assert other.get_keys().status == 200
    assert other.ask_token().status == 403


def test_a_token_from_before_is_worth_nothing_once_there_is_a_certificate(server, agent):
    early = agent.ask_token().json()["token"]
    agent.certify().present()
    agent.call("computers/label/")
    assert agent.fetch(early).status == 403


def test_an_answer_that_was_lost_may_be_had_again_until_it_is_used(server, agent):
    agent.certify()
    lost = agent.wallet
    agent.certify()
    assert revocations(server).get_revoked_certificate_by_serial_number(
        lost.certificate.serial_number
    )
    elsewhere = CertifiedAgent(server.url, project=agent.project, uuid=agent.uuid)
    elsewhere.ask_headers = {"X-Forwarded-For": "198.51.100.7"}
    assert elsewhere.ask_token().status == 403


def test_somebody_who_may_add_computers_gets_a_further_one(server, agent):
    agent.certify().present()
    agent.call("computers/label/")
    agent.certify(username=ADMIN[0], password=ADMIN[1])


def test_a_computer_renews_with_the_certificate_it_has(server, agent):
    agent.certify().present()
    agent.call("computers/label/")
    old = dict(agent.headers)
    agent.ask_headers = old
    agent.certify()
    assert agent.call("computers/label/").status == 200  # the old one, until the new one is used
    agent.present()
    assert agent.call("computers/label/").status == 200
    agent.headers |= old
    threading.Event().wait(5.1)  # how long replicas remember what was revoked
    assert agent.call("computers/label/").status == 403


def swapped(uuid: str) -> str:
    groups = uuid.split("-")
    turned = ["".join(reversed([g[i : i + 2] for i in range(0, len(g), 2)])) for g in groups[:3]]
    return "-".join(turned + groups[3:])


# --- tokens ---


def test_a_token_is_kept_as_a_hash_for_three_days(server, agent):
    token = agent.ask_token().json()["token"]
    assert len(token) == 64
    assert server.value("SELECT count(*) FROM certificate_token WHERE hash = $1", token) == 0
    hours = server.value(
        "SELECT extract(epoch FROM expires_at - now()) / 3600 FROM certificate_token "
        "ORDER BY id DESC LIMIT 1"
    )
    assert 71.9 < hours <= 72


def test_a_token_is_good_for_one_certificate_however_many_ask_at_once(server, agent):
    token = agent.ask_token().json()["token"]
    answers: list[Answer] = []

    def fetch() -> None:
        answers.append(agent.fetch(token))

    threads = [threading.Thread(target=fetch) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.status for one in answers) == [200, 401, 401, 401, 401]
    count = "SELECT count(*) FROM certificate_certificate WHERE uuid = $1"
    assert server.value(count, agent.uuid) == 1


def test_wrong_tokens_are_refused_slowly_and_told_apart(server, agent):
    expired = agent.ask_token().json()["token"]
    server.sql(
        "UPDATE certificate_token SET expires_at = now() WHERE id = "
        "(SELECT max(id) FROM certificate_token)"
    )
    expected = {"x": "Invalid token format", "0" * 64: "Invalid token", expired: "Token expired"}
    found: dict[str, Answer] = {}

    def fetch(token: str) -> None:
        found[token] = agent.fetch(token)

    threads = [threading.Thread(target=fetch, args=(token,)) for token in expected]
    began = datetime.now(UTC)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert datetime.now(UTC) - began >= timedelta(seconds=3)
    assert {token: (one.status, one.detail) for token, one in found.items()} == {
        token: (401, text) for token, text in expected.items()
    }


@pytest.mark.parametrize(
    "change",
    [
        {"password": ""},
        {"email": "x"},
        {"email": "é@x.org"},
        {"email": "a b@x.org"},
        {"email": '"a,b"@x.org'},
    ],
)
def test_a_form_that_lacks_something_does_not_use_the_token_up(agent, change):
    token = agent.ask_token().json()["token"]
    assert agent.fetch(token, **change).status == 422
    assert agent.fetch(token).status == 200


def test_certificates_are_issued_at_the_same_time_with_serials_of_their_own(server):
    project = CertifiedAgent(server.url, project="many").introduce().project
    agents = [CertifiedAgent(server.url, project=project) for _ in range(8)]
    threads = [threading.Thread(target=one.certify) for one in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    serials = {one.wallet.serial for one in agents}
    assert len(serials) == 8
    assert all(len(serial) > 24 for serial in serials)


def test_a_person_fetches_a_certificate_with_a_form(server, agent):
    token = agent.ask_token().json()["token"]
    page = request(server.url, "GET", f"{MTLS}computer-requests/{token}")
    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert f'value="{token}"' in page.body.decode()
    none = request(server.url, "GET", f"{MTLS}computer-requests/{'0' * 64}")
    assert (none.status, none.detail) == (404, "Token not found")
    assert request(server.url, "GET", f"{MTLS}admin-requests/{token}").status == 404


# --- administrators ---


def test_an_administrator_gets_a_certificate_through_a_superuser(server):
    answer = post_json(
        server.url,
        f"{PRIVATE}mtls/admin-tokens",
        {"common_name": "ana lópez", "validity_days": 30},
        **bearer(server),
    )
    assert answer.status == 201
    url = answer.json()["url"]
    assert url.startswith(f"{server.url}{MTLS}admin-requests/")
    path = url.removeprefix(server.url)
    assert request(server.url, "GET", path).status == 200
    fields = {"token": path.rpartition("/")[2], "email": "ana@example.org", "password": "secret"}
    answer = post_form(server.url, f"{MTLS}admin-certificates", fields)
    assert answer.status == 200
    assert list(unpacked(answer.body)) == ["analpez.p12", "README"]
    wallet = open_tar(answer.body, "secret")
    assert wallet.name == f"CN=analpez,OU=ADMINS,O={HOST}"


def test_only_superusers_hand_out_and_revoke(server):
    server.sql("UPDATE auth_user SET is_active = true WHERE username = 'packager'")
    packager = signed_in(server, "packager")
    body = {"common_name": "x"}
    for method, path in (
        ("POST", f"{PRIVATE}mtls/admin-tokens"),
        ("DELETE", f"{PRIVATE}mtls/admin-certificates"),
        ("DELETE", f"{PRIVATE}mtls/computer-certificates"),
    ):
        data = json.dumps(body).encode()
        nobody = request(server.url, method, path, data)
        assert (nobody.status, nobody.headers["www-authenticate"]) == (401, "Bearer")
        headers = {"Authorization": f"Bearer {packager.token}"}
        assert request(server.url, method, path, data, headers).status == 403


def test_a_wrong_password_gets_no_token(server):
    answer = post_form(server.url, f"{PRIVATE}auth/login", {"username": "admin", "password": "x"})
    assert answer.status == 401


def test_an_administrators_certificate_speaks_for_no_computer(server, agent):
    agent.headers["X-SSL-Client-CN"] = f"CN={agent.uuid}_1,OU=ADMINS,O={HOST}"
    assert agent.call("computers/label/").status == 403


# --- revocation ---


def test_a_revoked_certificate_is_refused_at_once_and_listed(server, agent):
    agent.certify().present()
    assert agent.call("computers/label/").status == 200
    name = agent.wallet.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    path = f"{PRIVATE}mtls/computer-certificates"
    body, headers = json.dumps({"common_name": name}).encode(), bearer(server)
    assert request(server.url, "DELETE", path, body, headers).status == 204
    answer = agent.call("computers/label/")
    assert (answer.status, answer.detail) == (403, "This certificate has been revoked.")
    assert is_revoked(server, agent)
    published = (server.data_dir / "certificates" / "crl.pem").read_bytes()
    assert x509.load_pem_x509_crl(published).get_revoked_certificate_by_serial_number(
        agent.wallet.certificate.serial_number
    )
    again = request(server.url, "DELETE", path, body, headers)
    assert again.status == 404
    assert agent.ask_token().status == 403  # it does not simply get the next one


def test_the_list_is_signed_by_the_authority_and_good_for_a_month(server):
    found = revocations(server)
    assert found.is_signature_valid(authority(server).public_key())
    left = found.next_update_utc - datetime.now(UTC)
    assert timedelta(days=29) < left <= timedelta(days=30)


def test_a_computer_that_is_unsubscribed_loses_its_certificate(server, agent, superuser):
    agent.certify()
    answer = superuser("POST", f"computers/{agent.id}/status/", {"status": "unsubscribed"})
    assert answer.status == 200
    assert is_revoked(server, agent)


def test_a_computer_that_is_deleted_loses_its_certificate(server, agent, superuser):
    agent.certify()
    assert superuser("DELETE", f"computers/{agent.id}/").status == 204
    assert is_revoked(server, agent)


# --- the book ---


def test_administrators_look_into_the_book_and_revoke(server, agent, superuser):
    agent.certify().present()
    rows = superuser.results(f"certificates/?uuid={agent.uuid}")
    assert [row["serial"] for row in rows] == [agent.wallet.serial.lower()]
    assert rows[0]["used_at"] is None
    agent.call("computers/label/")
    key = rows[0]["id"]
    assert superuser.get(f"certificates/{key}/")["used_at"] is not None
    odd = superuser("POST", f"certificates/{key}/revoke/", {"reason": "boredom"})
    assert odd.status == 400
    answer = superuser("POST", f"certificates/{key}/revoke/", {"reason": "keyCompromise"})
    assert answer.status == 204
    row = superuser.get(f"certificates/{key}/")
    assert row["revoked_at"] is not None
    assert row["reason"] == "keyCompromise"


def test_a_superuser_lets_a_computer_have_the_next_one(server, agent, superuser):
    agent.certify().present()
    agent.call("computers/label/")
    assert agent.ask_token().status == 403
    key = superuser.results(f"certificates/?uuid={agent.uuid}")[0]["id"]
    answer = superuser("POST", f"certificates/{key}/renew/")
    assert answer.status == 201
    token = answer.json()["url"].rpartition("/")[2]
    assert agent.fetch(token).status == 200
    assert agent.ask_token().status == 201  # unused yet, from the same address


def test_the_certificate_of_a_former_project_still_speaks_for_its_computer(server, agent):
    agent.certify().present()
    assert agent.call("computers/label/").status == 200
    moved = CertifiedAgent(server.url, project=f"{agent.project}y", uuid=agent.uuid)
    moved.headers = agent.headers
    moved.introduce()
    assert moved.id == agent.id
    assert moved.call("computers/label/").status == 200


# --- commands ---


def test_certificates_are_handled_by_command_beside_a_running_server(server, agent, tmp_path):
    def run(*arguments: str, **settings: str) -> str:
        done = command(
            server.data_dir, "certificates", *arguments, fqdn=HOST, mtls="optional", **settings
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    agent.certify().present()
    name = agent.wallet.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    assert name in run("list", "--role", "computer")
    run("revoke", name)
    assert is_revoked(server, agent)
    assert name in run("list", "--revoked")
    threading.Event().wait(5.1)
    assert agent.call("computers/label/").status == 403
    tar = tmp_path / "one.tar"
    run("renew", name, "--out", str(tar), new_password=PASSWORD)
    assert stat.S_IMODE(tar.stat().st_mode) == 0o600
    agent.wallet = open_tar(tar.read_bytes())
    assert agent.present().call("computers/label/").status == 200
    assert run("crl").startswith("-----BEGIN X509 CRL-----")
    admin = tmp_path / "admin.tar"
    run("issue", "--admin", "eva", "--out", str(admin), new_password=PASSWORD)
    assert open_tar(admin.read_bytes()).name == f"CN=eva,OU=ADMINS,O={HOST}"


def test_the_proxy_gets_a_certificate_by_command(server, tmp_path):
    out = tmp_path / "proxy.pem"
    arguments = ("certificates", "issue", "--server", HOST, "10.0.0.1", "--out", str(out))
    done = command(server.data_dir, *arguments, fqdn=HOST, mtls="optional")
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(out)
    certificate = x509.load_pem_x509_certificate(out.read_bytes())
    certificate.verify_directly_issued_by(authority(server))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [HOST]


def test_what_cannot_be_done_is_told_by_command(server, tmp_path):
    done = command(server.data_dir, "certificates", "revoke", "nobody", mtls="optional")
    assert done.returncode == 1
    assert "no certificate" in done.stderr
    assert "Traceback" not in done.stderr


# --- modes ---


def test_without_mtls_there_is_no_manager(own_server):
    server = own_server()
    for method, path in (
        ("POST", f"{MTLS}computer-tokens"),
        ("GET", f"{PUBLIC}ca"),
        ("GET", f"{PUBLIC}crl"),
        ("POST", f"{PRIVATE}auth/login"),
    ):
        answer = request(server.url, method, path, b"{}")
        assert (answer.status, answer.json()) == (404, {"detail": "Not Found"})
    assert not (server.data_dir / "ca-passphrase").exists()


def test_where_it_is_required_computers_without_certificate_are_refused(own_server):
    server = own_server(mtls="required", fqdn=HOST)
    agent = CertifiedAgent(server.url)
    assert agent.get_keys().status == 200
    answer = agent.register()
    assert answer.status == 403
    assert "MIGAS_MTLS" in answer.detail
    agent.certify().present()
    assert agent.register().status == 201
    agent.sync()
    plain = Agent(server.url, project=agent.project, uuid=agent.uuid)
    plain.get_keys()
    assert plain.identify().status == 403


def test_replicas_share_one_authority(tmp_path, signing_key, server):
    server.sql("CREATE DATABASE replicas")
    url = f"postgresql://postgres@/replicas?host={server.data_dir / 'postgres'}"
    keys = tmp_path / "shared" / "keys"
    keys.mkdir(parents=True, mode=0o700)
    (keys / signing_key.name).write_bytes(signing_key.read_bytes())
    servers = [
        RunningServer(tmp_path / "shared", database_url=url, mtls="optional", fqdn=HOST)
        for _ in range(2)
    ]
    threads = [threading.Thread(target=one.start) for one in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        first, second = (authority(one) for one in servers)
        assert first == second
        agent = CertifiedAgent(servers[0].url).introduce().certify().present()
        agent.url = servers[1].url
        assert agent.call("computers/label/").status == 200
    finally:
        for one in servers:
            one.stop()


def test_another_passphrase_is_told(own_server):
    server = own_server(mtls="optional", ca_passphrase="first")
    server.stop()
    done = command(server.data_dir, "serve", mtls="optional", ca_passphrase="second")
    assert done.returncode == 1
    assert "MIGAS_CA_PASSPHRASE" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_availability_call_says_yes_at_first_with_or_without_mtls(server):
    answer = request(server.url, "POST", f"{PUBLIC}synchronizations/availability/", b"")
    assert (answer.status, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("name", ["", "/", "..", "x" * 65])
def test_a_name_that_no_certificate_can_hold_is_refused(server, name):
    path = f"{PRIVATE}mtls/admin-tokens"
    assert post_json(server.url, path, {"common_name": name}, **bearer(server)).status == 422


@pytest.mark.parametrize("host", ["a b", "x" * 300])
def test_a_proxy_gets_no_certificate_for_what_is_no_host(server, tmp_path, host):
    arguments = ("certificates", "issue", "--out", str(tmp_path / "x"), "--server", host)
    done = command(server.data_dir, *arguments, mtls="optional")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("credential", ["", "x", "a.b.c", "0" * 40, "é", "Bearer"])
def test_odd_credentials_are_nobodys(server, credential):
    headers = {"Authorization": f"Bearer {credential}".encode().decode("latin-1")}
    answer = request(server.url, "POST", f"{PRIVATE}mtls/admin-tokens", b"{}", headers)
    assert answer.status == 401
