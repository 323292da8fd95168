"""The hazard ratio of two arms by Cox's regression, and whether one number tells it. The fit is statsmodels'."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genklang.evaluate.arrays import Bools, Floats, chi2_p, normal_p, normal_quantile
from genklang.evaluate.findings import Estimate, Test
from genklang.evaluate.methods import COX, PROPORTIONAL
from genklang.evaluate.texts import Text

RATIO = Text(sv="hazardkvot", en="hazard ratio")
_MOST = 8.0  # of the logarithm: beyond it one arm has no events, and no ratio


@dataclass(frozen=True, kw_only=True)
class Hazards:
    """The ratio of the treated's pace of events to the controls', and a test of whether it stays the same."""

    ratio: Estimate
    proportional: Test | None


def hazard_ratio(
    time: Floats,
    event: Bools,
    treated: Bools,
    *,
    strata: NDArray[Any] | None = None,
    covariates: Floats | None = None,
    confidence: float = 0.95,
) -> Hazards | None:
    """Cox's hazard ratio with Efron's ties; arrays (n,), `covariates` (n, k). None where an arm has no events, no
    stratum has both arms, or the fit finds no end.

    The standard error is that of the ratio's logarithm.
    """
    if not (event & treated).any() or not (event & ~treated).any():
        return None
    background = np.empty((len(time), 0)) if covariates is None else covariates
    design = np.column_stack([treated.astype(np.float64), _scaled(background)])
    library = import_module("statsmodels.duration.hazard_regression")
    model = library.PHReg(time, design, status=event.astype(np.int64), strata=strata, ties="efron")
    with np.errstate(all="ignore"), warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            fit = model.fit(disp=0)
        except np.linalg.LinAlgError:  # nowhere are two arms at risk in the same stratum
            return None
    if any(each.category.__name__ == "ConvergenceWarning" for each in told):
        return None
    value, error = float(fit.params[0]), float(fit.bse[0])
    if not (abs(value) < _MOST and 0 < error < _MOST):
        return None
    half = normal_quantile(confidence) * error
    ratio = Estimate(
        name="hazard_ratio",
        label=RATIO,
        value=float(np.exp(value)),
        low=float(np.exp(value - half)),
        high=float(np.exp(value + half)),
        confidence=confidence,
        p=normal_p(value / error),
        standard_error=error,
        method=COX,
    )
    return Hazards(ratio=ratio, proportional=_proportional(time, fit))


def _scaled(covariates: Floats) -> Floats:
    """Centred, in standard deviations, without columns that do not vary."""
    spread = covariates.std(axis=0) if covariates.size else np.ones(covariates.shape[1])
    kept = spread > 1e-12
    return np.asarray((covariates[:, kept] - covariates[:, kept].mean(axis=0)) / spread[kept], dtype=np.float64)


def _proportional(time: Floats, fit: Any) -> Test | None:
    """Whether the scaled residuals of the arm follow the rank of time."""
    residuals = np.asarray(fit.schoenfeld_residuals, dtype=np.float64)
    events = ~np.isnan(residuals).any(axis=1)
    if int(events.sum()) < 3:
        return None
    covariance = np.asarray(fit.cov_params(), dtype=np.float64)
    count = int(events.sum())
    scaled = (residuals[events] @ covariance)[:, 0] * count
    order = np.unique(time[events], return_inverse=True)[1].ravel()
    rank = _ranks(order)
    centred = rank - rank.mean()
    spread = float(centred @ centred)
    if spread <= 0:
        return None
    statistic = float(centred @ scaled) ** 2 / (count * float(covariance[0, 0]) * spread)
    return Test(
        name="proportional",
        label=PROPORTIONAL.name,
        statistic=statistic,
        degrees_of_freedom=1,
        p=chi2_p(statistic, 1),
        method=PROPORTIONAL,
    )


def _ranks(order: NDArray[np.int64]) -> Floats:
    """Ranks of event times, ties sharing their mean rank."""
    counts = np.bincount(order)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[order], dtype=np.float64)
