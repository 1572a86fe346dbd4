"""The parameters that lists take. Contract: admin-api 1.5."""

from typing import Any

from migas_tornado.resources.declaration import CALLED, Resource
from migas_tornado.resources.filters import Filter
from migas_tornado.resources.openapi.schemas import column_schema
from migas_tornado.resources.pages import MOST_PAGE_SIZE, PAGE_SIZE
from migas_tornado.resources.paths import field_of
from migas_tornado.resources.reading import orderable

Schema = dict[str, Any]

PAGING: dict[str, Schema] = {
    "page": {
        "type": ["integer", "string"],
        "description": "Number of the page from 1 on, or `last`.",
    },
    "page_size": {
        "type": "integer",
        "description": f"Records on a page: {PAGE_SIZE} unless given, at most {MOST_PAGE_SIZE}.",
    },
}
MEANINGS = {
    "in": "One of these, separated by commas.",
    "icontains": "Contains this text, in capitals or not.",
    "isnull": "Whether there is none.",
    "gte": "From then on.",
    "gt": "After that.",
    "lte": "Until then.",
    "lt": "Before that.",
}


def list_parameters(resource: Resource, *, is_paged: bool = True) -> dict[str, Schema]:
    """Return the parameters of a resource's list by name."""
    found: dict[str, Schema] = dict(PAGING) if is_paged else {}
    found["ordering"] = {"type": "string", "description": _ordering(resource)}
    if resource.search:
        found["search"] = {
            "type": "string",
            "description": "Terms, each contained in one of: "
            + ", ".join(resource.search).replace(CALLED, "what computers are called by")
            + ".",
        }
    for one in resource.filters:
        for name, lookup in zip(one.parameters(), one.lookups, strict=True):
            found[name] = _filter_schema(resource, one, lookup)
    return found


def _ordering(resource: Resource) -> str:
    names = ", ".join(orderable(resource))
    usual = ", ".join(resource.order)
    return (
        f"Members separated by commas, `-` before one turns it round: {names}; or paths such as "
        f"`project__name`. What does not exist is passed over. Usually: {usual}."
    )


def _filter_schema(resource: Resource, one: Filter, lookup: str) -> Schema:
    described = {"description": MEANINGS[lookup]} if lookup in MEANINGS else {}
    if one.choices and not lookup:
        return {"type": "string", "enum": list(one.choices)}
    if one.custom or lookup == "icontains":
        return {"type": "string", **described}
    if lookup == "isnull":
        return {"type": "boolean", **described}
    value = _value_schema(resource, one)
    if lookup == "in":
        return {"type": "array", "items": value, **described}
    return {**value, **described}


def _value_schema(resource: Resource, one: Filter) -> Schema:
    path = one.path or one.name
    declared = field_of(resource.model, path)
    if hasattr(declared, "related_model"):
        return {"type": "integer"}
    schema = column_schema(declared.model, declared.model_field_name)
    kind = schema.get("type", "string")
    kind = next(name for name in kind if name != "null") if isinstance(kind, list) else kind
    if schema.get("format", "").startswith("date"):
        return {"type": "string", "description": "A date, or a date and time."}
    return {"type": kind}


def written_parameters(parameters: dict[str, Schema]) -> list[Schema]:
    """Return parameters of the URL as OpenAPI writes them."""
    return [_written(name, schema) for name, schema in parameters.items()]


def _written(name: str, schema: Schema) -> Schema:
    schema = dict(schema)
    found: Schema = {"name": name, "in": "query"}
    if "description" in schema:
        found["description"] = schema.pop("description")
    if schema.pop("required", False) is True:
        found["required"] = True
    if schema.get("type") == "array":
        found |= {"style": "form", "explode": False}
    return {**found, "schema": schema}
