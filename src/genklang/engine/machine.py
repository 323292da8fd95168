"""The engine's face: one deterministic function from a state and an event to a state, effects and facts.

Production, rehearsal, replay and tests run this same one. It knows no clock, no database and no chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

from genklang.engine.checking import Coerced, check, coerce
from genklang.engine.draft import Draft
from genklang.engine.folding import arrange, current, play, refold
from genklang.engine.plan import Compiled
from genklang.engine.pointing import unknown_references
from genklang.engine.problems import Problem
from genklang.engine.time import NEVER, Zone
from genklang.engine.turning import Course, Leg, turn
from genklang.engine.types import Allocate, DrawSample, Event, OutOfOrder, State, Step, Track
from genklang.protocol.types import Protocol

if TYPE_CHECKING:
    from genklang.engine.stretches import Many, Rows

FORM = frozenset({"unknown_field", "missing_field", "wrong_value", "too_low", "too_high"})


class Machine:
    """A protocol made ready to run in a zone (IANA, for example "Europe/Stockholm").

    Made once, used for every enrolment.
    """

    def __init__(self, protocol: Protocol, *, zone: str) -> None:
        self.protocol = protocol
        self.zone = Zone(zone)
        self.compiled = Compiled(protocol, self.zone)
        self._course = Course([Leg(self.compiled, NEVER)])
        self._earlier: tuple[tuple[Machine, int], ...] = ()
        self._tracks = tuple(Track(rule.name) for rule in self.compiled.rules)

    @property
    def earlier(self) -> tuple[tuple[Machine, int], ...]:
        """The versions that ruled before, each with the instant until which it did."""
        return self._earlier

    def after(self, earlier: Sequence[tuple[Machine, int]]) -> Machine:
        """This version, where others ruled before: each until an instant, the earliest first.

        A state that an earlier one has settled up to just before its instant is taken over by `turned`.
        """
        if not earlier:
            return self
        machine = copy(self)
        machine._earlier = tuple(earlier)
        machine._course = Course([*(Leg(one.compiled, until) for one, until in earlier), Leg(self.compiled, NEVER)])
        machine._tracks = earlier[0][0]._tracks
        return machine

    def turned(self, state: State) -> Step:
        """The state of the version that ruled before, at the instant at which this one takes over.

        Raises ValueError where nothing ruled before, or the state is settled beyond that instant.
        """
        *_, leg, _last = (None, *self._course.legs)
        if leg is None or state.horizon >= leg.until:
            raise ValueError("no version takes over from another at the end of this state")
        draft = Draft(state)
        turn(draft, leg, self.compiled)
        return draft.step()

    def begin(self, enrolment: str) -> State:
        """An enrolment of which nothing is known yet. Its first event is `enrolled`."""
        return State(enrolment, None, 0, None, {}, self._tracks, 0, None, frozenset(), NEVER)

    def step(self, state: State, event: Event) -> Step:
        """One event in order.

        Raises OutOfOrder where something later is already accounted for, or the event voids another.
        """
        if not in_order(state, event):
            raise OutOfOrder(f"{event.id} at {event.occurred_at} comes before {state.horizon}")
        if event.kind == "time_passed":
            return self.advance(state, event.occurred_at)
        if event.id in state.voids:
            return Step(state)
        draft = Draft(state)
        self._course.happen(draft, event)
        return draft.step()

    def step_many(self, state: State, rows: Rows) -> Many:
        """Many events in one step: as many, from the first on, as only meet dues whose turn it is. They may be none.

        The same as so many calls of `step`, which takes the event after them.
        """
        from genklang.engine.stretches import Many, take  # with numpy, which not everybody who has a machine needs

        ruling = self._course.sole(state.settled)
        return take(ruling, state, rows) if ruling else Many(state, state, rows, 0)

    def advance(self, state: State, to: int) -> Step:
        """Let time pass: everything whose instant is at most `to` happens.

        Time that has already passed changes nothing.
        """
        if to <= state.settled:
            return Step(state)
        draft = Draft(state)
        self._course.settle(draft, to)
        return draft.step()

    def next_deadline(self, state: State) -> int | None:
        """When something next happens by itself: a due opens, a reminder, a deadline, an escalation. None for never."""
        return None if state.wake == NEVER else state.wake

    def fold(self, enrolment: str, events: Iterable[Event], *, until: int | None = None) -> Step:
        """A whole log, in any order. With `until`, what had happened by then; without, time stops at the last event.

        The facts are those that stand, one a due; the effects are all that were asked for on the way.
        """
        log = arrange(event for event in events if until is None or event.occurred_at <= until)
        start = self.begin(enrolment)._replace(voids=log.voids)
        step = play(self._course, start, log.events, settled=log.settled if until is None else until)
        return step._replace(facts=tuple(current(step.facts).values()), refolded=True)

    def apply(self, state: State, event: Event, *, history: Callable[[], Sequence[Event]]) -> Step:
        """The shells' one entrance: a step where the event is in order, otherwise the difference that a refold makes.

        `history` gives the events of the enrolment that were applied before this one, in any order. It is asked only
        when needed.
        """
        if event.kind == "time_passed":
            return self.advance(state, event.occurred_at)
        if in_order(state, event):
            return self.step(state, event)
        past = history()
        settled = state.settled
        return refold(
            self._course,
            self.begin(state.enrolment),
            known=arrange(past, settled=settled),
            arrived=arrange([*past, event], settled=settled),
            horizon=state.horizon,
        )

    def apply_all(self, state: State, events: Sequence[Event], *, history: Callable[[], Sequence[Event]]) -> Step:
        """Several new events at once, wherever they belong: one refold of the log, and the difference they make."""
        past = list(history())
        return refold(
            self._course,
            self.begin(state.enrolment),
            known=arrange(past, settled=state.settled),
            arrived=arrange([*past, *events], settled=state.settled),
            horizon=state.horizon,
        )

    def check(
        self,
        state: State,
        event: Event,
        *,
        history: Callable[[], Sequence[Event]] | None = None,
        now: int | None = None,
    ) -> list[Problem]:
        """What is wrong with an event, for whoever reports it. Empty where it would be accepted.

        A late event is judged by how things stood when it happened if `history` is given, else by its form alone. With
        `history` the events that it points at must be there too. `now` refuses events from the future.
        """
        then: State | None = state
        if not in_order(state, event):
            then = self.fold(state.enrolment, history(), until=event.occurred_at).state if history else None
        problems = self._problems(then, event, now=now)
        if history is None or event.kind not in self.compiled.pointing:
            return problems
        return problems + unknown_references(self.protocol, event, history())

    def _problems(self, then: State | None, event: Event, *, now: int | None) -> list[Problem]:
        """By the version that ruled when it happened; but a form that is right by now is right about earlier, too."""
        ruled = self._course.at(event.occurred_at)
        problems = check(ruled, then, event, now=now)
        if ruled is self.compiled or not problems or check(self.compiled, None, event, now=now):
            return problems
        return [problem for problem in problems if problem.code not in FORM]

    def check_form(self, event: Event) -> list[Problem]:
        """What is wrong with an event whatever has happened before: its kind, who reports it, its fields."""
        return check(self.compiled, None, event, now=None)

    def coerce(self, kind: str, data: Mapping[str, Any]) -> Coerced:
        """Read the fields of an event as their types, from JSON values or from text as people write it."""
        return coerce(self.compiled, kind, data)

    def eligible(self, facts: Mapping[str, Any]) -> bool | None:
        """Whether somebody can take part; None where what is known does not decide it."""
        condition = self.compiled.eligible
        return True if condition is None else condition.asked(facts)

    def allocation(self, effect: Allocate, *, arm: str) -> Event:
        """The event to append when an arm has been drawn."""
        return Event(
            f"{effect.event}:allocated", "allocated", effect.at, "system", {"arm": arm}, sequence=effect.sequence
        )

    def drawing(self, effect: DrawSample, *, chosen: bool) -> Event:
        """The event to append when it is known whether the enrolment is in a sample."""
        id, data = f"{effect.event}:drawn:{effect.draw}", {"draw": effect.draw, "chosen": chosen}
        return Event(id, "drawn", effect.at, "system", data, sequence=effect.sequence)


def in_order(state: State, event: Event) -> bool:
    """Whether a step can take the event, or only a refold."""
    if event.kind == "voided" or event.occurred_at <= state.settled:
        return False
    return state.last is None or event.position > state.last
