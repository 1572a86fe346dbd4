"""What exports hold: the columns of each resource, and how they are read. Contract: admin-api 3."""

from dataclasses import dataclass, replace
from functools import cache

from tortoise import Model, fields
from tortoise.fields.relational import (
    BackwardFKRelation,
    ForeignKeyFieldInstance,
    ManyToManyFieldInstance,
)

from migas_tornado.models.computers import Computer
from migas_tornado.resources.declaration import Resource
from migas_tornado.resources.export_table import EXPORTS, Calculated, ExportMember, LinkedIds
from migas_tornado.resources.paths import field_of
from migas_tornado.resources.shapes import (
    Computed,
    Ids,
    Lines,
    Many,
    Member,
    One,
    column_of,
    key_column,
    member_name,
)

SECRET = frozenset({"password", "key", "token"})
"""Names of columns that no export holds unless it names them."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an export."""

    name: str
    sql: str
    """Of the value; of the kind `ids` a statement that gives the ids of linked records."""
    kind: str
    """text, number, boolean, moment, date, json or ids."""
    target: type[Model] | None = None
    """Model of the linked records."""


def file_name(resource: Resource) -> str:
    """Return the name of an export's file, without extension."""
    listed = EXPORTS.get(resource.path)
    return (
        resource.export_name
        or (listed.file_name if listed else "")
        or resource.path.rpartition("/")[2]
    )


@cache
def columns_of(path: str) -> tuple[Column, ...]:
    """Return the columns of a resource's export.

    They are those that its declaration names, else those of the contract, else the model's own in
    the order of the table.
    """
    from migas_tornado.resources.registry import RESOURCES

    resource = RESOURCES[path]
    members: tuple[Member | ExportMember, ...] = resource.export
    if not members and path in EXPORTS:
        members = EXPORTS[path].members
    return tuple(
        _column(resource.model, member) for member in members or _own_members(resource.model)
    )


def _own_members(model: type[Model]) -> tuple[str, ...]:
    """Return the columns and links of a model, without what is binary or secret."""
    relations = {
        declared.source_field: name
        for name, declared in model._meta.fields_map.items()
        if isinstance(declared, ForeignKeyFieldInstance)
    }
    plain = [
        relations.get(name, name)
        for name in model._meta.fields_db_projection
        if name not in SECRET and not isinstance(model._meta.fields_map[name], fields.BinaryField)
    ]
    links = [
        name
        for name, declared in model._meta.fields_map.items()
        if isinstance(declared, ManyToManyFieldInstance) and not declared._generated
    ]
    return (*plain, *links)


def _column(model: type[Model], member: Member | ExportMember) -> Column:
    if isinstance(member, str):
        return _path_column(model, member)
    if isinstance(member, Calculated):
        return Column(member.name, _on(model, member.sql), member.kind)
    if isinstance(member, LinkedIds):
        return Column(member.name, _on(model, member.sql), "ids", Computer)
    if isinstance(member, Computed):
        kinds = {"integer": "number", "number": "number", "boolean": "boolean"}
        kind = kinds.get(str(member.schema.get("type")), "text")
        return Column(member.name, _on(model, member.sql), kind)
    name = member_name(member)
    if isinstance(member, (One, Many)):
        return replace(_path_column(model, member.through or name), name=name)
    if isinstance(member, (Ids, Lines)):
        return _path_column(model, name)
    raise TypeError(f"{name} of {model.__name__} cannot be exported")


def _on(model: type[Model], sql: str) -> str:
    return sql.replace("{t}", "t").replace("{key}", f"t.{key_column(model)}")


def _path_column(model: type[Model], path: str) -> Column:
    """Return the column of a path along columns and foreign keys, or of a link."""
    first, _, rest = path.partition("__")
    if first not in model._meta.fields_map and f"{first}_" in model._meta.fields_map:
        first = f"{first}_"  # names that the ORM keeps for itself
    first = model._meta.pk_attr if first == "id" and not rest else first
    declared = model._meta.fields_map[first]
    key = f"t.{key_column(model)}"
    if isinstance(declared, ManyToManyFieldInstance):
        sql = (
            f"SELECT l.{declared.forward_key} FROM {declared.through} l "
            f"WHERE l.{declared.backward_key} = {key}"
        )
        return Column(path, sql, "ids", declared.related_model)
    if isinstance(declared, BackwardFKRelation):
        target = declared.related_model
        sql = (
            f"SELECT l.{key_column(target)} FROM {target._meta.db_table} l "
            f"WHERE l.{declared.relation_source_field} = {key}"
        )
        return Column(path, sql, "ids", target)
    if rest:
        return Column(path, _along(model, path, "t"), _kind(field_of(model, path)))
    return Column(path, f"t.{column_of(model, first)}", _kind(declared))


def _along(model: type[Model], path: str, alias: str) -> str:
    first, _, rest = path.partition("__")
    column = f"{alias}.{column_of(model, first)}"
    if not rest:
        return column
    target = model._meta.fields_map[first].related_model
    inner = f"{alias}_{first}"
    return (
        f"(SELECT {_along(target, rest, inner)} FROM {target._meta.db_table} {inner} "
        f"WHERE {inner}.{key_column(target)} = {column})"
    )


def _kind(declared: fields.Field) -> str:
    if isinstance(declared, fields.BooleanField):
        return "boolean"
    if isinstance(declared, fields.DatetimeField):
        return "moment"
    if isinstance(declared, fields.DateField):
        return "date"
    if isinstance(declared, fields.JSONField):
        return "json"
    numbers = (fields.IntField, fields.BigIntField, fields.SmallIntField, fields.FloatField)
    if isinstance(declared, (*numbers, ForeignKeyFieldInstance)):
        return "number"
    return "text"
