"""Plain URLs that agents of protocol 4, and people beside them, ask. Contract: agent-v4 7."""

from html import escape
from http import HTTPStatus
from typing import Any

from handlers.base import BaseHandler
from handlers.legacy.answering import LegacyHandler
from migas_tornado.db import connection
from migas_tornado.errors import ForbiddenError, NotFoundError
from migas_tornado.legacy.senders import Known
from migas_tornado.legacy.shown import find_shown, label_of, shown_computer

PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{search}</title>
<style>
body {{ font-family: sans-serif; }}
main {{ border: 1px solid; border-radius: 1em; max-width: 26em; padding: 1em; }}
h1 {{ margin: 0; overflow-wrap: anywhere; }}
p {{ margin: 0.4em 0 0; overflow-wrap: anywhere; }}
</style>
</head>
<body>
<main>
<h1>{search}</h1>
<p>{uuid}</p>
<p>{server}</p>
<p>{helpdesk}</p>
</main>
</body>
</html>
"""


class RepositoryKeyHandler(BaseHandler):
    """`/get_key_repositories`: the key that signs repositories, as package managers import it."""

    async def get(self) -> None:
        key = await self.services.repository_key.public()
        self.set_header("Content-Type", "text/plain")
        await self.finish(key)

    async def post(self) -> None:
        raise ForbiddenError("This is only read.")


class RepositoryUrlTemplateHandler(BaseHandler):
    """`/api/v1/public/repository-url-template/`: where repositories are."""

    async def post(self) -> None:
        scheme = self.site.partition("://")[0]
        self.set_header("Content-Type", "text/plain")
        # With quotes, which clients remove.
        await self.finish(f'"{scheme}://{{server}}/public/{{project}}/repos"')


class _ShownHandler(LegacyHandler):
    """What anybody may know of a computer; asked for too often, one address has to wait."""

    async def find(self, uuid: str) -> Known:
        """Return the computer that is asked for.

        Raises:
            NotFoundError: there is none.
        """
        services = self.services
        services.throttle.take(
            services.settings.anonymous_calls_per_minute, f"computer shown to {self.address}"
        )
        name = self.get_query_argument("name", "")
        async with connection() as database:
            known = await find_shown(database, uuid, name)
        if known is None:
            raise NotFoundError("No Computer matches the given query.")
        return known

    async def shown(self, known: Known) -> dict[str, Any]:
        """Return what is told of a computer."""
        async with connection() as database:
            return await shown_computer(database, known.computer, self.services.settings)


class ComputerInfoHandler(_ShownHandler):
    """`/get_computer_info/`: what stands on the label, and the tags."""

    async def get(self) -> None:
        known = await self.find(self.get_query_argument("uuid", ""))
        self.answer(await self.shown(known))

    async def post(self) -> None:
        raise ForbiddenError("This is only read.")


class LabelHandler(_ShownHandler):
    """`/computer/{uuid}/label/`: a page to print and stick on the computer."""

    async def get(self, uuid: str) -> None:
        known = await self.find(uuid)
        texts = label_of(await self.shown(known))
        page = PAGE.format(language=self.language, **{k: escape(v) for k, v in texts.items()})
        self.set_status(HTTPStatus.OK)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", PAGE_POLICY)
        await self.finish(page)
