"""When a deployment begins and ends to spread, and how far it is, as SQL for whole pages.

Contract: data-model 3.9, stats-and-websocket (schedule timeline). A deployment without schedule, or
whose schedule has no delays, has no timeline.
"""

from typing import Any

from migas_tornado.resources.paths import Parameters

FARTHEST_DAY = 1_000_000
"""Days that are counted at most; other programs may have stored any number."""

_PERCENT = (
    "CASE WHEN w.ends <= w.begins THEN 100 "
    "ELSE least(100, greatest(0, (current_date - w.begins) * 100 / (w.ends - w.begins))) END"
)


def _horizon(start: str, days: str) -> str:
    counted = f"least(greatest({days}, -{FARTHEST_DAY}), {FARTHEST_DAY})::int"
    weekday = f"extract(isodow FROM {start})::int - 1"
    return f"{start} + {counted} + 2 * floor(({counted} + {weekday}) / 5.0)::int"


_WINDOW = f"""
    FROM (
        SELECT {_horizon("{t}.start_date", "c.first")} AS begins,
            {_horizon("{t}.start_date", "c.last")} AS ends
        FROM (
            SELECT min(sd.delay) AS first,
                (array_agg(sd.delay::bigint + sd.duration ORDER BY sd.delay DESC))[1] AS last
            FROM core_scheduledelay sd
            WHERE sd.schedule_id = {{t}}.schedule_id
            HAVING count(*) > 0
        ) c
    ) w
"""  # noqa: S608

TIMELINE = (
    "(SELECT json_build_object('begin_date', w.begins, 'end_date', w.ends, "
    f"'percent', {_PERCENT}) {_WINDOW})"
)
"""JSON of the timeline of the deployment `{t}`, or null."""

PERCENT = f"(SELECT {_PERCENT} {_WINDOW})"
"""How much of the timeline of the deployment `{t}` is over, 0 to 100; null without timeline."""


def percent_condition(operator: str) -> Any:
    """Return the function that turns the value of a filter into a condition on the percentage."""

    def condition(value: str, parameters: Parameters, caller: Any) -> str:
        try:
            limit = float(value)
        except ValueError as error:
            raise ValueError("Enter a number.") from error
        return f"{PERCENT.replace('{t}', 't')} {operator} {parameters.add(limit, 'float8')}"

    return condition
