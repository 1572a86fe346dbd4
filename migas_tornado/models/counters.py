"""Tables of sums that triggers keep, for statistics that rows are too many for.

The migration that makes them has the triggers; a nightly job recounts. Contract: stats 2.2, 2.5.
"""

from tortoise import fields
from tortoise.models import Model


class EventCount(Model):
    """Events of a project on a day: a sum over its slots."""

    id = fields.BigIntField(primary_key=True, description="Key")
    kind = fields.CharField(20, description="error, fault, migration or synchronization")
    day = fields.DateField(description="Day in the server's time zone")
    project = fields.ForeignKeyField(
        "models.Project", related_name="event_counts", db_index=True, description="Project"
    )
    detail = fields.IntField(default=0, description="Fault definition; 0 for other kinds")
    slot = fields.SmallIntField(
        default=0, description="Part of the fleet; what is locked keeps only that part waiting"
    )
    events = fields.IntField(default=0, description="Events")

    class Meta:
        table = "client_eventcount"
        table_description = "Events per project and day"
        unique_together = (("kind", "day", "project", "detail", "slot"),)


class ComputerEventCount(Model):
    """Events of a computer in a project, in a month or at all."""

    id = fields.BigIntField(primary_key=True, description="Key")
    kind = fields.CharField(20, description="error or synchronization")
    computer = fields.ForeignKeyField(
        "models.Computer", related_name="event_counts", description="Computer"
    )
    project = fields.ForeignKeyField(
        "models.Project",
        related_name="computer_event_counts",
        db_index=True,
        description="Project",
    )
    month = fields.DateField(
        description="Its first day; 2000-01-01 for kinds that are not counted by month"
    )
    events = fields.IntField(default=0, description="Events")

    class Meta:
        table = "client_computereventcount"
        table_description = "Events per computer and project"
        unique_together = (("computer", "kind", "project", "month"),)


class PackageCount(Model):
    """How long the package history of a computer is, altogether and by project."""

    id = fields.BigIntField(primary_key=True, description="Key")
    computer = fields.ForeignKeyField(
        "models.Computer", related_name="package_counts", description="Computer"
    )
    project = fields.ForeignKeyField(
        "models.Project",
        related_name="package_counts",
        null=True,
        description="Project of the packages; null counts those of all projects",
    )
    entries = fields.IntField(default=0, description="Packages that are or were on the computer")
    installed = fields.IntField(default=0, description="Packages that are on it now")

    class Meta:
        table = "client_packagecount"
        table_description = "Length of package histories"


class HolderChange(Model):
    """Productive computers that got or lost an attribute, not yet added to its `holders`.

    Computers that change at the same moment each add rows, where they would wait for each other
    if they changed the one row of an attribute that all have.
    """

    id = fields.BigIntField(primary_key=True, description="Key")
    attribute_id = fields.IntField(
        db_index=True, description="Attribute; it may be gone in the meantime"
    )
    computers = fields.IntField(description="How many more have it; negative when fewer")

    class Meta:
        table = "client_holderchange"
        table_description = "Changes of how many computers have an attribute"
