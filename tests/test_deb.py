"""A Debian package is read in memory, and nothing that a file holds can do harm."""

import contextlib
import gzip
import io
import lzma
import os
import re
import shutil
import subprocess
import tarfile
import tracemalloc

import pytest
import zstandard
from factories_deb import control, deb_members, make_ar, make_deb, make_tar, tar_of

from migas_tornado.errors import NotAPackageError
from migas_tornado.pms import deb
from migas_tornado.pms.deb import read_deb

CONTROL = control("acme-app", "1.0-1", "all")


@pytest.fixture
def dpkg_deb():
    program = shutil.which("dpkg-deb")
    if program is None and os.environ.get("CI"):
        pytest.fail("dpkg-deb is not there.")
    return program or pytest.skip("dpkg-deb is not there")


@pytest.mark.parametrize("compression", ["none", "gz", "xz", "zst"])
def test_every_compression_of_today_is_read(tmp_path, compression):
    metadata = read_deb(
        make_deb(tmp_path / "a.deb", "acme-app", "2:1.0~rc1-1", "amd64", compression)
    )
    assert (metadata.name, metadata.version, metadata.architecture) == (
        "acme-app",
        "2:1.0~rc1-1",
        "amd64",
    )


def test_dpkg_agrees_about_the_packages_of_the_tests(tmp_path, dpkg_deb):
    for compression in ("none", "gz", "xz", "zst"):
        path = make_deb(tmp_path / "a.deb", compression=compression, Depends="libc6 (>= 2.3)")
        command = [dpkg_deb, "--info", str(path)]
        info = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert "Package: acme-app" in info
        subprocess.run([dpkg_deb, "--contents", str(path)], capture_output=True, check=True)


def test_a_package_made_by_dpkg_is_read(tmp_path, dpkg_deb):
    (tmp_path / "tree/DEBIAN").mkdir(parents=True, mode=0o755)
    (tmp_path / "tree/DEBIAN").chmod(0o755)
    (tmp_path / "tree/DEBIAN/control").write_text(CONTROL)
    (tmp_path / "tree/DEBIAN/postinst").write_text("#!/bin/sh\n")
    (tmp_path / "tree/DEBIAN/postinst").chmod(0o755)
    for kind in ("none", "gzip", "xz", "zstd"):
        command = [dpkg_deb, f"-Z{kind}", "--build", "tree", "made.deb"]
        if subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode:
            assert kind == "zstd", "dpkg-deb of Debian 11 has no zstd"
            continue
        assert read_deb(tmp_path / "made.deb").name == "acme-app"


def test_the_stanza_is_the_control_file_with_the_package_first(tmp_path):
    text = (
        "Version: 1.0\nsection: net\nPackage: acme\nArchitecture: all\nDescription: a\n b\n .\n c\n"
    )
    stanza = read_deb(make_ar(tmp_path / "a.deb", deb_members("\n" + text + "\n\n"))).metadata
    assert stanza == (
        "Package: acme\nArchitecture: all\nVersion: 1.0\nsection: net\nDescription: a\n b\n .\n c\n"
    )


def test_fields_that_the_index_owns_are_dropped(tmp_path):
    path = make_deb(
        tmp_path / "a.deb",
        Filename="../../evil.deb",
        SIZE="1",
        MD5Sum="0" * 32,
        SHA1="0" * 40,
        sha256="0" * 64,
        SHA512="0" * 128,
        Description_md5="short",
        Status="install ok installed",
        Homepage="https://example.com",
    )
    fields = re.findall(r"^([^ :]+):", read_deb(path).metadata, re.MULTILINE)
    assert fields == [
        "Package",
        "Architecture",
        "Version",
        "Maintainer",
        "Description",
        "Homepage",
    ]


