"""Interrupted time series: the level and slope of a series before and after the practice began."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genklang.evaluate.arrays import Bools, Floats, statsmodels_api, t_p, t_quantile
from genklang.evaluate.autoregression import fit_remembering
from genklang.evaluate.findings import Estimate
from genklang.evaluate.means import check_known
from genklang.evaluate.methods import NEWEY_WEST, SEGMENTED, Method
from genklang.evaluate.problems import Problems, refuse
from genklang.evaluate.texts import Text

LEAST_POINTS = 4
LEVEL_AT, SLOPE_AT = 2, 3  # columns of the design


AVERAGE = Text(sv="skillnad mot väntat, i snitt efter starten", en="difference from expected, average after the start")
LEVEL = Text(sv="ändrad nivå vid starten", en="change of level at the start")
SLOPE = Text(sv="ändrad lutning per period", en="change of slope per period")


@dataclass(frozen=True, kw_only=True)
class Segmented:
    """Level change at the start, change of slope per period, and the average difference from the expected line.

    `second` holds the same three by ordinary regression with Newey-West errors (`lags` periods back).
    `fitted` and `expected` have one value a period; `expected` is what the earlier line (and season) would have given.
    `autocorrelation` is that of neighbouring errors.
    """

    average: Estimate
    level: Estimate
    slope: Estimate
    second: tuple[Estimate, Estimate, Estimate]
    fitted: Floats
    expected: Floats
    autocorrelation: float
    lags: int
    horizon: float  # periods after the start that the average is over


@dataclass(frozen=True, kw_only=True)
class _Fit:
    coefficients: Floats
    covariance: Floats
    degrees_of_freedom: float
    method: Method
    suffix: str = ""


def segmented_regression(
    values: Floats,
    *,
    periods: Floats,
    start: float,
    season: int | None = None,
    waves: int = 1,
    horizon: float | None = None,
    confidence: float = 0.95,
) -> Segmented:
    """Level and slope change of `values` (n,) at `periods` (n,), whole and strictly increasing, from period `start` on.

    `season` is the number of periods in a year (12 for months): `waves` pairs of sine and cosine, the first going round
    once a year, the second twice (Bhaskaran et al. 2013, Int J Epidemiol 42:1187-1195). The average is over the first
    `horizon` periods; unless given, over as many as there were before, so that the earlier line is drawn no
    further ahead than it was seen. Errors are first-order
    autocorrelated, by restricted maximum likelihood. Raises EvaluationError when a side has fewer than four points, the
    order is wrong or nothing varies.
    """
    values, periods = np.asarray(values, dtype=np.float64), np.asarray(periods, dtype=np.float64)
    after = periods >= start
    check_course(values, periods, after)
    design = course(periods, after, start, season, waves)
    check_free(design)
    _check_noise(values, design)
    remembering = fit_remembering(values, design, periods)
    first = _Fit(
        coefficients=remembering.coefficients,
        covariance=remembering.covariance,
        degrees_of_freedom=remembering.degrees_of_freedom,
        method=SEGMENTED,
    )
    lags = int(np.floor(4 * (len(values) / 100) ** (2 / 9)))
    judged = horizon_of(periods, start, horizon)
    near = after & (periods < start + judged)
    average, level, slope = _estimates(first, design, near, confidence)
    fitted = design @ first.coefficients
    return Segmented(
        average=average,
        level=level,
        slope=slope,
        second=_estimates(_newey_west(values, design, lags), design, near, confidence),
        fitted=fitted,
        expected=fitted - design[:, [LEVEL_AT, SLOPE_AT]] @ first.coefficients[[LEVEL_AT, SLOPE_AT]],
        autocorrelation=remembering.autocorrelation,
        lags=lags,
        horizon=judged,
    )


def horizon_of(periods: Floats, start: float, horizon: float | None) -> float:
    """How many periods after the start the average is over."""
    most = float(periods[-1]) - start + 1
    if horizon is None:
        return min(most, start - float(periods[0]))
    if 1 <= horizon <= most:
        return horizon
    raise refuse(
        Text(
            sv="horisonten {h} ligger utanför serien ({n} perioder efter starten).",
            en="the horizon {h} is outside the series ({n} periods after the start).",
        ).fill(h=f"{horizon:g}", n=f"{most:g}"),
        Text(sv="Skriv ett antal perioder inom serien.", en="Write a number of periods within the series."),
    )


def _newey_west(values: Floats, design: Floats, lags: int) -> _Fit:
    fit = (
        statsmodels_api()
        .OLS(values, design)
        .fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True)
    )
    return _Fit(
        coefficients=np.asarray(fit.params, dtype=np.float64),
        covariance=np.asarray(fit.cov_params(), dtype=np.float64),
        degrees_of_freedom=float(fit.df_resid),
        method=NEWEY_WEST,
        suffix="_newey_west",
    )


def _estimates(fit: _Fit, design: Floats, near: Bools, confidence: float) -> tuple[Estimate, Estimate, Estimate]:
    """Average, level and slope: each a weighted sum of the coefficients of level and slope."""
    average = design[near][:, [LEVEL_AT, SLOPE_AT]].mean(axis=0)
    sums = (("average", AVERAGE, average), ("level", LEVEL, (1.0, 0.0)), ("slope", SLOPE, (0.0, 1.0)))
    first, second, third = (
        _combined(fit, np.array(weights), f"{name}_change{fit.suffix}", label, confidence)
        for name, label, weights in sums
    )
    return first, second, third


def course(periods: Floats, after: Bools, start: float, season: int | None, waves: int = 1) -> Floats:
    """Columns: constant, time from the start, after, time from the start when after, and the season's waves."""
    since = periods - start
    columns = [np.ones(len(periods)), since, after.astype(np.float64), np.where(after, since, 0.0)]
    if season is not None:
        angle = 2 * np.pi * periods / season
        for wave in range(1, min(waves, season // 2) + 1):
            columns += [np.cos(wave * angle)] if 2 * wave == season else [np.sin(wave * angle), np.cos(wave * angle)]
    return np.column_stack(columns)


def _combined(fit: _Fit, weights: Floats, name: str, label: Text, confidence: float) -> Estimate:
    """A weighted sum of the coefficients of level and slope with its interval."""
    places = [LEVEL_AT, SLOPE_AT]
    value = float(weights @ fit.coefficients[places])
    error = max(0.0, float(weights @ fit.covariance[np.ix_(places, places)] @ weights)) ** 0.5
    half = t_quantile(confidence, fit.degrees_of_freedom) * error
    if not 0 < half < np.inf:
        raise _too_smooth()
    return Estimate(
        name=name,
        label=label,
        value=value,
        low=value - half,
        high=value + half,
        confidence=confidence,
        p=t_p(value / error, fit.degrees_of_freedom),
        standard_error=error,
        degrees_of_freedom=fit.degrees_of_freedom,
        method=fit.method,
    )


def check_course(values: Floats, periods: Floats, after: Bools) -> None:
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


def check_free(design: Floats) -> None:
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


def _check_noise(values: Floats, design: Floats) -> None:
    """Refuses a series without noise, as far as rounding can tell."""
    residuals = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
    if float(np.abs(residuals).max()) <= 1e-9 * float(np.abs(values).max()):
        raise _too_smooth()


def _too_smooth() -> Exception:
    return refuse(
        Text(
            sv="mätningarna ligger exakt på raka linjer: osäkerheten kan inte räknas ut.",
            en="the measurements lie exactly on straight lines: the uncertainty cannot be computed.",
        ),
        Text(sv="Kontrollera att det är uppmätta värden.", en="Check that these are measured values."),
    )
