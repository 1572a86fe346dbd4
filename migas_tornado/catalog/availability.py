"""Which applications a computer may install, as conditions of lists. Contract: admin-api 5.16.

Each function is the `custom` of a filter.
"""

from typing import Any

from migas_tornado.resources.filters import contained, integer
from migas_tornado.resources.paths import Parameters


def application_for(value: str, parameters: Parameters, caller: Any) -> str:
    """Applications for an attribute of the computer, with packages for its project."""
    computer = parameters.add(integer(value), "bigint")
    return f"""EXISTS (
        SELECT FROM app_catalog_application_available_for_attributes l
        JOIN client_computer_sync_attributes s ON s.attribute_id = l.attribute_id
        WHERE l.application_id = t.id AND s.computer_id = {computer}
    ) AND EXISTS (
        SELECT FROM app_catalog_packagesbyproject b
        JOIN client_computer c ON c.project_id = b.project_id
        WHERE b.application_id = t.id AND c.id = {computer}
    )"""  # noqa: S608


def application_text(value: str, parameters: Parameters, caller: Any) -> str:
    """Applications with a text in their name or description."""
    pattern = parameters.add(contained(value))
    return f"(t.name ILIKE {pattern} OR t.description ILIKE {pattern})"


def packages_text(value: str, parameters: Parameters, caller: Any) -> str:
    """Packages by project with a text in the names of the packages."""
    return f"t.packages_to_install ILIKE {parameters.add(contained(value))}"
