"""Shares: one with Wilson's interval, and the difference between two arms, whole or weighted over strata."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genklang.evaluate.arrays import Bools, Floats, Ints, normal_quantile, statsmodels_proportion, strata_codes
from genklang.evaluate.findings import Estimate
from genklang.evaluate.means import DIFFERENCE, check_arms, overlapping
from genklang.evaluate.methods import MANTEL_HAENSZEL, NEWCOMBE, STRATIFIED_NEWCOMBE


@dataclass(frozen=True, kw_only=True)
class _Cells:
    """People and events per stratum (n,) and arm."""

    n1: Floats
    n0: Floats
    x1: Floats
    x0: Floats

    @property
    def weights(self) -> Floats:
        return self.n1 * self.n0 / (self.n1 + self.n0)

    @property
    def differences(self) -> Floats:
        return self.x1 / self.n1 - self.x0 / self.n0


def wilson(events: Floats | float, n: Floats | float, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Wilson's limits for shares events/n; arrays of any one shape. n is at least one."""
    low, high = statsmodels_proportion().proportion_confint(events, n, alpha=1 - confidence, method="wilson")
    share = np.asarray(events, dtype=np.float64) / n
    # rounding may leave a limit a hair's breadth on the wrong side at 0 and 1
    return np.clip(low, 0.0, share), np.clip(high, share, 1.0)


def newcombe(
    events: tuple[Floats, Floats], n: tuple[Floats, Floats], *, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """Newcombe's limits for the difference treated minus control; pairs are (treated, control)."""
    (l1, u1), (l0, u0) = (wilson(x, size, confidence=confidence) for x, size in zip(events, n, strict=True))
    p1, p0 = (x / size for x, size in zip(events, n, strict=True))
    return p1 - p0 - np.hypot(p1 - l1, u0 - p0), p1 - p0 + np.hypot(u1 - p1, p0 - l0)


def difference_in_shares(
    outcome: Floats, treated: Bools, *, strata: NDArray[Any] | None = None, confidence: float = 0.95
) -> Estimate:
    """Share among the treated minus share among the controls, from -1 to 1.

    `outcome` (n,) of 0 and 1, `treated` (n,), `strata` (n,) of any labels; no missing values. One stratum is Newcombe's
    interval; several are the Mantel-Haenszel difference with Sato's variance. The p-value comes from randomisation.
    Raises EvaluationError when an arm is empty or everybody has the same outcome.
    """
    outcome, treated = np.asarray(outcome, dtype=np.float64), np.asarray(treated, dtype=np.bool_)
    codes = strata_codes(len(outcome), strata)
    check_arms(outcome, treated, least=1)
    codes, kept = overlapping(codes, treated)
    outcome, treated = outcome[kept], treated[kept]
    check_arms(outcome, treated, least=1)
    cells = _Cells(
        n1=_sums(codes, treated.astype(np.float64)),
        n0=_sums(codes, (~treated).astype(np.float64)),
        x1=_sums(codes, treated * outcome),
        x0=_sums(codes, ~treated * outcome),
    )
    return _whole(cells, confidence=confidence) if len(cells.n1) == 1 else _stratified(cells, confidence=confidence)


def _sums(codes: Ints, values: Floats) -> Floats:
    return np.bincount(codes, weights=values).astype(np.float64)


def _whole(cells: _Cells, *, confidence: float) -> Estimate:
    low, high = newcombe((cells.x1, cells.x0), (cells.n1, cells.n0), confidence=confidence)
    p1, p0 = cells.x1[0] / cells.n1[0], cells.x0[0] / cells.n0[0]
    error = float(np.sqrt(p1 * (1 - p1) / cells.n1[0] + p0 * (1 - p0) / cells.n0[0]))
    return Estimate(
        name="difference",
        label=DIFFERENCE,
        value=float(p1 - p0),
        low=float(low[0]),
        high=float(high[0]),
        confidence=confidence,
        standard_error=error,
        method=NEWCOMBE,
        is_share=True,
    )


def _stratified(cells: _Cells, *, confidence: float) -> Estimate:
    value = float(cells.weights @ cells.differences / cells.weights.sum())
    error = float(np.sqrt(max(0.0, _sato(cells, value))))
    method = MANTEL_HAENSZEL
    low, high = (value + sign * normal_quantile(confidence) * error for sign in (-1, 1))
    if error < 1e-9:  # every arm all or nothing: Sato's variance is zero, and says nothing
        low, high = _square_and_add(cells, value, confidence=confidence)
        method = STRATIFIED_NEWCOMBE
    return Estimate(
        name="difference",
        label=DIFFERENCE,
        value=value,
        low=max(-1.0, low),
        high=min(1.0, high),
        confidence=confidence,
        standard_error=error,
        method=method,
        is_share=True,
    )


def _sato(cells: _Cells, value: float) -> float:
    """Sato's variance of the Mantel-Haenszel difference: right for few large strata and for many small ones."""
    n1, n0, x1, x0 = cells.n1, cells.n0, cells.x1, cells.x0
    n = n1 + n0
    p = (n1**2 * x0 - n0**2 * x1 + n1 * n0 * (n0 - n1) / 2) / n**2
    q = (x1 * (n0 - x0) + x0 * (n1 - x1)) / (2 * n)
    return float((value * p.sum() + q.sum()) / cells.weights.sum() ** 2)


def _square_and_add(cells: _Cells, value: float, *, confidence: float) -> tuple[float, float]:
    weights = cells.weights / cells.weights.sum()
    low, high = newcombe((cells.x1, cells.x0), (cells.n1, cells.n0), confidence=confidence)
    below = float(np.linalg.norm(weights * (cells.differences - low)))
    above = float(np.linalg.norm(weights * (high - cells.differences)))
    return value - below, value + above


def cautious_error(events: tuple[int, int], n: tuple[int, int]) -> float:
    """Standard error of a difference in shares that is never zero: one event and one non-event added to each arm.

    Agresti & Caffo (2000), American Statistician 54:280-288. For comparing subgroups, where a zero would weigh all.
    """
    shares = [((x + 1) / (size + 2), size + 2) for x, size in zip(events, n, strict=True)]
    return float(sum(share * (1 - share) / size for share, size in shares) ** 0.5)
