"""The service that builds images. Contract: admin-api 5.17."""

from migas_tornado.db import Connection
from migas_tornado.errors import UnavailableError


async def task_of(database: Connection, build_id: int) -> str:
    """Return the identifier that a build has at the builder; empty if it never got there."""
    return await database.fetchval("SELECT task_id FROM mgi_build WHERE id = $1", build_id)


def ask_builder() -> None:
    """Reach the builder.

    Raises:
        UnavailableError: this server has none.
    """
    raise UnavailableError("This server has no image builder, so that nothing was done.")
