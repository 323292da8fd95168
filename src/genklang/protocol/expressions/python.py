"""Typed tree to Python: one function for each expression, compiled from source that is made here and from nothing else.

`value` gives the source of a value, None being unknown; `holds` and `fails` give the source of a condition that is true
exactly where SQL's is TRUE and FALSE, which spares most of three-valued logic. Texts and names of columns enter the
source by repr only: what an author writes never becomes code.
"""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from types import CodeType, FunctionType
from typing import Any

from genklang.protocol.expressions import values
from genklang.protocol.expressions.calls import AGGREGATES
from genklang.protocol.expressions.nodes import LOOKUP, Node, Type

Row = Mapping[str, Any]

_STRICT = {
    "add": "({0} + {1})",
    "subtract": "({0} - {1})",
    "multiply": "({0} * {1})",
    "negative": "(-{0})",
    "concat": "({0} + {1})",
    "eq": "({0} == {1})",
    "ne": "({0} != {1})",
    "lt": "({0} < {1})",
    "le": "({0} <= {1})",
    "gt": "({0} > {1})",
    "ge": "({0} >= {1})",
    "same": "{0}",
    "abs": "abs({0})",
    "round": "whole({0})",
    "floor": "floor({0})",
    "ceil": "ceil({0})",
    "exp": "exp({0})",
    "ln": "ln({0})",
    "power": "power({0}, {1})",
    "lower": "small({0})",
    "upper": "capitals({0})",
    "length": "len({0})",
    "how_many": "len({0})",
    "contains": "({1} in {0})",
    "dates_between": "dates_between({0}, {1})",
    "instants_between": "(({1} - {0}) / 86400000000)",
    "uniform": "rng.uniform({0}, {1})",
    "normal": "normal(rng, {0}, {1})",
    "lognormal": "lognormal(rng, {0}, {1})",
    "exponential": "exponential(rng, {0})",
    "gamma": "gamma(rng, {0}, {1})",
    "poisson": "poisson(rng, {0})",
    "beta": "beta(rng, {0}, {1})",
    "bernoulli": "(rng.random() < {0})",
    "id": "identifier(rng)",
}
_DRAWN = frozenset({"uniform", "normal", "lognormal", "exponential", "gamma"})
_MAYBE_UNKNOWN = _DRAWN | {"round", "floor", "ceil", "exp", "ln", "power", "beta", "poisson"}
_RESULTS = {
    "count_all": "{0}",
    "count": "{0}",
    "count_distinct": "len({0})",
    "sum": "total({0})",
    "avg": "mean({0})",
    "min": "min({0}, default=None)",
    "max": "max({0}, default=None)",
    "median": "median({0})",
    "first": "({0}[0] if {0} else None)",
    "last": "({0}[-1] if {0} else None)",
}
_OPPOSITE = {"eq": "ne", "ne": "eq", "lt": "ge", "le": "gt", "gt": "le", "ge": "lt"}
_COUNTERS = frozenset({"count_all", "count"})


def scalar_function(node: Node) -> Callable[[Row], Any]:
    """Return a function from a row to the expression's value; what the row does not hold is unknown."""
    function: Callable[[Row], Any] = _function(_Source(node), "row")
    return function


def drawing_function(node: Node) -> Callable[[Row, Random], Any]:
    """Return a function from a row and a source of random numbers to a value that is drawn."""
    function: Callable[[Row, Random], Any] = _function(_Source(node), "row, rng")
    return function


def aggregate_function(node: Node) -> Callable[[Sequence[Row]], Any]:
    """Return a function from rows to the aggregate's value, in one pass over them."""
    source = _Source(node)
    result = source.value(node)
    body = [f"    {line}" for line in source.starts]
    if source.steps:
        body += ["    for row in rows:", "        get = row.get"]
        body += [f"        {line}" for line in (*source.loads(), *source.steps)]
    function: Callable[[Sequence[Row]], Any] = _compiled(["def expression(rows):", *body, f"    return {result}"])
    return function


def _function(source: "_Source", parameters: str) -> Any:
    result = source.value(source.root)
    body = [f"    {line}" for line in source.reads()]
    return _compiled([f"def expression({parameters}):", *body, f"    return {result}"])


