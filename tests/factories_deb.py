"""Debian packages made in pure Python, sound ones and parts for hostile ones."""

import gzip
import hashlib
import io
import lzma
import tarfile
from pathlib import Path

import zstandard

from migas_tornado.pms.deb import read_deb
from migas_tornado.pms.system import PublishedPackage

_COMPRESS = {
    "none": ("", lambda data: data),
    "gz": (".gz", lambda data: gzip.compress(data, mtime=0)),
    "xz": (".xz", lambda data: lzma.compress(data)),
    "zst": (".zst", lambda data: zstandard.ZstdCompressor().compress(data)),
}


def make_deb(
    path: Path,
    name: str = "acme-app",
    version: str = "1.0-1",
    architecture: str = "all",
    compression: str = "xz",
    **control_fields: str,
) -> Path:
    """Write a package with one small file; `Pre_Depends="x"` becomes the field Pre-Depends."""
    text = control(name, version, architecture, **control_fields)
    note = f"{name} {version}\n".encode()
    payload = make_tar({"./": None, f"./opt/{name}.txt": note})
    return make_ar(path, deb_members(text, payload, compression))


def control(name: str, version: str, architecture: str, **fields: str) -> str:
    fields = {
        "Maintainer": "Acme <acme@example.com>",
        "Description": "a package of the tests\n with a long description",
        **{key.replace("_", "-"): value for key, value in fields.items()},
    }
    first = f"Package: {name}\nVersion: {version}\nArchitecture: {architecture}\n"
    return first + "".join(f"{key}: {value}\n" for key, value in fields.items())


def deb_members(
    control_text: str | bytes, payload: bytes | None = None, compression: str = "xz"
) -> list[tuple[str, bytes]]:
    data = control_text.encode() if isinstance(control_text, str) else control_text
    suffix, compress = _COMPRESS[compression]
    return [
        ("debian-binary", b"2.0\n"),
        (f"control.tar{suffix}", compress(make_tar({"./": None, "./control": data}))),
        (f"data.tar{suffix}", compress(payload or make_tar({"./": None}))),
    ]


def make_ar(path: Path, members: list[tuple[str, bytes]]) -> Path:
    with path.open("wb") as file:
        file.write(b"!<arch>\n")
        for name, data in members:
            file.write(f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode())
            file.write(data + b"\n" * (len(data) % 2))
    return path


def make_tar(files: dict[str, bytes | None]) -> bytes:
    """Return a tar archive; None stands for a directory."""
    members = []
    for name, data in files.items():
        member = tarfile.TarInfo(name)
        member.type = tarfile.DIRTYPE if data is None else tarfile.REGTYPE
        member.mode = 0o755 if data is None else 0o644
        members.append((member, data or b""))
    return tar_of(members)


def tar_of(members: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for member, data in members:
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def published(path: Path) -> PublishedPackage:
    """Describe a package file, which lies in the directory of its store, for a build."""
    metadata = read_deb(path)
    content = path.read_bytes()
    return PublishedPackage(
        key=int(hashlib.sha256(path.name.encode()).hexdigest()[:8], 16),
        filename=path.name,
        store=path.parent.name,
        name=metadata.name,
        version=metadata.version,
        architecture=metadata.architecture,
        metadata=metadata.metadata,
        size=len(content),
        md5=hashlib.md5(content).hexdigest(),
        sha256=hashlib.sha256(content).hexdigest(),
    )
