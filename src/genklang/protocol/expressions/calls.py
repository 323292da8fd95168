"""The checks of function calls: that the function exists and belongs here, and takes what it is given."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from genklang.protocol.expressions import lookups
from genklang.protocol.expressions.functions import FUNCTIONS, Function, Overload
from genklang.protocol.expressions.nodes import LISTS, NUMERIC, ORDERED, Node, Syntax, Type, as_date, typed
from genklang.protocol.problems import closest

if TYPE_CHECKING:
    from genklang.protocol.expressions.checking import Checker

AGGREGATES = frozenset({"count_all", "count", "count_distinct", "sum", "avg", "min", "max", "median", "first", "last"})
ORDERED_AGGREGATES = frozenset({"first", "last"})
MOST_DECIMALS = 6

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def call(checker: "Checker", tree: Syntax) -> Node:
    """Return the node of a function call."""
    name = tree.value.lower()
    function = FUNCTIONS.get(name)
    if function is None or not _belongs(function, checker):
        return _unknown(checker, tree)
    if function.group == "aggregate":
        return _aggregate(checker, tree, function)
    if tree.filter or tree.distinct:
        return checker.note(tree, f"{name} takes no filter and no distinct", f"Write for example {function.example}.")
    if function.group == "table":
        return lookups.lookup(checker, tree, function)
    return _scalar(checker, tree, function)


def _belongs(function: Function, checker: "Checker") -> bool:
    """Whether a function may be called here: some draw at random, some look up in the tables of a proposal."""
    if function.group == "random":
        return checker.scope.random
    return function.group != "table" or checker.scope.tables is not None


def _unknown(checker: "Checker", tree: Syntax) -> Node:
    name = tree.value.lower()
    if name in FUNCTIONS and FUNCTIONS[name].group == "table":
        what = f"{name} looks up in a dated table, which only the lines of a proposal do"
        return checker.note(tree, what, "Write it in a proposal, under lines, or write the figure itself.")
    if name in FUNCTIONS:
        return checker.note(tree, f"{name} draws at random, which only a rehearsal does", "Write a fixed value.")
    known = [function.name for function in FUNCTIONS.values() if _belongs(function, checker)]
    alike = closest(name, known)
    if alike:
        instead = f"Did you mean {alike}, for example {FUNCTIONS[alike].example}?"
    else:
        instead = f"The functions here are {', '.join(sorted(known))}."
    return checker.note(tree, f'There is no function "{tree.value}"', instead)


def _aggregate(checker: "Checker", tree: Syntax, function: Function) -> Node:
    if not checker.scope.aggregates:
        return checker.note(tree, f"{function.name} aggregates rows, of which there is only one here", "Leave it out.")
    if function.name in ORDERED_AGGREGATES and not checker.scope.in_order:
        instead = "Only signals have them; write for example max(points)."
        return checker.note(tree, f"{function.name} needs rows in order of time, which these are not", instead)
    if checker.aggregating:
        return checker.note(tree, "{} stands inside another aggregate", "Use one aggregate at a time.")
    checker.aggregating = True
    condition = checker.boolean(tree.filter) if tree.filter else None
    node = _counted(checker, tree) if function.name == "count" else _overloaded(checker, tree, function)
    checker.aggregating = False
    return Node(node.op, node.type, node.args, node.value, condition)


def _counted(checker: "Checker", tree: Syntax) -> Node:
    if len(tree.args) != 1:
        return checker.note(tree, "count takes one argument", "Write count(*), count(x) or count(distinct x).")
    if tree.args[0].kind == "star":
        return Node("count_all", Type.INTEGER)
    node = checker.node(tree.args[0])
    if node.type in LISTS:
        return checker.note(tree, f"{{}} counts lists of {node.type}", "Write count(*).")
    return Node("count_distinct" if tree.distinct else "count", Type.INTEGER, (node,))


def _overloaded(checker: "Checker", tree: Syntax, function: Function) -> Node:
    if tree.distinct:
        return checker.note(tree, f"{function.name} takes no distinct", "Only count(distinct x) does.")
    args = [checker.node(arg) for arg in tree.args]
    overload = _fitting(function, args)
    if overload is None:
        given = ", ".join(arg.type for arg in args) or "nothing"
        what = f"{function.name} cannot take what it is given ({given})"
        return checker.note(tree, what, f"Write for example {function.example}.")
    fitted = tuple(_fit(arg, kind) for arg, kind in zip(args, overload.params, strict=True))
    if overload.op == "round_to":
        return _round_to(checker, tree, fitted)
    return Node(overload.op, overload.result, fitted, overload.value)


def _fitting(function: Function, args: Sequence[Node]) -> Overload | None:
    """Return the way of calling that takes the arguments as they are, else one that takes them widened."""
    ways = [way for way in function.overloads if len(way.params) == len(args)]
    for widened in (False, True):
        for way in ways:
            if all(_takes(kind, arg, widened=widened) for kind, arg in zip(way.params, args, strict=True)):
                return way
    return None


def _takes(kind: Type, arg: Node, *, widened: bool) -> bool:
    if arg.type in (kind, Type.NULL):
        return True
    return widened and ((kind is Type.NUMBER and arg.type in NUMERIC) or _fit(arg, kind).type is kind)


def _fit(arg: Node, kind: Type) -> Node:
    return as_date(arg) if kind is Type.DATE else typed(arg, kind)


def _round_to(checker: "Checker", tree: Syntax, args: tuple[Node, ...]) -> Node:
    decimals = args[1]
    if decimals.op != "literal" or decimals.value not in range(MOST_DECIMALS + 1):
        return checker.note(tree.args[1], "{} is no number of decimals", f"Write a whole number, 0 to {MOST_DECIMALS}.")
    return Node("round_to", Type.NUMBER, args[:1], 10**decimals.value)


def _scalar(checker: "Checker", tree: Syntax, function: Function) -> Node:
    if function.overloads:
        return _overloaded(checker, tree, function)
    if function.name == "times":
        return _times(checker, tree)
    if function.name == "numbers":
        return _numbers(checker, tree)
    least = 1 if function.name == "coalesce" else 2
    if len(tree.args) < least or (function.name == "nullif" and len(tree.args) > 2):
        return checker.note(tree, f"{function.name} has the wrong number of arguments", f"Write {function.example}.")
    if function.name == "choose":
        return _choose(checker, tree)
    nodes = checker.same([checker.node(arg) for arg in tree.args], tree.args)
    if function.name in ("least", "greatest") and nodes[0].type not in ORDERED:
        return checker.note(tree, f"{{}} orders what has no order ({nodes[0].type})", f"Write {function.example}.")
    if function.name == "nullif" and nodes[0].type in LISTS:
        return checker.note(tree, f"{{}} compares lists of {nodes[0].type}", "Use them as values only.")
    return Node(function.name, nodes[0].type, nodes)


def _times(checker: "Checker", tree: Syntax) -> Node:
    for arg in tree.args:
        if arg.kind != "text" or not _TIME.fullmatch(arg.value):
            return checker.note(arg, "{} is no time of day", "Write times('08:00', '20:00').")
    if not tree.args:
        return checker.note(tree, "There is no time of day", "Write times('08:00', '20:00').")
    return Node("literal", Type.TIMES, value=tuple(sorted({arg.value for arg in tree.args})))


def _numbers(checker: "Checker", tree: Syntax) -> Node:
    nodes = [checker.node(arg) for arg in tree.args]
    for node, arg in zip(nodes, tree.args, strict=True):
        if node.op != "literal" or node.type not in NUMERIC:
            return checker.note(arg, "{} is no number written out", "Write for example numbers(4, 9).")
    return Node("literal", Type.NUMBERS, value=tuple(node.value for node in nodes))


def _choose(checker: "Checker", tree: Syntax) -> Node:
    if len(tree.args) % 2:
        return checker.note(tree, "A value has no weight", "Write choose('bus', 0.7, 'car', 0.3).")
    values = checker.same([checker.node(arg) for arg in tree.args[::2]], tree.args[::2])
    weights = []
    for arg in tree.args[1::2]:
        weight = checker.node(arg)
        if weight.type not in {*NUMERIC, Type.NULL}:
            return checker.note(
                arg, "{} is no weight", "Write a number after each value: choose('bus', 0.7, 'car', 0.3)."
            )
        weights.append(weight)
    return Node("choose", values[0].type, (*values, *weights))
