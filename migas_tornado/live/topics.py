"""The topics that there are."""

from migas_tornado.live.alerts import ALERTS
from migas_tornado.live.builds import BuildProgress, builds_topic
from migas_tornado.live.overview import OVERVIEW
from migas_tornado.live.topic import Topic
from migas_tornado.live.working import SYNCS


def topics(progress: BuildProgress) -> tuple[Topic, ...]:
    """Return all topics.

    Args:
        progress: what this replica heard of builds.
    """
    return (ALERTS, builds_topic(progress), OVERVIEW, SYNCS)
