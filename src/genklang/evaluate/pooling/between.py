"""How much the true effects differ between studies: three estimators of the between-study variance tau².

They disagree when studies are few, which is why the pool shows more than one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from genklang.evaluate.arrays import Floats

_GRID = 160
_WIDEST = 1e4  # tau² is looked for up to so many times the squared range of the effects


def dersimonian_laird(effects: Floats, variances: Floats) -> float:
    """Moment estimator from Cochran's Q. DerSimonian & Laird (1986), Controlled Clinical Trials 7:177-188."""
    weights = 1 / variances
    q = cochran_q(effects, variances)
    spread = float(weights.sum() - (weights**2).sum() / weights.sum())
    return max(0.0, (q - (len(effects) - 1)) / spread) if spread > 0 else 0.0


def restricted_likelihood(effects: Floats, variances: Floats) -> float:
    """REML: the restricted likelihood's highest point. Viechtbauer (2005), J Educ Behav Stat 30:261-293.

    The likelihood may have several tops: it is looked at on a grid first, and the best is then made exact.
    """
    scale = float(np.median(variances))
    y, v = effects / scale**0.5, variances / scale
    grid = _grid(y, v)
    best = int(np.argmax([_likelihood(y, v, tau2) for tau2 in grid]))
    low, high = grid[max(0, best - 1)], grid[min(len(grid) - 1, best + 1)]
    return scale * _root(lambda tau2: _score(y, v, tau2), float(low), float(high), fallback=float(grid[best]))


def paule_mandel(effects: Floats, variances: Floats) -> float:
    """The tau² at which Q equals its degrees of freedom. Paule & Mandel (1982), J Res NBS 87:377-385."""
    free = len(effects) - 1
    return _q_equals(effects, variances, float(free))


def q_profile(effects: Floats, variances: Floats, *, confidence: float) -> tuple[float, float]:
    """Limits for tau²: where Q reaches the quantiles of chi². Viechtbauer (2007), Stat Med 26:37-52."""
    from scipy.stats import chi2

    tail = (1 - confidence) / 2
    free = len(effects) - 1
    low, high = (_q_equals(effects, variances, float(chi2.ppf(each, free))) for each in (1 - tail, tail))
    return low, high


def cochran_q(effects: Floats, variances: Floats, tau2: float = 0.0) -> float:
    """Weighted sum of squared deviations from the weighted mean. Cochran (1954), Biometrics 10:101-129."""
    weights = 1 / (variances + tau2)
    mean = weights @ effects / weights.sum()
    return float(weights @ (effects - mean) ** 2)


def _q_equals(effects: Floats, variances: Floats, wanted: float) -> float:
    """Q falls as tau² grows, so the tau² at which it has a given value is one, or none (then zero)."""
    if cochran_q(effects, variances) <= wanted:
        return 0.0
    high = float(np.ptp(effects)) ** 2 + float(variances.max())
    while cochran_q(effects, variances, high) > wanted:
        high *= 4
    return _root(lambda tau2: wanted - cochran_q(effects, variances, tau2), 0.0, high, fallback=high, is_rising=True)


def _grid(y: Floats, v: Floats) -> Floats:
    widest = max(float(np.ptp(y)) ** 2, float(v.max()))
    return np.concatenate([[0.0], np.geomspace(float(v.min()) * 1e-6, widest * _WIDEST, _GRID)])


def _likelihood(y: Floats, v: Floats, tau2: float) -> float:
    w = 1 / (v + tau2)
    mean = w @ y / w.sum()
    return float(0.5 * (np.log(w).sum() - np.log(w.sum()) - w @ (y - mean) ** 2))


def _score(y: Floats, v: Floats, tau2: float) -> float:
    """Slope of the restricted likelihood; the mean's own change adds nothing, since it is at its best."""
    w = 1 / (v + tau2)
    mean = w @ y / w.sum()
    squares = w**2
    return float(0.5 * (squares @ (y - mean) ** 2 - w.sum() + squares.sum() / w.sum()))


def _root(
    slope: Callable[[float], float], low: float, high: float, *, fallback: float, is_rising: bool = False
) -> float:
    """Where the slope passes zero between the two; at the lower end when it has passed already."""
    from scipy.optimize import brentq

    at_low, at_high = slope(low), slope(high)
    if (at_low >= 0) if is_rising else (at_low <= 0):
        return low
    if at_low * at_high > 0:
        return fallback
    return float(brentq(slope, low, high, xtol=1e-300, rtol=1e-14, maxiter=500))
