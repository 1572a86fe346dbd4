"""What an account sees of the fleet: the one place that decides it. Contract: data-model 9.

A preference for a domain, a scope, or both narrows everything to the computers that they hold.
Each function gives the condition under which a record with the alias `t` is visible.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from migas_tornado.accounts.callers import Caller, Seen
from migas_tornado.db import Connection
from migas_tornado.models.enumerations import PRODUCTIVE
from migas_tornado.resources.paths import Parameters

Visibility = Callable[[Caller, Parameters], str]
"""SQL condition on `t`; empty when nothing is hidden from the caller."""

MOST_SEEN = 50_000
"""Ids that are handed from statement to statement; more would hold up the event loop."""
GREATEST_ID = 2**31 - 1
"""What a column of ids can hold."""
PRODUCTIVE_SQL = "({})".format(", ".join(f"'{status.value}'" for status in PRODUCTIVE))

_HOLDS = """
    EXISTS (
        SELECT FROM {table}_included_attributes i
        JOIN client_computer_sync_attributes s ON s.attribute_id = i.attribute_id
        WHERE i.{kind}_id = {key} AND s.computer_id = vc.id
    )
    AND NOT EXISTS (
        SELECT FROM {table}_excluded_attributes x
        JOIN client_computer_sync_attributes s ON s.attribute_id = x.attribute_id
        WHERE x.{kind}_id = {key} AND s.computer_id = vc.id
    )
"""


@dataclass(frozen=True, slots=True)
class _ByAttributes:
    """A condition on attributes; which are visible is worth finding out beforehand."""

    condition: Visibility

    def __call__(self, caller: Caller, parameters: Parameters) -> str:
        return self.condition(caller, parameters)


def everything(caller: Caller, parameters: Parameters) -> str:
    """Hide nothing."""
    return ""


async def looking(
    database: Connection, caller: Caller, visible: Visibility | None = None
) -> Caller:
    """Return the caller with what he sees found out, for several statements of one snapshot.

    Args:
        database: inside of the snapshot.
        caller: who asks; he is returned as he is when he sees everything, or very much.
        visible: what decides on the records that he looks at, where that is known.
    """
    if caller.sees_all or visible is everything:
        return caller
    parameters = Parameters()
    computers = visible_computers(caller, parameters, "id, vc.project_id")
    row = await database.fetchrow(
        "SELECT coalesce(array_agg(v.id), '{}') AS computers, "
        "coalesce(array_agg(DISTINCT v.project_id), '{}') AS projects "
        f"FROM ({computers} LIMIT {MOST_SEEN + 1}) v",
        *parameters.values,
    )
    if len(row["computers"]) > MOST_SEEN:
        return caller
    seen = Seen(row["computers"], row["projects"])
    if isinstance(visible, _ByAttributes):
        seen = replace(seen, attributes=await _attributes(database, replace(caller, seen=seen)))
    return replace(caller, seen=seen)


async def _attributes(database: Connection, caller: Caller) -> list[int] | None:
    """Return the visible attributes, None when they are too many."""
    parameters = Parameters()
    attributes = visible_attributes(caller, parameters)
    found = await database.fetchval(
        "SELECT coalesce(array_agg(v.attribute_id), '{}') FROM ("
        f"SELECT DISTINCT a.attribute_id FROM ({attributes}) a LIMIT {MOST_SEEN + 1}) v",
        *parameters.values,
    )
    return found if len(found) <= MOST_SEEN else None


def visible_computers(caller: Caller, parameters: Parameters, column: str = "id") -> str:
    """Return a subquery for a column of the computers that are visible."""
    if caller.seen is not None:
        return _seen_computers(caller.seen, parameters, column)
    conditions = [f"vc.status IN {PRODUCTIVE_SQL}"]
    for kind, key in (("domain", caller.domain_id), ("scope", caller.scope_id)):
        if key is not None:
            place = parameters.add(key, "int")
            conditions.append(_HOLDS.format(table=f"core_{kind}", kind=kind, key=place))
    return f"SELECT vc.{column} FROM client_computer vc WHERE {' AND '.join(conditions)}"


def _seen_computers(seen: Seen, parameters: Parameters, column: str) -> str:
    if column == "project_id":
        return f"SELECT unnest({parameters.add(seen.projects, 'int[]')}) AS project_id"
    computers = parameters.add(seen.computers, "int[]")
    if column == "id":
        return f"SELECT unnest({computers}) AS id"
    return f"SELECT vc.{column} FROM client_computer vc WHERE vc.id = ANY({computers})"


def is_visible(caller: Caller, parameters: Parameters, value: str, column: str = "id") -> str:
    """Return the condition that a value is in a column of the computers that are visible.

    Of ids in a parameter PostgreSQL knows how many they are, of those in a subquery it guesses.
    """
    if caller.seen is not None and column == "id":
        return f"{value} = ANY({parameters.add(caller.seen.computers, 'int[]')})"
    if caller.seen is not None and column == "project_id":
        return f"{value} = ANY({parameters.add(caller.seen.projects, 'int[]')})"
    return f"{value} IN ({visible_computers(caller, parameters, column)})"


def visible_attributes(caller: Caller, parameters: Parameters) -> str:
    """Return a subquery for the visible attributes: of the computers, and the domain's tags."""
    own = (
        "SELECT va.attribute_id FROM client_computer_sync_attributes va "
        f"WHERE {is_visible(caller, parameters, 'va.computer_id')}"
    )
    if caller.domain_id is None:
        return own
    place = parameters.add(caller.domain_id, "int")
    return (
        f"{own} UNION SELECT dt.serverattribute_id FROM core_domain_tags dt "
        f"WHERE dt.domain_id = {place}"
    )


