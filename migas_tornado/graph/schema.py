"""The GraphQL schema: a list and perhaps a single record for each kind of record."""

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any

import orjson
from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLString,
    SelectionSetNode,
)

from migas_tornado.graph.reading import MOST_RECORDS, read_list, read_one
from migas_tornado.graph.roots import ROOTS, Root
from migas_tornado.graph.types import field_name, object_type

FILTER = GraphQLInputObjectType(
    "Filter",
    {
        "name": GraphQLInputField(GraphQLNonNull(GraphQLString)),
        "value": GraphQLInputField(GraphQLNonNull(GraphQLString)),
    },
    description="A parameter of the REST list and its value, such as `project__id` and `3`.",
)
LIST_ARGUMENTS = {
    "first": GraphQLArgument(
        GraphQLInt, default_value=MOST_RECORDS, description=f"Records, at most {MOST_RECORDS}."
    ),
    "page": GraphQLArgument(
        GraphQLInt, default_value=1, description="Which page of so many records, from 1."
    ),
    "search": GraphQLArgument(GraphQLString, description="What REST takes as `search`."),
    "orderBy": GraphQLArgument(
        GraphQLString, description="Fields with commas between them; `-` turns one round."
    ),
    "filters": GraphQLArgument(GraphQLList(GraphQLNonNull(FILTER))),
}


@cache
def schema() -> GraphQLSchema:
    """Return the schema, which is put together when it is first needed."""
    found: dict[str, GraphQLField] = {}
    for root in ROOTS:
        kind = object_type(root)
        found[f"all{root.plural}"] = GraphQLField(
            GraphQLList(GraphQLNonNull(kind)), args=LIST_ARGUMENTS, resolve=partial(_list, root)
        )
        if root.single:
            found[root.single] = GraphQLField(
                kind,
                args={"id": GraphQLArgument(GraphQLNonNull(GraphQLID))},
                resolve=partial(_one, root),
            )
    return GraphQLSchema(GraphQLObjectType("Query", found))


def _list(root: Root, _: Any, info: GraphQLResolveInfo, **given: Any) -> list[Any]:
    further = {field_name(name) for name in root.further}
    is_wide = bool(further & _selected(info))
    results = _wait_for(info)(partial(read_list, root=root, given=given, is_wide=is_wide))
    return [orjson.loads(one) for one in results]


def _one(root: Root, _: Any, info: GraphQLResolveInfo, *, id: str) -> Any:
    results = _wait_for(info)(partial(read_one, root=root, key=id))
    return next((orjson.loads(one) for one in results), None)


def _wait_for(info: GraphQLResolveInfo) -> Callable[[Any], Iterable[str]]:
    return info.context


def _selected(info: GraphQLResolveInfo) -> set[str]:
    """Return the names of the fields that are selected of a root field's records."""
    found: set[str] = set()
    filled_in: set[str] = set()
    waiting: list[SelectionSetNode | None] = [node.selection_set for node in info.field_nodes]
    while waiting:
        selection_set = waiting.pop()
        for selection in selection_set.selections if selection_set else ():
            if isinstance(selection, FieldNode):
                found.add(selection.name.value)
            elif not isinstance(selection, FragmentSpreadNode):
                waiting.append(selection.selection_set)
            elif selection.name.value not in filled_in:
                filled_in.add(selection.name.value)
                waiting.append(info.fragments[selection.name.value].selection_set)
    return found
