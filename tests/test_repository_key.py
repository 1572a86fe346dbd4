"""The repository key is read by every tool that agents give it to."""

import asyncio
import os
import shutil
import subprocess

import pytest
from pysequoia import Cert

from migas_tornado.pms import apk_key
from migas_tornado.repositories import openpgp
from migas_tornado.repositories.keys import RepositoryKey


def program(name):
    if shutil.which(name) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not there.")
        pytest.skip(f"{name} is not there")
    return name


@pytest.fixture(scope="module")
def rsa_key(tmp_path_factory):
    """The directory of an RSA key for apk."""
    directory = tmp_path_factory.mktemp("rsa")
    apk_key.create_key(directory)
    return directory


@pytest.fixture(params=["alone", "behind the key of apk"])
def text(request, signing_key, rsa_key):
    """What agents get, for most servers and for those that have projects of apk."""
    prefix = "" if request.param == "alone" else apk_key.public_key(rsa_key)
    return prefix + openpgp.public_key(signing_key)


def fingerprint(signing_key):
    return Cert.from_bytes(openpgp.public_key(signing_key).encode()).fingerprint.upper()


def run(*arguments, text=None):
    done = subprocess.run(arguments, input=text, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_gpg_takes_it_in(tmp_path, text, signing_key):
    home = (program("gpg"), "--batch", "--homedir", str(tmp_path))
    run(*home, "--import", text=text)
    assert fingerprint(signing_key) in run(*home, "--with-colons", "--list-keys")


def test_gpg_makes_a_keyring_for_apt_of_it(tmp_path, text, signing_key):
    (tmp_path / "key").write_text(text)
    keyring = tmp_path / "keyring.gpg"
    run(program("gpg"), "--batch", "--yes", "--dearmor", "-o", str(keyring), str(tmp_path / "key"))
    (tmp_path / "data").write_bytes(b"data")
    signature = openpgp.KeySigner(signing_key).detach_sign(b"data")
    (tmp_path / "signature").write_bytes(signature)
    run(
        *(program("gpgv"), "--keyring", str(keyring)),
        *(str(tmp_path / "signature"), str(tmp_path / "data")),
    )


def test_rpm_takes_it_in(tmp_path, text, signing_key):
    (tmp_path / "key").write_text(text)
    database = (program("rpm"), "--dbpath", str(tmp_path / "db"))
    run(*database, "--initdb")
    run(*database, "--import", str(tmp_path / "key"))
    assert fingerprint(signing_key)[-8:].lower() in run(*database, "-qa")


def test_openssl_finds_the_key_of_apk_before_it(tmp_path, signing_key, rsa_key):
    alone = apk_key.public_key(rsa_key)
    both = alone + openpgp.public_key(signing_key)
    assert run(program("openssl"), "pkey", "-pubin", text=both) == alone


def test_the_key_of_apk_is_made_once_and_kept_from_others(rsa_key):
    before = apk_key.public_key(rsa_key)
    apk_key.create_key(rsa_key)
    assert apk_key.public_key(rsa_key) == before
    assert [path.name for path in rsa_key.iterdir()] == [apk_key.FILE_NAME]
    assert (rsa_key / apk_key.FILE_NAME).stat().st_mode & 0o777 == 0o600


async def test_the_server_answers_while_the_key_is_made(tmp_path):
    making = asyncio.ensure_future(RepositoryKey(tmp_path / "keys").public())
    ticks = 0
    while not making.done():
        await asyncio.sleep(0.002)
        ticks += 1
    assert "BEGIN PGP PUBLIC KEY" in making.result()
    assert ticks > 3
