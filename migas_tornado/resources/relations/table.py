"""Which lists a record leads to, by the path of its resource. Contract: admin-api 6.1."""

from migas_tornado.resources.relations.links import (
    KEY,
    TRUE,
    Link,
    forward,
    included_excluded,
    reverse,
    targeted,
    together,
)

_TARGETING = (
    "attribute-sets domains deployments singularities fault-definitions scopes catalog/policies "
    "catalog/policy-groups"
)
BY_SYNC_ATTRIBUTE = reverse("sync attributes", "computers", "sync_attributes__id")
"""Not for CID attributes, whose computer answers its own links."""
_ATTRIBUTE = together(
    *(
        reverse(f"{kind} attributes", route, f"{kind}_attributes__id")
        for route in _TARGETING.split()
        for kind in ("included", "excluded")
    ),
    reverse("tags", "domains", "tags__id"),
    reverse(
        "available for attributes",
        "catalog/applications devices/devices",
        "available_for_attributes__id",
    ),
    reverse("attributes", "devices/logical", "attributes__id"),
    reverse("tags", "computers", "tags__id"),
    BY_SYNC_ATTRIBUTE,
    reverse("tags", "mgi/flavour", "tags__id"),
)
FEATURE = together(forward("Property", "formulas", "attribute__id"), _ATTRIBUTE)

_PROPERTY = together(
    reverse("Property", "features", "property__id", "property_att__id"),
    reverse("Property", "singularities", "property_att__id"),
)
_STAMP = together(
    reverse("Property", "tags", "property__id", "property_att__id"),
    reverse("Property", "singularities", "property_att__id"),
)
_DEPLOYMENT = together(
    forward("project", "projects", "deployment__id"),
    forward("domain", "domains", "deployment__id"),
    forward("schedule", "schedules", "deployment__id"),
    included_excluded("deployment"),
    forward("available packages", "packages", "deployment__id"),
    forward("available package sets", "package-sets", "deployment__id"),
    targeted("core_deployment", "deployment"),
)
_OF_ATTRIBUTES_OF_DEVICE = (
    "SELECT DISTINCT a.attribute_id FROM device_logical l "
    "JOIN device_logical_attributes a ON a.logical_id = l.id WHERE l.device_id = {key} "
    "ORDER BY a.attribute_id LIMIT 1000"
)

