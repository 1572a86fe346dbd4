"""Schedules and their delays. Contract: admin-api 5.6, data-model 3.8."""

from migas_tornado.models.deployments import Schedule, ScheduleDelay
from migas_tornado.resources.declaration import Resource, Writable
from migas_tornado.resources.declared.shapes import NATURAL
from migas_tornado.resources.filters import along, text, within
from migas_tornado.resources.shapes import ID_NAME, Computed, Ids, Many, One
from migas_tornado.resources.visibility import by_link

MOST_DAYS = 10_000
"""Working days: some forty years; with more, the calendar would end before the schedule."""

SCHEDULES = Resource(
    path="schedules",
    title="schedule",
    model=Schedule,
    permission="core.schedule",
    read=(
        "id",
        "name",
        "description",
        Computed(
            "delays_count",
            "(SELECT count(*) FROM core_scheduledelay dc WHERE dc.schedule_id = {t}.id)",
            {"type": "integer"},
        ),
    ),
    written=("id", "name", "description"),
    writable=Writable(("name", "description"), required=("name",)),
    order=("name",),
    ordered_by={
        "delays_count": "(SELECT count(*) FROM core_scheduledelay dc WHERE dc.schedule_id = t.id)"
    },
    search=("name",),
    filters=(
        *within("id"),
        *text("name"),
        *along(delays__id="delays__id", deployment__id="deployments__id"),
    ),
    export_name="schedule",
    export=("id", "name", "description"),
)

SCHEDULE_DELAYS = Resource(
    path="schedule-delays",
    title="schedule delay",
    model=ScheduleDelay,
    permission="core.scheduledelay",
    read=(
        "id",
        "delay",
        "duration",
        Many(
            "attributes",
            (
                "id",
                One("property_att", ("id", "prefix", "sort")),
                "value",
                "description",
                "longitude",
                "latitude",
            ),
            order=NATURAL,
            only_visible=True,
        ),
        One("schedule", ID_NAME),
    ),
    written=("id", "delay", "duration", Ids("attributes"), "schedule"),
    writable=Writable(
        ("delay", "duration", "attributes", "schedule"),
        required=("delay", "schedule"),
        least={"delay": -MOST_DAYS, "duration": 1},
        most={"delay": MOST_DAYS, "duration": MOST_DAYS},
    ),
    order=("delay",),
    filters=(*within("schedule__id"), *text("schedule__name")),
    visible=by_link("core_scheduledelay_attributes", "scheduledelay_id", or_none=True),
    text="((SELECT s.name FROM core_schedule s WHERE s.id = {t}.schedule_id) "
    "|| ' (' || {t}.delay || ')')",
)

RESOURCES = (SCHEDULES, SCHEDULE_DELAYS)
