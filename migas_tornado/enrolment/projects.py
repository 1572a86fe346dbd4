"""Projects as requests need them: found by name, also a former one, without a query each time."""

import time
from dataclasses import dataclass

from migas_tornado.db import connection
from migas_tornado.enrolment.former_names import ID_BY_NAME, ID_BY_SLUG
from migas_tornado.errors import NotFoundError
from migas_tornado.slugs import slugify

REMEMBERED_SECONDS = 5.0
"""How long another replica's change may go unnoticed here when the bus is cut off."""


_FIND = f"""
    SELECT p.id, p.name, p.slug, p.pms, p.architecture, p.auto_register_computers,
        f.id AS platform_id, f.name AS platform
    FROM core_project p
    JOIN core_platform f ON f.id = p.platform_id
    WHERE p.id = {ID_BY_NAME}
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Project:
    """The facts of a project that a call of an agent depends on."""

    id: int
    name: str
    slug: str
    pms: str
    architecture: str
    auto_register_computers: bool
    platform_id: int
    platform: str


class Projects:
    """Finds projects by name, remembering them for a few seconds."""

    def __init__(self) -> None:
        self._remembered: dict[str, tuple[float, Project]] = {}

    async def find(self, name: str) -> Project | None:
        """Return the project that has exactly this name, or had it before, or None."""
        remembered = self._remembered.get(name)
        if remembered and time.monotonic() - remembered[0] < REMEMBERED_SECONDS:
            return remembered[1]
        async with connection() as database:
            row = await database.fetchrow(_FIND, name)
        if row is None:
            self._remembered.pop(name, None)
            return None
        project = Project(**row)
        self._remembered[name] = (time.monotonic(), project)
        return project

    async def get(self, name: object) -> Project:
        """Return the project that has exactly this name, or had it before.

        Raises:
            NotFoundError: when there is none, or when the name is not a text.
        """
        project = await self.find(name) if isinstance(name, str) and "\x00" not in name else None
        if project is None:
            raise NotFoundError("No Project matches the given query.")
        return project

    def forget(self) -> None:
        """Look every project up again; call it after a project or platform changed."""
        self._remembered.clear()


async def is_name_taken(name: str) -> bool:
    """Tell whether a name would give the directory that a project has or had."""
    async with connection() as database:
        return await database.fetchval(f"SELECT {ID_BY_SLUG} IS NOT NULL", slugify(name))
