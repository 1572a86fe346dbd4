"""A command of a computer whose signature was right, and how its data are read."""

from dataclasses import dataclass
from typing import Any

from migas_tornado.enrolment.computers import Computer
from migas_tornado.enrolment.projects import Project, Projects
from migas_tornado.legacy.codes import Code, RefusedCallError
from migas_tornado.legacy.senders import Sender
from migas_tornado.received_json import parse_json, storable
from migas_tornado.settings import Settings
from migas_tornado.synchronization.messages import LiveMessages


@dataclass(frozen=True, slots=True)
class Call:
    """What a computer asks for.

    Attributes:
        sender: as the name of the message's file says.
        computer: its record; locked while a command that changes something runs.
        project: project of the record.
        signing_project: project whose key signed; another one when the computer asked for it.
        data: what the command goes with.
        address: where it comes from.
        settings: of this server.
        projects: where projects are looked up.
        messages: notes for the dashboard.
    """

    sender: Sender
    computer: Computer
    project: Project
    signing_project: Project
    data: Any
    address: str
    settings: Settings
    projects: Projects
    messages: LiveMessages


def data_of(text: bytes, command: str) -> Any:
    """Return the data of a command out of its JSON text.

    Raises:
        RefusedCallError: it is no JSON, or that of another command: a signature for one command is
            none for another.
    """
    try:
        value = parse_json(text)
    except (ValueError, RecursionError) as error:
        raise RefusedCallError(Code.GENERIC, "The message is no JSON.") from error
    if not isinstance(value, dict) or list(value) != [command]:
        raise RefusedCallError(Code.GENERIC, "The message is not one of this command.")
    return storable(value[command], text)


def checked_object(data: Any) -> dict[str, Any]:
    """Return data that have to be an object.

    Raises:
        RefusedCallError: they are none.
    """
    if not isinstance(data, dict):
        raise RefusedCallError(Code.GENERIC, "An object is expected.")
    return data


def checked_text(data: Any) -> str:
    """Return data that have to be a text.

    Raises:
        RefusedCallError: they are none.
    """
    if not isinstance(data, str):
        raise RefusedCallError(Code.GENERIC, "A text is expected.")
    return data


def text_member(data: dict[str, Any], name: str, most: int, default: str = "") -> str:
    """Return a text of an object, or the default where there is none.

    Raises:
        RefusedCallError: it is too long.
    """
    value = data.get(name)
    if not isinstance(value, str):
        return default
    if len(value) > most:
        raise RefusedCallError(
            Code.GENERIC, f"{name}: a text of at most {most} characters is expected."
        )
    return value
