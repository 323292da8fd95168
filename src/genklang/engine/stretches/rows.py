"""Events of one enrolment in columns, in the order of the fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genklang.engine.types import Event, Position

Instants = NDArray[np.int64]
TIME_PASSED = "time_passed"


@dataclass(frozen=True)
class Rows:
    """`kind` are places in `names`. `ids` are seldom asked for, and may be made then. `data` is of those with any."""

    names: tuple[str, ...]
    kind: NDArray[np.int64]
    at: Instants
    sequence: Instants
    ids: Sequence[str]
    data: dict[int, Mapping[str, Any]]

    @classmethod
    def of(cls, events: Sequence[Event]) -> Rows:
        """Events in columns."""
        places: dict[str, int] = {}
        kinds = [places.setdefault(event.kind, len(places)) for event in events]
        return cls(
            tuple(places),
            np.array(kinds, dtype=np.int64),
            np.array([event.occurred_at for event in events], dtype=np.int64),
            np.array([event.sequence for event in events], dtype=np.int64),
            [event.id for event in events],
            {place: event.data for place, event in enumerate(events) if event.data},
        )

    def __len__(self) -> int:
        return len(self.at)

    @cached_property
    def limits(self) -> Instants:
        """Up to when time has passed before each event: just before it, but all of it where only time passes."""
        if TIME_PASSED not in self.names:
            return self.at - 1
        limits: Instants = self.at - (self.kind != self.names.index(TIME_PASSED))
        return limits

    def position(self, place: int) -> Position:
        """Where an event stands in the fold."""
        return (int(self.at[place]), int(self.sequence[place]), self.ids[place])

    def places(self, kinds: Sequence[bool]) -> Instants:
        """The places of the events of some kinds: of those of `names` for which it is said here."""
        chosen = [place for place, one in enumerate(kinds) if one]
        if len(chosen) == 1:
            found: Instants = (self.kind == chosen[0]).nonzero()[0]
            return found
        return np.array(kinds, dtype=bool)[self.kind].nonzero()[0]

    def last_event(self, stop: int) -> int | None:
        """The place of the last of the first so many rows that is an event; None where only time passes."""
        while stop and self.at[stop - 1] == self.limits[stop - 1]:
            stop -= 1
        return stop - 1 if stop else None

    def in_order(self, settled: int, last: Position | None) -> int:
        """How many of them come after all that is accounted for, and each after the one before.

        Of the same instant and sequence only the first: which id comes first is left to the ordinary step.
        """
        if not len(self) or self.at[0] <= settled or (last is not None and self._first_event() <= last):
            return 0
        step, ahead = np.diff(self.at), np.diff(self.sequence) > 0
        before = self.at[:-1] == self.limits[:-1]  # nothing can happen when that time has passed
        wrong = np.flatnonzero((step < 0) | ((step == 0) & (before | ~ahead) & (self.at[1:] != self.limits[1:])))
        return int(wrong[0]) + 1 if len(wrong) else len(self)

    def _first_event(self) -> Position:
        return self.position(int(np.argmax(self.at != self.limits)))
