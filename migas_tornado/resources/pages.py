"""Pages of lists, in a constant number of statements. Contract: admin-api 1.5.

A page is a few statements: how long the list is, which ids the page has, and those rows as JSON.
"""

from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from migas_tornado.accounts.callers import Caller
from migas_tornado.db import Connection
from migas_tornado.errors import NotFoundError
from migas_tornado.resources.declaration import Resource
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.reading import Selection, order_sql, read_objects, selection
from migas_tornado.resources.shapes import View, column_of, key_column, rendered
from migas_tornado.resources.tallies import KeptList, kept_list
from migas_tornado.resources.visibility import looking

PAGE_SIZE = 100
MOST_PAGE_SIZE = 10_000
FEW = 10_000
"""Records of which the ids are kept while a page of them is put together."""
FAR = 1000
"""Rows before a page from which on it is worth asking the sums where it begins."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list."""

    count: int
    """Records of the whole list."""
    number: int
    pages: int
    results: list[str]
    """JSON objects."""


async def read_page(
    database: Connection,
    resource: Resource,
    caller: Caller,
    given: dict[str, Any],
    zone: ZoneInfo,
    view: View,
) -> Page:
    """Return a page of the list that parameters ask for.

    Raises:
        InvalidDataError: a filter's value cannot be compared.
        NotFoundError: there is no such page.
    """
    caller = await looking(database, caller, resource.visible)
    view = replace(view, caller=caller)
    chosen = selection(resource, caller, given, zone, search_field=view.search_field)
    if _looks_into_texts(given):
        chosen = await _found(database, resource, chosen)
    kept = kept_list(resource.tally, resource.filters, given, caller, zone)
    count = await kept.count(database) if kept else chosen.count
    if count is None:  # without sums, or with some that do not tell of every row
        kept, count = None, await _counted(database, resource, chosen)
    size = _page_size(given.get("page_size"))
    pages = max(1, -(-count // size))
    number = _page_number(given.get("page"), pages)
    place = _Place(count, (number - 1) * size, size)
    ordering = str(given.get("ordering") or "")
    keys = await _keys(database, resource, chosen, kept, ordering, place, view)
    results = await read_objects(database, resource, resource.read, keys, view)
    return Page(count, number, pages, results)


def _looks_into_texts(given: dict[str, Any]) -> bool:
    return any(
        value and (name == "search" or name.endswith("__icontains"))
        for name, value in given.items()
    )


async def _found(database: Connection, resource: Resource, chosen: Selection) -> Selection:
    """Return the same records by their ids when they are few.

    To look into every text takes long; counting and ordering then need not do it again.
    """
    key = key_column(resource.model)
    rows = await database.fetch(
        f"SELECT t.{key} FROM {resource.model._meta.db_table} t WHERE {chosen.where} "
        f"LIMIT {FEW + 1}",
        *chosen.parameters.values,
    )
    if len(rows) > FEW:
        return chosen
    parameters = Parameters()
    place = parameters.add([row[0] for row in rows], "bigint[]")
    return Selection(f"t.{key} = ANY({place})", parameters, len(rows))


async def _counted(database: Connection, resource: Resource, chosen: Selection) -> int:
    return await database.fetchval(
        f"SELECT count(*) FROM {resource.model._meta.db_table} t WHERE {chosen.where}",
        *chosen.parameters.values,
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a list a page is; those of the second half are counted from the end."""

    count: int
    offset: int
    size: int

    @property
    def rows(self) -> int:
        return max(0, min(self.size, self.count - self.offset))

    @property
    def is_turned(self) -> bool:
        return self.offset > self.count // 2

    @property
    def before(self) -> int:
        """Rows that come before it, in the direction in which it is counted."""
        return self.count - self.offset - self.rows if self.is_turned else self.offset


async def _keys(
    database: Connection,
    resource: Resource,
    chosen: Selection,
    kept: KeptList | None,
    ordering: str,
    place: _Place,
    view: View,
) -> list[int]:
    """Return the ids of a page."""
    if not place.rows:
        return []
    joins, order = order_sql(resource, ordering, is_turned=place.is_turned)
    table, key = resource.model._meta.db_table, key_column(resource.model)
    source, offset = chosen.source(table, joins), place.before
    if resource.grouped and not ordering and chosen.count is None:
        source = _by_groups(resource, chosen, order, offset + place.rows)
    if kept and offset >= FAR and _starts_like(resource.order, ordering):
        condition, skipped = await _beginning(database, chosen.parameters, kept, order, offset)
        source, offset = source + condition, offset - skipped
    rows = await database.fetch(
        f"SELECT t.{key} {source} ORDER BY {rendered(order, view)} "
        f"LIMIT {place.rows} OFFSET {offset}",
        *chosen.parameters.values,
    )
    keys = [row[0] for row in rows]
    return keys[::-1] if place.is_turned else keys


def _starts_like(order: tuple[str, ...], ordering: str) -> bool:
    """Tell whether an ordering begins with the same value as an order, in whichever direction."""
    first = ordering.split(",")[0].strip().removeprefix("-")
    return first in ("", order[0].removeprefix("-"))


async def _beginning(
    database: Connection, parameters: Parameters, kept: KeptList, order: str, offset: int
) -> tuple[str, int]:
    """Return a condition that leaves out rows before a page, and how many they are."""
    first = order.split(", ")[0]
    value = first.removesuffix(" DESC")
    found = await kept.beginning(database, offset, is_descending=value != first)
    if found is None:
        return "", 0
    place = parameters.add(found.place)
    return f" AND {found.condition.format(value=value, place=place)}", found.skipped


def _by_groups(resource: Resource, chosen: Selection, order: str, most: int) -> str:
    """Return FROM of a list that is put together group by group, each read in its own order.

    An index on the foreign key and the order within it then spares sorting a whole group.
    """
    declared = resource.model._meta.fields_map[resource.grouped]
    parent = declared.related_model
    _, within = order.split(", ", 1)
    return (
        f"FROM {parent._meta.db_table} o0 CROSS JOIN LATERAL ("
        f"SELECT t.* FROM {resource.model._meta.db_table} t "
        f"WHERE t.{column_of(resource.model, resource.grouped)} = o0.{key_column(parent)} "
        f"AND {chosen.where} ORDER BY {within} LIMIT {most}) t"
    )


def _page_size(given: Any) -> int:
    text = str(given or "")
    size = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return min(size, MOST_PAGE_SIZE) or PAGE_SIZE


def _page_number(given: Any, pages: int) -> int:
    text = str(given or "1")
    if text == "last":
        return pages
    if not (text.isascii() and text.isdigit() and len(text) < 12 and 1 <= int(text) <= pages):
        raise NotFoundError("Invalid page.")
    return int(text)