def _compiled(lines: list[str]) -> Any:
    module = compile("\n".join(lines) + "\n", "<expression>", "exec")
    code = next(constant for constant in module.co_consts if isinstance(constant, CodeType))
    return FunctionType(code, _NAMES)


class _Source:
    """Makes source. Columns are read once each (`loads`); aggregates gather in `starts` and `steps`."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.columns: dict[str, str] = {}
        self.starts: list[str] = []
        self.steps: list[str] = []
        self.temporaries = 0

    def loads(self) -> list[str]:
        return [f"{variable} = get({name!r})" for name, variable in self.columns.items()]

    def reads(self) -> list[str]:
        """Return lines that read a row's columns; most rows hold them all, and are then read without a call."""
        if not self.columns:
            return []
        straight = [f"    {variable} = row[{name!r}]" for name, variable in self.columns.items()]
        careful = [f"    {line}" for line in ("get = row.get", *self.loads())]
        return ["try:", *straight, "except KeyError:", *careful]

    def fresh(self) -> str:
        self.temporaries += 1
        return f"t{self.temporaries}"

    def value(self, node: Node) -> str:
        """Return the source of a value, None where it is unknown."""
        if node.op in AGGREGATES:
            return self.gathered(node)
        if node.op in _STRICT:
            return self.strict(node)
        source: str = getattr(self, f"value_{node.op}")(node)
        return source

    def strict(self, node: Node) -> str:
        """Return the source of what is unknown as soon as one argument is."""
        template = _STRICT[node.op]
        if node.type is Type.DURATION and (node.op in _DRAWN or _scaled(node)):
            template = f"whole({template})"
        known, parts = self.known(node.args)
        return self.guarded(known, template.format(*parts))

    def known(self, args: Sequence[Node]) -> tuple[str, list[str]]:
        """Return the source of the condition that all are known (empty where always), and of each after it."""
        checks: list[str] = []
        parts: list[str] = []
        for arg in args:
            check, part = self.bound(arg)
            checks += [check] if check else []
            parts.append(part)
        return " and ".join(checks), parts

    def bound(self, arg: Node) -> tuple[str, str]:
        """Return a check that the argument is known (empty where always), and its source behind that check."""
        source = self.value(arg)
        if not nullable(arg):
            return "", source
        if arg.op == "name":
            return f"{source} is not None", source
        name = self.fresh()
        return f"({name} := {source}) is not None", name

    def named(self, arg: Node) -> tuple[str, str]:
        """Return source that computes the argument, and source that repeats it without computing it again."""
        source = self.value(arg)
        if arg.op in ("name", "literal", "bound"):
            return source, source
        name = self.fresh()
        return f"({name} := {source})", name

    def holds(self, node: Node) -> str:
        """Return the source of a condition that is truthy exactly where the node is TRUE."""
        if node.op in ("and", "or"):
            return "(" + f" {node.op} ".join(self.holds(arg) for arg in node.args) + ")"
        if node.op == "not":
            return self.fails(node.args[0])
        if node.op in _OPPOSITE or node.op == "contains":
            known, parts = self.known(node.args)
            test = _STRICT[node.op].format(*parts)
            return f"({known} and {test})" if known else test
        return self.value(node)

    def fails(self, node: Node) -> str:
        """Return the source of a condition that is truthy exactly where the node is FALSE."""
        if node.op in ("and", "or"):
            joint = " or " if node.op == "and" else " and "
            return "(" + joint.join(self.fails(arg) for arg in node.args) + ")"
        if node.op == "not":
            return self.holds(node.args[0])
        if node.op in _OPPOSITE:
            return self.holds(Node(_OPPOSITE[node.op], Type.BOOLEAN, node.args))
        return f"({self.value(node)} is False)"

    def value_literal(self, node: Node) -> str:
        return f"({node.value!r})" if node.type in (Type.INTEGER, Type.NUMBER) else repr(node.value)

    def value_name(self, node: Node) -> str:
        return self.columns.setdefault(node.value, f"c{len(self.columns)}")

    def value_bound(self, node: Node) -> str:
        return str(node.value)

    def value_now(self, _: Node) -> str:
        return 'row.get("now")'

    def value_and(self, node: Node) -> str:
        return self.logic(node, decides="False", otherwise="True")

    def value_or(self, node: Node) -> str:
        return self.logic(node, decides="True", otherwise="False")

    def logic(self, node: Node, *, decides: str, otherwise: str) -> str:
        """Return the source of and (False decides) or or (True decides): unknown only where nothing decided."""
        if not nullable(node):
            return self.holds(node)
        computed = [self.named(arg) for arg in node.args]
        decided = " or ".join(f"{first} is {decides}" for first, _ in computed)
        unknown = " or ".join(f"{again} is None" for _, again in computed)
        return f"({decides} if {decided} else None if {unknown} else {otherwise})"

    def value_not(self, node: Node) -> str:
        known, parts = self.known(node.args)
        return self.guarded(known, f"(not {parts[0]})")

    def value_is_null(self, node: Node) -> str:
        return f"({self.value(node.args[0])} is None)" if nullable(node.args[0]) else "False"

    def value_is_not_null(self, node: Node) -> str:
        return f"({self.value(node.args[0])} is not None)" if nullable(node.args[0]) else "True"

    def value_in(self, node: Node) -> str:
        if all(item.op == "literal" for item in node.args[1:]):
            known, parts = self.known(node.args[:1])
            test = f"({parts[0]} in {{{', '.join(self.value(item) for item in node.args[1:])}}})"
            return self.guarded(known, test)
        first, again = self.repeated(node.args[0])
        tests = tuple(Node("eq", Type.BOOLEAN, (again, item)) for item in node.args[1:])
        return self.after(first, Node("or", Type.BOOLEAN, tests))

    def value_between(self, node: Node) -> str:
        first, again = self.repeated(node.args[0])
        tests = (Node("ge", Type.BOOLEAN, (again, node.args[1])), Node("le", Type.BOOLEAN, (again, node.args[2])))
        return self.after(first, Node("and", Type.BOOLEAN, tests))

    def repeated(self, node: Node) -> tuple[str, Node]:
        """Return source that computes the node, and a node that stands for its value afterwards."""
        first, again = self.named(node)
        return first, Node(
            "bound", node.type, value=again, args=() if nullable(node) else (Node("literal", node.type),)
        )

    def after(self, first: str, node: Node) -> str:
        result = self.value(node)
        return f"({first}, {result})[1]" if ":=" in first else result

    def value_case(self, node: Node) -> str:
        conditions = [self.holds(condition) for condition in node.args[:-1:2]]
        return self.branches(conditions, node.args[1:-1:2], node.args[-1])

    def value_switch(self, node: Node) -> str:
        first, again = self.repeated(node.args[0])
        tests = [self.holds(Node("eq", Type.BOOLEAN, (again, item))) for item in node.args[1:-1:2]]
        result = self.branches(tests, node.args[2:-1:2], node.args[-1])
        return f"({first}, {result})[1]" if ":=" in first else result

    def branches(self, conditions: Sequence[str], results: Sequence[Node], otherwise: Node) -> str:
        pairs = zip(conditions, results, strict=True)
        chosen = " else ".join(f"{self.value(result)} if {condition}" for condition, result in pairs)
        return f"({chosen} else {self.value(otherwise)})"

    def value_coalesce(self, node: Node) -> str:
        parts: list[str] = []
        for arg in node.args:
            if not nullable(arg):
                return f"({''.join(parts)}{self.value(arg)})"
            computed, again = self.named(arg)
            parts.append(f"{again} if {computed} is not None else ")
        return f"({''.join(parts)}None)"

    def value_nullif(self, node: Node) -> str:
        first, again = self.repeated(node.args[0])
        same = self.holds(Node("eq", Type.BOOLEAN, (again, node.args[1])))
        result = f"(None if {same} else {self.value(again)})"
        return f"({first}, {result})[1]" if ":=" in first else result

    def value_least(self, node: Node) -> str:
        return self.extreme(node, "min", "least")

    def value_greatest(self, node: Node) -> str:
        return self.extreme(node, "max", "greatest")

    def extreme(self, node: Node, builtin: str, careful: str) -> str:
        parts = ", ".join(self.value(arg) for arg in node.args)
        return f"{careful}(({parts}))" if any(nullable(arg) for arg in node.args) else f"{builtin}({parts})"

    def value_divide(self, node: Node) -> str:
        return self.divided(node, "whole({0} / {1})" if node.type is Type.DURATION else "({0} / {1})")

    def value_modulo(self, node: Node) -> str:
        return self.divided(node, "modulo({0}, {1})")

    def divided(self, node: Node, template: str) -> str:
        above, below = node.args
        check, over = self.bound(above)
        if below.op == "literal" and below.value:
            result = template.format(over, self.value(below))
            return self.guarded(check, result)
        computed, under = self.named(below)
        return self.guarded(" and ".join(part for part in (check, computed) if part), template.format(over, under))

    @staticmethod
    def guarded(check: str, result: str) -> str:
        return f"({result} if {check} else None)" if check else result

    def value_duration(self, node: Node) -> str:
        known, parts = self.known(node.args)
        if node.args[0].type is Type.INTEGER:
            return self.guarded(known, f"({parts[0]} * {node.value})")
        return self.guarded(known, f"whole({parts[0]} * {node.value})")

    def value_round_to(self, node: Node) -> str:
        known, parts = self.known(node.args)
        return self.guarded(known, f"round_to({parts[0]}, {node.value})")

    def value_lookup(self, node: Node) -> str:
        return self.looked_up(node)

    def value_lookup_sum(self, node: Node) -> str:
        return self.looked_up(node)

    def looked_up(self, node: Node) -> str:
        """Return the source of a figure from a table: the row brings the function that knows the editions."""
        known, parts = self.known(node.args)
        return self.guarded(known, f"row[{LOOKUP!r}]({node.op!r}, {node.value!r}, {parts[0]})")

    def value_choose(self, node: Node) -> str:
        half = len(node.args) // 2
        kinds, weights = (", ".join(self.value(arg) for arg in part) for part in (node.args[:half], node.args[half:]))
        drawn = self.fresh()
        return f"(None if ({drawn} := choose(rng, ({weights},))) is None else ({kinds},)[{drawn}])"

    def gathered(self, node: Node) -> str:
        """Note how rows are gathered, and return the source of the aggregate of what was."""
        store = f"a{len(self.starts)}"
        empty = "0" if node.op in _COUNTERS else "set()" if node.op == "count_distinct" else "[]"
        self.starts.append(f"{store} = {empty}")
        conditions = [self.holds(node.condition)] if node.condition else []
        step = f"{store} += 1"
        if node.args:
            known, parts = self.known(node.args)
            conditions += [known] if known else []
            if node.op not in _COUNTERS:
                step = f"{store}.{'add' if node.op == 'count_distinct' else 'append'}({parts[0]})"
        self.steps.append(f"if {' and '.join(conditions)}: {step}" if conditions else step)
        return _RESULTS[node.op].format(store)


