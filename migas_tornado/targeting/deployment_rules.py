"""What deployments may be, and what a change of one brings about.

Contract: admin-api 5.7, data-model 3.9, repositories 4.1, 6.
"""

from functools import partial
from urllib.parse import urlsplit

from migas_tornado.accounts.callers import Caller
from migas_tornado.db import Connection
from migas_tornado.errors import ForbiddenError, InvalidDataError
from migas_tornado.external.source import PLACE
from migas_tornado.models.enumerations import PRODUCTIVE, ComputerStatus, DeploymentSource
from migas_tornado.repositories.leftovers import remove_repository
from migas_tornado.repositories.naming import name_in_project
from migas_tornado.repositories.publish import LOCK_SPACE
from migas_tornado.repositories.removal import move_directory, remove_directory
from migas_tornado.repositories.stale import mark_stale
from migas_tornado.resources.changes import Change
from migas_tornado.targeting.deployments import today

ACTIVE = [status.value for status in (*PRODUCTIVE, ComputerStatus.IN_REPAIR)]
YEARS = range(1970, 3000)
"""Of start dates; PostgreSQL has no distance to the ends of the calendar."""
LISTS_OF_RESULTS = ("packages_to_install", "packages_to_remove")
_UPSTREAM = ("base_url", "options", "suite", "components")


async def check_deployment(change: Change) -> None:
    """Check a deployment of any source, and complete a new one.

    Raises:
        InvalidDataError: naming the fields that cannot be so.
        ForbiddenError: it belongs to another domain than the caller's, or to none.
    """
    _check_domain(change)
    if not change.is_new and change.changes("project"):
        raise InvalidDataError({"project": ["Is not allowed change project"]})
    if change.is_new:
        change.values.setdefault("start_date", today(change.settings.time_zone))
        change.values.setdefault("source", DeploymentSource.INTERNAL.value)
    start = change.values.get("start_date")
    if start is not None and start.year not in YEARS:
        raise InvalidDataError({"start_date": ["A day of the years 1970 to 2999 is expected."]})
    _check_upstream(change)
    await name_in_project(change)
    await _check_packages(change)
    await _check_computers(change)


async def check_internal_source(change: Change) -> None:
    """Check a deployment whose packages are ours; see `check_deployment`."""
    change.values["source"] = DeploymentSource.INTERNAL.value
    await check_deployment(change)


async def check_external_source(change: Change) -> None:
    """Check a deployment whose packages are an upstream's; see `check_deployment`."""
    change.values["source"] = DeploymentSource.EXTERNAL.value
    await check_deployment(change)


async def deployment_saved(change: Change) -> None:
    """Renew the repository where its content or name changed, and forget results of old lists."""
    if change.changes("slug", "source", "available_packages", "available_package_sets"):
        await mark_stale(change.database, deployments=[change.key])
    if change.is_new:
        return
    if change.changes(*LISTS_OF_RESULTS):
        await change.database.execute(
            "DELETE FROM core_deploymentresult WHERE deployment_id = $1", change.key
        )
    is_external = change.value("source") == DeploymentSource.EXTERNAL
    if change.changes("source"):
        await _remove_files(change)
    elif change.changes("slug") and is_external:
        await _move_copies(change)
    if change.changes("source") and is_external:
        await change.database.execute(
            "DELETE FROM core_repository WHERE deployment_id = $1", change.key
        )


async def removing_deployment(change: Change) -> None:
    """Remove the repository of a deployment, or what is kept of its upstream.

    Raises:
        ForbiddenError: it belongs to another domain than the caller's, or to none.
    """
    check_owner(change)
    await _remove_files(change)


def check_owner(change: Change) -> None:
    """Check that the deployment as it was belongs to the domain that the caller administers.

    Raises:
        ForbiddenError: it belongs to another, or to none.
    """
    _check_owned(change.caller, change.before["domain_id"])


async def may_touch(database: Connection, caller: Caller, key: int) -> None:
    """Check that a deployment belongs to the domain that the caller administers.

    Raises:
        ForbiddenError: it belongs to another, or to none.
    """
    _check_owned(
        caller, await database.fetchval("SELECT domain_id FROM core_deployment WHERE id = $1", key)
    )


