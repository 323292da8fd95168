"""One simulated participant's life: a heap of what is to happen, and the real engine to let it happen to.

What a due will be answered with is drawn when the due becomes known: at the event that begins it, or when the one
before opens. So one step of the engine is enough for most dues. What an answer carries is drawn when it is sent. What
the engine does not accept has not happened: simulated people do not report the impossible.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from heapq import heappop, heappush
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genklang.engine.machine import Machine
from genklang.engine.randomisation import is_drawn
from genklang.engine.time import DAY
from genklang.engine.types import (
    Allocate,
    DrawSample,
    Due,
    Effect,
    Event,
    OpenTask,
    OutcomeFact,
    RaiseAlarm,
    State,
    Step,
    Track,
)
from genklang.protocol.scopes import PARTICIPANT
from genklang.protocol.types import EventField
from genklang.protocol.units import SECOND
from genklang.rehearsal.ahead import ACKNOWLEDGED, ANSWERED, PASSED, RESOLVED, Patience, look_ahead, waiting
from genklang.rehearsal.proposed import Proposed
from genklang.rehearsal.script import Act, Find, Row, Script
from genklang.rehearsal.staff import Delays, answers_alarm, answers_task
from genklang.rehearsal.told import Told, standing
from genklang.rehearsal.turns import Turn, turns

AVERAGE_MONTH = 30.436875 * DAY

_HAPPENS, _TIME = 0, 1  # at the same instant events come before the time that passes


@dataclass(frozen=True, slots=True)
class Life:
    """What came of one participant.

    `facts` are those that stand, one a due; `effects` counts what the engine asked for. `steps` are as many as there
    would have been one by one; `at_once` is how many dues ended in steps that they shared.
    """

    enrolment: str
    index: int
    events: Sequence[Event]
    facts: Sequence[OutcomeFact]
    state: State
    effects: Counter[str]
    steps: int
    at_once: int


Living = Generator[Allocate, str, Life]
Action = Callable[[int], Generator[Allocate, str, None]]


class Planned(NamedTuple):
    """What is to happen about a due that comes evenly: `what`, of which expectation, and to its due of which number."""

    at: int
    order: int
    what: int
    place: int
    number: int
    action: Action


def seeded(*parts: object) -> random.Random:
    """A source of chance of its own for each combination of parts: the same on every machine, however work is split."""
    text = "/".join(str(part) for part in parts)
    return random.Random(hashlib.sha256(text.encode()).digest())


def enrolment_name(seed: int, index: int) -> str:
    """What simulated participant number `index` (from 0) of a seed is called: so that nobody takes it for a person."""
    return f"simulated-{seed}-{index + 1:04d}"


def living(machine: Machine, script: Script, *, seed: int, index: int, start: int, end: int) -> Living:
    """Let one participant live from `start` up to, but not including, `end`.

    Yields draws; is sent arms; returns the Life.
    """
    return Participant(machine, script, seed=seed, index=index).live(start, end)


class Participant:
    """A state that goes from step to step, and what is to happen to it."""

    def __init__(self, machine: Machine, script: Script, *, seed: int, index: int, quick: bool = True) -> None:
        self.machine = machine
        self.quick = quick
        self.script = script
        self.index = index
        self.seed = seed
        self.outside: Find = nothing_outside
        self.arrives: Callable[[Event], bool] = anything_arrives
        self.rng = seeded(seed, index)
        self.enrolment = enrolment_name(seed, index)
        self.state = machine.begin(self.enrolment)
        self._places = {track.name: place for place, track in enumerate(self.state.tracks)}
        self.person: dict[str, Any] = {}
        self.enrolled_at = 0
        self.events: Told[Event] = Told()
        self.facts: Told[OutcomeFact] = Told()
        self._facts_of: set[str] = set()
        self.at_once = 0
        self.effects: Counter[str] = Counter()
        self.steps = 0
        self.sequence = 0
        self._numbered = 0
        self._heap: list[tuple[int, int, int, Action]] = []
        self.turns = turns(machine, script, self.state, seed=seed, index=index)
        self.evenly: list[Planned] = []
        self._proposed = Proposed(machine)
        self._known: set[str] = set()
        self._late: set[str] = set()

    def live(self, start: int, end: int) -> Living:
        """Enrol, then do what comes next until the end."""
        yield from self.begin(start)
        patience = Patience()
        while (at := self.next_at) is not None and at < end:
            if self.quick and patience.tries() and self.stretch(end, patience):
                continue
            yield from self.go_on()
        return self.end(end)

    def stretch(self, end: int, patience: Patience) -> bool:
        """Let many dues be answered in one step, as far as nothing else happens; False where there are few."""
        known = waiting(self)
        if not known:
            return False
        ahead = look_ahead(self, known, end)
        if ahead is None:
            return patience.waits()
        many = self.machine.step_many(self.state, ahead.rows)
        if not many.taken:
            return patience.waits()
        self.state = many.state
        self.steps += many.taken
        self.sequence += ahead.happened(many.taken)
        self.events.add(ahead.happened(many.taken), partial(ahead.events, many.taken))
        self.facts.add(many.told, many.facts)
        self.at_once += len(many)
        self.effects += many.counts()
        self.evenly = []
        ended = {one.course.place: one.met + len(one.dealt) for one in many.ended}
        for one in ahead.answered:
            one.turn.goes_on(one.first, ended.get(one.turn.place, 0))
            self._notice(many.state.tracks[one.turn.place])
        patience.gains(many.taken)
        return True

    @property
    def next_at(self) -> int | None:
        """When something is next to happen, None where nothing is planned."""
        if not self.evenly:
            return self._heap[0][0] if self._heap else None
        return min(self.evenly[0][0], self._heap[0][0]) if self._heap else self.evenly[0][0]

    @property
    def apart(self) -> tuple[int, int] | None:
        """When something is next to happen that is no answer to dues that come evenly, and in what order."""
        return self._heap[0][:2] if self._heap else None

    def begin(self, start: int) -> Generator[Allocate, str, None]:
        """Enrol."""
        self.enrolled_at = start
        self.person = self.script.draw_facts(self.rng)
        at_once = {name: value for name, value in self.person.items() if name not in self.script.told_later}
        yield from self._happen("enrolled", start, by="system", data=at_once)
        for member, role in self.script.draw_members({**self.script.parameters, **self.person}, self.rng).items():
            yield from self._happen("member_joined", start, by="system", data={"member": member, "role": role})

    def go_on(self) -> Generator[Allocate, str, None]:
        """Do what comes next."""
        if self.evenly and (not self._heap or self.evenly[0][:2] <= self._heap[0][:2]):
            at, _, _, _, _, action = heappop(self.evenly)
        else:
            at, _, _, action = heappop(self._heap)
        yield from action(at)

    def receive(self, event: Event) -> Generator[Allocate, str, None]:
        """Take an event that another's brought, now; it comes after all that has happened so far."""
        yield from self._apply(self._now(event))

    def would_take(self, event: Event) -> bool:
        """Whether an event that another's would bring could be taken as things stand."""
        return not self.machine.step(self.state, self._now(event)).held

    def _now(self, event: Event) -> Event:
        at = max(event.occurred_at, self.state.settled + 1)
        return replace(event, occurred_at=at, sequence=self.sequence + 1, received_at=at)

    def end(self, end: int) -> Life:
        """Let time pass up to, but not including, the end."""
        self._take(self.machine.advance(self.state, end - 1))
        return Life(
            self.enrolment,
            self.index,
            self.events,
            standing(self.facts, len(self._facts_of) + self.at_once),
            self.state,
            self.effects,
            self.steps,
            self.at_once,
        )

    def _plan(self, at: int, order: int, action: Action) -> None:
        self._numbered += 1
        heappush(self._heap, (at, order, self._numbered, action))

    def _happen(self, kind: str, at: int, *, by: str, data: dict[str, Any]) -> Generator[Allocate, str, None]:
        """Send an event; where the engine accepts it, see what follows from it."""
        at = max(at, self.state.settled + 1)
        sequence, data = self.sequence + 1, self._proposed.decided(kind, data)
        event = Event(f"{self.enrolment}-{sequence:06d}", kind, at, by, data, sequence, at)
        if self.arrives(event):
            yield from self._apply(event)

    def _apply(self, event: Event) -> Generator[Allocate, str, None]:
        step = self.machine.step(self.state, event)
        if step.held:
            self.steps += 1
            return
        self.sequence = event.sequence
        self.events.append(event)
        self._take(step)
        self._proposed.hear(event, self.state.facts)
        for act in self.script.happenings.get(event.kind, ()):
            self._plan(event.occurred_at, _HAPPENS, self._occurrence(act, event, 0))
        for effect in step.effects:
            if isinstance(effect, Allocate):
                arm = yield effect
                yield from self._apply(self.machine.allocation(effect, arm=arm))
            elif isinstance(effect, DrawSample):
                yield from self._apply(self.machine.drawing(effect, chosen=self._is_drawn(effect.draw)))

    def _is_drawn(self, draw: str) -> bool:
        share = self.machine.protocol.draws[draw].share
        return is_drawn(f"rehearsal/{self.seed}", draw=draw, enrolment=self.enrolment, share=share)

    def _take(self, step: Step) -> None:
        """Go on from a step: keep its facts, and plan what people will do about what is new."""
        before = self.state.tracks
        self.state = step.state
        self.steps += 1
        for fact in step.facts:
            self.facts.append(fact)
            self._facts_of.add(fact.due)
        for effect in step.effects:
            self.effects[type(effect).__name__] += 1
            self._react(effect)
        for track, old in zip(step.state.tracks, before, strict=True):
            if track is not old:
                self._notice(track)

    def _notice(self, track: Track) -> None:
        """Plan answers to the dues that have become known."""
        turn = self.turns.get(track.name)
        for due in (*track.live, track.upcoming) if track.upcoming else track.live:
            if turn is not None:
                if due.id not in turn.numbers:
                    self._plan_evenly(turn, due, turn.number(due))
            elif due.id not in self._known:
                self._known.add(due.id)
                self._plan_answer(track.name, due)

    def _plan_evenly(self, turn: Turn, due: Due, number: int) -> None:
        """Plan what is drawn for the number that a due has."""
        at, late = turn.answered(due, number)
        if at is not None:
            answer = self._answer(turn.act, due)
            heappush(self.evenly, Planned(at, _HAPPENS, ANSWERED, turn.place, number, answer))
        if at is None or late:
            heappush(self.evenly, Planned(due.deadline_at, _TIME, PASSED, turn.place, number, self._pass))
        if late:
            self._late.add(due.id)

    def _plan_answer(self, expectation: str, due: Due) -> None:
        act = self.script.answers.get(expectation)
        answered = self._answer_at(act, due) if act else None
        if act and answered is not None:
            self._plan(answered, _HAPPENS, self._answer(act, due))
        if answered is None or answered > due.deadline_at:
            if answered is not None:
                self._late.add(due.id)
            self._plan(due.deadline_at, _TIME, self._pass)

    def _answer_at(self, act: Act, due: Due) -> int | None:
        """When the due is answered, None for never."""
        row = self._row(due.opens_at) if act.personal else self.script.parameters
        return answer_at(act, due, row=row, rng=self.rng)

    def _pass(self, at: int) -> Generator[Allocate, str, None]:
        """Let time pass, so that what is missed is noticed."""
        self._take(self.machine.advance(self.state, at))
        yield from ()

    def _answer(self, act: Act, due: Due) -> Action:
        def answer(at: int) -> Generator[Allocate, str, None]:
            if any(one.id == due.id for one in self._dues(act.name)):
                yield from self._act(act, at, match=due.match)

        return answer

    def _dues(self, expectation: str) -> tuple[Due, ...]:
        track = self.state.tracks[self._places[expectation]]
        return (*track.live, track.upcoming) if track.upcoming else track.live

    def _occurrence(self, act: Act, anchor: Event, number: int) -> Action:
        """Something that happens of itself, time `number` since `anchor`: now it is decided whether and when."""

        def decide(at: int) -> Generator[Allocate, str, None]:
            row = self._row(at)
            if act.happens(row, self.rng):
                self._plan(later(at, act.delay(row, self.rng)), _HAPPENS, self._send(act, anchor))
            if act.every:
                following = self.machine.zone.add(anchor.occurred_at, act.every, number + 1)
                self._plan(following, _HAPPENS, self._occurrence(act, anchor, number + 1))
            yield from ()

        return decide

    def _send(self, act: Act, anchor: Event) -> Action:
        def send(at: int) -> Generator[Allocate, str, None]:
            yield from self._act(act, at, anchor=anchor)

        return send

    def _act(
        self, act: Act, at: int, *, match: Any = None, anchor: Event | None = None
    ) -> Generator[Allocate, str, None]:
        """Send the event of an act, if it is this participant's to send, and there is what it points at."""
        by, find = self.reporter(act), partial(self._find, anchor=anchor)
        data = act.data(self._row(at) if act.fields else {}, self.rng, find=find, match=match)
        if by is not None and data is not None:
            yield from self._happen(act.event, at, by=by, data=data)

    def reporter(self, act: Act) -> str | None:
        """Who sends it: whoever this participant is, or else the first of the others who may."""
        own = self.person.get(PARTICIPANT)
        if own is None or own in act.roles:
            return own or act.role
        participants = self.machine.protocol.participant_roles
        return next((role for role in act.roles if role not in participants), None)

    def _find(self, field: EventField, rng: random.Random, *, anchor: Event | None = None) -> Any:
        """What a field points at: the event that it follows, else the latest of its kinds; one of the members; or
        something outside.
        """
        if field.type == "file":
            return "simulated"
        if field.type == "member":
            return rng.choice(sorted(self.state.members)) if self.state.members else None
        if field.type == "participant" or field.whose == "others":
            return self.outside(field, rng)
        near = [anchor] if anchor else []
        latest = next((one.id for one in (*near, *reversed(self.events)) if one.kind in (field.of or ())), None)
        return [latest] if field.many and latest else latest

    def _row(self, at: int) -> Row:
        """What a behaviour may ask about, as it stands at an instant."""
        return row_at(self.script, self.state, self.person, at=at, enrolled_at=self.enrolled_at)

    def _react(self, effect: Effect) -> None:
        """Staff acknowledge alarms, and deal with what the participant will not come round to."""
        if not isinstance(effect, RaiseAlarm | OpenTask):
            return
        turn = self.turns.get(effect.expectation)
        number = turn.numbers[effect.due] if turn else 0
        delays = self._staff(effect, turn, number)
        if isinstance(effect, RaiseAlarm):
            self._ask(effect, "acknowledged", delays.acknowledged, turn, number)
        if effect.due not in self._late:
            self._ask(effect, "resolved", delays.resolved, turn, number)

    def _staff(self, effect: RaiseAlarm | OpenTask, turn: Turn | None, number: int) -> Delays:
        """How soon staff answer an alarm or a task."""
        alarm = isinstance(effect, RaiseAlarm)
        if turn is not None:
            numbers = np.array([number])
            return turn.alarms(numbers) if alarm else turn.tasks(numbers)
        normal = [np.array([self.rng.normalvariate(0, 1)]) for _ in range(1 + alarm)]
        return answers_alarm(*normal) if alarm else answers_task(*normal)

    def _ask(
        self, effect: RaiseAlarm | OpenTask, kind: str, delay: NDArray[np.float64], turn: Turn | None, number: int
    ) -> None:
        """Plan what staff do, so long after they were asked."""
        at, deal = later(effect.at, float(delay[0])), self._deal(effect, kind)
        if turn is None:
            self._plan(at, _HAPPENS, deal)
            return
        what = ACKNOWLEDGED if kind == "acknowledged" else RESOLVED
        heappush(self.evenly, Planned(max(at, effect.at + 1), _HAPPENS, what, turn.place, number, deal))

    def _deal(self, effect: RaiseAlarm | OpenTask, kind: str) -> Action:
        def deal(at: int) -> Generator[Allocate, str, None]:
            if any(due.id == effect.due and due.unanswered for due in self._dues(effect.expectation)):
                yield from self._happen(kind, at, by=effect.role, data={"due": effect.due})

        return deal


