"""One outcome of a study, in words and rows: what result pages, reports and giving back all tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from genklang.bank.wording import verdict_in_words
from genklang.charts import Chart
from genklang.evaluate.plain import PERCENT as IN_PERCENT
from genklang.evaluate.report import p_value
from genklang.evaluate.texts import decimals_for, number
from genklang.operate.pages.pictures import QUOTES
from genklang.operate.pages.words import language
from genklang.protocol.compared import answer_key

if TYPE_CHECKING:
    from genklang.evaluate.findings import Estimate, Finding
    from genklang.evaluate.multiplicity import Adjusted

PERCENT = 100
LEVELS = ("one_group", "survey")  # they tell how things stand; the others tell a difference
FOR_WHOEVER_CALLS = {"direction_unknown", "control_assumed"}  # they tell how to write an option


@dataclass(frozen=True)
class Answer:
    """One outcome evaluated: the finding and its picture; or, when it cannot be evaluated yet, why (`problems`).

    `waits` says instead how far it has come, where nobody has a value to compare yet. `arm`, called
    `arm_label`, is which arm is compared with the control, where there are several.
    """

    name: str
    label: str
    finding: Finding | None = None
    chart: Chart | None = None
    problems: tuple[str, ...] = ()
    waits: str = ""
    adjusted: Adjusted | None = None
    arm: str = ""
    arm_label: str = ""
    received: tuple[tuple[str, int], ...] = ()

    @property
    def key(self) -> str:
        """What tells it from the study's other answers: the outcome, and the arm where there are several."""
        return answer_key(self.name, self.arm)

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return "answer-" + self.key.replace(":", "-")

    @property
    def sentences(self) -> tuple[str, ...]:
        """Three plain sentences; what it means by the verdict that stands."""
        if self.finding is None:
            return ()
        finding = replace(self.finding, verdict=self.adjusted.verdict) if self.adjusted else self.finding
        return finding.plain(language())

    @property
    def verdict(self) -> str:
        """The verdict in words: of one among several, the one that allows for how many they are."""
        if self.finding is None:
            return ""
        return verdict_in_words(self.adjusted.verdict if self.adjusted else self.finding.verdict)

    @property
    def kind(self) -> str:
        """The tag that the verdict is shown in: good, a warning for worse, or plain."""
        if self.finding is None:
            return ""
        verdict = self.adjusted.verdict if self.adjusted else self.finding.verdict
        return {"better": "success", "worse": "warning"}.get(verdict.value, "")

    @property
    def short(self) -> str:
        """The estimate with its interval."""
        return with_interval(self.finding.estimate, self.finding) if self.finding else ""

    @property
    def allowed_for(self) -> str:
        """What allowing for the number of outcomes did to the p value and the verdict; empty for one judged alone."""
        if self.adjusted is None:
            return ""
        said = _("p %(alone)s alone, p %(adjusted)s when all that is compared is allowed for") % {
            "alone": p_compared(self.adjusted.p),
            "adjusted": p_compared(self.adjusted.adjusted),
        }
        if self.adjusted.verdict == self.adjusted.alone:
            return said
        return f"{said}: " + _("alone it would have been “%(verdict)s”") % {
            "verdict": verdict_in_words(self.adjusted.alone).lower()
        }

    @property
    def method(self) -> str:
        """The method's name."""
        return self.finding.method.name.say(language()) if self.finding else ""

    @property
    def assumptions(self) -> list[str]:
        """What must hold for the answer to be right."""
        return [text.say(language()) for text in self.finding.assumptions] if self.finding else []

    @property
    def flags(self) -> list[str]:
        """What a reader must know first."""
        flags = self.finding.flags if self.finding else ()
        return [flag.text.say(language()) for flag in flags if flag.id not in FOR_WHOEVER_CALLS]

    @property
    def numbers(self) -> list[list[str]]:
        """Every estimate with its interval and p value."""
        return [_estimate_row(each, self.finding) for each in self.finding.estimates] if self.finding else []

    @property
    def tests(self) -> list[list[str]]:
        """Tests without an estimate of their own."""
        tests = self.finding.tests if self.finding else ()
        return [[test.label.say(language()), p_value(test.p, language())] for test in tests]

    @property
    def subgroups(self) -> list[tuple[str, str, str, list[list[str]]]]:
        """Each background variable: name, planned or not, whether the effect differs, its levels."""
        if self.finding is None:
            return []
        return [
            (
                each.label.say(language()),
                each.origin.say(language()),
                p_compared(each.interaction.p) if each.interaction else "= –",
                [
                    [
                        group.level,
                        str(group.n),
                        with_interval(group.estimate, self.finding),
                        verdict_in_words(group.verdict),
                    ]
                    for group in each.groups
                ],
            )
            for each in self.finding.subgroups
        ]

    @property
    def flow(self) -> list[dict[str, Any]]:
        """The way of the participants, as the component `flow` draws it."""
        return flow_steps(self.finding, dict(self.received)) if self.finding else []

    @property
    def flow_rows(self) -> list[dict[str, Any]]:
        """The same, a row a step."""
        return [one for step in self.flow for one in step.get("arms", [step])]


