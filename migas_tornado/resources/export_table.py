"""The columns of exports that the contract names, by the path of the resource.

Used where a declaration says nothing. Contract: admin-api 3.
"""

from dataclasses import dataclass

from migas_tornado.resources.declared.shapes import COMPUTER_TEXT, SUMMARY, USER_TEXT
from migas_tornado.resources.shapes import Computed


@dataclass(frozen=True, slots=True)
class Calculated:
    """A column that an SQL expression gives; `{t}` is the record, `{key}` its primary key."""

    name: str
    sql: str
    kind: str = "text"
    """text, number, boolean, moment, date or json."""


@dataclass(frozen=True, slots=True)
class LinkedIds:
    """A column with the ids of computers that a statement on `{t}` finds."""

    name: str
    sql: str


ExportMember = str | Calculated | LinkedIds


@dataclass(frozen=True, slots=True)
class Export:
    """What a resource's export is called and holds."""

    file_name: str
    members: tuple[ExportMember, ...]


def _export(file_name: str, *members: ExportMember | str) -> Export:
    """Declare an export; texts may name several columns, separated by blanks."""
    found: list[ExportMember] = []
    for member in members:
        found += member.split() if isinstance(member, str) else [member]
    return Export(file_name, tuple(found))


def _of_account(name: str, kind: str = "text") -> Calculated:
    return Calculated(name, f"(SELECT u.{name} FROM auth_user u WHERE u.id = {{key}})", kind)


def _ids_of_account(name: str, table: str, column: str, owner: str) -> Calculated:
    """Declare ids that belong to an account, whichever table the resource reads."""
    return Calculated(
        name,
        f"(SELECT string_agg(l.{column}::text, ',' ORDER BY l.{column}) FROM {table} l "
        f"WHERE l.{owner} = {{key}})",
    )


def _of_profile(name: str, column: str) -> Calculated:
    sql = f"(SELECT f.{column} FROM core_userprofile f WHERE f.user_ptr_id = {{key}})"
    return Calculated(name, sql, "number")


def _in_computer(member: Computed, name: str) -> Calculated:
    """Declare a text of the computer that a record belongs to."""
    sql = member.sql.replace("{computer:{t}}", "{computer:c}").replace("{t}", "c")
    return Calculated(name, f"(SELECT {sql} FROM client_computer c WHERE c.id = {{t}}.computer_id)")


def _at_computer(name: str, expression: str, kind: str = "text") -> Calculated:
    sql = (
        f"(SELECT {expression} FROM client_computer c "
        "LEFT JOIN core_project p ON p.id = c.project_id "
        "LEFT JOIN client_user u ON u.id = c.sync_user_id WHERE c.id = {t}.computer_id)"
    )
    return Calculated(name, sql, kind)


_PREFIX = Calculated(
    "prefix", "(SELECT p.prefix FROM core_property p WHERE p.id = {t}.property_att_id)"
)
_ATTRIBUTE_COLUMNS: tuple[ExportMember, ...] = (
    "id property_att",
    _PREFIX,
    "value description computers latitude longitude",
)
_DEPLOYMENT_COLUMNS = (
    "id enabled name slug project domain comment packages_to_install packages_to_remove "
    "included_attributes excluded_attributes schedule start_date auto_restart "
    "default_preincluded_packages default_included_packages default_excluded_packages source "
    "available_packages available_package_sets base_url options suite components frozen expire"
)
_COMPUTER_COLUMNS: tuple[ExportMember, ...] = (
    "id uuid status name fqdn",
    Calculated("project", "(SELECT p.name FROM core_project p WHERE p.id = {t}.project_id)"),
    "created_at updated_at ip_address forwarded_ip_address last_hardware_capture tags",
    "sync_start_date sync_end_date",
    Calculated(
        "sync_user",
        f"(SELECT {USER_TEXT.replace('{u}', 'u')} FROM client_user u "
        "WHERE u.id = {t}.sync_user_id)",
    ),
    "product machine cpu ram storage disks mac_address comment",
)
_ACCOUNT_COLUMNS: tuple[ExportMember, ...] = (
    "id",
    _of_account("last_login", "moment"),
    _of_account("is_superuser", "boolean"),
    _ids_of_account("groups", "auth_user_groups", "group_id", "user_id"),
    _ids_of_account("user_permissions", "auth_user_user_permissions", "permission_id", "user_id"),
    *map(_of_account, ("username", "first_name", "last_name", "email")),
    _of_account("is_staff", "boolean"),
    _of_account("is_active", "boolean"),
    _of_account("date_joined", "moment"),
    _ids_of_account("domains", "core_userprofile_domains", "domain_id", "userprofile_id"),
    _of_profile("domain_preference", "domain_preference_id"),
    _of_profile("scope_preference", "scope_preference_id"),
)
_MESSAGE_COLUMNS: tuple[ExportMember, ...] = (
    "created_at",
    Calculated("computer__id", "{t}.computer_id", "number"),
    _in_computer(COMPUTER_TEXT, "computer____str__"),
    _at_computer("computer__status", "c.status"),
    _in_computer(SUMMARY, "computer__summary"),
    _at_computer("project__id", "p.id", "number"),
    _at_computer("project__name", "p.name"),
    _at_computer("user__id", "u.id", "number"),
    _at_computer("user__name", "u.name"),
    Calculated("message", "{t}.text"),
)
_COMPUTERS_OF_DEVICE = LinkedIds(
    "computers",
    "SELECT s.computer_id FROM device_logical l "
    "JOIN device_logical_attributes a ON a.logical_id = l.id "
    "JOIN client_computer_sync_attributes s ON s.attribute_id = a.attribute_id "
    "WHERE l.device_id = {t}.id",
)
_EVENT = "id created_at computer"

