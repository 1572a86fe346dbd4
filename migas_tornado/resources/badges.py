"""What a chip of the dashboard shows of a record. Contract: admin-api 6.2."""

from typing import Any

from migas_tornado.db import Connection
from migas_tornado.resources.declared.shapes import SUMMARY
from migas_tornado.resources.relations.asking import Asking, Record
from migas_tornado.resources.relations.partners import ALL_SYSTEMS, ATTRIBUTES, owner_of
from migas_tornado.resources.shapes import key_column, rendered

_OF_COMPUTER = ("{t}.status", SUMMARY.sql)
_DESCRIPTION = "coalesce({t}.description, '')"
_KINDS: dict[str, tuple[str, str]] = {
    "computers": _OF_COMPUTER,
    "attribute-sets": ("'set'", f"'(' || {{label:Attribute Set}} || ') ' || {_DESCRIPTION}"),
    "domains": ("'domain'", "{label:Domain}"),
    "catalog/policies": ("'policy'", "{label:Policy}"),
    "tags": ("'tag'", "{label:Tag}"),
    "features": ("'attribute'", _DESCRIPTION),
}
"""Path of a resource -> SQL of status and summary."""
_ALL_SYSTEMS = ("'set'", f"'(' || {{label:Attribute}} || ') ' || {_DESCRIPTION}")
_SORT = "(SELECT p.sort FROM core_property p WHERE p.id = {t}.property_att_id)"
_ATTRIBUTE = (
    f"CASE {_SORT} WHEN 'server' THEN 'tag' WHEN 'client' THEN 'attribute' END",
    f"CASE {_SORT} WHEN 'server' THEN {{label:Attribute}} WHEN 'client' THEN {_DESCRIPTION} END",
)


async def badge(database: Connection, record: Record, asking: Asking) -> dict[str, Any]:
    """Return id and text of a record, and of some kinds status and summary.

    An attribute that stands for a computer, a set or a domain shows that.
    """
    path = record.resource.path
    if path in ("attributes", "features"):
        record = await owner_of(database, record, asking) or record
    model = record.resource.model
    status, summary = _kind(record)
    statement = (
        f"SELECT ({record.resource.text})::text AS text, {status} AS status, {summary} AS summary "
        f"FROM {model._meta.db_table} {{t}} WHERE {{t}}.{key_column(model)} = $1"
    )
    row = await database.fetchrow(rendered(statement.replace("{t}", "t"), asking.view), record.key)
    shown: dict[str, Any] = {"pk": record.key, "text": _escaped(row["text"])}
    if row["status"] is not None:
        shown |= {"status": row["status"], "summary": row["summary"]}
    return shown


def _kind(record: Record) -> tuple[str, str]:
    path = record.resource.path
    if path in ATTRIBUTES and record.key == ALL_SYSTEMS:
        return _ALL_SYSTEMS
    if path == "attributes":
        return _ATTRIBUTE
    return _KINDS.get(path, ("NULL", "NULL"))


def _escaped(text: str | None) -> str:
    """Return a text in which braces are doubled, as clients expect it."""
    return (text or "").replace("{", "{{").replace("}", "}}")
