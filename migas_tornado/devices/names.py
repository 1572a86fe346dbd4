"""Names without blanks: agents make the names of print queues of them. Contract: data-model 5."""

import re
from typing import Any

from migas_tornado.resources.changes import Change


def joined(name: str) -> str:
    """Return a name in which every blank has become an underscore."""
    return re.sub(r"\s", "_", name)


async def join_model_name(change: Change) -> None:
    """Store the name of a model without blanks."""
    _join(change.values, "name")


async def join_capability_name(change: Change) -> None:
    """Store the alternative name of a logical device's capability without blanks."""
    _join(change.values, "alternative_capability_name")


async def join_queue_name(change: Change) -> None:
    """Store the NAME in a device's data without blanks."""
    _join(change.values.get("data") or {}, "NAME")


def _join(values: dict[str, Any], name: str) -> None:
    if isinstance(values.get(name), str):
        values[name] = joined(values[name])
