"""Deployments copied to another project. Contract: repositories 8."""

from migas_tornado.accounts.callers import Caller
from migas_tornado.db import Connection
from migas_tornado.errors import InvalidDataError
from migas_tornado.repositories.copies import (
    Copied,
    Target,
    check_same_system,
    copy_packages,
    copy_sets,
)
from migas_tornado.repositories.stale import mark_stale
from migas_tornado.settings import Settings
from migas_tornado.targeting.deployments import today

_SOURCE = """
    SELECT d.name, d.project_id, p.pms,
        array(SELECT package_id FROM core_deployment_available_packages
            WHERE deployment_id = d.id) AS packages,
        array(SELECT packageset_id FROM core_deployment_available_package_sets
            WHERE deployment_id = d.id) AS sets,
        EXISTS (
            SELECT FROM core_deployment o
            WHERE o.project_id = $2 AND (o.name = d.name OR o.slug = d.slug)
        ) AS is_there
    FROM core_deployment d JOIN core_project p ON p.id = d.project_id
    WHERE d.id = $1
"""

_INSERT = """
    INSERT INTO core_deployment (name, slug, project_id, enabled, domain_id, comment, auto_restart,
        schedule_id, packages_to_install, packages_to_remove, default_preincluded_packages,
        default_included_packages, default_excluded_packages, start_date, source, frozen, expire)
    SELECT name, slug, $2, enabled, coalesce($3, domain_id), comment, auto_restart, schedule_id,
        packages_to_install, packages_to_remove, default_preincluded_packages,
        default_included_packages, default_excluded_packages, $4, 'I', frozen, expire
    FROM core_deployment WHERE id = $1
    RETURNING id
"""


async def copy_deployment(
    database: Connection, settings: Settings, caller: Caller, key: int, target: Target
) -> Copied:
    """Copy an internal deployment with its packages, unless the project has one of that name.

    Args:
        database: inside a transaction.
        settings: for the day on which the copy starts.
        caller: the copy belongs to the domain that he looks at, or else to that of the original.
        key: the deployment.
        target: where to.

    Raises:
        InvalidDataError: it is a deployment of the same project, or of another system.
    """
    row = await database.fetchrow(_SOURCE, key, target.id)
    if row["project_id"] == target.id:
        raise InvalidDataError("Source and destination project must be different.")
    check_same_system(row["pms"], target)
    if row["is_there"]:
        return Copied(
            {
                "created": False,
                "skipped_name": row["name"],
                "copied_packages": 0,
                "copied_package_sets": 0,
            }
        )
    packages, offers = await copy_packages(database, row["packages"], target)
    sets = await copy_sets(database, row["sets"], target)
    copy = await database.fetchval(
        _INSERT, key, target.id, caller.domain_id, today(settings.time_zone)
    )
    await _link(database, key, copy, list(packages.values()), list(sets.sets.values()))
    await mark_stale(database, deployments=[copy])
    answer = {
        "created": True,
        "deployment_id": copy,
        "deployment_name": row["name"],
        "copied_packages": len(packages),
        "copied_package_sets": len(sets.sets),
    }
    return Copied(answer, [*offers, *sets.offers])


async def generating(
    database: Connection, keys_visible: str, values: list[object]
) -> dict[int, dict[str, object]]:
    """Return the visible deployments whose repository is being built or about to be.

    Returns:
        Deployment -> how far it is: the phase is null before the build and in a short one.
    """
    rows = await database.fetch(
        f"""
        SELECT t.id, r.phase, r.done, r.total
        FROM core_deployment t
        JOIN core_repository r ON r.deployment_id = t.id
        WHERE r.wanted > r.built AND (r.failed_at IS NULL OR r.failed_at < r.wanted_at)
            AND {keys_visible or "true"}
        ORDER BY t.name, t.id
        """,  # noqa: S608
        *values,
    )
    return {row["id"]: {name: row[name] for name in ("phase", "done", "total")} for row in rows}


async def _link(
    database: Connection, key: int, copy: int, packages: list[int], sets: list[int]
) -> None:
    for kind in ("included", "excluded"):
        await database.execute(
            f"INSERT INTO core_deployment_{kind}_attributes (deployment_id, attribute_id) "  # noqa: S608
            f"SELECT $2, attribute_id FROM core_deployment_{kind}_attributes "
            "WHERE deployment_id = $1",
            key,
            copy,
        )
    for table, column, found in (
        ("available_packages", "package_id", packages),
        ("available_package_sets", "packageset_id", sets),
    ):
        await database.execute(
            f"INSERT INTO core_deployment_{table} (deployment_id, {column}) "
            "SELECT $1, unnest($2::int[])",
            copy,
            found,
        )
