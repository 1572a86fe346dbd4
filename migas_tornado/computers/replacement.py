"""A computer takes the place of another. Contract: data-model 4.1."""

from migas_tornado.computers.attribute import own_attributes
from migas_tornado.computers.status import apply_status
from migas_tornado.db import Connection
from migas_tornado.errors import InvalidDataError
from migas_tornado.settings import Settings

EXCHANGED = (
    ("device_logical_attributes", "logical_id"),
    ("core_scheduledelay_attributes", "scheduledelay_id"),
    *(
        (f"{table}_{kind}_attributes", f"{table.rpartition('_')[2]}_id")
        for table in (
            "client_faultdefinition",
            "core_deployment",
            "core_attributeset",
            "core_scope",
            "core_domain",
            "app_catalog_policy",
            "app_catalog_policygroup",
        )
        for kind in ("included", "excluded")
    ),
)
"""Links of CID attributes that are exchanged, with the column of what they belong to."""

# What both have stays; the rest changes hands.
_SWAP = """
    UPDATE {table} l
    SET {column} = CASE WHEN l.{column} = $1 THEN $2::int ELSE $1::int END
    WHERE l.{column} IN ($1, $2) AND NOT EXISTS (
        SELECT FROM {table} o
        WHERE o.{other} = l.{other} AND o.{column} IN ($1, $2) AND o.{column} <> l.{column}
    )
"""

_DEFAULTS = """
    UPDATE client_computer c SET default_logical_device_id = o.default_logical_device_id
    FROM client_computer o
    WHERE c.id IN ($1, $2) AND o.id IN ($1, $2) AND c.id <> o.id
"""


async def replace_computer(
    database: Connection, source: int, target: int, settings: Settings
) -> None:
    """Exchange tags, default device, what targets just one of them, and status.

    One that ends up available or unsubscribed is released, and so loses what it got.

    Args:
        database: connection inside a transaction.
        source: a computer, locked as the other.
        target: the other.
        settings: for attributes that have to be made.

    Raises:
        InvalidDataError: it is the same computer.
    """
    if source == target:
        raise InvalidDataError({"target": ["A computer cannot replace itself."]})
    await _swap(
        database, "client_computer_tags", "computer_id", "serverattribute_id", source, target
    )
    await database.execute(_DEFAULTS, source, target)
    own = await own_attributes(database, [source, target], settings)
    for table, other in EXCHANGED:
        await _swap(database, table, "attribute_id", other, own[source], own[target])
    rows = await database.fetch(
        "SELECT id, status FROM client_computer WHERE id = ANY($1::int[])", [source, target]
    )
    status = {row["id"]: row["status"] for row in rows}
    await apply_status(database, source, status[source], status[target])
    await apply_status(database, target, status[target], status[source])


async def _swap(
    database: Connection, table: str, column: str, other: str, first: int, second: int
) -> None:
    statement = _SWAP.format(table=table, column=column, other=other)
    await database.execute(statement, first, second)
