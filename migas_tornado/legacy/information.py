"""`upload_computer_info`: what a computer says of itself, and all it gets for it.

Contract: agent-v4 5.2.
"""

import ipaddress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from migas_tornado.db import Connection
from migas_tornado.enrolment.computers import Computer
from migas_tornado.enrolment.enrol import migrate_computer
from migas_tornado.enrolment.former_names import leads_to
from migas_tornado.enrolment.projects import Project
from migas_tornado.events import notify
from migas_tornado.inventory.devices import devices_of
from migas_tornado.inventory.hardware_store import is_capture_due
from migas_tornado.legacy.calls import Call, checked_object, text_member
from migas_tornado.legacy.codes import Code, RefusedCallError
from migas_tornado.legacy.projects import ensure_project, project_name
from migas_tornado.models.enumerations import ComputerStatus
from migas_tornado.repositories.sources import source_template
from migas_tornado.synchronization.attributes import LEGACY, Report, report_attributes
from migas_tornado.synchronization.questions import fault_definitions
from migas_tornado.synchronization.values import TEXT_LIMIT
from migas_tornado.targeting.deployments import deployments_of, today
from migas_tornado.targeting.mandatory import mandatory_of

NAME_LENGTH, UUID_LENGTH, FQDN_LENGTH = 50, 36, 255
USER_LENGTH, FULLNAME_LENGTH = 50, 100
PRINTER = "PRINTER"


async def consider_project(call: Call) -> None:
    """Make the project that a computer names when it is new and projects may be made.

    Raises:
        RefusedCallError: it may not be made, or not so.
    """
    facts = checked_object(checked_object(call.data).get("computer", {}))
    if project_name(facts):
        await ensure_project(
            facts, call.sender.name, call.projects, autoregister=call.settings.autoregister
        )


async def upload_information(database: Connection, call: Call) -> Any:
    """Store what a computer reports, and answer what it has to do."""
    facts = checked_object(call.data.get("computer", {}))
    await _notify_available(database, call.computer)
    computer, project = await _in_its_project(database, call, facts)
    await report_attributes(database, computer, project, _report(call, facts), call.settings)
    return await _what_to_do(database, call, computer, project)


async def _in_its_project(
    database: Connection, call: Call, facts: dict[str, Any]
) -> tuple[Computer, Project]:
    """Move a computer to the project that it names, if it asked for it and has its key.

    A computer whose agent lacks the key of its project would be locked out: neither does a name
    alone move it, nor does the former project's key become useless.
    """
    wanted = call.signing_project
    if wanted.id == call.project.id or not await leads_to(database, project_name(facts), wanted.id):
        return call.computer, call.project
    await migrate_computer(database, call.computer.id, wanted)
    await database.execute(
        "DELETE FROM client_requestedproject WHERE computer_id = $1 AND project_id = $2",
        call.computer.id,
        wanted.id,
    )
    await request_project(database, call.computer.id, call.project.id)
    return replace(call.computer, project_id=wanted.id, inventory_hash=None), wanted


async def request_project(database: Connection, computer_id: int, project_id: int) -> None:
    """Let a computer use the key of a project besides its own project's."""
    await database.execute(
        "INSERT INTO client_requestedproject (computer_id, project_id, created_at) "
        "VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        computer_id,
        project_id,
        datetime.now(UTC),
    )


async def _notify_available(database: Connection, computer: Computer) -> None:
    """Tell that a computer which nobody has synchronizes; once in an hour."""
    if computer.status != ComputerStatus.AVAILABLE:
        return
    text = (
        f"Computer [{computer.name} (CID-{computer.id})] with available status, "
        "has been synchronized"
    )
    if not await database.fetchval(
        "SELECT EXISTS (SELECT FROM client_notification "
        "WHERE created_at > now() - interval '1 hour' AND message = $1)",
        text,
    ):
        await notify(database, text)


def _report(call: Call, facts: dict[str, Any]) -> Report:
    """Return what a computer says; what it does not say stays as it was."""
    sender, computer = call.sender, call.computer
    if len(sender.name) > NAME_LENGTH or len(sender.uuid) > UUID_LENGTH:
        raise RefusedCallError(
            Code.GENERIC,
            f"A name has at most {NAME_LENGTH} characters, a uuid {UUID_LENGTH}.",
        )
    values = call.data.get("attributes", {})
    return Report(
        uuid=sender.uuid,
        name=sender.name,
        fqdn=text_member(facts, "fqdn", FQDN_LENGTH, computer.fqdn or ""),
        ip_address=address_of(facts["ip"]) if "ip" in facts else computer.ip_address,
        forwarded_ip_address=call.address,
        user_name=text_member(facts, "user", USER_LENGTH),
        user_fullname=text_member(facts, "user_fullname", FULLNAME_LENGTH),
        values={
            prefix: text
            for prefix, text in checked_object(values).items()
            if isinstance(text, str) and len(text) <= TEXT_LIMIT
        },
        protocol=LEGACY,
    )


def address_of(value: Any) -> str | None:
    """Return an address as a computer tells it; one that is malformed is none."""
    try:
        return str(ipaddress.ip_address(value.split("%")[0])) if isinstance(value, str) else None
    except ValueError:
        return None


async def _what_to_do(
    database: Connection, call: Call, computer: Computer, project: Project
) -> dict[str, Any]:
    day = today(call.settings.time_zone)
    rows = await deployments_of(database, computer.id, project.id, day)
    devices = await devices_of(database, computer, with_tags=True)
    # Contract agent-v4 5.2: clients cannot read devices of another type.
    devices["logical"] = [device for device in devices["logical"] if PRINTER in device]
    return {
        "faultsdef": await fault_definitions(database, computer.id),
        "repositories": [
            {"name": row["name"], "source_template": source_template(row, project)} for row in rows
        ],
        "packages": await mandatory_of(database, computer.id, project.id, rows),
        "devices": devices,
        "base": False,
        "hardware_capture": is_capture_due(computer, call.settings.hardware_days),
    }
