"""Judging an estimate: the verdict, and whether another method would have given another."""

from __future__ import annotations

from genklang.evaluate.findings import Estimate
from genklang.evaluate.verdicts import Better, Verdict, null_verdict, verdict_of


def judged(
    estimate: Estimate, other_p: float | None, *, better: Better | None, relevant: float
) -> tuple[Verdict, bool]:
    """The verdict by the interval, and whether a second test's p-value contradicts it; if so, the cautious one."""
    if estimate.low is None or estimate.high is None or estimate.confidence is None:
        return Verdict.UNINFORMATIVE, False
    low, high = estimate.low, estimate.high
    verdict = verdict_of(low=low, high=high, better=better, relevant=relevant)
    if other_p is None or (low > 0 or high < 0) == (other_p <= 1 - estimate.confidence):
        return verdict, False
    return null_verdict(low=low, high=high, relevant=relevant), True
