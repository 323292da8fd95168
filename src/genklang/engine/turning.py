"""Going over to another version of the protocol at an instant, in the middle of an enrolment.

What happened before the instant is read by the version that ruled then, for ever; from the instant on the next one
rules. What has come due stands as it was told. What was only planned is planned anew, never for an instant that has
been. An event that lies before begins nothing afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from genklang.engine.draft import Draft, closing, opening
from genklang.engine.happening import happen, holds_now, start, stop
from genklang.engine.passing import open_ready, settle
from genklang.engine.plan import Compiled
from genklang.engine.rules import AfterEvent, Daily, EveryFromLast, EveryFromStart, Rule
from genklang.engine.time import NEVER
from genklang.engine.types import Answer, Due, Event, Track
from genklang.protocol.types import Expectation

TURNED = "turned"
TIMING = ("daily_at", "every", "after", "in_", "at", "counted_from", "until", "clock_change")


class Leg(NamedTuple):
    """A version, and the first instant that it no longer rules."""

    compiled: Compiled
    until: int


class Course:
    """The versions that rule an enrolment, one after the other; for most there is only one.

    A state that is settled up to just before a leg's end has turned already.
    """

    __slots__ = ("_legs", "first", "last")

    def __init__(self, legs: Sequence[Leg]) -> None:
        self._legs = tuple(legs)
        self.first = self._legs[0].compiled
        self.last = self._legs[-1].compiled

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The versions in the order in which they rule; the last one has no end."""
        return self._legs

    def at(self, instant: int) -> Compiled:
        """The version that rules at an instant."""
        return next(leg.compiled for leg in self._legs if instant < leg.until)

    def sole(self, settled: int) -> Compiled | None:
        """The version that rules all that is still to come of a state settled so far; None where a turn is left."""
        return self.last if len(self._legs) == 1 or settled >= self._legs[-2].until - 1 else None

    def happen(self, draft: Draft, event: Event) -> None:
        """Let time pass until the event, and then the event, by the version that rules then."""
        happen(draft, self._come_to(draft, event.occurred_at), event)

    def settle(self, draft: Draft, limit: int) -> None:
        """Let everything happen whose instant is at most `limit`."""
        if limit > draft.settled:
            settle(draft, self._come_to(draft, limit + 1).rules, limit)

    def rule(self, expectation: str) -> Rule:
        """The latest rule of that name."""
        compiled = next(leg.compiled for leg in reversed(self._legs) if expectation in leg.compiled.places)
        return compiled.rules[compiled.places[expectation]]

    def _come_to(self, draft: Draft, instant: int) -> Compiled:
        """The version that rules at an instant, with all turns up to there made."""
        if len(self._legs) == 1:
            return self.last
        for leg, following in zip(self._legs, self._legs[1:], strict=False):
            if instant < leg.until:
                return leg.compiled
            if draft.settled < leg.until - 1:
                turn(draft, leg, following.compiled)
        return self.last


def turn(draft: Draft, leg: Leg, new: Compiled) -> None:
    """Make the state one of the next version, at the instant at which the earlier one ends."""
    old = leg.compiled
    settle(draft, old.rules, leg.until - 1)
    event = Event(f"{TURNED}:{leg.until}", TURNED, leg.until)
    for index, rule in enumerate(old.rules):
        if rule.name not in new.places and draft.tracks[index].anchor is not None:
            stop(draft, rule, index, event)
    before = {track.name: track for track in draft.tracks}
    draft.tracks = [before.get(rule.name, Track(rule.name)) for rule in new.rules]
    draft.series = {name: series for name, series in draft.series.items() if _same_signal(name, old, new)}
    draft.wake = min([NEVER, *(track.wake for track in draft.tracks)])
    for index in range(len(new.rules)):
        _turn_one(draft, old, new, index, event)


