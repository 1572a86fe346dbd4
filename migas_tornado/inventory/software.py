"""The packages of a computer, now and before. Contract: agent-v5 6.8."""

import asyncio
import hashlib
from datetime import UTC, datetime

from migas_tornado.db import Connection
from migas_tornado.enrolment.computers import Computer
from migas_tornado.errors import InvalidDataError
from migas_tornado.inventory.package_names import PackageName, parse_inventory

MOST_PACKAGES = 50_000
"""Several times what any computer has; a longer list is a mistake or an attack."""

# Sorted, so that two computers that bring the same new packages wait for each other in one order.
# "On conflict" covers the other computer, and a file name that stands for another version already.
_ADD_PACKAGES = """
    INSERT INTO core_package (project_id, fullname, name, version, architecture)
    SELECT $1, w.fullname, w.name, w.version, w.architecture
    FROM unnest($2::text[], $3::text[], $4::text[], $5::text[])
        AS w (fullname, name, version, architecture)
    WHERE NOT EXISTS (
        SELECT FROM core_package p
        WHERE p.project_id = $1 AND p.name = w.name AND p.version = w.version
            AND p.architecture = w.architecture
    )
    ORDER BY w.fullname
    ON CONFLICT DO NOTHING
"""

_RENEW_HISTORY = """
    WITH listed AS MATERIALIZED (
        SELECT DISTINCT ON (w.name, w.version, w.architecture) p.id
        FROM unnest($2::text[], $3::text[], $4::text[], $5::text[])
            AS w (fullname, name, version, architecture)
        JOIN core_package p ON p.project_id = $1 AND p.name = w.name AND p.version = w.version
            AND p.architecture = w.architecture
        ORDER BY w.name, w.version, w.architecture, p.fullname = w.fullname DESC, p.id
    ),
    closed AS (
        UPDATE client_packagehistory h
        SET uninstall_date = $7
        FROM core_package p
        WHERE h.computer_id = $6
            AND h.uninstall_date IS NULL
            AND p.id = h.package_id
            AND p.project_id = $1
            AND NOT EXISTS (SELECT FROM listed WHERE listed.id = h.package_id)
    )
    INSERT INTO client_packagehistory (computer_id, package_id, install_date)
    SELECT $6, listed.id, $7
    FROM listed
    WHERE NOT EXISTS (
        SELECT FROM client_packagehistory h
        WHERE h.computer_id = $6 AND h.package_id = listed.id AND h.uninstall_date IS NULL
    )
    ORDER BY listed.id
    ON CONFLICT DO NOTHING
"""


def inventory_hash(inventory: list[object]) -> bytes:
    """Return what tells one software list from another; their order does not count."""
    names = sorted(item for item in inventory if isinstance(item, str))
    return hashlib.sha256("\n".join(names).encode("utf-8", "replace")).digest()


async def report_software(database: Connection, computer: Computer, inventory: object) -> None:
    """Bring the package history of a computer up to its software list.

    A list that did not change costs the comparison of a hash. An empty one, or something that is
    no list, changes nothing. Items that are no package file names are passed over.

    Args:
        database: connection inside a transaction.
        computer: the computer, locked.
        inventory: file names such as `bash_5.2.15-2+b7_amd64.deb`.

    Raises:
        InvalidDataError: the list is longer than any computer's.
    """
    if not isinstance(inventory, list) or not inventory:
        return
    if len(inventory) > MOST_PACKAGES:
        raise InvalidDataError({"inventory": [f"At most {MOST_PACKAGES} packages are expected."]})
    digest = await asyncio.to_thread(inventory_hash, inventory)
    if digest == computer.inventory_hash:
        return
    packages = await asyncio.to_thread(parse_inventory, inventory)
    if not packages:
        return
    columns = _columns(packages)
    await database.execute(_ADD_PACKAGES, computer.project_id, *columns)
    await database.execute(
        _RENEW_HISTORY, computer.project_id, *columns, computer.id, datetime.now(UTC)
    )
    await database.execute(
        "UPDATE client_computer SET inventory_hash = $2 WHERE id = $1", computer.id, digest
    )


def _columns(packages: list[PackageName]) -> tuple[list[str], ...]:
    return (
        [package.fullname for package in packages],
        [package.name for package in packages],
        [package.version for package in packages],
        [package.architecture for package in packages],
    )
