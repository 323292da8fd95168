"""Simulated participants who share something: places that there are too few of, or events that pass between them.

All live in one time, in the order of its instants, so that whoever waits longest is next. Those who share nothing are
run one by one (`running`), which is several times faster.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from functools import partial
from heapq import heappop, heappush
from random import Random

from genklang.engine.machine import Machine
from genklang.engine.randomisation import ListState, draw
from genklang.engine.shared import Delivery, Places, Shared, Told, must_arrive, passed
from genklang.engine.types import Allocate, Event
from genklang.protocol.scopes import fields_of
from genklang.protocol.types import EventField, Protocol
from genklang.rehearsal.participant import Life, Participant
from genklang.rehearsal.script import Script

MOST_LOOKED_AT = 50
Doing = Generator[Allocate, str, None]


def shares_something(protocol: Protocol) -> bool:
    """Whether participants must be simulated together."""
    return bool(protocol.places) or any(kind.passes for kind in protocol.events.values())


def live_together(
    machine: Machine,
    script: Script,
    *,
    seed: int,
    starts: Sequence[int],
    end: int,
    told: Callable[[int], None] = lambda done: None,
) -> tuple[Life, ...]:
    """Let participants, each from its start, live up to the end. `told` hears how many have begun."""
    town = Town(machine, script, seed=seed, starts=starts)
    town.run(end, told)
    return tuple(one.end(end) for one in town.people)


class Town:
    """Everybody, what they share, and what is to happen next. Also where events of others are looked up."""

    def __init__(self, machine: Machine, script: Script, *, seed: int, starts: Sequence[int]) -> None:
        self.people = [Participant(machine, script, seed=seed, index=index) for index in range(len(starts))]
        self._protocol = machine.protocol
        self._seed = seed
        self._starts = starts
        self._places = Places(machine.protocol, zone=machine.zone.name)
        self._shared: Shared = self._places.begin()
        self._standing = [self._places.standing(one.state) for one in self.people]
        self._numbers = {one.enrolment: index for index, one in enumerate(self.people)}
        self._events: dict[str, Told] = {}
        self._by_kind: dict[str, list[Told]] = {}
        self._taken: set[str] = set()
        for one in self.people:
            one.outside = partial(self._found, one.enrolment)
            one.arrives = partial(self._arrives, one.enrolment)
        self._seen = [0] * len(starts)
        self._drawn: ListState = {}
        self._queue: list[tuple[int, int]] = [(start, index) for index, start in enumerate(starts)]
        self._free_at: int | None = None
        self._changed = False

    def told(self, event: str) -> Told | None:
        """The event of this id, in whatever enrolment it is."""
        return self._events.get(event)

    def has(self, enrolment: str) -> bool:
        """Whether somebody of this number has begun."""
        index = self._numbers.get(enrolment)
        return index is not None and bool(self.people[index].events)

    def run(self, end: int, told: Callable[[int], None]) -> None:
        """Do what comes next, whoever it happens to, until the end."""
        begun = 0
        while self._queue:
            at, index = heappop(self._queue)
            if self._free_at is not None and self._free_at < min(at, end):
                self._time_frees(self._free_at, index, at)
                continue
            if at >= end:
                break
            person = self.people[index]
            if not person.events and at == self._starts[index]:
                begun += 1
                told(begun)
                self._do(index, person.begin(at), at)
            elif person.next_at == at:
                self._do(index, person.go_on(), at)

    def _time_frees(self, free_at: int, index: int, at: int) -> None:
        """The running period lets the next one start before anything else happens."""
        heappush(self._queue, (at, index))
        self._free_at, self._changed = None, True
        self._hand_on(deque(), free_at)

    def _do(self, index: int, doing: Doing, at: int) -> None:
        """Let something happen to somebody, and then what it brings to others."""
        self._drive(doing)
        self._hand_on(deque(self._brought(index)), at)
        self._plan(index)

    def _plan(self, index: int) -> None:
        following = self.people[index].next_at
        if following is not None:
            heappush(self._queue, (following, index))

    def _drive(self, doing: Doing) -> None:
        try:
            effect = next(doing)
            while True:
                effect = doing.send(self._draw(effect))
        except StopIteration:
            return

    def _draw(self, effect: Allocate) -> str:
        declared = self._protocol.randomise
        if declared is None:
            raise ValueError("a draw was asked for by a protocol without arms")
        seed = f"rehearsal/{self._seed}"
        arm, self._drawn = draw(self._drawn, seed=seed, declared=declared, stratum=effect.stratum)
        return arm

    def _brought(self, index: int) -> list[Delivery]:
        """What somebody's new events bring to others. Remembers them, and where the person now stands."""
        person = self.people[index]
        new: list[Event] = person.events[self._seen[index] :]
        self._seen[index] = len(person.events)
        for event in new:
            self._remember(Told(person.enrolment, event))
        standing = self._places.standing(person.state)
        if standing != self._standing[index]:
            self._standing[index] = standing
            self._shared = self._places.observe(self._shared, person.state)
            self._changed = True
        return [one for event in new for one in passed(self._protocol, person.enrolment, event, self)]

    def _remember(self, told: Told) -> None:
        self._events[told.event.id] = told
        self._by_kind.setdefault(told.event.kind, []).append(told)
        fields = fields_of(self._protocol, told.event.kind)
        self._taken.update(str(told.event.data.get(name)) for name, field in fields.items() if field.once)

    def _found(self, enrolment: str, field: EventField, rng: Random) -> str | None:
        """What somebody finds of others: one of them, or one of their latest events that nobody has taken."""
        if field.type == "participant":
            others = [one.enrolment for one in self.people if one.events and one.enrolment != enrolment]
        else:
            latest = [told for kind in field.of or () for told in self._by_kind.get(kind, [])[-MOST_LOOKED_AT:]]
            others = [
                told.event.id
                for told in latest
                if told.enrolment != enrolment and not (field.once and told.event.id in self._taken)
            ]
        return rng.choice(others) if others else None

    def _arrives(self, enrolment: str, event: Event) -> bool:
        """Whether whoever an event would be passed to can take it as things stand, where that matters."""
        if not must_arrive(self._protocol, event.kind):
            return True
        deliveries = passed(self._protocol, enrolment, event, self)
        return all(self.people[self._numbers[one.enrolment]].would_take(one.event) for one in deliveries)

    def _hand_on(self, deliveries: deque[Delivery], at: int) -> None:
        """Deliver, and whatever comes of that, until nothing is left; then give what has become free."""
        while deliveries or self._given(deliveries, at):
            delivery = deliveries.popleft()
            index = self._numbers[delivery.enrolment]
            self._drive(self.people[index].receive(delivery.event))
            if delivery.place:
                new = self.people[index].events[self._seen[index] :]
                accepted = any(event.id == delivery.event.id for event in new)
                self._shared = self._places.answered(self._shared, delivery.event.id, accepted=accepted)
                self._changed = True
            deliveries.extend(self._brought(index))
            self._plan(index)

    def _given(self, deliveries: deque[Delivery], at: int) -> bool:
        if not self._changed:
            return False
        self._changed = False
        settled = self._places.give(self._shared, at)
        self._shared = settled.shared
        self._free_at = self._places.next_free(self._shared)
        deliveries.extend(settled.deliveries)
        return bool(settled.deliveries)
