"""What can go wrong with an upstream, and how administrators learn of it.

Contract: agent-v5 4.1, repositories 6.
"""

import logging
import time
from collections import OrderedDict
from dataclasses import dataclass, field

import asyncpg

from migas_tornado.db import transaction
from migas_tornado.errors import ForbiddenError, MigasError
from migas_tornado.events import notify
from migas_tornado.external.source import Source

log = logging.getLogger(__name__)

QUIET_SECONDS = 3600
"""A failure is told once in so long."""
TOLD_RESOURCES = 10
"""So many resources of a deployment are told of in that time; a computer with a wrong list asks for
thousands that are not there."""
REMEMBERED_DEPLOYMENTS = 1000


class UpstreamError(MigasError):
    """The upstream does not give the file; when it said why, with the number that it answered.

    Attributes:
        answered: status of its answer; None when there was none that could be used.
    """

    def __init__(self, message: str, answered: int | None = None) -> None:
        super().__init__(message)
        self.answered = answered


class SilentUpstreamError(UpstreamError):
    """The upstream cannot be reached, or stopped to send; who asks again would have to wait."""


class UnverifiableError(MigasError):
    """The upstream does not say where the file ends, so that a part could pass for the whole."""


class UnsafeUpstreamError(ForbiddenError):
    """The upstream's address is none that this server may ask, or is not known at all."""

    def __init__(self, reason: str) -> None:
        super().__init__("Forbidden: Unsafe URL")
        self.reason = reason


@dataclass(slots=True)
class _Told:
    since: float
    resources: set[str] = field(default_factory=set)
    untold: int = 0


class Failures:
    """Turns failures into notifications, without one for each request."""

    def __init__(self) -> None:
        self._told: OrderedDict[tuple[str, str], _Told] = OrderedDict()

    async def report(self, source: Source, resource: str, asked_by: str, error: MigasError) -> None:
        """Log a failure, and notify the administrators unless they know of it.

        Args:
            source: the deployment.
            resource: what was asked for.
            asked_by: address of the computer that did first.
            error: why it is not there.
        """
        reason = error.reason if isinstance(error, UnsafeUpstreamError) else str(error)
        log.warning(
            "upstream failed: deployment=%s@%s url=%s: %s",
            source.slug,
            source.project,
            source.url(resource),
            reason,
        )
        untold = self._news(source, resource)
        if untold is None:
            return
        message = (
            f"Deployment (external source): [{source.name}@{source.project_name}], "
            f"resource: [{source.path(resource)}], remote file: [{source.url(resource)}], "
            f"from [{asked_by}]. Error: {reason}"
        )
        if untold:
            message += f" ({untold} more failures of this deployment were only logged.)"
        try:
            async with transaction() as database:
                await notify(database, message)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as problem:
            log.warning("notification lost: %s", problem)

    def _news(self, source: Source, resource: str) -> int | None:
        """Return how many failures were not told before this one; None when it is not to be."""
        key = (source.project, source.slug)
        told = self._told.get(key)
        now = time.monotonic()
        if told is None or now - told.since > QUIET_SECONDS:
            untold = told.untold if told else 0
            self._told[key] = _Told(now, {resource})
            self._told.move_to_end(key)
            if len(self._told) > REMEMBERED_DEPLOYMENTS:
                self._told.popitem(last=False)
            return untold
        if resource in told.resources or len(told.resources) >= TOLD_RESOURCES:
            told.untold += 1
            return None
        told.resources.add(resource)
        return 0
