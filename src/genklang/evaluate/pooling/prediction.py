"""Where the next place's true effect is expected: the field's interval, and one that holds with few studies too.

The first takes the between-study variance for known, and with few studies that differ it is too narrow. The second
draws that variance from its confidence distribution. `bench/evaluate.py` measures both.
"""

from __future__ import annotations

import numpy as np

from genklang.evaluate.arrays import Floats, t_quantile
from genklang.evaluate.findings import Estimate
from genklang.evaluate.methods_pooling import PREDICTION, PREDICTION_DISTRIBUTION
from genklang.evaluate.texts import Text

NEXT = Text(sv="väntat i nästa kommun", en="expected in the next municipality")
WIDER = Text(
    sv="väntat i nästa kommun, osäkerheten om spridningen inräknad",
    en="expected in the next municipality, the spread's own uncertainty included",
)
LEAST = 3
_DRAWS, _GRID = 10_000, 400


def by_formula(estimate: Estimate, tau2: float, k: int, confidence: float) -> Estimate | None:
    """m ± t(k - 2) sqrt(tau² + se²), se Hartung and Knapp's: Higgins et al. (2009) as Partlett & Riley (2017) have it.

    None with fewer than three studies.
    """
    if k < LEAST:
        return None
    error = (tau2 + (estimate.standard_error or 0.0) ** 2) ** 0.5
    half = t_quantile(confidence, k - 2) * error
    return Estimate(
        name="prediction",
        label=NEXT,
        value=estimate.value,
        low=estimate.value - half,
        high=estimate.value + half,
        confidence=confidence,
        standard_error=error,
        degrees_of_freedom=float(k - 2),
        method=PREDICTION,
    )


def by_distribution(y: Floats, v: Floats, value: float, confidence: float, *, seed: int = 1) -> Estimate | None:
    """The quantiles of m(tau²) + z·tau - t(k - 1)·se(tau²), tau² drawn from its confidence distribution.

    Nagashima, Noma & Furukawa (2019), Stat Methods Med Res 28:1689-1702, with the pivot of the Q profile (Viechtbauer
    2007, Stat Med 26:37-52): sum of w(y - m)² with w = 1/(v + tau²) has chi²(k - 1), whatever tau² is. Ends are held
    to enclose `value`. None with fewer than three studies.
    """
    k = len(y)
    if k < LEAST:
        return None
    random = np.random.default_rng(seed)
    tau2 = _between(y, v, random.chisquare(k - 1, _DRAWS))
    weights = 1 / (v + tau2[:, None])
    total = weights.sum(axis=1)
    means = (weights * y).sum(axis=1) / total
    errors = np.sqrt((weights * (y - means[:, None]) ** 2).sum(axis=1) / ((k - 1) * total))
    drawn = means + random.normal(size=_DRAWS) * np.sqrt(tau2) - random.standard_t(k - 1, _DRAWS) * errors
    low, high = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Estimate(
        name="prediction_distribution",
        label=WIDER,
        value=value,
        low=min(float(low), value),
        high=max(float(high), value),
        confidence=confidence,
        method=PREDICTION_DISTRIBUTION,
    )


def _between(y: Floats, v: Floats, drawn: Floats) -> Floats:
    """The tau² at which Q is each drawn value, zero where it is lower already without any."""
    top = 10 * len(y) * (float(np.var(y)) + float(v.max()))
    grid = np.concatenate([[0.0], np.geomspace(1e-9 * top, 1e4 * top, _GRID)])
    weights = 1 / (v + grid[:, None])
    means = (weights * y).sum(axis=1) / weights.sum(axis=1)
    q = (weights * (y - means[:, None]) ** 2).sum(axis=1)
    return np.asarray(np.interp(drawn, q[::-1], grid[::-1]) * (drawn < q[0]), dtype=np.float64)
