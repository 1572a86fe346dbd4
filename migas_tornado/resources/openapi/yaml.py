"""YAML out of JSON values: blocks for objects and lists, JSON for everything else.

Each JSON text is also a text in YAML 1.2, so that nothing has to be guessed.
"""

import re
from collections.abc import Iterator
from typing import Any

import orjson

UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Characters that JSON allows in a text and YAML does not."""


def yaml(value: Any) -> str:
    """Return a JSON value as YAML."""
    if not isinstance(value, dict | list) or not value:
        return f"{_text(value)}\n"
    return "\n".join(_lines(value, 0)) + "\n"


def _lines(value: Any, depth: int) -> Iterator[str]:
    indent = "  " * depth
    items = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    for key, item in items:
        start = f"{indent}-" if key is None else f"{indent}{_text(str(key))}:"
        if isinstance(item, dict | list) and item:
            yield start
            yield from _lines(item, depth + 1)
        else:
            yield f"{start} {_text(item)}"


def _text(value: Any) -> str:
    return UNPRINTABLE.sub(lambda one: f"\\u{ord(one[0]):04x}", orjson.dumps(value).decode())
