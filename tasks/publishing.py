"""The task that builds stale repositories: at once when told of one, and in any case when looking.

What has to be built stands in the database; a message on the bus only says that looking pays.
"""

import asyncio
import logging
import time

import asyncpg

from migas_tornado.bus import Bus, Channel, Message
from migas_tornado.repositories.publish import RETRY_SECONDS, Publisher

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""A change that nobody told of is found after so long."""
REST_SECONDS = 0.25
"""One that another replica is building is left alone for so long."""
MOST_BUILDS = 2
"""At once; a small change does not wait for a large build."""


class Publishing:
    """Builds repositories from `start` until `stop`."""

    def __init__(self, publisher: Publisher, bus: Bus) -> None:
        self._publisher = publisher
        self._bus = bus
        self._news = asyncio.Event()
        self._builds: dict[int, asyncio.Task[None]] = {}
        self._resting: dict[int, float] = {}
        """Deployment -> when a build is tried again whose failure could not be recorded."""
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look for stale repositories."""
        for channel in (Channel.STALE_REPOSITORIES, Channel.RESUMED):
            self._bus.listen(channel, self._hear)
        self._task = asyncio.create_task(self._run())

    async def stop(self, seconds: float) -> None:
        """Begin no more builds, and wait so long for those that run before giving them up.

        What is given up stays stale, and is built after the next start.
        """
        for channel in (Channel.STALE_REPOSITORIES, Channel.RESUMED):
            self._bus.unlisten(channel, self._hear)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._builds:
            _, pending = await asyncio.wait(self._builds.values(), timeout=seconds)
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)

    def _hear(self, message: Message) -> None:
        for deployment in message.content.get("deployments", ()):  # it changed
            self._resting.pop(deployment, None)
        self._news.set()

    async def _run(self) -> None:
        while True:
            self._news.clear()
            pause = LOOK_SECONDS
            try:
                pause = self._begin(await self._publisher.due())
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("stale repositories cannot be looked for now: %s", error)
            except Exception:
                log.exception("looking for stale repositories failed")
            try:
                async with asyncio.timeout(pause):
                    await self._news.wait()
            except TimeoutError:
                continue

    def _begin(self, due: dict[int, float]) -> float:
        """Begin the builds that are due, and return when to look again."""
        pause, now = LOOK_SECONDS, time.monotonic()
        for deployment, seconds in due.items():
            if deployment in self._builds or self._resting.get(deployment, now) > now:
                continue
            self._resting.pop(deployment, None)
            if seconds > 0:
                pause = min(pause, seconds)
            elif len(self._builds) < MOST_BUILDS:
                self._builds[deployment] = asyncio.create_task(self._build(deployment))
        return pause

    async def _build(self, deployment: int) -> None:
        try:
            if not await self._publisher.publish(deployment):
                await asyncio.sleep(REST_SECONDS)
        except asyncio.CancelledError:
            log.info("the build of deployment %d was given up, as the server stops", deployment)
            raise
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            self._resting[deployment] = time.monotonic() + RETRY_SECONDS
            log.warning("the build of deployment %d will be tried again: %s", deployment, error)
        except Exception:
            self._resting[deployment] = time.monotonic() + RETRY_SECONDS
            log.exception("the build of deployment %d failed", deployment)
        finally:
            del self._builds[deployment]
            self._news.set()
