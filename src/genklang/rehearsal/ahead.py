"""What lies ahead of a participant as long as dues come and are answered and nothing else happens: all in columns.

The same as the heap of a participant would bring one by one, in the same order: at one and the same instant answers
come before what staff do, and both before the time that passes; each by the expectation's place, then by number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genklang.engine.rules import EveryFromLast, EveryFromStart, Rule
from genklang.engine.stretches import Rows
from genklang.engine.stretches.courses import Dues, by_calendar
from genklang.engine.time import DAY, NEVER
from genklang.engine.types import Due, Event
from genklang.protocol.units import SECOND
from genklang.rehearsal.turns import Turn, staff_deal

if TYPE_CHECKING:
    from genklang.rehearsal.participant import Participant

Instants = NDArray[np.int64]
ANSWERED, ACKNOWLEDGED, RESOLVED, PASSED = range(4)
_KINDS = 3  # of events about one expectation: answers, and what staff do about its alarms
_MOST_DEALT_WITH = 8  # each costs as much as some ordinary steps
_FEW = 12
_LONGEST_WAIT = 64


class Patience:
    """How long to go on one by one before looking ahead again: longer each time that there was nothing to gain."""

    def __init__(self) -> None:
        self._wait = self._left = 0

    def tries(self) -> bool:
        """Whether it is time to look ahead."""
        self._left -= 1
        return self._left < 0

    def waits(self) -> bool:
        """There was nothing to gain."""
        self._wait = min(2 * self._wait + 1, _LONGEST_WAIT)
        self._left = self._wait
        return False

    def gains(self, many: int) -> None:
        """So many events were taken at once."""
        self._wait = self._left = 0 if many >= _FEW else self._wait


Waiting = tuple[Turn, tuple[Due, ...]]


class Answered(NamedTuple):
    """The dues of one expectation in order, from number `first` on; `due` is the first of them, `dues` its calendar.

    `at` is when those are answered that are, with their `deadline`, and with `numbers` from 0 on. `dealt` are those
    that are not, but that staff deal with. This holds before the instant `until`: then one comes that is of no such
    kind, or is answered out of turn.
    """

    turn: Turn
    rule: Rule
    first: int
    due: Due
    at: Instants
    deadline: Instants
    numbers: Instants
    dealt: Instants
    until: int
    dues: Dues | None = None

    def id_of(self, number: int, ids: Sequence[str], rows: Callable[[], Instants]) -> str:
        """The id of one of them, from 0 on: by the calendar, or by the event that met the one before."""
        if self.dues is not None:
            return self.dues.of(number).id
        return f"{self.rule.name}/{ids[int(rows()[number - 1])]}/1" if number else self.due.id


class Missed(NamedTuple):
    """The dues of one expectation that are missed, by number from 0 on: when, and when staff answer their alarms."""

    at: Instants
    seen: Instants
    of_seen: Instants
    resolved: Instants
    of_resolved: Instants


@dataclass(frozen=True)
class Ahead:
    """Events in columns, with who reports each kind. Of each of `answered` there are three kinds, answers first."""

    rows: Rows
    by: Sequence[str]
    answered: tuple[Answered, ...]

    @property
    def passed(self) -> NDArray[np.bool_]:
        """Where only time passes."""
        passed: NDArray[np.bool_] = self.rows.kind == len(self.rows.names) - 1
        return passed

    def happened(self, taken: int) -> int:
        """How many of the first so many rows are events, and not time that passes."""
        return taken - int(self.passed[:taken].sum())

    def rows_of(self, place: int) -> Instants:
        """The rows that are answers to the dues of one of the expectations."""
        rows: Instants = (self.rows.kind == _KINDS * place).nonzero()[0]
        return rows

    def events(self, taken: int) -> Iterator[Event]:
        """The first so many rows as events."""
        rows = self.rows
        columns = (column[:taken].tolist() for column in (rows.kind, rows.at, rows.sequence, self.passed))
        for place, (kind, at, sequence, passed) in enumerate(zip(*columns, strict=True)):
            if not passed:
                data = dict(rows.data.get(place, {}))
                yield Event(rows.ids[place], rows.names[kind], at, self.by[kind], data, sequence, at)


class Numbered(Sequence[str]):
    """The ids of a participant's events, made when they are asked for."""

    def __init__(self, enrolment: str, sequence: Instants) -> None:
        self._enrolment = enrolment
        self._sequence = sequence

    def __len__(self) -> int:
        return len(self._sequence)

    def __getitem__(self, place: Any) -> Any:
        return event_id(self._enrolment, int(self._sequence[place]))


def event_id(enrolment: str, sequence: int) -> str:
    """What a participant's event of a number is called."""
    return f"{enrolment}-{sequence:06d}"


