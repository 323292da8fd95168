"""A protocol's `rehearsal` block compiled: what simulated people do, how they answer, and with what chance."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from genklang.engine.plan import member_field
from genklang.engine.time import Zone, format_instant
from genklang.protocol.checks.pointing import POINTING
from genklang.protocol.expressions import Expression, compile_expression
from genklang.protocol.scopes import rehearsal_scope
from genklang.protocol.types import Behaviour, EventField, EventKind, Expectation, FieldKind, Protocol, Rehearsal
from genklang.protocol.units import Duration
from genklang.rehearsal.chance import Drawing, Even, even
from genklang.rehearsal.problems import RehearsalError, check_parameters

Row = Mapping[str, Any]
Draw = Callable[[Row, random.Random], Any]
Find = Callable[[EventField, random.Random], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One value that a simulated event carries: drawn, or what the person is (`fact`), or what it points at."""

    name: str
    draw: Draw | None
    fact: str | None
    declared: EventField
    zone: Zone

    @property
    def points(self) -> bool:
        """Whether the value is something that must be found: an earlier event, a member, another enrolment, a file."""
        return self.draw is None and self.declared.type in POINTING

    def value(self, row: Row, rng: random.Random) -> Any:
        """The value as JSON has it."""
        drawn = self.draw(row, rng) if self.draw else row.get(self.fact or "")
        if self.declared.type == "date" and isinstance(drawn, int):
            return self.zone.local(drawn).date().isoformat()
        return as_json(drawn, self.declared.type)


@dataclass(frozen=True, slots=True)
class Act:
    """One behaviour, ready to be drawn from.

    `event` is the kind that is sent, by `role`. Late draws are for expectations. `personal` says that its chances
    depend on the person or the time, not only on parameters; `even` are they where many can be drawn at once, for an
    event that carries nothing. `several` are matched fields that point at several.
    """

    name: str
    event: str
    roles: tuple[str, ...]
    when: Draw
    probability: Draw
    delay: Draw
    late_probability: Draw | None
    late_delay: Draw
    fields: tuple[Field, ...]
    matching: tuple[str, ...]
    several: frozenset[str]
    after: str
    every: Duration | None
    personal: bool
    even: Even | None

    def happens(self, row: Row, rng: random.Random) -> bool:
        """Whether it holds for the person, and chance lets it happen (a due: of itself, without an alarm)."""
        return self.when(row, rng) is True and rng.random() < (self.probability(row, rng) or 0)

    def happens_late(self, row: Row, rng: random.Random) -> bool:
        """Whether a due that is not answered of itself is answered after its deadline."""
        if self.late_probability is None or self.when(row, rng) is not True:
            return False
        return rng.random() < (self.late_probability(row, rng) or 0)

    @property
    def role(self) -> str:
        """Who sends it, where nothing else is known about them."""
        return self.roles[0]

    def data(self, row: Row, rng: random.Random, *, find: Find, match: Any = None) -> dict[str, Any] | None:
        """What the event carries; `match` is what ties it to its due. None where nothing is there to point at.

        `find` gives what a field points at, None for nothing.
        """
        tied = self._tied(match)
        told: dict[str, Any] = {}
        for field in self.fields:
            if field.name in tied:
                continue
            value = find(field.declared, rng) if field.points else field.value(row, rng)
            if value is not None:
                told[field.name] = value
            elif field.points and field.declared.required:
                return None
        return told | tied

    def _tied(self, match: Any) -> dict[str, Any]:
        if not self.matching or match is None:
            return {}
        tied = dict(zip(self.matching, match if len(self.matching) > 1 else (match,), strict=True))
        return {name: [value] if name in self.several else value for name, value in tied.items()}


