"""Rules of events, fault definitions and notifications. Contract: data-model 4.3-4.5."""

from migas_tornado.accounts.callers import Caller
from migas_tornado.computers.counts import uncount
from migas_tornado.resources.changes import Change
from migas_tornado.resources.paths import Parameters

FAULT_CHOICES = {
    "me": "To check for me",
    "only_me": "Assigned to me",
    "others": "Assigned to others",
    "unassigned": "Unassigned",
}
"""Whose faults are looked for -> its name for people."""

_ASSIGNED = (
    "t.fault_definition_id IN (SELECT u.faultdefinition_id FROM client_faultdefinition_users u{})"
)
UNASSIGNED = f"NOT {_ASSIGNED.format('')}"
"""Condition on a fault `t`: nobody in particular should check it."""


def assigned_to(value: str, parameters: Parameters, caller: Caller) -> str:
    """Keep faults by who should check them: the users of their definition, or everybody.

    Raises:
        ValueError: it is no choice.
    """
    if value not in FAULT_CHOICES:
        raise ValueError(f"Select a valid choice. {value} is not one of the available choices.")
    somebody = _ASSIGNED.format("")
    if value == "unassigned":
        return UNASSIGNED
    mine = _ASSIGNED.format(f" WHERE u.userprofile_id = {parameters.add(caller.id, 'int')}")
    if value == "only_me":
        return mine
    return f"({mine} OR NOT {somebody})" if value == "me" else f"({somebody} AND NOT {mine})"


async def check_fault_definition(change: Change) -> None:
    """Keep line breaks as computers with Linux write them."""
    _unix_lines(change, "code")


async def check_notification(change: Change) -> None:
    """Keep line breaks as computers with Linux write them."""
    _unix_lines(change, "message")


def _unix_lines(change: Change, name: str) -> None:
    if change.values.get(name):
        change.values[name] = change.values[name].replace("\r\n", "\n")


async def forget_synchronization(change: Change) -> None:
    """Take a synchronization that is about to be deleted out of the counters."""
    await uncount(change.database, change.before["computer_id"], change.key)
