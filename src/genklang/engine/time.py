"""Time as the engine knows it: instants are whole microseconds since 1970 in UTC, recurrences are local wall time in a
zone.

Local datetimes are never subtracted from each other: Python would say 12 h for the 11 h of a night when the clock is
put forward.
"""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from genklang.engine.offsets import Offsets
from genklang.protocol.types import ClockChange
from genklang.protocol.units import HOUR, MINUTE, Duration

if TYPE_CHECKING:
    from genklang.engine.offsets import Instants

DAY = 24 * HOUR
NEVER = 1 << 62
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = _EPOCH.date()
_ONE_MICROSECOND = timedelta(microseconds=1)
_LONGEST_SEARCH = 400  # days; a slot that does not come in a year never comes


def to_instant(moment: datetime) -> int:
    """Microseconds since 1970 of a datetime that knows its offset from UTC."""
    return (moment.astimezone(UTC) - _EPOCH) // _ONE_MICROSECOND


def parse_instant(written: str) -> int:
    """Read ISO 8601 with an offset, for example "2026-03-29T08:05:00+02:00".

    Raises ValueError, also where the offset is missing.
    """
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        raise ValueError("has no time zone")
    return to_instant(moment)


def format_instant(instant: int) -> str:
    """ISO 8601 in UTC: "2026-03-29T06:05:00Z", with microseconds only where there are any."""
    return (_EPOCH + timedelta(microseconds=instant)).replace(tzinfo=None).isoformat() + "Z"


