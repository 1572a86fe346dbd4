"""Whether a message comes from who it says, and what is noted of those who may not send any.

Contract: agent-v4 2, 9. Nothing is stored for a message before its signature was verified.
"""

import asyncio
from dataclasses import dataclass

from migas_tornado.db import connection, transaction
from migas_tornado.enrolment.computers import UNSUBSCRIBED, Computer
from migas_tornado.enrolment.projects import Project, Projects
from migas_tornado.keys.accepted import Partner, Partners
from migas_tornado.legacy.senders import Known
from migas_tornado.legacy.signature import signer_of
from migas_tornado.settings import Settings
from migas_tornado.synchronization.faults import report_error

INLINE_BYTES = 64 * 1024
"""Longer messages are verified in a thread, so that others are answered meanwhile."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Who signed a message.

    Attributes:
        project: of the computer's record.
        signing_project: whose key it was: the same, or one that the computer asked for.
        partner: holder of the key.
    """

    project: Project
    signing_project: Project
    partner: Partner


async def open_message(
    known: Known, message: bytes, projects: Projects, partners: Partners
) -> Opened | None:
    """Return who signed a message of a computer, or None when nobody did who may."""
    project = await projects.get(known.project)
    partner = await verified(message, await partners.of_project(project.slug))
    if partner is not None:
        return Opened(project, project, partner)
    for name in await _requested_projects(known.computer):
        other = await projects.get(name)
        partner = await verified(message, await partners.of_project(other.slug))
        if partner is not None:
            return Opened(project, other, partner)
    return None


async def verified(message: bytes, partners: tuple[Partner, ...]) -> Partner | None:
    """Return which of several partners signed a message, or None."""
    if len(message) > INLINE_BYTES:
        return await asyncio.to_thread(signer_of, message, partners)
    return signer_of(message, partners)


async def note_unsubscribed(
    computer: Computer, project: Project, address: str, command: str, settings: Settings
) -> None:
    """Record as an error that a computer came which is unsubscribed; once in an hour."""
    async with transaction() as database:
        if not await database.fetchval(
            "SELECT EXISTS (SELECT FROM client_error WHERE computer_id = $1 "
            "AND created_at > now() - interval '1 hour' AND description LIKE '%' || $2::text)",
            computer.id,
            UNSUBSCRIBED,
        ):
            text = f"{address} - {command} - {UNSUBSCRIBED}"
            await report_error(database, computer, project, text, settings)


async def _requested_projects(computer: Computer) -> list[str]:
    async with connection() as database:
        rows = await database.fetch(
            "SELECT p.name FROM client_requestedproject r JOIN core_project p "
            "ON p.id = r.project_id WHERE r.computer_id = $1 ORDER BY r.id DESC",
            computer.id,
        )
    return [row["name"] for row in rows]
