"""The check of looking up in a table: that the table and its column exist, and that the key fits."""

from typing import TYPE_CHECKING

from genklang.protocol.expressions.functions import Function
from genklang.protocol.expressions.nodes import NUMERIC, Node, Syntax, TableShape, Type, typed
from genklang.protocol.problems import suggestion

if TYPE_CHECKING:
    from genklang.protocol.expressions.checking import Checker


def lookup(checker: "Checker", tree: Syntax, function: Function) -> Node:
    """Return the node of a lookup: `value` is (table, column)."""
    if len(tree.args) != 3 or any(arg.kind != "text" for arg in tree.args[:2]):
        what = f"{function.name} takes a table, a column and a key, the first two in single quotes"
        return checker.note(tree, what, f"Write for example {function.example}.")
    table, column, key = tree.args
    shape = (checker.scope.tables or {}).get(table.value)
    if shape is None:
        known = sorted(checker.scope.tables or {})
        return checker.note(table, "{} is no table", suggestion(table.value, known, nothing="Add it under tables."))
    if column.value not in shape.columns:
        instead = suggestion(column.value, sorted(shape.columns), nothing="Add the column.")
        return checker.note(column, f"{{}} is no column of {table.value}", instead)
    node = _key(checker, key, shape, is_sum=function.name == "lookup_sum")
    return Node(function.name, Type.NUMBER, (node,), (table.value, column.value))


def _key(checker: "Checker", tree: Syntax, shape: TableShape, *, is_sum: bool) -> Node:
    node = checker.node(tree)
    if is_sum:
        if shape.key is Type.TEXT or node.type not in (Type.NUMBERS, Type.NULL):
            return checker.note(tree, "{} is no list of numbers to look up", "Name a fact or field of type numbers.")
        return typed(node, Type.NUMBERS)
    fits = (Type.TEXT,) if shape.key is Type.TEXT else tuple(NUMERIC)
    if node.type not in (*fits, Type.NULL):
        instead = "Write a text or a choice." if shape.key is Type.TEXT else "Write a number."
        return checker.note(tree, f"{{}} is {node.type}, where the table's key is {shape.key}", instead)
    strange = _possible(checker, node) - shape.keys
    if shape.key is Type.TEXT and strange:
        return checker.note(tree, f"{{}} may be {sorted(strange)[0]}, for which the table has no row", "Add the row.")
    return typed(node, shape.key)


def _possible(checker: "Checker", node: Node) -> frozenset[str]:
    """Return the words that a key can be, as far as that is known."""
    if node.op == "literal" and isinstance(node.value, str):
        return frozenset({node.value})
    return checker.scope.options.get(node.value, frozenset()) if node.op == "name" else frozenset()
