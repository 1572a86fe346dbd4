"""The hardware tree of a computer, replaced as a whole. Contract: agent-v5 6.9."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta

import orjson

from migas_tornado.db import Connection
from migas_tornado.enrolment.computers import Computer
from migas_tornado.errors import InvalidDataError
from migas_tornado.inventory.hardware import HardwareNode, read_hardware
from migas_tornado.inventory.hardware_summary import HardwareSummary, summarize

NODE_COLUMNS = (
    "id",
    "parent_id",
    "computer_id",
    "level",
    "width",
    "name",
    "class_name",
    "enabled",
    "claimed",
    "description",
    "vendor",
    "product",
    "version",
    "serial",
    "bus_info",
    "physid",
    "slot",
    "size",
    "capacity",
    "clock",
    "dev",
)


def is_capture_due(computer: Computer, days: int) -> bool:
    """Tell whether a computer should report its hardware: never done, or longer ago than days."""
    last = computer.last_hardware_capture
    return last is None or datetime.now(UTC) - last > timedelta(days=days)


async def report_hardware(database: Connection, computer: Computer, tree: object) -> None:
    """Replace the hardware of a computer and what is summed up from it.

    A tree that did not change costs the comparison of a hash.

    Args:
        database: connection inside a transaction.
        computer: the computer, locked.
        tree: what `lshw -json` printed: the root node, or a list with it.

    Raises:
        InvalidDataError: it is no tree, or is larger than any computer.
    """
    digest, nodes, summary = await asyncio.to_thread(_read, tree, computer)
    if summary is not None:
        await database.execute("DELETE FROM hardware_node WHERE computer_id = $1", computer.id)
        await _insert(database, computer.id, nodes)
        await _store_summary(database, computer.id, summary)
    await database.execute(
        "UPDATE client_computer SET hardware_hash = $2, last_hardware_capture = $3, "
        "updated_at = $3 WHERE id = $1",
        computer.id,
        digest,
        datetime.now(UTC),
    )


def _read(
    tree: object, computer: Computer
) -> tuple[bytes, list[HardwareNode], HardwareSummary | None]:
    """Return hash, nodes and summary; no summary when the hash is that of the last report."""
    try:
        digest = hashlib.sha256(orjson.dumps(tree, option=orjson.OPT_SORT_KEYS)).digest()
    except orjson.JSONEncodeError as error:
        raise InvalidDataError({"hardware": [f"The tree is not readable: {error}."]}) from error
    if digest == computer.hardware_hash:
        return digest, [], None
    nodes = read_hardware(tree)
    return digest, nodes, summarize(nodes, computer.uuid or "")


async def _insert(database: Connection, computer_id: int, nodes: list[HardwareNode]) -> None:
    rows = await database.fetch(
        "SELECT nextval('hardware_node_id_seq') AS id FROM generate_series(1, $1)", len(nodes)
    )
    ids = [row["id"] for row in rows]
    await database.copy_records_to_table(
        "hardware_node",
        columns=NODE_COLUMNS,
        records=[
            (
                ids[node.index],
                None if node.parent is None else ids[node.parent],
                computer_id,
                *(getattr(node, column) for column in NODE_COLUMNS[3:]),
            )
            for node in nodes
        ],
    )
    details = (
        ("hardware_capability", ("node_id", "name", "description"), "capabilities"),
        ("hardware_configuration", ("node_id", "name", "value"), "configurations"),
    )
    for table, columns, attribute in details:
        await database.copy_records_to_table(
            table,
            columns=columns,
            records=[
                (ids[node.index], name, value)
                for node in nodes
                for name, value in getattr(node, attribute).items()
            ],
        )
    await database.copy_records_to_table(
        "hardware_logicalname",
        columns=("node_id", "name"),
        records=[(ids[node.index], name) for node in nodes for name in node.logical_names],
    )


async def _store_summary(database: Connection, computer_id: int, summary: HardwareSummary) -> None:
    await database.execute(
        """
        UPDATE client_computer
        SET product = $2, product_system = $3, machine = $4, cpu = $5, architecture = $6,
            ram = $7, storage = $8, disks = $9, mac_address = $10
        WHERE id = $1
        """,
        computer_id,
        summary.product,
        summary.product_system,
        summary.machine,
        summary.cpu,
        summary.architecture,
        summary.ram,
        summary.storage,
        summary.disks,
        summary.mac_address,
    )
