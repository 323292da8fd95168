"""What an event brings: it meets dues, moves the participant, states facts, begins dues, answers alarms. Or it is held.

An event meets dues as things stood before it, then changes the stage and the facts, then begins new dues.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from genklang.engine.draft import Draft
from genklang.engine.passing import open_ready, settle
from genklang.engine.plan import Compiled, Kind, rule_anchored
from genklang.engine.rules import Daily, EveryFromLast, Rule
from genklang.engine.types import Allocate, Due, Event, Reason, Track


def happen(draft: Draft, compiled: Compiled, event: Event) -> None:
    """Let time pass until the event, and then the event. Held where nothing known so far explains it."""
    at = event.occurred_at
    settle(draft, compiled.rules, at - 1)
    draft.last = event.position
    kind = compiled.kinds.get(event.kind)
    if kind is None or not accepts(draft, kind, event):
        draft.held.append(event.id)
        return
    before = (draft.stage, draft.arm, draft.facts)
    act = _ACTS.get(event.kind)
    if act is not None and not act(draft, compiled, event):
        draft.held.append(event.id)
        return
    for index in kind.meets:
        _meet(draft, compiled.rules[index], index, event)
    if kind.states:
        _state_facts(draft, {fact: event.data[field] for field, fact in kind.states if field in event.data})
    if draft.stage is not None and draft.stage in kind.moves:
        draft.stage, draft.stage_since = kind.moves[draft.stage], at
    if before != (draft.stage, draft.arm, draft.facts):
        _reconsider(draft, compiled, event, before)
    for index in kind.begins:
        _begin_due(draft, compiled.rules[index], index, event)
    if kind.draws:
        _draw(draft, compiled, event)


def accepts(draft: Draft, kind: Kind, event: Event) -> bool:
    """Whether the stage and the facts allow the event."""
    if event.kind == "enrolled":
        return draft.stage is None
    if draft.stage is None or (kind.during is not None and draft.stage not in kind.during):
        return False
    if event.kind == "allocated":
        return draft.arm is None
    return kind.when is None or kind.when.holds({**draft.values(), **event.data})


def _meet(draft: Draft, rule: Rule, index: int, event: Event) -> None:
    """Let the event meet the earliest due that it fits; those that nobody has dealt with come first."""
    track = draft.tracks[index]
    fitting = [due for due in track.live if _fits(draft, rule, due, event)]
    if not fitting:
        return
    due = min(fitting, key=_dealt_with) if len(fitting) > 1 else fitting[0]
    if event.occurred_at > due.deadline_at:
        draft.resolve(due, "met_late", event.occurred_at, event.id)
        _end(draft, rule, index, due, reason="met_late", event=event)
    else:
        draft.resolve(due, "met", event.occurred_at, event.id)
        _end(draft, rule, index, due, reason="met", event=event)


def _fits(draft: Draft, rule: Rule, due: Due, event: Event) -> bool:
    if due.closed or due.opens_at > event.occurred_at:
        return False
    if rule.matching and not rule.matched_by(due, event.data):
        return False
    return rule.where is None or rule.where.holds({**draft.values(), **event.data})


def _dealt_with(due: Due) -> bool:
    return due.answer == "resolved"


def _end(draft: Draft, rule: Rule, index: int, due: Due, *, reason: Reason, event: Event) -> None:
    """Take a due away; where the next is counted from it, plan that."""
    at = event.occurred_at
    draft.close_answer(rule, due, reason=reason, at=at)
    track = draft.tracks[index]
    live = tuple([one for one in track.live if one is not due])
    upcoming = track.upcoming
    if isinstance(rule.plan, EveryFromLast):
        start = max(due.target_at, at) if reason == "waived" else at
        upcoming = rule.plan.counted(track, start, opens=at, anchor=event.id)
    draft.put(index, track, live, upcoming)
    if upcoming is not track.upcoming:
        open_ready(draft, rule, index, at)


def _begin_due(draft: Draft, rule: Rule, index: int, event: Event) -> None:
    track = draft.tracks[index]
    due = rule_anchored(rule).anchored(event)
    if track.anchor is not None and rule.within_until(track, due.target_at, inclusive=True):
        draft.put(index, track, (*track.live, due), None)


def _draw(draft: Draft, compiled: Compiled, event: Event) -> None:
    """Ask for a draw, if the participant is eligible and has no arm."""
    if draft.arm is None and (compiled.eligible is None or compiled.eligible.holds(draft.facts)):
        stratum = tuple(_written(draft.facts.get(fact)) for fact in compiled.strata)
        draft.effects.append(Allocate(stratum, event.occurred_at, event.id, event.sequence + 1))


def _written(value: Any) -> str:
    """A fact as part of a stratum: the same text for the same answer, whatever it was read from."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _reconsider(draft: Draft, compiled: Compiled, event: Event, before: tuple[str | None, str | None, Any]) -> None:
    """The stage, the arm or a fact has changed: see which expectations hold now."""
    stage, arm, facts = before
    at = event.occurred_at
    if (stage, arm) != (draft.stage, draft.arm):
        _remember_targets(draft, stage or "", arm, at)
    for index, rule in enumerate(compiled.rules):
        holds = _holds(draft, rule)
        track = draft.tracks[index]
        if holds and track.anchor is None:
            _start(draft, rule, index, event)
        elif not holds and track.anchor is not None:
            _stop(draft, rule, index, event)
        elif holds and isinstance(rule.plan, Daily) and rule.plan.fact and _differs(rule.plan.fact, facts, draft.facts):
            draft.put(index, track, track.live, rule.plan.replanned(track, draft.facts, at))
            open_ready(draft, rule, index, at)


