"""The topic `builds`: the repositories that are built, or just were, and how far they are.

That a repository waits or is built stands in the database; how far it is, only builders tell.
"""

import time
from typing import Any

from migas_tornado.alerts.counting import GENERATING
from migas_tornado.bus import Bus, Channel, Message
from migas_tornado.db import Connection
from migas_tornado.live.topic import Part, Topic, Values, Viewer
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.visibility import deployments

ENDED_SECONDS = 10.0
"""What ended is shown for so long, so that nobody misses how."""
FORGOTTEN_SECONDS = 3600.0
MOST_SHOWN = 200
TOLD = ("phase", "done", "total", "percent")


class BuildProgress:
    """What this replica heard of the builds of repositories, by deployment."""

    def __init__(self) -> None:
        self._heard: dict[int, tuple[float, dict[str, Any]]] = {}

    def listen(self, bus: Bus) -> None:
        """Hear what builders tell."""
        bus.listen(Channel.BUILDS, self.hear)

    def hear(self, message: Message) -> None:
        """Remember how far a build is."""
        content = message.content
        key = content.get("id")
        if content.get("kind") != "repository" or not isinstance(key, int):
            return
        now = time.monotonic()
        told = {name: content[name] for name in TOLD if content.get(name) is not None}
        self._heard.pop(key, None)
        self._heard[key] = (now, {"state": content.get("state", "running"), **told})
        for old, (heard, _) in list(self._heard.items()):
            if heard > now - FORGOTTEN_SECONDS:
                break
            del self._heard[old]

    def of(self, key: int) -> dict[str, Any]:
        """Return how far a build is that goes on."""
        _, told = self._heard.get(key, (0.0, {}))
        return told if told.get("state") == "running" else {"state": "waiting"}

    def ended(self) -> dict[int, dict[str, Any]]:
        """Return how the builds ended that ended just now, by deployment."""
        limit = time.monotonic() - ENDED_SECONDS
        return {
            key: told
            for key, (heard, told) in self._heard.items()
            if heard > limit and told["state"] != "running"
        }


def builds_topic(progress: BuildProgress) -> Topic:
    """Return the topic, for what a replica heard."""

    async def read(database: Connection, viewer: Viewer) -> Values:
        ended = progress.ended()
        rows = await _deployments(database, viewer, list(ended))
        return {
            str(row["id"]): {
                "name": row["name"],
                "project": row["project"],
                **(progress.of(row["id"]) if row["is_generating"] else ended[row["id"]]),
            }
            for row in rows
        }

    return Topic(
        "builds",
        (
            Part(
                read,
                channels=frozenset({Channel.BUILDS, Channel.STALE_REPOSITORIES}),
                kinds=frozenset(
                    {"deployments", "deployments/internal-sources", "notifications", "projects"}
                ),
                seconds=5.0,
            ),
        ),
        permission="core.view_deployment",
    )


async def _deployments(database: Connection, viewer: Viewer, ended: list[int]) -> list[Any]:
    """Return id, name, project and is_generating of deployments that are built or just were."""
    parameters = Parameters()
    shown = f"({GENERATING} OR t.id = ANY({parameters.add(ended, 'int[]')}))"
    visible = deployments(viewer.caller, parameters) if viewer.caller else ""
    return await database.fetch(
        f"""
        SELECT t.id, t.name, p.name AS project, {GENERATING} AS is_generating
        FROM core_repository r
        JOIN core_deployment t ON t.id = r.deployment_id
        JOIN core_project p ON p.id = t.project_id
        WHERE {shown} AND {visible or "true"}
        ORDER BY r.wanted_at, t.id
        LIMIT {MOST_SHOWN}
        """,  # noqa: S608
        *parameters.values,
    )
