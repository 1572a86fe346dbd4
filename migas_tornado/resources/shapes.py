"""The language in which a resource declares what its records look like in JSON.

A shape is a tuple of members: a text names a column of the model, and the functions below declare
what is not a column. It is compiled into one SQL expression, so that PostgreSQL writes the JSON of
a whole page and no record passes through Python. Contract: admin-api 1.6, 5.1.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from tortoise import Model, fields
from tortoise.fields.relational import (
    BackwardFKRelation,
    ForeignKeyFieldInstance,
    ManyToManyFieldInstance,
)

from migas_tornado.accounts.callers import Caller
from migas_tornado.languages import translate

Schema = dict[str, Any]

MOMENT = "replace(to_char({value}, 'YYYY-MM-DD\"T\"HH24:MI:SS.USTZH:TZM'), '.000000', '')"
"""A time as ISO-8601 in the zone of the session, which is the server's."""


@dataclass(frozen=True, slots=True)
class View:
    """What the text of a record depends on besides the record."""

    site: str
    """Scheme and host of the request, for absolute URLs."""
    search_field: str
    """Column by which computers are called."""
    caller: Caller | None = None
    """Who looks; nobody has no permissions and sees every computer."""
    language: str = "en"
    """In which codes are called."""


@dataclass(frozen=True, slots=True)
class Computed:
    """A member that an SQL expression gives.

    `{t}` in it is the record, `{site}` this server, and `{computer:x}` the text of the computer x;
    `{may:x}` is whether the caller has the permission x, `{visible_computers}` a subquery for the
    ids of the productive computers that he sees, and `{sees_all}` whether these are all.
    """

    name: str
    sql: str
    schema: Schema = field(default_factory=lambda: {"type": "string"}, hash=False)


@dataclass(frozen=True, slots=True)
class One:
    """A member that holds the record at the other end of a foreign key, or null."""

    name: str
    shape: "Shape"
    otherwise: str = "NULL"
    """SQL of what stands there when there is none."""
    through: str = ""
    """Field of the model, where the member has another name."""


@dataclass(frozen=True, slots=True)
class Many:
    """A member that holds the list of the records at the other end of a link."""

    name: str
    shape: "Shape"
    order: str = "{t}.id"
    through: str = ""
    where: str = ""
    """Further condition on the linked records, with `{t}`."""
    only_visible: bool = False
    """Whether records that the caller does not see are left out; a write keeps those."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A text column with one value per line, shown as a list of texts."""

    name: str


@dataclass(frozen=True, slots=True)
class Ids:
    """A member that holds the ids of linked records, as the answers to writes have them."""

    name: str


Member = str | Computed | One | Many | Lines | Ids
Shape = tuple[Member, ...]

ID_NAME: Shape = ("id", "name")


def member_name(member: Member) -> str:
    """Return the key under which a member stands in the JSON object."""
    return member if isinstance(member, str) else member.name


def column_of(model: type[Model], name: str) -> str:
    """Return the column of a field; foreign keys are named by field or by column.

    Raises:
        KeyError: the model has no such column.
    """
    meta = model._meta
    declared = meta.fields_map[name]
    if isinstance(declared, ForeignKeyFieldInstance):
        return meta.fields_map[declared.source_field].source_field or declared.source_field
    if isinstance(declared, (ManyToManyFieldInstance, BackwardFKRelation)):
        raise KeyError(name)
    return declared.source_field or meta.fields_db_projection.get(name, name)


def object_sql(model: type[Model], shape: Shape, alias: str = "t") -> str:
    """Return the SQL expression of a record as a JSON object."""
    pairs = (f"'{member_name(member)}', {_member_sql(model, member, alias)}" for member in shape)
    return f"json_build_object({', '.join(pairs)})"


