"""Repositories of upstreams as package managers ask for them. Contract: agent-v5 4.1."""

from http import HTTPStatus
from typing import Any, ClassVar

from handlers.cross_origin import CrossOriginHandler
from handlers.ranged import RangedHandler
from migas_tornado.external.failures import UnverifiableError, UpstreamError
from migas_tornado.external.source import find_source, split_path


class ExternalFileHandler(CrossOriginHandler, RangedHandler):
    """`/src/P/external/D/...`: a file of the upstream of the deployment D of the project P."""

    cross_origin_methods: ClassVar[str] = "GET, HEAD, OPTIONS"

    async def head(self, path: str) -> None:
        await self.get(path)

    async def get(self, path: str) -> None:
        parts, is_directory = split_path(path)
        source = await find_source(parts)
        resource = "/".join(parts[3:])
        try:
            file = await self.services.mirror.open(
                source, resource, self._asked_by, is_directory=is_directory
            )
        except UpstreamError as error:
            self.answer({"detail": str(error)}, error.answered or HTTPStatus.BAD_GATEWAY)
            return
        except UnverifiableError as error:
            self.answer({"detail": str(error)}, HTTPStatus.INTERNAL_SERVER_ERROR)
            return
        if file is None:
            self.set_status(HTTPStatus.NO_CONTENT)
            return
        self.set_header("Content-Type", "application/octet-stream")
        self.set_header("Content-Disposition", f'attachment; filename="{parts[-1]}"')
        try:
            await self.serve(file, is_final=source.is_permanent(resource))
        finally:
            file.close()

    def answer(self, value: Any, status: int = HTTPStatus.OK) -> None:
        """Write an error as a plain text, which is what package managers show."""
        detail = self.translated(value)["detail"]
        self.set_status(status)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{detail}\n")

    @property
    def _asked_by(self) -> str:
        peer, address = self.request.remote_ip, self.address
        return peer if address == peer else f"{peer}/{address}"
