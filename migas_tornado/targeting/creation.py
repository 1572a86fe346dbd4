"""Creation of deployments."""

from dataclasses import dataclass
from datetime import date

import asyncpg

from migas_tornado.bus import Channel, tell
from migas_tornado.db import Connection, transaction
from migas_tornado.enrolment.former_names import ID_BY_NAME
from migas_tornado.errors import InvalidDataError, NotFoundError
from migas_tornado.repositories.stale import mark_stale
from migas_tornado.slugs import slugify

NAME_LENGTH = 50


@dataclass(frozen=True, slots=True)
class NewDeployment:
    """What is to be rolled out to whom."""

    project: str
    """Name of the project."""
    name: str
    start_date: date
    packages: tuple[str, ...] = ()
    """File names of stored packages to publish."""
    install: tuple[str, ...] = ()
    """Names of packages that computers have to install."""
    included: tuple[str, ...] = ("SET-All Systems",)
    """Attributes of which one is enough, as `PREFIX-value`."""


async def deploy(new: NewDeployment) -> int:
    """Create a deployment in a transaction of its own; see `create_deployment`."""
    async with transaction() as database:
        return await create_deployment(database, new)


async def create_deployment(database: Connection, new: NewDeployment) -> int:
    """Create an internal deployment, whose repository is then built, and return its id.

    Args:
        database: connection inside a transaction.
        new: the deployment.

    Raises:
        NotFoundError: the project does not exist.
        InvalidDataError: the name is taken or cannot be used, or something it names is missing.
    """
    project_id = await database.fetchval(f"SELECT {ID_BY_NAME}", new.project)
    if project_id is None:
        raise NotFoundError(f"There is no project {new.project}.")
    packages = await _packages(database, project_id, new.packages)
    attributes = await _attributes(database, new.included)
    key = await _insert(database, project_id, new)
    await database.execute(
        "INSERT INTO core_deployment_available_packages (deployment_id, package_id) "
        "SELECT $1, unnest($2::int[])",
        key,
        packages,
    )
    await database.execute(
        "INSERT INTO core_deployment_included_attributes (deployment_id, attribute_id) "
        "SELECT $1, unnest($2::int[])",
        key,
        attributes,
    )
    await mark_stale(database, deployments=[key])
    tell(database, Channel.RECORDS, kind="deployments", change="created", ids=[key])
    return key


async def _insert(database: Connection, project_id: int, new: NewDeployment) -> int:
    slug = slugify(new.name)
    if not slug or len(new.name) > NAME_LENGTH:
        raise InvalidDataError({"name": [f"1 to {NAME_LENGTH} characters with letters expected."]})
    try:
        async with database.transaction():
            return await database.fetchval(
                """
                INSERT INTO core_deployment (name, slug, project_id, enabled, packages_to_install,
                    packages_to_remove, default_preincluded_packages, default_included_packages,
                    default_excluded_packages, start_date, auto_restart, source, frozen, expire)
                VALUES ($1, $2, $3, true, $4, '', '', '', '', $5, false, 'I', true, 1440)
                RETURNING id
                """,
                new.name,
                slug,
                project_id,
                "\n".join(new.install),
                new.start_date,
            )
    except asyncpg.UniqueViolationError as error:
        raise InvalidDataError({"name": ["The project has a deployment of this name."]}) from error


async def _packages(database: Connection, project_id: int, names: tuple[str, ...]) -> list[int]:
    rows = await database.fetch(
        "SELECT id, fullname FROM core_package "
        "WHERE project_id = $1 AND fullname = ANY($2::text[]) AND store_id IS NOT NULL",
        project_id,
        list(names),
    )
    _check_found("packages", names, {row["fullname"] for row in rows})
    return [row["id"] for row in rows]


async def _attributes(database: Connection, texts: tuple[str, ...]) -> list[int]:
    pairs = [text.partition("-") for text in texts]
    rows = await database.fetch(
        """
        SELECT a.id, p.prefix || '-' || a.value AS text
        FROM unnest($1::text[], $2::text[]) AS w (prefix, value)
        JOIN core_property p ON p.prefix = w.prefix
        JOIN core_attribute a ON a.property_att_id = p.id AND a.value = w.value
        """,
        [prefix for prefix, _, _ in pairs],
        [value for _, _, value in pairs],
    )
    _check_found("included", texts, {row["text"] for row in rows})
    return [row["id"] for row in rows]


def _check_found(field: str, wanted: tuple[str, ...], found: set[str]) -> None:
    missing = [text for text in wanted if text not in found]
    if missing:
        raise InvalidDataError({field: [f"There is no {text}." for text in missing]})
