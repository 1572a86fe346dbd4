"""The stretches of time that series count in, by the server's clock. Contract: 1.3.

What cannot be read as a month, day or hour is passed over, as if it were not there.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from migas_tornado.errors import InvalidDataError
from migas_tornado.statistics.asking import Asked

MONTHS = 18
DAYS = 35
HOURS = 72
FIRST_YEAR, LAST_YEAR = 1900, 2999
MOST_POINTS = 10_000
"""Points of an answer, all its series together; more would keep others waiting."""

DAY_FORM = "%Y-%m-%d"
MOMENT_FORM = "%Y-%m-%dT%H:%M:%S"
_MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})")
_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_HOUR = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})T([0-9]{1,2})")


@dataclass(frozen=True, slots=True)
class Interval:
    """Buckets in a row."""

    bounds: tuple[datetime, ...]
    """Start of each bucket, and the end of the last."""
    usual: int
    """How many buckets there are when nothing is asked for."""
    form: str
    """How a bound is written in the filters of points."""
    label_form: str

    def __len__(self) -> int:
        return len(self.bounds) - 1

    @property
    def labels(self) -> list[str]:
        """One label for each bucket."""
        return [start.strftime(self.label_form) for start in self.bounds[:-1]]

    def limits(self, place: int) -> dict[str, str]:
        """Return the filters that a list needs to show what is in a bucket."""
        start, end = self.bounds[place], self.bounds[place + 1]
        return {
            "created_at__gte": start.strftime(self.form),
            "created_at__lt": end.strftime(self.form),
        }

    def check_points(self, series: int) -> None:
        """Check that so many series fit into an answer.

        Raises:
            InvalidDataError: they have too many points.
        """
        most = max(self.usual, MOST_POINTS // max(series, 1))
        if len(self) > most:
            raise InvalidDataError(f"The interval has more than {most} points.")


def months(asked: Asked, form: str = DAY_FORM) -> Interval:
    """Return the months that are asked for; that of `end` is not among them."""
    begin = _month_number(asked.given("begin"))
    end = _month_number(asked.given("end"))
    if end is None:
        end = asked.now.year * 12 + asked.now.month if begin is None else begin + MONTHS
    if begin is None:
        begin = end - MONTHS
    begin, end = sorted((begin, end))

    def start(number: int) -> datetime:
        return datetime(number // 12, number % 12 + 1, 1, tzinfo=asked.zone)

    _check_length(end - begin)
    bounds = tuple(start(number) for number in range(begin, end + 1))
    return Interval(bounds, MONTHS, form, "%Y-%m")


def days(asked: Asked, form: str = DAY_FORM, *, with_end: bool = True) -> Interval:
    """Return the days that are asked for, the last of them among them or not."""
    default = midnight(asked.now) + timedelta(days=1)
    end = _parsed(_DAY, asked.given("end"), asked.zone) or default
    begin = _parsed(_DAY, asked.given("begin"), asked.zone) or end - timedelta(days=DAYS)
    begin, end = sorted((begin, end))
    count = (end.date() - begin.date()).days + with_end
    _check_length(count)
    # Arithmetic on datetimes with a zone is by the clock on the wall: midnights stay midnights.
    bounds = tuple(begin + timedelta(days=number) for number in range(count + 1))
    return Interval(bounds, DAYS + 1, form, DAY_FORM)


def hours(asked: Asked, *, is_live: bool = False) -> Interval:
    """Return the hours that are asked for.

    An hour that the clock shows twice is two buckets of the same name.

    Args:
        asked: with `begin` and `end`.
        is_live: from this hour to the next one, both included, instead of the last three days.
    """
    this = asked.now.replace(minute=0, second=0, microsecond=0)
    begin = _parsed(_HOUR, asked.given("begin"), asked.zone)
    end = _parsed(_HOUR, asked.given("end"), asked.zone)
    if is_live:
        begin = begin or this
        end = end or later(begin, 1)
    else:
        end = end or later(this, 1)
        begin = begin or later(end, -HOURS)
    begin, end = sorted((begin, end), key=datetime.timestamp)
    count = round((end.timestamp() - begin.timestamp()) / 3600) + is_live
    _check_length(count)
    bounds = tuple(later(begin, number) for number in range(count + 1))
    label_form = "%Y-%m-%d %H:00" if is_live else "%Y-%m-%d %H:00:00"
    return Interval(bounds, HOURS, MOMENT_FORM, label_form)


def later(moment: datetime, hours_: int) -> datetime:
    """Return a moment some hours later, in the same zone, also across a change of the clocks."""
    return (moment.astimezone(UTC) + timedelta(hours=hours_)).astimezone(moment.tzinfo)


def midnight(moment: datetime) -> datetime:
    """Return the start of the day of a moment."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def day(text: str, zone: ZoneInfo) -> datetime | None:
    """Return the start of a day in a zone; None for what is no day."""
    return _parsed(_DAY, text, zone)


def _parsed(form: re.Pattern[str], text: str | None, zone: ZoneInfo) -> datetime | None:
    found = form.fullmatch(text or "")
    if not found:
        return None
    try:
        moment = datetime(*map(int, found.groups()), tzinfo=zone)
    except ValueError:
        return None
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else None


def _month_number(text: str | None) -> int | None:
    """Return the months since the year 0 at the beginning of one."""
    found = _MONTH.fullmatch(text or "")
    if not found:
        return None
    year, month = int(found[1]), int(found[2])
    is_month = 1 <= month <= 12 and FIRST_YEAR <= year <= LAST_YEAR
    return year * 12 + month - 1 if is_month else None


def _check_length(count: int) -> None:
    if count > MOST_POINTS:
        raise InvalidDataError(f"The interval has more than {MOST_POINTS} points.")
