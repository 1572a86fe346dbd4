"""Repositories that have to be built again: marked in the transaction that makes them stale.

The bus only says that there is something new; whoever builds reads the marks.
Contract: repositories 4.1.
"""

from datetime import UTC, datetime

from migas_tornado.bus import Channel, tell
from migas_tornado.db import Connection

_USERS_OF_PACKAGES = """
    SELECT deployment_id FROM core_deployment_available_packages WHERE package_id = ANY($1::int[])
    UNION
    SELECT d.deployment_id
    FROM core_deployment_available_package_sets d
    JOIN core_packageset_packages m ON m.packageset_id = d.packageset_id
    WHERE m.package_id = ANY($1::int[])
"""


async def mark_stale(
    database: Connection, *, packages: list[int] | None = None, deployments: list[int] | None = None
) -> None:
    """Mark the repositories of deployments, or of those that have some packages.

    Args:
        database: connection inside the transaction of the change.
        packages: packages that are in a deployment directly or through a set.
        deployments: deployments themselves; external ones have no repository and are passed over.
    """
    found = {
        row["deployment_id"] for row in await database.fetch(_USERS_OF_PACKAGES, packages or [])
    }
    found.update(deployments or [])
    await database.execute(
        """
        INSERT INTO core_repository AS r (deployment_id, wanted, wanted_at, built)
        SELECT id, 1, $2, 0 FROM core_deployment
        WHERE id = ANY($1::int[]) AND source = 'I'
        ORDER BY id
        ON CONFLICT (deployment_id) DO UPDATE
        SET wanted = r.wanted + 1, wanted_at = excluded.wanted_at
        """,
        sorted(found),
        datetime.now(UTC),
    )
    tell(database, Channel.STALE_REPOSITORIES, deployments=sorted(found))


async def mark_for_new(database: Connection, deployment: int) -> None:
    """Mark the repository of a deployment to be built with nothing taken over from what is served.

    Args:
        database: connection inside a transaction.
        deployment: an internal one.
    """
    await mark_stale(database, deployments=[deployment])
    await database.execute(
        "UPDATE core_repository SET built = 0 WHERE deployment_id = $1", deployment
    )


async def mark_all_stale(database: Connection) -> int:
    """Mark every repository, as when the key changed, and return how many there are.

    Args:
        database: connection inside a transaction.
    """
    rows = await database.fetch("SELECT deployment_id FROM core_repository ORDER BY 1")
    await mark_stale(database, deployments=[row["deployment_id"] for row in rows])
    return len(rows)