class Zone:
    """An IANA time zone, reckoned in instants.

    Raises zoneinfo.ZoneInfoNotFoundError (a KeyError) for an unknown name.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._info = ZoneInfo(name)
        self._offsets = Offsets(self._info)

    def local(self, instant: int) -> datetime:
        """The wall clock at an instant."""
        return (_EPOCH + timedelta(microseconds=instant)).astimezone(self._info)

    def moments(self, wall: datetime) -> tuple[int, ...]:
        """The instants at which the clock shows `wall` (naive): one; two when it is put back, none when put forward."""
        offsets = [self._offset(wall, fold=fold) for fold in (0, 1)]
        instants = [_naive(wall) - offset for offset in offsets]
        if offsets[0] == offsets[1]:
            return (instants[0],)
        return tuple(instant for instant in instants if self.local(instant).replace(tzinfo=None, fold=0) == wall)

    def first_after_gap(self, wall: datetime) -> int:
        """The first instant that exists after a wall time that does not."""
        start, stop = (_naive(wall) - self._offset(wall, fold=fold) for fold in (1, 0))
        before = self.local(start).utcoffset()
        return start + bisect_left(
            range(start, stop), True, key=lambda instant: self.local(instant).utcoffset() != before
        )

    def at(self, wall: datetime) -> int:
        """The first instant at which the clock shows `wall` (naive), or the first after it where it never does."""
        moments = self.moments(wall)
        return moments[0] if moments else self.first_after_gap(wall)

    def add(self, instant: int, duration: Duration, times: int = 1) -> int:
        """Move an instant: months and days by the wall clock (31 January + 1 month is 28 February), else exactly."""
        exact = duration.microseconds * times
        if duration.months:
            wall = self.local(instant).replace(tzinfo=None, fold=0)
            shifted = _add_months(wall, duration.months * times) + timedelta(days=duration.days * times)
            return self.at(shifted) + exact
        if duration.days:
            return self._offsets.at(self._offsets.wall(instant) + duration.days * times * DAY) + exact
        return instant + exact

    def add_to_all(self, instants: Instants, duration: Duration) -> Instants:
        """The same for many instants. `duration` has no months."""
        exact = instants + duration.microseconds
        return self._offsets.moved(instants, duration.days) + duration.microseconds if duration.days else exact

    def written(self, instant: int) -> tuple[str, str]:
        """The local date and time of an instant, to the minute: "2026-03-29", "08:05"."""
        day, moment = divmod(self._offsets.wall(instant), DAY)
        hour, minute = divmod(moment // MINUTE, 60)
        return _date_written(day), f"{hour:02d}:{minute:02d}"

    def changes_around(self, day: date) -> bool:
        """Whether the clock is changed on this day or the day before."""
        before, after = (datetime.combine(day + timedelta(days=days), clock_time()) for days in (-1, 1))
        return self._offset(before, fold=0) != self._offset(after, fold=0)

    def _offset(self, wall: datetime, *, fold: int) -> int:
        offset = wall.replace(tzinfo=self._info, fold=fold).utcoffset() or timedelta()
        return offset // _ONE_MICROSECOND


class Slot(NamedTuple):
    """One daily time on one local date.

    `occurrence` is "2026-03-29T02:30", with a "b" for the second when the clock is put back.
    """

    target: int
    occurrence: str

    @property
    def wall(self) -> int:
        """The declared wall time, in microseconds as if it were UTC."""
        return _naive(datetime.fromisoformat(self.occurrence.removesuffix("b")))

    @property
    def second(self) -> bool:
        """Whether it is the later of the two that a clock put back gives."""
        return self.occurrence.endswith("b")


class DailyTimes:
    """The instants of some local times every day in a zone, with the declared rules for when the clock is changed."""

    def __init__(self, zone: Zone, times: tuple[str, ...], change: ClockChange) -> None:
        self._zone = zone
        self._clocks = tuple(clock_time.fromisoformat(written) for written in times)
        self._change = change
        self._spacing = change.spacing.microseconds if change.spacing else 0
        self.on = lru_cache(maxsize=1024)(self._slots_on)

    def after(self, position: tuple[int, str]) -> Slot | None:
        """The first slot whose (target, occurrence) comes after `position`; (t, "") finds the first at or after t."""
        if not self._clocks:
            return None
        day = self._zone.local(position[0]).date() - timedelta(days=1)
        for ahead in range(_LONGEST_SEARCH):
            for slot in self.on(day + timedelta(days=ahead)):
                if slot > position:
                    return slot
        return None

    def _slots_on(self, day: date) -> tuple[Slot, ...]:
        slots = sorted(slot for clock in self._clocks for slot in self._of(day, clock))
        if self._spacing and self._zone.changes_around(day):
            return tuple(self._spaced(day, slots))
        return tuple(slots)

    def _of(self, day: date, clock: clock_time) -> Iterator[Slot]:
        wall = datetime.combine(day, clock)
        occurrence = wall.isoformat(timespec="minutes")
        moments = self._zone.moments(wall)
        if not moments:
            if self._change.gap == "later":
                yield Slot(self._zone.first_after_gap(wall), occurrence)
        elif self._change.overlap == "both" and len(moments) == 2:
            yield Slot(moments[0], occurrence)
            yield Slot(moments[1], occurrence + "b")
        else:
            yield Slot(moments[-1 if self._change.overlap == "second" else 0], occurrence)

    def _spaced(self, day: date, slots: list[Slot]) -> Iterator[Slot]:
        yesterday = self.on(day - timedelta(days=1))
        kept = yesterday[-1] if yesterday else None
        for slot in slots:
            if kept is None or not self._brought_too_close(kept, slot):
                kept = slot
                yield slot

    def _brought_too_close(self, kept: Slot, slot: Slot) -> bool:
        """Only what the clock change brings closer is left out: times declared close together stay so every day."""
        real = slot.target - kept.target
        return real < self._spacing and (slot.second or real < slot.wall - kept.wall)


@lru_cache(maxsize=4096)
def _date_written(day: int) -> str:
    return (_FIRST_DAY + timedelta(days=day)).isoformat()


def _naive(wall: datetime) -> int:
    return (wall.replace(tzinfo=UTC, fold=0) - _EPOCH) // _ONE_MICROSECOND


def _add_months(wall: datetime, months: int) -> datetime:
    if not months:
        return wall
    year, month = divmod(wall.year * 12 + wall.month - 1 + months, 12)
    return wall.replace(year=year, month=month + 1, day=min(wall.day, monthrange(year, month + 1)[1]))


__all__ = [
    "DAY",
    "HOUR",
    "MINUTE",
    "NEVER",
    "DailyTimes",
    "Slot",
    "Zone",
    "format_instant",
    "parse_instant",
    "to_instant",
]
