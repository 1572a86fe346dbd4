"""Accounts with their profiles, groups and permissions. Contract: admin-api 5.9."""

from migas_tornado.accounts.groups import check_group
from migas_tornado.accounts.profiles import check_account, check_removal, store_profile
from migas_tornado.models.accounts import Account, Group, Permission, UserProfile
from migas_tornado.resources.declaration import Hooks, Resource, Writable
from migas_tornado.resources.filters import along, exact, text, within
from migas_tornado.resources.shapes import ID_NAME, Computed, Many, Member, Schema, Shape

PERMISSION: Shape = ("id", "name", "codename")

_ID_NAME: Schema = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
}
_PROFILE = "FROM core_userprofile f JOIN {table} p ON p.id = f.{name}_id WHERE f.user_ptr_id = "


def _preference(name: str, table: str) -> Computed:
    source = _PROFILE.format(table=table, name=name)
    return Computed(
        name,
        f"(SELECT json_build_object('id', p.id, 'name', p.name) {source}" + "{t}.id)",
        {**_ID_NAME, "type": ["object", "null"]},
    )


_PREFERENCES: tuple[Member, ...] = (
    _preference("domain_preference", "core_domain"),
    _preference("scope_preference", "core_scope"),
)
_DOMAINS = Computed(
    "domains",
    "(SELECT coalesce(json_agg(json_build_object('id', d.id, 'name', d.name) ORDER BY d.name), "
    "'[]') FROM core_userprofile_domains l JOIN core_domain d ON d.id = l.domain_id "
    "WHERE l.userprofile_id = {t}.id)",
    {"type": "array", "items": _ID_NAME},
)
_KEY = Computed("pk", "{t}.id", {"type": "integer"})
_NAMES: tuple[Member, ...] = (_KEY, "username", "email", "first_name", "last_name")
_FLAGS: tuple[Member, ...] = (
    "is_superuser",
    "is_staff",
    "is_active",
    "last_login",
    "date_joined",
    "id",
)
_FULL: Shape = (
    *_NAMES,
    _DOMAINS,
    *_PREFERENCES,
    Many("groups", ID_NAME, order="{t}.name"),
    Many("user_permissions", PERMISSION),
    *_FLAGS,
)

PROFILES = Resource(
    path="user-profiles",
    title="user profile",
    model=Account,
    permission="core.userprofile",
    read=(*_NAMES, *_PREFERENCES, *_FLAGS),
    detail=(*_FULL, Computed("token", "''::text")),
    written=_FULL,
    writable=Writable(
        (
            "username",
            "email",
            "first_name",
            "last_name",
            "groups",
            "user_permissions",
            "is_superuser",
            "is_staff",
            "is_active",
            "last_login",
            "date_joined",
        ),
        required=("username",),
        extra={
            "domains": (UserProfile, "domains"),
            "domain_preference": (UserProfile, "domain_preference"),
            "scope_preference": (UserProfile, "scope_preference_id"),
        },
    ),
    order=("username",),
    search=("username", "first_name", "last_name"),
    filters=(
        *within("id"),
        *text("username", "first_name", "last_name"),
        *exact("is_active", "is_staff", "is_superuser"),
        *along(
            domains__id="profile__domains__id",
            domain_preference__id="profile__domain_preference__id",
            scope_preference__id="profile__scope_preference_id",
            scope__id="scopes__id",
            faultdefinition_users__id="profile__fault_definitions__id",
        ),
    ),
    export_name="userprofile",
    hooks=Hooks(check=check_account, saved=store_profile, removing=check_removal),
    text="{t}.username",
)

GROUPS = Resource(
    path="accounts/groups",
    title="group",
    model=Group,
    permission="auth.group",
    read=("id", Many("permissions", PERMISSION), "name"),
    writable=Writable(("name", "permissions"), required=("name",)),
    order=("name",),
    search=("name",),
    filters=(*within("id"), *text("name"), *along(user__id="accounts__id")),
    export_name="group",
    hooks=Hooks(check=check_group, removing=check_group),
)

_CONTENT_TYPE = Computed(
    "content_type",
    "(SELECT min(k.id) FROM auth_permission k "
    "WHERE k.app_label = {t}.app_label AND k.model = {t}.model)",
    {"type": "integer"},
)

PERMISSIONS = Resource(
    path="accounts/permissions",
    title="permission",
    model=Permission,
    permission="auth.permission",
    read=(*PERMISSION, _CONTENT_TYPE),
    methods="L",
    order=("app_label", "model", "codename"),
    search=("name",),
    filters=(*within("id"), *text("name")),
)

RESOURCES = (PROFILES, GROUPS, PERMISSIONS)
