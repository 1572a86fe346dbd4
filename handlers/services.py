"""What handlers may use; built once by the server."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from handlers.api.throttle import Throttle
from handlers.live.listeners import Listeners
from migas_tornado.accounts.jwt import TokenSigner
from migas_tornado.bus import Bus
from migas_tornado.certificates.office import CertificateOffice
from migas_tornado.enrolment.projects import Projects
from migas_tornado.envelope import Sealers
from migas_tornado.external.mirror import Mirror
from migas_tornado.keys.accepted import Partners
from migas_tornado.keys.pairs import KeyPair, KeyRing
from migas_tornado.legacy.signature import Signer
from migas_tornado.live.feeds import Feeds
from migas_tornado.load import Load
from migas_tornado.repositories.client_keys import ClientKeys
from migas_tornado.repositories.keys import RepositoryKey
from migas_tornado.repositories.uploads import Uploads
from migas_tornado.settings import Settings
from migas_tornado.synchronization.messages import LiveMessages


class Requests:
    """The requests that are being answered now; a stopping server waits for them."""

    def __init__(self) -> None:
        self._running: set[object] = set()
        self._none = asyncio.Event()
        self._none.set()

    def add(self, request: object) -> None:
        """Note that a request began."""
        self._running.add(request)
        self._none.clear()

    def discard(self, request: object) -> None:
        """Note that a request ended, however it did."""
        self._running.discard(request)
        if not self._running:
            self._none.set()

    def __len__(self) -> int:
        return len(self._running)

    async def finished(self, seconds: float) -> None:
        """Wait until none is running, but not longer than some seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._none.wait()


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of a running server that requests need."""

    settings: Settings
    bus: Bus
    keys: KeyRing
    server_pair: KeyPair
    partners: Partners
    sealers: Sealers
    projects: Projects
    messages: LiveMessages
    repository_key: RepositoryKey
    client_keys: ClientKeys
    uploads: Uploads
    mirror: Mirror
    signer: TokenSigner
    feeds: Feeds
    certificates: CertificateOffice
    load: Load
    run_in_pool: Callable[..., Awaitable[Any]]
    requests: Requests = field(default_factory=Requests)
    legacy_signer: Signer = field(default_factory=Signer)
    throttle: Throttle = field(default_factory=Throttle)
    listeners: Listeners = field(default_factory=Listeners)
