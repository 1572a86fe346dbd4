"""The calls that every declared resource answers. Contract: admin-api 1."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import orjson
from tornado.web import HTTPError

from handlers.api.base import ApiHandler
from handlers.database_errors import tried_again
from migas_tornado.bus import Channel
from migas_tornado.db import Connection, connection, snapshot, transaction
from migas_tornado.errors import InvalidDataError
from migas_tornado.resources.bodies import read_body
from migas_tornado.resources.changes import Change, remove, save
from migas_tornado.resources.declaration import Resource
from migas_tornado.resources.pages import Page, read_page
from migas_tornado.resources.reading import find_visible, read_objects

LETTERS = {"GET": "LR", "HEAD": "LR", "POST": "C", "PUT": "U", "PATCH": "U", "DELETE": "D"}
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
ACTIONS = {"C": "add", "U": "change", "D": "delete"}


class ResourceHandler(ApiHandler):
    """A call about one resource, which the route names."""

    resource: Resource
    kinds = "LC"
    """Letters of the methods that the path has."""

    def initialize(self, resource: Resource) -> None:
        super().initialize()
        self.resource = resource

    async def prepare(self) -> None:
        await super().prepare()
        if self.request.method == "OPTIONS":
            return
        letters = LETTERS.get(self.request.method or "", "")
        offered = [one for one in letters if one in self.kinds and one in self.resource.methods]
        if not offered:
            raise HTTPError(
                HTTPStatus.METHOD_NOT_ALLOWED, f'Method "{self.request.method}" not allowed.'
            )
        self.require_right(offered[0])

    def allowed(self) -> list[str]:
        letters = set(self.kinds) & set(self.resource.methods)
        return [method for method, of in LETTERS.items() if set(of) & letters] + ["OPTIONS"]

    def require_right(self, letter: str) -> None:
        """Check the permission for creating, changing, deleting, or perhaps reading.

        Raises:
            ForbiddenError: the caller lacks it.
        """
        action = ACTIONS.get(letter)
        if action is None and self.services.settings.enforce_view_permissions:
            action = "view"
        if action and self.resource.permission:
            app, _, model = self.resource.permission.partition(".")
            self.require(f"{app}.{action}_{model}")

    def change(self, database: Connection, key: int | None, values: dict[str, Any]) -> Change:
        """Return the change of a record that this call asks for."""
        return Change(database, self.caller, self.services.settings, self.resource, values, key)

    async def answer_object(self, database: Connection, key: int, shape: Any) -> str:
        """Return a record as JSON."""
        return (await read_objects(database, self.resource, shape, [key], self.view))[0]

    def done(self, change: Change) -> None:
        """Do what a stored change leaves to do outside the database."""
        for action in change.after_commit:
            action()

    def answer_json(self, content: str, status: int = HTTPStatus.OK) -> None:
        """Write JSON that PostgreSQL has written."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(content)


class ActionHandler(ResourceHandler):
    """A call beside the usual ones; each of its methods checks its own permission.

    It has `find` for a record that the URL names; `require_right("U")` asks for the permission to
    change, `"C"` to create, `"D"` to delete, `"R"` to read.
    """

    async def prepare(self) -> None:
        await ApiHandler.prepare(self)

    def on_finish(self) -> None:
        super().on_finish()
        if self.request.method not in SAFE_METHODS and self.get_status() < HTTPStatus.BAD_REQUEST:
            kind = self.resource.path
            self.services.bus.publish(Channel.RECORDS, kind=kind, change="changed")

    def allowed(self) -> list[str]:
        return ApiHandler.allowed(self)

    async def find(self, database: Connection, key: str, *, lock: bool = False) -> int:
        """Return the id of a record that the caller sees.

        Raises:
            NotFoundError: there is none.
        """
        return await find_visible(database, self.resource, self.caller, key, lock=lock)


class ListHandler(ResourceHandler):
    """`R`: list and create."""

    async def get(self) -> None:
        await self.answer_list(self.query())

    head = get

    async def post(self) -> None:
        settings = self.services.settings
        values = read_body(
            self.resource, self.data(), settings.time_zone, is_update=False, is_partial=False
        )

        async def create() -> tuple[Change, str]:
            async with transaction() as database:
                change = self.change(database, None, dict(values))
                key = await save(change)
                return change, await self.answer_object(database, key, self.resource.of_write)

        change, content = await tried_again(self.request.path, create)
        self.done(change)
        self.answer_json(content, HTTPStatus.CREATED)

    async def answer_list(self, given: dict[str, Any]) -> None:
        """Write the page of the list that parameters ask for."""
        async with snapshot() as database:
            page = await read_page(
                database,
                self.resource,
                self.caller,
                given,
                self.services.settings.time_zone,
                self.view,
            )
        self.answer_json(self._envelope(page))

    def _envelope(self, page: Page) -> str:
        following = self._page_url(page.number + 1) if page.number < page.pages else "null"
        previous = self._page_url(page.number - 1) if page.number > 1 else "null"
        return (
            f'{{"count":{page.count},"next":{following},"previous":{previous},'
            f'"results":[{",".join(page.results)}]}}'
        )

    def _page_url(self, number: int) -> str:
        given = {name: value for name, value in self.query().items() if name != "page"}
        if number > 1:
            given["page"] = str(number)
        query = urlencode(sorted(given.items()))
        url = f"{self.site}{self.request.path}{'?' if query else ''}{query}"
        return orjson.dumps(url).decode()


class FilterHandler(ListHandler):
    """`R/filter/`: the list, with parameters too long for a URL in the body."""

    kinds = "L"

    async def prepare(self) -> None:
        await ApiHandler.prepare(self)
        if self.request.method != "OPTIONS":
            self.require_right("L")

    async def post(self) -> None:
        await self.answer_list(self.query() | parameters_of(self.data()))


def parameters_of(body: Any) -> dict[str, Any]:
    """Return the parameters that a body holds.

    Raises:
        InvalidDataError: it is no object.
    """
    if not isinstance(body, dict):
        raise InvalidDataError({"non_field_errors": ["An object of parameters is expected."]})
    return body


class RecordHandler(ResourceHandler):
    """`R{id}/`: read, change, delete."""

    kinds = "RUD"

    async def get(self, key: str) -> None:
        async with connection() as database:
            found = await find_visible(database, self.resource, self.caller, key)
            content = await self.answer_object(database, found, self.resource.of_detail)
        self.answer_json(content)

    head = get

    async def put(self, key: str) -> None:
        await self._change(key, is_partial=False)

    async def patch(self, key: str) -> None:
        await self._change(key, is_partial=True)

    async def _change(self, key: str, *, is_partial: bool) -> None:
        zone = self.services.settings.time_zone
        values = read_body(self.resource, self.data(), zone, is_update=True, is_partial=is_partial)

        async def change_it() -> tuple[Change, str]:
            async with transaction() as database:
                found = await find_visible(database, self.resource, self.caller, key, lock=True)
                change = self.change(database, found, dict(values))
                await save(change)
                return change, await self.answer_object(database, found, self.resource.of_write)

        change, content = await tried_again(self.request.path, change_it)
        self.done(change)
        self.answer_json(content)

    async def delete(self, key: str) -> None:
        async def delete_it() -> Change:
            async with transaction() as database:
                found = await find_visible(database, self.resource, self.caller, key, lock=True)
                change = self.change(database, found, {})
                await remove(change)
                return change

        self.done(await tried_again(self.request.path, delete_it))
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()
