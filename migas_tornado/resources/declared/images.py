"""Golden images. Contract: admin-api 5.17, data-model 8."""

from migas_tornado.images.configs import BUILD_TYPES, IMAGE_FORMATS, complete_config
from migas_tornado.images.flavours import check_tags
from migas_tornado.models.images import Build, Flavour, ImageConfig, Release
from migas_tornado.resources.declaration import Hooks, Resource, Writable
from migas_tornado.resources.dependants import unless_used
from migas_tornado.resources.filters import Filter, along, exact, text, within
from migas_tornado.resources.shapes import Computed
from migas_tornado.resources.visibility import by_project

BUILD_STATUSES = ("queued", "running", "completed", "failed")

_PROJECT_OF_CONFIG = (
    "(SELECT vp.name FROM mgi_config vc JOIN core_project vp ON vp.id = vc.project_id "
    "WHERE vc.id = {config})"
)
_PROJECT = _PROJECT_OF_CONFIG.replace("{config}", "{t}.config_id")
_CONFIG_TEXT = (
    "((SELECT p.name FROM core_project p WHERE p.id = {t}.project_id) "
    "|| ' (' || {t}.template_id || ')')"
)
_NAMED_TEXT = f"({_PROJECT} || ' ' || {{t}}.name)"
_BUILD_TEXT = f"""(
    SELECT {_PROJECT_OF_CONFIG.replace("{config}", "br.config_id")}
        || ' ' || br.name || ' ' || bf.name
    FROM mgi_release br, mgi_flavour bf
    WHERE br.id = {{t}}.release_id AND bf.id = {{t}}.flavour_id
)"""
_OF_CONFIG = "(SELECT vc.project_id FROM mgi_config vc WHERE vc.id = t.config_id)"
_OF_RELEASE = (
    "(SELECT vc.project_id FROM mgi_release vr JOIN mgi_config vc ON vc.id = vr.config_id "
    "WHERE vr.id = t.release_id)"
)
_PERIOD = ("", "gte", "lte", "gt", "lt")


CONFIGS = Resource(
    path="mgi/config",
    title="image configuration",
    model=ImageConfig,
    permission="mgi.config",
    read=(
        "id",
        Computed("__str__", _CONFIG_TEXT),
        "project",
        "template_id",
        "build_type",
        "base_os",
        "partition",
        "provision_script",
        "image_format",
        "config",
        Computed("dockerfile", "coalesce({t}.config->>'dockerfile', '')"),
    ),
    writable=Writable(
        (
            "project",
            "template_id",
            "build_type",
            "base_os",
            "partition",
            "provision_script",
            "image_format",
            "config",
        ),
        required=("project", "template_id"),
        choices={"build_type": BUILD_TYPES, "image_format": IMAGE_FORMATS},
        extra={"dockerfile": (ImageConfig, "provision_script")},
    ),
    order=("id",),
    ordered_by={"__str__": _CONFIG_TEXT},
    search=("template_id", "base_os"),
    filters=(
        *within("id", "project", "project__id", "build_type", "image_format"),
        *text("project__name", "template_id", "base_os"),
        *exact("flavours__id", "releases__id"),
    ),
    visible=by_project("project_id"),
    hooks=Hooks(
        check=complete_config,
        removing=unless_used((Flavour, "config", "flavours"), (Release, "config", "releases")),
    ),
    text=_CONFIG_TEXT,
)

FLAVOURS = Resource(
    path="mgi/flavour",
    title="flavour",
    model=Flavour,
    permission="mgi.flavour",
    read=(
        "id",
        Computed("__str__", _NAMED_TEXT),
        "config",
        "name",
        "description",
        Computed(
            "tags",
            "coalesce((SELECT string_agg(p.prefix || '-' || a.value, ', ' "
            "ORDER BY p.prefix, a.value) FROM mgi_flavour_tags l "
            "JOIN core_attribute a ON a.id = l.serverattribute_id "
            "JOIN core_property p ON p.id = a.property_att_id "
            "WHERE l.flavour_id = {t}.id), '')",
        ),
        "enabled",
        "user",
        Computed("password", "CASE WHEN {may:mgi.change_flavour} THEN {t}.password ELSE '' END"),
        "keymap",
        "keyboard_model",
        "charmap",
        "codeset",
        "timezone",
        "hostname",
    ),
    writable=Writable(
        (
            "config",
            "name",
            "description",
            "tags",
            "enabled",
            "user",
            "password",
            "keymap",
            "keyboard_model",
            "charmap",
            "codeset",
            "timezone",
            "hostname",
        ),
        required=("config", "name", "user", "password", "hostname"),
    ),
    order=("name",),
    ordered_by={"__str__": _NAMED_TEXT},
    search=("name", "description", "hostname"),
    filters=(
        *within("id", "config", "config__id", "tags__id"),
        Filter("tags", ("", "in"), path="tags__id"),
        *text("name", "hostname", "tags__value"),
        Filter("description", ("icontains",)),
        *exact("enabled", "builds__id"),
    ),
    visible=by_project(_OF_CONFIG),
    hooks=Hooks(check=check_tags, removing=unless_used((Build, "flavour", "builds"))),
    text=_NAMED_TEXT,
)

RELEASES = Resource(
    path="mgi/release",
    title="release",
    model=Release,
    permission="mgi.release",
    read=(
        "id",
        Computed("__str__", _NAMED_TEXT),
        "config",
        "name",
        "description",
        "created_at",
    ),
    writable=Writable(("config", "name", "description"), required=("config", "name")),
    order=("-created_at",),
    ordered_by={"__str__": _NAMED_TEXT},
    search=("name", "description"),
    filters=(
        *within("id", "config", "config__id"),
        *text("name"),
        Filter("description", ("icontains",)),
        Filter("created_at", _PERIOD),
        *exact("builds__id"),
    ),
    visible=by_project(_OF_CONFIG),
    hooks=Hooks(removing=unless_used((Build, "release", "builds"))),
    text=_NAMED_TEXT,
)

BUILDS = Resource(
    path="mgi/build",
    title="build",
    model=Build,
    permission="mgi.build",
    read=(
        "id",
        Computed("__str__", _BUILD_TEXT),
        "release",
        "flavour",
        "task_id",
        "status",
        "started_at",
        "finished_at",
        "uri",
        "size",
        "log",
        "published",
    ),
    writable=Writable(
        (
            "release",
            "flavour",
            "task_id",
            "status",
            "started_at",
            "finished_at",
            "uri",
            "size",
            "log",
        ),
        required=("release", "flavour"),
        choices={"status": BUILD_STATUSES},
        least={"size": 0},
    ),
    order=("-id",),
    ordered_by={"__str__": _BUILD_TEXT},
    search=("task_id",),
    filters=(
        *within("id", "release", "release__id", "flavour", "flavour__id", "status"),
        *text("task_id"),
        Filter("started_at", (*_PERIOD, "isnull")),
        Filter("finished_at", (*_PERIOD, "isnull")),
        *along(project__id="release__config__project__id"),
    ),
    visible=by_project(_OF_RELEASE),
    text=_BUILD_TEXT,
)

RESOURCES = (CONFIGS, FLAVOURS, RELEASES, BUILDS)
