"""Tables of the hardware tree of each computer. Contract: data-model 6."""

from tortoise import fields
from tortoise.models import Model


class Node(Model):
    """A part of a computer, as lshw shows it."""

    id = fields.BigIntField(primary_key=True, description="Key")
    parent = fields.ForeignKeyField(
        "models.Node", related_name="child", null=True, db_index=True, description="What holds it"
    )
    computer = fields.ForeignKeyField(
        "models.Computer", related_name="nodes", db_index=True, description="Computer"
    )
    level = fields.IntField(description="Depth in the tree, from 1")
    width = fields.BigIntField(null=True, description="Bits")
    name = fields.TextField(description="Identifier that lshw gives")
    class_name = fields.TextField(description="Class that lshw gives")
    enabled = fields.BooleanField(default=False, description="Whether it is switched on")
    claimed = fields.BooleanField(default=False, description="Whether a driver uses it")
    description = fields.TextField(null=True, description="What it is")
    vendor = fields.TextField(null=True, description="Maker")
    product = fields.TextField(null=True, description="Model")
    version = fields.TextField(null=True, description="Revision")
    serial = fields.TextField(null=True, description="Serial number or hardware address")
    bus_info = fields.TextField(null=True, description="Place on its bus")
    physid = fields.TextField(null=True, description="Physical identifier")
    slot = fields.TextField(null=True, description="Slot")
    size = fields.BigIntField(null=True, description="Size in the unit of its class")
    capacity = fields.BigIntField(null=True, description="Capacity in the unit of its class")
    clock = fields.BigIntField(null=True, description="Hertz")
    dev = fields.TextField(null=True, description="Device number")

    class Meta:
        table = "hardware_node"
        table_description = "Parts of computers"


class NodeCapability(Model):
    """Something a part can do."""

    id = fields.BigIntField(primary_key=True, description="Key")
    node = fields.ForeignKeyField("models.Node", related_name="capabilities", description="Part")
    name = fields.TextField(description="Name")
    description = fields.TextField(null=True, description="What it means")

    class Meta:
        table = "hardware_capability"
        table_description = "What parts can do"
        unique_together = (("node", "name"),)


class NodeConfiguration(Model):
    """How a part is set up."""

    id = fields.BigIntField(primary_key=True, description="Key")
    node = fields.ForeignKeyField("models.Node", related_name="configurations", description="Part")
    name = fields.TextField(description="Name")
    value = fields.TextField(null=True, description="Value")

    class Meta:
        table = "hardware_configuration"
        table_description = "How parts are set up"
        unique_together = (("node", "name"),)


class LogicalName(Model):
    """A name under which the operating system knows a part."""

    id = fields.BigIntField(primary_key=True, description="Key")
    node = fields.ForeignKeyField(
        "models.Node", related_name="logical_names", db_index=True, description="Part"
    )
    name = fields.TextField(description="Such as /dev/sda")

    class Meta:
        table = "hardware_logicalname"
        table_description = "Names of parts in the operating system"
