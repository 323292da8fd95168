"""A protocol compiled: its rules and its kinds of event, with who waits for what looked up beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from genklang.engine.conditions import Condition, Watch, event_kinds, expected_kinds, fact_kinds
from genklang.engine.rules import AfterEvent, Conditions, Fields, Rule, Shift
from genklang.engine.time import Zone
from genklang.engine.types import BUILT_IN
from genklang.protocol.reckoning import Signal
from genklang.protocol.scopes import fields_of
from genklang.protocol.types import EventKind, Expectation, Move, Protocol

if TYPE_CHECKING:
    from genklang.engine.stretches.calendars import Calendar


class Kind(NamedTuple):
    """A kind of event, ready to be applied. `meets`, `begins` and `requires` are places in `Compiled.rules`.

    `more` says that it brings what few kinds do: a draw, a signal, an allocation.
    """

    name: str
    declared: EventKind | None
    during: frozenset[str] | None
    when: Condition | None
    moves: Mapping[str, str]
    states: tuple[tuple[str, str], ...]
    meets: tuple[int, ...]
    begins: tuple[int, ...]
    allocates: bool
    samples: tuple[str, ...] = ()
    signals: tuple[Sentinel, ...] = ()
    requires: tuple[int, ...] = ()
    more: bool = False


class Sentinel(NamedTuple):
    """A signal, ready to be listened for.

    `over` gives the instant from which its rows count; `begins` are places in `Compiled.rules`.
    """

    name: str
    latest: int
    over: Shift | None
    watch: Watch
    begins: tuple[int, ...]


class Compiled:
    """What of a protocol the engine runs.

    Expectations are kept by name, so that their order in the file decides nothing.
    """

    def __init__(self, protocol: Protocol, zone: Zone) -> None:
        self.protocol = protocol
        self.zone = zone
        self.stages = frozenset(name for name, stage in protocol.stages.items() if not stage.final)
        self.eligible = Condition(protocol.eligible, fact_kinds(protocol)) if protocol.eligible else None
        self.strata = tuple(protocol.randomise.strata) if protocol.randomise else ()
        self.cluster = protocol.randomise.cluster if protocol.randomise else None
        self.arms = frozenset(protocol.randomise.arms) if protocol.randomise else frozenset[str]()
        self.rules = tuple(self._rule(name, one) for name, one in sorted(protocol.expectations.items()))
        self.signals = tuple(self._sentinel(name, one) for name, one in sorted(protocol.signals.items()))
        self.kinds = {name: self._kind(name) for name in (*BUILT_IN, *protocol.events)}
        self.drawn = {name: self._begun_by(name) for name in protocol.draws}
        self.member_roles = frozenset(protocol.member_roles)
        self.pointing = frozenset(name for name, kind in protocol.events.items() if _points(kind))
        self.passes = any(kind.passes for kind in protocol.events.values())
        self.participants = protocol.participant_roles
        self.places = {rule.name: place for place, rule in enumerate(self.rules)}
        self.calendars: dict[tuple[int, tuple[str, ...]], Calendar] = {}

    def _rule(self, name: str, declared: Expectation) -> Rule:
        during = self.stages if declared.during is None else frozenset(declared.during)
        conditions = Conditions(
            when=_condition(declared.when, fact_kinds(self.protocol)),
            where=_condition(declared.where, expected_kinds(self.protocol, declared)),
        )
        fields = _fields(self.protocol, declared)
        return Rule(name, declared, during=during, conditions=conditions, fields=fields, zone=self.zone)

    def _sentinel(self, name: str, declared: Signal) -> Sentinel:
        watch = Watch(self.protocol, declared)
        over = declared.over
        begin = None if over is None else lambda at: self.zone.add(at, over, -1)
        return Sentinel(name, declared.latest, begin, watch, self._begun_by(name))

    def _begun_by(self, name: str) -> tuple[int, ...]:
        """The expectations of which an event, a signal or a draw begins dues."""
        return tuple(place for place, rule in enumerate(self.rules) if name in self._after(rule))

    def _after(self, rule: Rule) -> list[str]:
        return self.protocol.expectations[rule.name].after or []

    def _kind(self, name: str) -> Kind:
        declared = self.protocol.events.get(name)
        expectations = sorted(self.protocol.expectations.items())
        randomise = self.protocol.randomise
        kind = Kind(
            name=name,
            declared=declared,
            during=self._during(name, declared),
            when=_condition(declared.when, event_kinds(self.protocol, name)) if declared else None,
            moves=self._moves(name, declared),
            states=_states(declared),
            meets=tuple(place for place, (_, one) in enumerate(expectations) if name in one.expect),
            begins=self._begun_by(name),
            allocates=randomise is not None and randomise.after == name,
            samples=tuple(draw for draw, one in sorted(self.protocol.draws.items()) if one.after == name),
            signals=tuple(one for one in self.signals if name in self.protocol.signals[one.name].of),
            requires=tuple(
                place for place, rule in enumerate(self.rules) if declared and rule.name in declared.requires
            ),
        )
        return kind._replace(more=bool(kind.allocates or kind.samples or kind.signals or name == "drawn"))

    def _moves(self, name: str, declared: EventKind | None) -> dict[str, str]:
        moves: list[Move] = declared.moves if declared else []
        if name == "allocated" and self.protocol.randomise:
            moves = self.protocol.randomise.moves
        return dict(moves)

    def _during(self, name: str, declared: EventKind | None) -> frozenset[str] | None:
        """The stages in which an event may happen; None where any will do."""
        moves = self._moves(name, declared)
        if declared and declared.during is not None:
            return frozenset(declared.during)
        if moves:
            return frozenset(moves)
        return self.stages if declared or name == "allocated" else None


def rule_anchored(rule: Rule) -> AfterEvent:
    """The plan of a rule that an event begins."""
    if not isinstance(rule.plan, AfterEvent):
        raise TypeError(f"{rule.name} is begun by no event")
    return rule.plan


def _points(kind: EventKind) -> bool:
    return any(field.type == "reference" for field in kind.fields.values())


def member_field(protocol: Protocol, event: str) -> str:
    """The field of an event that says which member it is about; empty where none does."""
    return next((name for name, field in fields_of(protocol, event).items() if field.type == "member"), "")


def _fields(protocol: Protocol, declared: Expectation) -> Fields:
    """What of events an expectation reads, looked up beforehand."""
    names = declared.matching or []
    met_by = {event: (*names, *([member_field(protocol, event)] if declared.each else ())) for event in declared.expect}
    several = any(
        (field := fields_of(protocol, event).get(name)) is not None and field.many
        for event in declared.expect
        for name in names
    )
    known = {name: fields_of(protocol, name) or protocol.facts for name in (*BUILT_IN, *protocol.events)}
    at = declared.at or ""
    return Fields(met_by, several, {event: fields[at].type for event, fields in known.items() if at in fields})


def _states(declared: EventKind | None) -> tuple[tuple[str, str], ...]:
    fields: Mapping[str, Any] = declared.fields if declared else {}
    return tuple((name, one.states) for name, one in fields.items() if one.states)


def _condition(text: str | None, kinds: Mapping[str, Any]) -> Condition | None:
    return Condition(text, kinds) if text else None
