"""Reads the links of a record, also of the one that is the same thing. Contract: admin-api 6.1."""

from collections.abc import Iterable
from typing import Any

from migas_tornado.db import Connection
from migas_tornado.resources.registry import RESOURCES
from migas_tornado.resources.relations.asking import Asking, Record
from migas_tornado.resources.relations.counting import Question, counted
from migas_tornado.resources.relations.links import KEY, TRUE, Link, route_of
from migas_tornado.resources.relations.partners import (
    ATTRIBUTES,
    PREFIXES,
    attribute_of,
    owner_of,
)
from migas_tornado.resources.relations.table import BY_SYNC_ATTRIBUTE, FEATURE, LINKS
from migas_tornado.resources.shapes import View, key_column, rendered


async def relations(database: Connection, record: Record, asking: Asking) -> list[dict[str, Any]]:
    """Return the links of a record that lead anywhere, as the dashboard shows them.

    A record that is the same thing as another answers the links of both. What can be done with the
    records themselves comes first.
    """
    linked = await _linked(database, record, asking)
    questions: list[Question] = []
    for one, links in linked:
        readable = [
            link
            for link in links
            if link.path in RESOURCES
            and asking.may_read(RESOURCES[link.path])
            and not undeclared(link)
        ]
        questions += await _questions(database, one, readable)
    own = [await _itself(database, one, asking) for one, _ in linked]
    return [*filter(None, own), *await counted(database, questions, asking)]


async def _itself(database: Connection, record: Record, asking: Asking) -> dict[str, Any] | None:
    """Return what can be done with a record itself, or None."""
    resource = record.resource
    actions = asking.shown(record, resource, [record.key])
    if not actions:
        return None
    text = await text_of(database, record, asking.view)
    title = f"{resource.title[:1].upper()}{resource.title[1:]}"
    return {
        "model": route_of(resource.path),
        "pk": record.key,
        "text": f"{title} {text}",
        "count": 1,
        "actions": actions,
    }


async def text_of(database: Connection, record: Record, view: View) -> str:
    """Return the text form of a record."""
    model = record.resource.model
    text = rendered(record.resource.text.replace("{t}", "t"), view)
    found = await database.fetchval(
        f"SELECT ({text})::text FROM {model._meta.db_table} t WHERE t.{key_column(model)} = $1",
        record.key,
    )
    return str(found or "")


def undeclared(link: Link) -> list[str]:
    """Return the filters of a link that its list does not know; the list would show everything."""
    resource = RESOURCES.get(link.path)
    if resource is None:
        return []
    known = {name for one in resource.filters for name in one.parameters()}
    return [name for name in link.filters if name not in known]


async def _linked(
    database: Connection, record: Record, asking: Asking
) -> list[tuple[Record, Iterable[Link]]]:
    """Return a record, and the one that is the same thing, each with its links."""
    path = record.resource.path
    own = LINKS.get(path, ())
    if path in PREFIXES:
        attribute = await attribute_of(database, record, asking)
        if attribute is None:
            return [(record, own)]
        return [(record, own), (attribute, _links_of_attribute(path))]
    if path in ATTRIBUTES:
        owner = await owner_of(database, record, asking)
        if owner is not None:
            owner_path = owner.resource.path
            links = [
                one for one in own if owner_path != "computers" or one not in BY_SYNC_ATTRIBUTE
            ]
            return [(owner, LINKS[owner_path]), (record, links)]
    return [(record, own)]


def _links_of_attribute(path: str) -> list[Link]:
    """Return the links of the attribute that stands for a record of a resource."""
    links = LINKS["tags"] if path == "domains" else FEATURE
    return [one for one in links if path != "computers" or one not in BY_SYNC_ATTRIBUTE]


async def _questions(database: Connection, record: Record, links: list[Link]) -> list[Question]:
    """Return links with the values of their filters, which one statement reads if need be."""
    wanted = sorted(
        {sql for link in links for sql in link.query.values() if sql not in (KEY, TRUE, "")}
    )
    values: dict[str, Any] = {KEY: record.key, "": "", TRUE: True}
    if wanted:
        model = record.resource.model
        key = f"t.{key_column(model)}"
        selected = ", ".join(sql.replace("{t}", "t").replace("{key}", key) for sql in wanted)
        row = await database.fetchrow(
            f"SELECT {selected} FROM {model._meta.db_table} t WHERE {key} = $1", record.key
        )
        values |= dict(zip(wanted, row or [None] * len(wanted), strict=True))
    return [
        Question(record, link, [values[sql] for sql in link.query.values()])
        for link in links
        if link.targets or all(values[sql] not in (None, "", []) for sql in link.query.values())
    ]
