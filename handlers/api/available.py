"""Lists of what a computer may choose. Contract: admin-api 5.15, 5.16."""

from typing import Any

from handlers.api.resources import ListHandler
from migas_tornado.catalog.choosers import find_chooser
from migas_tornado.db import connection


class AvailableHandler(ListHandler):
    """`R/available/?cid=`: the records that a computer of the caller may choose from."""

    kinds = "L"

    async def answer_list(self, given: dict[str, Any]) -> None:
        async with connection() as database:
            await find_chooser(database, self.caller, str(given.get("cid") or ""))
        await super().answer_list(given)
