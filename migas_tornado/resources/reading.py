"""Which records are meant, in which order, and how they are read as JSON. Contract: admin-api 1.5.

PostgreSQL writes the JSON of records that have been found by id.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from migas_tornado.accounts.callers import Caller
from migas_tornado.db import Connection
from migas_tornado.errors import NotFoundError
from migas_tornado.resources.declaration import CALLED, Resource
from migas_tornado.resources.filters import FilterReader, check_characters, contained, search_terms
from migas_tornado.resources.paths import Joins, Leaf, Parameters, condition
from migas_tornado.resources.shapes import (
    Shape,
    View,
    column_of,
    key_column,
    member_name,
    object_sql,
    rendered,
)
from migas_tornado.resources.visibility import PRODUCTIVE_SQL, visible_computers

VISIBLE_COMPUTERS = "{visible_computers}"

_VISIBLE = re.compile(r"\{visible:(\w+):(\w+)\.(\w+)\}")


@dataclass(frozen=True, slots=True)
class Selection:
    """The part of a statement that tells which records are meant."""

    where: str
    parameters: Parameters
    count: int | None = None
    """How many they are, where that is known already."""

    def source(self, table: str, joins: str) -> str:
        """Return FROM and WHERE of a statement on them.

        When they are known, they are fetched before anything is joined: the planner would rather
        walk the whole table in the wanted order and look for them on the way.
        """
        if self.count is None:
            return f"FROM {table} t{joins} WHERE {self.where}"
        return f"FROM (SELECT t.* FROM {table} t WHERE {self.where} OFFSET 0) t{joins}"


def selection(
    resource: Resource,
    caller: Caller,
    given: dict[str, Any],
    zone: ZoneInfo,
    parameters: Parameters | None = None,
    *,
    search_field: str = "id",
) -> Selection:
    """Return the records of a list: visible, filtered and searched.

    Args:
        resource: the resource.
        caller: who asks.
        given: filters and search.
        zone: in which times without a zone are read.
        parameters: those of the statement, where this is not its only list.
        search_field: by which computers are called, and searched too.

    Raises:
        InvalidDataError: a filter's value cannot be compared.
    """
    parameters = Parameters() if parameters is None else parameters
    conditions = [resource.always, resource.visible(caller, parameters)]
    reader = FilterReader(resource.model, resource.filters, zone)
    conditions += reader.conditions(given, parameters, caller)
    searched = str(given.get("search") or "")
    check_characters("search", searched)
    conditions += _search(resource, searched, parameters, search_field)
    return Selection(" AND ".join(filter(None, conditions)) or "true", parameters)


def _search(
    resource: Resource, searched: str, parameters: Parameters, search_field: str
) -> list[str]:
    if not resource.search:
        return []
    paths = dict.fromkeys(path.replace(CALLED, search_field) for path in resource.search)
    found = []
    for term in search_terms(searched):
        pattern = parameters.add(contained(term))
        anywhere = (condition(resource.model, "t", path, _contains(pattern)) for path in paths)
        found.append(f"({' OR '.join(anywhere)})")
    return found


def _contains(pattern: str) -> Leaf:
    return lambda sql: f"migas_contains({sql}::text, {pattern})"


def order_sql(resource: Resource, ordering: str, *, is_turned: bool = False) -> tuple[str, str]:
    """Return the joins and the ORDER BY terms of a list; terms that do not exist are dropped."""
    joins = Joins(resource.model, "t")
    terms = _terms(resource, joins, ordering.split(",")) or _terms(resource, joins, resource.order)
    last_is_descending = bool(terms) and terms[-1][1]
    terms.append((f"t.{key_column(resource.model)}", last_is_descending))
    return joins.sql, ", ".join(
        f"{sql} DESC" if is_descending is not is_turned else sql for sql, is_descending in terms
    )


def _terms(resource: Resource, joins: Joins, names: Sequence[str]) -> list[tuple[str, bool]]:
    """Return SQL and whether it is descending; PostgreSQL puts nulls where the contract wants."""
    found = []
    for name in names:
        name = name.strip()
        path = name.removeprefix("-")
        if path in resource.ordered_by:
            expressions = [resource.ordered_by[path].replace("{t}", "t")]
        else:
            try:
                expressions = joins.expressions(path)
            except KeyError:
                continue
        found += [(expression, name.startswith("-")) for expression in expressions]
    return found


async def read_objects(
    database: Connection, resource: Resource, shape: Shape, keys: Sequence[int], view: View
) -> list[str]:
    """Return records as JSON objects, in the order of their ids; those that are gone are left out.

    Args:
        database: connection.
        resource: the resource.
        shape: what is shown.
        keys: ids.
        view: what texts and URLs depend on.
    """
    return await read_records(database, resource.model, shape, keys, view)


async def read_records(
    database: Connection, model: Any, shape: Shape, keys: Sequence[int], view: View
) -> list[str]:
    """Return records of a model that need not be a resource; otherwise like `read_objects`."""
    if not keys:
        return []
    statement = rendered(_objects_sql(model, shape), view)
    parameters = Parameters()
    parameters.add(list(keys))
    if "$2" in statement:
        parameters.add(view.site)
    statement = narrowed(statement, view.caller, parameters)
    return [row[0] for row in await database.fetch(statement, *parameters.values)]


def narrowed(statement: str, caller: Caller | None, parameters: Parameters) -> str:
    """Return a SELECT in which what depends on the caller's view of the fleet is filled in.

    `{visible:table:x.id}` becomes the condition that he sees that record; what he sees of a table
    is worked out once for the whole statement.

    Args:
        statement: the SELECT.
        caller: who looks; nobody sees everything.
        parameters: those of the statement; what the conditions need is added to them.
    """
    from migas_tornado.resources.registry import visibility_of_table

    if VISIBLE_COMPUTERS in statement:
        statement = statement.replace(VISIBLE_COMPUTERS, _computers_of(caller, parameters))
    tables: dict[str, str] = {}

    def seen(match: re.Match[str]) -> str:
        table, alias, key = match.groups()
        if table not in tables:
            hides = visibility_of_table(table)(caller, parameters) if caller else ""
            tables[table] = f"SELECT t.{key} AS id FROM {table} t WHERE {hides}" if hides else ""
        if not tables[table]:
            return "true"
        # As a plain condition it would become a join, done again for every record of the page.
        return f"({alias}.{key} IN (SELECT id FROM visible_{table})) IS TRUE"

    statement = _VISIBLE.sub(seen, statement)
    named = ", ".join(
        f"visible_{table} AS MATERIALIZED ({sql})" for table, sql in tables.items() if sql
    )
    return f"WITH {named} {statement}" if named else statement


def _computers_of(caller: Caller | None, parameters: Parameters) -> str:
    if caller is None:
        return f"SELECT vc.id FROM client_computer vc WHERE vc.status IN {PRODUCTIVE_SQL}"
    return visible_computers(caller, parameters)


@cache
def _objects_sql(model: Any, shape: Shape) -> str:
    content = object_sql(model, shape).replace("{site}", "$2::text")
    return (
        f"SELECT {content}::text FROM unnest($1::bigint[]) WITH ORDINALITY AS page (id, place) "
        f"JOIN {model._meta.db_table} t ON t.{key_column(model)} = page.id ORDER BY page.place"
    )


async def find_visible(
    database: Connection, resource: Resource, caller: Caller, key: str, *, lock: bool = False
) -> int:
    """Return the id of a record that the caller sees.

    Raises:
        NotFoundError: there is none; what is hidden is not told apart from what does not exist.
    """
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        raise NotFoundError("Not found.")
    parameters = Parameters()
    column = f"t.{key_column(resource.model)}"
    conditions = [f"{column} = {parameters.add(int(key), 'bigint')}", resource.always]
    conditions.append(resource.visible(caller, parameters))
    found = await database.fetchval(
        f"SELECT {column} FROM {resource.model._meta.db_table} t "
        f"WHERE {' AND '.join(filter(None, conditions))}" + (" FOR UPDATE OF t" if lock else ""),
        *parameters.values,
    )
    if found is None:
        raise NotFoundError(f"No {resource.model.__name__} matches the given query.")
    return found


def orderable(resource: Resource) -> list[str]:
    """Return the names of a record's members by which a list may be ordered."""
    names = [member_name(member) for member in resource.read]
    return [name for name in names if name in resource.ordered_by or _is_column(resource, name)]


def _is_column(resource: Resource, name: str) -> bool:
    try:
        column_of(resource.model, name)
    except KeyError:
        return False
    return True
