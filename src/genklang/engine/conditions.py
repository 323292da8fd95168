"""Conditions of a protocol (`when`, `where`, `eligible`) as the engine asks them.

The one place that knows how expressions run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from genklang.engine.time import parse_instant
from genklang.engine.types import Event
from genklang.protocol.expressions import Scope, Type, compile_expression
from genklang.protocol.reckoning import Signal
from genklang.protocol.scopes import KINDS, PARTICIPANT, fields_of, series_scope, single
from genklang.protocol.types import Expectation, FieldKind, Protocol


class Condition:
    """A boolean expression over facts, fields, `arm` and `stage`. It holds when it is true: unknown is not enough."""

    __slots__ = ("_instants", "_python", "names")

    def __init__(self, text: str, kinds: Mapping[str, FieldKind]) -> None:
        types = {name: KINDS[kind] for name, kind in kinds.items()}
        expression = compile_expression(text, Scope(names=types))
        self.names = expression.names
        self._python = expression.python
        self._instants = tuple(name for name in sorted(self.names) if types[name] is Type.INSTANT)

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether the condition is true of the values, which are as JSON has them."""
        return self.asked(values) is True

    def asked(self, values: Mapping[str, Any]) -> bool | None:
        """The same, but None where what is known does not decide it."""
        if self._instants:
            written = {name: values[name] for name in self._instants if values.get(name)}
            values = {**values, **{name: parse_instant(one) for name, one in written.items()}}
        answer = self._python(values)
        return None if answer is None else bool(answer)


class Watch:
    """The condition of a signal, over the rows of a series in order of time."""

    __slots__ = ("_aggregate", "_kinds", "names")

    def __init__(self, protocol: Protocol, signal: Signal) -> None:
        scope = series_scope(protocol, signal)
        expression = compile_expression(signal.value, scope)
        self.names = tuple(sorted(expression.names - {"occurred_at"}))
        self._kinds = {name: scope.names[name] for name in self.names}
        self._aggregate = expression.aggregate

    def row(self, event: Event) -> dict[str, Any]:
        """What the condition asks about of an event; instants as they are reckoned with."""
        row: dict[str, Any] = {"occurred_at": event.occurred_at}
        for name, kind in self._kinds.items():
            value = event.data.get(name)
            if value is not None:
                row[name] = parse_instant(value) if kind is Type.INSTANT else value
        return row

    def sounds(self, rows: Sequence[Mapping[str, Any]]) -> bool:
        """Whether the condition is true of the rows; unknown is not enough."""
        return self._aggregate(rows) is True


def fact_kinds(protocol: Protocol) -> dict[str, FieldKind]:
    """What every condition may name: the facts, `arm`, `stage`, which participant, and what has been drawn."""
    kinds: dict[str, FieldKind] = {name: fact.type for name, fact in protocol.facts.items()}
    drawn: dict[str, FieldKind] = dict.fromkeys(protocol.draws, "boolean")
    return kinds | drawn | {"arm": "text", "stage": "text", PARTICIPANT: "text"}


def event_kinds(protocol: Protocol, event: str) -> dict[str, FieldKind]:
    """What a condition on an event may name: its fields too."""
    return fact_kinds(protocol) | {name: one.type for name, one in single(fields_of(protocol, event)).items()}


def expected_kinds(protocol: Protocol, expectation: Expectation) -> dict[str, FieldKind]:
    """What the `where` of an expectation may name: the fields of every event that it expects."""
    kinds = fact_kinds(protocol)
    for event in expectation.expect:
        kinds |= event_kinds(protocol, event)
    return kinds
