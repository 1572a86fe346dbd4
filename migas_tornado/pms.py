"""What is known of each package management system; how its repositories are made is elsewhere.

Contract: repositories 3 (PMS tables), agent-v5 4.
"""

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class PackageManagementSystem:
    """A family of packages and the marks by which its files are known."""

    name: str
    module: str
    mimetypes: tuple[str, ...]
    extensions: tuple[str, ...]
    architectures: tuple[str, ...]


_DEBIAN_ARCHITECTURES = (
    "alpha all amd64 arm arm64 armel armhf avr32 hppa hurd-i386 i386 ia64 kfreebsd-amd64 "
    "kfreebsd-i386 loong64 m68k mips mips64el mipsel powerpc powerpcspe ppc64 ppc64el riscv64 "
    "s390 s390x sh4 sparc sparc64 x32"
)
_ALPINE_ARCHITECTURES = "aarch64 armhf armv7 loongarch64 mips64 ppc64le riscv64 s390x x86 x86_64"


def _rpm_based(name: str) -> PackageManagementSystem:
    return PackageManagementSystem(
        name=name,
        module=name,
        mimetypes=("application/x-rpm", "application/x-redhat-package-manager"),
        extensions=("rpm",),
        # "(none)" is what rpm prints for the keys that it keeps as packages.
        architectures=("aarch64", "i386", "i686", "noarch", "x86_64", "(none)"),
    )


PMS: dict[str, PackageManagementSystem] = {
    "apt": PackageManagementSystem(
        name="apt",
        module="apt",
        mimetypes=("application/x-debian-package", "application/vnd.debian.binary-package"),
        extensions=("deb",),
        architectures=tuple(_DEBIAN_ARCHITECTURES.split()),
    ),
    "dnf": _rpm_based("dnf"),
    "pacman": PackageManagementSystem(
        name="pacman",
        module="pacman",
        mimetypes=(
            "application/x-alpm-package",
            "application/x-zstd-compressed-alpm-package",
            "application/x-gtar",
        ),
        extensions=("pkg", "pkg.tar.zst", "pkg.tar.gz", "pkg.tar.xz"),
        architectures=("any", "x86_64"),
    ),
    "wpt": PackageManagementSystem(
        name="wpt",
        module="wpt",
        mimetypes=("application/gzip", "application/x-gzip"),
        extensions=("tar.gz",),
        architectures=("x64",),
    ),
    "yum": _rpm_based("yum"),
    "zypper": _rpm_based("zypper"),
    "apk": PackageManagementSystem(
        name="apk",
        module="apk",
        mimetypes=(
            "application/x-alpine-package",
            "application/vnd.alpine.package",
        ),
        extensions=("apk",),
        architectures=tuple(_ALPINE_ARCHITECTURES.split()),
    ),
}


@cache
def extensions() -> tuple[str, ...]:
    """Every extension of a package file, without its leading dot, longest first."""
    return _longest_first({text for system in PMS.values() for text in system.extensions})


@cache
def architectures() -> tuple[str, ...]:
    """Every architecture of any system, longest first."""
    return _longest_first({text for system in PMS.values() for text in system.architectures})


def _longest_first(texts: set[str]) -> tuple[str, ...]:
    return tuple(sorted(texts, key=lambda text: (-len(text), text)))
