"""What there is below a path of the API. Contract: admin-api 1.1."""

from handlers.api.base import ApiHandler
from migas_tornado.resources.registry import RESOURCES

BASE = "/api/v1/token/"


class IndexHandler(ApiHandler):
    """The absolute URLs of the resources below a path, by name."""

    async def get(self, folder: str = "") -> None:
        below = f"{folder}/" if folder else ""
        names = sorted(
            path.removeprefix(below)
            for path in RESOURCES
            if path.startswith(below) and "/" not in path.removeprefix(below)
        )
        folders = [] if folder else sorted({p.partition("/")[0] for p in RESOURCES if "/" in p})
        self.answer(
            {name: f"{self.site}{BASE}{below}{name}/" for name in sorted({*names, *folders})}
        )

    head = get
