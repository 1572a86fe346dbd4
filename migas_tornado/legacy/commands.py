"""The commands of protocol 4, by name. Contract: agent-v4 4 to 6."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from migas_tornado.db import Connection
from migas_tornado.legacy import information, reports, tags
from migas_tornado.legacy.calls import Call

REGISTRATION = ("register_computer", "get_key_packager")
"""Signed by nobody."""
UPLOADS = ("upload_server_package", "upload_server_set")
PACKAGER = (*UPLOADS, "create_repositories_of_packageset")
"""Signed with the packagers' key."""


@dataclass(frozen=True, slots=True)
class Command:
    """What a computer may ask for.

    Attributes:
        run: takes a connection and the call, returns the JSON value that answers it.
        changes: whether it changes anything, and so is a transaction with the computer locked.
        consider: what has to be done before that.
    """

    run: Callable[[Connection, Call], Awaitable[Any]]
    changes: bool = True
    consider: Callable[[Call], Awaitable[None]] | None = None


_NOTE = Command(reports.note_message, changes=False)
_END = Command(reports.end_synchronization)
_COMMANDS = {
    "upload_computer_message": _NOTE,
    "get_properties": Command(reports.get_properties, changes=False),
    "upload_computer_info": Command(
        information.upload_information, consider=information.consider_project
    ),
    "upload_computer_faults": Command(reports.upload_faults),
    "upload_computer_errors": Command(reports.upload_errors),
    "upload_computer_hardware": Command(reports.upload_hardware),
    "upload_computer_software_history": Command(reports.pass_over_text, changes=False),
    "get_computer_software": Command(reports.get_software, changes=False),
    "upload_computer_software_base_diff": Command(reports.upload_software),
    "upload_computer_software_base": Command(reports.pass_over_text, changes=False),
    "upload_devices_changes": Command(reports.pass_over, changes=False),
    "get_computer_tags": Command(tags.get_tags, changes=False),
    "set_computer_tags": Command(tags.set_tags),
}
COMPUTER = tuple(_COMMANDS)
"""Signed with the key of the computer's project."""


def command_of(name: str, data: Any) -> Command:
    """Return a command of computers; a message without text is the end of a synchronization."""
    command = _COMMANDS[name]
    return _END if command is _NOTE and data == "" else command
