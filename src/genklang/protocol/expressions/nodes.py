"""What an expression is made of: its types, the tree that is read, and the typed tree that is run and printed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from genklang.protocol.problems import quoted


class Type(StrEnum):
    """What a value is. In Python: bool, int, float, str, ISO text, microseconds since 1970 UTC, microseconds, tuple."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    INSTANT = "instant"
    DURATION = "duration"
    TIMES = "times"
    NUMBERS = "numbers"
    NULL = "null"


NUMERIC = frozenset({Type.INTEGER, Type.NUMBER})
LOOKUP = "lookup()"
LISTS = frozenset({Type.TIMES, Type.NUMBERS})
ORDERED = frozenset(Type) - {Type.BOOLEAN, *LISTS}


@dataclass(frozen=True, slots=True)
class TableShape:
    """A dated table as expressions meet it: the type of its key, and its other columns, which hold numbers."""

    key: Type
    columns: frozenset[str]
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Scope:
    """The names that an expression may use, and whether it aggregates rows or draws at random.

    `options` lists, for names that are a choice, the only texts they can equal. `tables` are what may be looked up in;
    None where nothing may. `in_order` where rows come in order of time, so that there is a first and a last.
    """

    names: Mapping[str, Type]
    aggregates: bool = False
    random: bool = False
    options: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tables: Mapping[str, TableShape] | None = None
    in_order: bool = False


@dataclass(frozen=True, slots=True)
class ExpressionProblem:
    """One mistake in an expression; `offset` counts characters from its beginning, from 0."""

    offset: int
    what: str
    written: str
    instead: str

    def __str__(self) -> str:
        return f"{self.what}. {self.instead}"


class ExpressionError(ValueError):
    """Everything that is wrong with one expression."""

    def __init__(self, problems: list[ExpressionProblem]) -> None:
        self.problems = problems
        super().__init__(" ".join(str(problem) for problem in problems))


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, text or sign of an expression; `kind` is number, text, word, sign or end."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset just behind the token."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Syntax:
    """A part of an expression as it was read, before names and types are known."""

    kind: str
    start: int
    end: int
    value: Any = None
    args: "tuple[Syntax, ...]" = ()
    distinct: bool = False
    filter: "Syntax | None" = None


@dataclass(frozen=True, slots=True)
class Node:
    """A typed part of an expression. `op` names what it does; `condition` is an aggregate's filter."""

    op: str
    type: Type
    args: "tuple[Node, ...]" = ()
    value: Any = None
    condition: "Node | None" = None

    def walk(self) -> "Iterator[Node]":
        """Yield the node and everything below it."""
        yield self
        for arg in (*self.args, *([self.condition] if self.condition else [])):
            yield from arg.walk()


def problem(at: Syntax | Token, text: str, what: str, instead: str) -> ExpressionProblem:
    """Return the problem of a part of `text`; {} in `what` stands for what was written there."""
    written = text[at.start : at.end]
    return ExpressionProblem(at.start, what.replace("{}", quoted(written, longest=40)), written, instead)


ERROR = Node("error", Type.NULL)
NULL = Node("literal", Type.NULL)

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def typed(node: Node, kind: Type) -> Node:
    """Return the node; where it is null, null of that type."""
    return Node(node.op, kind) if node == NULL else node


def as_date(node: Node) -> Node:
    """Return a text literal that is an ISO date as that date; anything else as it is."""
    if node.op != "literal" or node.type is not Type.TEXT or not _ISO_DATE.fullmatch(node.value):
        return typed(node, Type.DATE)
    try:
        return Node("literal", Type.DATE, value=date.fromisoformat(node.value).isoformat())
    except ValueError:
        return node
