"""Packagers upload, the server publishes, and an independent reader of apk's formats verifies.

There is no package of apk-tools in Debian: the reader does what apk does, with `cryptography`.
"""

import base64
import gzip
import hashlib
import io
import tarfile
import zlib
from dataclasses import dataclass

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from factories_packages import make_apk
from publishing import Fleet, new_fleet

SERVER_NAME = "localhost"


@pytest.fixture
def fleet(server) -> Fleet:
    return new_fleet(server, "apk", "x86_64 aarch64")


@dataclass
class Index:
    """An index whose signature is good: description and entries, each a field -> value."""

    description: str
    entries: list[dict[str, str]]

    def versions(self) -> list[tuple[str, str]]:
        return sorted((entry["P"], entry["V"]) for entry in self.entries)


def gzip_streams(content: bytes) -> list[tuple[bytes, bytes]]:
    """Return the streams of a file: each as it is and decompressed."""
    streams = []
    while content:
        decompressor = zlib.decompressobj(16 + zlib.MAX_WBITS)
        unpacked = decompressor.decompress(content)
        assert decompressor.eof, "a stream is cut off"
        size = len(content) - len(decompressor.unused_data)
        streams.append((content[:size], unpacked))
        content = decompressor.unused_data
    return streams


def read_index(content: bytes, key_text: str, server_name: str = SERVER_NAME) -> Index:
    """Read an index as apk does: the first signature with a known key decides."""
    # The agent keeps the whole text as a file that is named like its server; OpenSSL reads PEM.
    pem = key_text[key_text.index("-----BEGIN PUBLIC KEY") :]
    key = serialization.load_pem_public_key(pem[: pem.index("-----BEGIN PGP")].encode())
    # Newer versions of apk refuse an index of more streams than these two.
    (_, signatures), (signed, archive) = gzip_streams(content)
    # apk reads both as one archive: the first must not have an end of its own.
    with tarfile.open(fileobj=io.BytesIO(signatures + archive)) as whole:
        names = whole.getnames()
        assert names[-2:] == ["DESCRIPTION", "APKINDEX"]
        assert all(name.startswith(".SIGN.RSA256.") for name in names[:-2])
        signature = whole.extractfile(f".SIGN.RSA256.{server_name}").read()
        key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        description, text = (whole.extractfile(name).read().decode() for name in names[-2:])
    entries = [
        dict(line.split(":", 1) for line in paragraph.splitlines())
        for paragraph in text.split("\n\n")
        if paragraph
    ]
    return Index(description.strip(), entries)


def index_of(fleet: Fleet, name: str = "base", architecture: str = "x86_64") -> Index:
    answer = fleet.get(f"repos/{name}/PKGS/{architecture}/APKINDEX.tar.gz")
    assert answer.status == 200
    return read_index(answer.body, fleet.key_text())


def test_a_signed_index_tells_all_of_a_package(fleet, tmp_path):
    package = make_apk(tmp_path, depend=["so:libc.musl-x86_64.so.1", "!old"], provides="cmd:acme=1")
    fleet.deploy("base", fleet.upload(package))
    index = index_of(fleet)
    content = package.read_bytes()
    control, _ = gzip_streams(content)
    assert index.description == "base"
    assert index.entries == [
        {
            "C": "Q1" + base64.b64encode(hashlib.sha1(control[0]).digest()).decode(),
            "P": "acme-app",
            "V": "1.0-r0",
            "A": "x86_64",
            "S": str(len(content)),
            "I": "4096",
            "T": "A package of the tests",
            "U": "https://example.com/",
            "L": "GPL-3.0-or-later",
            "o": "acme-app",
            "m": "Acme <acme@example.com>",
            "t": "1700000000",
            "D": "so:libc.musl-x86_64.so.1 !old",
            "p": "cmd:acme=1",
        }
    ]


def test_a_package_is_where_apk_asks_for_it(fleet, tmp_path):
    # Two files of one name cannot be in a project; what apk asks for is another name anyway.
    package = make_apk(tmp_path, filename="acme-app.x86_64.apk")
    other = make_apk(tmp_path, "acme-data", architecture="noarch")
    fleet.deploy("base", fleet.upload(package), fleet.upload(other))
    root = fleet.source("base").strip().partition(f"/{fleet.name}/")[2]
    assert fleet.get(f"{root}/x86_64/acme-app-1.0-r0.apk").body == package.read_bytes()
    assert fleet.get(f"{root}/aarch64/acme-app-1.0-r0.apk").status == 404
    for architecture in ("x86_64", "aarch64"):
        assert fleet.get(f"{root}/{architecture}/acme-data-1.0-r0.apk").body == other.read_bytes()


def test_there_is_an_index_for_each_architecture(fleet, tmp_path):
    keys = [
        fleet.upload(make_apk(tmp_path, name, architecture=architecture))
        for name, architecture in (("x", "x86_64"), ("a", "aarch64"), ("n", "noarch"), ("s", "x86"))
    ]
    fleet.deploy("base", *keys)
    assert index_of(fleet).versions() == [("n", "1.0-r0"), ("x", "1.0-r0")]
    other = index_of(fleet, architecture="aarch64")
    assert other.versions() == [("a", "1.0-r0"), ("n", "1.0-r0")]
    # apk takes the directory of a package from here.
    assert {entry["A"] for entry in other.entries} == {"aarch64"}


def test_an_empty_deployment_has_signed_indexes(fleet):
    fleet.deploy("empty")
    for architecture in ("x86_64", "aarch64"):
        assert index_of(fleet, "empty", architecture).entries == []


def test_several_versions_are_published_and_more_come_later(fleet, tmp_path):
    keys = [fleet.upload(make_apk(tmp_path, version=version)) for version in ("1.9-r0", "1.10-r0")]
    deployment = fleet.deploy("base", *keys)
    assert index_of(fleet).versions() == [("acme-app", "1.10-r0"), ("acme-app", "1.9-r0")]
    keys = [keys[1], fleet.upload(make_apk(tmp_path, "acme-new"))]
    fleet.api.patch(f"deployments/{deployment}/", available_packages=keys)
    fleet.wait(deployment)
    assert index_of(fleet).versions() == [("acme-app", "1.10-r0"), ("acme-new", "1.0-r0")]


def test_an_index_that_was_changed_is_refused(fleet, tmp_path):
    fleet.deploy("base", fleet.upload(make_apk(tmp_path)))
    content = fleet.get("repos/base/PKGS/x86_64/APKINDEX.tar.gz").body
    (signatures, _), (_, archive) = gzip_streams(content)
    changed = signatures + gzip.compress(archive.replace(b"acme-app", b"evil-app"))
    with pytest.raises(InvalidSignature):
        read_index(changed, fleet.key_text())


def test_agents_find_the_key_by_each_name_of_the_server(own_server, tmp_path):
    fleet = new_fleet(own_server(server_names="server.example.org,192.0.2.1"), "apk", "x86_64")
    fleet.deploy("base", fleet.upload(make_apk(tmp_path)))
    content = fleet.get("repos/base/PKGS/x86_64/APKINDEX.tar.gz").body
    for name in ("server.example.org", "192.0.2.1"):
        assert read_index(content, fleet.key_text(), name).versions() == [("acme-app", "1.0-r0")]


def test_a_package_is_described_for_people(fleet, tmp_path):
    key = fleet.upload(make_apk(tmp_path, depend=["musl"]))
    text = fleet.api.get(f"packages/{key}/info/")["data"]
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## Info", "## Files"]
    for part in ("pkgname = acme-app", "depend = musl", "/opt/acme-app.txt"):
        assert part in text
