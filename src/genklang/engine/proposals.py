"""Proposals: a sum worked out from what is known and from dated tables, step by step, for a person to decide on.

Nothing is ever guessed. Where an answer is missing, where no edition of a table holds on the day, or where a table has
no figure, the sum stops there and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from genklang.engine.time import parse_instant
from genklang.protocol.expressions import Expression, Type, compile_expression
from genklang.protocol.expressions.nodes import LOOKUP, Node
from genklang.protocol.expressions.python import scalar_function
from genklang.protocol.parts import Text
from genklang.protocol.reckoning import Edition, Table
from genklang.protocol.scopes import proposal_scope
from genklang.protocol.types import Protocol

Why = Literal["unknown", "no_edition", "no_figure", "cannot"]
_ASKS_WHETHER_KNOWN = ("is_null", "is_not_null")
_LOGICAL = ("and", "or", "in", "between")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure that was looked up: where, under which key, and from which edition and source."""

    table: str
    column: str
    key: float | str
    row: float | str
    value: float
    since: str
    source: Text | None


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the sum: its value, the figures that were looked up, and what it was worked out from."""

    name: str
    value: float
    node: Node
    known: Mapping[str, Any] = field(repr=False)
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Worked:
    """A whole sum. `day` is the local day whose editions hold; `result` is rounded as the protocol says."""

    proposal: str
    day: str
    steps: tuple[Step, ...]
    result: float


@dataclass(frozen=True, slots=True)
class Stopped:
    """A sum that could not be worked out: how far it came, at which line it stopped, and why.

    unknown      `names` are the facts and fields that somebody has yet to answer.
    no_edition   no figures of `table` hold on `day`.
    no_figure    `table` has no figure in `column` for `key`.
    cannot       the line has no value, such as after a division by zero.
    """

    proposal: str
    day: str
    steps: tuple[Step, ...]
    line: str
    why: Why
    names: tuple[str, ...] = ()
    table: str = ""
    column: str = ""
    key: float | str = ""


Sum = Worked | Stopped


class Reckoner:
    """A protocol's proposal made ready: compiled once, asked for each person."""

    def __init__(self, protocol: Protocol, name: str) -> None:
        self.protocol = protocol
        self.name = name
        self.declared = protocol.proposals[name]
        self._lines: dict[str, tuple[Expression | None, Expression]] = {}
        for line, step in self.declared.lines.items():
            scope = proposal_scope(protocol, name, before=line)
            when = compile_expression(step.when, scope) if step.when else None
            self._lines[line] = (when, compile_expression(step.value, scope))
        instants = proposal_scope(protocol, name).names.items()
        self._instants = [one for one, kind in instants if kind is Type.INSTANT]

    def work_out(self, *, facts: Mapping[str, Any], data: Mapping[str, Any], day: str) -> Sum:
        """Work the sum out from the facts as they stood, the event's data, and the local day (ISO) it happened."""
        if self.declared.at is not None:
            day = str(data.get(self.declared.at) or "")
        if not day:
            return Stopped(self.name, "", (), next(iter(self._lines)), "unknown", (str(self.declared.at),))
        known: dict[str, Any] = {**facts, **data}
        for name in self._instants:
            known[name] = parse_instant(known[name]) if isinstance(known.get(name), str) else known.get(name)
        steps: list[Step] = []
        for line, (when, value) in self._lines.items():
            try:
                step = self._step(line, when, value, known, day)
            except _Stop as stop:
                return Stopped(self.name, day, tuple(steps), line, stop.why, **stop.where)
            known[line] = step.value if step else 0.0
            steps += [step] if step else []
        return Worked(self.name, day, tuple(steps), rounded(steps[-1].value, self.declared.round))

    def _step(
        self, line: str, when: Expression | None, value: Expression, known: Mapping[str, Any], day: str
    ) -> Step | None:
        looked_up: list[Figure] = []
        row = {**known, LOOKUP: _finder(self.protocol, day, looked_up)}
        if when is not None:
            _demand(when.node, row)
            if not when.python(row):
                return None
        _demand(value.node, row)
        looked_up.clear()
        result = value.python(row)
        if result is None:
            raise _Stop("cannot")
        return Step(line, float(result), value.node, row, tuple(looked_up))


