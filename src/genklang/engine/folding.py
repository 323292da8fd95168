"""Whole logs: put in order, cleared of doubles and of what was voided, folded; and the difference a late event makes.

A late event is never patched in. The log is folded again from where it belongs, once without it and once with it, and
what differs is told as corrections: so that every order of arrival ends in the same state, facts and open alarms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from genklang.engine.draft import STALE_REMINDER, Draft, closing, opening
from genklang.engine.rules import Rule
from genklang.engine.turning import Course
from genklang.engine.types import (
    Allocate,
    DrawSample,
    Due,
    Effect,
    EscalateAlarm,
    Event,
    Notify,
    OutcomeFact,
    Position,
    Reason,
    State,
    Step,
)

_LONG = 64  # events, from which on it is worth while to look for stretches
_WORTH_IT = 16
_AT_ONCE = 1024
_REASONS: dict[str, Reason] = {"met": "met", "met_late": "met_late", "waived": "waived", "cancelled": "left"}


class Log(NamedTuple):
    """Events in order, each once, without those voided.

    `voids` are the ids of those, also of any that have not come yet.
    """

    events: tuple[Event, ...]
    settled: int
    voids: frozenset[str]


def arrange(events: Iterable[Event], *, settled: int = 0) -> Log:
    """Put events in the order in which they are folded, whatever order they came in.

    Of two with the same id the first counts.
    """
    once: dict[str, Event] = {}
    for event in events:
        once.setdefault(event.id, event)
    ordered = sorted((event for event in once.values() if event.kind != "time_passed"), key=position)
    passed = [event.occurred_at for event in once.values() if event.kind == "time_passed"]
    voided = _voided(ordered)
    kept = tuple(event for event in ordered if event.id not in voided)
    return Log(kept, max([settled, *passed]), frozenset(voided))


def position(event: Event) -> Position:
    """Where an event stands in the fold."""
    return event.position


def voided_ids(events: Iterable[Event]) -> frozenset[str]:
    """The ids of events that are void, in a log or in several, given in any order: voidings are all that matters."""
    return frozenset(_voided(sorted(events, key=position)))


def _voided(ordered: Sequence[Event]) -> set[str]:
    """The ids of events that were voided; the latest voiding decides, so that a voiding can itself be voided."""
    voided: set[str] = set()
    for event in reversed(ordered):
        if event.kind == "voided" and event.id not in voided:
            voided.add(str(event.data.get("event", "")))
    return voided


def play(course: Course, state: State, events: Iterable[Event], *, settled: int) -> Step:
    """Let events, in order, happen to a state, and then time pass until `settled`."""
    log = list(events)
    begun = _stretches(course, state, log) if len(log) >= _LONG else Told(state)
    draft = Draft(begun.state)
    for event in log[begun.taken :]:
        course.happen(draft, event)
    course.settle(draft, settled)
    step = draft.step()
    if not begun.taken:
        return step
    return Step(step.state, (*begun.effects, *step.effects), (*begun.facts, *step.facts), (*begun.held, *step.held))


class Told(NamedTuple):
    """What came of the first events of a log, of which so many have been taken."""

    state: State
    taken: int = 0
    effects: Sequence[Effect] = ()
    facts: Sequence[OutcomeFact] = ()
    held: Sequence[str] = ()


def _stretches(course: Course, state: State, log: Sequence[Event]) -> Told:
    """Take a long log in stretches, where many events only meet dues, and one by one in between."""
    from genklang.engine.stretches import Rows, take  # with numpy, which short logs do without

    place, wait = 0, 1
    effects: list[Effect] = []
    facts: list[OutcomeFact] = []
    held: list[str] = []
    while len(log) - place >= _LONG:
        ruling = course.sole(state.settled)
        many = take(ruling, state, Rows.of(log[place : place + _AT_ONCE])) if ruling else None
        taken = many.taken if many else 0
        if many and taken:
            told = many.step()
        else:
            draft = Draft(state)
            for event in log[place : place + wait]:
                course.happen(draft, event)
            told = draft.step()
        place += taken or wait
        wait = 1 if taken >= _WORTH_IT else min(2 * wait, _AT_ONCE)
        state = told.state
        effects += told.effects
        facts += told.facts
        held += told.held
    return Told(state, min(place, len(log)), effects, facts, held)


def refold(course: Course, start: State, *, known: Log, arrived: Log, horizon: int) -> Step:
    """The difference between two logs, both folded from `start`: what the second corrects of what the first said."""
    same = _common(known, arrived)
    base = play(course, start._replace(voids=known.voids), arrived.events[:same], settled=0)
    branch = base.state._replace(voids=arrived.voids)
    old = play(course, base.state, known.events[same:], settled=known.settled)
    new = play(course, branch, arrived.events[same:], settled=arrived.settled)
    common = current(base.facts)
    before, after = current(old.facts), current(new.facts)
    # What the old log said last about a due of the common part stands no more: the common part's word does again.
    after = {due: common[due] for due in before if due in common and due not in after} | after
    effects = _difference(course, old, new, base_facts=common, horizon=max(horizon, new.state.horizon))
    return Step(
        new.state,
        effects,
        tuple(fact for due, fact in after.items() if before.get(due) != fact),
        base.held + new.held,
        tuple(due for due in before if due not in after),
        refolded=True,
    )


def current(facts: Iterable[OutcomeFact]) -> dict[str, OutcomeFact]:
    """The facts that stand, by due: the last of each."""
    return {fact.due: fact for fact in facts}


def _common(known: Log, arrived: Log) -> int:
    """How many events both logs begin with."""
    shorter = min(len(known.events), len(arrived.events))
    pairs = zip(known.events, arrived.events, strict=False)
    return next((place for place, (one, other) in enumerate(pairs) if one is not other), shorter)


def _difference(
    course: Course, old: Step, new: Step, *, base_facts: dict[str, OutcomeFact], horizon: int
) -> tuple[Effect, ...]:
    facts = base_facts | current(new.facts)
    asked = {due.id: due for due in old.state.unanswered}
    asking = {due.id: due for due in new.state.unanswered}
    effects: list[Effect] = []
    for name, due in asked.items():
        if name not in asking:
            effects += closing(course.rule(due.expectation), name, reason=_reason(facts.get(name)), at=horizon)
    for name, due in asking.items():
        if name not in asked:
            effects += opening(course.rule(due.expectation), due)
        effects += _escalations(course.rule(due.expectation), due, told=asked[name].level if name in asked else 0)
    return (*effects, *_newly(old, new, horizon))


def _reason(fact: OutcomeFact | None) -> Reason:
    """Why nothing is asked about a due any longer."""
    if fact is None:
        return "withdrawn"
    return _REASONS.get(fact.status, "resolved")


def _escalations(rule: Rule, due: Due, *, told: int) -> list[Effect]:
    levels = range(told, due.level)
    at = due.deadline_at
    return [EscalateAlarm(due.id, rule.escalations[n].role, n + 1, rule.escalations[n].at(at)) for n in levels]


def _newly(old: Step, new: Step, horizon: int) -> list[Effect]:
    """Reminders that are still fresh, and draws, that only the new log asks for."""
    known = {effect.key for effect in old.effects}
    fresh = [effect for effect in new.effects if effect.key not in known]
    reminders = [one for one in fresh if isinstance(one, Notify) and horizon - one.at <= STALE_REMINDER]
    arms = [one for one in fresh if isinstance(one, Allocate) and new.state.arm is None]
    samples = [one for one in fresh if isinstance(one, DrawSample) and one.draw not in new.state.facts]
    return [*reminders, *arms, *samples]
