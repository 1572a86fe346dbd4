"""What alerts count, in one statement for each cause. Contract: stats-and-websocket 1.2, 4.

Without an account everything is counted, and of the faults those that are nobody's in particular;
for an account what it would see in the lists that the alerts lead to.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from migas_tornado.accounts.callers import Caller
from migas_tornado.alerts.kinds import Alert, alert, in_order
from migas_tornado.computers.activity import SILENCE_SECONDS
from migas_tornado.computers.events import UNASSIGNED, assigned_to
from migas_tornado.db import Connection
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.visibility import (
    Visibility,
    by_computer,
    by_project,
    by_project_and_computer,
    deployments,
)
from migas_tornado.synchronization.messages import ENDED
from migas_tornado.targeting.timeline import PERCENT

Alerts = dict[str, Alert]

LIMIT_STEP_SECONDS = 30
"""The limit between computers that talk and those that fell silent, which links name, goes with the
clock in such steps."""
GENERATING = "r.wanted > r.built AND (r.failed_at IS NULL OR r.failed_at < r.wanted_at)"
"""Condition on a repository `r`: it is being built, or about to be."""


async def alerts_of(database: Connection, caller: Caller, zone: ZoneInfo) -> list[Alert]:
    """Return the alerts of an account, in their order."""
    return in_order(
        await generating_repositories(database, caller)
        | await talking_computers(database, caller, zone)
        | await software_to_look_at(database, caller)
        | await unchecked_events(database, caller)
    )


async def generating_repositories(database: Connection, caller: Caller | None) -> Alerts:
    """Count the repositories that are being built."""
    parameters = Parameters()
    keys = await database.fetchval(
        f"""
        SELECT coalesce(array_agg(t.id ORDER BY t.id), '{{}}')
        FROM core_repository r
        JOIN core_deployment t ON t.id = r.deployment_id
        WHERE {GENERATING} AND {_visible(deployments, caller, parameters)}
        """,  # noqa: S608
        *parameters.values,
    )
    return alert("repos", len(keys), id_in=",".join(map(str, keys)))


async def talking_computers(database: Connection, caller: Caller | None, zone: ZoneInfo) -> Alerts:
    """Count the computers that synchronize now, and those that fell silent in the middle."""
    # In steps, so that a list which is otherwise the same is not another one in every second.
    step = int(datetime.now(UTC).timestamp()) // LIMIT_STEP_SECONDS * LIMIT_STEP_SECONDS
    since = datetime.fromtimestamp(step, UTC) - timedelta(seconds=SILENCE_SECONDS)
    parameters = Parameters()
    limit = parameters.add(since, "timestamptz")
    row = await database.fetchrow(
        f"""
        SELECT count(*) FILTER (WHERE t.created_at >= {limit}) AS syncs,
            count(*) FILTER (WHERE t.created_at < {limit}) AS delayed
        FROM client_message t
        WHERE t.text <> {parameters.add(ENDED)}
            AND {_visible(by_computer("computer_id"), caller, parameters)}
        """,  # noqa: S608
        *parameters.values,
    )
    text = since.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")
    return alert("syncs", row["syncs"], created_at__gte=text) | alert(
        "delayed", row["delayed"], created_at__lt=text
    )


async def software_to_look_at(database: Connection, caller: Caller | None) -> Alerts:
    """Count what no deployment publishes, and deployments by how far their schedules are.

    A schedule without delays has no timeline: its deployments are neither active nor finished.
    """
    parameters = Parameters()
    of_project = by_project("project_id")
    row = await database.fetchrow(
        f"""
        SELECT
            (SELECT count(*) FROM core_package t
            WHERE t.store_id IS NOT NULL
                AND NOT EXISTS (SELECT FROM core_deployment_available_packages l
                    WHERE l.package_id = t.id)
                AND NOT EXISTS (SELECT FROM core_packageset_packages l WHERE l.package_id = t.id)
                AND {_visible(of_project, caller, parameters)}
            ) AS packages,
            (SELECT count(*) FROM core_packageset t
            WHERE EXISTS (SELECT FROM core_packageset_packages l WHERE l.packageset_id = t.id)
                AND NOT EXISTS (SELECT FROM core_deployment_available_package_sets l
                    WHERE l.packageset_id = t.id)
                AND {_visible(of_project, caller, parameters)}
            ) AS package_sets,
            count(*) FILTER (WHERE d.percent < 100) AS active,
            count(*) FILTER (WHERE d.percent >= 100) AS finished
        FROM (
            SELECT {PERCENT.replace("{t}", "t")} AS percent
            FROM core_deployment t
            WHERE t.enabled AND t.schedule_id IS NOT NULL
                AND {_visible(deployments, caller, parameters)}
        ) d
        """,  # noqa: S608
        *parameters.values,
    )
    scheduled = {"enabled": True, "schedule": False}
    return (
        alert("active_deploys", row["active"], **scheduled, percent__lt=100)
        | alert("orphan_packages", row["packages"], deployment=True, store=False, packageset=True)
        | alert("orphan_package_sets", row["package_sets"], deployment=True, packages=False)
        | alert("finished_deploys", row["finished"], **scheduled, percent__gte=100)
    )


async def unchecked_events(database: Connection, caller: Caller | None) -> Alerts:
    """Count the notifications, faults and errors that nobody looked at."""
    parameters = Parameters()
    to_check = assigned_to("me", parameters, caller) if caller else UNASSIGNED
    row = await database.fetchrow(
        f"""
        SELECT
            (SELECT count(*) FROM client_notification t WHERE NOT t.checked) AS notifications,
            (SELECT count(*) FROM client_fault t
            WHERE NOT t.checked AND {to_check}
                AND {_visible(by_project_and_computer, caller, parameters)}) AS faults,
            (SELECT count(*) FROM client_error t
            WHERE NOT t.checked AND {_visible(by_project_and_computer, caller, parameters)}
            ) AS errors
        """,  # noqa: S608
        *parameters.values,
    )
    return (
        alert("notifications", row["notifications"], checked=False)
        | alert("faults", row["faults"], checked=False, user="me")
        | alert("errors", row["errors"], checked=False)
    )


def _visible(visibility: Visibility, caller: Caller | None, parameters: Parameters) -> str:
    return (visibility(caller, parameters) if caller else "") or "true"
