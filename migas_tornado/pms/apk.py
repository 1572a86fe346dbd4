"""Packages of apk, known by their file name; no repositories yet. Contract: repositories 5.5."""

from migas_tornado.pms.system import PACKAGES, SERVER, ExternalSource, PackageSystem


class Apk(PackageSystem):
    """Packages of Alpine Linux."""

    name = "apk"
    mimetypes = ("application/x-alpine-package", "application/vnd.alpine.package")
    extensions = ("apk",)
    architectures = (
        *("aarch64", "armhf", "armv7", "loongarch64", "mips64", "ppc64le", "riscv64", "s390x"),
        *("x86", "x86_64"),
    )
    reads_files = False
    can_build = False

    def internal_source(self, project: str, deployment: str) -> str:
        """See the base class."""
        return f"{SERVER}/public/{project}/repos/{deployment}/{PACKAGES}\n"

    def external_source(self, project: str, source: ExternalSource) -> str:
        """See the base class."""
        return f"{SERVER}/src/{project}/external/{source.name}/{source.components}\n"
