"""The catalogue of applications, and policies. Contract: admin-api 5.16, data-model 7."""

from dataclasses import replace

from migas_tornado.catalog import availability, icons
from migas_tornado.catalog.applications import LEVELS
from migas_tornado.models.catalog import (
    Application,
    Category,
    PackagesByProject,
    Policy,
    PolicyGroup,
)
from migas_tornado.resources.declaration import Hooks, Resource, Writable
from migas_tornado.resources.declared.shapes import INCLUDED_EXCLUDED, attributes
from migas_tornado.resources.dependants import unless_used
from migas_tornado.resources.filters import Filter, along, exact, text, within
from migas_tornado.resources.shapes import ID_NAME, Computed, Lines, Many, One

SCORES = (1, 2, 3, 4, 5)

_LEVEL_NAMES = " ".join(f"WHEN '{code}' THEN {{label:{name}}}" for code, name in LEVELS.items())
_LEVEL = Computed(
    "level",
    "json_build_object('id', {t}.level, 'name', "
    f"CASE {{t}}.level {_LEVEL_NAMES} ELSE {{t}}.level END)",
    {
        "type": "object",
        "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
    },
)
_ICON = Computed(
    "icon",
    "CASE WHEN {t}.icon <> '' THEN {site} || '/public/' || {t}.icon END",
    {"type": "string", "format": "uri", "nullable": True},
)
_LEVEL_FILTER = Filter("level", choices=tuple(LEVELS))
_PACKAGES_BY_PROJECT = (
    "id",
    One("application", ("id",)),
    One("project", ID_NAME),
    Lines("packages_to_install"),
)
_ABOUT = (
    attributes("available_for_attributes"),
    "name",
    "description",
    "created_at",
    "score",
    _ICON,
)

APPS = Resource(
    path="catalog/apps",
    title="application",
    model=Application,
    permission="app_catalog.application",
    read=(
        "id",
        _LEVEL,
        One("category", ID_NAME),
        Many(
            "packages_by_project",
            _PACKAGES_BY_PROJECT,
            order="(SELECT p.name FROM core_project p WHERE p.id = {t}.project_id)",
        ),
        *_ABOUT,
    ),
    written=("id", _LEVEL, One("category", ID_NAME), *_ABOUT),
    writable=Writable(
        ("name", "category", "level", "score", "description", "available_for_attributes"),
        required=("name", "category"),
        choices={"level": tuple(LEVELS), "score": SCORES},
        extra={"icon": (Application, "icon")},
        files={"icon": icons.RULE},
    ),
    order=("name",),
    search=("name",),
    filters=(
        *within("id"),
        *text("name"),
        _LEVEL_FILTER,
        Filter("score", choices=tuple(map(str, SCORES))),
        *exact("category__id", "available_for_attributes__id"),
        *exact("packages_by_project__project__id", "packages_by_project__id"),
        *along(policygroup__id="policy_groups__id"),
    ),
    hooks=Hooks(check=icons.take_icon, removing=icons.drop_icon),
    export_name="application",
)

AVAILABLE_APPS = replace(
    APPS,
    order=("-score", "name"),
    search=(),
    filters=(
        Filter("cid", custom=availability.application_for),
        Filter("q", custom=availability.application_text),
        _LEVEL_FILTER,
        *along(category="category__id"),
    ),
)
"""Applications that the computer `cid`, which the caller sees, may install."""

CATEGORIES = Resource(
    path="catalog/categories",
    title="category",
    model=Category,
    permission="app_catalog.category",
    read=ID_NAME,
    writable=Writable(("name",), required=("name",)),
    order=("name",),
    search=("name",),
    filters=(*within("id"), *text("name"), *along(application__id="applications__id")),
    hooks=Hooks(removing=unless_used((Application, "category", "applications"))),
    export_name="category",
)

PROJECT_PACKAGES = Resource(
    path="catalog/project-packages",
    title="packages by project",
    model=PackagesByProject,
    permission="app_catalog.packagesbyproject",
    read=_PACKAGES_BY_PROJECT,
    written=("id", "application", "project", "packages_to_install"),
    writable=Writable(
        ("application", "project", "packages_to_install"),
        required=("application", "project"),
        lines=("packages_to_install",),
    ),
    order=("application__id", "project__name"),
    filters=(
        *within("id"),
        *exact("application__id", "project__id"),
        *text("project__name"),
        Filter("packages_to_install", custom=availability.packages_text),
    ),
    export_name="packagesbyproject",
    text="""(
        SELECT a.name || '@' || p.name FROM app_catalog_application a, core_project p
        WHERE a.id = {t}.application_id AND p.id = {t}.project_id
    )""",
)

POLICIES = Resource(
    path="catalog/policies",
    title="policy",
    model=Policy,
    permission="app_catalog.policy",
    read=("id", *INCLUDED_EXCLUDED, "name", "enabled", "exclusive", "comment"),
    writable=Writable(
        (
            "name",
            "enabled",
            "exclusive",
            "comment",
            "included_attributes",
            "excluded_attributes",
        ),
        required=("name",),
    ),
    order=("name",),
    search=("name",),
    filters=(
        *within("id"),
        *text("name"),
        *exact("enabled", "exclusive", "included_attributes__id", "excluded_attributes__id"),
        *exact("groups__id"),
    ),
    export_name="policy",
)

POLICY_GROUPS = Resource(
    path="catalog/policy-groups",
    title="policy group",
    model=PolicyGroup,
    permission="app_catalog.policygroup",
    read=(
        "id",
        One("policy", ID_NAME),
        Many("applications", ID_NAME),
        *INCLUDED_EXCLUDED,
        "priority",
    ),
    written=("id", "policy", Many("applications", ID_NAME), *INCLUDED_EXCLUDED, "priority"),
    writable=Writable(
        ("policy", "priority", "applications", "included_attributes", "excluded_attributes"),
        required=("policy", "priority"),
    ),
    order=("policy__name", "priority"),
    filters=(
        *within("id"),
        *exact("policy__id", "priority", "applications__id"),
        *exact("included_attributes__id", "excluded_attributes__id"),
    ),
    export_name="policygroup",
    text="""(
        SELECT y.name || ' (' || {t}.priority || ')' FROM app_catalog_policy y
        WHERE y.id = {t}.policy_id
    )""",
)

RESOURCES = (APPS, CATEGORIES, PROJECT_PACKAGES, POLICIES, POLICY_GROUPS)
