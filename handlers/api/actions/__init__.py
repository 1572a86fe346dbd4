"""Calls of the administrative API beside the usual ones: a file for each family of resources.

Each has `ROUTES`: pairs of an expression for the whole path, and a handler; a third member may be
the resource whose permissions and visibility an `ActionHandler` needs. What they take and answer is
described for the OpenAPI document in `migas_tornado/resources/openapi/described/`, or by a handler
itself: `documentation = {"get": Operation(...)}`.
"""

import importlib
import pkgutil
from typing import Any


def action_routes() -> list[tuple[Any, ...]]:
    """Return the routes of every file in this folder."""
    found: list[tuple[Any, ...]] = []
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        for path, handler, *resource in importlib.import_module(f"{__name__}.{module.name}").ROUTES:
            options = {"resource": resource[0]} if resource else {}
            found.append((path, handler, options))
    return found