def rounded(value: float, decimals: int) -> float:
    """Return the value with so many decimals, halves away from zero."""
    power = 10**decimals
    whole = int(abs(value) * power + 0.5 + 1e-9)
    return (whole / power) * (-1 if value < 0 else 1) if whole else 0.0


class _Stop(Exception):
    def __init__(self, why: Why, **where: Any) -> None:
        super().__init__(why)
        self.why = why
        self.where = where


def _finder(protocol: Protocol, day: str, looked_up: list[Figure]) -> Callable[[str, tuple[str, str], Any], float]:
    """Return what a line looks figures up with: it notes each figure, and stops where there is none."""

    def find(op: str, place: tuple[str, str], asked: Any) -> float:
        name, column = place
        edition = edition_on(protocol.tables[name], day)
        if edition is None:
            raise _Stop("no_edition", table=name)
        keys = asked if op == "lookup_sum" else [asked]
        found = [_figure(name, protocol.tables[name], edition, column, key) for key in keys]
        looked_up.extend(found)
        return float(sum(figure.value for figure in found))

    return find


def edition_on(table: Table, day: str) -> Edition | None:
    """Return the edition that holds on a day (ISO), None where there is none: never the one before."""
    begun = [edition for edition in table.editions if edition.from_ <= day]
    if not begun or (begun[-1].until is not None and day > begun[-1].until):
        return None
    return begun[-1]


def _figure(name: str, table: Table, edition: Edition, column: str, key: Any) -> Figure:
    if isinstance(key, str):
        row = next((row for row in edition.rows if row[table.key] == key), {})
    else:
        below = [row for row in edition.rows if not isinstance(row[table.key], str) and float(row[table.key]) <= key]
        row = below[-1] if below else {}
    if not isinstance(row.get(column), int | float):
        raise _Stop("no_figure", table=name, column=column, key=key)
    return Figure(name, column, key, row[table.key], float(row[column]), edition.from_, edition.source)


def _demand(node: Node, row: Mapping[str, Any]) -> None:
    """Raise where something that the value depends on is not known, whatever the expression would make of it."""
    missing = tuple(dict.fromkeys(_missing(node, row)))
    if missing:
        raise _Stop("unknown", names=missing)


def _missing(node: Node, row: Mapping[str, Any]) -> list[str]:
    """Return the names that are needed and not known. Branches that are not taken need nothing."""
    if node.op == "name":
        return [node.value] if row.get(node.value) is None else []
    if node.op in _ASKS_WHETHER_KNOWN:
        return []
    if node.op == "coalesce" or node.op in _LOGICAL:
        return [] if value_of(node, row) is not None else _of_all(node.args, row)
    if node.op in ("case", "switch"):
        return _in_branches(node, row)
    return _of_all(node.args, row)


def _of_all(nodes: tuple[Node, ...], row: Mapping[str, Any]) -> list[str]:
    return [name for node in nodes for name in _missing(node, row)]


def _in_branches(node: Node, row: Mapping[str, Any]) -> list[str]:
    subject = node.args[:1] if node.op == "switch" else ()
    missing = _of_all(subject, row)
    if missing:
        return missing
    branches = node.args[len(subject) :]
    for when, then in zip(branches[:-1:2], branches[1:-1:2], strict=True):
        missing = _missing(when, row)
        if missing or is_taken(when, subject, row):
            return missing or _missing(then, row)
    return _missing(branches[-1], row)


def is_taken(when: Node, subject: tuple[Node, ...], row: Mapping[str, Any]) -> bool:
    """Return whether a branch of a case is the one: its condition holds, or it equals the subject."""
    if subject:
        return bool(value_of(subject[0], row) == value_of(when, row))
    return bool(value_of(when, row))


def value_of(node: Node, row: Mapping[str, Any]) -> Any:
    """Return the value of a part of a line, for whoever explains it."""
    return _function(node)(row)


@lru_cache(maxsize=4096)
def _function(node: Node) -> Callable[[Mapping[str, Any]], Any]:
    return scalar_function(node)
