"""Synthetic control: one group against the mix of others that was most like it before.

Abadie, Diamond & Hainmueller (2010), JASA 105:493-505, on the outcome's own earlier course. The mix is found exactly:
with weights v of any size, the least of |C v|² + (sum(v) - 1)² over v >= 0 points the same way as the least of |C w|²
over weights that sum to one (Wolfe 1976), and non-negative least squares gives it in one go.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genklang.evaluate.arrays import Floats
from genklang.evaluate.findings import Estimate, Test
from genklang.evaluate.methods import PLACEBO_RATIO, SYNTHETIC
from genklang.evaluate.problems import refuse
from genklang.evaluate.texts import Text

LEAST_BEFORE = 5
EFFECT = Text(sv="skillnad mot den syntetiska jämförelsen", en="difference from the synthetic comparison")
RATIO = Text(sv="skillnaden efter mot före, bland alla", en="the gap after over that before, among all")


@dataclass(frozen=True, kw_only=True)
class Synthetic:
    """The effect (average gap after the start), the mix, and every other group's gap as if it had begun.

    `weights` (donors,); `synthetic` (periods,); `gaps` (1 + donors, periods), the treated one first.
    `fit`: root mean square of the gap before the start, of the treated and each placebo (1 + donors,).
    """

    effect: Estimate
    ratio: Test
    weights: Floats
    synthetic: Floats
    gaps: Floats
    fit: Floats


def synthetic_control(treated: Floats, donors: Floats, *, start: int, confidence: float = 0.95) -> Synthetic:
    """`treated` (periods,), `donors` (groups, periods) that never began, `start` the first period with the practice.

    Chance is judged by placebos: each donor in turn is taken for the treated, against the other donors. The p-value is
    the rank of the average gap in units of the fit before; the interval holds the effects that this test does not rule
    out (Firpo & Possebom 2018, J Causal Inference 6:20160026). `ratio` is the rank of Abadie's own ratio.
    Raises EvaluationError with fewer than five periods before, none after, or fewer than two donors.
    """
    _check(treated, donors, start)
    everybody = np.vstack([treated, donors])
    found = [
        _gap(everybody[i], np.delete(donors, i - 1, axis=0) if i else donors, start) for i in range(len(everybody))
    ]
    gaps = np.array([gap for gap, _ in found])
    fit = np.sqrt((gaps[:, :start] ** 2).mean(axis=1))
    floor = 1e-9 * float(np.abs(everybody).max())
    fit = np.maximum(fit, floor)
    after = gaps[:, start:].mean(axis=1)
    return Synthetic(
        effect=_effect(after, fit, confidence),
        ratio=_ratio(gaps, fit, start),
        weights=found[0][1],
        synthetic=treated - gaps[0],
        gaps=gaps,
        fit=fit,
    )


def simplex_weights(target: Floats, donors: Floats) -> Floats:
    """Weights (donors,), none below zero, summing to one: the mix of `donors` (groups, periods) nearest `target`."""
    from scipy.optimize import nnls

    apart = (donors - target).T
    scale = float(np.sqrt((apart**2).mean())) * len(apart) ** 0.5
    if scale == 0:
        return np.full(len(donors), 1 / len(donors))
    system = np.vstack([apart / scale, np.ones(len(donors))])
    sought = np.zeros(len(system))
    sought[-1] = 1.0
    weights, _ = nnls(system, sought)
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _gap(target: Floats, donors: Floats, start: int) -> tuple[Floats, Floats]:
    weights = simplex_weights(target[:start], donors[:, :start])
    return target - weights @ donors, weights


def _effect(after: Floats, fit: Floats, confidence: float) -> Estimate:
    """The average gap, ranked among the placebos' in units of each one's fit."""
    studentised = np.abs(after) / fit
    count = len(after)
    p = float((studentised >= studentised[0] * (1 - 1e-12)).sum() / count)
    # an effect is not ruled out while its rank among the placebos leaves more than alpha at or above it
    above = int(np.floor((1 - confidence) * count + 1e-9))
    half = None if above < 1 else float(np.sort(studentised[1:])[::-1][above - 1] * fit[0])
    value = float(after[0])
    return Estimate(
        name="effect",
        label=EFFECT,
        value=value,
        low=None if half is None else value - half,
        high=None if half is None else value + half,
        confidence=None if half is None else confidence,
        p=p,
        method=SYNTHETIC,
    )


def _ratio(gaps: Floats, fit: Floats, start: int) -> Test:
    """Abadie's ratio: root mean square gap after over before, and its rank."""
    ratios = np.sqrt((gaps[:, start:] ** 2).mean(axis=1)) / fit
    p = float((ratios >= ratios[0] * (1 - 1e-12)).mean())
    statistic = float(ratios[0])
    return Test(name="ratio", label=RATIO, statistic=statistic, degrees_of_freedom=None, p=p, method=PLACEBO_RATIO)


def _check(treated: Floats, donors: Floats, start: int) -> None:
    periods = len(treated)
    if start < LEAST_BEFORE or start >= periods:
        raise refuse(
            Text(sv="{a} perioder före starten och {b} efter.", en="{a} periods before the start and {b} after.").fill(
                a=start, b=max(0, periods - start)
            ),
            Text(sv="Minst {n} före och en efter behövs.", en="At least {n} before and one after are needed.").fill(
                n=LEAST_BEFORE
            ),
        )
    if len(donors) < 2:
        raise refuse(
            Text(sv="{n} jämförelsegrupper.", en="{n} groups to compare with.").fill(n=len(donors)),
            Text(sv="Minst två behövs, helst fler än nitton.", en="At least two are needed, better over nineteen."),
        )
    if float(np.ptp(np.vstack([treated, donors]))) == 0:
        raise refuse(
            Text(sv="utfallet är detsamma överallt.", en="the outcome is the same everywhere."),
            Text(sv="Välj ett utfall som varierar.", en="Choose an outcome that varies."),
        )