def _turn_one(draft: Draft, old: Compiled, new: Compiled, index: int, event: Event) -> None:
    """One expectation of the new version takes over from the one of the same name, if there was one."""
    rule, track = new.rules[index], draft.tracks[index]
    declared, was = new.protocol.expectations[rule.name], old.protocol.expectations.get(rule.name)
    former = old.rules[old.places[rule.name]] if was else None
    if was == declared and rule.during == (former.during if former else None):
        return
    holds = holds_now(draft, rule)
    if track.anchor is None:
        if holds:
            start(draft, rule, index, event)
    elif former is not None and not holds:
        stop(draft, former, index, event)
    elif former is not None and was is not None:
        _adjust(draft, former, rule, index, event)
        if _timing(was) != _timing(declared):
            _replan(draft, former, rule, index, event)


def _adjust(draft: Draft, old: Rule, new: Rule, index: int, event: Event) -> None:
    """Dues that there are keep their times; who is reminded and told is as the new version says."""
    track = draft.tracks[index]
    live = tuple(_under(draft, old, new, due, event.occurred_at) for due in track.live)
    upcoming = track.upcoming
    if upcoming is not None:
        upcoming = upcoming._replace(wake=new.wake_open(upcoming.target_at, upcoming.deadline_at, 0))
    draft.put(index, track, live, upcoming)


def _under(draft: Draft, old: Rule, new: Rule, due: Due, at: int) -> Due:
    if not due.missed:
        reminded = sum(reminder.at(due.target_at) < at for reminder in new.reminders)
        return due._replace(reminded=reminded, wake=new.wake_open(due.target_at, due.deadline_at, reminded))
    answer: Answer = due.answer
    if due.unanswered and (old.alarm, old.task) != (new.alarm, new.task):
        draft.effects += closing(old, due.id, reason="withdrawn", at=at)
        draft.effects += opening(new, due)
        answer = "open" if new.alarm or new.task else ""
    level = min(due.level, len(new.escalations))
    return due._replace(answer=answer, level=level, wake=new.wake_missed(due, answer, level, due.closes_at))


def _replan(draft: Draft, old: Rule, new: Rule, index: int, event: Event) -> None:
    """What has not come due is planned by the new version. Dues that an event began were promised then, and stand."""
    at, track = event.occurred_at, draft.tracks[index]
    there = [] if isinstance(old.plan, AfterEvent) else [*track.live, *([track.upcoming] if track.upcoming else [])]
    planned = [due for due in there if due.target_at > at and not due.missed]
    opened = min([track.opened, *(due.target_at - 1 for due in planned)])
    live = tuple(due for due in track.live if due not in planned)
    since = track.since if type(old.plan) is type(new.plan) else at
    track = Track(track.name, event.id, since, track.first, opened)
    draft.put(index, track, live, _next(draft, old, new, planned=planned, track=track, live=live, at=at))
    open_ready(draft, new, index, at)


def _next(
    draft: Draft, old: Rule, new: Rule, *, planned: Sequence[Due], track: Track, live: Sequence[Due], at: int
) -> Due | None:
    """The first due to open by itself under the new version; its target is never before `at`."""
    plan = new.plan
    if isinstance(plan, Daily):
        return plan.replanned(track, draft.facts, at)
    if isinstance(plan, EveryFromStart):
        return plan.after(track, max(at, track.opened))
    if isinstance(plan, EveryFromLast) and not live:  # where one is live, the next is counted from how it ends
        if planned and isinstance(old.plan, EveryFromLast):
            began, anchor = old.plan.began(planned[0]), planned[0].anchor
        else:
            began, anchor = at, track.anchor or ""
        return plan.counted(track, began, opens=began, anchor=anchor, least=at)
    return None


def _timing(declared: Expectation) -> tuple[object, ...]:
    return tuple(getattr(declared, name) for name in TIMING)


def _same_signal(name: str, old: Compiled, new: Compiled) -> bool:
    return old.protocol.signals.get(name) == new.protocol.signals.get(name)
