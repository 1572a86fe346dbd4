"""How far the builds of repositories are: for the bus, the API and the log."""

import logging
import time
from dataclasses import dataclass, field

from migas_tornado.bus import Channel, announce
from migas_tornado.db import Connection
from migas_tornado.repositories.contents import StaleRepository

log = logging.getLogger(__name__)

TELL_SECONDS = 0.5
"""A build that takes longer tells how far it is, so far apart."""
LOG_SECONDS = 10.0

_WRITE = """
    UPDATE core_repository SET phase = $2, done = $3, total = $4 WHERE deployment_id = $1
"""


@dataclass(slots=True)
class Progress:
    """How far a build is.

    Attributes:
        stale: what is built.
        phase: `rendering` (packages are counted), `writing` or nothing.
        done: of the phase.
        total: of the phase.
    """

    stale: StaleRepository
    total: int = 0
    done: int = 0
    phase: str = "rendering"
    _told_at: float = field(default_factory=time.monotonic)
    _logged_at: float = field(default_factory=time.monotonic)

    def begin(self, total: int) -> None:
        """Note that a build began."""
        self.total = total
        self._announce("running")

    async def advance(self, database: Connection, done: int) -> None:
        """Note that so many packages more are rendered."""
        self.done += done
        await self._tell(database)

    async def enter(self, database: Connection, phase: str) -> None:
        """Note that another phase began."""
        self.phase = phase
        await self._tell(database)

    def end(self, *, is_good: bool) -> None:
        """Note that the build ended; what the database says of it ends with its state."""
        self._announce("done" if is_good else "failed")

    async def _tell(self, database: Connection) -> None:
        now = time.monotonic()
        if now - self._told_at < TELL_SECONDS:
            return
        self._told_at = now
        self._announce("running")
        await database.execute(_WRITE, self.stale.id, self.phase, self.done, self.total)
        if now - self._logged_at >= LOG_SECONDS:
            self._logged_at = now
            log.info(
                "repository being built: project=%s deployment=%s phase=%s done=%d total=%d",
                self.stale.repository.project,
                self.stale.repository.deployment,
                self.phase,
                self.done,
                self.total,
            )

    def _announce(self, state: str) -> None:
        percent = 100 * self.done // self.total if self.total else None
        announce(
            Channel.BUILDS,
            kind="repository",
            id=self.stale.id,
            name=self.stale.name,
            project=self.stale.project_id,
            state=state,
            percent=100 if state == "done" else percent,
            phase=self.phase,
            done=self.done,
            total=self.total,
        )
