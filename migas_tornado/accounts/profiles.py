"""Creation, change and deletion of accounts: who may, and what may be. Contract: admin-api 5.9."""

import re
from typing import TYPE_CHECKING, Any

from migas_tornado.accounts.preferences import (
    Mistakes,
    domain_mistakes,
    scope_mistakes,
    store_preferences,
    unknown_domains,
)
from migas_tornado.db import Connection
from migas_tornado.errors import ConflictError, ForbiddenError, InvalidDataError

if TYPE_CHECKING:
    from migas_tornado.resources.changes import Change


FORBIDDEN = "You do not have permission to perform this action."
OWN = frozenset({"first_name", "last_name", "email", "domain_preference", "scope_preference"})
"""What everybody may change of his own account."""
RESERVED = frozenset({"is_superuser", "is_staff", "groups", "user_permissions", "domains"})
"""What only superusers may change, of anybody."""

SUPERUSERS_LOCK = 0x6D696761_00000021
"""Advisory lock of whoever takes superusers' rights away."""

_USERNAME = re.compile(r"[\w.@+-]+")
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
_NOT_A_USERNAME = (
    "Enter a valid username. "
    "This value may contain only letters, numbers, and @/./+/-/_ characters."
)


def is_email(text: str) -> bool:
    """Tell whether a text looks like an address."""
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


async def check_account(change: "Change") -> None:
    """Check that the caller may make this change, and that names and preferences are possible.

    Raises:
        ForbiddenError: he may not.
        InvalidDataError: naming the fields at fault.
    """
    if change.extra.get("domains", ()) is None:
        change.extra["domains"] = []
    profile = await _profile(change)
    _check_right(change, profile)
    mistakes = _name_mistakes(change) | await _profile_mistakes(change, profile)
    if mistakes:
        raise InvalidDataError(mistakes)


async def store_profile(change: "Change") -> None:
    """Store what an account has beside its row; every account has a profile.

    Raises:
        ConflictError: no superuser would be left.
    """
    if change.key is not None:
        await store_preferences(change.database, change.key, change.extra)
    if change.before.get("is_superuser"):
        await _check_superusers(change, without=None)


async def check_removal(change: "Change") -> None:
    """Check that an account may be deleted by the caller.

    Raises:
        ForbiddenError: only superusers delete superusers.
        ConflictError: no superuser would be left.
    """
    if change.before["is_superuser"]:
        if not change.caller.is_superuser:
            raise ForbiddenError(FORBIDDEN)
        await _check_superusers(change, without=change.key)


async def _check_superusers(change: "Change", without: int | None) -> None:
    # Two who give up their rights at the same moment would each count the other.
    await change.database.execute("SELECT pg_advisory_xact_lock($1)", SUPERUSERS_LOCK)
    left = await change.database.fetchval(
        "SELECT count(*) FROM auth_user "
        "WHERE is_superuser AND is_active AND id IS DISTINCT FROM $1::int",
        without,
    )
    if not left:
        raise ConflictError("There must be an active superuser.")


async def _profile(change: "Change") -> dict[str, Any]:
    row = await change.database.fetchrow(
        """
        SELECT domain_preference_id AS domain_preference, scope_preference_id AS scope_preference,
            array(SELECT domain_id FROM core_userprofile_domains WHERE userprofile_id = $1)
                AS domains
        FROM core_userprofile WHERE user_ptr_id = $1
        """,
        change.key,
    )
    found = dict(row) if row else {"domain_preference": None, "scope_preference": None}
    return {**found, "domains": set(found.get("domains", ()))}


def _check_right(change: "Change", profile: dict[str, Any]) -> None:
    caller = change.caller
    if caller.is_superuser:
        return
    changed = _changed(change, profile)
    is_own = change.key == caller.id
    is_permitted = caller.may(f"core.{'add' if change.is_new else 'change'}_userprofile")
    if is_own and changed <= OWN:
        return
    of_superuser = bool(change.before.get("is_superuser"))
    if not is_permitted or of_superuser or changed & RESERVED:
        raise ForbiddenError(FORBIDDEN)


def _changed(change: "Change", profile: dict[str, Any]) -> set[str]:
    """Return the fields that get another value; the same one again is no change."""
    if change.is_new:
        return {name for name, value in {**change.values, **change.extra}.items() if value}
    changed = {name for name in change.values if change.changes(name)}
    for name, value in change.extra.items():
        if profile[name] != (set(value) if name == "domains" else value):
            changed.add(name)
    return changed


def _name_mistakes(change: "Change") -> Mistakes:
    found = {}
    if "username" in change.values and not _USERNAME.fullmatch(change.values["username"]):
        found["username"] = [_NOT_A_USERNAME]
    if change.values.get("email") and not is_email(change.values["email"]):
        found["email"] = ["Enter a valid email address."]
    return found


async def _profile_mistakes(change: "Change", profile: dict[str, Any]) -> Mistakes:
    found: Mistakes = {}
    database, extra = change.database, change.extra
    domains = set(extra.get("domains", profile["domains"]))
    if "domains" in extra and (texts := await unknown_domains(database, domains)):
        found["domains"] = texts
    is_superuser = bool(change.value("is_superuser"))
    domain = extra.get("domain_preference")
    if "domain_preference" in extra and domain != profile["domain_preference"]:
        if is_superuser:
            domains = {domain} - {None}
        is_own = change.key == change.caller.id and not is_superuser
        found |= await domain_mistakes(database, domain, domains, is_own=is_own)
    scope = extra.get("scope_preference")
    if scope is not None and scope != profile["scope_preference"]:
        owner = None if is_superuser else change.key or 0
        found |= await scope_mistakes(database, scope, owner)
    return found


async def members_of(database: Connection, group: str) -> list[int]:
    """Return the ids of the accounts of a group, by their names."""
    rows = await database.fetch(
        "SELECT u.id FROM auth_user u JOIN auth_user_groups l ON l.user_id = u.id "
        "JOIN auth_group g ON g.id = l.group_id WHERE g.name = $1 ORDER BY u.username",
        group,
    )
    return [row["id"] for row in rows]
