"""The records that GraphQL offers, by the names of their root fields. Contract: admin-api 3."""

from dataclasses import dataclass, replace
from functools import cached_property

from migas_tornado.resources.declaration import Resource
from migas_tornado.resources.registry import RESOURCES
from migas_tornado.resources.shapes import Shape, member_name


@dataclass(frozen=True)
class Root:
    """A kind of record."""

    type_name: str
    plural: str
    """Name of the list's field, without `all`."""
    path: str
    """Path of the resource."""
    single: str = ""
    """Name of the field of one record; empty where there are only lists."""

    @property
    def resource(self) -> Resource:
        """The resource as it is declared."""
        return RESOURCES[self.path]

    @cached_property
    def wide(self) -> Resource:
        """The resource with every member, also those that REST shows only on one record's own."""
        return replace(self.resource, read=(*self.resource.read, *self._further()))

    @cached_property
    def further(self) -> frozenset[str]:
        """Names of the members that the list of the resource does not show."""
        return frozenset(map(member_name, self._further()))

    def _further(self) -> Shape:
        listed = {member_name(member) for member in self.resource.read}
        return tuple(one for one in self.resource.detail if member_name(one) not in listed)


ROOTS = (
    Root("Capability", "Capabilities", "devices/capabilities", "capability"),
    Root("Connection", "Connections", "devices/connections", "connection"),
    Root("Device", "Devices", "devices/devices", "device"),
    Root("Driver", "Drivers", "devices/drivers", "driver"),
    Root("LogicalDevice", "LogicalDevices", "devices/logical", "logicalDevice"),
    Root("Manufacturer", "Manufacturers", "devices/manufacturers", "manufacturer"),
    Root("DeviceModel", "DeviceModels", "devices/models", "deviceModel"),
    Root("DeviceType", "DeviceTypes", "devices/types", "deviceType"),
    Root("Computer", "Computers", "computers", "computer"),
    Root("Project", "Projects", "projects", "project"),
    Root("Deployment", "Deployments", "deployments", "deployment"),
    Root("Category", "Categories", "catalog/categories", "category"),
    Root("Application", "Applications", "catalog/apps", "application"),
    Root(
        "PackagesByProject", "PackagesByProjects", "catalog/project-packages", "packagesByProject"
    ),
    Root("Policy", "Policies", "catalog/policies", "policy"),
    Root("PolicyGroup", "PolicyGroups", "catalog/policy-groups", "policyGroup"),
    Root("Error", "Errors", "errors"),
    Root("Package", "Packages", "packages"),
    Root("FaultDefinition", "FaultDefinitions", "fault-definitions"),
    Root("Platform", "Platforms", "platforms"),
    Root("Schedule", "Schedules", "schedules"),
    Root("Domain", "Domains", "domains"),
)
