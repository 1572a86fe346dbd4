"""Windows Package Tool: packages known by their file name; no repositories yet.

Contract: repositories 5.4.
"""

from migas_tornado.pms.system import PACKAGES, SERVER, ExternalSource, PackageSystem


class Wpt(PackageSystem):
    """Packages of the Windows Package Tool."""

    name = "wpt"
    mimetypes = ("application/gzip", "application/x-gzip")
    extensions = ("tar.gz",)
    architectures = ("x64",)
    reads_files = False
    can_build = False

    def internal_source(self, project: str, deployment: str) -> str:
        """See the base class."""
        return f"{SERVER}/public/{project}/repos/{deployment} {PACKAGES}\n"

    def external_source(self, project: str, source: ExternalSource) -> str:
        """See the base class."""
        root = f"{SERVER}/src/{project}/external/{source.name}"
        return f"{root} {source.suite} {source.components}\n"