def waiting(person: Participant) -> list[Waiting]:
    """The dues that wait, each for its own answer; none where one has been missed, or something else is planned too."""
    found: list[Waiting] = []
    numbered: set[tuple[int, int]] = set()
    for turn in person.turns.values():
        track = person.state.tracks[turn.place]
        coming = tuple(due for due in (*track.live, track.upcoming) if due and not due.closed)
        if not coming:
            continue
        numbers = [turn.numbers[due.id] for due in coming]
        in_turn = numbers == [*range(numbers[0], numbers[0] + len(coming))]
        if any(due.missed for due in coming) or not in_turn or person.reporter(turn.act) is None:
            return []
        found.append((turn, coming))
        numbered.update((turn.place, number) for number in numbers)
    planned = {(one.place, one.number) for one in person.evenly}
    asked = any(one.what in (ACKNOWLEDGED, RESOLVED) for one in person.evenly)
    return found if planned == numbered and not asked else []


def look_ahead(person: Participant, known: Sequence[Waiting], end: int) -> Ahead | None:
    """What comes, up to what is no answer to the dues that wait; None where that is little or cannot be told."""
    apart = person.apart[0] if person.apart else end
    last = min(apart, end - 1)
    answered = []
    for turn, coming in sorted(known, key=lambda one: _counted(person, one[0])):  # a calendar soon tells how far it is
        found = _answered(person, turn, coming, last)
        if found is None:
            return None
        answered.append(found)
        last = min(last, found.until - 1)
    return _in_rows(person, tuple(sorted(answered, key=lambda one: one.turn.place)), last, apart)


def _counted(person: Participant, turn: Turn) -> bool:
    return isinstance(person.machine.compiled.rules[turn.place].plan, EveryFromLast)


def _answered(person: Participant, turn: Turn, coming: tuple[Due, ...], last: int) -> Answered | None:
    """When the dues of an expectation are answered, at least up to the instant `last`."""
    if not _counted(person, turn):
        return _by_calendar(person, turn, coming, last)
    return _by_count(person, turn, coming[0], last) if len(coming) == 1 else None


def _by_calendar(person: Participant, turn: Turn, coming: tuple[Due, ...], last: int) -> Answered | None:
    """Dues that follow each other whatever happens."""
    end, last = last, _worth_knowing(person, turn, coming[0], last)
    dues = by_calendar(person.machine.compiled, person.state, turn.place, coming, last)
    if dues is None:
        return None
    rule = person.machine.compiled.rules[turn.place]
    first, many = turn.numbers[coming[0].id], int(dues.opens.searchsorted(last, "right"))
    dealt_with = staff_deal(rule)
    many = min(many, turn.until_never(first, first + many, _MOST_DEALT_WITH if dealt_with else 0) + 1)
    drawn = turn.drawn(first, first + many)
    opens, target, deadline, closes = (column[:many] for column in dues[:4])
    in_time = np.maximum(target + drawn.delay, opens)
    at = np.where(drawn.in_time, in_time, deadline + drawn.late_delay)
    answered = (drawn.in_time | drawn.late).nonzero()[0]
    at, due_by = at[answered], deadline[answered]
    wrong = (at > due_by) & (at >= closes[answered])
    wrong[:-1] |= at[:-1] >= at[1:]
    stop = int(answered[wrong.argmax()]) if wrong.any() else many
    never = np.delete(np.arange(many), answered)
    if len(never):
        following = answered.searchsorted(never)
        known = following < (len(answered) if dealt_with else 0)
        met = ~known
        met[known] = at[following[known]] < closes[never[known]]
        stop = min(stop, int(never[met.argmax()])) if met.any() else stop
    until = NEVER
    if stop < many:
        until = min(int(deadline[stop]), int(dues.opens[stop + 1]) if stop + 1 < len(dues.opens) else NEVER)
    if last < end:
        until = min(until, last + 1)
    kept, dealt = int(answered.searchsorted(stop)), never[: never.searchsorted(stop)]
    return Answered(turn, rule, first, coming[0], at[:kept], due_by[:kept], answered[:kept], dealt, until, dues)


