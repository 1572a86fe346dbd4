"""One stale repository becomes a served one. Contract: repositories 4 and 5.1."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from migas_tornado.db import Connection, connection
from migas_tornado.errors import MigasError
from migas_tornado.events import notify
from migas_tornado.repositories import apt, store
from migas_tornado.repositories.keys import RepositoryKey
from migas_tornado.repositories.removal import remove_repository, served_repositories
from migas_tornado.settings import Settings

log = logging.getLogger(__name__)

LOCK_SPACE = 0x6D677270
"""First key of the advisory lock that one builder of a deployment holds."""

RETRY_SECONDS = 60
"""A repository that could not be built is tried again after so long, or when it changes."""

_STALE = """
    SELECT deployment_id
    FROM core_repository
    WHERE wanted > built
        AND wanted_at <= $1
        AND (failed_at IS NULL OR failed_at < wanted_at OR failed_at < $2)
    ORDER BY wanted_at
"""

_ADOPT = """
    INSERT INTO core_repository (deployment_id, wanted, wanted_at, built)
    SELECT d.id, 1, now(), 0
    FROM core_deployment d
    WHERE d.source = 'I' AND NOT EXISTS (
        SELECT FROM core_repository r WHERE r.deployment_id = d.id
    )
    ON CONFLICT DO NOTHING
"""

_DEPLOYMENT = """
    SELECT r.wanted, d.id, d.name, d.slug, p.name AS project_name, p.slug AS project, p.pms,
        p.architecture
    FROM core_repository r
    JOIN core_deployment d ON d.id = r.deployment_id
    JOIN core_project p ON p.id = d.project_id
    WHERE d.id = $1 AND r.wanted > r.built
"""

_PACKAGES = """
    SELECT p.fullname AS filename, s.slug AS store, p.architecture, f.metadata AS stanza, f.size,
        f.md5, f.sha256
    FROM (
        SELECT package_id FROM core_deployment_available_packages WHERE deployment_id = $1
        UNION
        SELECT m.package_id
        FROM core_deployment_available_package_sets d
        JOIN core_packageset_packages m ON m.packageset_id = d.packageset_id
        WHERE d.deployment_id = $1
    ) AS published
    JOIN core_package p ON p.id = published.package_id
    JOIN core_store s ON s.id = p.store_id
    JOIN core_packagefile f ON f.package_id = p.id
"""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Builds repositories with the parts of a running server."""

    settings: Settings
    key: RepositoryKey
    run_in_pool: Callable[..., Awaitable[Any]]

    async def stale(self) -> list[int]:
        """Return the deployments whose repository is to be built now, longest waiting first.

        A change waits for a moment, so that many changes in a burst become one build.
        """
        now = datetime.now(UTC).timestamp()
        async with connection() as database:
            rows = await database.fetch(
                _STALE,
                datetime.fromtimestamp(now - self.settings.publish_delay, UTC),
                datetime.fromtimestamp(now - RETRY_SECONDS, UTC),
            )
        return [row["deployment_id"] for row in rows]

    async def adopt(self) -> None:
        """Mark the repositories of deployments that another program made in the database."""
        async with connection() as database:
            await database.execute(_ADOPT)

    async def publish(self, deployment_id: int) -> bool:
        """Build the repository of a deployment if it is stale and nobody else is building it.

        Returns:
            Whether a new version is served.
        """
        async with connection() as guard:
            if not await guard.fetchval(
                "SELECT pg_try_advisory_lock($1, $2)", LOCK_SPACE, deployment_id
            ):
                return False
            try:
                return await self._publish_locked(guard, deployment_id)
            finally:
                await guard.execute("SELECT pg_advisory_unlock($1, $2)", LOCK_SPACE, deployment_id)

    async def _publish_locked(self, database: Connection, deployment_id: int) -> bool:
        # The number is read before the packages: a change in between leaves the mark.
        row = await database.fetchrow(_DEPLOYMENT, deployment_id)
        if row is None:
            return False
        if row["pms"] != "apt":
            await _fail(database, row, f"Repositories of {row['pms']} cannot be built yet.")
            return False
        packages = await database.fetch(_PACKAGES, deployment_id)
        started = datetime.now(UTC)
        repository = apt.AptRepository(
            public_dir=self.settings.public_dir,
            project=row["project"],
            deployment=row["slug"],
            architectures=tuple(row["architecture"].split()),
            packages=tuple(apt.PublishedPackage(**package) for package in packages),
            key=await self.key.ready(),
            now=started,
        )
        try:
            result = await self.run_in_pool(build, repository, self.settings.store_dir)
        except (OSError, MigasError) as error:
            await _fail(database, row, str(error))
            return False
        await _succeed(database, row, result)
        await self._remove_leftovers(database, row["project"])
        seconds = (datetime.now(UTC) - started).total_seconds()
        log.info(
            "repository published: project=%s deployment=%s packages=%d seconds=%.2f",
            row["project"],
            row["slug"],
            result.packages,
            seconds,
        )
        return True

    async def _remove_leftovers(self, database: Connection, project: str) -> None:
        """Remove what the project's deployments left under the names that they had before."""
        public_dir = self.settings.public_dir
        # Looked at before the table: who has a directory by now has a row.
        found = await asyncio.to_thread(served_repositories, public_dir, project)
        rows = await database.fetch(
            "SELECT d.slug FROM core_deployment d JOIN core_project p ON p.id = d.project_id "
            "WHERE p.slug = $1 AND d.source = 'I'",
            project,
        )
        for slug in found - {row["slug"] for row in rows}:
            remove_repository(public_dir, project, slug)


def build(repository: apt.AptRepository, store_dir: Path) -> apt.BuildResult:
    """Build a repository, in a worker process; files missing on their shelf are offered again."""
    for package in repository.packages:
        shelf = store.shelf_path(repository.public_dir, repository.project, package.store)
        try:
            store.offer(store_dir, package.sha256, shelf, package.filename)
        except FileNotFoundError:
            continue  # the build leaves it out, and says so
    return apt.build(repository)


async def _succeed(database: Connection, row: Any, result: apt.BuildResult) -> None:
    await database.execute(
        "UPDATE core_repository SET built = $2, built_at = $3, failed_at = NULL, error = NULL "
        "WHERE deployment_id = $1",
        row["id"],
        row["wanted"],
        datetime.now(UTC),
    )
    what = f"deployment [{row['name']}] in project [{row['project_name']}]"
    messages = [f"Repository metadata for {what} created"]
    if result.left_out:
        names = ", ".join(result.left_out)
        messages.append(f"Left out of the repository of {what}: {names}")
    await notify(database, *messages)


async def _fail(database: Connection, row: Any, error: str) -> None:
    log.error("repository not published: deployment=%s: %s", row["slug"], error)
    await database.execute(
        "UPDATE core_repository SET failed_at = $2, error = $3 WHERE deployment_id = $1",
        row["id"],
        datetime.now(UTC),
        error,
    )
    await notify(
        database,
        "An error occurred during repository metadata creation for deployment "
        f"[{row['name']}] in project [{row['project_name']}]: {error}",
    )
