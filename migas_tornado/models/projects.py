"""Tables of projects and of the packages they own. Contract: data-model 3.5-3.7."""

from tortoise import fields
from tortoise.models import Model

from migas_tornado.models.links import link


class Platform(Model):
    """A kind of operating system, such as Linux."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(50, unique=True, description="Name, as agents send it")

    class Meta:
        table = "core_platform"
        table_description = "Kinds of operating system"
        ordering = ("name",)


class Project(Model):
    """A distribution in one version, as a site uses it; all its computers share a key."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(50, unique=True, description="Name, as agents send it")
    slug = fields.CharField(50, unique=True, description="Name of its directories and keys")
    pms = fields.CharField(50, description="Package management system, such as apt")
    architecture = fields.CharField(20, description="Architectures, blank-separated")
    auto_register_computers = fields.BooleanField(
        default=False, description="Whether computers enrol without credentials"
    )
    platform = fields.ForeignKeyField(
        "models.Platform",
        related_name="projects",
        on_delete=fields.RESTRICT,
        db_index=True,
        description="Kind of operating system",
    )

    class Meta:
        table = "core_project"
        table_description = "Distributions in use"
        ordering = ("name",)


class FormerName(Model):
    """A name that a project had before: clients that still use it are led to the project."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(50, unique=True, description="Name, as agents may still send it")
    slug = fields.CharField(
        50, db_index=True, description="Its directory; several names of a project may share one"
    )
    project = fields.ForeignKeyField(
        "models.Project",
        related_name="former_names",
        db_index=True,
        description="Project that had it",
    )

    class Meta:
        table = "core_formername"
        table_description = "Names that projects had before"


class Store(Model):
    """A shelf of a project's packages."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(50, description="Name for people")
    slug = fields.CharField(50, description="Name of its directory")
    project = fields.ForeignKeyField(
        "models.Project", related_name="stores", description="Project it belongs to"
    )

    class Meta:
        table = "core_store"
        table_description = "Shelves of packages"
        unique_together = (("project", "name"), ("project", "slug"))


class Package(Model):
    """A package, either stored here or only known from the inventory of computers."""

    id = fields.IntField(primary_key=True, description="Key")
    fullname = fields.CharField(270, description="File name")
    name = fields.CharField(200, description="Name in its package management system")
    version = fields.CharField(60, description="Version in its package management system")
    architecture = fields.CharField(20, description="Architecture, or empty")
    project = fields.ForeignKeyField(
        "models.Project", related_name="packages", description="Project it belongs to"
    )
    store = fields.ForeignKeyField(
        "models.Store",
        related_name="packages",
        null=True,
        on_delete=fields.RESTRICT,
        db_index=True,
        description="Shelf; null when only inventories know it",
    )

    class Meta:
        table = "core_package"
        table_description = "Packages stored here or seen on computers"
        unique_together = (("project", "fullname"),)
        indexes = (("project", "name", "version", "architecture"), ("fullname", "version"))


class PackageFile(Model):
    """What publishing needs to know of a stored package, so that no file is read again."""

    package = fields.OneToOneField(
        "models.Package", related_name="file", primary_key=True, description="The package"
    )
    sha256 = fields.CharField(64, db_index=True, description="Hash and name in the store")
    md5 = fields.CharField(32, description="Hash for old package managers")
    size = fields.BigIntField(description="Bytes")
    metadata = fields.TextField(description="Entry for the index, without file fields")
    created_at = fields.DatetimeField(auto_now_add=True, description="When it was uploaded")

    class Meta:
        table = "core_packagefile"
        table_description = "Files of stored packages and their metadata"


class PackageSet(Model):
    """Packages that are deployed together."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(50, description="Name, unique in its project")
    description = fields.TextField(null=True, description="What the set is for")
    project = fields.ForeignKeyField(
        "models.Project", related_name="package_sets", description="Project it belongs to"
    )
    store = fields.ForeignKeyField(
        "models.Store",
        related_name="package_sets",
        null=True,
        on_delete=fields.RESTRICT,
        db_index=True,
        description="Shelf of its packages",
    )
    packages = link("core_packageset", "packages", "Package", "package_sets", "Packages of the set")

    class Meta:
        table = "core_packageset"
        table_description = "Packages that are deployed together"
        unique_together = (("project", "name"),)
