"""What a change of a domain brings about. Contract: data-model 3.10, admin-api 5.8.

A domain is also the attribute `DMN-<NAME>`, which is one of those that it includes.
"""

from typing import TYPE_CHECKING

import asyncpg

from migas_tornado.accounts.preferences import GREATEST_ID, keep_preferences_possible
from migas_tornado.errors import ConflictError, InvalidDataError
from migas_tornado.models.enumerations import Language, PropertyKind, PropertySort
from migas_tornado.slugs import slugify

if TYPE_CHECKING:
    from migas_tornado.resources.changes import Change


PREFIX = "DMN"
PROPERTY_NAME = "DOMAIN"


async def check_domain(change: "Change") -> None:
    """Make the name an upper-case slug.

    Raises:
        InvalidDataError: nothing is left of it.
    """
    if "name" in change.values:
        change.values["name"] = slugify(change.values["name"]).upper()
        if not change.values["name"]:
            raise InvalidDataError({"name": ["A name needs letters or digits."]})


async def store_domain(change: "Change") -> None:
    """Store the administrators of a domain, and have its attribute, of the same name, included.

    Raises:
        InvalidDataError: other attributes have the new name.
    """
    if not change.is_new and change.changes("name"):
        await _rename_attributes(change)
    await _include_attribute(change)
    if "domain_admins" in change.extra:
        await _replace_administrators(change, change.extra["domain_admins"] or [])


async def leave_domain(change: "Change") -> None:
    """Let nobody see more than before when a domain is deleted, and delete its attribute.

    Raises:
        ConflictError: it is the only one of somebody, who would then see everything.
    """
    database, key = change.database, change.key
    rows = await database.fetch(
        """
        SELECT u.username FROM auth_user u JOIN core_userprofile f ON f.user_ptr_id = u.id
        WHERE NOT u.is_superuser
            AND (f.domain_preference_id = $1 OR EXISTS (
                SELECT FROM core_userprofile_domains d
                WHERE d.userprofile_id = u.id AND d.domain_id = $1))
            AND NOT EXISTS (
                SELECT FROM core_userprofile_domains d
                WHERE d.userprofile_id = u.id AND d.domain_id <> $1)
        ORDER BY u.username
        """,
        key,
    )
    if rows:
        names = ", ".join(row["username"] for row in rows)
        raise ConflictError(
            f"This domain cannot be deleted: it is the only one of {names}, "
            "who would then see everything."
        )
    await _replace_administrators(change, [])
    await database.execute(
        "DELETE FROM core_attribute a USING core_property p "
        "WHERE p.id = a.property_att_id AND p.prefix = $1 AND a.value = $2",
        PREFIX,
        change.before["name"],
    )


async def _rename_attributes(change: "Change") -> None:
    """Rename the attribute of a domain and those below it, such as `DMN-OLD.LAB`."""
    try:
        async with change.database.transaction():
            await change.database.execute(
                """
                UPDATE core_attribute a SET value = $3 || substr(a.value, length($2) + 1)
                FROM core_property p
                WHERE p.id = a.property_att_id AND p.prefix = $1
                    AND (a.value = $2 OR starts_with(a.value, $2 || '.'))
                """,
                PREFIX,
                change.before["name"],
                change.values["name"],
            )
    except asyncpg.UniqueViolationError as error:
        name = f"{PREFIX}-{change.values['name']}"
        raise InvalidDataError(
            {"name": [f"There are attributes called {name} already."]}
        ) from error


async def _include_attribute(change: "Change") -> None:
    database = change.database
    await database.execute(
        "INSERT INTO core_property (prefix, name, enabled, kind, sort, auto_add, language) "
        "VALUES ($1, $2, true, $3, $4, true, $5) ON CONFLICT (prefix) DO NOTHING",
        PREFIX,
        PROPERTY_NAME,
        PropertyKind.LEFT,
        PropertySort.SERVER,
        Language.BASH,
    )
    await database.execute(
        """
        INSERT INTO core_attribute (property_att_id, value, description)
        SELECT p.id, d.name, '' FROM core_property p, core_domain d
        WHERE p.prefix = $1 AND d.id = $2
        ON CONFLICT (property_att_id, value) DO NOTHING
        """,
        PREFIX,
        change.key,
    )
    await database.execute(
        """
        INSERT INTO core_domain_included_attributes (domain_id, attribute_id)
        SELECT d.id, a.id
        FROM core_domain d
        JOIN core_property p ON p.prefix = $1
        JOIN core_attribute a ON a.property_att_id = p.id AND a.value = d.name
        WHERE d.id = $2 AND NOT EXISTS (
            SELECT FROM core_domain_included_attributes i
            WHERE i.domain_id = d.id AND i.attribute_id = a.id
        )
        """,
        PREFIX,
        change.key,
    )


async def _replace_administrators(change: "Change", accounts: list[int]) -> None:
    """Make these the administrators of a domain; ids that nobody has are passed over."""
    wanted = [key for key in accounts if 0 < key <= GREATEST_ID]
    gone = await change.database.fetch(
        "DELETE FROM core_userprofile_domains "
        "WHERE domain_id = $1 AND userprofile_id <> ALL ($2::int[]) RETURNING userprofile_id",
        change.key,
        wanted,
    )
    await change.database.execute(
        """
        INSERT INTO core_userprofile_domains (userprofile_id, domain_id)
        SELECT f.user_ptr_id, $1::int FROM core_userprofile f
        WHERE f.user_ptr_id = ANY ($2::int[]) AND NOT EXISTS (
            SELECT FROM core_userprofile_domains d
            WHERE d.userprofile_id = f.user_ptr_id AND d.domain_id = $1
        )
        FOR KEY SHARE OF f
        """,
        change.key,
        wanted,
    )
    touched = {row["userprofile_id"] for row in gone} | set(wanted)
    await keep_preferences_possible(change.database, touched)
