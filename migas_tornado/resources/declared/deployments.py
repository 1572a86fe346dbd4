"""Deployments, and the views of those with an internal or an external source.

Contract: admin-api 5.7, data-model 3.9.
"""

from collections.abc import Callable
from typing import Any

from migas_tornado.models.deployments import Deployment
from migas_tornado.models.enumerations import DeploymentSource
from migas_tornado.resources.declaration import Hooks, Resource, Writable
from migas_tornado.resources.declared.shapes import INCLUDED_EXCLUDED, PACKAGE, PROJECT
from migas_tornado.resources.filters import Filter, contained, exact, text, within
from migas_tornado.resources.paths import Parameters, condition
from migas_tornado.resources.shapes import ID_NAME, Computed, Ids, Lines, Many, One, Shape
from migas_tornado.resources.visibility import deployments
from migas_tornado.targeting.deployment_rules import (
    check_deployment,
    check_external_source,
    check_internal_source,
    deployment_saved,
    removing_deployment,
)
from migas_tornado.targeting.timeline import PERCENT, TIMELINE, percent_condition

PACKAGE_LISTS = (
    "packages_to_install",
    "packages_to_remove",
    "default_preincluded_packages",
    "default_included_packages",
    "default_excluded_packages",
)
_LISTS: Shape = tuple(Lines(name) for name in PACKAGE_LISTS)
_EXTERNAL = ("base_url", "options", "suite", "components", "frozen", "expire")
_AVAILABLE: Shape = (
    Many("available_packages", PACKAGE, order="{t}.fullname"),
    Many("available_package_sets", ID_NAME, order="{t}.name"),
)
_AVAILABLE_IDS: Shape = (Ids("available_packages"), Ids("available_package_sets"))
_LINKED_IDS: Shape = (Ids("included_attributes"), Ids("excluded_attributes"))

LIST: Shape = (
    "id",
    One("project", PROJECT),
    One("domain", ID_NAME),
    One("schedule", ID_NAME),
    "source",
    "frozen",
    "name",
    "slug",
    "comment",
    "start_date",
    "enabled",
    "auto_restart",
    Computed(
        "schedule_timeline",
        TIMELINE,
        {
            "type": "object",
            "nullable": True,
            "properties": {
                "begin_date": {"type": "string", "format": "date"},
                "end_date": {"type": "string", "format": "date"},
                "percent": {"type": "integer"},
            },
        },
    ),
)
_REST: Shape = (
    *("enabled", "name", "slug", "comment", "start_date", "auto_restart", "source"),
    *("base_url", "options", "suite", "components", "frozen", "expire"),
)
DETAIL: Shape = (
    "id",
    One("project", PROJECT),
    One("domain", ID_NAME),
    One("schedule", ID_NAME),
    *INCLUDED_EXCLUDED,
    *_LISTS,
    *_AVAILABLE,
    *_REST,
)
WRITTEN: Shape = (
    *("id", "project", "domain", "schedule"),
    *_LINKED_IDS,
    *_LISTS,
    *_AVAILABLE_IDS,
    *_REST,
)


def _source(*, available: Shape, rest: tuple[str, ...]) -> Shape:
    return (
        *("id", "enabled", One("project", PROJECT), One("domain", ID_NAME)),
        *("name", "slug", "comment", *available),
        *INCLUDED_EXCLUDED,
        *_LISTS,
        *(One("schedule", ID_NAME), "start_date", "auto_restart", *rest),
    )


def _source_written(rest: tuple[str, ...]) -> Shape:
    return (
        *("id", "enabled", "project", "domain", "name", "comment"),
        *_AVAILABLE_IDS,
        *_LINKED_IDS,
        *_LISTS,
        *("schedule", "start_date", "auto_restart", *rest),
    )


