"""The whole OpenAPI document, put together from resources and calls. Contract: admin-api 3."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from migas_tornado.resources.declaration import Resource
from migas_tornado.resources.openapi.answers import (
    SCHEMAS,
    answers,
    content,
    refusal_components,
)
from migas_tornado.resources.openapi.calls import Call, Operation
from migas_tornado.resources.openapi.described import described_operations
from migas_tornado.resources.openapi.parameters import list_parameters, written_parameters
from migas_tornado.resources.openapi.resource_operations import (
    SECURITY,
    Names,
    key_parameter,
    paths_of,
    schemas_of,
)
from migas_tornado.resources.openapi.tags import described_tags

Schema = dict[str, Any]

WRITES = ("post", "put", "patch")
INFO = {
    "title": "migas-tornado API",
    "version": "v1",
    "summary": "Administration of a fleet of computers, and the calls of their agents.",
    "description": (
        "Resources are below `/api/v1/token/` and need an account: an API token, or an access "
        "token of `/token-auth-jwt/`. Every path is accepted with and without its final slash. "
        "The calls of agents below `/api/v1/safe/` carry signed and encrypted envelopes; agents of "
        "protocol 4 send signed messages to `/api/`."
    ),
    "license": {"name": "GPL-3.0-or-later", "identifier": "GPL-3.0-or-later"},
}
SECURITY_SCHEMES = {
    "tokenAuth": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Token` and 40 hexadecimal digits, from `/token-auth/`.",
    },
    "jwtAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
}
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def build_document(resources: Mapping[str, Resource], calls: Iterable[Call]) -> Schema:
    """Return the document as a JSON value.

    Args:
        resources: everything that is declared, by path.
        calls: the other paths; where they answer a path of a resource, their word counts if they
            are documented.
    """
    names = Names(resources.values())
    paths: dict[str, Schema] = {}
    schemas = dict(SCHEMAS)
    for resource in resources.values():
        paths |= paths_of(resource, names.of(resource))
        schemas |= schemas_of(resource, names.of(resource))
    for call in calls:
        _add_call(paths, call, resources)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": DIALECT,
        "info": INFO,
        "servers": [{"url": "/"}],
        "tags": described_tags(_tags_of(paths), resources),
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": refusal_components(),
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def _tags_of(paths: Mapping[str, Schema]) -> Iterator[str]:
    for item in paths.values():
        for operation in item.values():
            yield from operation["tags"]


def _add_call(paths: dict[str, Schema], call: Call, resources: Mapping[str, Resource]) -> None:
    item = paths.setdefault(call.path, {})
    described = described_operations(call.path) | call.documentation
    for method in call.methods:
        if method in described:
            item[method] = _operation(call, method, described[method], resources)
        elif not described and method not in item:
            item[method] = _operation(call, method, _guess(call, method), resources)


def _guess(call: Call, method: str) -> Operation:
    """Return what can be said of a call that nobody has described."""
    if method == "delete":
        return Operation(call.title, answer={}, status=204)
    return Operation(call.title, body={"type": "object"} if method in WRITES else None)


def _operation(
    call: Call, method: str, operation: Operation, resources: Mapping[str, Resource]
) -> Schema:
    found: Schema = {
        "operationId": _operation_id(call.path, method),
        "summary": operation.summary or call.title,
        "tags": [_tag(call, resources)],
        "security": SECURITY if call.needs_account else [],
    }
    if operation.description:
        found["description"] = operation.description
    query = {**_filters(call, operation, resources), **operation.query}
    parameters = [*_path_parameters(call), *written_parameters(query)]
    if parameters:
        found["parameters"] = parameters
    if operation.body is not None:
        found["requestBody"] = {"content": content(operation.body, *operation.body_types)}
    found["responses"] = answers(operation.status, _success(operation), _refusals(call, operation))
    return found


def _success(operation: Operation) -> Schema:
    if operation.status == 204:
        return {"description": "It is done."}
    if operation.status == 101:
        return {"description": "The connection is a WebSocket from now on."}
    schema = {} if operation.answer is None else operation.answer
    return {"description": "The answer.", "content": content(schema, *operation.content)}


def _refusals(call: Call, operation: Operation) -> tuple[int, ...]:
    found = list(operation.errors)
    if call.needs_account:
        found += [401, 403, 429]
    if "{" in call.path:
        found.append(404)
    return tuple(found)


def _filters(
    call: Call, operation: Operation, resources: Mapping[str, Resource]
) -> dict[str, Schema]:
    if operation.filters == ".":
        return list_parameters(call.resource, is_paged=False) if call.resource else {}
    if operation.filters in resources:
        return list_parameters(resources[operation.filters], is_paged=False)
    return {}


def _path_parameters(call: Call) -> list[Schema]:
    found = []
    for name in re.findall(r"{(\w+)}", call.path):
        if name == "id" and call.resource is not None:
            found.append(key_parameter(call.resource))
            continue
        schema: Schema = {"type": "string"}
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    return found


def _operation_id(path: str, method: str) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", "_", path.removeprefix("/api/v1/")).strip("_")
    return f"{words or 'root'}_{method}"


def _tag(call: Call, resources: Mapping[str, Resource]) -> str:
    if call.resource is not None:
        return call.resource.path
    parts = [part for part in call.path.removeprefix("/api/v1/").split("/") if part]
    if parts[:1] == ["token"]:
        own = "/".join(parts[1:3])
        return own if own in resources else (parts[1] if len(parts) > 1 else "token")
    return parts[0] if parts else "server"
