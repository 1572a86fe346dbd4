"""Files of upstreams, from the copies or from the upstream itself. Contract: agent-v5 4.1.

However many ask for a file at once, it is fetched once, and all of them read it while it comes.
"""

import asyncio
import logging
import time
from pathlib import Path
from weakref import WeakValueDictionary

from migas_tornado.errors import MigasError, NotFoundError, UnavailableError
from migas_tornado.external.copies import Copy, IsDirectory, find, mark_used
from migas_tornado.external.drafts import GrowingFile
from migas_tornado.external.failures import Failures, SilentUpstreamError
from migas_tornado.external.fetch import Fetch
from migas_tornado.external.source import Source
from migas_tornado.external.upstream import Upstream
from migas_tornado.open_files import OpenFile
from migas_tornado.settings import Settings

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 5
"""Who can have an old copy does not wait longer for the upstream; the fetch goes on without him."""
SILENCE_SECONDS = 60
"""An upstream that did not answer is not waited for again for so long, where there are copies."""
REMEMBERED_UPSTREAMS = 1000
UPSTREAM_SHARE = 4
"""One upstream has at most so great a part of all fetches: a quarter."""


class Mirror:
    """Serves files of upstreams.

    Args:
        settings: where the copies are, and the limits.
    """

    def __init__(self, settings: Settings) -> None:
        self._public_dir = settings.public_dir
        self._settings = settings
        self._upstream = Upstream(settings)
        self._failures = Failures()
        self._turns = asyncio.Semaphore(settings.external_fetches)
        self._turns_of: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._running: dict[Path, Fetch] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._silent: dict[str, float] = {}

    async def open(
        self, source: Source, resource: str, asked_by: str, *, is_directory: bool = False
    ) -> OpenFile | None:
        """Open a file of an upstream, whole or growing.

        Args:
            source: the deployment.
            resource: path of the file at the upstream.
            asked_by: address of the computer, for the administrators.
            is_directory: whether it is asked for as a directory.

        Returns:
            The file, or None when it is a directory.

        Raises:
            MigasError: there is no copy and none can be had.
        """
        if not resource:
            return None
        asked_at = time.time()
        root = source.directory(self._public_dir)
        copy = await asyncio.to_thread(find, root, resource)
        if isinstance(copy, IsDirectory):
            return None
        if is_directory:
            raise NotFoundError(f"URL not exists: {source.path(resource)}/")
        if copy is None:
            return await self._fetched(source, resource, asked_by, asked_at)
        url, oldest_check = source.url(resource), source.oldest_check(resource, asked_at)
        if not copy.is_good(url, oldest_check) and not self._is_silent(source):
            renewed = await self._renewed(source, resource, asked_by, asked_at)
            if renewed is not None:
                copy.file.close()
                return renewed
        await asyncio.to_thread(mark_used, copy.file)
        return copy.file

    async def close(self) -> None:
        """Give up what is being fetched; nothing of it stays."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._upstream.close()

    async def _renewed(
        self, source: Source, resource: str, asked_by: str, asked_at: float
    ) -> OpenFile | None:
        """Return a newer file than the copy, or None if the copy has to do."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                file = await self._fetched(source, resource, asked_by, asked_at)
        except (MigasError, TimeoutError) as error:
            log.info("old copy served: path=%s: %s", source.path(resource), error)
            return None
        # What has begun could break off, but who has a copy to get should get something whole.
        if isinstance(file, GrowingFile) and await file.draft.fails_within(PATIENCE_SECONDS):
            file.close()
            return None
        return file

    async def _fetched(
        self, source: Source, resource: str, asked_by: str, asked_at: float
    ) -> OpenFile:
        fetch = self._fetch(source, resource, asked_by, asked_at)
        await fetch.settled.wait()
        if fetch.failure is not None:
            raise fetch.failure
        draft = fetch.draft
        if draft is not None and not draft.is_over and draft.size is not None:
            return draft.open()
        await fetch.over.wait()  # its length is not known before
        if fetch.failure is not None:
            raise fetch.failure
        copy = await asyncio.to_thread(find, source.directory(self._public_dir), resource)
        if not isinstance(copy, Copy):
            raise NotFoundError(f"URL not exists: {source.path(resource)}")
        await asyncio.to_thread(mark_used, copy.file)
        return copy.file

    def _fetch(self, source: Source, resource: str, asked_by: str, asked_at: float) -> Fetch:
        """Return the fetch of a file, which is begun if nobody else did."""
        path = source.directory(self._public_dir) / resource
        if path in self._running:
            return self._running[path]
        fetch = self._running[path] = Fetch(
            self._settings, self._upstream, source, resource, asked_at
        )
        task = asyncio.create_task(self._run(path, fetch, asked_by))
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return fetch

    async def _run(self, path: Path, fetch: Fetch, asked_by: str) -> None:
        try:
            async with self._turns_at(fetch.source), self._turns:
                await fetch.run()
        finally:
            del self._running[path]
            if not fetch.over.is_set():
                fetch.fail(UnavailableError("The server could not fetch this; please try again."))
        if fetch.failure is None:
            return
        if isinstance(fetch.failure, SilentUpstreamError):
            if len(self._silent) >= REMEMBERED_UPSTREAMS:
                self._silent.clear()
            self._silent[fetch.source.base_url] = time.monotonic() + SILENCE_SECONDS
        await self._failures.report(fetch.source, fetch.resource, asked_by, fetch.failure)

    def _turns_at(self, source: Source) -> asyncio.Semaphore:
        """Return what keeps one slow upstream from having all the turns."""
        turns = self._turns_of.get(source.base_url)
        if turns is None:
            most = max(1, self._settings.external_fetches // UPSTREAM_SHARE)
            turns = self._turns_of[source.base_url] = asyncio.Semaphore(most)
        return turns

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("fetch failed", exc_info=error)

    def _is_silent(self, source: Source) -> bool:
        return self._silent.get(source.base_url, 0) > time.monotonic()
