"""The repository key: made in a thread when the server first starts, then at hand."""

import asyncio
import contextlib
from pathlib import Path

from migas_tornado.errors import MigasError
from migas_tornado.pms import system
from migas_tornado.repositories import openpgp

FILE_NAME = "migasfree-repository.asc"


class RepositoryKey:
    """The OpenPGP key that signs the metadata of repositories.

    Making it takes up to seconds; whoever needs it before waits, all for the same making.
    """

    def __init__(self, directory: Path, server_names: tuple[str, ...] = ()) -> None:
        self.path = directory / FILE_NAME
        self._server_names = server_names
        self._public = ""
        self._state: tuple[tuple[int, int] | None, ...] = ()
        self._lock = asyncio.Lock()

    async def prepare(self) -> None:
        """Make the key ahead of its first use; what fails now is told at that use."""
        with contextlib.suppress(MigasError, OSError):
            await self.public()

    async def signer(self, pms: str) -> openpgp.KeySigner:
        """Return what signs for a package management system, making keys where there are none."""
        await self.public()
        if system(pms).has_client_key:
            await self.client_key(pms)
        return openpgp.KeySigner(self.path, self._server_names)

    async def client_key(self, pms: str) -> str:
        """Return the key of another kind that a package management system needs."""
        return await asyncio.to_thread(system(pms).client_key, self.path.parent)

    async def public(self) -> str:
        """Return the armoured public key; while a rotation lasts, the previous one follows it."""
        async with self._lock:
            if not self.path.exists():
                await asyncio.to_thread(openpgp.create_key, self.path)
            state = _state(self.path), _state(openpgp.previous_path(self.path))
            if self._state != state:  # not read before, or rotated by a command
                self._public = await asyncio.to_thread(openpgp.public_keys, self.path)
                self._state = state
            return self._public


def _state(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_ino
