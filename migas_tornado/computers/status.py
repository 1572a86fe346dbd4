"""The status of a computer, and what follows from it. Contract: data-model 2, 4.1."""

from typing import Any

from migas_tornado.db import Connection
from migas_tornado.enrolment.enrol import release, set_status
from migas_tornado.errors import InvalidDataError
from migas_tornado.models.enumerations import PRODUCTIVE, RELEASED, UNPRODUCTIVE, ComputerStatus

LABELS = {
    ComputerStatus.ASSIGNED: "Assigned",
    ComputerStatus.RESERVED: "Reserved",
    ComputerStatus.UNKNOWN: "Unknown",
    ComputerStatus.IN_REPAIR: "In repair",
    ComputerStatus.AVAILABLE: "Available",
    ComputerStatus.UNSUBSCRIBED: "Unsubscribed",
}


def status_choices() -> dict[str, Any]:
    """Return the statuses with their names for people, and the groups that they form."""
    return {
        "choices": {status.value: label for status, label in LABELS.items()},
        "productive": list(PRODUCTIVE),
        "unproductive": list(UNPRODUCTIVE),
        "active": [*PRODUCTIVE, ComputerStatus.IN_REPAIR],
        "subscribed": [*PRODUCTIVE, *UNPRODUCTIVE],
        "unsubscribed": [ComputerStatus.UNSUBSCRIBED],
    }


def checked_status(value: object) -> str:
    """Return a status.

    Raises:
        InvalidDataError: it is none; the text lists them.
    """
    codes = [status.value for status in ComputerStatus]
    if not isinstance(value, str) or value not in codes:
        raise InvalidDataError(f"Status must have one of the values: {', '.join(codes)}")
    return value


async def apply_status(database: Connection, key: int, before: str, after: str) -> None:
    """Store the status of a computer that is being saved, with a log when it is another.

    A computer that is released loses its tags and links at every save, not only at the first.
    """
    if before != after:
        await set_status(database, key, after)
    elif after in RELEASED:
        await release(database, key)