def _check_owned(caller: Caller, domain: int | None) -> None:
    if caller.domain_id is not None and domain != caller.domain_id:
        raise ForbiddenError("This deployment does not belong to your domain.")


def _check_domain(change: Change) -> None:
    domain = change.caller.domain_id
    if domain is None:
        return
    if not change.is_new:
        check_owner(change)
    elif change.values.get("domain") is None:
        change.values["domain"] = domain
    if change.value("domain") != domain:
        raise InvalidDataError({"domain": ["It must be the domain that you are looking at."]})


def _check_upstream(change: Change) -> None:
    """Refuse what would add lines to the clients' lists, or is no address of an upstream."""
    mistakes = {
        name: ["Control characters are not allowed."]
        for name in _UPSTREAM
        if not (change.values.get(name) or "").isprintable()
    }
    url = change.values.get("base_url")
    if url and "base_url" not in mistakes and not _is_root(url):
        mistakes["base_url"] = [
            "An address with http or https is expected, without user, query or blanks."
        ]
    if change.value("source") == DeploymentSource.EXTERNAL and not change.value("base_url"):
        mistakes.setdefault("base_url", ["This field is required."])
    if mistakes:
        raise InvalidDataError(mistakes)


def _is_root(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and not (parts.username or parts.password or parts.query or parts.fragment)
        and " " not in url
    )


async def _check_packages(change: Change) -> None:
    mistakes = {}
    for field, table, column, what in (
        ("available_packages", "core_package", "fullname", "Package"),
        ("available_package_sets", "core_packageset", "name", "Package set"),
    ):
        if not change.values.get(field):
            continue
        rows = await change.database.fetch(
            f"SELECT x.{column} AS name, p.name AS project FROM {table} x "  # noqa: S608
            "JOIN core_project p ON p.id = $2 "
            "WHERE x.id = ANY($1::int[]) AND x.project_id <> $2 ORDER BY 1",
            change.values[field],
            change.value("project"),
        )
        if rows:
            mistakes[field] = [
                f"{what} {row['name']} must belong to the project {row['project']}" for row in rows
            ]
    if mistakes:
        raise InvalidDataError(mistakes)


async def _check_computers(change: Change) -> None:
    """Refuse CID attributes of computers that are not active; those it has already may stay."""
    mistakes = {}
    for field in ("included_attributes", "excluded_attributes"):
        added = set(change.values.get(field) or ()) - change.links_before.get(field, set())
        if not added:
            continue
        rows = await change.database.fetch(
            """
            SELECT coalesce(c.name, a.value) AS name
            FROM core_attribute a
            JOIN core_property p ON p.id = a.property_att_id AND p.prefix = 'CID'
            LEFT JOIN client_computer c ON c.id::text = a.value
            WHERE a.id = ANY($1::int[]) AND (c.id IS NULL OR c.status <> ALL($2::text[]))
            ORDER BY 1
            """,
            sorted(added),
            ACTIVE,
        )
        if rows:
            mistakes[field] = [
                f"It is not possible to assign an inactive computer ({row['name']}) as an attribute"
                for row in rows
            ]
    if mistakes:
        raise InvalidDataError(mistakes)


async def _move_copies(change: Change) -> None:
    """Have what is kept of the upstream go along with the name when the change is certain."""
    project = await change.database.fetchval(
        "SELECT slug FROM core_project WHERE id = $1", change.before["project_id"]
    )
    copies = change.settings.public_dir / project / PLACE
    old, new = change.before["slug"], change.value("slug")
    change.after_commit.append(partial(move_directory, copies / old, copies / new))


async def _remove_files(change: Change) -> None:
    """Have the files go when the change is certain; a build that runs is waited for."""
    before, public_dir = change.before, change.settings.public_dir
    row = await change.database.fetchrow(
        "SELECT slug, pms FROM core_project WHERE id = $1", before["project_id"]
    )
    project = row["slug"]
    if before["source"] == DeploymentSource.EXTERNAL:
        copies = public_dir / project / PLACE / before["slug"]
        change.after_commit.append(partial(remove_directory, copies))
        return
    await change.database.execute("SELECT pg_advisory_xact_lock($1, $2)", LOCK_SPACE, change.key)
    change.after_commit.append(
        partial(remove_repository, public_dir, row["pms"], project, before["slug"])
    )
