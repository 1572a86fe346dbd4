"""The API's own description, and a page to read it. Contract: admin-api 3."""

import asyncio
import inspect
import mimetypes
from collections.abc import Iterator
from importlib.resources import files

import orjson
from tornado.web import Application, RequestHandler

from handlers.api.base import ApiHandler
from handlers.api.resources import LETTERS, FilterHandler, ListHandler, RecordHandler
from migas_tornado.errors import NotFoundError
from migas_tornado.resources.declaration import Resource
from migas_tornado.resources.openapi import Call, build_document
from migas_tornado.resources.openapi.templates import templates
from migas_tornado.resources.openapi.yaml import yaml
from migas_tornado.resources.registry import RESOURCES

METHODS = ("get", "post", "put", "patch", "delete")
DECLARED = (ListHandler, FilterHandler, RecordHandler)
"""What they answer follows from the declarations of resources."""
ASSETS = files("handlers.api") / "assets"
PAGE = "docs.html"
ASSET_NAMES = ("docs.js", "swagger-ui-bundle.js", "swagger-ui.css")
ASSET_SECONDS = 86_400
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
YAML_TYPE = "application/vnd.oai.openapi"
JSON_TYPE = "application/vnd.oai.openapi+json"


class SchemaHandler(ApiHandler):
    """`/api/schema/`: the OpenAPI document, built once."""

    needs_account = False

    async def get(self) -> None:
        wanted = self.query().get("format", "yaml")
        documents = await _documents(self.application)
        is_json = wanted == "json" or (
            wanted != "yaml" and "json" in self.request.headers.get("Accept", "")
        )
        self.set_header("Content-Type", JSON_TYPE if is_json else YAML_TYPE)
        self.set_header("Content-Language", "en")
        self.finish(documents["json" if is_json else "yaml"])

    head = get


class DocsHandler(ApiHandler):
    """`/docs/`: a page that shows the document, and what it consists of."""

    needs_account = False

    async def get(self, name: str = PAGE) -> None:
        if name not in (PAGE, *ASSET_NAMES):
            raise NotFoundError("Not found.")
        content = await asyncio.to_thread((ASSETS / name).read_bytes)
        kind, _ = mimetypes.guess_type(name)
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.set_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        if name != PAGE:
            self.set_header("Cache-Control", f"public, max-age={ASSET_SECONDS}")
        self.finish(content)

    head = get


class AssetHandler(DocsHandler):
    """`/docs/<name>`: what the page consists of; not a call of the API."""

    documentation = None


async def _documents(application: Application) -> dict[str, bytes]:
    """Return the document in both forms; it is built at the first request."""
    found = application.settings.get("openapi")
    if found is None:
        found = await asyncio.to_thread(_build, list(_calls(application)))
        application.settings["openapi"] = found
    return found


def _build(calls: list[Call]) -> dict[str, bytes]:
    document = build_document(RESOURCES, calls)
    return {"json": orjson.dumps(document), "yaml": yaml(document).encode()}


def _calls(application: Application) -> Iterator[Call]:
    """Tell every path of the application that no resource declares."""
    for rule in application.wildcard_router.rules:
        handler, resource = rule.target, rule.target_kwargs.get("resource")
        is_call = inspect.isclass(handler) and issubclass(handler, RequestHandler)
        if not is_call or getattr(handler, "documentation", {}) is None:
            continue
        if handler in DECLARED and RESOURCES[resource.path] is resource:
            continue
        for path in templates(rule.matcher.regex.pattern):
            yield Call(
                path,
                tuple(_methods(handler, resource)),
                _title(handler),
                getattr(handler, "needs_account", False),
                getattr(handler, "documentation", {}),
                resource,
            )


def _methods(handler: type[RequestHandler], resource: Resource | None) -> Iterator[str]:
    """Tell what a handler answers; those about records only do what their resource offers."""
    offered = METHODS
    if resource is not None and issubclass(handler, DECLARED):
        letters = set(handler.kinds) & set(resource.methods)
        offered = tuple(name for name in METHODS if set(LETTERS[name.upper()]) & letters)
        if issubclass(handler, FilterHandler):
            offered = ("post",)
    for name in offered:
        if getattr(handler, name) is not getattr(RequestHandler, name):
            yield name


def _title(handler: type[RequestHandler]) -> str:
    """Return the first sentence of a handler's documentation, without the path before it."""
    first = (handler.__doc__ or handler.__name__).strip().split("\n\n")[0]
    sentence = " ".join(first.split()).rpartition("`: ")[2].removesuffix(".")
    return sentence[:1].upper() + sentence[1:]
