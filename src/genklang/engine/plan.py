"""A protocol compiled: its rules and its kinds of event, with who waits for what looked up beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from genklang.engine.conditions import Condition, event_kinds, expected_kinds, fact_kinds
from genklang.engine.rules import AfterEvent, Conditions, Rule
from genklang.engine.time import Zone
from genklang.engine.types import BUILT_IN
from genklang.protocol.types import EventKind, Expectation, Move, Protocol


class Kind(NamedTuple):
    """A kind of event, ready to be applied. `meets` and `begins` are places in `Compiled.rules`."""

    name: str
    declared: EventKind | None
    during: frozenset[str] | None
    when: Condition | None
    moves: Mapping[str, str]
    states: tuple[tuple[str, str], ...]
    meets: tuple[int, ...]
    begins: tuple[int, ...]
    draws: bool


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
        self.arms = frozenset(protocol.randomise.arms) if protocol.randomise else frozenset[str]()
        self.rules = tuple(self._rule(name, one) for name, one in sorted(protocol.expectations.items()))
        self.kinds = {name: self._kind(name) for name in (*BUILT_IN, *protocol.events)}
        self.places = {rule.name: place for place, rule in enumerate(self.rules)}

    def _rule(self, name: str, declared: Expectation) -> Rule:
        during = self.stages if declared.during is None else frozenset(declared.during)
        conditions = Conditions(
            when=_condition(declared.when, fact_kinds(self.protocol)),
            where=_condition(declared.where, expected_kinds(self.protocol, declared)),
        )
        return Rule(name, declared, during=during, conditions=conditions, zone=self.zone)

    def _kind(self, name: str) -> Kind:
        declared = self.protocol.events.get(name)
        expectations = sorted(self.protocol.expectations.items())
        randomise = self.protocol.randomise
        return Kind(
            name=name,
            declared=declared,
            during=self._during(name, declared),
            when=_condition(declared.when, event_kinds(self.protocol, name)) if declared else None,
            moves=self._moves(name, declared),
            states=_states(declared),
            meets=tuple(place for place, (_, one) in enumerate(expectations) if name in one.expect),
            begins=tuple(place for place, (_, one) in enumerate(expectations) if name in (one.after or ())),
            draws=randomise is not None and randomise.after == name,
        )

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


def _states(declared: EventKind | None) -> tuple[tuple[str, str], ...]:
    fields: Mapping[str, Any] = declared.fields if declared else {}
    return tuple((name, one.states) for name, one in fields.items() if one.states)


def _condition(text: str | None, kinds: Mapping[str, Any]) -> Condition | None:
    return Condition(text, kinds) if text else None