def p_compared(p: float) -> str:
    """A p value behind its sign: "= 0.042", or "< 0.001"."""
    said = p_value(p, language())
    return said if said.startswith("<") else f"= {said}"


def flow_steps(finding: Finding, received: Mapping[str, int]) -> list[dict[str, Any]]:
    """The flow as steps: assessed, eligible, by lot, then each arm with what was lost."""
    flow = finding.flow
    if flow is None:
        return []
    survey = finding.design == "survey"
    heads = [
        (_("Drawn from") if survey else _("Assessed"), flow.assessed),
        (_("Drawn for the sample") if survey else _("Could take part"), flow.eligible),
        (_("By lot"), flow.randomised),
    ]
    steps: list[dict[str, Any]] = [{"text": text, "n": n} for text, n in heads if n is not None]
    left = [f"{loss.reason.say(language())}: {loss.n}" for loss in flow.left_before]
    if left and steps:
        steps[1 if survey and len(steps) > 1 else 0]["lost"] = left
    arms = [
        {
            "text": arm.label.say(language()).strip(QUOTES).capitalize(),
            "n": arm.allocated,
            "lost": [
                *(f"{loss.reason.say(language())}: {loss.n}" for loss in arm.lost),
                *([_("Got the practice: %(n)s") % {"n": received[arm.name]}] if arm.name in received else []),
                _("Compared: %(n)s") % {"n": arm.analysed},
            ],
        }
        for arm in flow.arms
    ]
    return [*steps, {"arms": arms}] if arms else steps


def _estimate_row(estimate: Estimate, finding: Finding) -> list[str]:
    return [
        estimate.label.say(language()),
        with_interval(estimate, finding),
        p_value(estimate.p, language()),
        estimate.method.name.say(language()),
    ]


def with_interval(estimate: Estimate | None, finding: Finding) -> str:
    """The value with its interval: a share as per cent, the difference of two as percentage points."""
    if estimate is None:
        return "–"
    scale = PERCENT if estimate.is_share else 1
    spread = (estimate.high - estimate.low) * scale / 2 if estimate.low is not None and estimate.high is not None else 0
    decimals = min(decimals_for(spread), 3)
    said = [
        number(value * scale, language(), decimals=decimals)
        for value in (estimate.value, estimate.low, estimate.high)
        if value is not None
    ]
    sign = _sign(estimate, finding)
    if len(said) < len(("value", "low", "high")):
        return said[0] + sign
    return _("%(value)s%(sign)s (%(low)s to %(high)s)") % {
        "value": said[0],
        "sign": sign,
        "low": said[1],
        "high": said[2],
    }


def _sign(estimate: Estimate, finding: Finding) -> str:
    if not estimate.is_share and finding.outcome.unit != IN_PERCENT:
        return ""
    return "\u00a0%" if finding.design in LEVELS else "\u00a0" + _("percentage points")
