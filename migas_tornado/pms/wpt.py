"""Packages of the Windows Package Tool and their repositories. Contract: repositories 5.4."""

from collections.abc import Sequence
from pathlib import Path

import orjson

from migas_tornado.pms.system import (
    PACKAGES,
    SERVER,
    Chunk,
    ExternalSource,
    Generation,
    Identity,
    PackageMetadata,
    PackageSystem,
    PublishedPackage,
    Repository,
    Section,
    Stream,
)
from migas_tornado.pms.wpt_package import ARCHITECTURE, read_content, read_package

_INDEX = "packages.json"
_ENTRIES = ".packages"
"""A line for each package: name, version and, as JSON, its entry. `finish` groups them by name."""

_KNOWN = ("name", "version", "description", "maintainer", "specification", "homepage")


class Wpt(PackageSystem):
    """Packages of the Windows Package Tool."""

    name = "wpt"
    mimetypes = ("application/gzip", "application/x-gzip")
    extensions = ("tar.gz",)
    architectures = (ARCHITECTURE,)
    selects = True

    # --- packages ---

    def read(self, path: Path, filename: str) -> PackageMetadata:
        """See the base class."""
        return read_package(path)

    def describe(self, path: Path, metadata: str) -> list[Section]:
        """See the base class."""
        known = orjson.loads(metadata) if metadata else {}
        lines = [f"{key.capitalize()}: {known[key]}" for key in _KNOWN if key in known]
        if "dependencies" in known:
            lines.append(f"Dependencies: {orjson.dumps(known['dependencies']).decode()}")
        content = read_content(path)
        texts = {"Readme": "pms/readme.md", "Changelog": "pms/changelog.md"}
        scripts = [name for name in content.texts if name not in texts.values()]
        return [
            Section("Info", "\n".join(lines)),
            *(Section(title, content.texts.get(name, "[None]")) for title, name in texts.items()),
            *(Section(name.removeprefix("pms/"), content.texts[name]) for name in scripts),
            Section("Files", "\n".join(content.files)),
        ]

    # --- what computers write into their package manager ---

    def internal_source(self, project: str, deployment: str) -> str:
        """See the base class."""
        return f"{SERVER}/public/{project}/repos/{deployment} {PACKAGES}\n"

    def external_source(self, project: str, source: ExternalSource) -> str:
        """See the base class."""
        root = f"{SERVER}/src/{project}/external/{source.name}"
        return f"{root} {source.suite} {source.components}\n"

    # --- repositories ---

    def select(self, repository: Repository, packages: Sequence[Identity]) -> set[int]:
        """See the base class: there is one entry for a name and version, the latest record's."""
        ordered = sorted(packages, key=lambda package: package.key)
        return set({(package.name, package.version): package.key for package in ordered}.values())

    def streams(self, repository: Repository, packages: int) -> tuple[Stream, ...]:
        """See the base class."""
        return (Stream(_ENTRIES),)

    def render(self, repository: Repository, packages: Sequence[PublishedPackage]) -> Chunk:
        """See the base class."""
        usable = [package for package in packages if package.metadata]
        lines = b"".join(
            f"{package.name}\t{package.version}\t".encode() + _entry(package) + b"\n"
            for package in sorted(usable, key=lambda package: (package.name, package.key))
        )
        left_out = {package.key for package in packages if not package.metadata}
        return Chunk({_ENTRIES: lines}, frozenset(left_out))

    def finish(self, repository: Repository, generation: Generation) -> None:
        """See the base class."""
        found: dict[str, dict[str, orjson.Fragment]] = {}
        for line in (generation.directory / _ENTRIES).read_bytes().splitlines():
            name, version, entry = line.split(b"\t", 2)
            found.setdefault(name.decode(), {})[version.decode()] = orjson.Fragment(entry)
        index = orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
        generation.write(_INDEX, index)
        generation.write(f"{_INDEX}.sig", generation.signer.detach_sign(index))


def _entry(package: PublishedPackage) -> bytes:
    metadata = orjson.loads(package.metadata) | {"architecture": ARCHITECTURE}
    return orjson.dumps(
        {
            "metadata": metadata,
            "filename": f"{PACKAGES}/{package.filename}",
            "hash": package.sha256,
        }
    )
