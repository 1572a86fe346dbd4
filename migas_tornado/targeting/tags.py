"""Tags: attributes that people assign to computers. Contract: agent-v5 7."""

from datetime import date

from migas_tornado.db import Connection
from migas_tornado.enrolment.computers import Computer
from migas_tornado.errors import InvalidDataError
from migas_tornado.models.enumerations import PropertySort
from migas_tornado.targeting.deployments import deployments_for, lines
from migas_tornado.targeting.mandatory import unique

_ASSIGNED = """
    SELECT a.id, p.prefix || '-' || a.value AS text
    FROM client_computer_tags t
    JOIN core_attribute a ON a.id = t.serverattribute_id
    JOIN core_property p ON p.id = a.property_att_id
    WHERE t.computer_id = $1
    ORDER BY p.prefix, a.value
"""

_AVAILABLE = """
    WITH own_domain AS (
        SELECT DISTINCT d.id, d.name
        FROM client_computer_tags t
        JOIN core_attribute a ON a.id = t.serverattribute_id
        JOIN core_property p ON p.id = a.property_att_id AND p.prefix = 'DMN'
        JOIN core_domain d ON d.name = split_part(a.value, '.', 1)
        WHERE t.computer_id = $1
    ),
    reached_domain AS (
        SELECT d.id
        FROM core_domain d
        WHERE EXISTS (
                SELECT FROM core_domain_included_attributes i
                JOIN client_computer_sync_attributes s ON s.attribute_id = i.attribute_id
                WHERE i.domain_id = d.id AND s.computer_id = $1
            )
            AND NOT EXISTS (
                SELECT FROM core_domain_excluded_attributes x
                JOIN client_computer_sync_attributes s ON s.attribute_id = x.attribute_id
                WHERE x.domain_id = d.id AND s.computer_id = $1
            )
    ),
    available AS (
        SELECT a.id
        FROM own_domain d
        JOIN core_property p ON p.prefix = 'DMN'
        JOIN core_attribute a ON a.property_att_id = p.id
            AND (a.value = d.name OR starts_with(a.value, d.name || '.'))
        UNION
        SELECT serverattribute_id FROM core_domain_tags
        WHERE domain_id IN (SELECT id FROM own_domain UNION SELECT id FROM reached_domain)
        UNION
        SELECT i.attribute_id
        FROM core_deployment d
        JOIN core_deployment_included_attributes i ON i.deployment_id = d.id
        JOIN core_attribute a ON a.id = i.attribute_id
        JOIN core_property p ON p.id = a.property_att_id
        WHERE d.project_id = $2 AND d.enabled AND p.sort = 'server' AND p.enabled
    )
    SELECT p.name, p.prefix || '-' || a.value AS text
    FROM available v
    JOIN core_attribute a ON a.id = v.id
    JOIN core_property p ON p.id = a.property_att_id
    ORDER BY p.name, p.prefix, a.value
"""


async def assigned_tags(database: Connection, computer: Computer) -> list[str]:
    """Return the tags of a computer, such as `LAB-physics`."""
    return [row["text"] for row in await database.fetch(_ASSIGNED, computer.id)]


async def available_tags(database: Connection, computer: Computer) -> dict[str, list[str]]:
    """Return the tags that a computer may choose, by the name of their property."""
    tags: dict[str, list[str]] = {}
    for row in await database.fetch(_AVAILABLE, computer.id, computer.project_id):
        tags.setdefault(row["name"], []).append(row["text"])
    return tags


async def set_tags(
    database: Connection, computer: Computer, wanted: object, day: date
) -> dict[str, list[str]]:
    """Replace the tags of a computer and return the packages that this calls for.

    Args:
        database: connection inside a transaction.
        computer: the computer, locked.
        wanted: list of texts such as `LAB-physics`; an empty list takes all tags away.
        day: today in the server's zone.

    Raises:
        InvalidDataError: not a list of texts, or none of the tags exists.
    """
    after = set((await find_tags(database, wanted)).values())
    if wanted and not after:
        raise InvalidDataError("Invalid tags")
    gone = await replace_tags(database, computer, after)
    return await package_changes(database, computer, day, gone, after)


async def find_tags(database: Connection, wanted: object) -> dict[str, int]:
    """Return the tags among texts such as `LAB-physics`, with their ids; others are left out.

    Only attributes of sort server may be assigned.

    Raises:
        InvalidDataError: not a list of texts.
    """
    if not isinstance(wanted, list) or not all(isinstance(text, str) for text in wanted):
        raise InvalidDataError({"tags": ["A list of texts such as PREFIX-value is expected."]})
    pairs = [text.split("-", 1) for text in wanted if "-" in text]
    rows = await database.fetch(
        """
        SELECT a.id, w.prefix || '-' || w.value AS text
        FROM unnest($1::text[], $2::text[]) AS w (prefix, value)
        JOIN core_property p ON p.prefix = w.prefix AND p.sort = $3
        JOIN core_attribute a ON a.property_att_id = p.id AND a.value = w.value
        """,
        [prefix for prefix, _ in pairs],
        [value for _, value in pairs],
        PropertySort.SERVER,
    )
    return {row["text"]: row["id"] for row in rows}


async def replace_tags(database: Connection, computer: Computer, after: set[int]) -> set[int]:
    """Make the tags of a computer these, and return those that are gone."""
    before = {row["id"] for row in await database.fetch(_ASSIGNED, computer.id)}
    await database.execute(
        "DELETE FROM client_computer_tags WHERE computer_id = $1 AND serverattribute_id <> ALL($2)",
        computer.id,
        sorted(after),
    )
    await database.execute(
        "INSERT INTO client_computer_tags (computer_id, serverattribute_id) "
        "SELECT $1, unnest($2::int[]) ON CONFLICT DO NOTHING",
        computer.id,
        sorted(after),
    )
    return before - after


async def package_changes(
    database: Connection, computer: Computer, day: date, gone: set[int], there: set[int]
) -> dict[str, list[str]]:
    """Return the packages that a change of attributes calls for, without repetitions.

    Args:
        database: connection.
        computer: the computer.
        day: today in the server's zone.
        gone: attributes whose deployments it leaves.
        there: attributes whose deployments it has.
    """
    leaving = await deployments_for(database, computer.id, computer.project_id, day, sorted(gone))
    entering = await deployments_for(database, computer.id, computer.project_id, day, sorted(there))
    preinstall, install, remove = [], [], []
    for row in leaving:
        remove += lines(row["packages_to_install"])
        remove += lines(row["default_preincluded_packages"])
        remove += lines(row["default_included_packages"])
        install += lines(row["packages_to_remove"])
        install += lines(row["default_excluded_packages"])
    for row in entering:
        remove += lines(row["packages_to_remove"]) + lines(row["default_excluded_packages"])
        install += lines(row["packages_to_install"]) + lines(row["default_included_packages"])
        preinstall += lines(row["default_preincluded_packages"])
    return {
        "preinstall": unique(preinstall),
        "install": unique(install),
        "remove": unique(remove),
    }
