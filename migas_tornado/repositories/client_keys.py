"""The key text that agents hand to their package manager. Contract: agent-v5 3, repositories 5.5.

It is the OpenPGP key; on a server with projects whose package manager needs a key of another kind,
that one stands before it, where every tool that wants the OpenPGP key passes it over.
"""

import time

from migas_tornado.db import connection
from migas_tornado.pms import systems
from migas_tornado.repositories.keys import RepositoryKey

REMEMBERED_SECONDS = 5.0
"""How long the first project of a package management system may go unnoticed."""


class ClientKeys:
    """Puts the key text together, and remembers its parts.

    Args:
        repository_key: the OpenPGP key, which knows of the others.
    """

    def __init__(self, repository_key: RepositoryKey) -> None:
        self._repository_key = repository_key
        self._further = ""
        self._looked_at = -REMEMBERED_SECONDS

    async def text(self) -> str:
        """Return all keys that a computer of this server may need."""
        if time.monotonic() - self._looked_at >= REMEMBERED_SECONDS:
            self._further = "".join(
                [await self._repository_key.client_key(pms) for pms in await _with_keys()]
            )
            self._looked_at = time.monotonic()
        return self._further + await self._repository_key.public()


async def _with_keys() -> list[str]:
    """Return the package management systems of projects that need keys of another kind."""
    wanted = [name for name, system in systems().items() if system.has_client_key]
    async with connection() as database:
        rows = await database.fetch(
            "SELECT DISTINCT pms FROM core_project WHERE pms = ANY($1::text[]) ORDER BY pms", wanted
        )
    return [row["pms"] for row in rows]
