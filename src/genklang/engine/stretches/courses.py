"""What of an enrolment can be followed in columns: each expectation's dues in order, and the event that meets each.

An expectation runs a *course* where its dues come one after the other and only wait to be met. It *rests* where no due
of it is there or to come. Any other is *busy*: as soon as something happens to it, a stretch ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genklang.engine.plan import Compiled
from genklang.engine.rules import Daily, EveryFromLast, EveryFromStart, Rule
from genklang.engine.stretches.calendars import Calendar
from genklang.engine.stretches.rows import Instants, Rows
from genklang.engine.time import NEVER
from genklang.engine.types import Due, State, Track

Places = NDArray[np.int64]
_MOST_CALENDARS = 1024
_TARGET = attrgetter("target_at")


class Dues(NamedTuple):
    """Dues in columns, the first the one whose turn it is. `due` gives one of them, None where they have ended.

    `counted` says that each is counted from the event that met the one before.
    """

    opens: Instants
    target: Instants
    deadline: Instants
    closes: Instants
    reminders: tuple[Instants, ...]
    due: Callable[[int], Due | None]
    counted: bool = False

    def of(self, number: int) -> Due:
        """One of the dues that an event met."""
        due = self.due(number)
        if due is None:
            raise IndexError(number)
        return due


class Dealt(NamedTuple):
    """A due that is missed, and resolved by the event in a row. It is gone when it has been closed too."""

    due: Due
    row: int
    closes: int


@dataclass(frozen=True)
class Course:
    """An expectation in a stretch. `rows` are the places of the events that it expects, `at` their instants.

    `stuck` are dues that can no longer be met, whose alarm nobody has dealt with. `dealt` have been taken out of
    `dues`.
    """

    place: int
    rule: Rule
    rows: Places
    at: Instants
    dues: Dues
    stuck: tuple[Due, ...] = ()
    dealt: tuple[Dealt, ...] = ()

    def following(self, met: int, limit: int) -> Due | None:
        """The due whose turn it is when so many have been met, at an instant."""
        due = self.dues.due(met)
        waits = [one.due for one in self.dealt if one.due.deadline_at > limit]
        return min((one for one in (due, *waits) if one), key=_TARGET, default=None)


def rests(track: Track) -> bool:
    """Whether nothing can come of an expectation, whatever it expects happens."""
    return track.wake == NEVER and not track.live


def course(compiled: Compiled, state: State, place: int, rows: Rows, expected: Places) -> Course | None:
    """The course of an expectation, with the events that it expects; None where it is busy."""
    rule, track = compiled.rules[place], state.tracks[place]
    stuck = tuple(due for due in track.live if due.closed and due.wake == NEVER)
    coming = track.live[len(stuck) :]
    if track.upcoming:
        coming = (*coming, track.upcoming)
    if not coming or not all(map(_waits, coming)) or rule.where is not None or not rule.steady:
        return None
    at = rows.at[expected]
    if isinstance(rule.plan, EveryFromLast):
        dues = None if stuck or len(coming) > 1 else _counted(rule, rule.plan, coming[0], rows, expected)
    else:
        dues = by_calendar(compiled, state, place, coming, int(rows.at[-1]))
    return Course(place, rule, expected, at, dues, stuck) if dues else None


def _waits(due: Due) -> bool:
    """Whether a due is as it was when it opened, but for reminders."""
    return not (due.missed or due.closed) and due.at_target is None and due.match is None


def _counted(rule: Rule, plan: EveryFromLast, first: Due, rows: Rows, expected: Places) -> Dues | None:
    """Dues that are each counted from the event that met the one before."""
    lengths = (plan.interval, rule.within, *(reminder.after for reminder in rule.reminders))
    if rule.early is not None or rule.until is not None or any(length.months for length in lengths):
        return None
    zone, at = rule.zone, rows.at[expected]
    opens = np.concatenate(([first.opens_at], at))
    target = np.concatenate(([first.target_at], zone.add_to_all(at, plan.interval)))

    def due(number: int) -> Due:
        if not number:
            return first
        anchor = rows.ids[int(expected[number - 1])]
        return rule.due(anchor=anchor, occurrence="1", target=int(target[number]), opens=int(opens[number]))

    deadline = zone.add_to_all(target, rule.within)
    deadline[0] = first.deadline_at
    reminders = tuple(zone.add_to_all(target, reminder.after) for reminder in rule.reminders)
    return Dues(opens, target, deadline, np.full(len(target), NEVER), reminders, due, counted=True)


def by_calendar(compiled: Compiled, state: State, place: int, coming: tuple[Due, ...], until: int) -> Dues | None:
    """Dues that follow each other whatever happens; None where those that are known are not of one calendar."""
    rule, track = compiled.rules[place], state.tracks[place]
    calendar = _calendar(compiled, state, place, coming[0])
    if calendar is None:
        return None
    columns = calendar.until(until)
    begin = int(columns.target.searchsorted(coming[0].target_at))
    if [_named(due) for due in columns.dues[begin : begin + len(coming)]] != [_named(due) for due in coming]:
        return None
    stop = len(columns.dues)
    if rule.until is not None and track.first is not None and isinstance(rule.plan, Daily):
        stop = int(columns.target.searchsorted(rule.zone.add(track.first, rule.until)))

    def due(number: int) -> Due | None:
        return columns.dues[begin + number] if begin + number < stop else None

    opens, target, deadline, closes = (column[begin:stop] for column in columns[1:5])
    return Dues(opens, target, deadline, closes, tuple(column[begin:stop] for column in columns.reminders), due)


def _named(due: Due) -> tuple[str, int, int, int]:
    """A due and its times, which are another version's where one ruled when it opened."""
    return due.id, due.opens_at, due.target_at, due.deadline_at


def _calendar(compiled: Compiled, state: State, place: int, first: Due) -> Calendar | None:
    """The calendar that dues are taken from, from `first` on or from before it."""
    rule, track = compiled.rules[place], state.tracks[place]
    plan = rule.plan
    if isinstance(plan, EveryFromStart):
        return Calendar(rule, first, lambda due: plan.following(track, due, state.facts))
    return daily_calendar(compiled, place, plan.times(state.facts), first) if isinstance(plan, Daily) else None


def daily_calendar(compiled: Compiled, place: int, times: tuple[str, ...], first: Due) -> Calendar:
    """The calendar of some times of day, shared by all who have them."""
    rule, known = compiled.rules[place], compiled.calendars
    plan = rule.plan
    calendar = known.get((place, times))
    if calendar is not None and calendar.columns.target[0] <= first.target_at:
        return calendar
    assert isinstance(plan, Daily)
    if len(known) >= _MOST_CALENDARS:
        known.clear()
    known[place, times] = Calendar(rule, first, lambda due: plan.after(due, times), at_once=200)
    return known[place, times]
