"""Tables of printers and other devices. Contract: data-model 5."""

from tortoise import fields
from tortoise.models import Model

from migas_tornado.models.links import link


class DeviceType(Model):
    """A kind of device, such as PRINTER."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(50, unique=True, description="Name, as agents know it")

    class Meta:
        table = "device_type"
        table_description = "Kinds of device"


class Connection(Model):
    """A way to reach a device."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(50, description="Such as TCP")
    fields_ = fields.CharField(
        100, null=True, source_field="fields", description="What a device needs, comma-separated"
    )
    device_type = fields.ForeignKeyField(
        "models.DeviceType", related_name="connections", description="Kind of device"
    )

    class Meta:
        table = "device_connection"
        table_description = "Ways to reach devices"
        unique_together = (("device_type", "name"),)


class Manufacturer(Model):
    """Who makes devices."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(50, unique=True, description="Name")

    class Meta:
        table = "device_manufacturer"
        table_description = "Makers of devices"
        ordering = ("name",)


class Capability(Model):
    """What a device can do, such as COLOUR."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(50, unique=True, description="Name")

    class Meta:
        table = "device_capability"
        table_description = "What devices can do"


class DeviceModel(Model):
    """A model of device."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(50, description="Name, without blanks")
    manufacturer = fields.ForeignKeyField(
        "models.Manufacturer", related_name="models", db_index=True, description="Maker"
    )
    device_type = fields.ForeignKeyField(
        "models.DeviceType", related_name="models", description="Kind of device"
    )
    connections = link(
        "device_model", "connections", "Connection", "models", "Ways to reach the model"
    )

    class Meta:
        table = "device_model"
        table_description = "Models of device"
        unique_together = (("device_type", "manufacturer", "name"),)


class Driver(Model):
    """What a project needs to use a capability of a model."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(100, null=True, description="Name or path of the driver")
    model = fields.ForeignKeyField(
        "models.DeviceModel", related_name="drivers", description="Model"
    )
    project = fields.ForeignKeyField(
        "models.Project", related_name="drivers", db_index=True, description="Project"
    )
    capability = fields.ForeignKeyField(
        "models.Capability", related_name="drivers", db_index=True, description="Capability"
    )
    packages_to_install = fields.TextField(null=True, description="Names, one per line")

    class Meta:
        table = "device_driver"
        table_description = "Drivers of models per project and capability"
        unique_together = (("model", "project", "capability"),)


class Device(Model):
    """One device in a place."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(50, unique=True, description="Name for people")
    model = fields.ForeignKeyField(
        "models.DeviceModel", related_name="devices", db_index=True, description="Model"
    )
    connection = fields.ForeignKeyField(
        "models.Connection", related_name="devices", db_index=True, description="How it is reached"
    )
    data = fields.JSONField(default=dict, description="Values of the connection's fields")
    available_for_attributes = link(
        "device_device",
        "available_for_attributes",
        "Attribute",
        "available_devices",
        "Whose users may choose it",
    )

    class Meta:
        table = "device_device"
        table_description = "Devices"
        unique_together = (("connection", "name"),)


class Logical(Model):
    """A capability of a device, as computers see it."""

    id = fields.IntField(primary_key=True, description="Key")
    device = fields.ForeignKeyField("models.Device", related_name="logical", description="Device")
    capability = fields.ForeignKeyField(
        "models.Capability", related_name="logical", db_index=True, description="Capability"
    )
    alternative_capability_name = fields.CharField(
        50, null=True, description="Name shown instead of the capability's"
    )
    attributes = link(
        "device_logical", "attributes", "Attribute", "logical_devices", "Who has the device"
    )

    class Meta:
        table = "device_logical"
        table_description = "Capabilities of devices, as computers see them"
        unique_together = (("device", "capability"),)