def nullable(node: Node) -> bool:
    """Return whether a node can be unknown."""
    if node.op == "literal":
        return node.value is None
    if node.op in ("is_null", "is_not_null", "count", "count_all", "count_distinct", "id"):
        return False
    if node.op in ("coalesce", "least", "greatest"):
        return all(nullable(arg) for arg in node.args)
    if node.op in ("case", "switch"):
        return any(nullable(arg) for arg in (*node.args[(node.op == "switch") + 1 : -1 : 2], node.args[-1]))
    if node.op == "bound":
        return not node.args
    if node.op == "divide":
        return nullable(node.args[0]) or not (node.args[1].op == "literal" and bool(node.args[1].value))
    if node.op == "multiply":
        return _scaled(node) or any(nullable(arg) for arg in node.args)
    if node.op == "duration":
        return node.args[0].type is not Type.INTEGER or nullable(node.args[0])
    if (node.op in _STRICT and node.op not in _MAYBE_UNKNOWN) or node.op in ("and", "or", "not", "in", "between"):
        return any(nullable(arg) for arg in node.args)
    return True


def _scaled(node: Node) -> bool:
    """Return whether a duration is multiplied by what may have decimals, and so must be rounded."""
    return node.type is Type.DURATION and node.op == "multiply" and Type.NUMBER in (arg.type for arg in node.args)


def _names() -> dict[str, Any]:
    helpers = {name: function for name, function in vars(values).items() if callable(function)}
    plain = {function.__name__: function for function in (abs, len, min, max, set, KeyError)}
    return {**helpers, **plain, "__builtins__": {}}


_NAMES = _names()
