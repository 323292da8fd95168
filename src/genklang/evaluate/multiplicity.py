"""Several outcomes or arms of one study: p-values so adjusted that chance seldom finds anything among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from genklang.evaluate.findings import Finding
from genklang.evaluate.flags import said
from genklang.evaluate.methods import HOLM
from genklang.evaluate.problems import refuse
from genklang.evaluate.texts import Text
from genklang.evaluate.verdicts import Verdict, null_verdict

_FOUND = frozenset({Verdict.BETTER, Verdict.WORSE, Verdict.DIFFERENT})


@dataclass(frozen=True, kw_only=True)
class Adjusted:
    """One outcome, or arm, among several: its p-value alone and adjusted, and the verdict that stands."""

    label: Text
    p: float
    adjusted: float
    alone: Verdict
    verdict: Verdict

    @property
    def fell(self) -> bool:
        """Whether the verdict was another before the adjustment."""
        return self.verdict is not self.alone

    def as_dict(self) -> dict[str, object]:
        return {
            "label": self.label.as_dict(),
            "p": self.p,
            "adjusted": self.adjusted,
            "alone": self.alone.value,
            "verdict": self.verdict.value,
        }


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's step-down adjustment, in the order given. Holm (1979), Scand J Statistics 6:65-70.

    The chance of even one false finding stays below the level, however the outcomes hang together.
    Raises EvaluationError for what is no probability.
    """
    p = np.asarray(p_values, dtype=np.float64)
    if not np.all((p >= 0) & (p <= 1)):
        raise refuse(
            Text(sv="ett p-värde ligger inte mellan 0 och 1.", en="a p-value is not between 0 and 1."),
            Text(sv='Skriv till exempel "0.03".', en='Write, for example, "0.03".'),
        )
    order = np.argsort(p, kind="stable")
    adjusted = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    return tuple(adjusted[np.argsort(order, kind="stable")].tolist())


@dataclass(frozen=True, kw_only=True)
class Several:
    """One study's outcomes and arms: each finding, and those with a p-value judged together."""

    findings: tuple[Finding, ...]
    together: tuple[Adjusted, ...]

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> Several:
        """Those without a p-value, such as one group without a target, are shown and not adjusted.

        A finding that does not stand the adjustment says so in its verdict, its sentences and a flag.
        """
        known = [finding for finding in findings if finding.p is not None]
        judged = together(known) if known else ()
        left = iter(judged)
        told = tuple(finding if finding.p is None else _told(finding, next(left)) for finding in findings)
        return cls(findings=told, together=judged)

    def as_dict(self) -> dict[str, object]:
        return {
            "findings": [finding.as_dict() for finding in self.findings],
            "together": [each.as_dict() for each in self.together],
            "adjustment": HOLM.as_dict(),
        }


def together(findings: Sequence[Finding]) -> tuple[Adjusted, ...]:
    """Findings of one study, judged together: one that does not stand the adjustment becomes cautious.

    Raises EvaluationError when a finding has no p-value.
    """
    known = [finding.p for finding in findings if finding.p is not None]
    if len(known) < len(findings):
        raise refuse(
            Text(sv="ett resultat har inget p-värde.", en="a finding has no p-value."),
            Text(sv="Ta med utfall som jämförs med något.", en="Include outcomes that are compared with something."),
        )
    labels = _labels(findings)
    judged = zip(findings, labels, known, holm(known), strict=True)
    return tuple(_one(finding, label, p, adjusted) for finding, label, p, adjusted in judged)


def _told(finding: Finding, adjusted: Adjusted) -> Finding:
    if not adjusted.fell:
        return finding
    fell = said(
        "fell_together",
        sv="Ensamt hade resultatet varit mer än slump; bland alla som jämförs räcker det inte (Holm).",
        en="Alone the result would have been more than chance; among all that are compared it is not enough (Holm).",
    )
    return replace(finding, verdict=adjusted.verdict, flags=(fell, *finding.flags))


def _labels(findings: Sequence[Finding]) -> list[Text]:
    """What each is called: the outcome, and the arm where an outcome is compared in several."""
    outcomes = [finding.outcome.label for finding in findings]
    in_arm = Text(sv="{outcome}: {arm} mot {control}", en="{outcome}: {arm} against {control}")
    return [
        label
        if outcomes.count(label) == 1 or len(finding.arms) < 2
        else in_arm.fill(outcome=label, arm=finding.arms[0].label, control=finding.arms[1].label)
        for finding, label in zip(findings, outcomes, strict=True)
    ]


def _one(finding: Finding, label: Text, p: float, adjusted: float) -> Adjusted:
    verdict = finding.verdict
    if verdict in _FOUND and adjusted > 1 - finding.confidence:
        low, high = finding.estimate.low or 0.0, finding.estimate.high or 0.0
        verdict = null_verdict(low=low, high=high, relevant=finding.relevant)
    return Adjusted(label=label, p=p, adjusted=adjusted, alone=finding.verdict, verdict=verdict)
