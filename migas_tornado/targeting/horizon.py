"""The day on which a delay counted in working days is over. Contract: agent-v5 6.5."""

from datetime import date, timedelta


def horizon(start: date, days: int) -> date:
    """Add working days to a date.

    Contract: agent-v5 6.5, the formula is the rule: also from a weekend (from a Saturday, 0 days
    give Monday; from a Sunday, Tuesday) and with negative days.

    Args:
        start: the first day.
        days: working days; so many that the calendar ends give its last or first day.
    """
    offset = days + 2 * ((days + start.weekday()) // 5)
    try:
        return start + timedelta(days=offset)
    except OverflowError:
        return date.max if offset > 0 else date.min
