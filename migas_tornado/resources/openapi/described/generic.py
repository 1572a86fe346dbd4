"""What every resource has besides its records, and the calls about the API itself.

Contract: admin-api 1.1, 1.8, 3, 6.
"""

from typing import Any

from migas_tornado.resources.export_formats import CONTENT_TYPES, FORMATS
from migas_tornado.resources.openapi.calls import JSON, Operation
from migas_tornado.resources.openapi.described.forms import TEXT, WHOLE, array, optional, whole

Schema = dict[str, Any]

BASE = "/api/v1/token/"
FOLDERS = ("", "devices/", "catalog/", "mgi/", "accounts/")
HTML = "text/html"
YAML = "application/vnd.oai.openapi"

INDEX = Operation(
    "List the resources below this path",
    answer={"type": "object", "additionalProperties": {"type": "string", "format": "uri"}},
    errors=(),
)
DOCUMENT = Operation(
    "Get this document",
    description="YAML, unless JSON is asked for.",
    answer={"type": "object"},
    content=(YAML, f"{YAML}+json"),
    query={"format": {"type": "string", "enum": ["yaml", "json"]}},
    errors=(400,),
)
PAGE = Operation("Read this document", answer=TEXT, content=(HTML,), errors=())

EXPORTED = tuple(kind.partition(";")[0] for kind in CONTENT_TYPES.values())
EXPORT_QUERY: dict[str, Schema] = {
    "export_format": {"type": "string", "enum": list(FORMATS), "description": "CSV if not given."}
}
EXPORT = Operation(
    "Export the list as a file",
    answer={},
    content=EXPORTED,
    query=EXPORT_QUERY,
    filters=".",
    errors=(400, 503),
)
EXPORT_LONG = Operation(
    "Export the list as a file, with parameters in the body",
    answer={},
    content=EXPORTED,
    query=EXPORT_QUERY,
    filters=".",
    body={"type": "object"},
    body_types=(JSON,),
    errors=(400, 413, 503),
)
ACTION = whole(url=TEXT, title=TEXT, description=TEXT)
RELATIONS = Operation(
    "List what is linked to a record",
    answer=array(
        {
            "type": "object",
            "properties": {
                "api": whole(model=TEXT, query={"type": "object"}),
                "model": TEXT,
                "pk": WHOLE,
                "text": TEXT,
                "count": WHOLE,
                "actions": array(ACTION),
            },
            "required": ["text", "count", "actions"],
        }
    ),
    errors=(),
)
BADGE = Operation(
    "Show a record where there is little room",
    answer=optional(whole(pk=WHOLE, text=TEXT), status=TEXT, summary={"type": ["string", "null"]}),
    errors=(),
)

OPERATIONS: dict[str, dict[str, Operation]] = {
    **{f"{BASE}{path}": {"get": INDEX} for path in FOLDERS},
    "/api/schema/": {"get": DOCUMENT},
    "/docs/": {"get": PAGE},
    "*/export/": {"get": EXPORT, "post": EXPORT_LONG},
    "*/{id}/relations/": {"get": RELATIONS},
    "*/{id}/badge/": {"get": BADGE},
}
