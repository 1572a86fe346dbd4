"""The parts of a computer as administrators see them. Contract: admin-api 5.10, 5.14."""

from migas_tornado.db import Connection
from migas_tornado.resources.declared.hardware import NODES
from migas_tornado.resources.declared.shapes import COMPUTER
from migas_tornado.resources.shapes import Computed, Many, One, Shape

INFO: Shape = (
    Computed("name", NODES.text),
    One("computer", COMPUTER),
    Many("capability", ("name", "description"), order="{t}.name", through="capabilities"),
    Many("logical_name", ("name",), order="{t}.name", through="logical_names"),
    Many("configuration", ("name", "value"), order="{t}.name", through="configurations"),
)
"""What is told about one part."""


async def node_keys(database: Connection, key: int) -> list[int]:
    """Return the ids of the parts of a computer, in order."""
    rows = await database.fetch(
        "SELECT id FROM hardware_node WHERE computer_id = $1 ORDER BY id", key
    )
    return [row["id"] for row in rows]
