"""Files below the public directory: repositories and packages. Contract: repositories 1.

A large site lets its proxy serve the directory; this does the same, and reads in a thread.
"""

import asyncio
import mimetypes
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from handlers.ranged import RangedHandler
from migas_tornado.errors import NotFoundError
from migas_tornado.open_files import OpenFile
from migas_tornado.pms import is_package_file

NO_SCRIPTS = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"
"""Policy for what others have uploaded: as a page of its own, a picture must not do anything."""
SIGNATURES = ("sig", "asc", "gpg")
"""Suffixes of files that sign the file beside them."""


@dataclass(frozen=True, slots=True)
class _LastFile:
    """A file that was fetched: by which path, and where it is, links followed."""

    path: str
    real: Path


class PublicFileHandler(RangedHandler):
    """`/public/...`: a file, or a part of it."""

    async def head(self, path: str) -> None:
        await self.get(path)

    async def get(self, path: str) -> None:
        root = self.services.settings.public_dir
        file = await asyncio.to_thread(_open, root, path, self._last_file())
        self._remember(path, Path(file.file.name))
        self.set_header("Content-Type", _content_type(path))
        self.set_header("Content-Security-Policy", NO_SCRIPTS)
        try:
            await self.serve(file, is_final=is_package_file(path))
        finally:
            file.close()

    def _last_file(self) -> "_LastFile | None":
        """Return what was last fetched over this connection, if one client has it for itself."""
        if "X-Forwarded-For" in self.request.headers:
            return None
        return getattr(self.request.connection.context, "last_public_file", None)

    def _remember(self, path: str, real: Path) -> None:
        self.request.connection.context.last_public_file = _LastFile(path, real)


class LegacyFileHandler(PublicFileHandler):
    """`/repo/...`: the same files, as old installations call them."""

    documentation = None


def _open(root: Path, path: str, last: _LastFile | None = None) -> OpenFile:
    """Open a regular file below the public directory.

    Hidden names are not served: what is being built has them. Links are followed, because
    repositories are made of links, but not out of the directory. The signature of what was last
    fetched is that of the same version, also when the repository was switched in between.
    """
    parts = path.split("/")
    if "\x00" in path or any(part in ("", ".", "..") or part.startswith(".") for part in parts):
        raise NotFoundError("Not found.")
    try:
        signature = _signature_of(last, path)
        real = Path(os.path.realpath(signature or root.joinpath(*parts), strict=True))
        if not real.is_relative_to(os.path.realpath(root)):
            raise NotFoundError("Not found.")
        file = real.open("rb")
    except OSError as error:
        raise NotFoundError("Not found.") from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise NotFoundError("Not found.")
    return OpenFile.of(file)


def _signature_of(last: _LastFile | None, path: str) -> Path | None:
    """Return the file of a signature that lies beside what was last fetched."""
    signed, _, suffix = path.rpartition(".")
    if last is None or last.path != signed or suffix not in SIGNATURES:
        return None
    signature = last.real.with_name(f"{last.real.name}.{suffix}")
    return signature if signature.is_file() else None


def _content_type(path: str) -> str:
    if path.endswith(".deb"):
        return "application/vnd.debian.binary-package"
    kind, encoding = mimetypes.guess_type(path)
    # A compressed file is sent as it is: it must not be taken for a content encoding.
    return "application/octet-stream" if encoding or kind in (None, "text/html") else kind
