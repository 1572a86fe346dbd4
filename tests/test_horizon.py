"""Delays of deployments count working days."""

from datetime import date, timedelta

import pytest

from migas_tornado.targeting.horizon import horizon

MONDAY = date(2026, 1, 5)
FRIDAY = MONDAY + timedelta(days=4)
SATURDAY = MONDAY + timedelta(days=5)
SUNDAY = MONDAY + timedelta(days=6)


@pytest.mark.parametrize(
    ("start", "days", "later"),
    [
        (MONDAY, 0, 0),
        (MONDAY, 4, 4),
        (MONDAY, 5, 7),
        (MONDAY, 10, 14),
        (MONDAY, 13, 17),
        (FRIDAY, 0, 0),
        (FRIDAY, 1, 3),
        (FRIDAY, 6, 10),
    ],
)
def test_weekends_are_skipped(start, days, later):
    assert horizon(start, days) == start + timedelta(days=later)


def test_weekday_is_never_a_weekend_when_the_start_is_not():
    for day in range(5):
        for days in range(40):
            assert horizon(MONDAY + timedelta(days=day), days).weekday() < 5


def test_weekend_starts_follow_the_formula():
    next_monday = MONDAY + timedelta(days=7)
    assert horizon(SATURDAY, 0) == next_monday
    assert horizon(SUNDAY, 0) == next_monday + timedelta(days=1)


def test_negative_delay_goes_back_over_the_weekend():
    assert horizon(MONDAY, -1) == MONDAY - timedelta(days=3)
    assert horizon(FRIDAY, -4) == MONDAY


def test_delay_beyond_the_calendar_is_its_end():
    assert horizon(MONDAY, 2**31) == date.max
    assert horizon(MONDAY, -(2**31)) == date.min
    assert horizon(MONDAY, 10**30) == date.max
