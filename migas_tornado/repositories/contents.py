"""What the repository of a deployment has to hold, read from the database. Contract: 4.2."""

import asyncio
from dataclasses import dataclass

from migas_tornado.db import Connection
from migas_tornado.pms import system
from migas_tornado.pms.system import Identity, PublishedPackage, Repository

_DEPLOYMENT = """
    SELECT r.wanted, r.built = 0 AS from_scratch, d.id, d.name, d.slug, p.id AS project_id,
        p.name AS project_name, p.slug AS project, p.pms, p.architecture
    FROM core_repository r
    JOIN core_deployment d ON d.id = r.deployment_id
    JOIN core_project p ON p.id = d.project_id
    WHERE d.id = $1 AND r.wanted > r.built
"""

_MEMBERS = """
    SELECT package_id FROM core_deployment_available_packages WHERE deployment_id = $1
    UNION
    SELECT m.package_id
    FROM core_deployment_available_package_sets d
    JOIN core_packageset_packages m ON m.packageset_id = d.packageset_id
    WHERE d.deployment_id = $1
"""

_WANTED = f"""
    SELECT array_agg(p.id::bigint) AS keys, array_agg(hashtextextended(
        p.fullname || '/' || s.slug || '/' || p.architecture || '/' || f.sha256,
        (extract(epoch FROM f.created_at) * 1000000)::bigint
    )) AS revisions
    FROM ({_MEMBERS}) AS published
    JOIN core_package p ON p.id = published.package_id
    JOIN core_store s ON s.id = p.store_id
    JOIN core_packagefile f ON f.package_id = p.id
"""  # noqa: S608

_IDENTITIES = """
    SELECT id AS key, fullname AS filename, name, version, architecture
    FROM core_package
    WHERE id = ANY($1::bigint[])
"""

_PACKAGES = """
    SELECT p.id AS key, p.fullname AS filename, s.slug AS store, p.name, p.version,
        p.architecture, f.metadata, f.size, f.md5, f.sha256
    FROM core_package p
    JOIN core_store s ON s.id = p.store_id
    JOIN core_packagefile f ON f.package_id = p.id
    WHERE p.id = ANY($1::bigint[])
"""


@dataclass(frozen=True, slots=True)
class StaleRepository:
    """A repository that has to be built.

    Attributes:
        id: of its deployment.
        name: of its deployment.
        project_id: of its project.
        project_name: of its project.
        pms: of its project.
        repository: what it is for.
        wanted: number of the change that the build will have.
        from_scratch: whether nothing may be taken over from what is served.
    """

    id: int
    name: str
    project_id: int
    project_name: str
    pms: str
    repository: Repository
    wanted: int
    from_scratch: bool

    @property
    def what(self) -> str:
        """How people call it."""
        return f"deployment [{self.name}] in project [{self.project_name}]"


async def find_stale(database: Connection, deployment: int) -> StaleRepository | None:
    """Return the repository of a deployment if it has to be built.

    The number of the change is read before the packages: a change in between leaves it stale.
    """
    row = await database.fetchrow(_DEPLOYMENT, deployment)
    if row is None:
        return None
    return StaleRepository(
        id=row["id"],
        name=row["name"],
        project_id=row["project_id"],
        project_name=row["project_name"],
        pms=row["pms"],
        repository=Repository(row["project"], row["slug"], tuple(row["architecture"].split())),
        wanted=row["wanted"],
        from_scratch=row["from_scratch"],
    )


async def wanted_packages(database: Connection, stale: StaleRepository) -> dict[int, int]:
    """Return key -> revision of the packages to publish; a revision changes with what is published.

    Only those that are stored here: none that are known from inventories alone.
    """
    row = await database.fetchrow(_WANTED, stale.id)
    if row["keys"] is None:
        return {}
    found = dict(zip(row["keys"], row["revisions"], strict=True))
    pms = system(stale.pms)
    if not pms.selects:
        return found
    rows = await database.fetch(_IDENTITIES, list(found))
    identities = [Identity(**row) for row in rows]
    selected = await asyncio.to_thread(pms.select, stale.repository, identities)
    return {key: revision for key, revision in found.items() if key in selected}


async def packages_with(database: Connection, keys: list[int]) -> list[PublishedPackage]:
    """Return packages by their keys, without those that have just gone."""
    return [PublishedPackage(**row) for row in await database.fetch(_PACKAGES, keys)]
