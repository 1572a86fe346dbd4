"""Statistics of notifications. Contract: 2.5."""

from migas_tornado.db import Connection
from migas_tornado.resources.paths import Parameters
from migas_tornado.statistics.asking import Asked, Statistic
from migas_tornado.statistics.intervals import months
from migas_tornado.statistics.shapes import (
    INTERVAL_QUERY,
    SERIES,
    Counted,
    Item,
    placed,
    series,
    within,
)


async def _by_month(database: Connection, asked: Asked) -> Item:
    interval = months(asked)
    parameters = Parameters()
    columns = f"t.checked AS key, {placed(parameters, 't.created_at', interval.bounds)} AS place"
    counted = Counted("client_notification t", where=within(parameters, "t.created_at", interval))
    sql = counted.sql(asked, parameters, columns, "GROUP BY 1, 2")
    rows = await database.fetch(sql, *parameters.values)
    return series(
        interval,
        {True: asked.label("Checked"), False: asked.label("Unchecked")},
        rows,
        lambda is_checked, value, limits: {
            "value": value,
            "model": "notification",
            **limits,
            "checked__exact": int(is_checked),
        },
    )


STATISTICS = (
    Statistic(
        "notifications/month", "Count notifications by month", SERIES, _by_month, INTERVAL_QUERY
    ),
)
