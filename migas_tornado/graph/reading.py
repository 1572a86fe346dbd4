"""What root fields read: lists and records, as REST reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from migas_tornado.accounts.callers import Caller
from migas_tornado.db import connection, snapshot
from migas_tornado.errors import ForbiddenError, InvalidDataError, NotFoundError
from migas_tornado.graph.roots import Root
from migas_tornado.graph.types import field_name
from migas_tornado.resources.declaration import Resource
from migas_tornado.resources.pages import read_page
from migas_tornado.resources.reading import find_visible, read_objects
from migas_tornado.resources.shapes import View, member_name
from migas_tornado.settings import Settings

MOST_RECORDS = 100
MOST_CHARACTERS = 16 * 1024 * 1024
"""Of the records of one field as JSON, before the query takes its part of them."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and how records are shown to him."""

    caller: Caller
    view: View
    settings: Settings

    def check_may_see(self, resource: Resource) -> None:
        """Check the view permission, where the server asks for it.

        Raises:
            ForbiddenError: the caller lacks it.
        """
        app, _, model = resource.permission.partition(".")
        if self.settings.enforce_view_permissions and not self.caller.may(f"{app}.view_{model}"):
            raise ForbiddenError("You do not have permission to perform this action.")


async def read_list(
    asking: Asking, root: Root, given: dict[str, Any], *, is_wide: bool
) -> Sequence[str]:
    """Return a page of a list as JSON objects; after the last page, nothing.

    Args:
        asking: who asks.
        root: which records.
        given: the arguments of the field.
        is_wide: whether members are wanted that REST does not show in lists.

    Raises:
        InvalidDataError: an argument cannot be used.
        ForbiddenError: the caller may not see such records.
    """
    asking.check_may_see(root.resource)
    parameters = _parameters(root, given)
    async with snapshot() as database:
        try:
            page = await read_page(
                database,
                root.wide if is_wide else root.resource,
                asking.caller,
                parameters,
                asking.settings.time_zone,
                asking.view,
            )
        except NotFoundError:
            return ()
    return _limited(page.results)


async def read_one(asking: Asking, root: Root, key: str) -> Sequence[str]:
    """Return a record as JSON, or nothing when the caller sees none with that id.

    Raises:
        ForbiddenError: the caller may not see such records.
    """
    asking.check_may_see(root.resource)
    async with connection() as database:
        try:
            found = await find_visible(database, root.resource, asking.caller, key)
        except NotFoundError:
            return ()
        shape = root.wide.read
        return _limited(await read_objects(database, root.wide, shape, [found], asking.view))


def _limited(results: list[str]) -> list[str]:
    if sum(map(len, results)) > MOST_CHARACTERS:
        raise InvalidDataError({"first": ["These records are too large; ask for fewer."]})
    return results


def _parameters(root: Root, given: dict[str, Any]) -> dict[str, Any]:
    first, page = given.get("first"), given.get("page")
    first, page = MOST_RECORDS if first is None else first, 1 if page is None else page
    if not 1 <= first <= MOST_RECORDS:
        raise InvalidDataError({"first": [f"Ask for 1 to {MOST_RECORDS} records."]})
    if page < 1:
        raise InvalidDataError({"page": ["Pages are counted from 1."]})
    filters = {one["name"]: one["value"] for one in given.get("filters") or ()}
    known = {name for one in root.resource.filters for name in one.parameters()}
    if unknown := sorted(filters.keys() - known):
        raise InvalidDataError({unknown[0]: ["There is no such filter."]})
    return filters | {
        "page": page,
        "page_size": first,
        "search": given.get("search") or "",
        "ordering": _ordering(root, given.get("orderBy") or ""),
    }


def _ordering(root: Root, order: str) -> str:
    """Return an order in which fields are called as REST calls them."""
    members = {field_name(name): name for name in map(member_name, root.wide.read)}
    terms = []
    for term in order.split(","):
        name = term.strip().removeprefix("-")
        sign = "-" if term.strip().startswith("-") else ""
        terms.append(sign + members.get(name, name))
    return ",".join(terms)
