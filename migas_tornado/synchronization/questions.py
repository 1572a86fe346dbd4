"""What a computer is asked to run: formulas and fault definitions. Contract: agent-v5 6.1, 6.3."""

from migas_tornado.db import Connection
from migas_tornado.models.enumerations import Language
from migas_tornado.targeting.deployments import OF_COMPUTER

_FORMULAS = f"""
    WITH mine AS MATERIALIZED ({OF_COMPUTER})
    SELECT p.prefix, coalesce(s.language, p.language) AS language,
        CASE WHEN s.id IS NULL THEN p.code ELSE s.code END AS code
    FROM core_property p
    LEFT JOIN LATERAL (
        SELECT s.id, s.language, s.code
        FROM core_singularity s
        WHERE s.property_att_id = p.id
            AND s.enabled
            AND EXISTS (
                SELECT FROM core_singularity_included_attributes i
                JOIN mine ON mine.id = i.attribute_id
                WHERE i.singularity_id = s.id
            )
            AND NOT EXISTS (
                SELECT FROM core_singularity_excluded_attributes x
                JOIN mine ON mine.id = x.attribute_id
                WHERE x.singularity_id = s.id
            )
        ORDER BY s.priority DESC, s.id
        LIMIT 1
    ) s ON true
    WHERE p.enabled AND p.sort = 'client'
    ORDER BY p.name, p.prefix
"""  # noqa: S608

_FAULT_DEFINITIONS = f"""
    WITH mine AS MATERIALIZED ({OF_COMPUTER})
    SELECT d.language, d.name, d.code
    FROM client_faultdefinition d
    WHERE d.enabled
        AND EXISTS (
            SELECT FROM client_faultdefinition_included_attributes i
            JOIN mine ON mine.id = i.attribute_id
            WHERE i.faultdefinition_id = d.id
        )
        AND NOT EXISTS (
            SELECT FROM client_faultdefinition_excluded_attributes x
            JOIN mine ON mine.id = x.attribute_id
            WHERE x.faultdefinition_id = d.id
        )
    ORDER BY d.name
"""  # noqa: S608


async def formulas(database: Connection, computer_id: int) -> list[dict[str, str]]:
    """Return `{"prefix", "language", "code"}` of every formula, by the name of its property."""
    rows = await database.fetch(_FORMULAS, computer_id)
    return [
        {"prefix": row["prefix"], "language": language(row["language"]), "code": row["code"] or ""}
        for row in rows
    ]


async def fault_definitions(database: Connection, computer_id: int) -> list[dict[str, str]]:
    """Return `{"language", "name", "code"}` of the definitions for a computer, by name."""
    rows = await database.fetch(_FAULT_DEFINITIONS, computer_id)
    return [
        {"language": language(row["language"]), "name": row["name"], "code": row["code"]}
        for row in rows
    ]


def language(code: int) -> str:
    """Return the name of a language as agents know it."""
    return Language(code).name.lower()
