"""What came of a stretch: how many facts and effects at once, and all of them where they are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from genklang.engine.draft import STALE_REMINDER, closing, opening
from genklang.engine.stretches.courses import Course, Dealt, Places
from genklang.engine.stretches.rows import Instants, Rows
from genklang.engine.time import NEVER
from genklang.engine.types import Due, Effect, EscalateAlarm, Notify, OutcomeFact, Reason, State, Status, Step

Order = tuple[int, ...]
_ORDER = itemgetter(0)
_TIME, _EVENT = 0, 1  # what time brings before an event, and what the event does
_REMINDED, _MISSED = -1, 0


class Ended(NamedTuple):
    """The dues of one expectation that ended: so many were `met`, of which `late` were missed first, by number.

    `dealt` were missed and dealt with by staff.
    """

    course: Course
    met: int
    late: Places
    dealt: tuple[Dealt, ...]


@dataclass(frozen=True)
class Many:
    """The state after the first `taken` events, and what came of them.

    `seen` says up to when each late due's alarm could escalate, before it was acknowledged.
    """

    before: State
    state: State
    rows: Rows
    taken: int
    courses: tuple[Course, ...] = ()
    seen: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many dues ended."""
        return sum(one.met + len(one.dealt) for one in self.ended)

    @property
    def told(self) -> int:
        """How many facts there are: two of a due that was missed before it was met."""
        return sum(one.met + len(one.late) + len(one.dealt) for one in self.ended)

    @cached_property
    def ended(self) -> tuple[Ended, ...]:
        """What ended, by expectation."""
        return tuple(ended(one, self.taken, self._limit) for one in self.courses)

    def step(self) -> Step:
        """The same as the events would have come to one by one."""
        return Step(self.state, tuple(self.effects()), tuple(self.facts()))

    def facts(self) -> Sequence[OutcomeFact]:
        """Every fact, in the order in which they were written."""
        told = [one for ended in self.ended for one in self._facts_of(ended)]
        return [fact for _, fact in sorted(told, key=_ORDER)]

    def effects(self) -> Sequence[Effect]:
        """Every effect, in the order in which they were asked for."""
        told = [
            one
            for ended in self.ended
            for one in (*self._reminders_of(ended), *self._reminders_of_dealt(ended), *self._alarms_of(ended))
        ]
        return [effect for _, effect in sorted(told, key=_ORDER)]

    def counts(self) -> Counter[str]:
        """How many effects of each kind there were, by name."""
        counted: Counter[str] = Counter()
        for one in self.ended:
            sent = sum(len(fresh) for _, fresh in self._sent(one))
            if sent:
                counted["Notify"] += sent
            if one.course.dealt:
                counted.update(type(effect).__name__ for _, effect in self._reminders_of_dealt(one))
            if len(one.late) or one.dealt:
                counted.update(type(effect).__name__ for _, effect in self._alarms_of(one))
        return counted

    @property
    def _limit(self) -> int:
        return int(self.rows.limits[self.taken - 1])

    def _facts_of(self, ended: Ended) -> Iterator[tuple[Order, OutcomeFact]]:
        one, late = ended.course, {*ended.late.tolist()}
        rows, at = one.rows[: ended.met].tolist(), one.at[: ended.met].tolist()
        for number, (row, instant) in enumerate(zip(rows, at, strict=True)):
            due = one.dues.of(number)
            if number in late:
                yield self._when(due.deadline_at, one, due, _MISSED), self._fact(due, "missed", None, None)
            status: Status = "met_late" if number in late else "met"
            yield (row, _EVENT, one.place), self._fact(due, status, instant, self.rows.ids[row])
        for due, _, _ in ended.dealt:
            yield self._when(due.deadline_at, one, due, _MISSED), self._fact(due, "missed", None, None)

    def _reminders_of(self, ended: Ended) -> Iterator[tuple[Order, Effect]]:
        one = ended.course
        for place, (sent, fresh) in enumerate(self._sent(ended)):
            reminder = one.rule.reminders[place]
            for number in fresh.tolist():
                due, at = one.dues.of(number), int(sent[number])
                order = self._when(at, one, due, _REMINDED)
                yield order, Notify(due.id, reminder.channel, reminder.role, at, due.deadline_at)

    def _sent(self, ended: Ended) -> Iterator[tuple[Instants, Places]]:
        """When each reminder is sent for each due, and for which it is: in time, and not too old when it is known."""
        one, limits = ended.course, self.rows.limits[: self.taken]
        if not one.rule.reminders:
            return
        met = one.rows[: ended.met]
        waits = np.minimum(limits[met], one.dues.deadline[: ended.met])
        for at in one.dues.reminders:
            most = int(at.searchsorted(limits[-1], "right"))
            sent = at[: min(most, ended.met + 1) if one.dues.counted else most]
            due = sent > self.before.settled
            due[: ended.met] &= sent[: ended.met] <= waits[: len(sent)]
            numbers = due.nonzero()[0]
            sent_at = sent[numbers]
            yield sent, numbers[limits[limits.searchsorted(sent_at)] - sent_at <= STALE_REMINDER]

    def _reminders_of_dealt(self, ended: Ended) -> Iterator[tuple[Order, Effect]]:
        """The reminders of dues that nobody met."""
        one, limits = ended.course, self.rows.limits
        for due, _, _ in one.dealt:
            for reminder in one.rule.reminders:
                at = reminder.at(due.target_at)
                if self.before.settled < at <= min(due.deadline_at, self._limit):
                    known = int(limits[limits.searchsorted(at)])
                    if known - at <= STALE_REMINDER:
                        effect = Notify(due.id, reminder.channel, reminder.role, at, due.deadline_at)
                        yield self._when(at, one, due, _REMINDED), effect

    def _alarms_of(self, ended: Ended) -> Iterator[tuple[Order, Effect]]:
        """What was asked of staff about late dues, and about those that they dealt with, and its end."""
        one = ended.course
        for number in ended.late.tolist():
            yield from self._alarm_of(one, one.dues.of(number), int(one.rows[number]), "met_late")
        for due, row, _ in ended.dealt:
            yield from self._alarm_of(one, due, row, "resolved")

    def _alarm_of(self, one: Course, due: Due, row: int, reason: Reason) -> Iterator[tuple[Order, Effect]]:
        """What was asked of staff about a missed due, until the event in a row ended it."""
        rule = one.rule
        order = self._when(due.deadline_at, one, due, _MISSED)
        yield from ((order, effect) for effect in opening(rule, due))
        until = min(self.seen.get(due.id, NEVER), int(self.rows.limits[row]))
        for level, escalation in enumerate(rule.escalations, start=1):
            at = escalation.at(due.deadline_at)
            if at > until:
                break
            yield self._when(at, one, due, level), EscalateAlarm(due.id, escalation.role, level, at)
        ends = closing(rule, due.id, reason=reason, at=int(self.rows.at[row]))
        yield from (((row, _EVENT, one.place), effect) for effect in ends)

    def _when(self, at: int, one: Course, due: Due, what: int) -> Order:
        """The place in the order of what time brings by itself at an instant: in the step that lets it pass."""
        return (int(self.rows.limits.searchsorted(at)), _TIME, at, one.place, due.target_at, what)

    def _fact(self, due: Due, status: Status, at: int | None, event: str | None) -> OutcomeFact:
        before = self.before
        return OutcomeFact(
            due.id,
            due.expectation,
            due.occurrence,
            due.slot_date,
            due.slot_time,
            due.anchor,
            due.opens_at,
            due.target_at,
            due.deadline_at,
            status,
            at,
            event,
            before.stage or "",
            before.arm,
        )


def ended(course: Course, taken: int, limit: int) -> Ended:
    """What ended of a course in the first so many events, up to the instant `limit`."""
    met = int(course.rows.searchsorted(taken))
    late = (course.at[:met] > course.dues.deadline[:met]).nonzero()[0]
    return Ended(course, met, late, tuple(one for one in course.dealt if one.due.deadline_at <= limit))
