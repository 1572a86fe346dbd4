"""The topic `alerts`: what needs a look, by the names of the kinds of alert."""

from collections.abc import Awaitable, Callable

from migas_tornado.accounts.callers import Caller
from migas_tornado.alerts.counting import (
    LIMIT_STEP_SECONDS,
    Alerts,
    generating_repositories,
    software_to_look_at,
    talking_computers,
    unchecked_events,
)
from migas_tornado.bus import Channel
from migas_tornado.db import Connection
from migas_tornado.languages import translate
from migas_tornado.live.topic import Part, Read, Topic, Values, Viewer

SOFTWARE = frozenset(
    {
        "deployments",
        "deployments/external-sources",
        "deployments/internal-sources",
        "package-sets",
        "packages",
        "projects",
        "schedule-delays",
        "schedules",
        "stores",
    }
)
EVENTS = frozenset({"errors", "fault-definitions", "faults", "notifications", "user-profiles"})
LIVE = frozenset({Channel.LIVE_MESSAGES, Channel.SYNCHRONIZATIONS})
BUILDS = frozenset({Channel.BUILDS, Channel.STALE_REPOSITORIES})


def _told(count: Callable[[Connection, Caller | None], Awaitable[Alerts]]) -> Read:
    async def read(database: Connection, viewer: Viewer) -> Values:
        return _translated(await count(database, viewer.caller), viewer)

    return read


async def _talking(database: Connection, viewer: Viewer) -> Values:
    return _translated(await talking_computers(database, viewer.caller, viewer.zone), viewer)


def _translated(alerts: Alerts, viewer: Viewer) -> Values:
    return {
        name: alert | {"msg": translate(alert["msg"], viewer.language)}
        for name, alert in alerts.items()
    }


ALERTS = Topic(
    "alerts",
    (
        Part(_told(generating_repositories), channels=BUILDS, kinds=SOFTWARE),
        Part(_talking, channels=LIVE, kinds=frozenset({"messages"}), seconds=LIMIT_STEP_SECONDS),
        Part(_told(software_to_look_at), kinds=SOFTWARE),
        Part(_told(unchecked_events), kinds=EVENTS),
    ),
    is_personal=True,
)
