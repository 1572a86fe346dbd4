"""Creation, change and deletion of records: one transaction each. Contract: admin-api 1.3, 1.6.

What a change brings about beyond its own row is written down in the resource's hooks; nothing
happens by itself when a row is saved.
"""

import logging
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson
from tortoise import fields as columns
from tortoise.fields.relational import ForeignKeyFieldInstance, ManyToManyFieldInstance

from migas_tornado.accounts.callers import Caller
from migas_tornado.bus import Channel, tell
from migas_tornado.db import Connection
from migas_tornado.errors import ConflictError, InvalidDataError
from migas_tornado.resources.declaration import Hook, Resource, Writable
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.shapes import Many, column_of, key_column
from migas_tornado.settings import Settings

log = logging.getLogger(__name__)

RIGHTS_OF_MANY = ("accounts/groups", "domains", "scopes")
"""Kinds of record on which depends what other accounts may do and see."""
_DUPLICATE = re.compile(r"Key \((?P<names>[^)]*)\)=")


@dataclass(slots=True)
class Change:
    """A change of one record, on its way through the hooks."""

    database: Connection
    """Inside the change's transaction."""
    caller: Caller
    settings: Settings
    resource: Resource
    values: dict[str, Any]
    """Field -> new value; foreign keys as ids, links as lists of ids. Only what changes."""
    key: int | None = None
    """Id of the record; None until a new one is stored."""
    before: dict[str, Any] = field(default_factory=dict)
    """Column -> value before the change; empty for a new record."""
    links_before: dict[str, set[int]] = field(default_factory=dict)
    """Link -> ids that it held before; only those that the change names."""
    stays: bool = False
    """Set by a removing hook when the record is not deleted, though the caller is told it is."""
    after_commit: list[Any] = field(default_factory=list)
    """Plain functions to call when everything is stored."""
    extra: dict[str, Any] = field(default_factory=dict)
    """What the body holds of `Writable.extra`; hooks check and store it."""

    @property
    def is_new(self) -> bool:
        """Whether the record did not exist before."""
        return not self.before

    def value(self, name: str) -> Any:
        """Return a column's value as it will be: the new one, or else that of before."""
        if name in self.values:
            return self.values[name]
        if not self.before:
            return None
        return self.before[column_of(self.resource.model, name)]

    def changes(self, *names: str) -> bool:
        """Tell whether one of these columns or links gets another value than it had."""
        return any(self._changes(name) for name in names)

    def _changes(self, name: str) -> bool:
        if name not in self.values:
            return False
        if name in self.links_before:
            return self.links_before[name] != set(self.values[name])
        return self.is_new or self.before[column_of(self.resource.model, name)] != self.values[name]


async def save(change: Change) -> int:
    """Store a new record or the change of one, with its links and hooks, and return its id.

    Args:
        change: with checked values; its connection is inside a transaction.

    Raises:
        InvalidDataError: a record named does not exist, a value is taken, or a hook refuses it.
    """
    resource, writable = change.resource, _writable(change)
    change.extra |= {
        name: change.values.pop(name) for name in writable.extra if name in change.values
    }
    links = {
        name: change.values.pop(name) or []
        for name in writable.names
        if name in change.values and _is_link(resource, name)
    }
    await _check_targets(change, writable, links)
    if change.key is not None:
        change.before = await _row(change)
        change.links_before = {name: await _linked(change, name) for name in links}
        for name in links:
            links[name] = links[name] + await _hidden(change, name)
    change.values |= links
    await _run(resource.hooks.check, change)
    links = {
        name: change.values.pop(name) for name in list(change.values) if _is_link(resource, name)
    }
    try:
        async with change.database.transaction():
            await _store(change)
    except asyncpg.UniqueViolationError as error:
        raise InvalidDataError(_taken(resource, error)) from error
    for name, targets in links.items():
        await _replace_links(change, name, targets)
    change.values |= links
    await _run(resource.hooks.saved, change)
    _tell(change, "created" if change.is_new else "changed")
    return change.key


async def remove(change: Change) -> None:
    """Delete a record, with what its hook does before.

    Raises:
        ConflictError: others depend on it; the message says which.
    """
    change.before = await _row(change)
    await _run(change.resource.hooks.removing, change)
    if change.stays:
        _tell(change, "changed")
        return
    model = change.resource.model
    try:
        async with change.database.transaction():
            await change.database.execute(
                f"DELETE FROM {model._meta.db_table} WHERE {key_column(model)} = $1",
                change.key,
            )
    except asyncpg.IntegrityConstraintViolationError as error:
        dependants = (error.table_name or "").rpartition("_")[2] or "other"
        raise ConflictError(
            f"This {change.resource.title} cannot be deleted: {dependants} records depend on it."
        ) from error
    _tell(change, "deleted")


def _tell(change: Change, what: str) -> None:
    kind = change.resource.path
    tell(change.database, Channel.RECORDS, kind=kind, change=what, ids=[change.key])
    if kind == "user-profiles":
        tell(change.database, Channel.ACCOUNTS, accounts=[change.key])
    elif kind in RIGHTS_OF_MANY:
        tell(change.database, Channel.ACCOUNTS)


def _writable(change: Change) -> Writable:
    return change.resource.writable if change.key is None else change.resource.for_update


async def _run(hook: Hook | None, change: Change) -> None:
    if hook is not None:
        await hook(change)


def _is_link(resource: Resource, name: str) -> bool:
    return isinstance(resource.model._meta.fields_map.get(name), ManyToManyFieldInstance)


