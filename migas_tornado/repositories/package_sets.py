"""Package sets as administrators manage them. Contract: repositories 7, data-model 3.7."""

from dataclasses import dataclass

from migas_tornado.db import Connection
from migas_tornado.errors import InvalidDataError
from migas_tornado.repositories.stale import mark_stale
from migas_tornado.resources.changes import Change


async def check_package_set(change: Change) -> None:
    """Check that store and packages belong together.

    Raises:
        InvalidDataError: the store is another project's, a package is of another project or store,
            or the set would leave the project of its deployments.
    """
    if change.changes("project") and await deployments_of_set(change.database, change.key):
        raise InvalidDataError({"project": ["A set that is deployed stays in its project."]})
    if change.changes("store", "project"):
        await _check_store(change)
    if change.changes("store", "project", "packages"):
        await _check_packages(change)


async def package_set_saved(change: Change) -> None:
    """Renew the repositories that have the set when its packages changed."""
    if not change.is_new and change.changes("packages"):
        deployments = await deployments_of_set(change.database, change.key)
        await mark_stale(change.database, deployments=deployments)


async def removing_package_set(change: Change) -> None:
    """Renew the repositories that had the set."""
    deployments = await deployments_of_set(change.database, change.key)
    await mark_stale(change.database, deployments=deployments)


async def deployments_of_set(database: Connection, key: int | None) -> list[int]:
    """Return the deployments that have a set."""
    rows = await database.fetch(
        "SELECT deployment_id FROM core_deployment_available_package_sets WHERE packageset_id = $1",
        key,
    )
    return [row["deployment_id"] for row in rows]


async def _check_store(change: Change) -> None:
    store = change.value("store")
    if store is None:
        return
    project = await change.database.fetchval(
        "SELECT project_id FROM core_store WHERE id = $1", store
    )
    if project != change.value("project"):
        raise InvalidDataError({"store": ["The store must belong to the project."]})


async def _check_packages(change: Change) -> None:
    rows = await change.database.fetch(
        """
        SELECT p.fullname, p.project_id FROM core_package p
        WHERE (p.id = ANY($1::int[]) OR $1 IS NULL AND p.id IN (
                SELECT package_id FROM core_packageset_packages WHERE packageset_id = $4
            ))
            AND (p.project_id <> $2 OR $3::int IS NOT NULL AND p.store_id IS DISTINCT FROM $3)
        ORDER BY p.fullname
        """,
        change.values.get("packages"),
        change.value("project"),
        change.value("store"),
        change.key,
    )
    if rows:
        project = change.value("project")
        raise InvalidDataError(
            {
                "packages": [
                    f"Package {row['fullname']} must belong to the "
                    f"{'store' if row['project_id'] == project else 'project'} of the set."
                    for row in rows
                ]
            }
        )


@dataclass(frozen=True, slots=True)
class SetBefore:
    """A set as it is."""

    store: int | None
    packages: list[int]


async def set_before(database: Connection, key: int | None) -> SetBefore:
    """Return a set as it is; a new one has nothing."""
    row = await database.fetchrow(
        "SELECT s.store_id AS store, array(SELECT package_id FROM core_packageset_packages "
        "WHERE packageset_id = s.id) AS packages FROM core_packageset s WHERE s.id = $1",
        key,
    )
    return SetBefore(None, []) if row is None else SetBefore(**row)
