"""Packages and package sets. Contract: admin-api 5.5, repositories 2, 3, 7."""

from migas_tornado.models.projects import Package, PackageSet
from migas_tornado.repositories.package_changes import removing_package
from migas_tornado.repositories.package_sets import (
    check_package_set,
    package_set_saved,
    removing_package_set,
)
from migas_tornado.resources.declaration import Hooks, Resource, Writable
from migas_tornado.resources.declared.shapes import PACKAGE, PROJECT
from migas_tornado.resources.filters import Filter, along, exact, text, within
from migas_tornado.resources.shapes import ID_NAME, Computed, Ids, Many, One
from migas_tornado.resources.visibility import by_project

URL = Computed(
    "url",
    "coalesce((SELECT '/public/' || up.slug || '/stores/' || us.slug || '/' || {t}.fullname "
    "FROM core_store us JOIN core_project up ON up.id = us.project_id "
    "WHERE us.id = {t}.store_id), '')",
)
"""Where a package is offered; empty when it is only known from inventories."""

PACKAGES = Resource(
    path="packages",
    title="package",
    model=Package,
    permission="core.package",
    read=(
        "id",
        "fullname",
        "name",
        "version",
        "architecture",
        One("project", ID_NAME),
        One("store", ID_NAME, otherwise="json_build_object('id', 0, 'name', '')"),
        URL,
    ),
    writable=Writable(("store",), required=("store",)),
    methods="LCRD",
    order=("fullname", "version", "project"),
    search=("fullname",),
    filters=(
        *within("id"),
        Filter("fullname", ("icontains",)),
        *text("name", "version", "architecture", "project__name", "store__name"),
        *exact("project__id", "project__platform__id", "store__id"),
        Filter("store", ("isnull",)),
        Filter("deployment", ("isnull",), path="deployments"),
        Filter("packageset", ("isnull",), path="package_sets"),
        *along(
            deployment__id="deployments__id",
            packageset__id="package_sets__id",
            packagehistory__id="history__id",
        ),
    ),
    visible=by_project("project_id"),
    export_name="package",
    export=("id", "fullname", "name", "version", "architecture", "project", "store"),
    hooks=Hooks(removing=removing_package),
    text="{t}.fullname",
)

PACKAGE_SETS = Resource(
    path="package-sets",
    title="package set",
    model=PackageSet,
    permission="core.packageset",
    read=(
        "id",
        One("project", PROJECT),
        One("store", ("id", "name", "slug")),
        Many("packages", PACKAGE, order="{t}.fullname"),
        "name",
        "description",
    ),
    written=("id", "project", "store", Ids("packages"), "name", "description"),
    writable=Writable(
        ("name", "project", "store", "description", "packages"), required=("name", "project")
    ),
    order=("project", "name"),
    search=("name",),
    filters=(
        *within("id"),
        *text("name", "project__name", "store__name"),
        *exact("project__id", "project__platform__id", "store__id", "packages__id"),
        Filter("packages", ("isnull",)),
        Filter("deployment", ("isnull",), path="deployments"),
        *along(deployment__id="deployments__id"),
    ),
    visible=by_project("project_id"),
    export_name="packageset",
    export=("id", "name", "description", "project", "store", Ids("packages")),
    hooks=Hooks(check=check_package_set, saved=package_set_saved, removing=removing_package_set),
)

RESOURCES = (PACKAGES, PACKAGE_SETS)
