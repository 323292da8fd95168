"""A zone's offsets from UTC as a table, so that days can be added with whole numbers alone, to one instant or to many.

The zone itself is asked once a day of each year that is reckoned with; what is between two days is found by halving.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Instants = NDArray[np.int64]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ONE_MICROSECOND = timedelta(microseconds=1)
_DAY = 86_400_000_000
_BLOCK = 512 * _DAY
_MARGIN = 3  # days on either side, more than any offset


class Segments(NamedTuple):
    """The offsets of some time: each holds from its start; `ends` is what the clock shows when it ends."""

    starts: list[int]
    offsets: list[int]
    ends: list[int]


class Offsets:
    """The offsets of a zone, in microseconds east of UTC."""

    def __init__(self, info: tzinfo) -> None:
        self._info = info
        self._block = lru_cache(maxsize=64)(self._reckoned)
        self._arrays = lru_cache(maxsize=16)(self._as_arrays)

    def wall(self, instant: int) -> int:
        """What the clock shows at an instant, in microseconds as if it were UTC."""
        starts, offsets, _ = self._block(instant // _BLOCK)
        return instant + offsets[bisect_right(starts, instant) - 1]

    def at(self, wall: int) -> int:
        """The first instant at which the clock shows `wall`, or the first after it where it never does."""
        starts, offsets, ends = self._block(wall // _BLOCK)
        place = bisect_right(ends, wall)
        return max(wall - offsets[place], starts[place])

    def moved(self, instants: Instants, days: int) -> Instants:
        """Many instants, each so many days later by the wall clock."""
        if not len(instants):
            return instants
        starts, offsets, ends = self._arrays(int(instants.min()) // _BLOCK, int(instants.max()) // _BLOCK + 1)
        walls = instants + offsets[starts.searchsorted(instants, "right") - 1] + days * _DAY
        if int(walls.max()) // _BLOCK > int(instants.max()) // _BLOCK:
            starts, offsets, ends = self._arrays(int(walls.min()) // _BLOCK, int(walls.max()) // _BLOCK + 1)
        places = ends.searchsorted(walls, "right")
        moved: Instants = (walls - offsets[places]).clip(starts[places])
        return moved

    def _as_arrays(self, first: int, stop: int) -> tuple[Instants, Instants, Instants]:
        import numpy as np

        starts, offsets, ends = self._over(first, stop)
        return np.array(starts), np.array(offsets), np.array(ends)

    def _reckoned(self, block: int) -> Segments:
        return self._over(block, block + 1)

    def _over(self, first: int, stop: int) -> Segments:
        """The offsets from a block up to another, with some days on either side."""
        begin, end = first * _BLOCK - _MARGIN * _DAY, stop * _BLOCK + _MARGIN * _DAY
        starts, offsets = [begin], [self._offset(begin)]
        for day in range(begin, end, _DAY):
            following = self._offset(day + _DAY)
            while following != offsets[-1]:
                change = self._changes(max(day, starts[-1]), day + _DAY, offsets[-1])
                starts.append(change)
                offsets.append(self._offset(change))
        ends = [start + offset for start, offset in zip(starts[1:], offsets, strict=False)]
        return Segments(starts, offsets, [*ends, end + 10 * _DAY])

    def _changes(self, start: int, stop: int, offset: int) -> int:
        """The first instant of another offset than the one at `start`."""
        return start + bisect_left(range(start, stop + 1), True, key=lambda instant: self._offset(instant) != offset)

    def _offset(self, instant: int) -> int:
        moment = (_EPOCH + timedelta(microseconds=instant)).astimezone(self._info)
        return (moment.utcoffset() or timedelta()) // _ONE_MICROSECOND
