"""What an evaluation finds, and all that a reader needs to judge it. Values only; nothing here computes.

Every number is finite. A limit that was not reached (a median, a payback beyond the horizon) is None, never NaN.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Literal

from genklang.evaluate.methods import Method
from genklang.evaluate.plain import sentences
from genklang.evaluate.texts import Language, Text
from genklang.evaluate.verdicts import Better, Verdict

BY_PERSON = frozenset({"randomised", "cluster_randomised", "before_after", "cost_effectiveness"})
Kind = Literal["share", "mean", "count", "time", "money"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was measured: its kind, its unit, and which way is better (None where nobody has said).

    `time_unit` is what time to an event is counted in, where somebody has said.
    """

    label: Text
    kind: Kind
    unit: Text
    better: Better | None = None
    time_unit: Text | None = None

    def as_dict(self) -> dict[str, object]:
        return {
            "label": self.label.as_dict(),
            "kind": self.kind,
            "unit": self.unit.as_dict(),
            "better": self.better,
        }


@dataclass(frozen=True, kw_only=True)
class PerHundred:
    """A share, or a sum of what people differ by, told per hundred people."""

    value: float
    low: float | None
    high: float | None

    def as_dict(self) -> dict[str, object]:
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One number in natural units (a share as a fraction, from -1 to 1) with its interval and where it comes from."""

    name: str
    label: Text
    value: float
    method: Method
    low: float | None = None
    high: float | None = None
    confidence: float | None = None
    p: float | None = None
    standard_error: float | None = None
    degrees_of_freedom: float | None = None
    is_share: bool = False

    def __post_init__(self) -> None:
        _finite(self)

    @property
    def per_hundred(self) -> PerHundred | None:
        if not self.is_share:
            return None
        low, high = (None if limit is None else 100 * limit for limit in (self.low, self.high))
        return PerHundred(value=100 * self.value, low=low, high=high)

    def as_dict(self) -> dict[str, object]:
        per_hundred = self.per_hundred
        return {
            "name": self.name,
            "label": self.label.as_dict(),
            "value": self.value,
            "interval": None if self.low is None and self.high is None else [self.low, self.high],
            "confidence": self.confidence,
            "p": self.p,
            "standard_error": self.standard_error,
            "degrees_of_freedom": self.degrees_of_freedom,
            "per_hundred": None if per_hundred is None else per_hundred.as_dict(),
            "method": self.method.as_dict(),
        }


@dataclass(frozen=True, kw_only=True)
class Test:
    """A test that has no estimate of its own, such as log-rank."""

    __test__ = False  # pytest would otherwise take the class for a test case

    name: str
    label: Text
    statistic: float
    degrees_of_freedom: int | None
    p: float
    method: Method

    def __post_init__(self) -> None:
        _finite(self)

    def as_dict(self) -> dict[str, object]:
        return {
            "name": self.name,
            "label": self.label.as_dict(),
            "statistic": self.statistic,
            "degrees_of_freedom": self.degrees_of_freedom,
            "p": self.p,
            "method": self.method.as_dict(),
        }


@dataclass(frozen=True, kw_only=True)
class Arm:
    """What was seen in one arm, period or group: people analysed and their share, mean or median."""

    name: str
    label: Text
    is_control: bool
    n: int
    value: float | None
    low: float | None = None
    high: float | None = None
    events: int | None = None
    standard_deviation: float | None = None
    median: float | None = None

    def __post_init__(self) -> None:
        _finite(self)

    def as_dict(self) -> dict[str, object]:
        interval = None if self.low is None and self.high is None else [self.low, self.high]
        return {
            "name": self.name,
            "label": self.label.as_dict(),
            "is_control": self.is_control,
            "n": self.n,
            "value": self.value,
            "interval": interval,
            "events": self.events,
            "standard_deviation": self.standard_deviation,
            "median": self.median,
        }


@dataclass(frozen=True, kw_only=True)
class Loss:
    """People who left the flow at one step, and why."""

    reason: Text
    n: int

    def as_dict(self) -> dict[str, object]:
        return {"reason": self.reason.as_dict(), "n": self.n}


@dataclass(frozen=True, kw_only=True)
class ArmFlow:
    """One arm of the flow: allocated, followed up and analysed, with the reasons for those lost between.

    `crossed` tells who in fact got another thing than the lot gave, and what; they stay in the arm of the lot.
    """

    name: str
    label: Text
    allocated: int
    followed_up: int
    analysed: int
    lost: tuple[Loss, ...] = ()
    crossed: tuple[Loss, ...] = ()

    def as_dict(self) -> dict[str, object]:
        return {
            "name": self.name,
            "label": self.label.as_dict(),
            "allocated": self.allocated,
            "followed_up": self.followed_up,
            "analysed": self.analysed,
            "lost": [loss.as_dict() for loss in self.lost],
            "crossed": [loss.as_dict() for loss in self.crossed],
        }


@dataclass(frozen=True, kw_only=True)
class Flow:
    """The way of the participants, as CONSORT draws it. Counts that the data cannot tell are None."""

    assessed: int | None = None
    eligible: int | None = None
    randomised: int | None = None
    left_before: tuple[Loss, ...] = ()
    arms: tuple[ArmFlow, ...] = ()

    @property
    def analysed(self) -> int:
        return sum(arm.analysed for arm in self.arms)

    def as_dict(self) -> dict[str, object]:
        return {
            "assessed": self.assessed,
            "eligible": self.eligible,
            "randomised": self.randomised,
            "left_before": [loss.as_dict() for loss in self.left_before],
            "arms": [arm.as_dict() for arm in self.arms],
            "analysed": self.analysed,
        }


@dataclass(frozen=True, kw_only=True)
class Group:
    """One level of a subgroup: its own estimate and verdict, or None where the group is too small for one."""

    level: str
    n: int
    arms: tuple[Arm, ...]
    estimate: Estimate | None
    verdict: Verdict

    def as_dict(self) -> dict[str, object]:
        return {
            "level": self.level,
            "n": self.n,
            "arms": [arm.as_dict() for arm in self.arms],
            "estimate": None if self.estimate is None else self.estimate.as_dict(),
            "verdict": self.verdict.value,
        }


@dataclass(frozen=True, kw_only=True)
class Subgroup:
    """Every level of one background variable, and whether the effect differs between them."""

    name: str
    label: Text
    planned: bool | None
    groups: tuple[Group, ...]
    interaction: Test | None

    @property
    def origin(self) -> Text:
        """Planned, or found afterwards; unknown where no plan was handed over."""
        match self.planned:
            case True:
                return Text(sv="planerad", en="planned")
            case False:
                return Text(sv="funnen i efterhand", en="found afterwards")
        return Text(sv="ingen plan lämnad", en="no plan given")

    def as_dict(self) -> dict[str, object]:
        return {
            "name": self.name,
            "label": self.label.as_dict(),
            "planned": self.planned,
            "origin": self.origin.as_dict(),
            "groups": [group.as_dict() for group in self.groups],
            "interaction": None if self.interaction is None else self.interaction.as_dict(),
        }


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """One line of the plan beside what was done."""

    item: Text
    planned: str
    done: str

    @property
    def kept(self) -> bool:
        return self.planned == self.done

    def as_dict(self) -> dict[str, object]:
        return {"item": self.item.as_dict(), "planned": self.planned, "done": self.done, "kept": self.kept}


@dataclass(frozen=True, kw_only=True)
class Flag:
    """Something a reader must know before trusting the numbers."""

    id: str
    text: Text

    def as_dict(self) -> dict[str, object]:
        return {"id": self.id, **self.text.as_dict()}


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Points of a picture; `at_risk` only for survival. Columns have the same length or are empty."""

    name: str
    label: Text
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    at_risk: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, object]:
        columns = {name: list(getattr(self, name)) for name in ("x", "y", "low", "high", "at_risk")}
        return {"name": self.name, "label": self.label.as_dict(), **columns}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """An answer with everything behind it. The first of `estimates` is the headline that the verdict judges."""

    design: str
    question: Text
    outcome: Outcome
    estimates: tuple[Estimate, ...]
    verdict: Verdict
    relevant: float
    confidence: float
    practice: Text | None = None
    arms: tuple[Arm, ...] = ()
    tests: tuple[Test, ...] = ()
    assumptions: tuple[Text, ...] = ()
    flow: Flow | None = None
    subgroups: tuple[Subgroup, ...] = ()
    plan: tuple[Deviation, ...] = ()
    flags: tuple[Flag, ...] = ()
    curves: tuple[Curve, ...] = ()
    settings: tuple[tuple[str, str | int | float | None], ...] = field(default=())

    @property
    def estimate(self) -> Estimate:
        return self.estimates[0]

    @property
    def method(self) -> Method:
        return self.estimate.method

    @property
    def p(self) -> float | None:
        return self.estimate.p

    @property
    def per_hundred(self) -> PerHundred | None:
        """The headline per hundred people; None where it is not about people, such as a series of sums."""
        estimate = self.estimate
        if estimate.is_share or not (self.design in BY_PERSON or dict(self.settings).get("exposure")):
            return estimate.per_hundred
        low, high = (None if limit is None else 100 * limit for limit in (estimate.low, estimate.high))
        return PerHundred(value=100 * estimate.value, low=low, high=high)

    def estimated(self, name: str) -> Estimate:
        """The estimate of that name. Raises KeyError."""
        for estimate in self.estimates:
            if estimate.name == name:
                return estimate
        raise KeyError(name)

    def plain(self, language: Language) -> tuple[str, str, str]:
        """Three sentences made from the numbers: who, what was seen, what it means."""
        who, seen, meaning = sentences(self)
        return who.say(language), seen.say(language), meaning.say(language)

    def as_dict(self) -> dict[str, object]:
        """Ready for JSON, in a fixed order: the headline first, then all that is behind it."""
        headline = self.estimate.as_dict()
        return {
            "practice": None if self.practice is None else self.practice.as_dict(),
            "design": self.design,
            "question": self.question.as_dict(),
            "outcome": self.outcome.as_dict(),
            "verdict": self.verdict.value,
            "estimate": headline["value"],
            **{name: headline[name] for name in ("interval", "confidence", "p", "method")},
            "per_hundred": None if self.per_hundred is None else self.per_hundred.as_dict(),
            "plain": {language: list(self.plain(language)) for language in ("sv", "en")},
            **{name: [part.as_dict() for part in getattr(self, name)] for name in _LISTS},
            "assumptions": [text.as_dict() for text in self.assumptions],
            "flow": None if self.flow is None else self.flow.as_dict(),
            "relevant": self.relevant,
            "settings": dict(self.settings),
        }


_LISTS = ("estimates", "tests", "arms", "subgroups", "plan", "flags", "curves")


def _finite(part: Estimate | Test | Arm) -> None:
    """A NaN or an infinity here is a defect of the program, never of the data: the data is refused before."""
    for each in fields(part):
        value = getattr(part, each.name)
        if isinstance(value, float) and not -float("inf") < value < float("inf"):
            raise AssertionError(f"{type(part).__name__}.{each.name} is {value}")
