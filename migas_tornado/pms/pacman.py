"""Pacman: packages known by their file name; no repositories yet. Contract: repositories 5.3."""

from migas_tornado.pms.system import PACKAGES, SERVER, ExternalSource, PackageSystem


class Pacman(PackageSystem):
    """Packages of Arch Linux and its relatives."""

    name = "pacman"
    mimetypes = (
        "application/x-alpm-package",
        "application/x-zstd-compressed-alpm-package",
        "application/x-gtar",
    )
    extensions = ("pkg", "pkg.tar.zst", "pkg.tar.gz", "pkg.tar.xz")
    architectures = ("any", "x86_64")
    reads_files = False
    can_build = False

    def internal_source(self, project: str, deployment: str) -> str:
        """See the base class."""
        trust = "SigLevel = Optional TrustAll PackageTrustAll"
        url = f"{SERVER}/public/{project}/repos/{deployment}/{PACKAGES}"
        return f"[{deployment}]\n{trust}\nServer = {url}\n\n"

    def external_source(self, project: str, source: ExternalSource) -> str:
        """See the base class."""
        return f"[{source.name}]\nServer = {SERVER}/src/{project}/external/{source.name}\n\n"
