"""What the difference could be, however those fared who were lost: bounds instead of guesses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genklang.evaluate.arrays import Bools, Floats, normal_quantile
from genklang.evaluate.methods import LEE, MANSKI, Method
from genklang.evaluate.problems import refuse
from genklang.evaluate.texts import Text


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The lowest and highest difference that the data allow, treated minus control, and limits around both.

    `low` and `high` widen the bounds by chance (Imbens & Manski 2004, Econometrica 72:1845-1857).
    """

    lower: float
    upper: float
    low: float
    high: float
    confidence: float
    method: Method

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0

    def as_dict(self) -> dict[str, object]:
        return {
            "bounds": [self.lower, self.upper],
            "interval": [self.low, self.high],
            "confidence": self.confidence,
            "method": self.method.as_dict(),
        }


def manski(
    outcome: Floats, treated: Bools, *, lowest: float = 0.0, highest: float = 1.0, confidence: float = 0.95
) -> Bounds:
    """Bounds when those lost (NaN in `outcome` (n,)) may have had anything from `lowest` to `highest`.

    Assumes nothing at all about them. Manski (1990), American Economic Review 80:319-323; Horowitz & Manski (2000),
    JASA 95:77-84. Raises EvaluationError when an arm is empty or an outcome lies outside the range.
    """
    _check(outcome, treated)
    known = ~np.isnan(outcome)
    if np.any((outcome[known] < lowest) | (outcome[known] > highest)) or lowest >= highest:
        raise refuse(
            Text(sv="ett utfall ligger utanför gränserna.", en="an outcome is outside the range."),
            Text(sv="Ange det lägsta och högsta möjliga.", en="Give the lowest and highest possible."),
        )
    worst, best = (np.where(known, outcome, np.where(treated, a, b)) for a, b in ((lowest, highest), (highest, lowest)))
    ends = [_difference(values, treated) for values in (worst, best)]
    return _bounds(ends, confidence, MANSKI)


def lee(outcome: Floats, treated: Bools, *, confidence: float = 0.95) -> Bounds:
    """Bounds for those who would have answered in either arm: the fuller arm is trimmed at either end.

    `outcome` (n,) with NaN where lost. Assumes that being assigned makes everybody more likely to answer, or everybody
    less. Lee (2009), Review of Economic Studies 76:1071-1102, with his variance, which allows for the share being
    estimated. Raises EvaluationError when an arm has fewer than two outcomes.
    """
    _check(outcome, treated)
    known = ~np.isnan(outcome)
    rates = [float(known[arm].mean()) for arm in (treated, ~treated)]
    fuller, sign = (treated, 1.0) if rates[0] >= rates[1] else (~treated, -1.0)
    cut = 1 - min(rates) / max(rates)
    full, other = outcome[fuller & known], outcome[~fuller & known]
    ends = []
    for keep_low in (sign > 0, sign < 0):
        mean, variance = _trimmed(full if keep_low else -full, cut, len(outcome), float(fuller.mean()), min(rates))
        rest = float(other.var(ddof=1)) / len(other)
        value = sign * ((mean if keep_low else -mean) - float(other.mean()))
        ends.append((value, (variance / len(outcome) + rest) ** 0.5))
    return _bounds(ends, confidence, LEE)


def _trimmed(values: Floats, cut: float, n: int, share: float, rate: float) -> tuple[float, float]:
    """Mean of the lowest 1 - cut, and n times its variance (Lee's proposition 3)."""
    ordered = np.sort(values)
    kept = len(ordered) * (1 - cut)
    weights = np.clip(kept - np.arange(len(ordered)), 0.0, 1.0)  # the one on the edge counts in part
    mean, edge = float(weights @ ordered / kept), float(ordered[weights > 0][-1])
    around = float(weights @ (ordered - mean) ** 2) / max(kept - 1, kept / 2)
    answered = len(values) / n  # share of all who are in the fuller arm and answered
    spread = around / (answered * (1 - cut))
    if cut == 0:
        return mean, spread
    full_rate = rate / (1 - cut)
    of_cut = (1 - cut) ** 2 * ((1 - full_rate) / (share * full_rate) + (1 - rate) / ((1 - share) * rate))
    moved = (edge - mean) ** 2 * (cut / (answered * (1 - cut)) + of_cut / (1 - cut) ** 2)
    return mean, spread + moved


def _difference(values: Floats, treated: Bools) -> tuple[float, float]:
    arms = [values[treated], values[~treated]]
    error = sum(float(arm.var(ddof=1)) / len(arm) for arm in arms) ** 0.5
    return float(arms[0].mean() - arms[1].mean()), error


def _bounds(ends: list[tuple[float, float]], confidence: float, method: Method) -> Bounds:
    (lower, below), (upper, above) = sorted(ends)
    c = _imbens_manski(upper - lower, max(below, above), confidence)
    return Bounds(
        lower=lower,
        upper=upper,
        low=lower - c * below,
        high=upper + c * above,
        confidence=confidence,
        method=method,
    )


def _imbens_manski(width: float, error: float, confidence: float) -> float:
    """c with P(-c <= Z <= c + width/error) = confidence: from the two-sided quantile down to the one-sided."""
    from scipy.optimize import brentq
    from scipy.special import ndtr

    if error <= 0:
        return 0.0
    return float(
        brentq(lambda c: ndtr(c + width / error) - ndtr(-c) - confidence, 0.0, normal_quantile(confidence) + 1e-9)
    )


def _check(outcome: Floats, treated: Bools) -> None:
    known = ~np.isnan(outcome)
    for arm in (treated, ~treated):
        if int((arm & known).sum()) < 2:
            raise refuse(
                Text(sv="en arm har färre än två kända utfall.", en="an arm has fewer than two known outcomes."),
                Text(sv="Minst två behövs i varje arm.", en="At least two are needed in each arm."),
            )
