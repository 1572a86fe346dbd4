"""Which devices a computer may use, as conditions of lists. Contract: admin-api 5.15.

Each function is the `custom` of a filter.
"""

from typing import Any

from migas_tornado.resources.filters import contained, integer
from migas_tornado.resources.paths import Parameters

_MEETS = """EXISTS (
    SELECT FROM {link} v
    JOIN client_computer_sync_attributes s ON s.attribute_id = v.attribute_id
    WHERE v.{key} = {record} AND s.computer_id = {computer}
)"""


def _meets(link: str, key: str, record: str, computer: str) -> str:
    return _MEETS.format(link=link, key=key, record=record, computer=computer)


def device_for(value: str, parameters: Parameters, caller: Any) -> str:
    """Devices that are available for an attribute of the computer."""
    computer = parameters.add(integer(value), "bigint")
    return _meets("device_device_available_for_attributes", "device_id", "t.id", computer)


def logical_for(value: str, parameters: Parameters, caller: Any) -> str:
    """Logical devices whose device is available for the computer, or that it has."""
    computer = parameters.add(integer(value), "bigint")
    available = _meets(
        "device_device_available_for_attributes", "device_id", "t.device_id", computer
    )
    return f"({available} OR {_meets('device_logical_attributes', 'logical_id', 't.id', computer)})"


def device_text(value: str, parameters: Parameters, caller: Any) -> str:
    """Devices with a text in their name or data."""
    pattern = parameters.add(contained(value))
    return f"(t.name ILIKE {pattern} OR t.data::text ILIKE {pattern})"


def logical_text(value: str, parameters: Parameters, caller: Any) -> str:
    """Logical devices with a text in the name of the device, its model, maker or capability."""
    pattern = parameters.add(contained(value))
    return f"""EXISTS (
        SELECT FROM device_device d
        JOIN device_model m ON m.id = d.model_id
        JOIN device_manufacturer f ON f.id = m.manufacturer_id
        JOIN device_capability c ON c.id = t.capability_id
        WHERE d.id = t.device_id AND concat_ws(
            ' ', d.name, d.data::text, m.name, f.name, c.name, t.alternative_capability_name
        ) ILIKE {pattern}
    )"""
