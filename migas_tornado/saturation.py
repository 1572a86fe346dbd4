"""When agents should come back later: limits on what this replica measures of itself.

Contract: enrolment-and-proxy 6.
"""

import random

from migas_tornado.load import Load

LAG_SECONDS = 0.5
"""Of the event loop: a synchronization makes fifteen calls, and each would wait so long."""
DATABASE_SECONDS = 0.5
"""Waited for a connection to the database."""
QUEUED_CALLS_PER_WORKER = 50
"""Calls that wait for a worker process, for each that there may be."""
RETRY_SECONDS = 150
SPREAD_SECONDS = 60
"""Agents that were sent away come back over so long, and not all at once."""


def saturated_by(load: Load) -> str:
    """Return what is beyond its limit: `event loop`, `database`, `workers`; empty for nothing."""
    if load.event_loop_lag > LAG_SECONDS:
        return "event loop"
    if load.database_wait > DATABASE_SECONDS:
        return "database"
    if load.pool_queue > QUEUED_CALLS_PER_WORKER * load.pool_workers:
        return "workers"
    return ""


def retry_after() -> int:
    """Return after how many seconds an agent should ask again."""
    return RETRY_SECONDS + random.randint(0, SPREAD_SECONDS)  # noqa: S311
