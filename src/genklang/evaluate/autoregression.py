"""Regression whose errors remember: first-order autocorrelation, fitted by restricted maximum likelihood.

Ordinary and Newey-West errors are too small in series as short as these (Turner et al. 2021, BMC Medical Research
Methodology 21:181); the same comparison is made in tests/unit/evaluate/test_series.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genklang.evaluate.arrays import Floats

_LOWEST, _HIGHEST = -0.9, 0.98
_GRID, _ROUNDS = 41, 4
_LEAST_FREEDOM = 3.0


@dataclass(frozen=True, kw_only=True)
class Remembering:
    """Coefficients (k,), their covariance (k, k), the autocorrelation of neighbours, and degrees of freedom."""

    coefficients: Floats
    covariance: Floats
    autocorrelation: float
    degrees_of_freedom: float


def fit_remembering(
    values: Floats, design: Floats, periods: Floats, *, autocorrelation: float | None = None
) -> Remembering:
    """Generalised least squares of `values` (n,) on `design` (n, k) with autocorrelation r^gap between neighbours.

    `periods` (n,) are whole numbers, increasing; a gap of two periods has r². `autocorrelation` is r where it is known.
    Degrees of freedom are those of the effective number of measurements, n(1 - r)/(1 + r), less k, and at least three.
    """
    r = _most_likely(values, design, periods) if autocorrelation is None else autocorrelation
    y, x = _whitened(values, design, periods, r)
    q, upper = np.linalg.qr(x)
    coefficients = np.linalg.solve(upper, q.T @ y)
    residuals = y - x @ coefficients
    n, k = design.shape
    inverse = np.linalg.inv(upper)
    effective = n * (1 - max(r, 0.0)) / (1 + max(r, 0.0))
    return Remembering(
        coefficients=coefficients,
        covariance=inverse @ inverse.T * float(residuals @ residuals) / (n - k),
        autocorrelation=r,
        degrees_of_freedom=max(_LEAST_FREEDOM, effective - k),
    )


def _whitened(values: Floats, design: Floats, periods: Floats, r: float) -> tuple[Floats, Floats]:
    """Values and design so weighed and differenced that the errors are independent and of one variance."""
    memory = np.concatenate([[0.0], r ** np.diff(periods)])
    scale = np.sqrt(1 - memory**2)
    y = (values - memory * np.roll(values, 1)) / scale
    x = (design - memory[:, None] * np.roll(design, 1, axis=0)) / scale[:, None]
    return y, x


def _criterion(values: Floats, design: Floats, periods: Floats, r: float) -> float:
    """Minus twice the restricted log-likelihood, the variance profiled out and constants left out."""
    y, x = _whitened(values, design, periods, r)
    q, upper = np.linalg.qr(x)
    residuals = y - q @ (q.T @ y)
    n, k = design.shape
    determinant = np.log(1 - r ** (2 * np.diff(periods))).sum() + 2 * np.log(np.abs(np.diag(upper))).sum()
    return float((n - k) * np.log(residuals @ residuals) + determinant)


def _most_likely(values: Floats, design: Floats, periods: Floats) -> float:
    """The autocorrelation with the highest restricted likelihood, by ever finer grids."""
    low, high = _LOWEST, _HIGHEST
    best = 0.0
    for _ in range(_ROUNDS):
        grid = np.linspace(low, high, _GRID)
        best = float(grid[np.argmin([_criterion(values, design, periods, float(r)) for r in grid])])
        step = (high - low) / (_GRID - 1)
        low, high = max(_LOWEST, best - step), min(_HIGHEST, best + step)
    return best
