"""How the text that a formula printed, or the value of a tag, becomes values of attributes.

Contract: agent-v5 6.2 (table of kinds), data-model 3.2. Finding or creating them is elsewhere.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import orjson

from migas_tornado.models.enumerations import PropertyKind, PropertySort
from migas_tornado.received_json import UNSTORABLE

TEXT_LIMIT = 256 * 1024  # characters that one formula may print
VALUE_LIMIT = 250  # characters of core_attribute.value
ITEMS_LIMIT = 1_000  # attributes that one text may give; the rest is left out
# Characters of a value of the kinds L and R. Each of their items repeats the rest of the text, so
# that the cost of a long text is its square; true ones are names with a few dots.
HIERARCHY_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class AttributeItem:
    """One value of a property; `cut` is the whole value when it had to be cut."""

    value: str
    description: str
    cut: str | None


def items_of(kind: str, sort: str, raw: object) -> list[AttributeItem]:
    """Give the attributes that a text stands for.

    Args:
        kind: how the property's values are read, a `PropertyKind`.
        sort: who computes the property, a `PropertySort`.
        raw: the text; anything that is not a text gives nothing.

    Returns:
        At most `ITEMS_LIMIT` items with different values; of equal values the first.
    """
    if not isinstance(raw, str):
        return []
    items: dict[str, AttributeItem] = {}
    for value, description in _pairs(kind, sort, UNSTORABLE.sub("", raw)):
        if len(items) == ITEMS_LIMIT:
            break
        item = _item(value, description)
        items.setdefault(item.value, item)
    return list(items.values())


def _item(value: str, description: str) -> AttributeItem:
    cut = value if len(value) > VALUE_LIMIT else None
    return AttributeItem(value[:VALUE_LIMIT], description, cut)


def _pairs(kind: str, sort: str, text: str) -> Iterator[tuple[str, str]]:
    match kind:
        case PropertyKind.NORMAL:
            yield _split_description(text)  # also when it is empty
        case PropertyKind.LIST:
            yield from _without_empty_values(text.split(","))
        case PropertyKind.LEFT | PropertyKind.RIGHT:
            text = text.strip()[:HIERARCHY_LIMIT]
            yield from _without_empty_values(
                _heads(text) if kind == PropertyKind.LEFT else _tails(text)
            )
            if sort == PropertySort.SERVER:
                yield "", ""
        case PropertyKind.JSON:
            yield from _json_pairs(text)


def _split_description(text: str) -> tuple[str, str]:
    # Contract: agent-v5 6.2, two or more marks mean that it is no mark.
    if text.count("~") == 1:
        value, _, description = text.partition("~")
        return value.strip(), description.strip()
    return text.strip(), ""


def _without_empty_values(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    return (pair for pair in map(_split_description, texts) if pair[0])


def _heads(text: str) -> Iterator[str]:
    """`a`, `a.b`, `a.b.c`."""
    for dot in re.finditer(r"\.", text):
        yield text[: dot.start()]
    yield text


def _tails(text: str) -> Iterator[str]:
    """`a.b.c`, `b.c`, `c`."""
    yield text
    for dot in re.finditer(r"\.", text):
        yield text[dot.end() :]


def _json_pairs(text: str) -> Iterator[tuple[str, str]]:
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return
    for item in document if isinstance(document, list) else [document]:
        if not isinstance(item, dict):
            continue
        value = _scalar_text(item.get("value"))
        description = _scalar_text(item.get("description"))
        if not description:
            value, description = _split_description(value)
        if value:
            yield value, description


def _scalar_text(value: object) -> str:
    """The text of a JSON text, number or boolean; of anything else an empty one."""
    if isinstance(value, str):
        return UNSTORABLE.sub("", value).strip()
    if isinstance(value, bool | int | float):
        return orjson.dumps(value).decode()
    return ""
