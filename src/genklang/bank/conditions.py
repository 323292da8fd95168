"""Conditions in plain words, "Is a placement near? – yes", made from the expressions that decide who and when.

What has no plain words, such as arithmetic, stands as it is written: better exact than smooth.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from genklang.bank.naming import role_name
from genklang.bank.wording import either, inside, said
from genklang.protocol.expressions.nodes import Syntax
from genklang.protocol.expressions.parsing import parse
from genklang.protocol.types import DataField, Labelled, Protocol, Text

OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
ANSWERS = ("text", "number", "negative", "date", "truth")


def conditions(protocol: Protocol, expression: str | None) -> list[str]:
    """What must all be so, one condition each; nothing where nothing is asked for."""
    if not expression:
        return []
    tree = parse(expression)
    parts = tree.args if tree.kind == "and" else (tree,)
    return [_Teller(protocol, expression).tell(part) for part in parts]


def condition(protocol: Protocol, expression: str) -> str:
    """The same in one line."""
    return _Teller(protocol, expression).tell(parse(expression))


@dataclass(frozen=True)
class _Teller:
    protocol: Protocol
    written: str

    def tell(self, tree: Syntax, *, so: bool = True) -> str:
        """The condition in words; where it is not to be `so`, its opposite."""
        kinds: dict[str, Callable[[Syntax, bool], str]] = {
            "and": self._several,
            "or": self._several,
            "not": lambda tree, so: self.tell(tree.args[0], so=not so),
            "name": self._yes_or_no,
            "compare": self._compared,
            "between": self._between,
            "in": self._among,
            "is_null": lambda tree, so: self._known(tree, not so),
            "is_not_null": self._known,
        }
        return kinds.get(tree.kind, self._as_written)(tree, so)

    def _several(self, tree: Syntax, so: bool) -> str:
        word = _("and") if (tree.kind == "and") == so else _("or")
        return f", {word}: ".join(self.tell(part, so=so) for part in tree.args)

    def _yes_or_no(self, tree: Syntax, so: bool) -> str:
        asked = self._asked(tree)
        return self._answered(said(asked), _("yes") if so else _("no")) if asked else self._as_written(tree, so)

    def _known(self, tree: Syntax, so: bool) -> str:
        named = self._named(tree.args[0])
        if named is None:
            return self._as_written(tree, (tree.kind == "is_not_null") == so)
        return self._answered(named, _("known") if so else _("not known"))

    def _compared(self, tree: Syntax, so: bool) -> str:
        left, right = tree.args
        sign = str(tree.value) if so else OPPOSITE[str(tree.value)]
        if left.kind in ANSWERS:
            left, right, sign = right, left, MIRRORED.get(sign, sign)
        if right.kind not in ANSWERS or self._named(left) is None:
            return self._as_written(tree, so)
        words = {
            "=": "{}",
            "<>": _("not {}"),
            "<": _("less than {}"),
            "<=": _("at most {}"),
            ">": _("more than {}"),
            ">=": _("at least {}"),
        }
        return self._answered(self._named(left) or "", words[sign].format(self._option(left, right)))

    def _between(self, tree: Syntax, so: bool) -> str:
        name, low, high = tree.args
        if self._named(name) is None or not {low.kind, high.kind} <= set(ANSWERS):
            return self._as_written(tree, so)
        span = _("%(low)s to %(high)s") % {"low": self._option(name, low), "high": self._option(name, high)}
        return self._answered(self._named(name) or "", span if so else _("not {}").format(span))

    def _among(self, tree: Syntax, so: bool) -> str:
        name, *choices = tree.args
        if self._named(name) is None or not {one.kind for one in choices} <= set(ANSWERS):
            return self._as_written(tree, so)
        listed = either(self._option(name, one) for one in choices)
        return self._answered(self._named(name) or "", listed if so else _("not {}").format(listed))

    def _as_written(self, tree: Syntax, so: bool) -> str:
        written = self.written[tree.start : tree.end]
        return written if so else f"not ({written})"

    def _answered(self, question: str, answer: str) -> str:
        return _("%(question)s – %(answer)s") % {"question": question, "answer": answer} if question else answer

    def _asked(self, name: Syntax) -> DataField | None:
        """The fact, or a field of that name of any event, that a name stands for."""
        if name.kind != "name":
            return None
        fields = (event.fields.get(name.value) for event in self.protocol.events.values())
        return self.protocol.facts.get(name.value) or next((field for field in fields if field), None)

    def _named(self, name: Syntax) -> str | None:
        """What a name asks; empty for those whose answers say enough, None where it has no words."""
        asked = self._asked(name)
        if asked:
            return said(asked)
        built_in = {"arm": "", "participant": "", "stage": _("Stage")}
        return built_in.get(str(name.value)) if name.kind == "name" else None

    def _option(self, name: Syntax, answer: Syntax) -> str:
        """An answer in words: an option's, a role's, a stage's or an arm's name, or as it is."""
        if answer.kind == "truth":
            return _("yes") if answer.value else _("no")
        if answer.kind != "text":
            return self.written[answer.start : answer.end]
        value, asked = str(answer.value), self._asked(name)
        arms = self.protocol.randomise.arms if self.protocol.randomise else {}
        if name.value == "participant":
            return inside(role_name(self.protocol, value))
        places: dict[str, Mapping[str, Text | Labelled]] = {"arm": arms, "stage": self.protocol.stages}
        known = (asked.options if asked else places.get(str(name.value), {})).get(value)
        if known is None:
            return value
        return said(known) if asked else inside(said(known))
