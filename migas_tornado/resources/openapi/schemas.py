"""JSON schemas of what records look like and of what bodies may hold."""

from typing import Any

from tortoise import Model, fields
from tortoise.fields.relational import ForeignKeyFieldInstance, ManyToManyFieldInstance

from migas_tornado.resources.bodies import INTEGER_RANGES
from migas_tornado.resources.declaration import Resource, Writable
from migas_tornado.resources.shapes import (
    Computed,
    Ids,
    Lines,
    Many,
    Member,
    One,
    Shape,
    member_name,
)

Schema = dict[str, Any]

IDS: Schema = {"type": "array", "items": {"type": "integer"}}
TEXTS: Schema = {"type": "array", "items": {"type": "string"}}


def shape_schema(model: type[Model], shape: Shape) -> Schema:
    """Return the schema of a record that is shown in a shape."""
    members = {member_name(member): _member_schema(model, member) for member in shape}
    return {"type": "object", "properties": members, "required": list(members)}


def _member_schema(model: type[Model], member: Member) -> Schema:
    if isinstance(member, str):
        return described(column_schema(model, member), model, member)
    if isinstance(member, Computed):
        return modern(member.schema)
    if isinstance(member, Lines):
        return TEXTS
    if isinstance(member, Ids):
        return IDS
    declared = model._meta.fields_map[member.through or member.name]
    inner = shape_schema(declared.related_model, member.shape)
    if isinstance(member, Many):
        return {"type": "array", "items": inner}
    return _one_schema(member, inner, is_optional=bool(getattr(declared, "null", True)))


def _one_schema(member: One, inner: Schema, *, is_optional: bool) -> Schema:
    if is_optional and member.otherwise == "NULL":
        return nullable(inner)
    return inner


def column_schema(model: type[Model], name: str) -> Schema:
    """Return the schema of a column; that of a foreign key is that of what it points to."""
    declared = model._meta.fields_map["pk" if name == "pk" else name]
    if isinstance(declared, ForeignKeyFieldInstance):
        target = declared.related_model._meta.pk
        return nullable(_type(target)) if declared.null else _type(target)
    if isinstance(declared, ManyToManyFieldInstance):
        return IDS
    found = _type(declared)
    return nullable(found) if getattr(declared, "null", False) else found


def described(schema: Schema, model: type[Model], name: str) -> Schema:
    """Return a schema with what the column's description says."""
    text = getattr(model._meta.fields_map.get(name), "description", None)
    return {**schema, "description": text} if text else schema


def _type(declared: fields.Field[Any]) -> Schema:
    if isinstance(declared, fields.BooleanField):
        return {"type": "boolean"}
    if isinstance(declared, fields.IntField | fields.BigIntField | fields.SmallIntField):
        return {"type": "integer"}
    if isinstance(declared, fields.FloatField | fields.DecimalField):
        return {"type": "number"}
    if isinstance(declared, fields.DatetimeField):
        return {"type": "string", "format": "date-time"}
    if isinstance(declared, fields.DateField):
        return {"type": "string", "format": "date"}
    if isinstance(declared, fields.JSONField):
        return {}
    return {"type": "string"}


def nullable(schema: Schema) -> Schema:
    """Return the schema of the same or null."""
    kind = schema.get("type")
    if kind is None or isinstance(kind, list):
        return schema
    return {**schema, "type": [kind, "null"]}


def _without_null(schema: Schema) -> Schema:
    kinds = schema.get("type")
    if not isinstance(kinds, list):
        return schema
    return {**schema, "type": next(kind for kind in kinds if kind != "null")}


def modern(schema: Any) -> Any:
    """Return a schema in which `nullable`, which older drafts had, is a type."""
    if isinstance(schema, list | tuple):
        return [modern(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: modern(value) for key, value in schema.items() if key != "nullable"}
    return nullable(found) if schema.get("nullable") is True else found


def body_schema(resource: Resource, writable: Writable, *, is_partial: bool) -> Schema:
    """Return the schema of what a body may hold; a partial one requires nothing."""
    names = {name: writable.called.get(name, name) for name in (*writable.names, *writable.extra)}
    schema: Schema = {
        "type": "object",
        "properties": {
            called: _input_schema(resource, writable, name) for name, called in names.items()
        },
    }
    required = [called for name, called in names.items() if name in writable.required]
    if required and not is_partial:
        schema["required"] = required
    return schema


def _input_schema(resource: Resource, writable: Writable, name: str) -> Schema:
    if name in writable.files:
        return {"type": "string", "format": "binary"}
    model, field = writable.extra.get(name, (resource.model, name))
    declared = model._meta.fields_map[field]
    if name in writable.lines:
        return {"type": ["array", "string", "null"], "items": {"type": "string"}}
    schema = column_schema(model, field)
    if isinstance(declared, ManyToManyFieldInstance):
        return nullable(schema)
    if name in writable.required:
        schema = _without_null(schema)
    is_key = isinstance(declared, ForeignKeyFieldInstance)
    if name in writable.choices:
        return {**schema, "enum": _codes(writable.choices[name], schema)}
    if not is_key:
        schema = {**schema, **_limits(declared, writable, name)}
    return described(schema, model, field)


def _codes(codes: tuple[Any, ...], schema: Schema) -> list[Any]:
    plain = [getattr(code, "value", code) for code in codes]
    is_optional = isinstance(schema.get("type"), list)
    return [*plain, None] if is_optional and None not in plain else plain


def _limits(declared: fields.Field[Any], writable: Writable, name: str) -> Schema:
    if range_limit := INTEGER_RANGES.get(type(declared).__name__):
        return {
            "minimum": writable.least.get(name, -range_limit),
            "maximum": writable.most.get(name, range_limit - 1),
        }
    found: Schema = {}
    if isinstance(declared, fields.CharField | fields.TextField):
        if getattr(declared, "max_length", None):
            found["maxLength"] = declared.max_length
        if name in writable.required or name in writable.not_blank:
            found["minLength"] = 1
    return found
