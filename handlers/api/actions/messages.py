"""What computers are doing now. Contract: admin-api 5.12."""

from http import HTTPStatus
from typing import Any

from handlers.api.resources import ListHandler, RecordHandler
from migas_tornado.computers.activity import end_message
from migas_tornado.db import transaction
from migas_tornado.errors import NotFoundError
from migas_tornado.resources.declared.messages import MESSAGES
from migas_tornado.resources.pages import Page
from migas_tornado.resources.reading import find_visible


class MessagesHandler(ListHandler):
    """`messages/`: a list whose last page is there however far a caller asks."""

    kinds = "L"

    async def answer_list(self, given: dict[str, Any]) -> None:
        try:
            await super().answer_list(given)
        except NotFoundError:
            await super().answer_list({**given, "page": "last"})

    def _envelope(self, page: Page) -> str:
        counted, _, results = super()._envelope(page)[1:-1].partition(',"results":')
        return f'{{"results":{results},{counted}}}'


class MessageHandler(RecordHandler):
    """`messages/{id}/`: deleted, or not there."""

    kinds = "D"

    async def delete(self, key: str) -> None:
        async with transaction() as database:
            try:
                found = await find_visible(database, self.resource, self.caller, key, lock=True)
            except NotFoundError:
                pass
            else:
                await end_message(database, found)
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()


ROUTES = (
    (r"/api/v1/token/messages(?:/|\.json)?", MessagesHandler, MESSAGES),
    (r"/api/v1/token/messages/([0-9]+)(?:/|\.json)?", MessageHandler, MESSAGES),
)