EXPORTS: dict[str, Export] = {
    "platforms": _export("platform", "id name"),
    "projects": _export("project", "id name pms auto_register_computers platform__name"),
    "stores": _export("store", "id name slug project"),
    "attribute-sets": _export(
        "attributeset",
        "id name enabled description included_attributes excluded_attributes longitude latitude",
    ),
    "stamps": _export("serverproperty", "id prefix name enabled kind sort"),
    "formulas": _export(
        "clientproperty", "id prefix name enabled kind sort auto_add language code"
    ),
    "tags": _export("serverattribute", *_ATTRIBUTE_COLUMNS),
    "features": _export("clientattribute", *_ATTRIBUTE_COLUMNS),
    "attributes": _export("attribute", *_ATTRIBUTE_COLUMNS),
    "properties": _export("property", ""),
    "schedules": _export("schedule", "id name description"),
    "packages": _export("package", "id fullname name version architecture project store"),
    "package-sets": _export("packageset", "id name description project store packages"),
    "deployments": _export("deployment", _DEPLOYMENT_COLUMNS),
    "deployments/internal-sources": _export("internalsource", _DEPLOYMENT_COLUMNS),
    "deployments/external-sources": _export("externalsource", _DEPLOYMENT_COLUMNS),
    "domains": _export("domain", "id name comment included_attributes excluded_attributes tags"),
    "scopes": _export("scope", "id user name domain included_attributes excluded_attributes"),
    "user-profiles": _export("userprofile", *_ACCOUNT_COLUMNS),
    "accounts/groups": _export("group", "id name permissions"),
    "computers": _export("computer", *_COMPUTER_COLUMNS),
    "errors": _export("error", _EVENT, "description checked project synchronization"),
    "faults": _export("fault", _EVENT, "fault_definition result checked project synchronization"),
    "fault-definitions": _export(
        "faultdefinition",
        "id name description enabled language code included_attributes excluded_attributes users",
    ),
    "migrations": _export("migration", _EVENT, "project"),
    "notifications": _export("notification", "id created_at message checked"),
    "packages-history": _export(
        "packagehistory",
        "id computer computer__name package package__fullname install_date uninstall_date",
    ),
    "status-logs": _export("statuslog", _EVENT, "status"),
    "syncs": _export("synchronization", _EVENT, "start_date user project consumer pms_status_ok"),
    "users": _export("user", "id name fullname"),
    "messages": _export("messages", *_MESSAGE_COLUMNS),
    "devices/connections": _export("connection", "id name fields device_type"),
    "devices/devices": _export(
        "device", "id name model connection available_for_attributes data", _COMPUTERS_OF_DEVICE
    ),
    "devices/drivers": _export("driver", "id name model project capability packages_to_install"),
    "devices/capabilities": _export("capability", "id name"),
    "devices/manufacturers": _export("manufacturer", "id name"),
    "devices/types": _export("type", "id name"),
    "devices/logical": _export(
        "logical",
        "id device device__name capability capability__name alternative_capability_name attributes",
    ),
    "devices/models": _export(
        "model",
        "id name manufacturer manufacturer__name device_type device_type__name connections",
    ),
    "catalog/apps": _export(
        "application",
        "id name description created_at score icon level category available_for_attributes",
    ),
    "catalog/categories": _export("category", "id name"),
    "catalog/policies": _export(
        "policy", "id name enabled exclusive comment included_attributes excluded_attributes"
    ),
    "singularities": _export("singularity", ""),
    "schedule-delays": _export("scheduledelay", ""),
    "catalog/project-packages": _export("packagesbyproject", ""),
    "catalog/policy-groups": _export("policygroup", ""),
    "hardware": _export("node", ""),
}
"""An export without columns has those of the model, in the order of the table."""
