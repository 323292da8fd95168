"""Indicators taken apart by participant, so that they can be put together again for any selection of participants.

An indicator is taken apart into the sums, counts and extremes that it is made of, one of each per participant, period
and group: one query. From these its value follows for participants counted once, several times or not at all, which
is what resampling asks, without another query. Medians and counts of different values cannot be put together so; for
them there is no interval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genklang.measure.engines import opened
from genklang.measure.sql import Query, as_number, grouped_sql
from genklang.measure.tables import Tables
from genklang.measure.values import as_label
from genklang.protocol.expressions import Expression, Scope, Type, compile_expression
from genklang.protocol.expressions.nodes import Node
from genklang.protocol.expressions.sql import to_sql
from genklang.protocol.scopes import table_scope
from genklang.protocol.types import Protocol

Floats = NDArray[np.float64]
Cell = tuple[date | None, tuple[str | None, ...]]

_AGGREGATES = frozenset({"count_all", "count", "count_distinct", "sum", "avg", "min", "max", "median"})


class CannotBeTakenApart(ValueError):
    """The expression has an aggregate that is not the sum of its parts."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One aggregate of an expression. `columns` are the places of its parts among the columns of the query."""

    op: str
    columns: tuple[int, ...]
    boolean: bool


@dataclass(frozen=True, slots=True)
class Partials:
    """An indicator taken apart.

    `parts` has the shape (columns, participants, cells); NaN where an extreme has no rows.
    """

    enrolments: tuple[str, ...]
    cells: tuple[Cell, ...]
    parts: Floats
    leaves: tuple[Leaf, ...]
    whole: Callable[[Mapping[str, Any]], Any]

    def values(self, weights: Floats) -> Floats:
        """The indicator in each cell, shape (selections, cells), for how often each participant counts in each
        selection.

        `weights` has the shape (selections, participants). NaN where there is nothing to compute from.
        """
        put = [self._put_together(leaf, weights) for leaf in self.leaves]
        result = np.full((len(weights), len(self.cells)), np.nan)
        for place in np.ndindex(result.shape):
            value = self.whole({f"leaf{n}": _known(leaf, float(put[n][place])) for n, leaf in enumerate(self.leaves)})
            result[place] = np.nan if value is None else float(value)
        return result

    def _put_together(self, leaf: Leaf, weights: Floats) -> Floats:
        if leaf.op in ("min", "max"):
            return self._extreme(leaf, weights)
        added: list[Floats] = [weights @ self.parts[column] for column in leaf.columns]
        if len(added) == 1:
            return added[0]
        total, counted = added[0], np.where(added[1] > 0, added[1], np.nan)
        result: Floats = total / counted if leaf.op == "avg" else np.where(np.isnan(counted), np.nan, total)
        return result

    def _extreme(self, leaf: Leaf, weights: Floats) -> Floats:
        best, none = (np.fmin, np.inf) if leaf.op == "min" else (np.fmax, -np.inf)
        parts = np.where(np.isnan(self.parts[leaf.columns[0]]), none, self.parts[leaf.columns[0]])
        rows = [best.reduce(parts[weight > 0], axis=0, initial=none) for weight in weights]
        result = np.array(rows).reshape(len(weights), len(self.cells))
        extremes: Floats = np.where(np.isinf(result), np.nan, result)
        return extremes


def take_apart(protocol: Protocol, tables: Tables, queries: Mapping[str, Query]) -> dict[str, Partials | None]:
    """Take queries apart, None for those that cannot be. Participants are in the order of the tables."""
    enrolments = tuple(log.enrolment for log in tables.logs)
    taken: dict[str, Partials | None] = {}
    with opened(protocol, tables, queries.values(), engine="duckdb") as execute:
        for name, query in queries.items():
            expression = compile_expression(query.value, table_scope(protocol, query.of))
            try:
                whole, leaves, columns = _decomposed(expression)
            except CannotBeTakenApart:
                taken[name] = None
                continue
            rows = execute(grouped_sql(query, columns, "duckdb", first=["enrolment"]))
            empty = _values_of_nothing(leaves)
            cells, parts = _arranged(rows, enrolments, empty=empty, query=query)
            taken[name] = Partials(enrolments, cells, parts, leaves, whole)
    return taken


