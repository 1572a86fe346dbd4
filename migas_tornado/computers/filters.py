"""Filters of computers that no column answers. Contract: admin-api 5.10."""

import re
from typing import Any

from migas_tornado.resources.filters import boolean, contained, integer
from migas_tornado.resources.paths import Parameters


def statuses(value: str, parameters: Parameters, caller: Any) -> str:
    """Keep computers in one of the statuses of a list with commas."""
    wanted = [part.strip() for part in value.split(",")]
    return f"t.status = ANY({parameters.add(wanted, 'text[]')})"


def mac_address(value: str, parameters: Parameters, caller: Any) -> str:
    """Keep computers with a part of a network address; colons and hyphens do not count."""
    digits = re.sub("[:-]", "", value)
    return f"t.mac_address ILIKE {parameters.add(contained(digits))}"


def has_sync_attribute(value: str, parameters: Parameters, caller: Any) -> str:
    """Keep computers with an attribute whose value contains a text, in just this case."""
    place = parameters.add(contained(value))
    return (
        "t.id IN (SELECT s.computer_id FROM client_computer_sync_attributes s "  # noqa: S608
        f"JOIN core_attribute a ON a.id = s.attribute_id WHERE a.value LIKE {place})"
    )


def has_inventory(value: str, parameters: Parameters, caller: Any) -> str | None:
    """Keep computers that have ever sent a software list, or those that have not."""
    wanted = boolean(value)
    if wanted is None:
        return None
    found = "EXISTS (SELECT FROM client_packagehistory h WHERE h.computer_id = t.id)"
    return found if wanted else f"NOT {found}"


def has_package(value: str, parameters: Parameters, caller: Any) -> str:
    """Keep computers on which a package is now.

    Raises:
        ValueError: it is no id.
    """
    place = parameters.add(integer(value), "bigint")
    return (
        "t.id IN (SELECT h.computer_id FROM client_packagehistory h "  # noqa: S608
        f"WHERE h.package_id = {place} AND h.uninstall_date IS NULL)"
    )


def has_serial(value: str, parameters: Parameters, caller: Any) -> str:
    """Keep computers with a part whose serial number contains a text."""
    place = parameters.add(contained(value))
    return f"t.id IN (SELECT n.computer_id FROM hardware_node n WHERE n.serial ILIKE {place})"  # noqa: S608
