"""Packages in the format of rpm, for dnf, yum and zypper. Contract: repositories 5.2."""

import gzip
from collections.abc import Sequence
from pathlib import Path

from migas_tornado.pms.system import (
    PACKAGES,
    SERVER,
    Chunk,
    ExternalSource,
    Generation,
    PackageMetadata,
    PackageSystem,
    PublishedPackage,
    Repository,
    Section,
    Stream,
)

GZIP_LEVEL = 6

_NAMESPACE = "http://linux.duke.edu/metadata"
_FILES = {
    "primary": f'metadata xmlns="{_NAMESPACE}/common" xmlns:rpm="{_NAMESPACE}/rpm"',
    "filelists": f'filelists xmlns="{_NAMESPACE}/filelists"',
    "other": f'otherdata xmlns="{_NAMESPACE}/other"',
}
"""The files of an index, in the order of a package's entries, with their root elements."""
_SEPARATOR = "\x1e"  # between the entries in a package's metadata

KEY_URL = f"{SERVER}/get_key_repositories"
"""Contract: repositories 5.2, no client writes the file that the reference's template names."""


class _RpmBased(PackageSystem):
    mimetypes = ("application/x-rpm", "application/x-redhat-package-manager")
    extensions = ("rpm",)
    takes_directories = True
    # "(none)" is what rpm prints for the keys that it keeps as packages.
    architectures = ("aarch64", "i386", "i686", "noarch", "x86_64", "(none)")
    chunk_packages = 200  # lists of files are long

    # --- packages ---

    def read(self, path: Path, filename: str) -> PackageMetadata:
        """See the base class."""
        # Not at the top: the server's own process shall not carry the libraries of rpm.
        from migas_tornado.pms.rpm_metadata import read_rpm

        return read_rpm(path, filename)

    def describe(self, path: Path, metadata: str) -> list[Section]:
        """See the base class."""
        from migas_tornado.pms.rpm_metadata import describe_rpm

        return describe_rpm(path)

    # --- what computers write into their package manager ---

    def internal_source(self, project: str, deployment: str) -> str:
        """See the base class."""
        return (
            f"[REPO-{deployment}]\nname=REPO-{deployment}\n"
            f"baseurl={SERVER}/public/{project}/repos/{deployment}\nenabled=1\n"
            f"http_caching=none\nrepo_gpgcheck=1\ngpgcheck=0\ngpgkey={KEY_URL}\n"
        )

    def external_source(self, project: str, source: ExternalSource) -> str:
        """See the base class."""
        root = f"{SERVER}/src/{project}/external/{source.name}/{source.suite}"
        section = f"EXTERNAL-{source.name}"
        components = source.components.split()
        if not components:
            return _section(section, f"{root}/$basearch/", source.options)
        # Contract: repositories 6, only the section's name is suffixed.
        return "".join(
            _section(f"{section}-{part.replace('/', '-')}", f"{root}/{part}", source.options)
            for part in components
        )

    # --- repositories ---

    def streams(self, repository: Repository, packages: int) -> tuple[Stream, ...]:
        """See the base class."""
        return tuple(
            Stream(
                _stream(name),
                _gzipped(
                    f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} packages="{packages}">\n'
                ),
                _gzipped(f"</{root.partition(' ')[0]}>\n"),
            )
            for name, root in _FILES.items()
        )

    def render(self, repository: Repository, packages: Sequence[PublishedPackage]) -> Chunk:
        """See the base class."""
        ordered = sorted(packages, key=lambda package: (package.name, package.filename))
        entries = [_entries(package) for package in ordered if package.metadata]
        parts = {
            _stream(name): _gzipped("".join(of_file))
            for name, of_file in zip(_FILES, zip(*entries, strict=True), strict=False)
        }
        return Chunk(parts, frozenset(package.key for package in packages if not package.metadata))

    def finish(self, repository: Repository, generation: Generation) -> None:
        """See the base class."""
        revision = int(generation.date.timestamp())
        data = []
        for name in _FILES:
            facts = generation.streams[_stream(name)]
            path = f"repodata/{facts.sha256}-{name}.xml.gz"
            generation.offer(_stream(name), path)
            data.append(
                f'  <data type="{name}">\n'
                f'    <checksum type="sha256">{facts.sha256}</checksum>\n'
                f'    <location href="{path}"/>\n'
                f"    <timestamp>{revision}</timestamp>\n"
                f"    <size>{facts.size}</size>\n"
                "  </data>\n"
            )
        content = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<repomd xmlns="{_NAMESPACE}/repo" xmlns:rpm="{_NAMESPACE}/rpm">\n'
            f"  <revision>{revision}</revision>\n{''.join(data)}</repomd>\n"
        ).encode()
        generation.write("repodata/repomd.xml", content)
        generation.write("repodata/repomd.xml.asc", generation.signer.detach_sign(content))


def _entries(package: PublishedPackage) -> list[str]:
    primary, *others = package.metadata.split(_SEPARATOR)
    if package.directory:
        place = f'<location href="{PACKAGES}/'
        primary = primary.replace(place, f"{place}{package.directory}/", 1)
    return [primary, *others]


def _stream(name: str) -> str:
    return f".indexes/{name}.xml.gz"


def _gzipped(text: str) -> bytes:
    return gzip.compress(text.encode(), GZIP_LEVEL, mtime=0)


def _section(name: str, url: str, options: str) -> str:
    settings = options.replace(" ", "\n")
    return f"[{name}]\nname={name}\nbaseurl={url}\n{settings}\n"


class Dnf(_RpmBased):
    """Packages of Fedora, RHEL 8 and later, and their relatives."""

    name = "dnf"


class Yum(_RpmBased):
    """Packages of older relatives of RHEL."""

    name = "yum"


class Zypper(_RpmBased):
    """Packages of SUSE."""

    name = "zypper"
