"""What policies install on a computer and remove from it. Contract: agent-v5 6.7, data-model 7."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

import asyncpg

from migas_tornado.db import Connection
from migas_tornado.targeting.deployments import lines

_REACHES = """(
    EXISTS (
        SELECT FROM {table}_included_attributes i
        WHERE i.{key} = {alias}.id AND (i.attribute_id = 1 OR i.attribute_id IN (TABLE mine))
    )
    AND NOT EXISTS (
        SELECT FROM {table}_excluded_attributes x
        WHERE x.{key} = {alias}.id AND (x.attribute_id = 1 OR x.attribute_id IN (TABLE mine))
    )
)"""
_POLICY = _REACHES.format(table="app_catalog_policy", key="policy_id", alias="p")
_GROUP = _REACHES.format(table="app_catalog_policygroup", key="policygroup_id", alias="g")

_GROUPS = f"""
    WITH mine AS MATERIALIZED (
        SELECT attribute_id FROM client_computer_sync_attributes WHERE computer_id = $1
    )
    SELECT p.id AS policy_id, p.name AS policy, p.exclusive, {_GROUP} AS reaches,
        array(
            SELECT b.packages_to_install
            FROM app_catalog_policygroup_applications l
            JOIN app_catalog_packagesbyproject b ON b.application_id = l.application_id
            WHERE l.policygroup_id = g.id AND b.project_id = $2
            ORDER BY b.id
        ) AS packages
    FROM app_catalog_policy p
    JOIN app_catalog_policygroup g ON g.policy_id = p.id
    WHERE p.enabled AND {_POLICY}
    ORDER BY p.name, p.id, g.priority
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class PolicyPackages:
    """What one policy wants of a computer."""

    id: int
    name: str
    install: list[str]
    remove: list[str]


async def policies_of(
    database: Connection, computer_id: int, project_id: int
) -> list[PolicyPackages]:
    """Return what each policy that reaches a computer wants of it, in the order of policies."""
    rows = await database.fetch(_GROUPS, computer_id, project_id)
    found = []
    for key, members in groupby(rows, key=lambda row: row["policy_id"]):
        groups = list(members)
        found.append(PolicyPackages(key, groups[0]["policy"], *_choose(groups)))
    return found


async def policy_packages(
    database: Connection, computer_id: int, project_id: int
) -> tuple[list[str], list[str]]:
    """Return the packages that policies install and remove, in the order of policies."""
    policies = await policies_of(database, computer_id, project_id)
    install = [name for policy in policies for name in policy.install]
    remove = [name for policy in policies for name in policy.remove]
    return install, remove


def _choose(groups: list[asyncpg.Record]) -> tuple[list[str], list[str]]:
    """Return what the first group that reaches the computer installs, and what goes for it."""
    first = next((group for group in groups if group["reaches"]), None)
    if first is None:
        return [], []
    chosen = _packages([first])
    if not first["exclusive"]:
        return chosen, []
    others = _packages(group for group in groups if group is not first)
    return chosen, [name for name in others if name not in chosen]


def _packages(groups: Iterable[asyncpg.Record]) -> list[str]:
    return [name for group in groups for text in group["packages"] for name in lines(text)]
