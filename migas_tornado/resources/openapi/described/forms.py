"""Words for schemas, and forms that several calls share. Contract: admin-api 5.1."""

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
WHOLE: Schema = {"type": "integer"}
MAYBE_WHOLE: Schema = {"type": ["integer", "null"]}
FLAG: Schema = {"type": "boolean"}
MAYBE_MOMENT: Schema = {"type": ["string", "null"], "format": "date-time"}


def whole(**members: Schema) -> Schema:
    """Return the schema of an object with all of these members."""
    return {"type": "object", "properties": members, "required": list(members)}


def optional(schema: Schema, **members: Schema) -> Schema:
    """Return the schema of an object that may have these members too."""
    return {**schema, "properties": {**schema["properties"], **members}}


def array(items: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


def or_null(schema: Schema) -> Schema:
    """Return the schema of an object or null."""
    return {**schema, "type": [schema["type"], "null"]}


def record(name: str) -> Schema:
    """Return the schema of a resource's records, such as `ComputerDetail`."""
    return {"$ref": f"#/components/schemas/{name}"}


def page(items: Schema) -> Schema:
    """Return the schema of a page of a list."""
    return whole(count=WHOLE, next=MAYBE_TEXT, previous=MAYBE_TEXT, results=array(items))


LABELS: Schema = {"type": "object", "additionalProperties": TEXT}
"""Code -> what people call it."""
ID_NAME = whole(id=WHOLE, name=TEXT)
COMPUTER = whole(id=WHOLE, __str__=TEXT, status=TEXT, summary=TEXT)
PROJECT = whole(id=WHOLE, name=TEXT, slug=TEXT, pms=TEXT, architecture=TEXT)
LOGICAL_DEVICE = whole(id=WHOLE, device=ID_NAME, capability=ID_NAME, __str__=TEXT)
DETAIL = whole(detail=TEXT)
TARGET = whole(target=WHOLE)
IDS = array(WHOLE)
