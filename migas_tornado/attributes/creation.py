"""Attributes, tags and features that people make, change and delete. Contract: data-model 3.2."""

from typing import TYPE_CHECKING

from migas_tornado.attributes.reserved import RESERVED_PREFIXES, is_basic
from migas_tornado.errors import InvalidDataError
from migas_tornado.events import notify
from migas_tornado.models.enumerations import PropertyKind, PropertySort
from migas_tornado.synchronization.values import AttributeItem, items_of

if TYPE_CHECKING:
    import asyncpg

    from migas_tornado.resources.changes import Change

_BLANK = "This field may not be blank."
_NOTHING_NEW = "This property takes no new values."
_RESERVED = "The attributes of {prefix} belong to the server: this cannot be changed."
_NO_TAG = "A tag needs a property of the sort server: a stamp."
_NO_FEATURE = "A feature needs a property of the sort client or basic: a formula."


async def check_attribute(change: "Change") -> None:
    """Check an attribute; a new one follows the rule that agents' values follow.

    One `~` separates value and description, long values are cut, and an attribute that exists is
    taken as it is.

    Raises:
        InvalidDataError: the value is empty, the property takes no new values, or the attribute is
            reserved.
    """
    if not change.is_new:
        await _check_reserved(change)
        return
    target = await _property(change, change.values["property_att"])
    item = items_of(PropertyKind.NORMAL, target["sort"], change.values["value"])[0]
    if not item.value:
        raise InvalidDataError({"value": [_BLANK]})
    if not await _take_existing(change, target["id"], item.value):
        if not target["auto_add"]:
            raise InvalidDataError({"property_att": [_NOTHING_NEW]})
        await _add(change, target, item)


async def check_tag(change: "Change") -> None:
    """Check that a tag's property is a stamp.

    Raises:
        InvalidDataError: it is not, or the tag is reserved.
    """
    await _check_sort(change, (PropertySort.SERVER,), _NO_TAG)


async def check_feature(change: "Change") -> None:
    """Check that a feature's property is no stamp.

    Raises:
        InvalidDataError: it is one, or the feature is reserved.
    """
    await _check_sort(change, (PropertySort.CLIENT, PropertySort.BASIC), _NO_FEATURE)


async def keep_basic(change: "Change") -> None:
    """Keep the attributes of the server's own properties; deleting one answers that it is done."""
    change.stays = is_basic((await _property(change, change.before["property_att_id"]))["sort"])


async def _take_existing(change: "Change", property_id: int, value: str) -> bool:
    """Make the attribute with a value the record of the change, if there is one."""
    change.key = await change.database.fetchval(
        "SELECT id FROM core_attribute WHERE property_att_id = $1 AND value = $2",
        property_id,
        value,
    )
    if change.key is not None:
        change.values.clear()
    return change.key is not None


async def _add(change: "Change", target: "asyncpg.Record", item: AttributeItem) -> None:
    """Add the attribute here, as an agent may bring the same value at the same moment."""
    given = change.values
    change.key = await change.database.fetchval(
        """
        INSERT INTO core_attribute (property_att_id, value, description, longitude, latitude)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (property_att_id, value) DO NOTHING RETURNING id
        """,
        target["id"],
        item.value,
        item.description or given.get("description") or "",
        given.get("longitude"),
        given.get("latitude"),
    )
    if change.key is None:
        await _take_existing(change, target["id"], item.value)
    elif item.cut:
        text = f"The value of an attribute {target['prefix']} is too long and was cut: {item.cut}"
        await notify(change.database, text)
    change.values.clear()


async def _check_sort(change: "Change", sorts: tuple[PropertySort, ...], mistake: str) -> None:
    if not change.is_new:
        await _check_reserved(change)
    if change.changes("property_att"):
        target = await _property(change, change.values["property_att"])
        if target["sort"] not in sorts:
            raise InvalidDataError({"property_att": [mistake]})
    if change.is_new and change.values.get("description") is None:
        change.values["description"] = ""


async def _check_reserved(change: "Change") -> None:
    """Refuse another value or property for attributes that stand for something else."""
    changed = [name for name in ("value", "property_att") if change.changes(name)]
    mistakes = {}
    if changed:
        prefix = (await _property(change, change.before["property_att_id"]))["prefix"]
        if prefix in RESERVED_PREFIXES:
            mistakes = {name: [_RESERVED.format(prefix=prefix)] for name in changed}
    if "property_att" in changed and not mistakes:
        prefix = (await _property(change, change.values["property_att"]))["prefix"]
        if prefix in RESERVED_PREFIXES:
            mistakes = {"property_att": [_RESERVED.format(prefix=prefix)]}
    if mistakes:
        raise InvalidDataError(mistakes)


async def _property(change: "Change", key: int) -> "asyncpg.Record":
    return await change.database.fetchrow(
        "SELECT id, prefix, sort, auto_add FROM core_property WHERE id = $1", key
    )
