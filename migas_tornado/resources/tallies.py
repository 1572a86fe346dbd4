"""Lists of millions of rows whose length, and where a page of them begins, is told by kept sums.

Triggers keep the sums, so they are right in every snapshot; nothing is counted row by row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from tortoise import Model

from migas_tornado.accounts.callers import Caller
from migas_tornado.db import Connection
from migas_tornado.resources.filters import Filter, FilterReader, is_given
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.visibility import is_visible

Given = dict[str, Any]
"""The parameters of a request by name."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums that the database keeps of a list."""

    model: type[Model]
    """Of the sums; they have the alias `t`."""
    sums: Callable[[Given], tuple[str, str]]
    """Gives the column that is summed up, and the condition on the sums of this list."""
    filters: tuple[Filter, ...]
    """Those of the list's filters that the sums can answer, along their own fields."""
    places: str
    """SELECT of `place`, a value of what the list is ordered by first, and its `number` of rows;
    `{number}`, `{table}` and `{where}` are filled in. A place may come several times. Where the
    sums are of computers, `{computers}` is the condition that `c` is visible."""
    since: str
    """Condition on `{value}`, what the list is ordered by first: in `{place}` or later."""
    until: str
    """In `{place}` or earlier."""
    is_complete: str = "true"
    """Condition that the sums tell of every row."""
    computer: str = ""
    """Column of the sums that holds the computer; without, they are of the whole fleet only."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """From where on a page is looked for."""

    condition: str
    """`since` or `until` of the tally."""
    place: Any
    skipped: int
    """Rows before the place."""


class KeptList:
    """A list as its sums tell of it.

    Args:
        tally: the sums.
        given: filters.
        zone: in which times without a zone are read.
    """

    def __init__(self, tally: Tally, given: Given, caller: Caller, zone: ZoneInfo) -> None:
        self._tally = tally
        self._parameters = Parameters()
        reader = FilterReader(tally.model, tally.filters, zone)
        self._number, condition = tally.sums(given)
        conditions = reader.conditions(given, self._parameters, caller)
        self._where = " AND ".join((condition, *conditions))
        self._seen = "true"
        if not caller.sees_all:
            self._seen = is_visible(caller, self._parameters, "{computer}")
        self._table = tally.model._meta.db_table

    async def count(self, database: Connection) -> int | None:
        """Return the length of the list, None when the sums do not tell of every row."""
        seen = self._seen.replace("{computer}", f"t.{self._tally.computer}")
        return await database.fetchval(
            f"SELECT CASE WHEN {self._tally.is_complete} THEN ("
            f"SELECT coalesce(sum({self._number}), 0)::bigint FROM {self._table} t "
            f"WHERE {self._where} AND {seen}) END",
            *self._parameters.values,
        )

    async def beginning(
        self, database: Connection, offset: int, *, is_descending: bool
    ) -> Beginning | None:
        """Return the place of the row that so many come before; None when there is none."""
        places = self._tally.places.format(
            number=self._number,
            table=self._table,
            where=self._where,
            computers=self._seen.replace("{computer}", "c.id"),
        )
        direction = "DESC" if is_descending else "ASC"
        offset_place = self._parameters.add(offset, "bigint")
        row = await database.fetchrow(
            f"""
            SELECT place, before FROM (
                SELECT place, sum(number) OVER (ORDER BY place {direction}) AS reached,
                    coalesce(sum(number) OVER (
                        ORDER BY place {direction}
                        GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                    ), 0)::bigint AS before
                FROM ({places}) p
            ) walked
            WHERE reached > {offset_place} ORDER BY place {direction} LIMIT 1
            """,
            *self._parameters.values,
        )
        if row is None or row["place"] is None:
            return None
        condition = self._tally.until if is_descending else self._tally.since
        return Beginning(condition, row["place"], row["before"])


def kept_list(
    tally: Tally | None, filters: tuple[Filter, ...], given: Given, caller: Caller, zone: ZoneInfo
) -> KeptList | None:
    """Return a list as its sums tell of it, None when they cannot answer what is asked.

    Args:
        tally: the sums of the resource, if it has any.
        filters: every filter of the resource.
        given: filters and search.
        caller: who asks.
        zone: in which times without a zone are read.
    """
    if tally is None or not (caller.sees_all or tally.computer):
        return None
    narrowing = {name for one in filters for name in one.parameters()} | {"search"}
    answered = {name for one in tally.filters for name in one.parameters()}
    if any(is_given(value) for name, value in given.items() if name in narrowing - answered):
        return None
    return KeptList(tally, given, caller, zone)
