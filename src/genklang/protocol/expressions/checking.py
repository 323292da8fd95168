"""Tree to typed tree: every name, operator and function is one that the scope has, and fits what it is given."""

import re
from collections.abc import Sequence
from functools import reduce

from genklang.protocol.expressions import calls
from genklang.protocol.expressions.nodes import (
    ERROR,
    LISTS,
    NULL,
    NUMERIC,
    ORDERED,
    ExpressionError,
    ExpressionProblem,
    Node,
    Scope,
    Syntax,
    Type,
    as_date,
    problem,
    typed,
)
from genklang.protocol.problems import closest, listed, suggestion

_COMPARISONS = {"=": "eq", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_ARITHMETIC = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "modulo"}
_ARITHMETIC_TYPES = {
    ("+", Type.INSTANT, Type.DURATION): Type.INSTANT,
    ("+", Type.DURATION, Type.INSTANT): Type.INSTANT,
    ("-", Type.INSTANT, Type.DURATION): Type.INSTANT,
    ("-", Type.INSTANT, Type.INSTANT): Type.DURATION,
    ("+", Type.DURATION, Type.DURATION): Type.DURATION,
    ("-", Type.DURATION, Type.DURATION): Type.DURATION,
    ("/", Type.DURATION, Type.DURATION): Type.NUMBER,
}


def check(tree: Syntax, *, text: str, scope: Scope) -> Node:
    """Return the typed tree. Raises ExpressionError with every mistake."""
    checker = Checker(text, scope)
    node = checker.node(tree)
    if scope.aggregates and not checker.problems and not any(part.op in calls.AGGREGATES for part in node.walk()):
        checker.note(tree, "{} is no aggregate", "Write for example avg(met), sum(hours) or count(*).")
    if checker.problems:
        raise ExpressionError(sorted(checker.problems, key=lambda found: found.offset))
    return node


