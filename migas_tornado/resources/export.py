"""Whole lists, row by row, in bounded memory. Contract: admin-api 1.8, 3.

A cursor gives the ids in the list's order, and for each few hundred of them one statement reads
the rows, all in one read-only transaction, so that a large list costs no large sort of rows and an
export shows one moment.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from migas_tornado.accounts.callers import Caller
from migas_tornado.db import Connection
from migas_tornado.resources.declaration import Resource
from migas_tornado.resources.export_columns import Column, columns_of
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.reading import narrowed, order_sql, selection
from migas_tornado.resources.shapes import MOMENT, View, key_column, rendered

MOST_ROWS = 1000
"""Rows that are read at a time."""
FIRST_ROWS = 50
CHUNK_CHARACTERS = 128 * 1024
"""What a reading should have at most; wide rows are read fewer at a time."""

TEXT_FORMS = {
    "text": r"regexp_replace(({value})::text, E'^(?=[=+@\t\r-].)', '''')",
    "number": "({value})::text",
    "boolean": "({value})::int::text",
    "moment": "to_char({value}, 'YYYY-MM-DD HH24:MI:SS')",
    "date": "to_char({value}, 'YYYY-MM-DD')",
    "json": "({value})::text",
}
"""Values in CSV. Texts that a spreadsheet would take for a formula get an apostrophe in front."""
CELL_FORMS = {
    "moment": TEXT_FORMS["moment"],
    "json": "({value})::text",
    "text": "({value})::text",
}
"""Values in workbooks, where they keep their types."""
JSON_FORMS = {"moment": MOMENT}


class Export:
    """The rows of a list that a caller sees, in the form of one format.

    Args:
        resource: the resource.
        caller: who asks; links and rows are limited to what he sees.
        given: filters, search and order.
        zone: in which times without a zone are read.
        view: what texts depend on.
        kind: `csv` for rows of texts, `json` for the text of a JSON object per row, `xlsx` for
            that of a JSON list.

    Raises:
        InvalidDataError: a filter's value cannot be compared.
    """

    def __init__(
        self,
        resource: Resource,
        caller: Caller,
        given: dict[str, Any],
        zone: ZoneInfo,
        view: View,
        kind: str,
    ) -> None:
        self._kind = kind
        self._columns = columns_of(resource.path)
        self._chosen = selection(resource, caller, given, zone, search_field=view.search_field)
        joins, order = order_sql(resource, str(given.get("ordering") or ""))
        table, key = resource.model._meta.db_table, key_column(resource.model)
        self._keys_sql = (
            f"SELECT t.{key} FROM {table} t{joins} WHERE {self._chosen.where} "
            f"ORDER BY {rendered(order, view)}"
        )
        self._parameters = Parameters()
        keys = self._parameters.add(None, "bigint[]")
        statement = (
            f"SELECT {self._selected()} FROM unnest({keys}) WITH ORDINALITY AS page (id, place) "
            f"JOIN {table} t ON t.{key} = page.id ORDER BY page.place"
        )
        self._rows_sql = narrowed(rendered(statement, view), caller, self._parameters)

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [column.name for column in self._columns]

    @property
    def kinds(self) -> list[str]:
        """Kinds of the columns."""
        return [column.kind for column in self._columns]

    def _selected(self) -> str:
        values = [self._value(column) for column in self._columns]
        if self._kind == "csv":
            return ", ".join(f"{value} AS c{place}" for place, value in enumerate(values))
        if self._kind == "xlsx":
            return f"json_build_array({', '.join(values)})::text"
        pairs = zip(self.names, values, strict=True)
        members = ", ".join(f"'{name}', {value}" for name, value in pairs)
        return f"json_build_object({members})::text"

    def _value(self, column: Column) -> str:
        if column.kind == "ids":
            return self._linked(column)
        forms = {"csv": TEXT_FORMS, "xlsx": CELL_FORMS, "json": JSON_FORMS}[self._kind]
        return forms.get(column.kind, "{value}").replace("{value}", column.sql)

    def _linked(self, column: Column) -> str:
        """Return the SQL of the ids of linked records that the caller sees."""
        target: Any = column.target
        key = key_column(target)
        seen = f"{{visible:{target._meta.db_table}:x.{key}}}"
        source = f"FROM (SELECT DISTINCT l.{key} FROM ({column.sql}) l ({key})) x WHERE {seen}"
        if self._kind == "json":
            return f"(SELECT coalesce(json_agg(x.{key} ORDER BY x.{key}), '[]') {source})"
        return f"(SELECT string_agg(x.{key}::text, ',' ORDER BY x.{key}) {source})"

    async def rows(self, database: Connection) -> AsyncIterator[Sequence[asyncpg.Record]]:
        """Read the rows, some at a time; the connection must not be in a transaction."""
        async with database.transaction(isolation="repeatable_read", readonly=True):
            cursor = await database.cursor(self._keys_sql, *self._chosen.parameters.values)
            size = FIRST_ROWS
            while keys := [row[0] for row in await cursor.fetch(MOST_ROWS)]:
                while keys:
                    wanted, keys = keys[:size], keys[size:]
                    values = [wanted, *self._parameters.values[1:]]
                    found = await database.fetch(self._rows_sql, *values)
                    yield found
                    size = _next_size(found, size)


def _next_size(rows: Sequence[asyncpg.Record], size: int) -> int:
    """Return how many rows to read next, so that a reading has about the wanted length."""
    characters = sum(len(value) for row in rows for value in row if type(value) is str)
    fitting = CHUNK_CHARACTERS * max(1, len(rows)) // max(1, characters)
    return max(1, min(MOST_ROWS, fitting, size * 4))
