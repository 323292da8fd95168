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
FEWER = Condition("where none is named that was not", lambda old, new: _grows(new, old))
LOOSER = Condition("to false", lambda _, new: new is False)
SAME_FIRST = Condition("where the first stays first", lambda old, new: old[0] == new[0])

_ANY: tuple[Action, ...] = ("added", "removed", "changed", "moved")
_SET: tuple[Action, ...] = ("added", "removed", "changed")
_ADDED: tuple[Action, ...] = ("added",)
_REMOVED: tuple[Action, ...] = ("removed",)
_CHANGED: tuple[Action, ...] = ("changed",)
_MOVED: tuple[Action, ...] = ("moved",)


def _asked(key: str) -> tuple[str, str]:
    """A key of whatever is asked: facts, and fields of events."""
    return f"facts.*.{key}", f"events.*.fields.*.{key}"


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
    Rule(
        ("**.sv", "**.en", "**.other.**"),
        _SET,
        "additive",
        "only words change; see that they still ask and say the same thing",
    ),
    Rule(("expectations.*.internal",), _SET, "additive", "it only decides who is shown it"),
    Rule(("**.help.**", "**.source.**", "events.*.happened.**"), _SET, "additive", "it only explains"),
    Rule(
        (
            *("roles", "facts", "events", "expectations", "indicators", "economy.*", "**.fields", "**.options"),
            *("draws", "signals", "places", "places.*.shares", "ledgers", "ledgers.*.accounts"),
            *("tables", "tables.*.columns", "proposals", "files", "documents"),
        ),
        _MOVED,
        "additive",
        "the order is only that of showing",
    ),
    # Who takes part
    Rule(("roles.*",), _ADDED, "additive", "nobody has had the role"),
    Rule(("roles.*",), _REMOVED, "semantic", "the role stands in logs, and people work in it"),
    Rule(("roles.*.participant",), _CHANGED, "semantic", "another role would be the person taking part"),
    Rule(
        tuple(f"roles.*.{key}" for key in ("member", "guest", "public")), _CHANGED, "semantic", "others would have it"
    ),
    Rule(("roles.*.sees",), _CHANGED, "future_only", "they read less from then on", FEWER),
    Rule(("roles.*.sees", "events.*.shown.**"), _SET, "semantic", "others would read what was written before"),
    Rule(("roles.*.joins",), _CHANGED, "future_only", "it decides who can begin, not who has begun"),
    Rule(("roles.*.called",), _SET, "semantic", "others would learn another name than was chosen for them"),
    Rule(("matter", "matter.**"), _SET, "semantic", "an enrolment would be about something else"),
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
    Rule(("facts.*.valid",), _SET, "future_only", "it decides when it is asked again"),
    Rule((*_asked("of"), *_asked("accept")), _CHANGED, "additive", "all that was accepted still is", MORE),
    Rule(_asked("once"), _CHANGED, "additive", "all that was accepted still is", LOOSER),
    Rule(
        (*_asked("of"), *_asked("accept"), *_asked("once")),
        _SET,
        "future_only",
        "some answers are no longer accepted",
    ),
    Rule((*_asked("whose"), *_asked("many")), _CHANGED, "semantic", "logs carry answers of the other form"),
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
    Rule(
        ("events.*.by", "events.*.during", "events.*.when", "events.*.requires"),
        _SET,
        "future_only",
        "it decides what is let in",
    ),
    Rule(
        ("events.*.invites.**", "events.*.passes.**", "events.*.erases"),
        _SET,
        "future_only",
        "what has been sent or taken away stays so",
    ),
    Rule(("events.*.moves",), _SET, "semantic", "what has happened would have moved people elsewhere"),
    # What is expected
    Rule(("expectations.*",), _ADDED, "future_only", "it is expected from then on"),
    Rule(("expectations.*",), _REMOVED, "future_only", "it is expected no more, and what is open is called off"),
    Rule(
        tuple(
            f"expectations.*.{key}"
            for key in ("during", "when", "daily_at", "every", "after", "in", "at", "counted_from", "until")
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
        tuple(f"expectations.*.{key}" for key in ("expect", "where", "matching", "each", "early", "within")),
        _SET,
        "semantic",
        "met would mean something else",
    ),
    Rule(("signals.**",), _SET, "future_only", "it decides when something is next expected"),
    # Chance
    Rule(("draws.*",), _ADDED, "future_only", "they are drawn from then on"),
    Rule(("randomise.**", "draws.**"), _ANY, "semantic", "those drawn before and after would not be drawn alike"),
    # What is shared
    Rule(("places.*",), _ADDED, "future_only", "it is given from then on"),
    Rule(("places.*",), _REMOVED, "future_only", "it is given no more"),
    Rule(
        tuple(f"places.*.{key}" for key in ("waiting", "holding", "gives", "shared_by")),
        _SET,
        "semantic",
        "others would be seen to hold it, or to wait",
    ),
    Rule(("places.**",), _SET, "future_only", "it decides who is next, not who has been"),
    Rule(("ledgers.*", "ledgers.*.accounts.*"), _ADDED, "additive", "it is reckoned from what is known"),
    Rule(("ledgers.*.least",), _SET, "future_only", "it decides what is let in"),
    Rule(("ledgers.*.above.**", "ledgers.*.below.**"), _SET, "additive", "it only explains"),
    Rule(("ledgers.**",), _ANY, "semantic", "balances would be others"),
    # What is worked out
    Rule(("tables.*", "tables.*.columns.*"), _ADDED, "additive", "nothing is reckoned with it yet"),
    Rule(("tables.*.editions",), _CHANGED, "future_only", "sums of earlier days come out as before", MORE),
    Rule(("tables.**",), _ANY, "semantic", "sums of the same day would come out otherwise"),
    Rule(("proposals.**",), _ANY, "future_only", "what was proposed is kept with its decision"),
    # Files, documents and what is shown
    Rule(("files.*",), _ADDED, "additive", "nothing has been handed in"),
    Rule(("files.*.key", "files.*.rows"), _SET, "semantic", "a row that is known would count as another"),
    Rule(("files.**",), _ANY, "future_only", "it decides how the next file is read"),
    Rule(("documents.*",), _ADDED, "future_only", "documents are made from then on"),
    Rule(("documents.*.on", "documents.*.made"), _SET, "semantic", "what is made would be made of something else"),
    Rule(("documents.**",), _ANY, "future_only", "what has been sent stays as it was"),
    Rule(
        ("journey", "journey.**", "network", "network.**", "board", "board.**", "roles.*.group"),
        _ANY,
        "additive",
        "it only decides what is shown",
    ),
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
