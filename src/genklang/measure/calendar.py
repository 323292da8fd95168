"""Local days and the periods they belong to. Instants are microseconds since the epoch, UTC."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Period = Literal["week", "month", "quarter", "year"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECONDS_PER_DAY = 86_400_000_000
DAYS_PER_MONTH = 365.2425 / 12


def instant_of(moment: datetime) -> int:
    """Microseconds since the epoch of an aware moment, exactly."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(instant: int) -> datetime:
    """The aware moment, in UTC, of microseconds since the epoch."""
    return _EPOCH + timedelta(microseconds=instant)


def local_day(zone: str) -> Callable[[int], date]:
    """Return the function from an instant to its day in the zone."""
    there = ZoneInfo(zone)

    def day(instant: int) -> date:
        return moment_of(instant).astimezone(there).date()

    return day


def start_of(period: Period, day: date) -> date:
    """The first day of the week (Monday), month, quarter or year that the day lies in."""
    if period == "week":
        return day - timedelta(days=day.weekday())
    if period == "month":
        return day.replace(day=1)
    if period == "quarter":
        return day.replace(month=day.month - (day.month - 1) % 3, day=1)
    return day.replace(month=1, day=1)


def next_start(period: Period, start: date) -> date:
    """The first day of the period after the one that begins on `start`."""
    length = {"week": 7, "month": 31, "quarter": 92, "year": 366}[period]
    return start_of(period, start + timedelta(days=length))


def whole_periods(period: Period, first: date, last: date) -> list[date]:
    """The periods that lie wholly from `first` up to, but not including, `last`, by their first day."""
    begun = start_of(period, first)
    start = begun if begun == first else next_start(period, begun)
    starts = []
    while (after := next_start(period, start)) <= last:
        starts.append(start)
        start = after
    return starts


def months_between(start: int, end: int) -> float:
    """Length in average months (30.436875 days) between two instants; 0 where the end is before the start."""
    return max(end - start, 0) / MICROSECONDS_PER_DAY / DAYS_PER_MONTH
