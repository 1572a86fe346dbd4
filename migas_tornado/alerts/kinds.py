"""The kinds of alert, and how one looks to dashboards. Contract: stats-and-websocket 4."""

from dataclasses import dataclass
from typing import Any

Alert = dict[str, Any]
"""As the dashboard reads it: `{"msg", "target", "level", "result", "api"}`."""


@dataclass(frozen=True, slots=True)
class AlertKind:
    """Something that administrators are told the number of."""

    name: str
    text: str
    level: str
    """`info`, `warning` or `critical`."""
    target: str
    """`computer` or `server`."""
    resource: str
    """Whose list shows what was counted, as dashboards call it."""


KINDS = {
    kind.name: kind
    for kind in (
        AlertKind("repos", "Generating Repositories", "info", "server", "deployments"),
        AlertKind("syncs", "Synchronizing Computers Now", "info", "computer", "messages"),
        AlertKind("active_deploys", "Active schedule deployments", "info", "server", "deployments"),
        AlertKind("orphan_packages", "Orphan Packages", "warning", "server", "packages"),
        AlertKind(
            "orphan_package_sets", "Orphan Package Sets", "warning", "server", "package_sets"
        ),
        AlertKind("notifications", "Unchecked Notifications", "warning", "server", "notifications"),
        AlertKind("delayed", "Delayed Computers", "warning", "computer", "messages"),
        AlertKind(
            "finished_deploys", "Finished schedule deployments", "warning", "server", "deployments"
        ),
        AlertKind("faults", "Unchecked Faults", "critical", "computer", "faults"),
        AlertKind("errors", "Unchecked Errors", "critical", "computer", "errors"),
    )
}
"""In the order in which they are told."""


def alert(kind: str, result: int, **query: Any) -> dict[str, Alert]:
    """Return an alert under the name of its kind; nothing where nothing was counted.

    Args:
        kind: which of `KINDS`.
        result: what was counted.
        query: filters of the list that shows it; true for a relation means that it is empty.
    """
    if not result:
        return {}
    told = KINDS[kind]
    return {
        kind: {
            "msg": told.text,
            "target": told.target,
            "level": told.level,
            "result": str(result),
            "api": {"model": told.resource, "query": query},
        }
    }


def in_order(alerts: dict[str, Alert]) -> list[Alert]:
    """Return alerts in the order of their kinds."""
    return [alerts[name] for name in KINDS if name in alerts]
