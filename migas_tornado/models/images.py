"""Tables of golden images. Contract: data-model 8."""

from tortoise import fields
from tortoise.models import Model

from migas_tornado.models.links import link


class ImageConfig(Model):
    """How the images of a project are built."""

    id = fields.BigIntField(primary_key=True, description="Key")
    project = fields.OneToOneField(
        "models.Project", related_name="mgi_config", description="Project"
    )
    template_id = fields.CharField(100, description="Template it was made from")
    build_type = fields.CharField(20, default="docker", description="docker, qemu_win or qemu_lnx")
    base_os = fields.CharField(255, default="", description="Where a build starts from")
    partition = fields.TextField(default="", description="Disk layout in YAML")
    provision_script = fields.TextField(default="", description="Script run in the image")
    image_format = fields.CharField(10, default="raw", description="raw, wim or squashfs")
    config = fields.JSONField(default=dict, description="Options of the build type")

    class Meta:
        table = "mgi_config"
        table_description = "How images are built"


class Flavour(Model):
    """A variant of a project's images."""

    id = fields.BigIntField(primary_key=True, description="Key")
    config = fields.ForeignKeyField(
        "models.ImageConfig", related_name="flavours", db_index=True, description="Configuration"
    )
    name = fields.CharField(255, description="Name for people")
    description = fields.TextField(default="", description="What it is for")
    enabled = fields.BooleanField(default=True, description="Whether it is built")
    user = fields.CharField(255, description="Account in the image")
    password = fields.CharField(255, description="Its password or hash")
    keymap = fields.CharField(50, default="us", description="Keyboard layout")
    keyboard_model = fields.CharField(50, default="pc105", description="Keyboard model")
    charmap = fields.CharField(50, default="UTF-8", description="Character map")
    codeset = fields.CharField(50, default="guess", description="Console code set")
    timezone = fields.CharField(100, default="Europe/Madrid", description="Time zone")
    hostname = fields.CharField(255, description="Host name")
    tags = link(
        "mgi_flavour",
        "tags",
        "Attribute",
        "flavours",
        "Tags of the computers made from it",
        forward_key="serverattribute_id",
    )

    class Meta:
        table = "mgi_flavour"
        table_description = "Variants of images"


class Release(Model):
    """A version of a project's images."""

    id = fields.BigIntField(primary_key=True, description="Key")
    config = fields.ForeignKeyField(
        "models.ImageConfig", related_name="releases", db_index=True, description="Configuration"
    )
    name = fields.CharField(255, description="Name for people")
    description = fields.TextField(default="", description="What is new")
    created_at = fields.DatetimeField(auto_now_add=True, description="When it was made")

    class Meta:
        table = "mgi_release"
        table_description = "Versions of images"


class Build(Model):
    """One run of the image builder."""

    id = fields.BigIntField(primary_key=True, description="Key")
    release = fields.ForeignKeyField(
        "models.Release", related_name="builds", db_index=True, description="Version"
    )
    flavour = fields.ForeignKeyField(
        "models.Flavour", related_name="builds", db_index=True, description="Variant"
    )
    task_id = fields.CharField(255, default="", description="Identifier at the builder")
    status = fields.CharField(
        50, default="queued", description="queued, running, completed or failed"
    )
    started_at = fields.DatetimeField(null=True, description="When it started")
    finished_at = fields.DatetimeField(null=True, description="When it ended")
    uri = fields.TextField(default="", description="Where the image is")
    size = fields.BigIntField(null=True, description="Bytes")
    log = fields.TextField(default="", description="What the builder said")
    published = fields.BooleanField(default=False, description="Whether people may fetch it")

    class Meta:
        table = "mgi_build"
        table_description = "Runs of the image builder"
