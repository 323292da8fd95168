"""What an event brings: it meets dues, moves the participant, states facts, begins dues, answers alarms. Or it is held.

An event meets dues as things stood before it, then changes the stage and the facts, then begins new dues.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from genklang.engine.draft import Draft
from genklang.engine.passing import open_ready, settle
from genklang.engine.plan import Compiled, Kind, rule_anchored
from genklang.engine.randomisation import cluster_of
from genklang.engine.rules import Daily, EveryFromLast, Rule
from genklang.engine.signals import listen
from genklang.engine.types import Allocate, DrawSample, Due, Event, Reason, Track


def happen(draft: Draft, compiled: Compiled, event: Event) -> None:
    """Let time pass until the event, and then the event. Held where nothing known so far explains it."""
    at = event.occurred_at
    settle(draft, compiled.rules, at - 1)
    draft.last = event.position
    kind = compiled.kinds.get(event.kind)
    if kind is None or not accepts(draft, kind, event, compiled.rules):
        draft.held.append(event.id)
        return
    before = (draft.stage, draft.arm, draft.facts)
    act = _ACTS.get(event.kind)
    if act is not None and not act(draft, compiled, event):
        draft.held.append(event.id)
        return
    for index in kind.meets:
        rule = compiled.rules[index]
        if rule.several:
            for data in _readings(rule, event):
                _meet(draft, rule, index, event, data)
        else:
            _meet(draft, rule, index, event, event.data)
    if kind.states:
        _state_facts(draft, {fact: event.data[field] for field, fact in kind.states if field in event.data})
    if draft.stage is not None and draft.stage in kind.moves:
        draft.stage, draft.stage_since = kind.moves[draft.stage], at
    if before != (draft.stage, draft.arm, draft.facts):
        _reconsider(draft, compiled, event, before)
    for index in kind.begins:
        _begin_dues(draft, compiled.rules[index], index, event)
    if kind.more:
        _begin_more(draft, compiled, kind, event)


def accepts(draft: Draft, kind: Kind, event: Event, rules: Sequence[Rule]) -> bool:
    """Whether the stage, what is required first, and the facts allow the event."""
    if event.kind == "enrolled":
        return draft.stage is None
    if draft.stage is None or (kind.during is not None and draft.stage not in kind.during):
        return False
    if event.kind == "allocated":
        return draft.arm is None
    if kind.requires and unsettled(draft, kind, event, rules):
        return False
    return kind.when is None or kind.when.holds({**draft.values(), **event.data})


def unsettled(draft: Draft, kind: Kind, event: Event, rules: Sequence[Rule]) -> list[str]:
    """The expectations of which something must be settled before the event may happen."""
    return [
        rules[index].name
        for index in kind.requires
        if any(
            not due.closed and due.answer != "resolved" and rules[index].shares(due, event.data)
            for due in draft.tracks[index].live
        )
    ]


def _readings(rule: Rule, event: Event) -> Iterator[Mapping[str, Any]]:
    """What an event that points at several carries, once for each of them: it may meet a due for each."""
    names = rule.met_by[event.kind]
    values = [value if isinstance(value, list) else [value] for value in map(event.data.get, names)]
    for one in product(*values):
        yield {**event.data, **dict(zip(names, one, strict=True))}


def _meet(draft: Draft, rule: Rule, index: int, event: Event, data: Mapping[str, Any]) -> None:
    """Let the event meet the earliest due that it fits; those that nobody has dealt with come first."""
    track = draft.tracks[index]
    fitting = [due for due in track.live if _fits(draft, rule, due, event, data)]
    if not fitting:
        return
    due = min(fitting, key=_dealt_with) if len(fitting) > 1 else fitting[0]
    if event.occurred_at > due.deadline_at:
        draft.resolve(due, "met_late", event.occurred_at, event.id)
        _end(draft, rule, index, due, reason="met_late", event=event)
    else:
        draft.resolve(due, "met", event.occurred_at, event.id)
        _end(draft, rule, index, due, reason="met", event=event)


def _fits(draft: Draft, rule: Rule, due: Due, event: Event, data: Mapping[str, Any]) -> bool:
    if due.closed or due.opens_at > event.occurred_at:
        return False
    if due.match is not None and not rule.matched_by(due, event.kind, data):
        return False
    return rule.where is None or rule.where.holds({**draft.values(), **data})


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


def _begin_dues(draft: Draft, rule: Rule, index: int, event: Event) -> None:
    track = draft.tracks[index]
    if track.anchor is None:
        return
    dues = rule_anchored(rule).begun(event, _concerned(draft, event))
    dues = [due for due in dues if rule.within_until(track, due.target_at, inclusive=True)]
    if dues:
        draft.put(index, track, (*track.live, *dues), None)


def _concerned(draft: Draft, event: Event) -> Mapping[str, str]:
    """Whom of the members an event is about: the one who joins, else everybody."""
    if event.kind != "member_joined":
        return draft.members
    member = str(event.data["member"])
    return {member: draft.members[member]}


def _begin_more(draft: Draft, compiled: Compiled, kind: Kind, event: Event) -> None:
    """What few kinds of event bring: signals that sound, what being drawn begins, and chance that is asked for."""
    begun = _chosen(compiled, event) if event.kind == "drawn" else listen(draft, kind, event) - {*kind.begins}
    for index in begun:
        _begin_dues(draft, compiled.rules[index], index, event)
    if kind.allocates:
        _allocate(draft, compiled, event)
    for draw in kind.samples:
        if draw not in draft.facts:
            draft.effects.append(DrawSample(draw, event.occurred_at, event.id, event.sequence + 1))


def _chosen(compiled: Compiled, event: Event) -> Sequence[int]:
    """What being drawn begins; not being drawn begins nothing."""
    return compiled.drawn[event.data["draw"]] if event.data["chosen"] else ()


def _allocate(draft: Draft, compiled: Compiled, event: Event) -> None:
    """Ask for a draw, if the participant is eligible and has no arm."""
    if draft.arm is None and (compiled.eligible is None or compiled.eligible.holds(draft.facts)):
        stratum = _stratum(draft, compiled)
        if stratum is not None:
            draft.effects.append(Allocate(stratum, event.occurred_at, event.id, event.sequence + 1))


def _stratum(draft: Draft, compiled: Compiled) -> tuple[str, ...] | None:
    """What the draw is balanced within, or the cluster that it is of; None for whoever belongs to no cluster."""
    if compiled.cluster is None:
        return tuple(_written(draft.facts.get(fact)) for fact in compiled.strata)
    cluster = cluster_of(_written(draft.facts.get(compiled.cluster)))
    return (cluster,) if cluster else None


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
        holds = holds_now(draft, rule)
        track = draft.tracks[index]
        if holds and track.anchor is None:
            start(draft, rule, index, event)
        elif not holds and track.anchor is not None:
            stop(draft, rule, index, event)
        elif holds and isinstance(rule.plan, Daily) and rule.plan.fact and _differs(rule.plan.fact, facts, draft.facts):
            draft.put(index, track, track.live, rule.plan.replanned(track, draft.facts, at))
            open_ready(draft, rule, index, at)


def holds_now(draft: Draft, rule: Rule) -> bool:
    """Whether an expectation holds as things stand."""
    return draft.stage in rule.during and (rule.when is None or rule.when.holds(draft.values()))


def _differs(fact: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return before.get(fact) != now.get(fact)


def start(draft: Draft, rule: Rule, index: int, event: Event) -> None:
    """The expectation holds from now on."""
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


def stop(draft: Draft, rule: Rule, index: int, event: Event) -> None:
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


def _joined(draft: Draft, compiled: Compiled, event: Event) -> bool:
    member, role = str(event.data.get("member", "")), str(event.data.get("role", ""))
    if not member or member in draft.members or role not in compiled.member_roles:
        return False
    draft.members = {**draft.members, member: role}
    return True


def _left(draft: Draft, compiled: Compiled, event: Event) -> bool:
    """Somebody belongs to the enrolment no more: what was expected of them is called off."""
    member = str(event.data.get("member", ""))
    if member not in draft.members:
        return False
    draft.members = {one: role for one, role in draft.members.items() if one != member}
    for index, rule in enumerate(compiled.rules):
        if rule.each:
            _call_off(draft, rule, index, event, [due for due in draft.tracks[index].live if due.occurrence == member])
    return True


def _call_off(draft: Draft, rule: Rule, index: int, event: Event, dues: Sequence[Due]) -> None:
    for due in dues:
        if not due.missed:
            draft.resolve(due, "cancelled", event.occurred_at, event.id)
        _end(draft, rule, index, due, reason="left", event=event)


def _drawn(draft: Draft, compiled: Compiled, event: Event) -> bool:
    """A draw stands: what it says is known from now on, like a fact."""
    draw, chosen = event.data.get("draw"), event.data.get("chosen")
    if draw not in compiled.drawn or draw in draft.facts or not isinstance(chosen, bool):
        return False
    draft.facts = {**draft.facts, draw: chosen}
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
    "member_joined": _joined,
    "member_left": _left,
    "drawn": _drawn,
}
