"""Serves the dashboard's page and files. They hold no data: that comes from the API."""

import asyncio
from http import HTTPStatus

from handlers.base import BaseHandler
from handlers.compression import accepts_gzip
from handlers.dashboard.files import Asset, dashboard
from migas_tornado.errors import NotFoundError

FOREVER = "public, max-age=31536000, immutable"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
INTRODUCTION = (
    "This is migas-tornado, a server that manages a fleet of computers.\n"
    "Its API is documented at /docs/ and described at /api/schema/.\n"
)


class _FileHandler(BaseHandler):
    documentation = None

    def send(self, asset: Asset, caching: str) -> None:
        self.set_header("Content-Type", asset.kind)
        self.set_header("Cache-Control", caching)
        self.set_header("Etag", asset.tag)
        self.set_header("Vary", "Accept-Encoding")
        if self.request.headers.get("If-None-Match") == asset.tag:
            self.set_status(HTTPStatus.NOT_MODIFIED)
            self.finish()
            return
        content = asset.content
        if accepts_gzip(self.request.headers.get("Accept-Encoding", "")):
            self.set_header("Content-Encoding", "gzip")
            content = asset.compressed
        self.set_header("Content-Length", str(len(content)))
        self.finish(None if self.request.method == "HEAD" else content)

    def compute_etag(self) -> None:
        """Leave the ETag to `send`."""


class PageHandler(_FileHandler):
    """`/`: the page, or a few words where another dashboard is used."""

    async def get(self) -> None:
        if not self.services.settings.dashboard:
            self._introduce()
            return
        found = await asyncio.to_thread(dashboard)
        self.set_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Frame-Options", "DENY")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send(found.page, "no-cache")

    head = get

    def _introduce(self) -> None:
        """Say what this is. Contract, other-consumers: whoever checks the health asks for `/`."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish(INTRODUCTION)


class AssetHandler(_FileHandler):
    """`/dashboard/<version>/<name>`: a file, which never changes under its name."""

    async def get(self, version: str, name: str) -> None:
        found = await asyncio.to_thread(dashboard)
        if version != found.version or name not in found.assets:
            raise NotFoundError("Not found.")
        self.send(found.assets[name], FOREVER)

    head = get
