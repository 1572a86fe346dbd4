"""Tables of what happened: faults, errors, synchronizations. Contract: data-model 4.3-4.5."""

from tortoise import fields
from tortoise.models import Model

from migas_tornado.models.enumerations import Language
from migas_tornado.models.links import excluded_attributes, included_attributes, link


class FaultDefinition(Model):
    """Code that computers run to find out whether something is wrong with them."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(50, unique=True, description="Name, as agents send it back")
    description = fields.TextField(null=True, description="What it looks for")
    enabled = fields.BooleanField(default=True, description="Whether computers run it")
    language = fields.IntField(default=Language.BASH, description="Language of the code")
    code = fields.TextField(default="", description="Prints something when there is a fault")
    included_attributes = included_attributes("client_faultdefinition", "faultdefinition_included")
    excluded_attributes = excluded_attributes("client_faultdefinition", "faultdefinition_excluded")
    users = link(
        "client_faultdefinition",
        "users",
        "UserProfile",
        "fault_definitions",
        "Who should check its faults; nobody means everybody",
    )

    class Meta:
        table = "client_faultdefinition"
        table_description = "Code that finds faults"
        ordering = ("name",)


class Synchronization(Model):
    """A synchronization that a computer completed."""

    id = fields.BigIntField(primary_key=True, description="Key")
    created_at = fields.DatetimeField(auto_now_add=True, db_index=True, description="Its end")
    computer = fields.ForeignKeyField(
        "models.Computer", related_name="synchronizations", description="Computer"
    )
    start_date = fields.DatetimeField(null=True, description="Its start, by the computer's clock")
    user = fields.ForeignKeyField(
        "models.User",
        related_name="synchronizations",
        on_delete=fields.RESTRICT,
        db_index=True,
        description="Who was signed in",
    )
    project = fields.ForeignKeyField(
        "models.Project",
        related_name="synchronizations",
        null=True,
        db_index=True,
        description="Project of the computer at that time",
    )
    consumer = fields.CharField(50, null=True, description="Name and version of the agent")
    pms_status_ok = fields.BooleanField(
        default=False, description="Whether the package manager ended well"
    )

    class Meta:
        table = "client_synchronization"
        table_description = "Completed synchronizations"
        indexes = (("computer", "created_at"),)


class SynchronizationCount(Model):
    """Distinct computers that synchronized in an hour, day, month or year: a sum over its slots."""

    id = fields.BigIntField(primary_key=True, description="Key")
    granularity = fields.CharField(5, description="hour, day, month or year")
    bucket = fields.DatetimeField(description="Start of the bucket in the server's time zone")
    project = fields.ForeignKeyField(
        "models.Project",
        related_name="synchronization_counts",
        null=True,
        db_index=True,
        description="Project; null counts the whole fleet",
    )
    slot = fields.SmallIntField(
        default=0, description="Part of the fleet; what is locked keeps only that part waiting"
    )
    computers = fields.IntField(default=0, description="Distinct computers of the slot")

    class Meta:
        table = "client_synchronizationcount"
        table_description = "Distinct computers synchronized per time bucket"


class Error(Model):
    """A failure that a computer reported."""

    id = fields.BigIntField(primary_key=True, description="Key")
    created_at = fields.DatetimeField(auto_now_add=True, db_index=True, description="When")
    computer = fields.ForeignKeyField(
        "models.Computer", related_name="errors", db_index=True, description="Computer"
    )
    description = fields.TextField(null=True, description="What the computer said")
    checked = fields.BooleanField(default=False, description="Whether somebody looked at it")
    project = fields.ForeignKeyField(
        "models.Project", related_name="errors", db_index=True, description="Project at that time"
    )
    synchronization = fields.ForeignKeyField(
        "models.Synchronization",
        related_name="errors",
        null=True,
        on_delete=fields.SET_NULL,
        db_index=True,
        description="Synchronization in which it happened",
    )

    class Meta:
        table = "client_error"
        table_description = "Failures that computers reported"


class Fault(Model):
    """A fault that a definition found on a computer."""

    id = fields.BigIntField(primary_key=True, description="Key")
    created_at = fields.DatetimeField(auto_now_add=True, db_index=True, description="When")
    computer = fields.ForeignKeyField(
        "models.Computer", related_name="faults", db_index=True, description="Computer"
    )
    fault_definition = fields.ForeignKeyField(
        "models.FaultDefinition", related_name="faults", db_index=True, description="What found it"
    )
    result = fields.TextField(null=True, description="What the code printed")
    checked = fields.BooleanField(default=False, description="Whether somebody looked at it")
    project = fields.ForeignKeyField(
        "models.Project", related_name="faults", db_index=True, description="Project at that time"
    )
    synchronization = fields.ForeignKeyField(
        "models.Synchronization",
        related_name="faults",
        null=True,
        on_delete=fields.SET_NULL,
        db_index=True,
        description="Synchronization in which it was found",
    )

    class Meta:
        table = "client_fault"
        table_description = "Faults found on computers"


class Migration(Model):
    """The moment at which a computer entered a project."""

    id = fields.BigIntField(primary_key=True, description="Key")
    created_at = fields.DatetimeField(auto_now_add=True, db_index=True, description="When")
    computer = fields.ForeignKeyField(
        "models.Computer", related_name="migrations", db_index=True, description="Computer"
    )
    project = fields.ForeignKeyField(
        "models.Project", related_name="migrations", db_index=True, description="New project"
    )

    class Meta:
        table = "client_migration"
        table_description = "Changes of project"


class StatusLog(Model):
    """The moment at which a computer got a status."""

    id = fields.BigIntField(primary_key=True, description="Key")
    created_at = fields.DatetimeField(auto_now_add=True, db_index=True, description="When")
    computer = fields.ForeignKeyField(
        "models.Computer", related_name="status_logs", db_index=True, description="Computer"
    )
    status = fields.CharField(20, description="New status")

    class Meta:
        table = "client_statuslog"
        table_description = "Changes of status"


class Notification(Model):
    """Something that administrators should know."""

    id = fields.BigIntField(primary_key=True, description="Key")
    created_at = fields.DatetimeField(auto_now_add=True, db_index=True, description="When")
    message = fields.TextField(description="What happened")
    checked = fields.BooleanField(default=False, description="Whether somebody looked at it")

    class Meta:
        table = "client_notification"
        table_description = "What administrators should know"