def test_members_that_dpkg_ignores_are_ignored(tmp_path):
    binary, control_archive, data = deb_members(CONTROL)
    signature = ("_gpgorigin", b"odd")
    path = make_ar(tmp_path / "a.deb", [binary, signature, control_archive, data, ("more", b"x")])
    assert read_deb(path).name == "acme-app"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "several paragraphs"),
        (CONTROL + "\n" + CONTROL, "several paragraphs"),
        (CONTROL + " \t\n more\n", "several paragraphs"),
        (" leading\n" + CONTROL, "bad line"),
        (CONTROL + "no field\n", "bad line"),
        (CONTROL + "-----BEGIN PGP SIGNATURE-----\n", "bad line"),
        (CONTROL + "# comment: x\n", "bad line"),
        (CONTROL + "package: other\n", "twice"),
        (CONTROL + "X: a\0b\n", "control characters"),
        (CONTROL + "X: a\rb\n", "control characters"),
        (CONTROL + "X: a\u2028Filename: b\n", "control characters"),
        (CONTROL.encode() + b"X: \xff\n", "UTF-8"),
        (control("acme", "1", "all").replace("Package", "Name"), "wrong name"),
        (control("../acme", "1", "all"), "wrong name"),
        (control("a" * 201, "1", "all"), "more than 200"),
        (control("acme", "1_2", "all"), "wrong version"),
        (control("acme", "x:1", "all"), "wrong version"),
        (control("acme", "99999999999:1", "all"), "wrong version"),
        (control("acme", "1" * 61, "all"), "more than 60"),
        (control("acme", "1", "AMD64"), "wrong architecture"),
        (control("acme", "1", "../../etc"), "wrong architecture"),
        (control("acme", "1", "a" * 21), "more than 20"),
        (control("acme", "1", "all", Section="x" * 301), "Section of more than"),
        (CONTROL + "X: " + "x" * deb.MAX_CONTROL_FILE, "control file of more than"),
    ],
)
def test_a_doubtful_control_file_is_refused(tmp_path, text, message):
    path = make_ar(tmp_path / "a.deb", deb_members(text))
    with pytest.raises(NotAPackageError, match=message):
        read_deb(path)


@pytest.mark.parametrize(
    "relations",
    ["b,,c", "b |", "| b", ", b", "b (= )", "b (>= 1) c", "b [amd64]", "b" * 70_000],
)
def test_a_relation_that_breaks_apt_for_everybody_is_refused(tmp_path, relations):
    with pytest.raises(NotAPackageError, match="wrong relation in Depends"):
        read_deb(make_deb(tmp_path / "a.deb", Depends=relations))


@pytest.mark.parametrize(
    "relations", ["b (>= 1~) | c:any, d(<<2),", "b,\n c,\n d", "", "libstdc++6 (= 1:2-3)"]
)
def test_relations_as_people_write_them_are_accepted(tmp_path, relations):
    assert read_deb(make_deb(tmp_path / "a.deb", Pre_Depends=relations)).name == "acme-app"


BINARY, CONTROL_ARCHIVE, DATA = deb_members(CONTROL)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([], "debian-binary is not first"),
        ([CONTROL_ARCHIVE, BINARY, DATA], "debian-binary is not first"),
        ([("debian-binary", b"1.0\n"), CONTROL_ARCHIVE, DATA], "not of format 2"),
        ([("debian-binary", b""), CONTROL_ARCHIVE, DATA], "not of format 2"),
        ([BINARY, DATA, CONTROL_ARCHIVE], "no control archive"),
        ([BINARY, ("../control.tar", b""), DATA], "no control archive"),
        ([BINARY, ("control.tar.rar", b""), DATA], "no control archive"),
        ([BINARY, CONTROL_ARCHIVE], "no data archive"),
        ([BINARY, CONTROL_ARCHIVE, ("data.zip", b"")], "no data archive"),
        ([BINARY, CONTROL_ARCHIVE, DATA, *[("more", b"")] * 20], "more than 16 members"),
    ],
)
def test_wrong_members_are_refused(tmp_path, members, message):
    with pytest.raises(NotAPackageError, match=message):
        read_deb(make_ar(tmp_path / "a.deb", members))


def test_a_control_archive_larger_than_allowed_is_not_even_read(tmp_path, monkeypatch):
    monkeypatch.setattr(deb, "MAX_COMPRESSED_CONTROL", 100)
    with pytest.raises(NotAPackageError, match="more than 100 bytes"):
        read_deb(make_deb(tmp_path / "a.deb"))


@pytest.mark.parametrize("compression", ["none", "gz", "xz", "zst"])
def test_a_package_cut_anywhere_is_refused(tmp_path, compression):
    content = make_deb(tmp_path / "a.deb", compression=compression).read_bytes()
    cut = tmp_path / "cut.deb"
    step = 7 if compression != "none" else 97
    for length in range(0, len(content) - 1, step):
        cut.write_bytes(content[:length])
        with pytest.raises(NotAPackageError):
            read_deb(cut)


@pytest.mark.parametrize("compression", ["none", "gz", "xz", "zst"])
def test_damage_never_raises_anything_else(tmp_path, compression):
    content = make_deb(tmp_path / "a.deb", compression=compression).read_bytes()
    damaged = tmp_path / "damaged.deb"
    for place in range(0, min(len(content), 1500), 3):
        for value in (0x00, 0xFF, content[place] ^ 0x80):
            damaged.write_bytes(content[:place] + bytes([value]) + content[place + 1 :])
            with contextlib.suppress(NotAPackageError):
                assert read_deb(damaged).metadata.startswith("Package: ")


