"""Packages and sets copied to another project. Contract: repositories 8.

Contents are kept once under their hash: a copy is a record and a further name on a shelf.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from migas_tornado.accounts.callers import Caller
from migas_tornado.db import Connection
from migas_tornado.errors import InvalidDataError
from migas_tornado.repositories import store
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.visibility import by_project
from migas_tornado.settings import Settings

_STORES = """
    INSERT INTO core_store (name, slug, project_id)
    SELECT DISTINCT ON (s.slug) s.name, s.slug, $2::int
    FROM core_package p
    JOIN core_packagefile f ON f.package_id = p.id
    JOIN core_store s ON s.id = p.store_id
    WHERE p.id = ANY($1::int[])
    ORDER BY s.slug
    ON CONFLICT (project_id, slug) DO NOTHING
"""

_PACKAGES = """
    INSERT INTO core_package AS k
        (project_id, fullname, name, version, architecture, store_id)
    SELECT $2::int, p.fullname, p.name, p.version, p.architecture, target.id
    FROM core_package p
    JOIN core_packagefile f ON f.package_id = p.id
    JOIN core_store s ON s.id = p.store_id
    JOIN core_store target ON target.project_id = $2 AND target.slug = s.slug
    WHERE p.id = ANY($1::int[])
    ORDER BY p.fullname
    ON CONFLICT (project_id, fullname) DO UPDATE
    SET store_id = coalesce(k.store_id, excluded.store_id)
"""

_FILES = """
    INSERT INTO core_packagefile (package_id, sha256, md5, size, metadata, created_at)
    SELECT target.id, f.sha256, f.md5, f.size, f.metadata, now()
    FROM core_package p
    JOIN core_packagefile f ON f.package_id = p.id
    JOIN core_package target ON target.project_id = $2 AND target.fullname = p.fullname
    WHERE p.id = ANY($1::int[]) AND p.store_id IS NOT NULL
    ON CONFLICT (package_id) DO NOTHING
"""

_LOCK = """
    SELECT FROM core_package p WHERE p.id = ANY($1::int[]) ORDER BY p.id FOR SHARE
"""

_COPIES = """
    SELECT p.id AS source, target.id AS copy, target.fullname, s.slug AS store, f.sha256,
        j.slug AS project
    FROM core_package p
    JOIN core_package target ON target.project_id = $2 AND target.fullname = p.fullname
    JOIN core_store s ON s.id = target.store_id
    JOIN core_packagefile f ON f.package_id = target.id
    JOIN core_project j ON j.id = target.project_id
    WHERE p.id = ANY($1::int[])
"""

_NEW_SETS = """
    SELECT s.id, array_remove(array_agg(m.package_id), NULL) AS packages
    FROM core_packageset s
    LEFT JOIN core_packageset_packages m ON m.packageset_id = s.id
    WHERE s.id = ANY($1::int[]) AND NOT EXISTS (
        SELECT FROM core_packageset o WHERE o.project_id = $2 AND o.name = s.name
    )
    GROUP BY s.id
"""

_SETS = """
    INSERT INTO core_packageset (name, description, project_id, store_id)
    SELECT s.name, s.description, $2, t.id
    FROM core_packageset s
    LEFT JOIN core_store o ON o.id = s.store_id
    LEFT JOIN core_store t ON t.project_id = $2 AND t.slug = o.slug
    WHERE s.id = ANY($1::int[])
"""

_SETS_THERE = """
    SELECT s.id, t.id AS copy FROM core_packageset s
    JOIN core_packageset t ON t.project_id = $2 AND t.name = s.name
    WHERE s.id = ANY($1::int[])
"""

_MEMBERS = """
    INSERT INTO core_packageset_packages (packageset_id, package_id)
    SELECT * FROM unnest($1::int[], $2::int[]) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Target:
    """The project into which something is copied."""

    id: int
    pms: str


