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


def described_operations(path: str) -> dict[str, Operation]:
    """Return how the methods of a path are described; methods left out only refuse."""
    operations = _operations()
    if path in operations:
        return operations[path]
    for pattern, methods in operations.items():
        if pattern.startswith("*") and path.endswith(pattern[1:]):
            return methods
    return {}
