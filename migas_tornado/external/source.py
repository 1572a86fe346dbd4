"""An external deployment, what may be asked of it, and how long a copy of that is good.

Contract: agent-v5 4.1, repositories 6.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from migas_tornado.db import connection
from migas_tornado.enrolment.former_names import ID_BY_SLUG
from migas_tornado.errors import InvalidDataError, NotFoundError
from migas_tornado.models.enumerations import DeploymentSource
from migas_tornado.pms import system

PREFIX = "/src/"
PLACE = "external"
# Beyond the contract's characters, `:` stands in packages of pacman and `^` in those of rpm.
_PART = re.compile(r"[A-Za-z0-9_\-+~:^][A-Za-z0-9_\-+~:^.]*")
PART_LENGTH = 200
"""Of a name; beside the file there is one with a longer name."""
PATH_LENGTH = 1000
_BY_HASH = re.compile(r"(?:.*/)?by-hash/(?:MD5Sum|SHA1|SHA256|SHA512)/[0-9a-f]{32,128}")
_SHA256 = re.compile(r"(?:.*/)?by-hash/SHA256/([0-9a-f]{64})")

_FIND = f"""
    SELECT p.name AS project_name, p.slug AS project, p.pms, d.name, d.slug, d.base_url, d.frozen,
        d.expire
    FROM core_project p
    LEFT JOIN core_deployment d ON d.project_id = p.id AND d.slug = $2 AND d.source = $3
    WHERE p.id = {ID_BY_SLUG}
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Source:
    """An external deployment, as far as its files are concerned."""

    project_name: str
    project: str
    pms: str
    name: str
    slug: str
    base_url: str
    frozen: bool
    expire: int

    def directory(self, public_dir: Path) -> Path:
        """Return where its copies are kept."""
        return public_dir / self.project / PLACE / self.slug

    def path(self, resource: str) -> str:
        """Return the path under which computers ask for a resource."""
        return f"{PREFIX}{self.project}/{PLACE}/{self.slug}/{resource}"

    def url(self, resource: str) -> str:
        """Return where the upstream has a resource."""
        # A plus as it is would be a blank for some object stores.
        return f"{self.base_url.rstrip('/')}/{quote(resource, safe='/~:')}"

    def is_permanent(self, resource: str) -> bool:
        """Whether a resource never changes: packages, and what bears its hash as its name."""
        extensions = tuple(f".{extension}" for extension in system(self.pms).extensions)
        return resource.endswith(extensions) or _BY_HASH.fullmatch(resource) is not None

    def oldest_check(self, resource: str, asked_at: float) -> float:
        """Return since when a copy must have been compared with the upstream to be good.

        Args:
            resource: what is asked for.
            asked_at: when it was asked for.
        """
        if self.frozen or self.is_permanent(resource):
            return float("-inf")
        return asked_at - max(0, self.expire) * 60


def expected_sha256(resource: str) -> str | None:
    """Return the hash that the name of a resource promises, or None."""
    found = _SHA256.fullmatch(resource)
    return found[1] if found else None


def split_path(path: str) -> tuple[list[str], bool]:
    """Return the parts of what stands behind `/src/`, and whether it ends like a directory.

    Args:
        path: with its escapes undone.

    Raises:
        InvalidDataError: a part is empty, hidden, or has characters that no repository needs.
    """
    is_directory = path.endswith("/")
    parts = path.removesuffix("/").split("/")
    if len(path) > PATH_LENGTH or not all(
        _PART.fullmatch(part) and len(part) <= PART_LENGTH for part in parts
    ):
        raise InvalidDataError("This path cannot be that of a repository's file.")
    return parts, is_directory


async def find_source(parts: list[str]) -> Source:
    """Return the external deployment that the parts of a path begin with.

    Raises:
        NotFoundError: there is no such project, or it has no such external deployment.
    """
    url = PREFIX + "/".join(parts)
    slug = parts[2] if len(parts) > 2 else ""
    async with connection() as database:
        row = await database.fetchrow(_FIND, parts[0], slug, DeploymentSource.EXTERNAL.value)
    if row is None:
        raise NotFoundError(f"Project not exists: {parts[0]}")
    if len(parts) < 3 or parts[1] != PLACE or row["slug"] is None or not row["base_url"]:
        raise NotFoundError(f"URL not exists: {url}")
    return Source(**row)
