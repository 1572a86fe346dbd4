"""Debian packages for the demo, made without any tool of Debian. Format: deb(5)."""

import hashlib
import io
import lzma
import tarfile
from dataclasses import dataclass
from pathlib import PurePosixPath

MADE_AT = 1_767_225_600
"""2026-01-01: the same input gives the same package."""

MAINTAINER = "Demo <demo@example.org>"

SAMPLES = (
    ("demo-welcome", "1.2-1", "Greets whoever logs in"),
    ("demo-wallpaper", "5.0-2", "Picture behind every desktop"),
    ("demo-printers", "2.4-1", "Settings of the printers of the house"),
    ("demo-lab-tools", "0.9-3", "What the laboratory works with"),
    ("demo-editor", "3.0-1", "Editor that a few try out first"),
)
"""Name, version and description of the packages that the demo publishes."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package as a file."""

    name: str
    file_name: str
    content: bytes


def sample_packages() -> list[Package]:
    """Return the packages that the demo publishes, by name."""
    return [
        Package(
            name,
            deb_file_name(name, version, "all"),
            make_deb(name, version, "all", description, _sample_files(name, version)),
        )
        for name, version, description in sorted(SAMPLES)
    ]


def make_deb(
    name: str, version: str, architecture: str, description: str, files: dict[str, bytes]
) -> bytes:
    """Return a binary package that `dpkg` installs.

    Args:
        name: of the package.
        version: as Debian writes it.
        architecture: `all`, or one that dpkg knows.
        description: a line, and perhaps more below it.
        files: absolute path -> content; what begins with `#!` may be executed.
    """
    paths = {path.lstrip("/"): content for path, content in files.items()}
    control = {
        "control": _control(name, version, architecture, description, files).encode(),
        "md5sums": _checksums(paths).encode(),
    }
    return _ar(
        {
            "debian-binary": b"2.0\n",
            "control.tar.xz": lzma.compress(_tar(control)),
            "data.tar.xz": lzma.compress(_tar(paths)),
        }
    )


def deb_file_name(name: str, version: str, architecture: str) -> str:
    """Return how the file of a package is called; the epoch is not part of it."""
    return f"{name}_{version.split(':', 1)[-1]}_{architecture}.deb"


def _sample_files(name: str, version: str) -> dict[str, bytes]:
    return {
        f"/usr/bin/{name}": f"#!/bin/sh\necho {name} {version}\n".encode(),
        f"/usr/share/doc/{name}/README": b"A package of the demo.\n",
    }


def _control(
    name: str, version: str, architecture: str, description: str, files: dict[str, bytes]
) -> str:
    kibibytes = sum(-(-len(content) // 1024) for content in files.values())
    first, *more = description.strip().split("\n")
    return (
        f"Package: {name}\nVersion: {version}\nArchitecture: {architecture}\n"
        f"Maintainer: {MAINTAINER}\nInstalled-Size: {kibibytes}\nSection: misc\n"
        f"Priority: optional\nDescription: {first}\n"
        + "".join(f" {line.strip() or '.'}\n" for line in more)
    )


def _checksums(paths: dict[str, bytes]) -> str:
    return "".join(
        f"{hashlib.md5(content, usedforsecurity=False).hexdigest()}  {path}\n"
        for path, content in paths.items()
    )


def _tar(paths: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for directory in _directories(paths):
            archive.addfile(_member(directory, tarfile.DIRTYPE, 0o755))
        for path, content in sorted(paths.items()):
            mode = 0o755 if content.startswith(b"#!") else 0o644
            member = _member(f"./{path}", tarfile.REGTYPE, mode)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _directories(paths: dict[str, bytes]) -> list[str]:
    """Return every directory above the files, which dpkg wants to see before what is in it."""
    parents = {parent for path in paths for parent in PurePosixPath(path).parents}
    return ["./" if str(parent) == "." else f"./{parent}/" for parent in sorted(parents)]


def _member(name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.mode, member.mtime = kind, mode, MADE_AT
    member.uname = member.gname = "root"
    return member


def _ar(members: dict[str, bytes]) -> bytes:
    archive = b"!<arch>\n"
    for name, content in members.items():
        header = f"{name:<16}{MADE_AT:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n"
        archive += header.encode() + content + b"\n" * (len(content) % 2)
    return archive
