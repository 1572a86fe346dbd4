"""Object types, put together from the JSON schemas of what the resources show."""

from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLString,
)
from tortoise import Model, fields

from migas_tornado.graph.roots import Root
from migas_tornado.resources.openapi.schemas import Schema, shape_schema

BIG_INT = GraphQLScalarType("BigInt", serialize=int, description="A whole number of any size.")
JSON = GraphQLScalarType("JSON", serialize=lambda value: value, description="Any JSON value.")

SCALARS: dict[str, GraphQLOutputType] = {
    "string": GraphQLString,
    "integer": GraphQLInt,
    "number": GraphQLFloat,
    "boolean": GraphQLBoolean,
}
TEXT_MEMBER, TEXT_FIELD = "__str__", "text"


def field_name(member: str) -> str:
    """Return what a member of a record is called in GraphQL, such as `createdAt`."""
    if member == TEXT_MEMBER:
        return TEXT_FIELD
    first, *rest = member.split("_")
    return first + "".join(map(str.capitalize, rest))


def object_type(root: Root) -> GraphQLObjectType:
    """Return the type of a kind of record, with all that its resource shows of it."""
    resource = root.wide
    schema = shape_schema(resource.model, resource.read)
    return _object(root.type_name, schema, _large(resource.model), resource.title)


def _large(model: type[Model]) -> frozenset[str]:
    columns = model._meta.fields_map.items()
    return frozenset(name for name, column in columns if isinstance(column, fields.BigIntField))


def _object(
    name: str, schema: Schema, large: frozenset[str] = frozenset(), title: str | None = None
) -> GraphQLObjectType:
    members = schema["properties"]
    found = {field_name(member): _field(name, member, members[member], large) for member in members}
    if len(found) < len(members):
        raise ValueError(f"two members of {name} would have the same name")
    return GraphQLObjectType(name, found, description=title)


def _field(parent: str, member: str, schema: Schema, large: frozenset[str]) -> GraphQLField:
    kind: GraphQLOutputType
    if member == "id":
        kind = GraphQLNonNull(GraphQLID)
    elif member in large:
        kind = BIG_INT
    else:
        called = field_name(member)
        kind = _type(parent + called[:1].upper() + called[1:], schema)
    return GraphQLField(kind, resolve=_member(member), description=schema.get("description"))


def _type(name: str, schema: Schema) -> GraphQLOutputType:
    """Return the type of a JSON schema; one of an object has the name that is given."""
    kinds = schema.get("type")
    kind = next(one for one in kinds if one != "null") if isinstance(kinds, list) else kinds
    if kind == "array":
        return GraphQLList(_type(name, schema["items"]))
    if kind == "object" and schema.get("properties"):
        return _object(name, schema)
    return SCALARS.get(kind or "", JSON)


def _member(name: str) -> Callable[[dict[str, Any], GraphQLResolveInfo], Any]:
    return lambda record, _: record.get(name)
