"""How many-to-many links are stored: `<table>_<field>(<entity>_id, <target>_id)`."""

from typing import Any

from tortoise import fields


def link(
    table: str,
    field: str,
    target: str,
    related_name: str,
    description: str,
    forward_key: str = "",
) -> Any:
    """Declare a many-to-many link under the table and column names of the contract.

    Args:
        table: table of the model that owns the link, such as `core_deployment`.
        field: name of the field that is being declared.
        target: model at the other end, such as `Attribute`.
        related_name: name of the way back on that model.
        description: SQL comment of the link table.
        forward_key: column of the target, when it is not `<target>_id`.
    """
    return fields.ManyToManyField(
        f"models.{target}",
        through=f"{table}_{field}",
        backward_key=f"{table.rpartition('_')[2]}_id",
        forward_key=forward_key or f"{target.lower()}_id",
        related_name=related_name,
        description=description,
    )


def included_attributes(table: str, related_name: str) -> Any:
    """Declare the attributes of which one is enough to be reached."""
    return link(
        table, "included_attributes", "Attribute", related_name, "One of these is enough to match"
    )


def excluded_attributes(table: str, related_name: str) -> Any:
    """Declare the attributes of which one is enough to be left out."""
    return link(
        table, "excluded_attributes", "Attribute", related_name, "One of these prevents a match"
    )
