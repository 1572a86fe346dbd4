"""Tables of what is known about computers and used to target them. Contract: data-model 3.1-3.4."""

from tortoise import fields
from tortoise.models import Model

from migas_tornado.models.enumerations import Language, PropertyKind, PropertySort
from migas_tornado.models.links import excluded_attributes, included_attributes


class Property(Model):
    """A question asked about every computer; its answers are attributes."""

    id = fields.IntField(primary_key=True, description="Key")
    prefix = fields.CharField(3, unique=True, description="Groups and names attributes")
    name = fields.CharField(50, description="Name for people")
    enabled = fields.BooleanField(default=True, description="Whether it is evaluated")
    kind = fields.CharField(
        1, default=PropertyKind.NORMAL, description="N, -, L, R, J: how a value becomes attributes"
    )
    sort = fields.CharField(
        10, default=PropertySort.CLIENT, description="basic, client or server: who computes it"
    )
    auto_add = fields.BooleanField(default=True, description="Whether agents may add values")
    language = fields.IntField(default=Language.BASH, description="Language of the code")
    code = fields.TextField(null=True, description="Formula; prints value or value~description")

    class Meta:
        table = "core_property"
        table_description = "Questions asked about every computer"
        ordering = ("name",)


class Attribute(Model):
    """One answer to a property; what deployments and everything else target."""

    id = fields.IntField(primary_key=True, description="Key; 1 is All Systems")
    property_att = fields.ForeignKeyField(
        "models.Property", related_name="attributes", description="Property it answers"
    )
    value = fields.CharField(250, description="Value, unique in its property")
    description = fields.TextField(null=True, description="What the value means")
    longitude = fields.FloatField(null=True, description="Degrees east")
    latitude = fields.FloatField(null=True, description="Degrees north")
    holders = fields.IntField(
        default=0,
        db_default=0,
        db_index=True,
        description="Productive computers that have it, but for the changes in client_holderchange",
    )

    class Meta:
        table = "core_attribute"
        table_description = "Values of properties; the targets of everything"
        unique_together = (("property_att", "value"),)


class AttributeSet(Model):
    """A named combination of attributes, itself usable as an attribute."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(50, unique=True, description="Value of its SET attribute")
    description = fields.TextField(null=True, description="What the set is for")
    enabled = fields.BooleanField(default=True, description="Whether it is evaluated")
    longitude = fields.FloatField(null=True, description="Degrees east")
    latitude = fields.FloatField(null=True, description="Degrees north")
    included_attributes = included_attributes("core_attributeset", "attributeset_included")
    excluded_attributes = excluded_attributes("core_attributeset", "attributeset_excluded")

    class Meta:
        table = "core_attributeset"
        table_description = "Named combinations of attributes"


class Singularity(Model):
    """An exception to a formula for some computers."""

    id = fields.IntField(primary_key=True, description="Key")
    enabled = fields.BooleanField(default=True, description="Whether it applies")
    name = fields.CharField(50, unique=True, description="Name for people")
    property_att = fields.ForeignKeyField(
        "models.Property",
        related_name="singularities",
        db_index=True,
        description="Property whose code it replaces",
    )
    priority = fields.IntField(description="The highest wins")
    language = fields.IntField(default=Language.BASH, description="Language of the code")
    code = fields.TextField(null=True, description="Formula for these computers")
    included_attributes = included_attributes("core_singularity", "singularity_included")
    excluded_attributes = excluded_attributes("core_singularity", "singularity_excluded")

    class Meta:
        table = "core_singularity"
        table_description = "Exceptions to formulas for some computers"
        unique_together = (("name", "property_att", "priority"),)