def _is_visible_attribute(caller: Caller, parameters: Parameters, value: str) -> str:
    if caller.seen is not None and caller.seen.attributes is not None:
        return f"{value} = ANY({parameters.add(caller.seen.attributes, 'int[]')})"
    return f"{value} IN ({visible_attributes(caller, parameters)})"


def by_computer(column: str) -> Visibility:
    """Show records whose computer is visible."""

    def visible(caller: Caller, parameters: Parameters) -> str:
        if caller.sees_all:
            return ""
        return is_visible(caller, parameters, f"t.{column}")

    return visible


async def sees_computer(database: Connection, caller: Caller, key: int) -> bool:
    """Tell whether a computer is visible; with neither domain nor scope any is, also unknown ones.

    Args:
        database: connection.
        caller: who asks.
        key: id of the computer; may be any number.
    """
    if caller.sees_all:
        return True
    parameters = Parameters()
    wanted = parameters.add(min(key, GREATEST_ID), "int")
    return await database.fetchval(
        f"SELECT EXISTS (SELECT FROM client_computer t WHERE t.id = {wanted} "
        f"AND {by_computer('id')(caller, parameters)})",
        *parameters.values,
    )


def by_project(column: str) -> Visibility:
    """Show records whose project has a visible computer; `column` may be a subquery on `t`."""

    def visible(caller: Caller, parameters: Parameters) -> str:
        if caller.sees_all:
            return ""
        value = column if "(" in column else f"t.{column}"
        return is_visible(caller, parameters, value, "project_id")

    return visible


def by_project_and_computer(caller: Caller, parameters: Parameters) -> str:
    """Show events of visible computers in visible projects."""
    conditions = [by_project("project_id")(caller, parameters)]
    conditions.append(by_computer("computer_id")(caller, parameters))
    return " AND ".join(filter(None, conditions))


def by_attribute(column: str = "id") -> Visibility:
    """Show records whose attribute is visible."""

    def visible(caller: Caller, parameters: Parameters) -> str:
        if caller.sees_all:
            return ""
        return _is_visible_attribute(caller, parameters, f"t.{column}")

    return _ByAttributes(visible)


def by_link(
    table: str, column: str, target: str = "attribute_id", *, or_none: bool = False
) -> Visibility:
    """Show records that a table links to a visible attribute, or perhaps to none at all.

    Args:
        table: the link table.
        column: its column that holds the record.
        target: its column that holds the attribute.
        or_none: whether records without a link are visible too.
    """

    def visible(caller: Caller, parameters: Parameters) -> str:
        if caller.sees_all:
            return ""
        linked = (
            f"EXISTS (SELECT FROM {table} l WHERE l.{column} = t.id "
            f"AND {_is_visible_attribute(caller, parameters, f'l.{target}')})"
        )
        if or_none:
            return f"({linked} OR NOT EXISTS (SELECT FROM {table} l WHERE l.{column} = t.id))"
        return linked

    return _ByAttributes(visible)


def deployments(caller: Caller, parameters: Parameters) -> str:
    """Show deployments of visible projects that belong to the domain or to none."""
    conditions = [by_project("project_id")(caller, parameters)]
    if caller.domain_id is not None:
        place = parameters.add(caller.domain_id, "int")
        conditions.append(f"(t.domain_id IS NULL OR t.domain_id = {place})")
    return " AND ".join(filter(None, conditions))


def scopes(caller: Caller, parameters: Parameters) -> str:
    """Show the caller's own scopes, and all to superusers; with a domain, only that domain's.

    Who does not see everything sees those of them that include a visible attribute.
    """
    conditions = []
    if not caller.is_superuser:
        conditions.append(f"t.user_id = {parameters.add(caller.id, 'int')}")
    if caller.domain_id is not None:
        conditions.append(f"t.domain_id = {parameters.add(caller.domain_id, 'int')}")
    conditions.append(by_link("core_scope_included_attributes", "scope_id")(caller, parameters))
    return " AND ".join(filter(None, conditions))
