"""The domain and the scope that an account looks at. Contract: data-model 9, decisions.

Only superusers look at any domain and scope; others at domains they administer and scopes of their
own. Who administers domains looks at one of them, never at everything.
"""

from collections.abc import Iterable
from typing import Any

from migas_tornado.bus import Channel, tell
from migas_tornado.db import Connection

GREATEST_ID = 2**31 - 1

Mistakes = dict[str, list[str]]


def unknown(key: int) -> str:
    """Return the text about an id at which there is nothing, or nothing for this account."""
    return f'Invalid pk "{key}" - object does not exist.'


async def unknown_domains(database: Connection, keys: Iterable[int]) -> list[str]:
    """Return a text for each id that is not a domain's; the others cannot be deleted meanwhile."""
    wanted = set(keys)
    rows = await database.fetch(
        "SELECT id FROM core_domain WHERE id = ANY($1::int[]) FOR KEY SHARE",
        [key for key in wanted if 0 < key <= GREATEST_ID],
    )
    return [unknown(key) for key in sorted(wanted - {row["id"] for row in rows})]


async def domain_mistakes(
    database: Connection, key: int | None, domains: set[int], *, is_own: bool
) -> Mistakes:
    """Return what speaks against another domain as the preference of an account.

    Nobody stops looking at a domain by himself: he would see everything.

    Args:
        database: connection in a transaction.
        key: the domain, None for none.
        domains: those that the account administers, or anything else that may be chosen.
        is_own: whether somebody chooses for himself.
    """
    if key is None:
        return {"domain_preference": ["Choose one of your domains."]} if is_own else {}
    if key not in domains:
        return {"domain_preference": [unknown(key)]}
    texts = await unknown_domains(database, [key])
    return {"domain_preference": texts} if texts else {}


async def scope_mistakes(database: Connection, key: int, owner: int | None) -> Mistakes:
    """Return what speaks against a scope as a preference; without an owner any will do."""
    found = await database.fetchval(
        "SELECT id FROM core_scope WHERE id = $1 AND ($2::int IS NULL OR user_id = $2) "
        "FOR KEY SHARE",
        key,
        owner,
    )
    return {"scope_preference": [unknown(key)]} if found is None else {}


async def keep_preferences_possible(database: Connection, accounts: Iterable[int]) -> None:
    """Let accounts that administer domains look at one of them, if they do not already."""
    await database.execute(
        """
        UPDATE core_userprofile f SET domain_preference_id = own.first
        FROM (
            SELECT d.userprofile_id AS id, min(d.domain_id) AS first, array_agg(d.domain_id) AS all
            FROM core_userprofile_domains d
            JOIN auth_user u ON u.id = d.userprofile_id AND NOT u.is_superuser
            WHERE d.userprofile_id = ANY($1::int[])
            GROUP BY d.userprofile_id
        ) own
        WHERE f.user_ptr_id = own.id
            AND (f.domain_preference_id IS NULL OR f.domain_preference_id <> ALL (own.all))
        """,
        list(accounts),
    )


async def store_preferences(database: Connection, account: int, given: dict[str, Any]) -> None:
    """Store those preferences and domains of an account that are given."""
    await database.execute(
        "INSERT INTO core_userprofile (user_ptr_id) VALUES ($1) ON CONFLICT DO NOTHING", account
    )
    await database.execute(
        """
        UPDATE core_userprofile SET
            domain_preference_id = CASE WHEN $2 THEN $3::int ELSE domain_preference_id END,
            scope_preference_id = CASE WHEN $4 THEN $5::int ELSE scope_preference_id END
        WHERE user_ptr_id = $1
        """,
        account,
        "domain_preference" in given,
        given.get("domain_preference"),
        "scope_preference" in given,
        given.get("scope_preference"),
    )
    if "domains" in given:
        await database.execute(
            "DELETE FROM core_userprofile_domains WHERE userprofile_id = $1", account
        )
        await database.execute(
            "INSERT INTO core_userprofile_domains (userprofile_id, domain_id) "
            "SELECT DISTINCT $1::int, w.id FROM unnest($2::int[]) AS w (id)",
            account,
            given["domains"],
        )
    await keep_preferences_possible(database, [account])
    tell(database, Channel.ACCOUNTS, accounts=[account])
