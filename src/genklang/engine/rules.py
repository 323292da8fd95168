"""Expectations compiled: when their dues fall, how long they stay open, who is told.

Made once per protocol and zone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from genklang.engine.conditions import Condition
from genklang.engine.time import DAY, NEVER, DailyTimes, Zone, parse_instant
from genklang.engine.types import Answer, Due, Event, Track
from genklang.protocol.types import Expectation, FieldKind
from genklang.protocol.units import Duration

Shift = Callable[[int], int]
Facts = Mapping[str, Any]


class TimedReminder(NamedTuple):
    """A nudge, `at` gives when by the target: `after` it."""

    at: Shift
    channel: str
    role: str | None
    after: Duration


class TimedEscalation(NamedTuple):
    """Who is told, `at` after the alarm was raised."""

    at: Shift
    role: str


class Plan(Protocol):
    """When the dues of one expectation fall."""

    def first(self, track: Track, facts: Facts) -> Due | None:
        """The first due to open by itself, now that the expectation holds."""

    def following(self, track: Track, due: Due, facts: Facts) -> Due | None:
        """The due to open by itself after `due`, which has just opened."""

    def claims_at(self, due: Due) -> int:
        """From when what comes counts for `due` rather than, late, for the one before."""


class Conditions(NamedTuple):
    """The expressions of an expectation, compiled; None where it has none."""

    when: Condition | None
    where: Condition | None


class Fields(NamedTuple):
    """The fields that an expectation reads of events, by kind.

    `met_by` are those that must match, of each event that it expects; `several` is True where one of them may point at
    several events. `targets` says how `at` is written where it begins.
    """

    met_by: Mapping[str, tuple[str, ...]] = {}
    several: bool = False
    targets: Mapping[str, FieldKind] = {}


class Rule:
    """One expectation, ready to be run. Reads like its declaration; `plan` says when its dues fall."""

    def __init__(
        self,
        name: str,
        declared: Expectation,
        *,
        during: frozenset[str],
        conditions: Conditions,
        fields: Fields,
        zone: Zone,
    ) -> None:
        self.name = name
        self.zone = zone
        self.during = during
        self.when = conditions.when
        self.where = conditions.where
        self.matching = tuple(declared.matching or ())
        self.each = frozenset(declared.each or ())
        self.met_by = fields.met_by
        self.several = fields.several
        self.until = declared.until
        self.early = declared.early
        self.within = declared.within
        self.deadline = _shift(zone, declared.within)
        self.reminders = _reminders(declared, zone)
        otherwise = declared.otherwise
        self.alarm = otherwise.alarm if otherwise else None
        self.task = otherwise.task if otherwise else None
        self.escalations = _escalations(declared, zone)
        self.steady = _steady(declared)
        self.plan: Plan = _plan(self, declared, fields)

    def begun_with(self, event: Event, member: str | None) -> Any:
        """What an event must carry to meet the due that this one begins: a value for each field of `matching`, and the
        member whom it is about.

        Where this event leaves a field empty, or has none of that name, its id stands for it.
        """
        values = [event.id if (value := event.data.get(name)) is None else value for name in self.matching]
        if member is not None:
            values.append(member)
        return tuple(values) if len(values) > 1 else values[0] if values else None

    def matched_by(self, due: Due, kind: str, data: Mapping[str, Any]) -> bool:
        """Whether what an event carries matches a due; a reference to the event that began it does."""
        names = self.met_by[kind]
        wanted = due.match if isinstance(due.match, tuple) and len(names) > 1 else (due.match,)
        return all(
            value is not None and value in (match, due.anchor)
            for match, value in zip(wanted, map(data.get, names), strict=True)
        )

    def shares(self, due: Due, data: Mapping[str, Any]) -> bool:
        """Whether what an event carries is equal in the matched fields that it has too; True where it has none."""
        many = len(self.matching) + bool(self.each) > 1
        wanted = due.match if isinstance(due.match, tuple) and many else (due.match,)
        return all(
            data[name] in (match, due.anchor)
            for match, name in zip(wanted, self.matching, strict=False)
            if data.get(name) is not None
        )

    def within_until(self, track: Track, target: int, *, inclusive: bool) -> bool:
        """Whether a target still falls within `until`, counted from when the expectation first held."""
        if self.until is None or track.first is None:
            return True
        end = self.zone.add(track.first, self.until)
        return target <= end if inclusive else target < end

    def due(self, *, anchor: str, occurrence: str, target: int, opens: int, match: Any = None) -> Due:
        """A due that hangs on an event. Its slot is the target by the local clock."""
        day, clock = self.zone.written(target)
        deadline = self.deadline(target)
        wake = self.wake_open(target, deadline, 0)
        id = f"{self.name}/{anchor}/{occurrence}"
        return Due(id, occurrence, anchor, day, clock, opens, target, deadline, wake, match)

    def daily_due(self, occurrence: str, target: int) -> Due:
        """A due that hangs on a local time of a date, whatever made the expectation hold."""
        opens = self.zone.add(target, self.early, -1) if self.early else target
        deadline = self.deadline(target)
        wake = self.wake_open(target, deadline, 0)
        day, clock = occurrence[:10], occurrence[11:16]
        return Due(f"{self.name}/{occurrence}", occurrence, "", day, clock, opens, target, deadline, wake)

    def begun_late(self, due: Due, at: int) -> Due:
        """A due whose target had passed when it began: no reminders from before; missed at once if it is too late."""
        reminded = sum(reminder.at(due.target_at) < at for reminder in self.reminders)
        return due._replace(reminded=reminded, wake=max(self.wake_open(due.target_at, due.deadline_at, reminded), at))

    def wake_open(self, target: int, deadline: int, reminded: int) -> int:
        """When something next happens by itself to a due that is open."""
        if reminded < len(self.reminders):
            return min(self.reminders[reminded].at(target), deadline)
        return deadline

    def wake_missed(self, due: Due, answer: Answer, level: int, closes_at: int) -> int:
        """When something next happens by itself to a due that is missed.

        It closes just before the instant of `closes_at`.
        """
        wake = NEVER if due.closed or closes_at == NEVER else closes_at - 1
        if answer == "open" and level < len(self.escalations):
            wake = min(wake, self.escalations[level].at(due.deadline_at))
        return wake


class Daily:
    """Local times every day: from the protocol, or from what is known about the participant."""

    def __init__(self, rule: Rule, declared: Expectation) -> None:
        self._rule = rule
        self._change = declared.clock_change
        self.fact = declared.daily_at if isinstance(declared.daily_at, str) else None
        self._fixed = tuple(declared.daily_at) if isinstance(declared.daily_at, list) else ()
        self._times = lru_cache(maxsize=1024)(self._reckon_times)
        # Most participants ask for the same slots: the due itself is shared, not only its instant.
        self._seek = lru_cache(maxsize=16384)(self._find)

    def first(self, track: Track, facts: Facts) -> Due | None:
        return self._bounded(track, (track.since, ""), facts)

    def following(self, track: Track, due: Due, facts: Facts) -> Due | None:
        return self._bounded(track, (due.target_at, due.occurrence), facts)

    def replanned(self, track: Track, facts: Facts, at: int) -> Due | None:
        """The next due by times that were stated at `at`; what has opened is not asked for again."""
        return self._bounded(track, (max(at, track.opened + 1), ""), facts)

    def claims_at(self, due: Due) -> int:
        return due.opens_at

    def times(self, facts: Facts) -> tuple[str, ...]:
        """The times of day, as things are known now."""
        return self._fixed if self.fact is None else tuple(facts.get(self.fact) or ())

    def after(self, due: Due, times: tuple[str, ...]) -> Due | None:
        """The due after another at these times, without regard to `until`."""
        return self._seek((due.target_at, due.occurrence), times)

    def _bounded(self, track: Track, position: tuple[int, str], facts: Facts) -> Due | None:
        due = self._seek(position, self.times(facts))
        if due is None or self._rule.until is None:
            return due
        return due if self._rule.within_until(track, due.target_at, inclusive=False) else None

    def _find(self, position: tuple[int, str], times: tuple[str, ...]) -> Due | None:
        slot = self._times(times).after(position)
        return self._rule.daily_due(slot.occurrence, slot.target) if slot else None

    def _reckon_times(self, times: tuple[str, ...]) -> DailyTimes:
        return DailyTimes(self._rule.zone, times, self._change)


class EveryFromStart:
    """Fixed steps from when the expectation began to hold.

    Without `early`, a due opens at the target before its own.
    """

    def __init__(self, rule: Rule, interval: Duration) -> None:
        self._rule = rule
        self.interval = interval

    def first(self, track: Track, facts: Facts) -> Due | None:
        return self._numbered(track, 1)

    def following(self, track: Track, due: Due, facts: Facts) -> Due | None:
        return self._numbered(track, int(due.occurrence) + 1)

    def claims_at(self, due: Due) -> int:
        return due.opens_at if self._rule.early is not None else due.target_at

    def after(self, track: Track, instant: int) -> Due | None:
        """The first due whose target lies after an instant."""
        longest = _length(self.interval) * 1.05  # a month has at most 31 days
        number = max(1, int((instant - track.since) / longest))
        while self._rule.zone.add(track.since, self.interval, number) <= instant:
            number += 1
        return self._numbered(track, number)

    def _numbered(self, track: Track, number: int) -> Due | None:
        rule, anchor = self._rule, track.anchor or ""
        target = rule.zone.add(track.since, self.interval, number)
        if not rule.within_until(track, target, inclusive=True):
            return None
        if rule.early is None:
            opens = rule.zone.add(track.since, self.interval, number - 1)
        else:
            opens = rule.zone.add(target, rule.early, -1)
        return rule.due(anchor=anchor, occurrence=str(number), target=target, opens=opens)


class EveryFromLast:
    """Counted from the last time it was met: one due at a time, which stays until it is met or dealt with."""

    def __init__(self, rule: Rule, interval: Duration) -> None:
        self._rule = rule
        self.interval = interval

    def first(self, track: Track, facts: Facts) -> Due | None:
        return self.counted(track, track.since, opens=track.since, anchor=track.anchor or "")

    def following(self, track: Track, due: Due, facts: Facts) -> Due | None:
        return None

    def began(self, due: Due) -> int:
        """When a due was counted from."""
        return self._rule.zone.add(due.target_at, self.interval, -1)

    def counted(self, track: Track, start: int, *, opens: int, anchor: str, least: int = 0) -> Due | None:
        """The due an interval after `start`; it hangs on the event `anchor` that ended the one before.

        Its target is never before `least`.
        """
        rule = self._rule
        target = max(rule.zone.add(start, self.interval), least)
        if not rule.within_until(track, target, inclusive=True):
            return None
        if rule.early is not None:
            opens = rule.zone.add(target, rule.early, -1)
        return rule.due(anchor=anchor, occurrence="1", target=target, opens=opens)

    def claims_at(self, due: Due) -> int:
        return due.opens_at


class AfterEvent:
    """One due for each event of some kinds, or for each member then; the target is the event's, or a field's."""

    def __init__(self, rule: Rule, declared: Expectation, targets: Mapping[str, FieldKind]) -> None:
        self._rule = rule
        self._delay = declared.in_ or Duration()
        self._at = declared.at
        self._targets = targets

    def first(self, track: Track, facts: Facts) -> Due | None:
        return None

    def following(self, track: Track, due: Due, facts: Facts) -> Due | None:
        return None

    def claims_at(self, due: Due) -> int:
        return NEVER

    def begun(self, event: Event, members: Mapping[str, str]) -> list[Due]:
        """The dues that the event begins; none where it does not say when."""
        start = event.occurred_at if self._at is None else self._start(self._at, event)
        if start is None:
            return []
        rule = self._rule
        target = rule.zone.add(start, self._delay)
        if not rule.each:
            return [self._due(event, target, "1", None)]
        return [self._due(event, target, one, one) for one in sorted(members) if members[one] in rule.each]

    def _start(self, field: str, event: Event) -> int | None:
        written = event.data.get(field)
        if not written:
            return None
        if self._targets.get(event.kind) == "instant":
            return parse_instant(written)
        return self._rule.zone.at(datetime.fromisoformat(written))

    def _due(self, event: Event, target: int, occurrence: str, member: str | None) -> Due:
        rule, at = self._rule, event.occurred_at
        opens = min(at, target) if rule.early is None else rule.zone.add(target, rule.early, -1)
        match = rule.begun_with(event, member)
        due = rule.due(anchor=event.id, occurrence=occurrence, target=target, opens=opens, match=match)
        return due if due.wake >= at else rule.begun_late(due, at)


def _plan(rule: Rule, declared: Expectation, fields: Fields) -> Plan:
    if declared.daily_at is not None:
        return Daily(rule, declared)
    if declared.every is None:
        return AfterEvent(rule, declared, fields.targets)
    if declared.counted_from == "last":
        return EveryFromLast(rule, declared.every)
    return EveryFromStart(rule, declared.every)


def _shift(zone: Zone, duration: Duration) -> Shift:
    exact = duration.microseconds
    if duration.months or duration.days:
        return lambda instant: zone.add(instant, duration)
    return lambda instant: instant + exact


def _reminders(declared: Expectation, zone: Zone) -> tuple[TimedReminder, ...]:
    ordered = sorted(declared.remind, key=lambda reminder: _length(reminder.at))
    return tuple(TimedReminder(_shift(zone, one.at), one.by, one.to, one.at) for one in ordered)


def _escalations(declared: Expectation, zone: Zone) -> tuple[TimedEscalation, ...]:
    if declared.otherwise is None or declared.otherwise.alarm is None:
        return ()
    ordered = sorted(declared.otherwise.escalate, key=lambda escalation: _length(escalation.after))
    return tuple(TimedEscalation(_shift(zone, one.after), one.to) for one in ordered)


def _length(duration: Duration) -> int:
    return (duration.months * 30 + duration.days) * DAY + duration.microseconds


def _steady(declared: Expectation) -> bool:
    """Whether reminders, and escalations, come in the order of their lengths whatever the calendar does."""
    otherwise = declared.otherwise
    lengths = [[one.at for one in declared.remind], [one.after for one in otherwise.escalate] if otherwise else []]
    return not any(one.months for some in lengths for one in some) and all(
        len({bool(one.days) for one in some}) < 2 for some in lengths
    )
