"""Platforms, projects and stores. Contract: admin-api 5.4, 5.5."""

from migas_tornado.enrolment.project_changes import (
    check_project,
    platform_saved,
    project_saved,
    removing_platform,
    removing_project,
)
from migas_tornado.models.projects import Platform, Project, Store
from migas_tornado.pms import systems
from migas_tornado.repositories.store_changes import check_store, removing_store, store_saved
from migas_tornado.resources.declaration import Hooks, Resource, Writable
from migas_tornado.resources.declared.shapes import PROJECT
from migas_tornado.resources.filters import Filter, along, exact, text, within
from migas_tornado.resources.shapes import ID_NAME, Computed, One
from migas_tornado.resources.visibility import (
    Caller,
    Parameters,
    by_project,
    visible_computers,
)


def _visible_platforms(caller: Caller, parameters: Parameters) -> str:
    if caller.sees_all:
        return ""
    computers = visible_computers(caller, parameters, "project_id")
    return f"t.id IN (SELECT p.platform_id FROM core_project p WHERE p.id IN ({computers}))"


PLATFORMS = Resource(
    path="platforms",
    title="platform",
    model=Platform,
    permission="core.platform",
    read=ID_NAME,
    writable=Writable(("name",), required=("name",)),
    order=("name",),
    search=("name",),
    filters=(*within("id"), *text("name"), *along(project__id="projects__id")),
    visible=_visible_platforms,
    export_name="platform",
    hooks=Hooks(saved=platform_saved, removing=removing_platform),
)

PROJECTS = Resource(
    path="projects",
    title="project",
    model=Project,
    permission="core.project",
    read=(
        "id",
        "name",
        "slug",
        "pms",
        "architecture",
        "auto_register_computers",
        One("platform", ID_NAME),
    ),
    written=("id", "name", "pms", "architecture", "auto_register_computers", "platform"),
    writable=Writable(
        ("name", "pms", "architecture", "auto_register_computers", "platform"),
        required=("name", "pms", "architecture", "platform"),
        choices={"pms": tuple(sorted(systems()))},
    ),
    order=("name",),
    search=("name",),
    filters=(
        *within("id"),
        *text("name"),
        Filter("pms", choices=tuple(sorted(systems()))),
        Filter("pms", ("icontains",)),
        *exact("platform__id", "auto_register_computers"),
        *along(
            computer__id="computers__id",
            deployment__id="deployments__id",
            driver__id="drivers__id",
            error__id="errors__id",
            fault__id="faults__id",
            mgi_config__id="mgi_config__id",
            migration__id="migrations__id",
            package__id="packages__id",
            packagesbyproject__id="applications__id",
            packageset__id="package_sets__id",
            store__id="stores__id",
            synchronization__id="synchronizations__id",
        ),
    ),
    visible=by_project("id"),
    export_name="project",
    export=(
        "id",
        "name",
        "pms",
        "auto_register_computers",
        Computed(
            "platform__name",
            "(SELECT f.name FROM core_platform f WHERE f.id = {t}.platform_id)",
        ),
    ),
    hooks=Hooks(check=check_project, saved=project_saved, removing=removing_project),
)

STORES = Resource(
    path="stores",
    title="store",
    model=Store,
    permission="core.store",
    read=("id", "name", "slug", One("project", PROJECT)),
    written=("id", "name", "project"),
    writable=Writable(("name", "project"), required=("name", "project")),
    order=("name", "project"),
    search=("name",),
    filters=(
        *within("id"),
        *text("name"),
        *exact("project__id"),
        *along(packageset__id="package_sets__id", package__id="packages__id"),
    ),
    visible=by_project("project_id"),
    export_name="store",
    export=("id", "name", "slug", "project"),
    hooks=Hooks(check=check_store, saved=store_saved, removing=removing_store),
)

RESOURCES = (PLATFORMS, PROJECTS, STORES)