class Script:
    """What simulated people do in a protocol. Raises RehearsalError for parameters that it does not have or allow."""

    def __init__(self, protocol: Protocol, *, zone: str, parameters: Mapping[str, float] | None = None) -> None:
        given = dict(parameters or {})
        problems = check_parameters(protocol, given)
        if problems:
            raise RehearsalError(problems)
        self.protocol = protocol
        self.zone = Zone(zone)
        declared = protocol.rehearsal or Rehearsal()
        self.parameters = {name: float(one.value) for name, one in declared.parameters.items()} | given
        self.arrivals = declared.arrivals
        self._scope = rehearsal_scope(protocol)
        self._members = {role: self._draw(text) for role, text in declared.members.items()}
        self._facts = {name: self._draw(text) for name, text in declared.facts.items()}
        acts = [self._act(name, behaviour) for name, behaviour in declared.behaviour.items()]
        self.answers = {act.name: act for act in acts if act.name in protocol.expectations}
        self.happenings = _by_anchor(act for act in acts if act.name not in protocol.expectations)
        self.told_later = _told_later(protocol, acts)
        self._drawings: dict[tuple[int, str], Drawing] = {}
        self._never: dict[str, float] = {}

    def never(self, act: Act, even: Even) -> float:
        """The share of the dues of an act that are never answered."""
        if act.name not in self._never:
            self._never[act.name] = even.never(self.parameters)
        return self._never[act.name]

    def drawing(self, act: Act, even: Even, seed: int) -> Drawing:
        """What becomes of the dues that an act answers, of everybody; drawn together where people live one by one."""
        if (seed, act.name) not in self._drawings:
            together = {"together": 1} if self.protocol.randomise else {}
            self._drawings[seed, act.name] = Drawing(even, self.parameters, seed=seed, name=act.name, **together)
        return self._drawings[seed, act.name]

    def draw_facts(self, rng: random.Random) -> dict[str, Any]:
        """Draw one person: every fact, in the protocol's order; later ones may depend on earlier."""
        known: dict[str, Any] = dict(self.parameters)
        for name, draw in self._facts.items():
            fact = self.protocol.facts.get(name)
            known[name] = as_json(draw(known, rng), fact.type if fact else "text")
        return {name: known[name] for name in self._facts}

    def draw_members(self, row: Row, rng: random.Random) -> dict[str, str]:
        """Draw who belongs to an enrolment: their roles, by what they are called."""
        numbers = {role: int(draw(row, rng) or 0) for role, draw in self._members.items()}
        return {f"{role}-{number + 1}": role for role, many in numbers.items() for number in range(many)}

    def _act(self, name: str, behaviour: Behaviour) -> Act:
        expectation = self.protocol.expectations.get(name)
        event = _event_sent(name, behaviour, expectation)
        kind = self.protocol.events.get(event)
        return Act(
            name=name,
            event=event,
            roles=tuple(kind.by) if kind else ("system",),
            when=self._draw(behaviour.when or "true"),
            probability=self._draw(behaviour.probability),
            delay=self._draw(behaviour.delay),
            late_probability=self._draw(behaviour.late_probability) if behaviour.late_probability else None,
            late_delay=self._draw(behaviour.late_delay),
            fields=self._fields(kind, behaviour) if kind else (),
            matching=self._matching(event, expectation) if expectation else (),
            several=frozenset(field for field, one in (kind.fields.items() if kind else ()) if one.many),
            after=behaviour.after or "enrolled",
            every=behaviour.every,
            personal=self._is_personal(behaviour),
            even=self._even(event, behaviour, expectation),
        )

    def _even(self, event: str, behaviour: Behaviour, expectation: Expectation | None) -> Even | None:
        """The chances of an act whose dues come again and again, where they are the same for everybody at any time."""
        kind = self.protocol.events.get(event)
        if expectation is None or expectation.after or kind is None or self._fields(kind, behaviour):
            return None
        if behaviour.when is not None or self._is_personal(behaviour):
            return None
        late = behaviour.late_probability
        return even(
            self._read(behaviour.probability),
            self._read(behaviour.delay),
            self._read(late) if late else None,
            self._read(behaviour.late_delay),
            self.parameters,
        )

    def _matching(self, event: str, expectation: Expectation) -> tuple[str, ...]:
        """The fields that tie an answer to its due, the member's last."""
        return (*(expectation.matching or ()), *([member_field(self.protocol, event)] if expectation.each else ()))

    def _fields(self, kind: EventKind, behaviour: Behaviour) -> tuple[Field, ...]:
        fields = []
        for name, declared in kind.fields.items():
            if name in behaviour.fields:
                fields.append(Field(name, self._draw(behaviour.fields[name]), None, declared, self.zone))
            elif declared.states or (declared.type in POINTING and declared.required):
                fields.append(Field(name, None, declared.states, declared, self.zone))
        return tuple(fields)

    def _read(self, text: str) -> Expression:
        return compile_expression(text, self._scope)

    def _draw(self, text: str) -> Draw:
        return self._read(text).draw

    def _is_personal(self, behaviour: Behaviour) -> bool:
        """Whether its chances depend on more than the parameters, which are the same for everybody."""
        texts = [
            behaviour.when,
            behaviour.probability,
            behaviour.delay,
            behaviour.late_probability,
            behaviour.late_delay,
        ]
        names = [compile_expression(text, self._scope).names for text in texts if text]
        return any(not used <= self.parameters.keys() for used in names)


def as_json(value: Any, kind: FieldKind) -> Any:
    """A drawn value as an event carries it: instants as text, lists rather than tuples, whole numbers as such."""
    if value is None:
        return None
    if kind == "instant":
        return format_instant(int(value))
    if kind == "integer":
        return round(value)
    return list(value) if isinstance(value, tuple) else value


def _event_sent(name: str, behaviour: Behaviour, expectation: Expectation | None) -> str:
    if expectation is None:
        return name
    return behaviour.event or expectation.expect[0]


def _by_anchor(acts: Iterable[Act]) -> dict[str, tuple[Act, ...]]:
    """Acts by the kind of event that they follow."""
    found: dict[str, tuple[Act, ...]] = {}
    for act in acts:
        found[act.after] = (*found.get(act.after, ()), act)
    return found


def _told_later(protocol: Protocol, acts: Iterable[Act]) -> frozenset[str]:
    """Facts that some simulated event states; the others are known from the enrolment on."""
    kinds = [protocol.events[act.event] for act in acts if act.event in protocol.events]
    return frozenset(field.states for kind in kinds for field in kind.fields.values() if field.states)
