"""Tables of what is rolled out, when, to whom, with what result. Contract: data-model 3.8-3.9."""

from tortoise import fields
from tortoise.models import Model

from migas_tornado.models.enumerations import DeploymentSource
from migas_tornado.models.links import excluded_attributes, included_attributes, link


class Schedule(Model):
    """A way to reach computers in waves."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(50, unique=True, description="Name for people")
    description = fields.TextField(null=True, description="What the schedule is for")

    class Meta:
        table = "core_schedule"
        table_description = "Ways to reach computers in waves"


class ScheduleDelay(Model):
    """One wave of a schedule."""

    id = fields.IntField(primary_key=True, description="Key")
    delay = fields.IntField(description="Working days after the deployment's start")
    duration = fields.IntField(default=1, description="Working days over which it spreads")
    schedule = fields.ForeignKeyField(
        "models.Schedule", related_name="delays", description="Schedule it belongs to"
    )
    attributes = link(
        "core_scheduledelay", "attributes", "Attribute", "delays", "Who is in the wave"
    )

    class Meta:
        table = "core_scheduledelay"
        table_description = "Waves of schedules"
        unique_together = (("schedule", "delay"),)


class Deployment(Model):
    """Packages offered to the computers that match, from a repository of its own."""

    id = fields.IntField(primary_key=True, description="Key")
    enabled = fields.BooleanField(default=True, description="Whether computers receive it")
    name = fields.CharField(50, description="Name, unique in its project")
    slug = fields.CharField(50, description="Name of its repository")
    project = fields.ForeignKeyField(
        "models.Project",
        related_name="deployments",
        on_delete=fields.RESTRICT,
        description="Project it belongs to; never changes",
    )
    domain = fields.ForeignKeyField(
        "models.Domain",
        related_name="deployments",
        null=True,
        on_delete=fields.SET_NULL,
        db_index=True,
        description="Domain that owns it, and whose computers alone receive it",
    )
    comment = fields.TextField(null=True, description="Notes of the administrators")
    packages_to_install = fields.TextField(null=True, description="Names, one per line")
    packages_to_remove = fields.TextField(null=True, description="Names, one per line")
    default_preincluded_packages = fields.TextField(
        null=True, description="Installed before the others when tags are set, one per line"
    )
    default_included_packages = fields.TextField(
        null=True, description="Installed when tags are set, one per line"
    )
    default_excluded_packages = fields.TextField(
        null=True, description="Removed when tags are set, one per line"
    )
    schedule = fields.ForeignKeyField(
        "models.Schedule",
        related_name="deployments",
        null=True,
        on_delete=fields.RESTRICT,
        db_index=True,
        description="Waves in which further computers are reached",
    )
    start_date = fields.DateField(description="First day, in the server's time zone")
    auto_restart = fields.BooleanField(default=False, description="Starts anew when finished")
    source = fields.CharField(
        1, default=DeploymentSource.INTERNAL, description="I internal, E external"
    )
    base_url = fields.CharField(100, null=True, description="External: root of the upstream")
    options = fields.CharField(250, null=True, description="External: repository options")
    suite = fields.CharField(50, null=True, description="External: suite or release")
    components = fields.CharField(100, null=True, description="External: blank-separated")
    frozen = fields.BooleanField(default=True, description="External: keep metadata for ever")
    expire = fields.IntField(default=1440, description="External: minutes to keep metadata")
    included_attributes = included_attributes("core_deployment", "deployment_included")
    excluded_attributes = excluded_attributes("core_deployment", "deployment_excluded")
    available_packages = link(
        "core_deployment", "available_packages", "Package", "deployments", "Published packages"
    )
    available_package_sets = link(
        "core_deployment", "available_package_sets", "PackageSet", "deployments", "Published sets"
    )

    class Meta:
        table = "core_deployment"
        table_description = "What is rolled out to whom"
        unique_together = (("project", "name"), ("project", "slug"))


class Repository(Model):
    """Desired and built state of an internal deployment's repository.

    It is stale while `wanted` is greater than `built`; whoever builds takes the number before
    reading the packages, so that a change during the build leaves it stale.
    """

    deployment = fields.OneToOneField(
        "models.Deployment", related_name="repository", primary_key=True, description="Deployment"
    )
    wanted = fields.BigIntField(default=1, description="Raised by every change of the content")
    wanted_at = fields.DatetimeField(description="Time of the last change")
    built = fields.BigIntField(default=0, description="Change that the served version has")
    built_at = fields.DatetimeField(null=True, description="Time of the last good build")
    failed_at = fields.DatetimeField(null=True, description="Time of the last failure, if newer")
    error = fields.TextField(null=True, description="Why the last build failed")
    phase = fields.CharField(20, null=True, description="What a longer build is doing now")
    done = fields.IntField(default=0, description="How much of the phase is done")
    total = fields.IntField(default=0, description="How much the phase has to do")

    class Meta:
        table = "core_repository"
        table_description = "Which repositories have to be built"


class DeploymentResult(Model):
    """How a deployment ended on a computer at its last synchronization."""

    id = fields.BigIntField(primary_key=True, description="Key")
    deployment = fields.ForeignKeyField(
        "models.Deployment", related_name="results", description="Deployment"
    )
    computer = fields.ForeignKeyField(
        "models.Computer", related_name="results", db_index=True, description="Computer"
    )
    is_ok = fields.BooleanField(description="Whether the package manager ended well")

    class Meta:
        table = "core_deploymentresult"
        table_description = "How deployments ended on computers"
        unique_together = (("deployment", "computer"),)
