"""What computers report, apart from themselves: messages, faults, software. Contract: agent-v4 5.

Each command takes a connection and the call, and returns the JSON value that answers it.
"""

from datetime import UTC, datetime
from typing import Any

from migas_tornado.db import Connection
from migas_tornado.inventory.hardware_store import report_hardware
from migas_tornado.inventory.software import report_software
from migas_tornado.legacy.calls import Call, checked_object, checked_text
from migas_tornado.legacy.codes import Code, RefusedCallError, errmfs
from migas_tornado.synchronization.faults import report_error, report_faults
from migas_tornado.synchronization.questions import formulas
from migas_tornado.synchronization.record import Completed, record_synchronization

CONSUMER = "migasfree_4.x"


async def note_message(database: Connection, call: Call) -> Any:
    """`upload_computer_message` with a text: what the computer is doing now."""
    call.messages.note(call.computer.id, checked_text(call.data))
    return errmfs(Code.OK)


async def end_synchronization(database: Connection, call: Call) -> Any:
    """`upload_computer_message` without text: the computer has synchronized.

    Clients do not tell how their package manager ended: well, unless they reported errors.
    """
    computer = call.computer
    call.messages.end(computer.id)
    if computer.sync_user_id is not None:  # else it has never reported itself
        zone = call.settings.time_zone
        start = computer.sync_start_date or datetime.now(UTC)
        completed = Completed(
            start.astimezone(zone), CONSUMER, not await _has_errors(database, computer.id, start)
        )
        await record_synchronization(database, computer, call.project, completed, zone)
    return errmfs(Code.OK)


async def get_properties(database: Connection, call: Call) -> Any:
    """`get_properties`: the formulas to run."""
    return {
        "properties": [
            {"name": formula["prefix"], "language": formula["language"], "code": formula["code"]}
            for formula in await formulas(database, call.computer.id)
        ]
    }


async def upload_faults(database: Connection, call: Call) -> Any:
    """`upload_computer_faults`: what was found."""
    results = checked_object(checked_object(call.data).get("faults"))
    texts = {name: text for name, text in results.items() if isinstance(text, str)}
    await report_faults(database, call.computer, call.project, texts, call.settings)
    return {}


async def upload_errors(database: Connection, call: Call) -> Any:
    """`upload_computer_errors`: what went wrong."""
    if text := checked_text(call.data):
        await report_error(database, call.computer, call.project, text, call.settings)
    return errmfs(Code.OK)


async def upload_hardware(database: Connection, call: Call) -> Any:
    """`upload_computer_hardware`: what the computer is made of."""
    if not call.data or not isinstance(call.data, dict | list):
        raise RefusedCallError(Code.GENERIC, "What lshw -json prints is expected.")
    await report_hardware(database, call.computer, call.data)
    return errmfs(Code.OK)


async def upload_software(database: Connection, call: Call) -> Any:
    """`upload_computer_software_base_diff`: all packages, each as one that was added.

    The client compares with the text that `get_computer_software` gave it, which is empty.
    """
    lines = checked_text(call.data).splitlines()
    inventory = [line[1:].strip() for line in lines if line.startswith("+")]
    await report_software(database, call.computer, [name for name in inventory if name])
    return errmfs(Code.OK)


async def get_software(database: Connection, call: Call) -> Any:
    """`get_computer_software`: the text that clients compare their packages with."""
    return ""


async def pass_over_text(database: Connection, call: Call) -> Any:
    """Take a text that nothing follows from; the dates of packages come from the inventory."""
    checked_text(call.data)
    return errmfs(Code.OK)


async def pass_over(database: Connection, call: Call) -> Any:
    """`upload_devices_changes`: nothing follows from it."""
    return errmfs(Code.OK)


async def _has_errors(database: Connection, computer_id: int, since: datetime) -> bool:
    return await database.fetchval(
        "SELECT EXISTS (SELECT FROM client_error WHERE computer_id = $1 "
        "AND synchronization_id IS NULL AND created_at >= $2)",
        computer_id,
        since,
    )
