"""What anybody is told of a computer whose uuid or name he knows. Contract: agent-v4 7."""

from typing import Any

from migas_tornado.db import Connection
from migas_tornado.enrolment.computers import Computer
from migas_tornado.enrolment.identity import find_computer
from migas_tornado.enrolment.representation import SHOWN, search_text
from migas_tornado.legacy.senders import Known, Sender, checked_uuid, find_sender
from migas_tornado.received_json import UNSTORABLE
from migas_tornado.settings import Settings
from migas_tornado.targeting.tags import assigned_tags, available_tags


async def find_shown(database: Connection, uuid: str, name: str) -> Known | None:
    """Return the computer with a uuid, or the only one with a name, or None."""
    uuid, name = UNSTORABLE.sub("", uuid), UNSTORABLE.sub("", name)
    checked = checked_uuid(uuid, name)
    known = await find_sender(database, Sender("", checked, "")) if checked else None
    if known is not None or (uuid and checked != name):
        return known
    named = await find_computer(database, "", name, is_certified=False)
    return await find_sender(database, Sender("", named.uuid, "")) if named and named.uuid else None


async def shown_computer(
    database: Connection, computer: Computer, settings: Settings
) -> dict[str, Any]:
    """Return what is told of a computer.

    Args:
        database: connection.
        computer: the computer.
        settings: for the search field, the help desk and the name of this server.
    """
    row = await database.fetchrow(SHOWN, computer.id)
    return {
        "id": computer.id,
        "uuid": computer.uuid,
        "name": search_text(row, settings),
        "helpdesk": settings.helpdesk,
        "server": settings.fqdn,
        "tags": await assigned_tags(database, computer),
        "available_tags": await available_tags(database, computer),
        "search": row[settings.computer_search_field],
    }


def label_of(shown: dict[str, Any]) -> dict[str, str]:
    """Return the texts of a computer's label."""
    return {name: str(shown[name] or "") for name in ("search", "uuid", "server", "helpdesk")}
