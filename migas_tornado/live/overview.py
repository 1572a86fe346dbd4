"""The topic `overview`: the figures of the fleet that the head of a dashboard shows."""

from datetime import UTC, datetime, timedelta

from migas_tornado.bus import Channel
from migas_tornado.computers.activity import SILENCE_SECONDS
from migas_tornado.computers.events import UNASSIGNED
from migas_tornado.db import Connection
from migas_tornado.live.topic import Part, Topic, Values, Viewer
from migas_tornado.models.enumerations import ComputerStatus
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.visibility import by_computer, by_project_and_computer
from migas_tornado.synchronization.messages import ENDED
from migas_tornado.synchronization.record import bucket_starts


async def _computers(database: Connection, viewer: Viewer) -> Values:
    """Count the computers by status."""
    parameters = Parameters()
    rows = await database.fetch(
        "SELECT t.status, count(*) FROM client_computer t "  # noqa: S608
        f"WHERE {_of_computer(viewer, parameters, 'id')} GROUP BY t.status",
        *parameters.values,
    )
    counted = {row["status"]: row["count"] for row in rows}
    return {"computers": {one.value: counted.get(one.value, 0) for one in ComputerStatus}}


async def _talking(database: Connection, viewer: Viewer) -> Values:
    """Count the computers that synchronize now, and those that fell silent in the middle."""
    parameters = Parameters()
    since = datetime.now(UTC) - timedelta(seconds=SILENCE_SECONDS)
    limit = parameters.add(since, "timestamptz")
    row = await database.fetchrow(
        f"""
        SELECT count(*) FILTER (WHERE t.created_at >= {limit}) AS synchronizing,
            count(*) FILTER (WHERE t.created_at < {limit}) AS delayed
        FROM client_message t
        WHERE t.text <> {parameters.add(ENDED)}
            AND {_of_computer(viewer, parameters, "computer_id")}
        """,  # noqa: S608
        *parameters.values,
    )
    return dict(row)


async def _synchronized(database: Connection, viewer: Viewer) -> Values:
    """Count the computers that synchronized in this hour and today, in the server's zone."""
    starts = bucket_starts(datetime.now(UTC), viewer.zone)
    if viewer.caller is None or viewer.caller.sees_all:
        rows = await database.fetch(
            """
            SELECT granularity, sum(computers)::int AS computers
            FROM client_synchronizationcount
            WHERE project_id IS NULL
                AND (granularity, bucket) IN (('hour', $1::timestamptz), ('day', $2::timestamptz))
            GROUP BY granularity
            """,
            starts["hour"],
            starts["day"],
        )
        counted = {row["granularity"]: row["computers"] for row in rows}
        hour, day = counted.get("hour", 0), counted.get("day", 0)
    else:
        parameters = Parameters()
        begun = parameters.add(starts["hour"], "timestamptz")
        hour, day = await database.fetchrow(
            f"""
            SELECT count(*) FILTER (WHERE t.sync_end_date >= {begun}), count(*)
            FROM client_computer t
            WHERE t.sync_end_date >= {parameters.add(starts["day"], "timestamptz")}
                AND {_of_computer(viewer, parameters, "id")}
            """,  # noqa: S608
            *parameters.values,
        )
    return {"synchronized_this_hour": hour, "synchronized_today": day}


async def _unchecked(database: Connection, viewer: Viewer) -> Values:
    """Count what nobody looked at; of the faults those that are nobody's in particular."""
    parameters = Parameters()
    visible = "true"
    if viewer.caller is not None:
        visible = by_project_and_computer(viewer.caller, parameters) or visible
    row = await database.fetchrow(
        f"""
        SELECT
            (SELECT count(*) FROM client_error t WHERE NOT t.checked AND {visible})
                AS unchecked_errors,
            (SELECT count(*) FROM client_fault t
            WHERE NOT t.checked AND {UNASSIGNED} AND {visible}) AS unchecked_faults,
            (SELECT count(*) FROM client_notification t WHERE NOT t.checked)
                AS unchecked_notifications
        """,  # noqa: S608
        *parameters.values,
    )
    return dict(row)


def _of_computer(viewer: Viewer, parameters: Parameters, column: str) -> str:
    if viewer.caller is None:
        return "true"
    return by_computer(column)(viewer.caller, parameters) or "true"


OVERVIEW = Topic(
    "overview",
    (
        Part(_computers),
        Part(_talking, channels=frozenset({Channel.LIVE_MESSAGES}), kinds=frozenset({"messages"})),
        Part(
            _synchronized,
            channels=frozenset({Channel.SYNCHRONIZATIONS}),
            kinds=frozenset({"syncs"}),
        ),
        Part(
            _unchecked,
            kinds=frozenset({"errors", "fault-definitions", "faults", "notifications"}),
        ),
    ),
)
