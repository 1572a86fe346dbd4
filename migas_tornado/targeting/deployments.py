"""Which deployments reach a computer. Contract: agent-v5 6.5."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import asyncpg

from migas_tornado.db import Connection

OF_COMPUTER = """
    SELECT attribute_id AS id FROM client_computer_sync_attributes WHERE computer_id = $1
    UNION
    SELECT serverattribute_id FROM client_computer_tags WHERE computer_id = $1
"""
"""The attributes that a computer has: those of its last synchronization, and its tags."""

GIVEN = "SELECT unnest($4::int[]) AS id"

# Contract agent-v5 6.5: weekends are skipped, counting from the weekday of the start.
HORIZON = """
    d.start_date + n.days + 2 * floor((n.days + extract(isodow FROM d.start_date) - 1) / 5.0)::int
"""
"""The day on which `n.days` working days after the start of the deployment `d` are over."""

_MATCHING = """
    WITH mine AS MATERIALIZED ({attributes})
    SELECT d.id, d.slug, d.name, d.source, d.options, d.suite, d.components,
        d.packages_to_install, d.packages_to_remove, d.default_preincluded_packages,
        d.default_included_packages, d.default_excluded_packages
    FROM core_deployment d
    WHERE d.project_id = $2
        AND d.enabled
        AND (
            d.domain_id IS NULL
            OR EXISTS (
                SELECT FROM core_domain_included_attributes i JOIN mine ON mine.id = i.attribute_id
                WHERE i.domain_id = d.domain_id
            )
            AND NOT EXISTS (
                SELECT FROM core_domain_excluded_attributes x JOIN mine ON mine.id = x.attribute_id
                WHERE x.domain_id = d.domain_id
            )
        )
        AND NOT EXISTS (
            SELECT FROM core_deployment_excluded_attributes x JOIN mine ON mine.id = x.attribute_id
            WHERE x.deployment_id = d.id
        )
        AND (
            d.start_date <= $3
            AND EXISTS (
                SELECT FROM core_deployment_included_attributes i
                JOIN mine ON mine.id = i.attribute_id
                WHERE i.deployment_id = d.id
            )
            OR EXISTS (
                SELECT FROM core_scheduledelay s
                CROSS JOIN LATERAL (SELECT s.delay + $1::int % s.duration AS days) n
                WHERE s.schedule_id = d.schedule_id
                    AND {horizon} <= $3
                    AND EXISTS (
                        SELECT FROM core_scheduledelay_attributes a
                        JOIN mine ON mine.id = a.attribute_id
                        WHERE a.scheduledelay_id = s.id
                    )
            )
        )
    ORDER BY d.name
"""

MATCHING_COMPUTER = _MATCHING.format(attributes=OF_COMPUTER, horizon=HORIZON)
"""Parameters: computer, project, today. Rows: the columns of a deployment that agents need."""

_MATCHING_GIVEN = _MATCHING.format(attributes=GIVEN, horizon=HORIZON)


def today(zone: ZoneInfo) -> date:
    """Return the day it is in the server's time zone."""
    return datetime.now(zone).date()


async def deployments_of(
    database: Connection, computer_id: int, project_id: int, day: date
) -> list[asyncpg.Record]:
    """Return the deployments that reach a computer on a day, by name."""
    return await database.fetch(MATCHING_COMPUTER, computer_id, project_id, day)


async def deployments_for(
    database: Connection, computer_id: int, project_id: int, day: date, attributes: list[int]
) -> list[asyncpg.Record]:
    """Return the deployments that would reach a computer with just these attributes, by name."""
    return await database.fetch(_MATCHING_GIVEN, computer_id, project_id, day, attributes)


def lines(text: str | None) -> list[str]:
    """Return the package names of a text that has one per line; none for null."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
