"""Tables of computers and the people on them. Contract: data-model 4.1, 4.2, 4.6, 4.7."""

from tortoise import fields
from tortoise.models import Model

from migas_tornado.models.enumerations import ComputerStatus
from migas_tornado.models.links import link


class User(Model):
    """A person who was signed in on a computer while it synchronized."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(50, description="Name to sign in with")
    fullname = fields.CharField(100, description="Full name, or empty")

    class Meta:
        table = "client_user"
        table_description = "People seen on computers"
        unique_together = (("name", "fullname"),)


class Computer(Model):
    """A computer of the fleet."""

    id = fields.IntField(primary_key=True, description="Key; the value of its CID attribute")
    uuid = fields.CharField(36, null=True, unique=True, description="Identity of the hardware")
    status = fields.CharField(
        20, default=ComputerStatus.ASSIGNED, db_index=True, description="Where it is in its life"
    )
    name = fields.CharField(50, null=True, db_index=True, description="Host name")
    fqdn = fields.CharField(255, null=True, description="Fully qualified host name")
    project = fields.ForeignKeyField(
        "models.Project",
        related_name="computers",
        on_delete=fields.RESTRICT,
        db_index=True,
        description="Project whose key it holds",
    )
    created_at = fields.DatetimeField(auto_now_add=True, description="When it enrolled")
    updated_at = fields.DatetimeField(auto_now=True, description="Last change of this row")
    ip_address = fields.CharField(39, null=True, description="Its own address")
    forwarded_ip_address = fields.CharField(39, null=True, description="Address it came from")
    default_logical_device = fields.ForeignKeyField(
        "models.Logical",
        related_name="default_of",
        null=True,
        on_delete=fields.SET_NULL,
        db_index=True,
        description="Its default printer",
    )
    last_hardware_capture = fields.DatetimeField(null=True, description="Last hardware report")
    sync_start_date = fields.DatetimeField(null=True, description="Start of the last sync")
    sync_end_date = fields.DatetimeField(null=True, db_index=True, description="Its end")
    sync_user = fields.ForeignKeyField(
        "models.User",
        related_name="computers",
        null=True,
        on_delete=fields.SET_NULL,
        db_index=True,
        description="Who was signed in at the last sync",
    )
    product = fields.CharField(80, null=True, description="Model, from the hardware")
    product_system = fields.CharField(
        10, default="", description="docker, virtual, laptop, desktop or empty"
    )
    machine = fields.CharField(1, default="P", description="P physical, V virtual")
    cpu = fields.CharField(50, null=True, description="Processor, from the hardware")
    architecture = fields.IntField(null=True, description="Width of the processor in bits")
    ram = fields.BigIntField(null=True, description="Memory in bytes")
    storage = fields.BigIntField(null=True, description="Sum of its disks in bytes")
    disks = fields.SmallIntField(null=True, description="Number of disks")
    mac_address = fields.CharField(60, null=True, description="Addresses in hex, concatenated")
    comment = fields.TextField(null=True, description="Notes of the administrators")
    inventory_hash = fields.BinaryField(
        null=True, description="Hash of the software list that the package history shows"
    )
    hardware_hash = fields.BinaryField(
        null=True, description="Hash of the hardware tree that the nodes show"
    )
    protocol = fields.SmallIntField(
        null=True, description="Protocol that its agent spoke when it last reported attributes"
    )
    tags = link(
        "client_computer",
        "tags",
        "Attribute",
        "tagged_computers",
        "Attributes that people assigned",
        forward_key="serverattribute_id",
    )
    sync_attributes = link(
        "client_computer",
        "sync_attributes",
        "Attribute",
        "computers",
        "Attributes of the last synchronization, tags included",
    )

    class Meta:
        table = "client_computer"
        table_description = "Computers of the fleet"


class RequestedProject(Model):
    """A project whose key a computer may use besides its own project's, and which it then enters.

    An unsigned registration asks for no more than this. Contract: agent-v4 9, no. 3.
    """

    id = fields.BigIntField(primary_key=True, description="Key")
    computer = fields.ForeignKeyField(
        "models.Computer", related_name="requested_projects", description="Computer"
    )
    project = fields.ForeignKeyField(
        "models.Project", related_name="requests", db_index=True, description="Project"
    )
    created_at = fields.DatetimeField(auto_now_add=True, description="When it was asked for")

    class Meta:
        table = "client_requestedproject"
        table_description = "Projects that computers of protocol 4 may enter"
        unique_together = (("computer", "project"),)


class PackageHistory(Model):
    """A package on a computer, from its installation to its removal."""

    id = fields.BigIntField(primary_key=True, description="Key")
    computer = fields.ForeignKeyField(
        "models.Computer", related_name="package_history", db_index=True, description="Computer"
    )
    package = fields.ForeignKeyField(
        "models.Package",
        related_name="history",
        on_delete=fields.RESTRICT,
        db_index=True,
        description="Package",
    )
    install_date = fields.DatetimeField(null=True, description="When it was first listed")
    uninstall_date = fields.DatetimeField(null=True, description="When it was gone; null: there")

    class Meta:
        table = "client_packagehistory"
        table_description = "Packages on computers, now and before"


class LiveMessage(Model):
    """What a computer is doing now; gone when its synchronization ends."""

    computer = fields.OneToOneField(
        "models.Computer", related_name="message", primary_key=True, description="Computer"
    )
    created_at = fields.DatetimeField(db_index=True, description="When it said so")
    text = fields.CharField(100, description="Such as Sending attributes...")

    class Meta:
        table = "client_message"
        table_description = "What computers are doing now"
