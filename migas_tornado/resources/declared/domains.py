"""Domains and scopes. Contract: admin-api 5.8, data-model 3.10."""

from dataclasses import replace

from migas_tornado.accounts.domains import check_domain, leave_domain, store_domain
from migas_tornado.accounts.scopes import check_scope
from migas_tornado.models.accounts import Domain, Scope
from migas_tornado.resources.declaration import Hooks, Resource, Writable
from migas_tornado.resources.declared.shapes import (
    ACCOUNT,
    INCLUDED_EXCLUDED,
    attributes,
)
from migas_tornado.resources.filters import Filter, along, exact, integer, text, within
from migas_tornado.resources.shapes import ID_NAME, Computed, Many, One
from migas_tornado.resources.visibility import Caller, Parameters, scopes

_ADMINISTRATORS = Many(
    "domain_admins",
    (
        Computed("id", "{t}.user_ptr_id", {"type": "integer"}),
        Computed("username", "(SELECT u.username FROM auth_user u WHERE u.id = {t}.user_ptr_id)"),
    ),
    order="{t}.user_ptr_id",
    through="administrators",
)
_REACHED = ("included_attributes__id", "excluded_attributes__id")


def _whole(name: str) -> Many:
    """Show all attributes of a link: a domain is seen as it is, by whoever sees it."""
    return replace(attributes(name), only_visible=False)


DOMAINS = Resource(
    path="domains",
    title="domain",
    model=Domain,
    permission="core.domain",
    read=("id", "name", "comment"),
    detail=(
        "id",
        *(_whole(name) for name in ("included_attributes", "excluded_attributes", "tags")),
        _ADMINISTRATORS,
        "name",
        "comment",
    ),
    writable=Writable(
        ("name", "comment", "included_attributes", "excluded_attributes", "tags"),
        required=("name", "domain_admins"),
        extra={"domain_admins": (Domain, "administrators")},
    ),
    order=("name",),
    search=("name",),
    filters=(
        *within("id"),
        *text("name"),
        *exact(*_REACHED, "tags__id"),
        *along(
            deployment__id="deployments__id",
            scope__id="scopes__id",
            userprofile__id="preferred_by__id",
            domains__id="administrators__id",
        ),
    ),
    export_name="domain",
    hooks=Hooks(check=check_domain, saved=store_domain, removing=leave_domain),
)


def _preferred_by(value: str, parameters: Parameters, caller: Caller) -> str:
    place = parameters.add(integer(value), "bigint")
    return (
        "t.id IN (SELECT f.scope_preference_id FROM core_userprofile f "
        f"WHERE f.user_ptr_id = {place})"
    )


SCOPES = Resource(
    path="scopes",
    title="scope",
    model=Scope,
    permission="core.scope",
    read=("id", "name", One("user", ACCOUNT), One("domain", ID_NAME)),
    detail=(
        "id",
        "name",
        One("user", ACCOUNT),
        One("domain", ID_NAME),
        *INCLUDED_EXCLUDED,
    ),
    writable=Writable(
        ("name", "user", "domain", "included_attributes", "excluded_attributes"),
        required=("name", "user"),
    ),
    order=("name",),
    search=("name",),
    filters=(
        *within("id"),
        *text("name", "user__username"),
        *exact("user", "user__id", "domain__id", *_REACHED),
        Filter("userprofile__id", custom=_preferred_by),
    ),
    visible=scopes,
    export_name="scope",
    hooks=Hooks(check=check_scope),
)


def _own(caller: Caller, parameters: Parameters) -> str:
    conditions = [f"t.user_id = {parameters.add(caller.id, 'int')}", scopes(caller, parameters)]
    return " AND ".join(filter(None, conditions))


OWN_SCOPES = replace(SCOPES, visible=_own)
"""What also superusers see where the list serves to choose one."""

RESOURCES = (DOMAINS, SCOPES)
