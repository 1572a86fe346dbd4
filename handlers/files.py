"""Files below the public directory: repositories and packages. Contract: repositories 1.

A large site lets its proxy serve the directory; this does the same, and reads in a thread.
"""

import asyncio
import mimetypes
import os
import stat
from pathlib import Path

from handlers.ranged import RangedHandler
from migas_tornado.errors import NotFoundError
from migas_tornado.open_files import OpenFile

NO_SCRIPTS = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"
"""Policy for what others have uploaded: as a page of its own, a picture must not do anything."""


class PublicFileHandler(RangedHandler):
    """`/public/...`: a file, or a part of it."""

    async def head(self, path: str) -> None:
        await self.get(path)

    async def get(self, path: str) -> None:
        file = await asyncio.to_thread(_open, self.services.settings.public_dir, path)
        self.set_header("Content-Type", _content_type(path))
        self.set_header("Content-Security-Policy", NO_SCRIPTS)
        try:
            await self.serve(file)
        finally:
            file.close()


class LegacyFileHandler(PublicFileHandler):
    """`/repo/...`: the same files, as old installations call them."""

    documentation = None


def _open(root: Path, path: str) -> OpenFile:
    """Open a regular file below the public directory.

    Hidden names are not served: what is being built has them. Links are followed, because
    repositories are made of links, but not out of the directory.
    """
    parts = path.split("/")
    if "\x00" in path or any(part in ("", ".", "..") or part.startswith(".") for part in parts):
        raise NotFoundError("Not found.")
    try:
        real = Path(os.path.realpath(root.joinpath(*parts), strict=True))
        if not real.is_relative_to(os.path.realpath(root)):
            raise NotFoundError("Not found.")
        file = real.open("rb")
    except OSError as error:
        raise NotFoundError("Not found.") from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise NotFoundError("Not found.")
    return OpenFile.of(file)


def _content_type(path: str) -> str:
    if path.endswith(".deb"):
        return "application/vnd.debian.binary-package"
    kind, encoding = mimetypes.guess_type(path)
    # A compressed file is sent as it is: it must not be taken for a content encoding.
    return "application/octet-stream" if encoding or kind in (None, "text/html") else kind