def _worth_knowing(person: Participant, turn: Turn, due: Due, last: int) -> int:
    """Up to when a calendar of one's own is worth while to work out: to the first due that is never answered."""
    plan = person.machine.compiled.rules[turn.place].plan
    if not isinstance(plan, EveryFromStart):
        return last
    step = (plan.interval.months * 31 + plan.interval.days) * DAY + plan.interval.microseconds
    first, many = turn.numbers[due.id], max((last - due.opens_at) // step, 0) + 2
    return min(last, due.target_at + turn.until_never(first, first + many, 0) * step)


def _until(wrong: NDArray[np.bool_], deadline: Instants) -> tuple[int, int]:
    """How many dues there are before the first that is wrong, and its deadline."""
    if not wrong.any():
        return len(wrong), NEVER
    stop = int(wrong.argmax())
    return stop, int(deadline[stop])


def _by_count(person: Participant, turn: Turn, due: Due, last: int) -> Answered | None:
    """Dues that are each counted from the event that met the one before.

    First as if every day had 24 hours; where the clock is changed in between, all that comes after is moved.
    """
    rule, first = person.machine.compiled.rules[turn.place], turn.numbers[due.id]
    assert isinstance(rule.plan, EveryFromLast)
    interval, within, zone = rule.plan.interval, rule.within, rule.zone
    if interval.months or within.months:
        return None
    step = interval.days * DAY + interval.microseconds
    many = max((last - due.target_at) // step, 0) + 2
    while True:
        drawn = turn.drawn(first, first + many)
        waits = np.where(drawn.in_time, drawn.delay, within.days * DAY + within.microseconds + drawn.late_delay)
        steps = np.maximum(waits + step, 0)
        steps[0] = max(due.target_at + int(waits[0]), due.opens_at)
        at = steps.cumsum()
        while True:
            target = np.concatenate(([due.target_at], zone.add_to_all(at[:-1], interval)))
            deadline = zone.add_to_all(target, within)
            if not (interval.days or within.days):
                break
            opens = np.concatenate(([due.opens_at], at[:-1]))
            right = np.where(drawn.in_time, np.maximum(target + drawn.delay, opens), deadline + drawn.late_delay)
            wrong = right != at
            if not wrong.any():
                break
            place = int(wrong.argmax())
            at[place:] += right[place] - at[place]
        never = ~(drawn.in_time | drawn.late)
        if at[-1] > last or never.any():
            stop, until = _until(never, deadline)
            numbers = np.arange(stop)
            return Answered(turn, rule, first, due, at[:stop], deadline[:stop], numbers, numbers[:0], until)
        many *= 2


def _in_rows(person: Participant, answered: tuple[Answered, ...], last: int, apart: int) -> Ahead | None:
    """Everything in the order in which it happens, up to and with the instant `last`."""
    answers = [one.at[: one.at.searchsorted(last, "right")] for one in answered]
    if sum(map(len, answers)) < _FEW:
        return None
    passing = _KINDS * len(answered)
    missed = [_missed(one, last, apart) for one in answered]
    columns = [*answers, *(one.seen for one in missed), *(one.resolved for one in missed), *(one.at for one in missed)]
    kinds = [kind for what in range(_KINDS) for kind in range(what, passing, _KINDS)] + [passing] * len(answered)
    at, kind = np.concatenate(columns), np.repeat(kinds, [len(column) for column in columns])
    order = at.argsort(kind="stable")
    at, kind = at[order], kind[order]
    sequence = (kind != passing).cumsum() + person.sequence
    names = [name for one in answered for name in (one.turn.act.event, "acknowledged", "resolved")]
    roles = [(person.reporter(one.turn.act), one.rule.alarm, one.rule.alarm) for one in answered]
    ids = Numbered(person.enrolment, sequence)
    rows = Rows((*names, "time_passed"), kind, at, sequence, ids, {})
    ahead = Ahead(rows, [*(role or "" for some in roles for role in some), "system"], answered)
    about = [*(one.of_seen for one in missed), *(one.of_resolved for one in missed)]
    begin = sum(map(len, answers))
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    for place, numbers in enumerate(about):
        of = place % len(answered)
        for row, number in zip(places[begin : begin + len(numbers)].tolist(), numbers.tolist(), strict=True):
            rows.data[row] = {"due": answered[of].id_of(number, ids, partial(ahead.rows_of, of))}
        begin += len(numbers)
    return ahead


def _missed(one: Answered, last: int, apart: int) -> Missed:
    """What is missed up to the instant `last`, and what staff do about it until it is answered after all."""
    late = (one.at > one.deadline).nonzero()[0]
    missed = np.concatenate((one.numbers[late], one.dealt))
    if not len(missed):
        return Missed(*[missed] * 5)
    deadline = one.deadline[late]
    if one.dues is not None:
        deadline = np.concatenate((deadline, one.dues.deadline[one.dealt]))
    passed = np.sort(deadline[deadline <= min(last, apart - 1)])
    if not one.rule.alarm:
        return Missed(passed, *[missed[:0]] * 4)
    acknowledged, resolved = (_at(deadline, delay) for delay in one.turn.alarms(one.first + missed))
    ends = np.concatenate((one.at[late], resolved[len(late) :]))
    seen = (acknowledged <= last) & ((acknowledged < ends) | ((acknowledged == ends) & (ends == resolved)))
    dealt = (resolved <= last) & (np.arange(len(missed)) >= len(late))
    return Missed(passed, acknowledged[seen], missed[seen], resolved[dealt], missed[dealt])


def _at(deadline: Instants, delay: NDArray[np.float64]) -> Instants:
    """Instants after deadlines, in whole seconds; never at once, for the alarm must have been raised."""
    return np.maximum(deadline + (np.rint(delay / SECOND) * SECOND).astype(np.int64), deadline + 1)
