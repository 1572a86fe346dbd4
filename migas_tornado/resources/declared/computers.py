"""Computers and the people on them. Contract: admin-api 5.10, 5.11, data-model 4.1, 4.2."""

from migas_tornado.computers.filters import (
    has_inventory,
    has_package,
    has_serial,
    has_sync_attribute,
    mac_address,
    statuses,
)
from migas_tornado.computers.saving import check_computer, computer_saved, forget_computer
from migas_tornado.models.computers import Computer, User
from migas_tornado.models.enumerations import ComputerStatus
from migas_tornado.resources.declaration import CALLED, Hooks, Resource, Writable
from migas_tornado.resources.declared.shapes import (
    COMPUTER_TEXT,
    PROJECT_WITH_PLATFORM,
    SUMMARY,
    USER,
    USER_TEXT,
    attributes,
)
from migas_tornado.resources.filters import Filter, along, exact, period, text, within
from migas_tornado.resources.shapes import Computed, Ids, Member, One, Shape
from migas_tornado.resources.visibility import Caller, Parameters, by_computer, visible_computers

STATUSES = tuple(status.value for status in ComputerStatus)


def _software(name: str) -> Computed:
    path = f"'/api/v1/token/computers/' || {{t}}.id || '/software/{name}/'"
    schema = {"type": "string", "format": "uri"}
    return Computed(f"software_{name}", f"{{site}} || {path}", schema)


_LISTED: tuple[Member, ...] = (
    "id",
    "uuid",
    "name",
    One("project", PROJECT_WITH_PLATFORM),
    "status",
    "product",
    "product_system",
    "created_at",
    "last_hardware_capture",
    One("sync_user", USER),
    "sync_end_date",
    COMPUTER_TEXT,
    SUMMARY,
)
_DETAIL: Shape = (
    *_LISTED,
    "fqdn",
    "ip_address",
    "forwarded_ip_address",
    attributes("tags"),
    _software("inventory"),
    _software("history"),
    Computed(
        "has_software_inventory",
        "EXISTS (SELECT FROM client_packagehistory h WHERE h.computer_id = {t}.id)",
        {"type": "boolean"},
    ),
    "machine",
    "cpu",
    Computed("architecture", "{t}.architecture::text", {"type": "string", "nullable": True}),
    "ram",
    "storage",
    "disks",
    "mac_address",
    "comment",
)

COMPUTERS = Resource(
    path="computers",
    title="computer",
    model=Computer,
    permission="client.computer",
    read=_LISTED,
    detail=_DETAIL,
    written=(
        "name",
        "last_hardware_capture",
        "status",
        "comment",
        Ids("tags"),
        "default_logical_device",
        "project",
    ),
    changeable=Writable(
        (
            "name",
            "last_hardware_capture",
            "status",
            "comment",
            "tags",
            "default_logical_device",
            "project",
        ),
        required=("project",),
        choices={"status": STATUSES},
    ),
    methods="LRUD",
    order=("__str__",),
    ordered_by={"__str__": "{search_field:{t}}"},
    search=(CALLED, "id", "name", "sync_user__name", "sync_user__fullname"),
    filters=(
        *within("id", "sync_attributes__id"),
        *text("name", "uuid", "product", "sync_user__name"),
        *exact(
            "project__id",
            "project__platform__id",
            "tags__id",
            "sync_user__id",
            "default_logical_device__id",
            "architecture",
        ),
        *along(
            platform="project__platform__id",
            platform__id="project__platform__id",
            error__id="errors__id",
            fault__id="faults__id",
            migration__id="migrations__id",
            statuslog__id="status_logs__id",
            packagehistory__id="package_history__id",
            synchronization__id="synchronizations__id",
        ),
        *period("created_at"),
        Filter("sync_end_date", ("gte", "gt", "lte", "lt", "isnull")),
        Filter("status", ("", "in"), choices=STATUSES),
        Filter("status_in", path="status", custom=statuses),
        Filter("machine", choices=("P", "V")),
        Filter("product_system", choices=("docker", "virtual", "laptop", "desktop")),
        Filter("mac_address", custom=mac_address),
        Filter("sync_attributes", custom=has_sync_attribute),
        Filter("has_software_inventory", custom=has_inventory),
        Filter("installed_package", custom=has_package),
        Filter("serial", custom=has_serial),
    ),
    visible=by_computer("id"),
    export_name="computer",
    hooks=Hooks(check=check_computer, saved=computer_saved, removing=forget_computer),
    text="{computer:{t}}",
)


def _visible_users(caller: Caller, parameters: Parameters) -> str:
    if caller.sees_all:
        return ""
    return f"t.id IN ({visible_computers(caller, parameters, 'sync_user_id')})"


USERS = Resource(
    path="users",
    title="user",
    model=User,
    permission="client.user",
    read=("id", "name", "fullname", Computed("__str__", USER_TEXT.replace("{u}", "{t}"))),
    methods="LRD",
    order=("name",),
    ordered_by={"__str__": "{t}.name"},
    search=("name", "fullname"),
    filters=(
        *within("id"),
        *text("name", "fullname"),
        *along(computer__id="computers__id", synchronization__id="synchronizations__id"),
    ),
    visible=_visible_users,
    export_name="user",
    text=USER_TEXT.replace("{u}", "{t}"),
)

RESOURCES = (COMPUTERS, USERS)
