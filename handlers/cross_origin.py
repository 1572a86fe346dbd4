"""What pages of other origins may call. Contract: admin-api 1.7, dashboard-client 1."""

from typing import ClassVar

from handlers.base import BaseHandler

ALLOWED_HEADERS = (
    "accept, accept-language, authorization, content-type, user-agent, x-csrftoken, "
    "x-requested-with"
)
EXPOSED_HEADERS = "Content-Disposition, Retry-After"
PREFLIGHT_SECONDS = 86_400


class CrossOriginHandler(BaseHandler):
    """A call whose answer any page may read: it depends on no cookie that others could use."""

    cross_origin_methods: ClassVar[str] = "DELETE, GET, OPTIONS, PATCH, POST, PUT"

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("Access-Control-Expose-Headers", EXPOSED_HEADERS)

    async def options(self, *_: str) -> None:
        self.set_header("Access-Control-Allow-Headers", ALLOWED_HEADERS)
        self.set_header("Access-Control-Allow-Methods", self.cross_origin_methods)
        self.set_header("Access-Control-Max-Age", str(PREFLIGHT_SECONDS))
        self.finish()
