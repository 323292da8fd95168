"""Interrupted time series: the level and slope of a series before and after the practice began."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from genklang.evaluate.arrays import Floats, statsmodels_api, t_p, t_quantile
from genklang.evaluate.findings import Estimate
from genklang.evaluate.means import check_known
from genklang.evaluate.methods import SEGMENTED
from genklang.evaluate.problems import Problems, refuse
from genklang.evaluate.texts import Text

LEAST_POINTS = 4
_LEVEL, _SLOPE = 2, 3  # columns of the design


@dataclass(frozen=True, kw_only=True)
class Segmented:
    """Level change at the start, change of slope per period, and the average difference from the expected line.

    `fitted` and `expected` have one value a period; `expected` is what the earlier line (and season) would have given.
    `autocorrelation` is that of neighbouring residuals; `lags` is how far the errors allow for it.
    """

    average: Estimate
    level: Estimate
    slope: Estimate
    fitted: Floats
    expected: Floats
    autocorrelation: float
    lags: int


def segmented_regression(
    values: Floats, *, periods: Floats, start: float, season: int | None = None, confidence: float = 0.95
) -> Segmented:
    """Level and slope change of `values` (n,) at `periods` (n,), strictly increasing, from period `start` on.

    `season` is the number of periods in a year (12 for months): one pair of sine and cosine. Newey-West errors with
    4*(n/100)^(2/9) lags. Raises EvaluationError when a side has fewer than four points, the order is wrong or nothing
    varies.
    """
    values, periods = np.asarray(values, dtype=np.float64), np.asarray(periods, dtype=np.float64)
    after = periods >= start
    _check(values, periods, after)
    design = _design(periods, after, start, season)
    _check_free(design)
    lags = int(np.floor(4 * (len(values) / 100) ** (2 / 9)))
    fit = (
        statsmodels_api()
        .OLS(values, design)
        .fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True)
    )
    residuals = np.asarray(fit.resid)
    if float(residuals @ residuals) <= (1e-10 * np.abs(values).max()) ** 2:
        raise _too_smooth()
    average = np.zeros(design.shape[1])
    average[[_LEVEL, _SLOPE]] = design[after][:, [_LEVEL, _SLOPE]].mean(axis=0)
    unit = np.eye(design.shape[1])
    jump = design[:, [_LEVEL, _SLOPE]] @ np.asarray(fit.params)[[_LEVEL, _SLOPE]]
    fitted = np.asarray(fit.fittedvalues, dtype=np.float64)
    return Segmented(
        average=_combined(fit, average, "average_change", AVERAGE, confidence),
        level=_combined(fit, unit[_LEVEL], "level_change", LEVEL, confidence),
        slope=_combined(fit, unit[_SLOPE], "slope_change", SLOPE, confidence),
        fitted=fitted,
        expected=fitted - jump,
        autocorrelation=float(residuals[1:] @ residuals[:-1] / (residuals @ residuals)),
        lags=lags,
    )


AVERAGE = Text(sv="skillnad mot väntat, i snitt efter starten", en="difference from expected, average after the start")
LEVEL = Text(sv="ändrad nivå vid starten", en="change of level at the start")
SLOPE = Text(sv="ändrad lutning per period", en="change of slope per period")


def _design(periods: Floats, after: Any, start: float, season: int | None) -> Floats:
    """Columns: constant, time from the start, after, time from the start when after, and the season's wave."""
    since = periods - start
    columns = [np.ones(len(periods)), since, after.astype(np.float64), np.where(after, since, 0.0)]
    if season is not None:
        angle = 2 * np.pi * periods / season
        columns += [np.sin(angle), np.cos(angle)] if season > 2 else [np.cos(angle)]
    return np.column_stack(columns)


def _combined(fit: Any, weights: Floats, name: str, label: Text, confidence: float) -> Estimate:
    """A weighted sum of coefficients with its interval."""
    value = float(weights @ np.asarray(fit.params))
    error = float(np.sqrt(max(0.0, weights @ np.asarray(fit.cov_params()) @ weights)))
    df = float(fit.df_resid)
    if not 0 < error < np.inf:
        raise _too_smooth()
    half = t_quantile(confidence, df) * error
    return Estimate(
        name=name,
        label=label,
        value=value,
        low=value - half,
        high=value + half,
        confidence=confidence,
        p=t_p(value / error, df),
        standard_error=error,
        degrees_of_freedom=df,
        method=SEGMENTED,
    )


def _check(values: Floats, periods: Floats, after: Any) -> None:
    check_known(values)
    problems = Problems()
    if np.any(np.diff(periods) <= 0):
        problems.add(
            Text(
                sv="tiderna står inte i ordning, eller en tid står två gånger.",
                en="the times are out of order, or one stands twice.",
            ),
            Text(sv="Skriv en rad per period, i tidsordning.", en="Write one row a period, in order of time."),
        )
    for side, sv, en in ((~after, "före", "before"), (after, "efter", "after")):
        if side.sum() < LEAST_POINTS:
            wrong = Text(sv="bara {n} mätningar {when} starten.", en="only {n} measurements {when} the start.")
            problems.add(
                wrong.fill(n=int(side.sum()), when=Text(sv=sv, en=en)),
                Text(
                    sv="Minst fyra behövs före och fyra efter, helst tolv av varje.",
                    en="At least four are needed before and four after, better twelve of each.",
                ),
            )
    problems.check()


def _check_free(design: Floats) -> None:
    n, k = design.shape
    if n - k < 2 or np.linalg.matrix_rank(design) < k:
        raise refuse(
            Text(
                sv="{n} mätningar räcker inte för {k} storheter.",
                en="{n} measurements are not enough for {k} quantities.",
            ).fill(n=n, k=k),
            Text(
                sv="Ta bort säsongen, eller vänta på fler mätningar.",
                en="Remove the season, or wait for more measurements.",
            ),
        )


def _too_smooth() -> Exception:
    return refuse(
        Text(
            sv="mätningarna ligger exakt på raka linjer: osäkerheten kan inte räknas ut.",
            en="the measurements lie exactly on straight lines: the uncertainty cannot be computed.",
        ),
        Text(sv="Kontrollera att det är uppmätta värden.", en="Check that these are measured values."),
    )
