"""Names that projects had before, under which clients go on. Contract: decisions, renaming.

A former name and its directory belong to the project for as long as it exists: nobody else may be
called like that, because whoever still uses the name would end up there.
"""

from migas_tornado.db import Connection

NAMES_LOCK = 0x6D696761_00000003
"""Advisory lock of whoever gives a project a name, so that no two take one at the same time."""

ID_BY_NAME = """coalesce(
    (SELECT id FROM core_project WHERE name = $1),
    (SELECT project_id FROM core_formername WHERE name = $1)
)"""
"""Id of the project that a name leads to: the one that has it, or else the one that had it."""

ID_BY_SLUG = """coalesce(
    (SELECT id FROM core_project WHERE slug = $1),
    (SELECT project_id FROM core_formername WHERE slug = $1 LIMIT 1)
)"""
"""The same for the directory; several names that one project had may give the same."""


async def lock_names(database: Connection) -> None:
    """Wait until nobody else is about to name a project; it lasts as long as the transaction."""
    await database.execute("SELECT pg_advisory_xact_lock($1)", NAMES_LOCK)


async def former_owner(
    database: Connection, name: str, slug: str, but: int | None = None
) -> str | None:
    """Return what the project is called now that had a name, or its directory, before.

    Args:
        database: connection.
        name: the name.
        slug: the directory that it gives.
        but: id of a project that may have it back.
    """
    return await database.fetchval(
        "SELECT p.name FROM core_formername f JOIN core_project p ON p.id = f.project_id "
        "WHERE (f.name = $1 OR f.slug = $2) AND p.id IS DISTINCT FROM $3 LIMIT 1",
        name,
        slug,
        but,
    )


def taken_text(owner: str) -> str:
    """Return why a former name of a project cannot be another's."""
    return f"The project {owner} was called like this before, and its clients still use the name."


async def keep_former_name(
    database: Connection, project_id: int, name: str, slug: str, new: str
) -> None:
    """Write down what a project was called; the name that it has now is no former one any more."""
    await database.execute(
        "DELETE FROM core_formername WHERE project_id = $1 AND name = $2", project_id, new
    )
    await database.execute(
        "INSERT INTO core_formername (name, slug, project_id) VALUES ($1, $2, $3)",
        name,
        slug,
        project_id,
    )


async def former_slugs(database: Connection, project_id: int) -> set[str]:
    """Return the directories that a project had, perhaps the present one among them."""
    rows = await database.fetch(
        "SELECT DISTINCT slug FROM core_formername WHERE project_id = $1", project_id
    )
    return {row["slug"] for row in rows}


async def leads_to(database: Connection, name: str, project_id: int) -> bool:
    """Tell whether a name is that of a project, or was."""
    return await database.fetchval(f"SELECT {ID_BY_NAME} = $2", name, project_id) is True