def _member_sql(model: type[Model], member: Member, alias: str) -> str:
    if isinstance(member, str):
        return _column_sql(model, member, alias)
    if isinstance(member, Computed):
        return member.sql.replace("{t}", alias)
    if isinstance(member, Lines):
        column = f"{alias}.{column_of(model, member.name)}"
        return f"coalesce(array_to_json(array_remove(string_to_array({column}, E'\\n'), '')), '[]')"
    if isinstance(member, One):
        return _one_sql(model, member, alias)
    if isinstance(member, Ids):
        link = model._meta.fields_map[member.name]
        return (
            f"(SELECT coalesce(json_agg(l.{link.forward_key} ORDER BY l.{link.forward_key}), '[]') "
            f"FROM {link.through} l WHERE l.{link.backward_key} = {alias}.{key_column(model)})"
        )
    return _many_sql(model, member, alias)


def _column_sql(model: type[Model], name: str, alias: str) -> str:
    value = f"{alias}.{column_of(model, name)}"
    if isinstance(model._meta.fields_map.get(name), fields.DatetimeField):
        return MOMENT.replace("{value}", value)
    return value


def _one_sql(model: type[Model], member: One, alias: str) -> str:
    declared = model._meta.fields_map[member.through or member.name]
    target = declared.related_model
    inner = f"{alias}_{member.name}"
    content = object_sql(target, member.shape, inner)
    column = f"{alias}.{column_of(model, member.through or member.name)}"
    found = (
        f"(SELECT {content} FROM {target._meta.db_table} {inner} "
        f"WHERE {inner}.{key_column(target)} = {column})"
    )
    return found if member.otherwise == "NULL" else f"coalesce({found}, {member.otherwise})"


def _many_sql(model: type[Model], member: Many, alias: str) -> str:
    declared = model._meta.fields_map[member.through or member.name]
    target = declared.related_model
    inner = f"{alias}_{member.name}"
    content = object_sql(target, member.shape, inner)
    order = member.order.replace("{t}", inner)
    where = f" AND {member.where.replace('{t}', inner)}" if member.where else ""
    if member.only_visible:
        where += f" AND {{visible:{target._meta.db_table}:{inner}.{key_column(target)}}}"
    if isinstance(declared, ManyToManyFieldInstance):
        source = (
            f"{declared.through} {inner}_link JOIN {target._meta.db_table} {inner} "
            f"ON {inner}.{key_column(target)} = {inner}_link.{declared.forward_key} "
            f"WHERE {inner}_link.{declared.backward_key} = {alias}.{key_column(model)}"
        )
    else:
        source = (
            f"{target._meta.db_table} {inner} "
            f"WHERE {inner}.{declared.relation_source_field} = {alias}.{key_column(model)}"
        )
    return f"(SELECT coalesce(json_agg({content} ORDER BY {order}), '[]') FROM {source}{where})"


def key_column(model: type[Model]) -> str:
    """Return the column of the primary key."""
    return model._meta.db_pk_column


def _label(word: str, language: str) -> str:
    return "'" + translate(word, language).replace("'", "''") + "'"


def rendered(sql: str, view: View) -> str:
    """Return SQL in which `{computer:x}`, `{may:x}` and `{sees_all}` have become expressions.

    `{search_field:x}` becomes the column by which computers are called, to order by, and
    `{label:X}` the word X in the language of whoever looks.
    """
    field = view.search_field
    text = r"('CID-' || \1.id)"
    if field != "id":
        text = rf"(coalesce(\1.{field}::text, 'None') || ' (CID-' || \1.id || ')')"
    sql = re.sub(r"\{computer:(\w+)\}", text, sql)
    sql = re.sub(r"\{search_field:(\w+)\}", rf"\1.{field}", sql)
    sql = re.sub(r"\{label:([^}']+)\}", lambda found: _label(found[1], view.language), sql)
    caller = view.caller
    sql = sql.replace("{sees_all}", "true" if caller is None or caller.sees_all else "false")
    return re.sub(
        r"\{may:([\w.]+)\}",
        lambda found: "true" if caller is not None and caller.may(found[1]) else "false",
        sql,
    )
