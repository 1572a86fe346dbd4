"""One stale repository becomes a served one. Contract: repositories 4 and 5."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from migas_tornado.db import Connection, connection
from migas_tornado.errors import MigasError
from migas_tornado.events import notify
from migas_tornado.pms import system
from migas_tornado.repositories.build import Build, BuildResult, Site, render
from migas_tornado.repositories.contents import (
    StaleRepository,
    find_stale,
    packages_with,
    wanted_packages,
)
from migas_tornado.repositories.keys import RepositoryKey
from migas_tornado.repositories.leftovers import NAME_LOCK_SPACE, hide_unused
from migas_tornado.repositories.progress import Progress
from migas_tornado.repositories.removal import served_repositories
from migas_tornado.repositories.streams import DamagedError
from migas_tornado.settings import Settings

log = logging.getLogger(__name__)

LOCK_SPACE = 0x6D677270
"""First key of the advisory lock that one builder of a deployment holds."""

RETRY_SECONDS = 60
"""A repository that could not be built is tried again after so long, or when it changes."""

FEW_GROUPS = 8
"""So many chunks are rendered in a thread: it takes less time than to start a process."""

_DUE = """
    SELECT deployment_id, CASE
        WHEN failed_at >= wanted_at THEN failed_at + make_interval(secs => $1)
        ELSE coalesce(built_at + make_interval(secs => $2), wanted_at)
    END AS due
    FROM core_repository
    WHERE wanted > built
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

_SUCCEED = """
    UPDATE core_repository
    SET built = $2, built_at = $3, failed_at = NULL, error = NULL, phase = NULL, done = 0,
        total = 0
    WHERE deployment_id = $1
"""

_FAIL = """
    UPDATE core_repository
    SET failed_at = $2, error = $3, phase = NULL, done = 0, total = 0
    WHERE deployment_id = $1
"""

_SLUGS = """
    SELECT d.slug
    FROM core_deployment d
    WHERE d.source = 'I' AND d.project_id = (
        SELECT project_id FROM core_deployment WHERE id = $1
    )
"""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Builds repositories with the parts of a running server."""

    settings: Settings
    key: RepositoryKey
    run_in_pool: Callable[..., Awaitable[Any]]

    async def due(self) -> dict[int, float]:
        """Return in how many seconds the stale repositories are to be built, longest waiting first.

        A change is published at once; further ones wait until the delay after that build is over,
        so that many changes in a burst become one build more.
        """
        async with connection() as database:
            rows = await database.fetch(_DUE, float(RETRY_SECONDS), self.settings.publish_delay)
        now = datetime.now(UTC)
        return {row["deployment_id"]: (row["due"] - now).total_seconds() for row in rows}

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
                return await self._publish_named(guard, deployment_id)
            finally:
                await guard.execute("SELECT pg_advisory_unlock($1, $2)", LOCK_SPACE, deployment_id)

    async def _publish_named(self, database: Connection, deployment_id: int) -> bool:
        """Build with the name of the repository held, so that nobody removes what has it."""
        stale = await find_stale(database, deployment_id)
        if stale is None:
            return False
        name = f"{stale.repository.project}/{stale.repository.deployment}"
        await database.execute("SELECT pg_advisory_lock($1, hashtext($2))", NAME_LOCK_SPACE, name)
        try:
            # Whoever had the name may have changed it.
            again = await find_stale(database, deployment_id)
            if again is None or again.repository != stale.repository:
                return False
            is_published = await self._publish_locked(database, again)
        finally:
            await database.execute(
                "SELECT pg_advisory_unlock($1, hashtext($2))", NAME_LOCK_SPACE, name
            )
        if is_published:
            await self._remove_leftovers(database, again)
        return is_published

    async def _publish_locked(self, database: Connection, stale: StaleRepository) -> bool:
        started = time.monotonic()
        progress = Progress(stale)
        try:
            if not system(stale.pms).can_build:
                raise MigasError(f"Repositories of {stale.pms} cannot be built yet.")
            try:
                result = await self._build(database, progress, from_scratch=stale.from_scratch)
            except DamagedError as error:
                log.warning("repository is built from scratch: %s", error)
                result = await self._build(database, progress, from_scratch=True)
        except (OSError, MigasError) as error:
            progress.end(is_good=False)
            await _fail(database, stale, str(error))
            return False
        await _succeed(database, stale, result)
        progress.end(is_good=True)
        log.info(
            "repository published: project=%s deployment=%s packages=%d rendered=%d seconds=%.3f",
            stale.repository.project,
            stale.repository.deployment,
            result.packages,
            progress.done,
            time.monotonic() - started,
        )
        return True

    async def _build(
        self, database: Connection, progress: Progress, *, from_scratch: bool
    ) -> BuildResult:
        stale, settings = progress.stale, self.settings
        site = Site(settings.public_dir, settings.store_dir, stale.pms, stale.repository)
        wanted = await wanted_packages(database, stale)
        now = datetime.now(UTC)
        begin = partial(Build.begin, from_scratch=from_scratch)
        build = await in_thread(begin, site, wanted, now)
        try:
            progress.begin(sum(map(len, build.groups)))
            run = in_thread if len(build.groups) <= FEW_GROUPS else self.run_in_pool
            for keys in build.groups:
                packages = await in_thread(build.admit, await packages_with(database, keys))
                chunk = await run(render, stale.pms, stale.repository, packages)
                await in_thread(build.add, packages, chunk)
                await progress.advance(database, len(keys))
            await progress.enter(database, "writing")
            return await in_thread(build.complete, await self.key.signer(stale.pms))
        except BaseException:
            await asyncio.shield(asyncio.to_thread(build.abandon))
            raise

    async def _remove_leftovers(self, database: Connection, stale: StaleRepository) -> None:
        """Remove what the project's deployments left under the names that they had before."""
        public_dir, project = self.settings.public_dir, stale.repository.project
        found = await asyncio.to_thread(served_repositories, public_dir, stale.pms, project)
        # By its deployments, not by its slug, which may be another by now.
        rows = await database.fetch(_SLUGS, stale.id)
        for slug in found - {row["slug"] for row in rows}:
            try:
                await hide_unused(database, public_dir, stale.pms, project, slug)
            except OSError as error:
                log.error("repository not removed: %s/%s: %s", project, slug, error)


async def in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    """Run a function in a thread, and when given up, wait for its end before saying so.

    Otherwise what the function still does would meet what is cleaned up after it.
    """
    task = asyncio.ensure_future(asyncio.to_thread(function, *arguments))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


async def _succeed(database: Connection, stale: StaleRepository, result: BuildResult) -> None:
    await database.execute(_SUCCEED, stale.id, stale.wanted, datetime.now(UTC))
    messages = [f"Repository metadata for {stale.what} created"]
    if result.left_out:
        names = ", ".join(result.left_out)
        messages.append(f"Left out of the repository of {stale.what}: {names}")
    await notify(database, *messages)


async def _fail(database: Connection, stale: StaleRepository, error: str) -> None:
    log.error("repository not published: deployment=%s: %s", stale.repository.deployment, error)
    await database.execute(_FAIL, stale.id, datetime.now(UTC), error)
    await notify(
        database,
        f"An error occurred during repository metadata creation for {stale.what}: {error}",
    )