def nothing_outside(field: EventField, rng: random.Random) -> None:
    """What somebody who lives alone finds of others."""


def anything_arrives(event: Event) -> bool:
    """What somebody who lives alone does reaches nobody, so that nothing stands in its way."""
    return True


def later(instant: int, delay: float) -> int:
    """An instant moved by a drawn delay, in whole seconds: nobody notes microseconds."""
    return instant + round(delay / SECOND) * SECOND


def answer_at(act: Act, due: Due, *, row: Row, rng: random.Random) -> int | None:
    """When simulated people answer a due: in time, late, or (None) not at all."""
    if act.happens(row, rng):
        return max(later(due.target_at, act.delay(row, rng)), due.opens_at)
    if act.happens_late(row, rng):
        return later(due.deadline_at, max(act.late_delay(row, rng), SECOND))
    return None


def row_at(script: Script, state: State, person: Row, *, at: int, enrolled_at: int) -> dict[str, Any]:
    """What an expression may ask: parameters, facts (as drawn, then as stated), arm, stage and how long it has been."""
    return {
        **script.parameters,
        **person,
        **state.facts,
        "arm": state.arm,
        "stage": state.stage,
        "months_in_stage": (at - state.stage_since) / AVERAGE_MONTH,
        "months_enrolled": (at - enrolled_at) / AVERAGE_MONTH,
        "now": at,
    }
