"""The operations of declared resources: list, filter, create, read, change and delete."""

import re
from collections.abc import Iterable
from typing import Any

from migas_tornado.resources.declaration import Resource
from migas_tornado.resources.openapi.answers import answers, content
from migas_tornado.resources.openapi.calls import BODY_TYPES, JSON
from migas_tornado.resources.openapi.parameters import list_parameters, written_parameters
from migas_tornado.resources.openapi.schemas import body_schema, column_schema, shape_schema

Schema = dict[str, Any]

BASE = "/api/v1/token/"
SECURITY = [{"tokenAuth": []}, {"jwtAuth": []}]
KEY = "id"


class Names:
    """What the schemas of resources are called; each name is given once."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        resources = list(resources)
        titles = [resource.title.lower() for resource in resources]
        self._names = {
            resource.path: _camel(
                resource.title if titles.count(resource.title.lower()) == 1 else resource.path
            )
            for resource in resources
        }

    def of(self, resource: Resource) -> str:
        """Return the name of a resource's records."""
        return self._names[resource.path]


def schemas_of(resource: Resource, name: str) -> dict[str, Schema]:
    """Return the schemas of a resource by name."""
    found = {
        name: shape_schema(resource.model, resource.read),
        f"{name}Page": _page_schema(name),
    }
    if resource.of_detail != resource.read:
        found[f"{name}Detail"] = shape_schema(resource.model, resource.of_detail)
    if resource.of_write not in (resource.read, resource.of_detail):
        found[f"{name}Written"] = shape_schema(resource.model, resource.of_write)
    if "C" in resource.methods:
        found[f"{name}Body"] = body_schema(resource, resource.writable, is_partial=False)
    if "U" in resource.methods:
        if "C" not in resource.methods or resource.changeable is not None:
            found[f"{name}Change"] = body_schema(resource, resource.for_update, is_partial=False)
        found[f"{name}Patch"] = body_schema(resource, resource.for_update, is_partial=True)
    return found


def _page_schema(name: str) -> Schema:
    link = {"type": ["string", "null"], "format": "uri"}
    return {
        "type": "object",
        "properties": {
            "count": {"type": "integer", "description": "Records of the whole list."},
            "next": link,
            "previous": link,
            "results": {"type": "array", "items": _reference(name)},
        },
        "required": ["count", "next", "previous", "results"],
    }


def paths_of(resource: Resource, name: str) -> dict[str, Schema]:
    """Return the paths of a resource with their operations."""
    base = f"{BASE}{resource.path}/"
    writer = _Writer(resource, name)
    found: dict[str, Schema] = {base: {}}
    record: Schema = {}
    if "L" in resource.methods:
        found[base]["get"] = writer.list()
        found[f"{base}filter/"] = {"post": writer.filter()}
    if "C" in resource.methods:
        found[base]["post"] = writer.create()
    if "R" in resource.methods:
        record["get"] = writer.read()
    if "U" in resource.methods:
        record["put"] = writer.change(is_partial=False)
        record["patch"] = writer.change(is_partial=True)
    if "D" in resource.methods:
        record["delete"] = writer.delete()
    if record:
        # Some readers of the document look for it at the operations only, not at their path.
        parameters = [key_parameter(resource)]
        found[f"{base}{{{KEY}}}/"] = {
            method: {**operation, "parameters": parameters} for method, operation in record.items()
        }
    return {path: item for path, item in found.items() if item}


def key_parameter(resource: Resource) -> Schema:
    """Return the parameter of the path that names a record."""
    schema = column_schema(resource.model, resource.model._meta.pk_attr)
    return {
        "name": KEY,
        "in": "path",
        "required": True,
        "description": f"Which {resource.title}.",
        "schema": schema,
    }


class _Writer:
    def __init__(self, resource: Resource, name: str) -> None:
        self._resource, self._name = resource, name

    def list(self) -> Schema:
        return {
            **self._head(f"List {_plural(self._resource.title)}", "list"),
            "parameters": written_parameters(list_parameters(self._resource)),
            "responses": answers(200, self._page(), (400, 401, 403, 404, 429)),
        }

    def filter(self) -> Schema:
        body = {"type": "object", "properties": list_parameters(self._resource)}
        return {
            **self._head(
                f"List {_plural(self._resource.title)}, with parameters in the body", "filter"
            ),
            "parameters": written_parameters(list_parameters(self._resource)),
            "requestBody": {"content": content(body, JSON)},
            "responses": answers(200, self._page(), (400, 401, 403, 404, 413, 429)),
        }

    def create(self) -> Schema:
        return {
            **self._head(f"Create a record: {self._resource.title}", "create"),
            "requestBody": self._body("Body"),
            "responses": answers(201, self._written(), (400, 401, 403, 409, 413, 429)),
        }

    def read(self) -> Schema:
        is_own = self._resource.of_detail != self._resource.read
        answer = self._record("Detail" if is_own else "")
        return {
            **self._head(f"Read a record: {self._resource.title}", "read"),
            "responses": answers(200, answer, (401, 403, 404, 429)),
        }

    def change(self, *, is_partial: bool) -> Schema:
        verb, kind = ("Change some of", "patch") if is_partial else ("Change", "change")
        is_own = "C" not in self._resource.methods or self._resource.changeable is not None
        body = "Patch" if is_partial else "Change" if is_own else "Body"
        return {
            **self._head(f"{verb} a record: {self._resource.title}", kind),
            "requestBody": self._body(body),
            "responses": answers(200, self._written(), (400, 401, 403, 404, 409, 413, 429)),
        }

    def delete(self) -> Schema:
        return {
            **self._head(f"Delete a record: {self._resource.title}", "delete"),
            "responses": answers(
                204, {"description": "It is gone."}, (400, 401, 403, 404, 409, 429)
            ),
        }

    def _head(self, summary: str, kind: str) -> Schema:
        return {
            "operationId": f"{self._name}_{kind}",
            "summary": summary,
            "tags": [self._resource.path],
            "security": SECURITY,
        }

    def _page(self) -> Schema:
        return {"description": "A page.", "content": content(_reference(f"{self._name}Page"))}

    def _record(self, suffix: str) -> Schema:
        return {"description": "The record.", "content": content(_reference(self._name + suffix))}

    def _written(self) -> Schema:
        of_write, of_detail = self._resource.of_write, self._resource.of_detail
        if of_write == self._resource.read:
            return self._record("")
        return self._record("Detail" if of_write == of_detail else "Written")

    def _body(self, suffix: str) -> Schema:
        writable = self._resource.writable
        kinds = ("multipart/form-data", JSON) if writable.files else BODY_TYPES
        return {"required": True, "content": content(_reference(self._name + suffix), *kinds)}


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _camel(text: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", text))


def _plural(title: str) -> str:
    if title.endswith("y") and title[-2:-1] not in "aeiou":
        return f"{title[:-1]}ies"
    return f"{title}es" if title.endswith(("s", "x", "ch")) else f"{title}s"
