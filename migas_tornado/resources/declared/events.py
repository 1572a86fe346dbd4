"""What happened to computers, and what administrators should know. Contract: admin-api 5.11-13."""

from migas_tornado.computers.events import (
    assigned_to,
    check_fault_definition,
    check_notification,
    forget_synchronization,
)
from migas_tornado.models.computers import PackageHistory
from migas_tornado.models.enumerations import ComputerStatus, Language
from migas_tornado.models.events import (
    Error,
    Fault,
    FaultDefinition,
    Migration,
    Notification,
    StatusLog,
    Synchronization,
)
from migas_tornado.resources.declaration import Hooks, Resource, Writable
from migas_tornado.resources.declared.shapes import COMPUTER, INCLUDED_EXCLUDED, PROJECT, USER
from migas_tornado.resources.declared.tallies import PACKAGES, events
from migas_tornado.resources.filters import Filter, along, exact, period, text, within
from migas_tornado.resources.shapes import ID_NAME, Computed, Many, Member, One
from migas_tornado.resources.visibility import by_computer, by_link, by_project_and_computer

_WHEN = "to_char({t}.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"


def _text(extra: str = "") -> str:
    """Return the text of an event: its computer and when; the time is in UTC, as ever."""
    return (
        f"(SELECT {{computer:ec}} || ' (' || {_WHEN} || ')'{extra} "
        "FROM client_computer ec WHERE ec.id = {t}.computer_id)"
    )


TEXT = _text()
SYNCHRONIZATION = One("synchronization", ("id", "start_date", "created_at"))
BY_TEXT = {"__str__": "{t}.created_at"}
STATUSES = tuple(status.value for status in ComputerStatus)
CHECKED = Writable(("checked",))

OF_COMPUTER: tuple[Filter, ...] = (
    *within("id"),
    *exact("computer__id"),
    *text("computer__name"),
    Filter("computer__status", ("", "in"), choices=STATUSES),
    *period("created_at"),
)
"""Filters of every event."""
OF_EVENT = (*OF_COMPUTER, *exact("project__id", "project__platform__id"))


def _shown(*members: Member) -> tuple[Member, ...]:
    return ("id", Computed("__str__", TEXT), One("project", PROJECT), *members)


ERRORS = Resource(
    path="errors",
    title="error",
    model=Error,
    permission="client.error",
    read=_shown(One("computer", COMPUTER), SYNCHRONIZATION, "created_at", "checked", "description"),
    written=("checked",),
    changeable=CHECKED,
    methods="LRUD",
    tally=events("error"),
    order=("-created_at",),
    ordered_by=BY_TEXT,
    search=("created_at", "description"),
    filters=(
        *OF_EVENT,
        *exact("checked", "synchronization__id"),
        Filter("description", ("icontains",)),
    ),
    visible=by_project_and_computer,
    export_name="error",
    text=TEXT,
)

FAULTS = Resource(
    path="faults",
    title="fault",
    model=Fault,
    permission="client.fault",
    read=_shown(
        One("computer", COMPUTER),
        One("fault_definition", ID_NAME),
        SYNCHRONIZATION,
        "created_at",
        "checked",
        "result",
    ),
    written=("checked",),
    changeable=CHECKED,
    methods="LRUD",
    tally=events("fault", *along(fault_definition__id="detail", fault_definition_id="detail")),
    order=("-created_at",),
    ordered_by=BY_TEXT,
    search=("created_at", "result"),
    filters=(
        *OF_EVENT,
        *exact("checked", "synchronization__id", "fault_definition__id"),
        *along(fault_definition_id="fault_definition__id"),
        Filter("result", ("icontains",)),
        Filter("user", custom=assigned_to),
    ),
    visible=by_project_and_computer,
    export_name="fault",
    text=TEXT,
)

MIGRATIONS = Resource(
    path="migrations",
    title="migration",
    model=Migration,
    permission="client.migration",
    read=("id", One("project", PROJECT), One("computer", COMPUTER), "created_at"),
    methods="LRD",
    tally=events("migration"),
    order=("-created_at",),
    search=("computer__name", "computer__id"),
    filters=OF_EVENT,
    visible=by_project_and_computer,
    export_name="migration",
    text=_text(" || ' ' || (SELECT ep.name FROM core_project ep WHERE ep.id = {t}.project_id)"),
)

