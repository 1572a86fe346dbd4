"""Reading the hardware tree that `lshw -json` prints into a flat list of nodes.

Contract: agent-v5 6.9. What the nodes mean for the computer is in `hardware_summary`.
"""

import math
import re
from dataclasses import dataclass

from migas_tornado.errors import InvalidDataError
from migas_tornado.received_json import UNSTORABLE

NODES_LIMIT = 10_000  # nodes in a tree
DEPTH_LIMIT = 64  # levels, the root being the first
# Characters of the name of a capability or configuration: PostgreSQL refuses an index entry of
# more than 2,700 bytes, and these names are in a unique index.
NAME_LIMIT = 250

INT64_MAX = 2**63 - 1
INT64_MIN = -(2**63)

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")


@dataclass(frozen=True, slots=True)
class HardwareNode:
    """A part of a computer; `index` is its place in the list, `parent` that of what holds it."""

    index: int
    parent: int | None
    level: int
    width: int | None
    name: str
    class_name: str
    enabled: bool
    claimed: bool
    description: str | None
    vendor: str | None
    product: str | None
    version: str | None
    serial: str | None
    bus_info: str | None
    physid: str | None
    slot: str | None
    size: int | None
    capacity: int | None
    clock: int | None
    dev: str | None
    capabilities: dict[str, str | None]
    configurations: dict[str, str | None]
    logical_names: tuple[str, ...]


def read_hardware(tree: object) -> list[HardwareNode]:
    """Flatten a tree of nodes, depth first, each after what holds it.

    Args:
        tree: the root node, or the list of newer lshw, of which the first is the root.

    Returns:
        At least the root. Children that are not objects are left out, and so are values of a type
        that lshw does not print.

    Raises:
        InvalidDataError: there is no root node, or a limit is exceeded.
    """
    if isinstance(tree, list):
        if not tree:
            raise InvalidDataError("The hardware list is empty: send what lshw -json prints.")
        tree = tree[0]
    if not isinstance(tree, dict):
        raise InvalidDataError("The hardware is not an object: send what lshw -json prints.")
    nodes: list[HardwareNode] = []
    # A stack of our own: a hostile tree may be deeper than Python's.
    pending: list[tuple[dict[object, object], int | None, int]] = [(tree, None, 1)]
    while pending:
        source, parent, level = pending.pop()
        index = len(nodes)
        if index >= NODES_LIMIT:
            raise InvalidDataError(f"The hardware tree has more than {NODES_LIMIT} nodes.")
        if level > DEPTH_LIMIT:
            raise InvalidDataError(f"The hardware tree has more than {DEPTH_LIMIT} levels.")
        nodes.append(_read_node(source, index, parent, level))
        children = source.get("children")
        if isinstance(children, list):
            pending.extend(
                (child, index, level + 1) for child in reversed(children) if isinstance(child, dict)
            )
    return nodes


def _read_node(
    source: dict[object, object], index: int, parent: int | None, level: int
) -> HardwareNode:
    return HardwareNode(
        index=index,
        parent=parent,
        level=level,
        width=_number(source.get("width")),
        name=_text(source.get("id")) or "",
        class_name=_text(source.get("class")) or "",
        enabled=source.get("enabled") is True,
        claimed=source.get("claimed") is True,
        description=_text(source.get("description")),
        vendor=_text(source.get("vendor")),
        product=_text(source.get("product")),
        version=_text(source.get("version")),
        serial=_text(source.get("serial")),
        bus_info=_text(source.get("businfo")),
        physid=_text(source.get("physid")),
        slot=_text(source.get("slot")),
        size=_number(source.get("size")),
        capacity=_number(source.get("capacity")),
        clock=_number(source.get("clock")),
        dev=_text(source.get("dev")),
        capabilities=_texts_by_name(source.get("capabilities")),
        configurations=_texts_by_name(source.get("configuration")),
        logical_names=_logical_names(source.get("logicalname")),
    )


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return UNSTORABLE.sub("", value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return str(value)
    except ValueError:  # Python refuses to print an integer of more than 4,300 digits.
        return None


def _number(value: object) -> int | None:
    # Contract: agent-v5 6.9, what is no number or does not fit into 64 bits becomes 0.
    if value is None:
        return None
    if isinstance(value, bool):
        return 0
    if isinstance(value, str):
        text = value.strip()
        value = int(text) if _INTEGER.fullmatch(text) else 0
    elif isinstance(value, float):
        value = int(value) if math.isfinite(value) else 0
    elif not isinstance(value, int):
        return 0
    return value if INT64_MIN <= value <= INT64_MAX else 0


def _texts_by_name(value: object) -> dict[str, str | None]:
    if not isinstance(value, dict):
        return {}
    # Of names that become equal the first is kept: (node, name) is unique.
    texts: dict[str, str | None] = {}
    for key, text in value.items():
        texts.setdefault((_text(key) or "")[:NAME_LIMIT], _text(text))
    return texts


def _logical_names(value: object) -> tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(text for name in names if (text := _text(name))))
