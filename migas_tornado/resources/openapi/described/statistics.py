"""The statistics, as they are declared. Contract: stats-and-websocket 2."""

from migas_tornado.resources.openapi.calls import Operation
from migas_tornado.statistics.registry import STATISTICS

BASE = "/api/v1/token/stats/"

OPERATIONS: dict[str, dict[str, Operation]] = {
    f"{BASE}{path}/": {
        "get": Operation(
            statistic.summary,
            answer=statistic.schema,
            query=statistic.query,
            errors=statistic.errors or (400, 404),
        )
    }
    for path, statistic in STATISTICS.items()
}
