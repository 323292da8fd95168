"""What others hold in their hands: an expression that was checked, with its ways to be computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Any

from genklang.protocol.expressions import python
from genklang.protocol.expressions.checking import check
from genklang.protocol.expressions.nodes import ExpressionError, ExpressionProblem, Node, Scope, Type
from genklang.protocol.expressions.parsing import parse
from genklang.protocol.expressions.sql import Dialect, quoted_column, to_sql

if TYPE_CHECKING:
    from genklang.protocol.expressions.columns import Drawn

Row = Mapping[str, Any]

LARGEST_SIZE = 3_000
_COPIES = {"power": 6, "round": 3, "round_to": 3, "floor": 2, "ceil": 2, "exp": 2, "ln": 2, "duration": 3}


@dataclass(frozen=True)
class Expression:
    """A checked expression. Use `python` for one row, `aggregate` for many, `draw` where it draws at random."""

    text: str
    node: Node
    scope: Scope

    @property
    def type(self) -> Type:
        """The type of its value."""
        return self.node.type

    @cached_property
    def names(self) -> frozenset[str]:
        """The columns that it uses."""
        return frozenset(part.value for part in self.node.walk() if part.op == "name")

    @cached_property
    def python(self) -> Callable[[Row], Any]:
        """A function from a row to the value; what the row does not hold is unknown. Not for aggregates or draws."""
        if self.scope.aggregates or self.scope.random:
            raise TypeError(f"{self.text!r} is no expression of one row alone")
        return python.scalar_function(self.node)

    @cached_property
    def aggregate(self) -> Callable[[Sequence[Row]], Any]:
        """A function from rows to the value of an aggregate."""
        if not self.scope.aggregates:
            raise TypeError(f"{self.text!r} is no aggregate")
        return python.aggregate_function(self.node)

    @cached_property
    def draw(self) -> Callable[[Row, Random], Any]:
        """A function from a row and random numbers to a value; `now()` is the row's "now"."""
        if self.scope.aggregates:
            raise TypeError(f"{self.text!r} is an aggregate")
        return python.drawing_function(self.node)

    def in_columns(self, numbers: Iterator[int]) -> Drawn | None:
        """A function that draws many values at once; None where the expression is none of those that can."""
        from genklang.protocol.expressions.columns import drawing_columns  # numpy, which only rehearsals need

        return drawing_columns(self.node, numbers)

    def sql(self, dialect: Dialect, *, column: Callable[[str], str] = quoted_column) -> str:
        """Return it in SQL; `column` writes a column's name. Raises NotInSql for draws and lists of times."""
        return to_sql(self.node, dialect, column=column)


def compile_expression(text: str, scope: Scope) -> Expression:
    """Return the checked expression. Raises ExpressionError with every mistake, each with its offset."""
    node = check(parse(text), text=text, scope=scope)
    if _size(node) > LARGEST_SIZE:
        what, instead = "The expression is too large", "Say it in fewer parts, or split it in two indicators."
        raise ExpressionError([ExpressionProblem(0, what, text, instead)])
    return Expression(text, node, scope)


def _size(node: Node) -> int:
    """Return how large the expression can become in SQL, where some functions repeat their arguments."""
    parts = [*node.args, *([node.condition] if node.condition else [])]
    copies = len(parts) if node.op in ("least", "greatest") else _COPIES.get(node.op, 1)
    return 1 + copies * sum(_size(part) for part in parts)
