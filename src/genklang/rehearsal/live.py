"""Simulated participants who live on in real time, so that a demonstration has something to show.

Nothing is remembered between calls: what a due is answered with follows from the seed, the enrolment and the due, and
the event's id from the due. A shell may therefore ask as often as it likes and send what it is given; what it has
sent before is a duplicate.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from typing import Any

from genklang.engine.types import Due, Event, State
from genklang.protocol.types import EventField
from genklang.rehearsal.participant import answer_at, later, row_at, seeded
from genklang.rehearsal.script import Act, Find, Script

MOST_OCCURRENCES = 100_000


def answer(script: Script, state: State, due: Due, *, seed: int, enrolled_at: int) -> Event | None:
    """The event that a simulated participant answers a due of theirs with; it may lie ahead. None where they never do.

    `state` is the participant's as it stands; `enrolled_at` the instant of their enrolment.
    """
    act = script.answers.get(due.expectation)
    if act is None:
        return None
    rng = seeded(seed, state.enrolment, due.id)
    row = row_at(script, state, {}, at=due.opens_at, enrolled_at=enrolled_at)
    at = answer_at(act, due, row=row, rng=rng)
    if at is None:
        return None
    carried = row_at(script, state, {}, at=at, enrolled_at=enrolled_at)
    data = act.data(carried, rng, find=_finding(state), match=due.match)
    return None if data is None else Event(_named(state.enrolment, due.id), act.event, at, act.role, data)


def answers(script: Script, state: State, *, seed: int, enrolled_at: int, now: int) -> list[Event]:
    """The answers to all dues of a participant that have been given by `now`, in order of time.

    Some may be known already.
    """
    given = [answer(script, state, due, seed=seed, enrolled_at=enrolled_at) for due in state.dues if not due.closed]
    return sorted((event for event in given if event and event.occurred_at <= now), key=lambda event: event.position)


def happenings(
    script: Script, state: State, anchor: Event, *, seed: int, enrolled_at: int, after: int, until: int
) -> list[Event]:
    """What happens of itself because of an event (`anchor`, for example the enrolment), later than `after` and by
    `until`.

    The shell hands in each event of the kinds in `script.happenings`, and leaves out what the engine does not accept.
    """
    events = [
        event
        for act in script.happenings.get(anchor.kind, ())
        for event in _of_act(script, state, anchor, act, seed=seed, enrolled_at=enrolled_at, until=until)
        if after < event.occurred_at
    ]
    return sorted(events, key=lambda event: event.position)


def _of_act(
    script: Script, state: State, anchor: Event, act: Act, *, seed: int, enrolled_at: int, until: int
) -> Iterator[Event]:
    for number in range(MOST_OCCURRENCES if act.every else 1):
        base = script.zone.add(anchor.occurred_at, act.every, number) if act.every else anchor.occurred_at
        if base > until:
            return
        rng = seeded(seed, state.enrolment, act.name, anchor.id, number)
        row = row_at(script, state, {}, at=base, enrolled_at=enrolled_at)
        if not act.happens(row, rng):
            continue
        at = later(base, act.delay(row, rng))
        if at <= until:
            carried = row_at(script, state, {}, at=at, enrolled_at=enrolled_at)
            name = _named(state.enrolment, act.name, anchor.id, number)
            data = act.data(carried, rng, find=_finding(state, anchor))
            if data is not None:
                yield Event(name, act.event, at, act.role, data)


def _finding(state: State, *anchors: Event) -> Find:
    """What fields point at, as far as a state and the event that came before tell."""

    def find(field: EventField, rng: random.Random) -> Any:
        if field.type == "member":
            return rng.choice(sorted(state.members)) if state.members else None
        found = [event.id for event in anchors if field.whose == "own" and event.kind in (field.of or ())]
        return (found if field.many else found[0]) if found else None

    return find


def _named(enrolment: str, *parts: object) -> str:
    """The id of an event: short, since a due's id may hold the id of the event before it, and so on."""
    text = "/".join(str(part) for part in parts)
    return f"live/{enrolment}/{hashlib.sha256(text.encode()).hexdigest()[:24]}"
