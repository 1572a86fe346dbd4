"""Tags that a person at a computer asks for and chooses. Contract: agent-v4 5.6."""

from typing import Any

from migas_tornado.db import Connection
from migas_tornado.legacy.calls import Call, checked_object
from migas_tornado.legacy.codes import Code, RefusedCallError, errmfs
from migas_tornado.targeting.deployments import today
from migas_tornado.targeting.tags import (
    assigned_tags,
    available_tags,
    find_tags,
    package_changes,
    replace_tags,
)

ALL_SYSTEMS = 1
"""The attribute that every computer has."""


async def get_tags(database: Connection, call: Call) -> Any:
    """`get_computer_tags`: the tags that the computer may have, and those it has."""
    return {
        **errmfs(Code.OK),
        "available": await available_tags(database, call.computer),
        "selected": await assigned_tags(database, call.computer),
    }


async def set_tags(database: Connection, call: Call) -> Any:
    """`set_computer_tags`: all of these, or none."""
    wanted = checked_object(call.data).get("tags")
    found = await find_tags(database, wanted)
    unknown = {text for text in wanted if "-" in text} - set(found)
    if unknown:
        raise RefusedCallError(Code.GENERIC, f"Unknown tags: {', '.join(sorted(unknown))[:200]}")
    there = set(found.values())
    gone = await replace_tags(database, call.computer, there)
    day = today(call.settings.time_zone)
    return {
        **errmfs(Code.OK),
        "packages": await package_changes(
            database, call.computer, day, gone, there | {ALL_SYSTEMS}
        ),
    }
