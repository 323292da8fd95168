"""How a step of a sum was worked out, in words and figures that the person can check with a pencil."""

from collections.abc import Callable
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from genklang.engine.proposals import Step, is_taken, value_of
from genklang.operate.pages.words import Words, inside_sentence, say
from genklang.protocol.expressions import Type
from genklang.protocol.expressions.nodes import Node
from genklang.protocol.reckoning import Proposal

_SIGNS = {"add": "+", "subtract": "\u2212", "multiply": "×", "divide": "÷"}
_LOOSE = ("add", "subtract")


def explained(step: Step, proposal: Proposal, words: Words) -> str:
    """What a step was worked out from: "3 030 (Age 2) + 2 700 (Age 3)"; empty where it is one answer as it stands."""
    return _Explainer(step, proposal, words).say(step.node)


class _Explainer:
    def __init__(self, step: Step, proposal: Proposal, words: Words) -> None:
        self.row = step.known
        self.figures = list(step.figures)
        self.proposal = proposal
        self.words = words

    def say(self, node: Node) -> str:
        """Return a part in words and figures."""
        if node.op in _SIGNS:
            return self._signed(node)
        saying: Callable[[Node], str] | None = getattr(self, f"_say_{node.op}", None)
        return saying(node) if saying else number(value_of(node, self.row))

    def _signed(self, node: Node) -> str:
        left, right = (self.say(arg) for arg in node.args)
        if node.op in ("multiply", "divide"):
            left, right = (
                f"({text})" if arg.op in _LOOSE else text for text, arg in zip((left, right), node.args, strict=True)
            )
        elif node.op == "subtract" and node.args[1].op in _LOOSE:
            right = f"({right})"
        if node.op == "add" and value_of(node.args[1], self.row) == 0 and not right:
            return left
        return f"{left} {_SIGNS[node.op]} {right}"

    def _say_name(self, node: Node) -> str:
        value = self.row.get(node.value)
        label = self._label(node.value)
        return f"{label} {number(value)}" if isinstance(value, int | float) and not isinstance(value, bool) else label

    def _label(self, name: str) -> str:
        line = self.proposal.lines.get(name)
        asked = self.words.protocol.events[self.proposal.on].fields
        return inside_sentence(say(line or asked.get(name) or self.words.protocol.facts.get(name), name))

    def _say_negative(self, node: Node) -> str:
        return f"\u2212{self.say(node.args[0])}"

    def _say_greatest(self, node: Node) -> str:
        return self._bounded(node, _("%(sum)s, but at least %(bound)s"))

    def _say_least(self, node: Node) -> str:
        return self._bounded(node, _("%(sum)s, but at most %(bound)s"))

    def _bounded(self, node: Node, template: str) -> str:
        bounds = [arg for arg in node.args if arg.op == "literal"]
        others = [arg for arg in node.args if arg.op != "literal"]
        if len(bounds) != 1 or len(others) != 1:
            return number(value_of(node, self.row))
        said = template % {"sum": self.say(others[0]), "bound": number(bounds[0].value)}
        return "\N{NO-BREAK SPACE}".join(said.rsplit(" ", 1))

    def _say_case(self, node: Node) -> str:
        return self._branch(node, ())

    def _say_switch(self, node: Node) -> str:
        return self._branch(node, node.args[:1])

    def _branch(self, node: Node, subject: tuple[Node, ...]) -> str:
        """Return the branch that was taken: the others have nothing to do with this person."""
        branches = node.args[len(subject) :]
        for when, then in zip(branches[:-1:2], branches[1:-1:2], strict=True):
            if is_taken(when, subject, self.row):
                return self.say(then)
        return self.say(branches[-1])

    def _say_coalesce(self, node: Node) -> str:
        known = (arg for arg in node.args if value_of(arg, self.row) is not None)
        return self.say(next(known))

    def _say_how_many(self, node: Node) -> str:
        return number(value_of(node, self.row))

    def _say_round(self, node: Node) -> str:
        return self.say(node.args[0])

    _say_same = _say_round_to = _say_round

    def _say_lookup(self, node: Node) -> str:
        asked = value_of(node.args[0], self.row)
        table, column = node.value
        keys = [asked] if node.op == "lookup" else asked
        mine = [
            each for key in keys for each in self.figures if (each.table, each.column, each.key) == (table, column, key)
        ][: len(keys)]
        declared = self.words.protocol.tables[table]
        name = inside_sentence(say(declared.columns[declared.key]))
        return " + ".join(f"{number(each.value)} ({self._key(each.key, node, name)})" for each in mine) or number(0)

    _say_lookup_sum = _say_lookup

    def _key(self, key: float | str, node: Node, column: str) -> str:
        """What the key is called: the answer that was given, or the column's name and the number."""
        if not isinstance(key, str):
            return f"{column} {number(key)}"
        protocol = self.words.protocol
        fields = {**protocol.facts, **protocol.events[self.proposal.on].fields}
        names = [part.value for part in node.walk() if part.op == "name" and part.type is Type.TEXT]
        options = [fields[name].options for name in names if name in fields] + [one.options for one in fields.values()]
        return inside_sentence(next((say(some[key]) for some in options if key in some), key))


def number(value: Any) -> str:
    """A number as people write it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    decimals = 0 if value == int(value) else 2
    return number_format(round(value, decimals), decimals, use_l10n=True, force_grouping=True).replace("-", "\u2212")