def _within_text(path: str) -> Callable[[str, Parameters, Any], str]:
    """Return the filter of records at the end of a path of which a text is a part."""

    def found(value: str, parameters: Parameters, caller: Any) -> str:
        pattern = parameters.add(contained(value))
        return condition(Deployment, "t", path, lambda sql: f"{sql} ILIKE {pattern}")

    return found


FILTERS = (
    *within("id"),
    *text("name"),
    *exact("project__id", "project__platform__id", "enabled", "auto_restart"),
    Filter("source", choices=tuple(source.value for source in DeploymentSource)),
    Filter("schedule", ("isnull",)),
    *exact("schedule__id", "domain__id", "available_packages__id", "available_package_sets__id"),
    *exact("included_attributes__id", "excluded_attributes__id"),
    Filter("included_attributes", custom=_within_text("included_attributes__value")),
    Filter("excluded_attributes", custom=_within_text("excluded_attributes__value")),
    Filter("available_packages", custom=_within_text("available_packages__fullname")),
    Filter("percent__gte", custom=percent_condition(">=")),
    Filter("percent__lt", custom=percent_condition("<")),
)

_COMMON = (
    *("name", "project", "domain", "schedule", "enabled", "comment", "start_date", "auto_restart"),
    *("included_attributes", "excluded_attributes", *PACKAGE_LISTS),
)
_REQUIRED = ("name", "project")
_MOST_EXPIRE = {"expire": 10_000_000}


def _writable(*names: str, **more: Any) -> Writable:
    return Writable(
        (*_COMMON, *names), required=_REQUIRED, lines=PACKAGE_LISTS, most=_MOST_EXPIRE, **more
    )


DEPLOYMENTS = Resource(
    path="deployments",
    title="deployment",
    model=Deployment,
    permission="core.deployment",
    read=LIST,
    detail=DETAIL,
    written=WRITTEN,
    writable=_writable(
        "available_packages",
        "available_package_sets",
        "source",
        *_EXTERNAL,
        choices={"source": tuple(source.value for source in DeploymentSource)},
    ),
    order=("name", "project"),
    ordered_by={"schedule_timeline": PERCENT.replace("{t}", "t")},
    search=("name", *PACKAGE_LISTS),
    filters=FILTERS,
    visible=deployments,
    export_name="deployment",
    export=(
        *("id", "enabled", "name", "slug", "project", "domain", "comment"),
        *("packages_to_install", "packages_to_remove"),
        *_LINKED_IDS,
        *("schedule", "start_date", "auto_restart", *PACKAGE_LISTS[2:], "source"),
        *_AVAILABLE_IDS,
        *_EXTERNAL,
    ),
    hooks=Hooks(check=check_deployment, saved=deployment_saved, removing=removing_deployment),
)

INTERNAL_SOURCES = Resource(
    path="deployments/internal-sources",
    title="deployment",
    model=Deployment,
    permission="core.deployment",
    read=_source(available=_AVAILABLE, rest=()),
    written=_source_written(()),
    writable=_writable("available_packages", "available_package_sets"),
    order=("name", "project"),
    filters=FILTERS,
    visible=deployments,
    always=f"t.source = '{DeploymentSource.INTERNAL.value}'",
    hooks=Hooks(check=check_internal_source, saved=deployment_saved, removing=removing_deployment),
)

EXTERNAL_SOURCES = Resource(
    path="deployments/external-sources",
    title="deployment",
    model=Deployment,
    permission="core.deployment",
    read=_source(available=(), rest=_EXTERNAL),
    written=_source_written(_EXTERNAL),
    writable=_writable(*_EXTERNAL),
    order=("name", "project"),
    filters=FILTERS,
    visible=deployments,
    always=f"t.source = '{DeploymentSource.EXTERNAL.value}'",
    hooks=Hooks(check=check_external_source, saved=deployment_saved, removing=removing_deployment),
)

# The views stand first: `deployments/{id}` would take their paths for its own.
RESOURCES = (INTERNAL_SOURCES, EXTERNAL_SOURCES, DEPLOYMENTS)