async def _check_targets(change: Change, writable: Writable, links: dict[str, list[int]]) -> None:
    """Refuse ids that do not exist, or that the caller does not see and the record has not."""
    mistakes = {}
    meta = change.resource.model._meta
    for name in writable.names:
        declared = meta.fields_map[name]
        if name in links:
            wanted = set(links[name])
            known = await _linked(change, name) if change.key is not None else set()
        elif isinstance(declared, ForeignKeyFieldInstance) and change.values.get(name) is not None:
            wanted, known = {change.values[name]}, set()
        else:
            continue
        is_free = name in writable.free_links
        missing = (
            wanted - known - await _existing(change, declared, wanted - known, is_free=is_free)
        )
        if missing:
            mistakes[name] = [
                f'Invalid pk "{key}" - object does not exist.' for key in sorted(missing)
            ]
    if mistakes:
        raise InvalidDataError(mistakes)


async def _existing(change: Change, declared: Any, wanted: set[int], *, is_free: bool) -> set[int]:
    from migas_tornado.resources.registry import visibility_of  # it imports who changes records

    wanted = {key for key in wanted if 0 < key < 2**31}
    if not wanted:
        return set()
    target = declared.related_model
    parameters = Parameters()
    key = f"t.{key_column(target)}"
    conditions = [f"{key} = ANY({parameters.add(sorted(wanted), 'bigint[]')})"]
    if not is_free:
        conditions.append(visibility_of(target)(change.caller, parameters))
    rows = await change.database.fetch(
        f"SELECT {key} FROM {target._meta.db_table} t "
        f"WHERE {' AND '.join(filter(None, conditions))} FOR KEY SHARE OF t",
        *parameters.values,
    )
    return {row[0] for row in rows}


async def _hidden(change: Change, name: str) -> list[int]:
    """Return the ids of a link that its readers do not see, and so cannot send back."""
    shown = (*change.resource.read, *change.resource.of_detail)
    is_narrowed = any(
        isinstance(member, Many) and member.only_visible and name in (member.name, member.through)
        for member in shown
    )
    linked = change.links_before[name]
    if not is_narrowed or change.caller.sees_all or not linked:
        return []
    declared = change.resource.model._meta.fields_map[name]
    return sorted(linked - await _existing(change, declared, linked, is_free=False))


async def _row(change: Change) -> dict[str, Any]:
    model = change.resource.model
    row = await change.database.fetchrow(
        f"SELECT * FROM {model._meta.db_table} WHERE {key_column(model)} = $1",
        change.key,
    )
    return dict(row)


async def _linked(change: Change, name: str) -> set[int]:
    link = change.resource.model._meta.fields_map[name]
    rows = await change.database.fetch(
        f"SELECT {link.forward_key} FROM {link.through} WHERE {link.backward_key} = $1",
        change.key,
    )
    return {row[0] for row in rows}


async def _store(change: Change) -> None:
    model = change.resource.model
    values = {column_of(model, name): value for name, value in change.values.items()}
    if change.key is None:
        values = {**_defaults(model, values), **values}
    encoded = [orjson.dumps(v).decode() if isinstance(v, dict) else v for v in values.values()]
    table, key = model._meta.db_table, key_column(model)
    if change.key is None:
        places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        change.key = await change.database.fetchval(
            f"INSERT INTO {table} ({_quoted(values)}) VALUES ({places}) RETURNING {key}",
            *encoded,
        )
    elif values:
        pairs = ", ".join(f'"{name}" = ${place}' for place, name in enumerate(values, 2))
        await change.database.execute(
            f"UPDATE {table} SET {pairs} WHERE {key} = $1",
            change.key,
            *encoded,
        )


def _quoted(names: Any) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _defaults(model: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Return what the columns that are not given hold in a new row."""
    found = {}
    for name in model._meta.fields_db_projection:
        declared = model._meta.fields_map[name]
        column = column_of(model, name)
        if column in given or declared.pk:
            continue
        if getattr(declared, "auto_now_add", False) or getattr(declared, "auto_now", False):
            found[column] = datetime.now(UTC)
        elif declared.default is not None:
            default = declared.default
            found[column] = default() if callable(default) else default
        elif isinstance(declared, columns.TextField | columns.CharField) and not declared.null:
            found[column] = ""
    return found


async def _replace_links(change: Change, name: str, targets: list[int]) -> None:
    link = change.resource.model._meta.fields_map[name]
    await change.database.execute(
        f"""
        WITH gone AS (
            DELETE FROM {link.through}
            WHERE {link.backward_key} = $1 AND {link.forward_key} <> ALL($2::int[])
        )
        INSERT INTO {link.through} ({link.backward_key}, {link.forward_key})
        SELECT DISTINCT $1::int, w.id FROM unnest($2::int[]) AS w (id)
        WHERE NOT EXISTS (
            SELECT FROM {link.through} k WHERE k.{link.backward_key} = $1
                AND k.{link.forward_key} = w.id
        )
        """,
        change.key,
        targets,
    )


def _taken(resource: Resource, error: asyncpg.UniqueViolationError) -> dict[str, list[str]]:
    found = _DUPLICATE.search(error.detail or "")
    names = (
        [part.strip().removesuffix("_id") for part in found["names"].split(",")] if found else []
    )
    if len(names) == 1:
        title = resource.title[:1].upper() + resource.title[1:]
        return {names[0]: [f"{title} with this {names[0]} already exists."]}
    return {"non_field_errors": [f"The fields {', '.join(names)} must make a unique set."]}
