"""JSON as agents send it: written by Python's dumper, and meant for PostgreSQL."""

import json
import re
from typing import Any

import orjson

_NOT_STORABLE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""What PostgreSQL cannot store in a text: NUL, and halves of surrogate pairs."""


def parse_json(text: bytes) -> Any:
    """Return a JSON value as it is.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it is nested too deeply.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        # Python's dumper, which agents use, writes lone surrogates, which orjson refuses.
        return json.loads(text, parse_constant=_refuse_constant)


def storable(value: Any, text: bytes) -> Any:
    """Return a JSON value whose texts PostgreSQL can store; `text` is what it was read from."""
    return _storable(value) if _NOT_STORABLE.search(text) else value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    return value
