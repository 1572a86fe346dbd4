"""The statistics of the dashboard: one handler for all that are declared. Contract: stats 1, 2."""

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from handlers.api.base import ApiHandler
from migas_tornado.db import snapshot
from migas_tornado.errors import InvalidDataError, NotFoundError
from migas_tornado.resources.visibility import looking
from migas_tornado.statistics.asking import Asked, Statistic
from migas_tornado.statistics.registry import STATISTICS
from migas_tornado.statistics.synchronizations import NotAYearError

BASE = "/api/v1/token/stats"


class StatisticHandler(ApiHandler):
    """`stats/...`: a statistic; any account may ask for it."""

    def initialize(self, statistic: Statistic) -> None:
        super().initialize()
        self.statistic = statistic

    async def get(self, key: str = "") -> None:
        zone = self.services.settings.time_zone
        asked = Asked(self.caller, zone, self.language, datetime.now(zone), self._parameters(), key)
        if asked.given("format") not in (None, "", "json"):
            raise NotFoundError("Not found.")
        try:
            async with snapshot() as database:
                caller = await looking(database, self.caller)
                answer = await self.statistic.compute(database, replace(asked, caller=caller))
        except NotAYearError as error:
            self.answer([str(error)], HTTPStatus.NOT_FOUND)  # contract 2.3: a bare list
            return
        self.answer(answer)

    head = get

    def _parameters(self) -> dict[str, list[str]]:
        try:
            return {
                name: [value.decode() for value in values]
                for name, values in self.request.query_arguments.items()
            }
        except UnicodeDecodeError as error:
            raise InvalidDataError("The parameters of the URL are not UTF-8.") from error


def statistic_routes() -> list[tuple[Any, ...]]:
    """Return the route of each statistic."""
    return [
        (
            rf"{BASE}/{path.replace('{id}', '([^/]+)')}/?",
            StatisticHandler,
            {"statistic": statistic},
        )
        for path, statistic in STATISTICS.items()
    ]
