"""Tables of the application catalogue and of policies. Contract: data-model 7."""

from tortoise import fields
from tortoise.models import Model

from migas_tornado.models.links import excluded_attributes, included_attributes, link


class Category(Model):
    """A shelf of the catalogue."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(50, unique=True, description="Name")

    class Meta:
        table = "app_catalog_category"
        table_description = "Shelves of the catalogue"


class Application(Model):
    """An application that people may choose to install."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(50, unique=True, description="Name")
    description = fields.TextField(default="", description="Text in Markdown")
    created_at = fields.DatetimeField(auto_now_add=True, description="When it was added")
    score = fields.IntField(default=1, description="From 1 to 5")
    icon = fields.CharField(100, null=True, description="Path of its picture")
    level = fields.CharField(1, default="U", description="U for users, A for administrators")
    category = fields.ForeignKeyField(
        "models.Category",
        related_name="applications",
        on_delete=fields.RESTRICT,
        db_index=True,
        description="Shelf",
    )
    available_for_attributes = link(
        "app_catalog_application",
        "available_for_attributes",
        "Attribute",
        "applications",
        "Whose users may install it",
    )

    class Meta:
        table = "app_catalog_application"
        table_description = "Applications that people may install"


class PackagesByProject(Model):
    """The packages of an application in a project."""

    id = fields.IntField(primary_key=True, description="Key")
    application = fields.ForeignKeyField(
        "models.Application", related_name="packages_by_project", description="Application"
    )
    project = fields.ForeignKeyField(
        "models.Project", related_name="applications", db_index=True, description="Project"
    )
    packages_to_install = fields.TextField(default="", description="Names, one per line")

    class Meta:
        table = "app_catalog_packagesbyproject"
        table_description = "Packages of applications per project"
        unique_together = (("application", "project"),)


class Policy(Model):
    """Applications installed or removed by membership in groups."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(50, unique=True, description="Name for people")
    enabled = fields.BooleanField(default=True, description="Whether it applies")
    exclusive = fields.BooleanField(
        default=True, description="Whether what the other groups install is removed"
    )
    comment = fields.TextField(null=True, description="Notes of the administrators")
    included_attributes = included_attributes("app_catalog_policy", "policy_included")
    excluded_attributes = excluded_attributes("app_catalog_policy", "policy_excluded")

    class Meta:
        table = "app_catalog_policy"
        table_description = "Applications installed or removed by group"
        ordering = ("name",)


class PolicyGroup(Model):
    """One group of a policy; the first to which a computer belongs counts."""

    id = fields.IntField(primary_key=True, description="Key")
    priority = fields.IntField(description="The lowest comes first")
    policy = fields.ForeignKeyField(
        "models.Policy", related_name="groups", description="Policy it belongs to"
    )
    included_attributes = included_attributes("app_catalog_policygroup", "policygroup_included")
    excluded_attributes = excluded_attributes("app_catalog_policygroup", "policygroup_excluded")
    applications = link(
        "app_catalog_policygroup",
        "applications",
        "Application",
        "policy_groups",
        "Applications of the group",
    )

    class Meta:
        table = "app_catalog_policygroup"
        table_description = "Groups of policies"
        unique_together = (("policy", "priority"),)
