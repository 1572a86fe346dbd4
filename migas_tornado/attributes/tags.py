"""Which computers have a tag, and giving it to others. Contract: admin-api 5.3."""

from dataclasses import dataclass

from migas_tornado.accounts.callers import Caller
from migas_tornado.db import Connection
from migas_tornado.errors import InvalidDataError
from migas_tornado.models.enumerations import RELEASED
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.visibility import visible_computers


@dataclass(frozen=True, slots=True)
class Tagged:
    """The visible computers that have a tag."""

    assigned: list[int]
    """Those to which people gave it."""
    inflicted: list[int]
    """Those that only have it since their last synchronization, such as through another tag."""


async def tagged_computers(database: Connection, caller: Caller, tag: int) -> Tagged:
    """Return the productive computers with a tag that a caller sees."""
    parameters = Parameters()
    key = parameters.add(tag, "int")
    rows = await database.fetch(
        f"""
        SELECT v.id, EXISTS (
            SELECT FROM client_computer_tags t
            WHERE t.computer_id = v.id AND t.serverattribute_id = {key}
        ) AS is_assigned
        FROM ({visible_computers(caller, parameters)}) v
        WHERE v.id IN (
            SELECT computer_id FROM client_computer_tags WHERE serverattribute_id = {key}
            UNION
            SELECT computer_id FROM client_computer_sync_attributes WHERE attribute_id = {key}
        )
        ORDER BY v.id
        """,  # noqa: S608
        *parameters.values,
    )
    return Tagged(
        [row["id"] for row in rows if row["is_assigned"]],
        [row["id"] for row in rows if not row["is_assigned"]],
    )


async def assign_tag(database: Connection, caller: Caller, tag: int, computers: list[int]) -> None:
    """Give a tag to these computers, and take it from the others that the caller sees.

    Args:
        database: connection inside a transaction.
        caller: who does it.
        tag: the tag, locked.
        computers: ids.

    Raises:
        InvalidDataError: a computer does not exist, is not visible, or may not have tags.
    """
    wanted = sorted(set(computers))
    existing = await _taggable(database, caller, wanted)
    if missing := [key for key in wanted if key not in existing]:
        raise InvalidDataError(
            {"computers": [f'Invalid pk "{key}" - object does not exist.' for key in missing]}
        )
    parameters = Parameters()
    key, keys = parameters.add(tag, "int"), parameters.add(wanted, "int[]")
    await database.execute(
        f"""
        WITH gone AS (
            DELETE FROM client_computer_tags
            WHERE serverattribute_id = {key} AND computer_id <> ALL({keys})
                AND computer_id IN ({visible_computers(caller, parameters)})
        )
        INSERT INTO client_computer_tags (computer_id, serverattribute_id)
        SELECT w.id, {key} FROM unnest({keys}) AS w (id)
        WHERE NOT EXISTS (
            SELECT FROM client_computer_tags t
            WHERE t.computer_id = w.id AND t.serverattribute_id = {key}
        )
        """,  # noqa: S608
        *parameters.values,
    )


async def _taggable(database: Connection, caller: Caller, wanted: list[int]) -> set[int]:
    parameters = Parameters()
    keys = parameters.add([key for key in wanted if 0 < key < 2**31], "int[]")
    released = parameters.add([status.value for status in RELEASED], "text[]")
    conditions = [f"c.id = ANY({keys})", f"c.status <> ALL({released})"]
    if not caller.sees_all:
        conditions.append(f"c.id IN ({visible_computers(caller, parameters)})")
    where = " AND ".join(conditions)
    rows = await database.fetch(
        f"SELECT c.id FROM client_computer c WHERE {where} FOR KEY SHARE OF c",  # noqa: S608
        *parameters.values,
    )
    return {row["id"] for row in rows}
