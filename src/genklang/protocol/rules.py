"""What a change means for those who already take part: one table, which decides and which the reference is made from.

additive     What has happened reads as before, and nothing more is asked of anybody.
future_only  What has happened reads as before; from then on something else is asked, offered or refused.
semantic     A word that stands in logs, outcomes or figures would mean something else, or could not be read.

The first rule that fits decides. What no rule knows is semantic: a new word of the language is never harmless by
accident.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Action = Literal["added", "removed", "changed", "moved"]
Impact = Literal["additive", "future_only", "semantic"]


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of the old and the new value for a rule to fit, in words and as a test."""

    words: str
    holds: Callable[[Any, Any], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table. `at` are paths: "*" stands for a name, "**" for anything further in, or nothing."""

    at: tuple[str, ...]
    actions: tuple[Action, ...]
    impact: Impact
    why: str
    only: Condition | None = None

    def fits(self, path: Sequence[str | int], action: Action, old: Any, new: Any) -> bool:
        """Whether the rule is about such a change."""
        if action not in self.actions or not any(_leads(at.split("."), list(path)) for at in self.at):
            return False
        return self.only is None or self.only.holds(old, new)


def impact_of(path: Sequence[str | int], action: Action, old: Any, new: Any) -> tuple[Impact, str]:
    """Return a change's impact, and why."""
    for rule in RULES:
        if rule.fits(path, action, old, new):
            return rule.impact, rule.why
    return UNKNOWN


def _leads(pattern: list[str], path: list[str | int]) -> bool:
    if not pattern or not path:
        return not path and pattern in ([], ["**"])
    if pattern[0] == "**":
        return any(_leads(pattern[1:], path[cut:]) for cut in range(len(path) + 1))
    return pattern[0] in ("*", path[0]) and _leads(pattern[1:], path[1:])


def _grows(old: Any, new: Any) -> bool:
    return all(one in new for one in old)


def _looser_least(old: Any, new: Any) -> bool:
    return new is None or (old is not None and new <= old)


def _looser_most(old: Any, new: Any) -> bool:
    return new is None or (old is not None and new >= old)


MORE = Condition("where all that were named still are", _grows)
LOWER = Condition("to less, or to nothing", _looser_least)
HIGHER = Condition("to more, or to nothing", _looser_most)
OPTIONAL = Condition("where it may be left empty", lambda _, new: not new.get("required", True))
LOOSER = Condition("to false", lambda _, new: new is False)
SAME_FIRST = Condition("where the first stays first", lambda old, new: old[0] == new[0])

_ANY: tuple[Action, ...] = ("added", "removed", "changed", "moved")
_SET: tuple[Action, ...] = ("added", "removed", "changed")
_ADDED: tuple[Action, ...] = ("added",)
_REMOVED: tuple[Action, ...] = ("removed",)
_CHANGED: tuple[Action, ...] = ("changed",)
_MOVED: tuple[Action, ...] = ("moved",)

RULES: tuple[Rule, ...] = (
    Rule(("rehearsal.**",), _ANY, "additive", "only simulated people are concerned"),
    Rule(("version",), _CHANGED, "additive", "it is the number of the version itself"),
    Rule(("practice", "language"), _CHANGED, "semantic", "it is another practice, or another language"),
    Rule(
        ("facts.*.unit.**", "events.*.fields.*.unit.**"),
        _SET,
        "semantic",
        "a number that is known would count something else",
    ),
    Rule(("**.sv", "**.en"), _CHANGED, "additive", "only words change; see that they still ask and say the same thing"),
    Rule(("expectations.*.internal",), _SET, "additive", "it only decides who is shown it"),
    Rule(("**.help.**", "**.source.**", "events.*.happened.**"), _SET, "additive", "it only explains"),
    Rule(
        ("roles", "facts", "events", "expectations", "indicators", "economy.*", "**.fields", "**.options"),
        _MOVED,
        "additive",
        "the order is only that of showing",
    ),
    # Who takes part
    Rule(("roles.*",), _ADDED, "additive", "nobody has had the role"),
    Rule(("roles.*",), _REMOVED, "semantic", "the role stands in logs, and people work in it"),
    Rule(("roles.*.participant",), _CHANGED, "semantic", "another role would be the person taking part"),
    Rule(("eligible",), _SET, "future_only", "it decides who can begin, not who has begun"),
    # What is asked
    Rule(("facts.*",), _ADDED, "additive", "nobody has been asked"),
    Rule(("events.*.fields.*",), _ADDED, "additive", "earlier answers are whole without it", OPTIONAL),
    Rule(("events.*.fields.*",), _ADDED, "future_only", "from then on it must be answered"),
    Rule(("facts.*", "events.*.fields.*"), _REMOVED, "semantic", "logs carry answers to it"),
    Rule(("**.options.*",), _ADDED, "additive", "nobody has chosen it"),
    Rule(("**.options.*",), _REMOVED, "semantic", "some may have chosen it"),
    Rule(("facts.*.min", "events.*.fields.*.min"), _SET, "additive", "all that was accepted still is", LOWER),
    Rule(("facts.*.max", "events.*.fields.*.max"), _SET, "additive", "all that was accepted still is", HIGHER),
    Rule(
        ("facts.*.min", "events.*.fields.*.min", "facts.*.max", "events.*.fields.*.max"),
        _SET,
        "future_only",
        "some answers are no longer accepted",
    ),
    Rule(("facts.*.required", "events.*.fields.*.required"), _CHANGED, "additive", "earlier answers are whole", LOOSER),
    Rule(("facts.*.required", "events.*.fields.*.required"), _CHANGED, "future_only", "it must be answered"),
    Rule(
        ("facts.*.concept", "facts.*.type", "events.*.fields.*.type"),
        _SET,
        "semantic",
        "an answer that is known would mean something else",
    ),
    Rule(("events.*.fields.*.states",), _SET, "semantic", "earlier answers would state something else"),
    # What can happen
    Rule(("stages.*",), _ADDED, "additive", "nobody has been there"),
    Rule(("stages.*",), _REMOVED, "semantic", "some are or have been there"),
    Rule(("stages.*.final",), _CHANGED, "semantic", "it decides who has ended"),
    Rule(("stages",), _MOVED, "additive", "the stage that one begins in is the same", SAME_FIRST),
    Rule(("stages",), _MOVED, "semantic", "one would have begun in another stage"),
    Rule(("events.*",), _ADDED, "additive", "it has never happened"),
    Rule(("events.*",), _REMOVED, "semantic", "logs may hold it"),
    Rule(("events.*.by",), _CHANGED, "additive", "all who could report it still can", MORE),
    Rule(("events.*.by", "events.*.during", "events.*.when"), _SET, "future_only", "it decides what is let in"),
    Rule(("events.*.moves",), _SET, "semantic", "what has happened would have moved people elsewhere"),
    # What is expected
    Rule(("expectations.*",), _ADDED, "future_only", "it is expected from then on"),
    Rule(("expectations.*",), _REMOVED, "future_only", "it is expected no more, and what is open is called off"),
    Rule(
        tuple(
            f"expectations.*.{key}"
            for key in ("during", "when", "daily_at", "every", "after", "in", "counted_from", "until")
        ),
        _SET,
        "future_only",
        "it decides when something is next expected",
    ),
    Rule(("expectations.*.clock_change.**",), _SET, "future_only", "it decides when something is next expected"),
    Rule(
        ("expectations.*.remind", "expectations.*.otherwise.**"),
        _SET,
        "future_only",
        "it decides who is told, not what was met",
    ),
    Rule(
        tuple(f"expectations.*.{key}" for key in ("expect", "where", "matching", "early", "within")),
        _SET,
        "semantic",
        "met would mean something else",
    ),
    # Chance
    Rule(("randomise.**",), _ANY, "semantic", "those drawn before and after would not be drawn alike"),
    # Files, documents and what is shown
    Rule(("files.*",), _ADDED, "additive", "nothing has been handed in"),
    Rule(("files.*.key", "files.*.rows"), _SET, "semantic", "a row that is known would count as another"),
    Rule(("files.**",), _ANY, "future_only", "it decides how the next file is read"),
    Rule(("documents.*",), _ADDED, "future_only", "documents are made from then on"),
    Rule(("documents.*.on", "documents.*.made"), _SET, "semantic", "what is made would be made of something else"),
    Rule(("documents.**",), _ANY, "future_only", "what has been sent stays as it was"),
    Rule(("journey", "journey.**"), _ANY, "additive", "it only decides what is drawn"),
    # What is counted
    Rule(("indicators.*",), _ADDED, "additive", "it is counted from what is known"),
    Rule(("indicators.*",), _REMOVED, "future_only", "it is shown no more"),
    Rule(
        tuple(f"indicators.*.{key}" for key in ("of", "value", "unit")),
        _SET,
        "semantic",
        "figures of the same name could not be compared",
    ),
    Rule(
        tuple(f"indicators.*.{key}" for key in ("per", "by", "better", "target", "headline")),
        _SET,
        "additive",
        "the figure is the same, and shown otherwise",
    ),
    Rule(("economy",), _ADDED, "additive", "it is reckoned from what is known"),
    Rule(("economy.**",), _ANY, "future_only", "money is reckoned otherwise from then on"),
    Rule(("study",), _ADDED, "additive", "there was no plan before"),
    Rule(("study.**",), _ANY, "semantic", "the plan was laid before the results, and would no longer be"),
)
UNKNOWN: tuple[Impact, str] = ("semantic", "no rule says that it is harmless")

__all__ = ["RULES", "UNKNOWN", "Action", "Condition", "Impact", "Rule", "impact_of"]