STATUS_LOGS = Resource(
    path="status-logs",
    title="status log",
    model=StatusLog,
    permission="client.statuslog",
    read=("id", One("computer", COMPUTER), "created_at", "status"),
    methods="LRD",
    order=("-created_at",),
    search=("status", "computer__name"),
    filters=(*OF_COMPUTER, Filter("status", ("", "in"), choices=STATUSES)),
    visible=by_computer("computer_id"),
    export_name="statuslog",
    text=TEXT,
)

SYNCS = Resource(
    path="syncs",
    title="synchronization",
    model=Synchronization,
    permission="client.synchronization",
    read=(
        "id",
        One("project", PROJECT),
        One("user", USER),
        One("computer", COMPUTER),
        "created_at",
        "start_date",
        "consumer",
        "pms_status_ok",
    ),
    methods="LRD",
    tally=events(
        "synchronization",
        is_complete="NOT EXISTS (SELECT FROM client_synchronization n WHERE n.project_id IS NULL)",
    ),
    order=("-created_at",),
    search=("user__name", "user__fullname", "computer__name", "consumer"),
    filters=(
        *OF_EVENT,
        *period("start_date"),
        *exact("user__id", "pms_status_ok"),
        *text("user__name", "consumer"),
        *along(errors__id="errors__id", faults__id="faults__id"),
    ),
    visible=by_computer("computer_id"),
    export_name="synchronization",
    hooks=Hooks(removing=forget_synchronization),
    text=TEXT,
)

PACKAGES_HISTORY = Resource(
    path="packages-history",
    title="package history",
    model=PackageHistory,
    permission="client.packagehistory",
    read=(
        "id",
        "install_date",
        "uninstall_date",
        One("computer", COMPUTER),
        One("package", ("id", "fullname", One("project", PROJECT))),
    ),
    methods="LR",
    tally=PACKAGES,
    order=("computer__name", "package__fullname"),
    search=("computer__name", "package__fullname"),
    filters=(
        *within("id"),
        *exact("computer__id", "package__id", "package__project__id"),
        *text("computer__name", "package__fullname"),
        *period("install_date"),
        Filter("uninstall_date", ("gte", "gt", "lte", "lt", "isnull")),
    ),
    visible=by_computer("computer_id"),
    export_name="packagehistory",
    text=(
        "(SELECT p.fullname || ' at computer ' || {computer:ec} FROM core_package p, "
        "client_computer ec WHERE p.id = {t}.package_id AND ec.id = {t}.computer_id)"
    ),
)

_CHECKER = (
    Computed("id", "{t}.user_ptr_id", {"type": "integer"}),
    Computed("username", "(SELECT a.username FROM auth_user a WHERE a.id = {t}.user_ptr_id)"),
)

FAULT_DEFINITIONS = Resource(
    path="fault-definitions",
    title="fault definition",
    model=FaultDefinition,
    permission="client.faultdefinition",
    read=(
        "id",
        *INCLUDED_EXCLUDED,
        Many("users", _CHECKER, order="{t}.user_ptr_id"),
        "name",
        "description",
        "enabled",
        "language",
        "code",
    ),
    writable=Writable(
        (
            "name",
            "description",
            "enabled",
            "language",
            "code",
            "included_attributes",
            "excluded_attributes",
            "users",
        ),
        required=("name",),
        choices={"language": tuple(Language)},
    ),
    order=("name",),
    search=("name",),
    filters=(
        *within("id"),
        *text("name"),
        *exact("enabled", "included_attributes__id", "excluded_attributes__id", "users__id"),
        Filter("language", choices=tuple(str(one.value) for one in Language)),
        *along(fault__id="faults__id"),
    ),
    visible=by_link("client_faultdefinition_included_attributes", "faultdefinition_id"),
    export_name="faultdefinition",
    hooks=Hooks(check=check_fault_definition),
)

NOTIFICATIONS = Resource(
    path="notifications",
    title="notification",
    model=Notification,
    permission="client.notification",
    read=("id", "created_at", "message", "checked"),
    written=("message",),
    writable=Writable(("message",), required=("message",)),
    changeable=CHECKED,
    order=("-created_at",),
    search=("message",),
    filters=(*within("id"), *exact("checked"), *text("message"), *period("created_at")),
    export_name="notification",
    hooks=Hooks(check=check_notification),
    text=f"({{t}}.id || ' (' || {_WHEN} || ')')",
)

RESOURCES = (
    ERRORS,
    FAULTS,
    MIGRATIONS,
    STATUS_LOGS,
    SYNCS,
    PACKAGES_HISTORY,
    FAULT_DEFINITIONS,
    NOTIFICATIONS,
)
