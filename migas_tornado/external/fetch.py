"""One file of an upstream becomes a copy, or stays the one that it is. Contract: repositories 6."""

import asyncio
import time
from pathlib import Path

from migas_tornado.errors import MigasError, UnavailableError
from migas_tornado.external.copies import Copy, Note, find, modified_ns, write_note
from migas_tornado.external.drafts import Draft, create_draft, draft_path, make_draft_directory
from migas_tornado.external.failures import SilentUpstreamError, UnverifiableError, UpstreamError
from migas_tornado.external.locks import lock_path, try_lock, unlock
from migas_tornado.external.source import Source, expected_sha256
from migas_tornado.external.upstream import Response, Upstream
from migas_tornado.settings import MEBIBYTE, Settings

LOCK_SECONDS = 0.2
"""How often a lock is tried that another replica has."""


class Fetch:
    """The fetch of a file, which many may wait for.

    Args:
        settings: where the copies are, and the limits.
        upstream: asks it.
        source: the deployment.
        resource: path of the file at the upstream.
        asked_at: when it was asked for; a copy that turned out to be good since then is enough.

    Attributes:
        draft: what comes, once it does; None when the copy is still good.
        failure: why there is nothing to have.
        settled: set when one of the two is known, or that the copy is good.
        over: set when nothing more comes.
    """

    def __init__(
        self,
        settings: Settings,
        upstream: Upstream,
        source: Source,
        resource: str,
        asked_at: float,
    ) -> None:
        self.source = source
        self.resource = resource
        self.draft: Draft | None = None
        self.failure: MigasError | None = None
        self.settled = asyncio.Event()
        self.over = asyncio.Event()
        self._upstream = upstream
        self._public_dir = settings.public_dir
        self._max_bytes = settings.external_max_bytes
        self._seconds = settings.external_seconds
        self._root = source.directory(settings.public_dir)
        self._url = source.url(resource)
        self._oldest_check = source.oldest_check(resource, asked_at)

    async def run(self) -> None:
        """Fetch it; afterwards either it is kept or `failure` says why not."""
        try:
            async with asyncio.timeout(self._seconds):
                await self._fetch()
            self._finish()
        except TimeoutError:
            self.fail(SilentUpstreamError(f"{self._url} took more than {self._seconds} seconds."))
        except MigasError as error:
            self.fail(error)
        except OSError as error:
            self.fail(UnavailableError(f"The copy cannot be written: {error.strerror or error}."))

    def fail(self, error: MigasError) -> None:
        """Tell those who wait that there is nothing to have."""
        self.failure = error
        self._finish()

    def _finish(self) -> None:
        self.settled.set()
        self.over.set()

    async def _fetch(self) -> None:
        drafts = await asyncio.to_thread(make_draft_directory, self._root, self._public_dir)
        lock = lock_path(drafts, self.resource)
        descriptor = await self._lock(lock)
        try:
            await self._fetch_locked()
        finally:
            if self.draft is not None:
                self.draft.end()
                await asyncio.to_thread(self.draft.discard)
            await asyncio.to_thread(unlock, lock, descriptor)

    async def _lock(self, path: Path) -> int:
        while True:
            descriptor = await asyncio.to_thread(try_lock, path)
            if descriptor is not None:
                return descriptor
            await asyncio.sleep(LOCK_SECONDS)

    async def _fetch_locked(self) -> None:
        # Looked at again: another replica, or a fetch that has just ended, may have brought it.
        copy = await asyncio.to_thread(find, self._root, self.resource)
        note = None
        if isinstance(copy, Copy):
            copy.file.close()
            if copy.is_good(self._url, self._oldest_check):
                return
            if copy.note is not None and copy.note.url == self._url and copy.file.size:
                note = copy.note
        conditions = note.conditions() if note else {}
        async with self._upstream.get(self._url, conditions) as response:
            if note and conditions and isinstance(copy, Copy) and response.status == 304:
                await self._note(note, copy.file.inode)
            else:
                await self._take(response)

    async def _take(self, response: Response) -> None:
        self._check(response)
        last_modified = response.headers.get("Last-Modified", "")
        note = Note(self._url, response.headers.get("Etag", ""), last_modified)
        sha256 = expected_sha256(self.resource)
        draft = self.draft = await asyncio.to_thread(
            create_draft,
            self._root,
            response.length,
            modified_ns(last_modified, time.time()),
        )
        self.settled.set()
        async for chunk in response.chunks():
            if draft.written + len(chunk) > self._max_bytes:
                raise self._too_large()
            await draft.append(chunk, hashed=sha256 is not None)
        await draft.keep(self._root / self.resource, self._public_dir, sha256)
        if not self.source.is_permanent(self.resource):
            await self._note(note, draft.inode)

    def _check(self, response: Response) -> None:
        status = response.status
        if status != 200:
            is_error = 400 <= status < 600
            raise UpstreamError(
                f"{response.url} answers with status {status}.", status if is_error else None
            )
        if not response.is_delimited:
            # A length, or pieces of which the last is marked; without, a part would pass for all.
            raise UnverifiableError(f"{response.url} does not say how long it is.")
        if (response.length or 0) > self._max_bytes:
            raise self._too_large()

    def _too_large(self) -> UpstreamError:
        most = self._max_bytes // MEBIBYTE
        return UpstreamError(f"{self._url} has more than {most} MiB (MIGAS_EXTERNAL_MAX_MIB).")

    async def _note(self, note: Note, inode: int) -> None:
        path, draft = self._root / self.resource, draft_path(self._root)
        await asyncio.to_thread(write_note, path, inode, note, draft)
