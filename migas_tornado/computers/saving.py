"""What follows from a change of a computer by an administrator. Contract: data-model 4.1, 4.3."""

from datetime import UTC, datetime

from migas_tornado.certificates.book import revoke_computer
from migas_tornado.computers.counts import uncount
from migas_tornado.computers.status import apply_status
from migas_tornado.db import Connection
from migas_tornado.errors import InvalidDataError
from migas_tornado.models.enumerations import PropertySort
from migas_tornado.resources.changes import Change


async def check_computer(change: Change) -> None:
    """Refuse tags that are no tags; those that the computer has already may stay.

    Raises:
        InvalidDataError: an attribute is not one that people assign.
    """
    added = set(change.values.get("tags") or ()) - change.links_before.get("tags", set())
    rows = await change.database.fetch(
        "SELECT a.id FROM core_attribute a JOIN core_property p ON p.id = a.property_att_id "
        "WHERE a.id = ANY($1::int[]) AND p.sort <> $2 ORDER BY a.id",
        sorted(added),
        PropertySort.SERVER,
    )
    if rows:
        raise InvalidDataError(
            {"tags": [f'Invalid pk "{row["id"]}" - object does not exist.' for row in rows]}
        )
    change.values["updated_at"] = datetime.now(UTC)


async def computer_saved(change: Change) -> None:
    """Log a new status, release a computer that nobody has, and end what a project listed."""
    await apply_status(change.database, change.key, change.before["status"], change.value("status"))
    if change.changes("project"):
        await _leave_project(change.database, change.key)


async def _leave_project(database: Connection, key: int) -> None:
    """End the package history of the former project; contract data-model 4.3: no migration."""
    await database.execute(
        "UPDATE client_packagehistory SET uninstall_date = now() "
        "WHERE computer_id = $1 AND uninstall_date IS NULL",
        key,
    )
    await database.execute("UPDATE client_computer SET inventory_hash = NULL WHERE id = $1", key)


async def forget_computer(change: Change) -> None:
    """Remove what belongs to a computer that is about to be deleted."""
    await revoke_computer(change.database, change.key)
    await uncount(change.database, change.key)
    await change.database.execute(
        "DELETE FROM core_attribute a USING core_property p "
        "WHERE p.id = a.property_att_id AND p.prefix = 'CID' AND a.value = $1",
        str(change.key),
    )
