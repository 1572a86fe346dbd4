"""What a computer has to install and remove. Contract: agent-v5 6.7."""

from datetime import date

import asyncpg

from migas_tornado.db import Connection
from migas_tornado.targeting.deployments import deployments_of, lines
from migas_tornado.targeting.policies import policy_packages


async def mandatory_packages(
    database: Connection, computer_id: int, project_id: int, day: date
) -> dict[str, list[str]]:
    """Return `{"install": [...], "remove": [...]}`: deployments first, then policies."""
    rows = await deployments_of(database, computer_id, project_id, day)
    return await mandatory_of(database, computer_id, project_id, rows)


async def mandatory_of(
    database: Connection, computer_id: int, project_id: int, rows: list[asyncpg.Record]
) -> dict[str, list[str]]:
    """Do the same for a computer whose deployments are known."""
    install = [name for row in rows for name in lines(row["packages_to_install"])]
    remove = [name for row in rows for name in lines(row["packages_to_remove"])]
    # Policies count also where no deployment does (defect B of the contract's section 6.7).
    added, dropped = await policy_packages(database, computer_id, project_id)
    return {"install": unique(install + added), "remove": unique(remove + dropped)}


def unique(names: list[str]) -> list[str]:
    """Return the names without repetitions, each where it came first."""
    return list(dict.fromkeys(names))
