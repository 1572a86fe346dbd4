"""Every resource, by its path; found in `declared/`, where adding a file adds a resource."""

import importlib
import pkgutil
from typing import Any

from migas_tornado.resources import declared
from migas_tornado.resources.declaration import Resource
from migas_tornado.resources.visibility import Visibility, everything


def _declared() -> dict[str, Resource]:
    found: dict[str, Resource] = {}
    for module in sorted(pkgutil.iter_modules(declared.__path__), key=lambda one: one.name):
        content = vars(importlib.import_module(f"{declared.__name__}.{module.name}"))
        for resource in content.get("RESOURCES", ()):
            if resource.path in found:
                raise ValueError(f"two resources are called {resource.path}")
            found[resource.path] = resource
    return found


RESOURCES: dict[str, Resource] = _declared()

_VISIBILITY: dict[Any, Visibility] = {
    resource.model: resource.visible for resource in reversed(RESOURCES.values())
}


def visibility_of(model: Any) -> Visibility:
    """Return what callers see of a model's records: as its first resource declares it."""
    return _VISIBILITY.get(model, everything)


def visibility_of_table(table: str) -> Visibility:
    """Return what callers see of a table's records."""
    found = (visible for model, visible in _VISIBILITY.items() if model._meta.db_table == table)
    return next(found, everything)
