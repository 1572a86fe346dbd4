"""What calls beside the resources take and answer: a file for each family.

Each but `forms` has `OPERATIONS`: path as OpenAPI writes it -> method -> operation. A path that
begins with `*` describes what every resource has, such as its export.
"""

import importlib
import pkgutil
from functools import cache

from migas_tornado.resources.openapi.calls import Operation


@cache
def _operations() -> dict[str, dict[str, Operation]]:
    found: dict[str, dict[str, Operation]] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        content = vars(importlib.import_module(f"{__name__}.{module.name}"))
        found |= content.get("OPERATIONS", {})
    return found


def described_operation(path: str, method: str) -> Operation | None:
    """Return how a method of a path is described, if it is."""
    operations = _operations()
    if path in operations:
        return operations[path].get(method)
    for pattern, methods in operations.items():
        if pattern.startswith("*") and path.endswith(pattern[1:]):
            return methods.get(method)
    return None
