"""Short names for the array types, and the heavy libraries, loaded when a design first needs them.

statsmodels publishes no types and costs seconds to import: it is reached through here and nowhere else.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def statsmodels_api() -> Any:
    return import_module("statsmodels.regression.linear_model")


def statsmodels_proportion() -> Any:
    return import_module("statsmodels.stats.proportion")


def normal_quantile(confidence: float) -> float:
    """z such that a standard normal lies within ±z with this probability."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + confidence / 2))


def t_quantile(confidence: float, df: float) -> float:
    """t such that Student's t with `df` degrees of freedom lies within ±t with this probability."""
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.5 + confidence / 2))


def t_p(statistic: float, df: float) -> float:
    """Two-sided p-value of Student's t."""
    from scipy.special import stdtr

    return float(2 * stdtr(df, -abs(statistic)))


def normal_p(statistic: float) -> float:
    """Two-sided p-value of a standard normal."""
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(statistic)))


def chi2_p(statistic: float, df: int) -> float:
    """Upper tail of chi-squared."""
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic))


def strata_codes(n: int, strata: NDArray[Any] | None) -> Ints:
    """Strata as 0, 1, 2, …; one stratum for all where none are given."""
    if strata is None:
        return np.zeros(n, dtype=np.int64)
    return np.unique(np.asarray(strata), return_inverse=True)[1].astype(np.int64).ravel()