@dataclass(slots=True)
class Copied:
    """What a copy answers, and the files that have to be offered when it is certain."""

    answer: dict[str, Any]
    offers: list[Any] = field(default_factory=list)


async def find_target(database: Connection, caller: Caller, key: int) -> Target | None:
    """Return a project that the caller sees, or None."""
    parameters = Parameters()
    place = parameters.add(key, "bigint")
    visible = by_project("id")(caller, parameters) or "true"
    row = await database.fetchrow(
        f"SELECT t.id, t.pms FROM core_project t WHERE t.id = {place} AND {visible} "  # noqa: S608
        "FOR KEY SHARE OF t",
        *parameters.values,
    )
    return None if row is None else Target(row["id"], row["pms"])


def check_same_system(pms: str, target: Target) -> None:
    """Check that a project can use the packages of another.

    Raises:
        InvalidDataError: they have different package management systems.
    """
    if pms != target.pms:
        raise InvalidDataError(f"Packages of {pms} are of no use in a project of {target.pms}.")


async def copy_packages(
    database: Connection, packages: list[int], target: Target
) -> tuple[dict[int, int], list[Any]]:
    """Copy packages that have a file; those of the same name that are there are used as they are.

    Returns:
        Package -> its copy, and what `offer_copies` needs.
    """
    # None is deleted before the copy is certain: its content has a record all the time.
    await database.execute(_LOCK, packages)
    for statement in (_STORES, _PACKAGES, _FILES):
        await database.execute(statement, packages, target.id)
    rows = await database.fetch(_COPIES, packages, target.id)
    return {row["source"]: row["copy"] for row in rows}, rows


def offer_copies(settings: Settings, offers: list[Any]) -> None:
    """Offer copied packages on their shelves; what is missing in the store is left out."""
    for row in offers:
        shelf: Path = store.shelf_path(settings.public_dir, row["project"], row["store"])
        try:
            store.offer(settings.store_dir, row["sha256"], shelf, row["fullname"])
        except FileNotFoundError:
            continue


async def copy_package_set(database: Connection, key: int, target: Target) -> Copied:
    """Copy a package set with its packages, unless the project has one of that name.

    Raises:
        InvalidDataError: it is a set of the same project, or of another system.
    """
    row = await database.fetchrow(
        "SELECT s.name, s.project_id, p.pms FROM core_packageset s "
        "JOIN core_project p ON p.id = s.project_id WHERE s.id = $1",
        key,
    )
    if row["project_id"] == target.id:
        raise InvalidDataError("Source and destination project must be different.")
    check_same_system(row["pms"], target)
    made = await copy_sets(database, [key], target)
    if key not in made.created:
        return Copied({"created": False, "skipped_name": row["name"], "copied_packages": 0})
    answer = {
        "created": True,
        "package_set_id": made.sets[key],
        "package_set_name": row["name"],
        "copied_packages": len(made.offers),
    }
    return Copied(answer, made.offers)


@dataclass(frozen=True, slots=True)
class CopiedSets:
    """Sets that a project has after copying."""

    sets: dict[int, int]
    """Set -> the one of its name in the target project."""
    created: set[int]
    """Sets that were not there before."""
    offers: list[Any]


async def copy_sets(database: Connection, sets: list[int], target: Target) -> CopiedSets:
    """Copy sets with their packages; those of the same name that are there stay as they are."""
    new = await database.fetch(_NEW_SETS, sets, target.id)
    created = [row["id"] for row in new]
    packages = [package for row in new for package in row["packages"]]
    copies, offers = await copy_packages(database, packages, target)
    await database.execute(_SETS, created, target.id)
    rows = await database.fetch(_SETS_THERE, sets, target.id)
    found = {row["id"]: row["copy"] for row in rows}
    members = [
        (found[row["id"]], copies[package])
        for row in new
        for package in row["packages"]
        if package in copies
    ]
    await database.execute(
        _MEMBERS, [one for one, _ in members], [package for _, package in members]
    )
    return CopiedSets(found, set(created), offers)