class Checker:
    """Types a tree bottom-up. What is wrong is noted, and then fits everywhere, so that nothing is told twice."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text
        self.scope = scope
        self.problems: list[ExpressionProblem] = []
        self.aggregating = False

    def note(self, at: Syntax, what: str, instead: str) -> Node:
        """Note a mistake; {} in `what` stands for what was written."""
        self.problems.append(problem(at, self.text, what, instead))
        return ERROR

    def node(self, tree: Syntax) -> Node:
        """Return the typed node of a tree."""
        checked: Node = getattr(self, f"_{tree.kind}")(tree)
        return checked

    def boolean(self, tree: Syntax) -> Node:
        """Return the node of what must be true or false."""
        node = self.node(tree)
        if node.type not in (Type.BOOLEAN, Type.NULL):
            return self.note(tree, f"{{}} is {node.type}, not true or false", "Compare it, for example hours > 3.")
        return typed(node, Type.BOOLEAN)

    def _number(self, tree: Syntax) -> Node:
        if re.fullmatch(r"\d+", tree.value):
            if len(tree.value) > 15:
                return self.note(tree, "{} is too large", "Write at most 15 digits.")
            return Node("literal", Type.INTEGER, value=int(tree.value))
        number = float(tree.value)
        if number > 1e300:
            return self.note(tree, "{} is too large", "Write a number below 1e300.")
        return Node("literal", Type.NUMBER, value=number)

    def _text(self, tree: Syntax) -> Node:
        return Node("literal", Type.TEXT, value=tree.value)

    def _date(self, tree: Syntax) -> Node:
        node = as_date(Node("literal", Type.TEXT, value=tree.value))
        if node.type is not Type.DATE:
            return self.note(tree, "{} is no date", "Write year, month and day, for example '2026-03-29'.")
        return node

    def _truth(self, tree: Syntax) -> Node:
        return Node("literal", Type.BOOLEAN, value=tree.value)

    def _null(self, _: Syntax) -> Node:
        return NULL

    def _star(self, tree: Syntax) -> Node:
        return self.note(tree, "* stands where a value is wanted", "Only count(*) takes it.")

    def _name(self, tree: Syntax) -> Node:
        name = tree.value
        if name not in self.scope.names:
            return self.note(tree, "{} is not known here", self._similar(name))
        if self.scope.aggregates and not self.aggregating:
            return self.note(tree, "{} stands outside an aggregate", f"Write for example avg({name}) or max({name}).")
        return Node("name", Type(self.scope.names[name]), value=name)

    def _similar(self, name: str) -> str:
        names = sorted(self.scope.names)
        if len(names) <= 12 or closest(name, names):
            return suggestion(name, names, nothing="No names can be used here.")
        return f"The names here are {listed(names, most=60)}."

    def _or(self, tree: Syntax) -> Node:
        return Node(tree.kind, Type.BOOLEAN, tuple(self.boolean(arg) for arg in tree.args))

    _and = _or
    _not = _or

    def _is_null(self, tree: Syntax) -> Node:
        return Node(tree.kind, Type.BOOLEAN, (self.node(tree.args[0]),))

    _is_not_null = _is_null

    def _compare(self, tree: Syntax) -> Node:
        left, right = self._alike(tree.args)
        if any(arg.kind == "null" for arg in tree.args):
            return self.note(tree, "{} is never true: unknown equals nothing", "Write is null or is not null.")
        if tree.value not in ("=", "<>") and left.type not in ORDERED:
            return self.note(tree, f"{{}} orders what has no order ({left.type})", "Compare with = or <>.")
        return Node(_COMPARISONS[tree.value], Type.BOOLEAN, (left, right))

    def _between(self, tree: Syntax) -> Node:
        args = self._alike(tree.args)
        if args[0].type not in ORDERED:
            return self.note(tree, f"{{}} orders what has no order ({args[0].type})", "Compare with = or <>.")
        return Node("between", Type.BOOLEAN, args)

    def _in(self, tree: Syntax) -> Node:
        if len(tree.args) < 2:
            return self.note(tree, "The list is empty", "Write for example arm in ('training', 'usual').")
        args = self._alike(tree.args)
        if any(arg.kind == "null" for arg in tree.args):
            return self.note(tree, "null stands in a list, where it is never found", "Write x in (1, 2) or x is null.")
        return Node("in", Type.BOOLEAN, args)

    def _alike(self, trees: Sequence[Syntax]) -> tuple[Node, ...]:
        """Return nodes that can be compared with the first; times have no comparison."""
        nodes = self.same([self.node(tree) for tree in trees], trees)
        if nodes[0].type in LISTS:
            what = f"{{}} is a list of {nodes[0].type}, which cannot be compared"
            self.note(trees[0], what, "Use it as a value only.")
            return (ERROR,) * len(nodes)
        for node in nodes:
            if node.op == "name" and node.value in self.scope.options:
                self._check_options(node.value, nodes, trees)
        return nodes

    def _check_options(self, name: str, nodes: Sequence[Node], trees: Sequence[Syntax]) -> None:
        options = self.scope.options[name]
        for node, tree in zip(nodes, trees, strict=True):
            if node.op == "literal" and node.type is Type.TEXT and node.value not in options:
                instead = suggestion(node.value, sorted(options), nothing="Leave it out.")
                self.note(tree, f"{{}} is nothing that {name} can be", instead)

    def same(self, nodes: Sequence[Node], trees: Sequence[Syntax]) -> tuple[Node, ...]:
        """Return the nodes as one type, or note the first that does not fit with those before it."""
        dated = any(node.type is Type.DATE for node in nodes)
        nodes = [as_date(node) if dated else node for node in nodes]
        kind = nodes[0].type
        for node, tree in zip(nodes[1:], trees[1:], strict=True):
            joined = _joined(kind, node.type)
            if joined is None:
                self.note(tree, f"{{}} is {node.type}, where {kind} is wanted", f"Write {EXAMPLES[kind]}.")
                return (ERROR,) * len(nodes)
            kind = joined
        return tuple(typed(node, kind) for node in nodes)

    def _case(self, tree: Syntax) -> Node:
        count = len(tree.args) // 2 * 2
        conditions = [self.boolean(arg) for arg in tree.args[0:count:2]]
        return self._branches("case", (), conditions, (*tree.args[1:count:2], *tree.args[count:]), count)

    def _switch(self, tree: Syntax) -> Node:
        branches = tree.args[1:]
        count = len(branches) // 2 * 2
        subject, *values = self._alike((tree.args[0], *branches[0:count:2]))
        return self._branches("switch", (subject,), values, (*branches[1:count:2], *branches[count:]), count)

    def _branches(
        self, op: str, first: tuple[Node, ...], whens: list[Node], trees: Sequence[Syntax], count: int
    ) -> Node:
        results = self.same([self.node(tree) for tree in trees], trees)
        paired = [part for pair in zip(whens, results, strict=False) for part in pair]
        otherwise = results[count // 2] if len(results) > count // 2 else typed(NULL, results[0].type)
        return Node(op, results[0].type, (*first, *paired, otherwise))

    def _negative(self, tree: Syntax) -> Node:
        node = self.node(tree.args[0])
        if node.type not in {*NUMERIC, Type.DURATION, Type.NULL}:
            return self.note(tree, f"{{}} takes the sign of {node.type}", "Only numbers and durations have one.")
        if node.op == "literal" and node.type in NUMERIC:
            return Node("literal", node.type, value=-node.value)
        return Node("negative", node.type if node.type is not Type.NULL else Type.NUMBER, (typed(node, Type.NUMBER),))

    def _arithmetic(self, tree: Syntax) -> Node:
        left, right = (self.node(arg) for arg in tree.args)
        if tree.value == "||":
            return self._joined_text(tree, left, right)
        kinds: list[Type] = [node.type if node.type is not Type.NULL else Type.NUMBER for node in (left, right)]
        result = _arithmetic_type(tree.value, kinds[0], kinds[1])
        if result is None:
            what = f"{{}} is {kinds[0]} {tree.value} {kinds[1]}, which has no meaning"
            return self.note(tree, what, _arithmetic_advice(kinds))
        args = (typed(left, kinds[0]), typed(right, kinds[1]))
        return Node(_ARITHMETIC[tree.value], result, args)

    def _joined_text(self, tree: Syntax, left: Node, right: Node) -> Node:
        for node, part in ((left, tree.args[0]), (right, tree.args[1])):
            if node.type not in (Type.TEXT, Type.NULL):
                return self.note(part, f"{{}} is {node.type}, where text is wanted", f"Write {EXAMPLES[Type.TEXT]}.")
        return Node("concat", Type.TEXT, (typed(left, Type.TEXT), typed(right, Type.TEXT)))

    def _call(self, tree: Syntax) -> Node:
        return calls.call(self, tree)


EXAMPLES = {
    Type.BOOLEAN: "true, false or a comparison",
    Type.INTEGER: "a whole number, for example 3",
    Type.NUMBER: "a number, for example 0.5",
    Type.TEXT: "a text in single quotes, for example 'training'",
    Type.DATE: "a date as text, for example '2026-03-29'",
    Type.INSTANT: "an instant, for example occurred_at",
    Type.DURATION: "a duration, for example minutes(30)",
    Type.TIMES: "times, for example times('08:00', '20:00')",
    Type.NUMBERS: "numbers, for example numbers(4, 9)",
    Type.NULL: "a value",
}


def _joined(one: Type, other: Type) -> Type | None:
    """Return the type that both can be, or None."""
    if one == other or other is Type.NULL:
        return one
    if one is Type.NULL:
        return other
    return Type.NUMBER if {one, other} == NUMERIC else None


def _arithmetic_type(sign: str, left: Type, right: Type) -> Type | None:
    if {left, right} <= NUMERIC:
        if sign == "%":
            return Type.INTEGER if left == right == Type.INTEGER else None
        return Type.NUMBER if sign == "/" else reduce(lambda one, other: _joined(one, other) or one, (left, right))
    if sign == "*" and Type.DURATION in (left, right) and NUMERIC & {left, right}:
        return Type.DURATION
    if sign == "/" and left is Type.DURATION and right in NUMERIC:
        return Type.DURATION
    return _ARITHMETIC_TYPES.get((sign, left, right))


def _arithmetic_advice(kinds: list[Type]) -> str:
    if Type.BOOLEAN in kinds:
        return "Write case when x then 1 else 0 end, or count(*) filter (where x)."
    if Type.INSTANT in kinds or Type.DURATION in kinds:
        return "Write for example occurred_at + hours(2), or (resolved_at - target_at) / minutes(1) for minutes."
    if Type.DATE in kinds:
        return "Write days_between(one, another)."
    if Type.TEXT in kinds:
        return "Join texts with ||."
    return "% takes whole numbers only; round(x) makes one." if Type.NUMBER in kinds else "Use numbers."
