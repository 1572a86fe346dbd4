"""The topic `syncs`: the computers that synchronize now, by their ids, and what they are doing."""

from migas_tornado.bus import Channel
from migas_tornado.computers.activity import SILENCE_SECONDS
from migas_tornado.db import Connection
from migas_tornado.live.topic import Part, Topic, Values, Viewer
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.visibility import by_computer
from migas_tornado.synchronization.messages import ENDED

MOST_SHOWN = 500
"""Of more computers those that spoke last are shown; the overview has the number of all."""


async def _read(database: Connection, viewer: Viewer) -> Values:
    parameters = Parameters()
    conditions = [
        f"t.text <> {parameters.add(ENDED)}",
        f"t.created_at > now() - {parameters.add(SILENCE_SECONDS, 'int')} * interval '1 second'",
    ]
    if viewer.caller is not None and not viewer.caller.sees_all:
        conditions.append(by_computer("computer_id")(viewer.caller, parameters))
    rows = await database.fetch(
        f"""
        SELECT t.computer_id, t.text, t.created_at, c.name, p.name AS project
        FROM client_message t
        JOIN client_computer c ON c.id = t.computer_id
        JOIN core_project p ON p.id = c.project_id
        WHERE {" AND ".join(conditions)}
        ORDER BY t.created_at DESC
        LIMIT {MOST_SHOWN}
        """,  # noqa: S608
        *parameters.values,
    )
    return {
        str(row["computer_id"]): {
            "name": row["name"],
            "project": row["project"],
            "message": row["text"],
            "at": row["created_at"].astimezone(viewer.zone).isoformat(timespec="milliseconds"),
        }
        for row in rows
    }


SYNCS = Topic(
    "syncs",
    (
        Part(
            _read,
            channels=frozenset({Channel.LIVE_MESSAGES}),
            kinds=frozenset({"messages", "projects"}),
            seconds=10.0,
        ),
    ),
)