def _decomposed(expression: Expression) -> tuple[Callable[[Mapping[str, Any]], Any], tuple[Leaf, ...], list[str]]:
    """The expression as a function of its aggregates, these, and the SQL of their parts."""
    leaves: list[Leaf] = []
    columns: list[str] = []

    def replaced(node: Node) -> Node:
        if node.op not in _AGGREGATES:
            return Node(node.op, node.type, tuple(map(replaced, node.args)), node.value, node.condition)
        parts = [as_number(part.type, to_sql(part, "duckdb"), "duckdb") for part in _parts(node)]
        boolean = node.type is Type.BOOLEAN
        leaves.append(Leaf(node.op, tuple(range(len(columns), len(columns) + len(parts))), boolean))
        columns.extend(parts)
        return Node("name", Type.BOOLEAN if boolean else Type.NUMBER, value=f"leaf{len(leaves) - 1}")

    outer = replaced(expression.node)
    scope = Scope({f"leaf{n}": Type.NUMBER for n in range(len(leaves))})
    return Expression(expression.text, outer, scope).python, tuple(leaves), columns


def _parts(node: Node) -> list[Node]:
    """The aggregates per participant that an aggregate over all of them follows from."""
    if node.op in ("count_all", "count"):
        return [node]
    if node.op == "count_distinct" and node.args[0].op == "name" and node.args[0].value == "enrolment":
        return [node]
    if node.op in ("sum", "avg"):
        kind = node.args[0].type
        added = Type.INTEGER if kind is Type.BOOLEAN else kind
        return [
            Node("sum", added, node.args, None, node.condition),
            Node("count", Type.INTEGER, node.args, None, node.condition),
        ]
    if node.op in ("min", "max") and node.type not in (Type.TEXT, Type.DATE):
        return [node]
    raise CannotBeTakenApart(node.op)


def _values_of_nothing(leaves: Sequence[Leaf]) -> Floats:
    """What a participant without rows has in each column: a sum or count of 0, an extreme that is unknown."""
    return np.array([np.nan if leaf.op in ("min", "max") else 0.0 for leaf in leaves for _ in leaf.columns])


def _arranged(
    rows: Sequence[Sequence[Any]], enrolments: Sequence[str], *, empty: Floats, query: Query
) -> tuple[tuple[Cell, ...], Floats]:
    """Rows (enrolment, period, groups, parts) as cells and an array of parts. What is not there adds nothing."""
    groups = len(query.by)
    keyed = [((_day(row[1]), tuple(map(as_label, row[2 : 2 + groups]))), row) for row in rows]
    found = {cell for cell, _ in keyed}
    if query.per is None and not query.by:
        found.add((None, ()))
    cells = tuple(sorted(found, key=_order))
    place = {cell: number for number, cell in enumerate(cells)}
    who = {enrolment: number for number, enrolment in enumerate(enrolments)}
    parts = np.broadcast_to(empty[:, None, None], (len(empty), len(enrolments), len(cells))).copy()
    for cell, row in keyed:
        known = np.array([np.nan if value is None else value for value in row[2 + groups :]], dtype=np.float64)
        parts[:, who[row[0]], place[cell]] = np.where(np.isnan(known), empty, known)
    return cells, parts


def _order(cell: Cell) -> tuple[date, tuple[tuple[bool, str], ...]]:
    return (cell[0] or date.min, tuple((group is None, group or "") for group in cell[1]))


def _day(period: str | None) -> date | None:
    return date.fromisoformat(period) if period else None


def _known(leaf: Leaf, value: float) -> float | bool | None:
    if np.isnan(value):
        return None
    return bool(value) if leaf.boolean else value
