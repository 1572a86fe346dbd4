"""Debian packages and their repositories, for apt. Contract: repositories 5.1."""

from pathlib import Path, PurePosixPath

from debian.deb822 import Deb822

from migas_tornado.pms.deb import read_control_files, read_deb
from migas_tornado.pms.system import (
    PACKAGES,
    SERVER,
    ExternalSource,
    PackageMetadata,
    PackageSystem,
    Section,
)

_REQUIRES = ("Pre-Depends", "Depends", "Recommends")
_RELATIONS = (*_REQUIRES, "Provides", "Replaces")
_SCRIPTS = {
    "Script PreInst": "preinst",
    "Script PostInst": "postinst",
    "Script PreRm": "prerm",
    "Script PostRm": "postrm",
}
_CHECKSUM = 34  # characters before the name in a line of the list of checksums


class Apt(PackageSystem):
    """Packages of Debian and its relatives."""

    name = "apt"
    mimetypes = ("application/x-debian-package", "application/vnd.debian.binary-package")
    extensions = ("deb",)
    architectures = (
        *("alpha", "all", "amd64", "arm", "arm64", "armel", "armhf", "avr32", "hppa"),
        *("hurd-i386", "i386", "ia64", "kfreebsd-amd64", "kfreebsd-i386", "loong64", "m68k"),
        *("mips", "mips64el", "mipsel", "powerpc", "powerpcspe", "ppc64", "ppc64el", "riscv64"),
        *("s390", "s390x", "sh4", "sparc", "sparc64", "x32"),
    )

    # --- packages ---

    def read(self, path: Path, filename: str) -> PackageMetadata:
        """See the base class."""
        return read_deb(path)

    def describe(self, path: Path, metadata: str) -> list[Section]:
        """See the base class; scripts and names of files stand in the control archive."""
        fields = Deb822(metadata)
        found = read_control_files(path)
        # Each line of the list of checksums is a checksum, two blanks and a name.
        names = [line[_CHECKSUM:] for line in _text(found.get("md5sums", b"")).splitlines()]
        files = "\n".join(f"/{name}" for name in names)
        return [
            Section(
                "Info",
                "\n".join(f"{k}: {v}" for k, v in fields.items() if k not in _RELATIONS),
            ),
            Section("Requires", "\n".join(fields[name] for name in _REQUIRES if name in fields)),
            Section("Provides", fields.get("Provides", "")),
            Section("Obsoletes", fields.get("Replaces", "")),
            *(
                Section(title, _text(found[name]) if name in found else "[None]")
                for title, name in _SCRIPTS.items()
            ),
            Section("Files", files or "[The package does not list them]"),
        ]

    # --- what computers write into their package manager ---

    def internal_source(self, project: str, deployment: str) -> str:
        """See the base class."""
        return f"deb {SERVER}/public/{project}/repos {deployment} {PACKAGES}\n"

    def external_source(self, project: str, source: ExternalSource) -> str:
        """See the base class."""
        root = f"{SERVER}/src/{project}/external/{source.name}"
        return f"deb {source.options} {root} {source.suite} {source.components}\n"

    # --- repositories ---

    def repository_path(self, project: str, deployment: str) -> PurePosixPath:
        """See the base class."""
        return PurePosixPath(project, "repos", "dists", deployment)


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace").replace("\x00", "")
