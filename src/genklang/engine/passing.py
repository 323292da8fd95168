"""What time brings by itself: dues open and close, reminders fall due, deadlines pass, alarms escalate.

All in the order of its instants, so that it does not matter in how many stretches time is let pass. At one and the same
instant a due opens (or closes) first, then events happen, then reminders, deadlines and escalations: an event exactly
at the deadline is in time. This order is kept by letting dues open and close one microsecond ahead.
"""

from __future__ import annotations

from collections.abc import Sequence

from genklang.engine.draft import Draft
from genklang.engine.rules import Rule
from genklang.engine.types import Answer, Due, EscalateAlarm, Track


def settle(draft: Draft, rules: Sequence[Rule], limit: int) -> None:
    """Let everything happen whose instant is at most `limit`."""
    while draft.wake <= limit:
        wake = draft.wake
        for index, track in enumerate(draft.tracks):
            if track.wake == wake:
                _pass(draft, rules[index], index, limit)
                break
    draft.settled = max(draft.settled, limit)


def open_ready(draft: Draft, rule: Rule, index: int, now: int) -> None:
    """Open what by now should be open."""
    while (upcoming := draft.tracks[index].upcoming) and upcoming.opens_at <= now:
        _open(draft, rule, index, upcoming)


def _pass(draft: Draft, rule: Rule, index: int, limit: int) -> None:
    """Let one thing happen to one expectation."""
    track = draft.tracks[index]
    upcoming = track.upcoming
    if upcoming and upcoming.opens_at - 1 == track.wake:
        _open(draft, rule, index, upcoming)
        return
    for place, due in enumerate(track.live):
        if due.wake == track.wake:
            changed = _changed(draft, rule, due, limit)
            live = track.live[:place] + ((changed,) if changed else ()) + track.live[place + 1 :]
            draft.put(index, track, live, upcoming)
            return


def _open(draft: Draft, rule: Rule, index: int, due: Due) -> None:
    """Make the upcoming due live; the ones before close when it claims what comes."""
    track = draft.tracks[index]
    live = track.live
    if live:
        claim = rule.plan.claims_at(due)
        live = tuple([_closing(rule, one, claim) for one in live])
    draft.put(
        index,
        Track(track.name, track.anchor, track.since, track.first, due.target_at),
        (*live, due),
        rule.plan.following(track, due, draft.facts),
    )


def _closing(rule: Rule, due: Due, claim: int) -> Due:
    """A due that will close, but not before its own deadline."""
    closes_at = min(due.closes_at, max(claim, due.deadline_at + 1))
    if closes_at == due.closes_at or due.closed:
        return due
    wake = rule.wake_missed(due, due.answer, due.level, closes_at) if due.missed else due.wake
    return due._replace(closes_at=closes_at, wake=wake)


def _changed(draft: Draft, rule: Rule, due: Due, limit: int) -> Due | None:
    """The due after what its `wake` brought; None where nothing more can come of it."""
    if due.missed:
        closes = due.closes_at - 1 == due.wake and not due.closed
        return _closed(rule, due) if closes else _escalated(draft, rule, due)
    if _reminder_at(rule, due) == due.wake:
        return _reminded(draft, rule, due, limit)
    return _missed(draft, rule, due)


def _reminder_at(rule: Rule, due: Due) -> int | None:
    return rule.reminders[due.reminded].at(due.target_at) if due.reminded < len(rule.reminders) else None


def _reminded(draft: Draft, rule: Rule, due: Due, limit: int) -> Due:
    reminder = rule.reminders[due.reminded]
    draft.notify(due, channel=reminder.channel, role=reminder.role, at=due.wake, horizon=limit)
    wake = rule.wake_open(due.target_at, due.deadline_at, due.reminded + 1)
    return due._replace(reminded=due.reminded + 1, wake=wake)


def _missed(draft: Draft, rule: Rule, due: Due) -> Due:
    draft.resolve(due, "missed", None, None)
    draft.open_answer(rule, due)
    answer: Answer = "open" if rule.alarm or rule.task else ""
    wake = rule.wake_missed(due, answer, 0, due.closes_at)
    return due._replace(missed=True, answer=answer, wake=wake)


def _escalated(draft: Draft, rule: Rule, due: Due) -> Due:
    level = due.level + 1
    draft.effects.append(EscalateAlarm(due.id, rule.escalations[due.level].role, level, due.wake))
    return due._replace(level=level, wake=rule.wake_missed(due, due.answer, level, due.closes_at))


def _closed(rule: Rule, due: Due) -> Due | None:
    """Too late to be met late; an alarm or task that nobody has dealt with stays."""
    if not due.unanswered:
        return None
    closed = due._replace(closed=True)
    return closed._replace(wake=rule.wake_missed(closed, due.answer, due.level, due.closes_at))
