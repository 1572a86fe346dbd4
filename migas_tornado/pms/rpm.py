"""Packages in the format of rpm, for dnf, yum and zypper. Contract: repositories 5.2."""

from migas_tornado.pms.system import SERVER, ExternalSource, PackageSystem

KEY_URL = f"{SERVER}/get_key_repositories"
"""Contract: repositories 5.2, no client writes the file that the reference's template names."""


class _RpmBased(PackageSystem):
    mimetypes = ("application/x-rpm", "application/x-redhat-package-manager")
    extensions = ("rpm",)
    # "(none)" is what rpm prints for the keys that it keeps as packages.
    architectures = ("aarch64", "i386", "i686", "noarch", "x86_64", "(none)")
    reads_files = False
    can_build = False

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
