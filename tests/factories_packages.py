"""Packages of pacman, apk and wpt made in pure Python, sound ones and parts for hostile ones."""

import gzip
import hashlib
import json
import lzma
import tarfile
from pathlib import Path
from typing import Any

import zstandard
from factories_deb import make_tar, tar_of

Files = dict[str, bytes | None]

COMPRESS = {
    "zst": lambda data: zstandard.ZstdCompressor(write_checksum=True).compress(data),
    "gz": lambda data: gzip.compress(data, mtime=0),
    "xz": lzma.compress,
}


def pkginfo(**fields: str | int | list[str]) -> bytes:
    lines = ["# Generated for the tests"]
    for key, value in fields.items():
        values = value if isinstance(value, list) else [value]
        lines += [f"{key} = {one}" for one in values]
    return ("\n".join(lines) + "\n").encode()


def pacman_info(
    name: str = "acme-app", version: str = "1.0-1", architecture: str = "any", **fields: Any
) -> bytes:
    return pkginfo(
        pkgname=name,
        pkgbase=name,
        pkgver=version,
        pkgdesc="A package of the tests",
        url="https://example.com/",
        builddate=1700000000,
        packager="Acme <acme@example.com>",
        size=4096,
        arch=architecture,
        license="GPL-3.0-or-later",
        **fields,
    )


def make_pacman(
    directory: Path,
    name: str = "acme-app",
    version: str = "1.0-1",
    architecture: str = "any",
    compression: str = "zst",
    extra: Files | None = None,
    **fields: Any,
) -> Path:
    """Write a package with one small file."""
    note = f"{name} {version}\n".encode()
    content = {
        ".PKGINFO": pacman_info(name, version, architecture, **fields),
        ".CHANGELOG": b"* a change worth telling\n",
        "opt": None,
        f"opt/{name}.txt": note,
        **(extra or {}),
    }
    path = directory / f"{name}-{version}-{architecture}.pkg.tar.{compression}"
    directory.mkdir(parents=True, exist_ok=True)
    path.write_bytes(COMPRESS[compression](make_tar(content)))
    return path


def apk_bytes(control: Files, data: bytes, signature: bytes = b"") -> bytes:
    """Return a package of its parts; `{datahash}` in .PKGINFO becomes the hash of the data."""
    packed = gzip.compress(data, mtime=0)
    digest = hashlib.sha256(packed).hexdigest().encode()
    filled = {
        name: content and content.replace(b"{datahash}", digest)
        for name, content in control.items()
    }
    # Without its end, as abuild cuts it: the data archive goes on with it.
    archive = make_tar(filled).rstrip(b"\0")
    archive += bytes(-len(archive) % tarfile.BLOCKSIZE)
    return signature + gzip.compress(archive, mtime=0) + packed


def apk_info(
    name: str = "acme-app", version: str = "1.0-r0", architecture: str = "x86_64", **fields: Any
) -> bytes:
    return pkginfo(
        pkgname=name,
        pkgver=version,
        pkgdesc="A package of the tests",
        url="https://example.com/",
        builddate=1700000000,
        packager="Acme <acme@example.com>",
        size=4096,
        arch=architecture,
        origin=name,
        maintainer="Acme <acme@example.com>",
        license="GPL-3.0-or-later",
        **{"datahash": "{datahash}", **fields},
    )


def make_apk(
    directory: Path,
    name: str = "acme-app",
    version: str = "1.0-r0",
    architecture: str = "x86_64",
    filename: str | None = None,
    **fields: Any,
) -> Path:
    """Write a package with one small file."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / (filename or f"{name}-{version}.apk")
    info = apk_info(name, version, architecture, **fields)
    data = make_tar({"opt": None, f"opt/{name}.txt": f"{name} {version}\n".encode()})
    path.write_bytes(apk_bytes({".PKGINFO": info, ".post-install": b"#!/bin/sh\n"}, data))
    return path


def wpt_metadata(name: str = "tool", version: str = "1.0", **fields: Any) -> bytes:
    return json.dumps(
        {
            "name": name,
            "version": version,
            "description": "A package of the tests",
            "maintainer": "Acme <acme@example.com>",
            "specification": "1.0",
            **fields,
        }
    ).encode()


def make_wpt(
    directory: Path, name: str = "tool", version: str = "1.0", filename: str = "", **fields: Any
) -> Path:
    """Write a package with one small file."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / (filename or f"{name}_{version}_x64.tar.gz")
    content = {
        "pms": None,
        "pms/metadata.json": wpt_metadata(name, version, **fields),
        "pms/readme.md": b"How to use it\n",
        "pms/install.ps1": b"Write-Output installing\n",
        "data": None,
        "data/tool.exe": f"{name} {version}\n".encode(),
    }
    path.write_bytes(gzip.compress(make_tar(content), mtime=0))
    return path


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def named(name: str) -> tarfile.TarInfo:
    return tarfile.TarInfo(name)


def hostile_tars(needed: Files) -> dict[str, bytes]:
    """Return archives that have what a package needs, and something that none may have."""
    sound = [(named(name), content) for name, content in needed.items() if content is not None]
    return {
        "absolute name": tar_of([*sound, (named("/etc/passwd"), b"x")]),
        "name above": tar_of([*sound, (named("opt/../../etc/passwd"), b"x")]),
        "hard link out": tar_of([*sound, (link("x", "../../etc/shadow", tarfile.LNKTYPE), b"")]),
        "behind a link": tar_of([*sound, (link("opt", "/etc"), b""), (named("opt/passwd"), b"x")]),
        "negative size": _with_size(tar_of([*sound, (named("x"), b"x")]), b"x", b"\xff" * 12),
        "endless size": _with_size(tar_of([*sound, (named("x"), b"x")]), b"x", b"7" * 11 + b"\0"),
        "long header": tar_of([(_typed("x", b"x"), bytes(200_000)), *sound]),
        "unknown kind": tar_of([(_typed("x", b"S"), b""), *sound]),
        "damaged header": b"x" * 512 + make_tar(needed),
        "zeros without end": tar_of([*sound, (named("zeros"), bytes(100 * 1024**2))]),
        "without an end": make_tar(needed)[:-10240] or b"x",
        "nothing needed": make_tar({"readme": b"x"}),
        "nothing": b"",
    }


def _typed(name: str, kind: bytes) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type = kind
    return member


def _with_size(archive: bytes, name: bytes, size: bytes) -> bytes:
    """Return an archive whose member of this name claims another size."""
    start = archive.index(name + bytes(100 - len(name)))
    header = bytearray(archive[start : start + 512])
    header[124:136] = size
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    return archive[:start] + bytes(header) + archive[start + 512 :]