@pytest.mark.parametrize("compression", ["none", "gz", "xz", "zst"])
def test_a_compressed_archive_that_is_cut_inside_its_member_is_refused(tmp_path, compression):
    binary, (name, packed), data = deb_members(CONTROL, compression=compression)
    end = min(len(packed), 2000) - 8  # before the marks of the end: the tar's or the stream's
    for length in range(0, end, 11):
        path = make_ar(tmp_path / "a.deb", [binary, (name, packed[:length]), data])
        with pytest.raises(NotAPackageError):
            read_deb(path)


def bombs():
    zeros = bytes(16 * 1024**2)
    count = 64  # 1 GiB
    compressor = lzma.LZMACompressor(preset=0)
    xz = b"".join(compressor.compress(zeros) for _ in range(4)) + compressor.flush()
    gz = io.BytesIO()
    with gzip.GzipFile(fileobj=gz, mode="wb", compresslevel=1) as file:
        for _ in range(4):
            file.write(zeros)
    zstd = zstandard.ZstdCompressor().compressobj()
    zst = b"".join(zstd.compress(zeros) for _ in range(count)) + zstd.flush()
    return {"gz": gz.getvalue(), "xz": xz, "zst": zst}


def test_a_decompression_bomb_takes_no_more_memory_than_the_limit(tmp_path):
    for suffix, bomb in bombs().items():
        path = make_ar(tmp_path / "a.deb", [BINARY, (f"control.tar.{suffix}", bomb), DATA])
        tracemalloc.start()
        with pytest.raises(NotAPackageError, match="when decompressed"):
            read_deb(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 3 * deb.MAX_CONTROL_ARCHIVE


def test_a_window_that_asks_for_gigabytes_is_refused(tmp_path):
    parameters = zstandard.ZstdCompressionParameters(window_log=30, enable_ldm=False)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    packed = compressor.compress(make_tar({"control": CONTROL.encode()})) + compressor.flush()
    path = make_ar(tmp_path / "a.deb", [BINARY, ("control.tar.zst", packed), DATA])
    with pytest.raises(NotAPackageError, match="cannot be decompressed"):
        read_deb(path)


def member(name, kind=tarfile.REGTYPE, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([(member("./control", tarfile.SYMTYPE, "/etc/passwd"), b"")], "something else than files"),
        ([(member("./control", tarfile.LNKTYPE, "x"), b"")], "something else than files"),
        ([(member("./control", tarfile.FIFOTYPE), b"")], "something else than files"),
        ([(member("./control", tarfile.GNUTYPE_SPARSE), b"")], "something else than files"),
        ([(member("./control", tarfile.DIRTYPE), b"")], "directory where"),
        ([(member("pax", tarfile.XHDTYPE), b"16 size=-999999\n")], "something else than files"),
        ([(member("x" * 200), b"long")], "something else than files"),
        ([(member("../control"), CONTROL.encode())], "path outside"),
        ([(member("/control"), CONTROL.encode())], "path outside"),
        ([(member("./other"), CONTROL.encode())], "no control file"),
        ([(member("control"), CONTROL.encode())] * 2, "more than one control file"),
        ([(member("a"), b"")] * 1001, "more than 1000 members"),
        ([], "no control file"),
    ],
)
def test_odd_members_of_the_control_archive_are_refused(tmp_path, members, message):
    path = make_ar(tmp_path / "a.deb", [BINARY, ("control.tar", tar_of(members)), DATA])
    with pytest.raises(NotAPackageError, match=message):
        read_deb(path)


def test_a_negative_size_does_not_send_the_reader_back(tmp_path):
    header = bytearray(member("./control").tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\xff" * 11 + b"\x00"  # base-256, negative
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    path = make_ar(tmp_path / "a.deb", [BINARY, ("control.tar", bytes(header) * 9), DATA])
    with pytest.raises(NotAPackageError, match="cut off"):
        read_deb(path)


@pytest.mark.parametrize("content", [b"", b"!<arch>\n", b"\x7fELF" * 50, b"!<thin>\n" + b"x" * 99])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "a.deb"
    path.write_bytes(content)
    with pytest.raises(NotAPackageError, match="not a Debian package"):
        read_deb(path)


@pytest.mark.parametrize("size", [b"99999999999", b"-1", b"1e3", b"", b"\xb2"])
def test_an_absurd_size_is_refused(tmp_path, size):
    path = make_deb(tmp_path / "a.deb")
    content = bytearray(path.read_bytes())
    content[8 + 48 : 8 + 58] = size.ljust(10)[:10]
    path.write_bytes(content)
    with pytest.raises(NotAPackageError, match="cut off"):
        read_deb(path)


def test_what_is_not_a_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.deb")
    (tmp_path / "loop.deb").symlink_to("loop.deb")
    for path in (tmp_path, tmp_path / "pipe.deb", tmp_path / "loop.deb", tmp_path / "none.deb"):
        with pytest.raises(NotAPackageError):
            read_deb(path)