def _holds(draft: Draft, rule: Rule) -> bool:
    return draft.stage in rule.during and (rule.when is None or rule.when.holds(draft.values()))


def _differs(fact: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return before.get(fact) != now.get(fact)


def _start(draft: Draft, rule: Rule, index: int, event: Event) -> None:
    at = event.occurred_at
    track = draft.tracks[index]
    first = at if track.first is None else track.first
    track = Track(rule.name, event.id, at, first, track.opened)
    if isinstance(rule.plan, Daily) and track.opened >= at:  # what was met early is not asked for again after a pause
        upcoming = rule.plan.replanned(track, draft.facts, at)
    else:
        upcoming = rule.plan.first(track, draft.facts)
    draft.put(index, track, (), upcoming)
    open_ready(draft, rule, index, at)


def _stop(draft: Draft, rule: Rule, index: int, event: Event) -> None:
    """The expectation no longer holds: what is open is cancelled, what was missed stays missed but needs no answer."""
    at = event.occurred_at
    track = draft.tracks[index]
    opened = track.opened
    for due in track.live:
        if not due.missed and due.anchor != event.id:
            draft.resolve(due, "cancelled", at, event.id)
            opened = min(opened, due.target_at - 1)
        draft.close_answer(rule, due, reason="left", at=at)
    draft.put(index, Track(rule.name, None, 0, track.first, opened), (), None)


def _remember_targets(draft: Draft, stage: str, arm: str | None, at: int) -> None:
    """Dues whose target has passed keep the stage and arm that they had then."""
    for index, track in enumerate(draft.tracks):
        if any(due.target_at <= at and due.at_target is None for due in track.live):
            live = [
                due._replace(at_target=(stage, arm)) if due.target_at <= at and due.at_target is None else due
                for due in track.live
            ]
            draft.put(index, track, tuple(live), track.upcoming)


def _state_facts(draft: Draft, stated: Mapping[str, Any]) -> None:
    """Facts replace what was known; lists become tuples, so that nothing in a state can be changed."""
    fresh = {name: tuple(value) if isinstance(value, list) else value for name, value in stated.items()}
    draft.facts = {**draft.facts, **fresh}


def _enrolled(draft: Draft, compiled: Compiled, event: Event) -> bool:
    draft.stage, draft.stage_since = compiled.protocol.first_stage, event.occurred_at
    _state_facts(draft, event.data)
    return True


def _stated(draft: Draft, compiled: Compiled, event: Event) -> bool:
    _state_facts(draft, event.data)
    return True


def _allocated(draft: Draft, compiled: Compiled, event: Event) -> bool:
    arm = str(event.data.get("arm", ""))
    if arm not in compiled.arms:
        return False
    draft.arm = arm
    return True


def _acknowledged(draft: Draft, compiled: Compiled, event: Event) -> bool:
    """Somebody has seen the alarm: it goes no further, but stays until it is dealt with."""
    found = _named(draft, compiled, event)
    if found is None or not found[1].unanswered:
        return False
    index, due = found
    rule = compiled.rules[index]
    wake = rule.wake_missed(due, "acknowledged", due.level, due.closes_at)
    _replace(draft, index, due, due._replace(answer="acknowledged", wake=wake))
    return True


def _resolved(draft: Draft, compiled: Compiled, event: Event) -> bool:
    """Somebody has dealt with it. The due stays missed; if it is met after all before it closes, it was met late."""
    found = _named(draft, compiled, event)
    if found is None or not found[1].unanswered:
        return False
    index, due = found
    rule = compiled.rules[index]
    if due.closed or isinstance(rule.plan, EveryFromLast):
        _end(draft, rule, index, due, reason="resolved", event=event)
        return True
    draft.close_answer(rule, due, reason="resolved", at=event.occurred_at)
    wake = rule.wake_missed(due, "resolved", due.level, due.closes_at)
    _replace(draft, index, due, due._replace(answer="resolved", wake=wake))
    return True


def _waived(draft: Draft, compiled: Compiled, event: Event) -> bool:
    """Somebody has decided that it need not be done."""
    found = _named(draft, compiled, event)
    if found is None:
        return False
    index, due = found
    draft.resolve(due, "waived", event.occurred_at, event.id)
    _end(draft, compiled.rules[index], index, due, reason="waived", event=event)
    return True


def _nothing(draft: Draft, compiled: Compiled, event: Event) -> bool:
    return True


def _named(draft: Draft, compiled: Compiled, event: Event) -> tuple[int, Due] | None:
    """The live due that the event is about."""
    name = str(event.data.get("due", ""))
    index = compiled.places.get(name.partition("/")[0], -1)
    if index < 0:
        return None
    return next(((index, due) for due in draft.tracks[index].live if due.id == name), None)


def _replace(draft: Draft, index: int, old: Due, new: Due) -> None:
    track = draft.tracks[index]
    live = tuple(new if one is old else one for one in track.live)
    draft.put(index, track, live, track.upcoming)


_ACTS: dict[str, Callable[[Draft, Compiled, Event], bool]] = {
    "enrolled": _enrolled,
    "stated": _stated,
    "allocated": _allocated,
    "acknowledged": _acknowledged,
    "resolved": _resolved,
    "waived": _waived,
    "voided": _nothing,
    "time_passed": _nothing,
}