LINKS: dict[str, tuple[Link, ...]] = {
    "platforms": reverse("platform", "projects computers", "platform__id"),
    "projects": together(
        forward("platform", "platforms", "project__id"),
        reverse(
            "project",
            "stores packages package-sets deployments catalog/project-packages computers errors "
            "faults migrations synchronizations devices/drivers mgi/config",
            "project__id",
        ),
    ),
    "stores": together(
        forward("project", "projects", "store__id"),
        reverse("store", "packages package-sets", "store__id"),
    ),
    "packages": together(
        forward("project", "projects", "package__id"),
        forward("store", "stores", "package__id"),
        reverse("package", "packages-history", "package__id"),
        reverse("packages", "package-sets", "packages__id"),
        reverse("available packages", "deployments", "available_packages__id"),
        Link(
            "computers",
            "Installed package [computer]",
            {"installed_package": KEY},
            only_productive=True,
        ),
    ),
    "package-sets": together(
        forward("project", "projects", "packageset__id"),
        forward("store", "stores", "packageset__id"),
        forward("packages", "packages", "packageset__id"),
        reverse("available package sets", "deployments", "available_package_sets__id"),
    ),
    "properties": _PROPERTY,
    "formulas": _PROPERTY,
    "stamps": _STAMP,
    "singularities": together(
        forward("Property", "formulas", "singularity__id"), included_excluded("singularity")
    ),
    "attributes": _ATTRIBUTE,
    "tags": _ATTRIBUTE,
    "features": FEATURE,
    "attribute-sets": together(
        included_excluded("attributeset"), targeted("core_attributeset", "attributeset")
    ),
    "schedules": reverse("schedule", "deployments", "schedule__id"),
    "schedule-delays": together(
        forward("schedule", "schedules", "delays__id"),
        forward("attributes", "attributes", "scheduledelay__id"),
    ),
    "deployments": _DEPLOYMENT,
    "deployments/internal-sources": _DEPLOYMENT,
    "deployments/external-sources": _DEPLOYMENT,
    "domains": together(
        included_excluded("domain"),
        forward("tags", "tags", "domain_tags__id"),
        reverse("domain", "deployments scopes", "domain__id"),
        reverse("domain preference", "user-profiles", "domain_preference__id"),
        reverse("domains", "user-profiles", "domains__id"),
        targeted("core_domain", "domain"),
    ),
    "scopes": together(
        forward("user", "user-profiles", "scope__id"),
        forward("domain", "domains", "scope__id"),
        included_excluded("scope"),
        reverse("scope preference", "user-profiles", "scope_preference__id"),
        targeted("core_scope", "scope"),
    ),
    "user-profiles": together(
        forward("groups", "groups", "user__id"),
        forward("domain preference", "domains", "userprofile__id"),
        forward("scope preference", "scopes", "userprofile__id"),
        forward("domains", "domains", "domains__id"),
        reverse("user", "scopes", "user__id"),
        reverse("users", "fault-definitions", "users__id"),
    ),
    "computers": together(
        forward("project", "projects", "computer__id"),
        forward("default logical device", "devices/logical", "computer__id"),
        forward("sync user", "users", "computer__id"),
        forward("tags", "tags", "tags__id"),
        forward("sync attributes", "attributes", "computer__id"),
        reverse(
            "computer",
            "errors faults migrations packages-history status-logs synchronizations",
            "computer__id",
        ),
        Link(
            "packages-history",
            "Installed Packages",
            {
                "computer__id": KEY,
                "package__project__id": "{t}.project_id",
                "uninstall_date": TRUE,
            },
        ),
    ),
    "users": together(
        reverse("sync user", "computers", "sync_user__id"),
        reverse("user", "synchronizations", "user__id"),
    ),
    "errors": together(
        forward("computer", "computers", "error__id"),
        forward("project", "projects", "error__id"),
        forward("synchronization", "synchronizations", "errors__id"),
    ),
    "faults": together(
        forward("computer", "computers", "fault__id"),
        forward("fault definition", "fault-definitions", "fault__id"),
        forward("project", "projects", "fault__id"),
        forward("synchronization", "synchronizations", "faults__id"),
    ),
    "migrations": together(
        forward("computer", "computers", "migration__id"),
        forward("project", "projects", "migration__id"),
    ),
    "status-logs": (forward("computer", "computers", "statuslog__id"),),
    "packages-history": together(
        forward("computer", "computers", "packagehistory__id"),
        forward("package", "packages", "packagehistory__id"),
    ),
    "syncs": together(
        forward("computer", "computers", "synchronization__id"),
        forward("user", "users", "synchronization__id"),
        forward("project", "projects", "synchronization__id"),
        reverse("synchronization", "errors faults", "synchronization__id"),
    ),
    "fault-definitions": together(
        included_excluded("faultdefinition"),
        forward("users", "user-profiles", "faultdefinition_users__id"),
        reverse("fault definition", "faults", "fault_definition__id"),
        targeted("client_faultdefinition", "faultdefinition"),
    ),
    "devices/types": reverse(
        "device type", "devices/connections devices/models", "device_type__id"
    ),
    "devices/manufacturers": reverse("manufacturer", "devices/models", "manufacturer__id"),
    "devices/capabilities": reverse(
        "capability", "devices/drivers devices/logical", "capability__id"
    ),
    "devices/connections": together(
        forward("device type", "devices/types", "connection__id"),
        reverse("connection", "devices/devices", "connection__id"),
        reverse("connections", "devices/models", "connections__id"),
    ),
    "devices/models": together(
        forward("manufacturer", "devices/manufacturers", "model__id"),
        forward("device type", "devices/types", "model__id"),
        forward("connections", "devices/connections", "model__id"),
        reverse("model", "devices/devices devices/drivers", "model__id"),
    ),
    "devices/drivers": together(
        forward("model", "devices/models", "drivers__id"),
        forward("project", "projects", "driver__id"),
        forward("capability", "devices/capabilities", "driver__id"),
    ),
    "devices/devices": together(
        forward("model", "devices/models", "device__id"),
        forward("connection", "devices/connections", "device__id"),
        forward("available for attributes", "attributes", "device__id"),
        reverse("device", "devices/logical", "device__id"),
        Link(
            "computers",
            "Computers [sync attributes]",
            {"sync_attributes__id__in": f"ARRAY({_OF_ATTRIBUTES_OF_DEVICE})"},
            only_productive=True,
        ),
    ),
    "devices/logical": together(
        forward("device", "devices/devices", "logical__id"),
        forward("capability", "devices/capabilities", "logical__id"),
        forward("attributes", "attributes", "logical__id"),
        reverse("default logical device", "computers", "default_logical_device__id"),
    ),
    "catalog/categories": reverse("category", "catalog/applications", "category__id"),
    "catalog/apps": together(
        forward("category", "catalog/categories", "application__id"),
        forward("available for attributes", "attributes", "application__id"),
        reverse("application", "catalog/project-packages", "application__id"),
        reverse("applications", "catalog/policy-groups", "applications__id"),
    ),
    "catalog/project-packages": together(
        forward("application", "catalog/applications", "packages_by_project__id"),
        forward("project", "projects", "packagesbyproject__id"),
    ),
    "catalog/policies": together(
        included_excluded("policy"), reverse("policy", "catalog/policy-groups", "policy__id")
    ),
    "catalog/policy-groups": together(
        forward("policy", "catalog/policies", "groups__id"),
        included_excluded("policygroup"),
        forward("applications", "catalog/applications", "policygroup__id"),
    ),
    "mgi/config": together(
        forward("project", "projects", "mgi_config__id"),
        reverse("config", "mgi/flavour mgi/release", "config__id"),
    ),
    "mgi/flavour": together(
        forward("config", "mgi/config", "flavours__id"),
        forward("tags", "tags", "flavours__id"),
        reverse("flavour", "mgi/build", "flavour__id"),
    ),
    "mgi/release": together(
        forward("config", "mgi/config", "releases__id"),
        reverse("release", "mgi/build", "release__id"),
    ),
    "mgi/build": together(
        forward("release", "mgi/release", "builds__id"),
        forward("flavour", "mgi/flavour", "builds__id"),
    ),
    "hardware": (Link("computers", "computer [product]", {"product": "{t}.product"}),),
}
