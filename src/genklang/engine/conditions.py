"""Conditions of a protocol (`when`, `where`, `eligible`) as the engine asks them.

The one place that knows how expressions run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from genklang.engine.time import parse_instant
from genklang.protocol.expressions import Scope, Type, compile_expression
from genklang.protocol.types import Expectation, FieldKind, Protocol

_TYPES: dict[FieldKind, Type] = {
    "boolean": Type.BOOLEAN,
    "integer": Type.INTEGER,
    "number": Type.NUMBER,
    "text": Type.TEXT,
    "choice": Type.TEXT,
    "time": Type.TEXT,
    "date": Type.DATE,
    "instant": Type.INSTANT,
    "times": Type.TIMES,
    "numbers": Type.NUMBERS,
}


class Condition:
    """A boolean expression over facts, fields, `arm` and `stage`. It holds when it is true: unknown is not enough."""

    __slots__ = ("_instants", "_python", "names")

    def __init__(self, text: str, kinds: Mapping[str, FieldKind]) -> None:
        types = {name: _TYPES[kind] for name, kind in kinds.items()}
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


def fact_kinds(protocol: Protocol) -> dict[str, FieldKind]:
    """What every condition may name: the facts, `arm` and `stage`."""
    kinds: dict[str, FieldKind] = {name: fact.type for name, fact in protocol.facts.items()}
    return kinds | {"arm": "text", "stage": "text"}


def event_kinds(protocol: Protocol, event: str) -> dict[str, FieldKind]:
    """What a condition on an event may name: its fields too."""
    declared = protocol.events.get(event)
    fields: dict[str, FieldKind] = {name: one.type for name, one in declared.fields.items()} if declared else {}
    return fact_kinds(protocol) | fields


def expected_kinds(protocol: Protocol, expectation: Expectation) -> dict[str, FieldKind]:
    """What the `where` of an expectation may name: the fields of every event that it expects."""
    kinds = fact_kinds(protocol)
    for event in expectation.expect:
        kinds |= event_kinds(protocol, event)
    return kinds
