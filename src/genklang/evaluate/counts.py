"""Interrupted time series of counts: events per period and exposed, more uneven than chance alone makes them.

Quasi-Poisson regression on the logarithm of the rate, whose standardised errors remember: the fit is repeated least
squares of the working response (Breslow & Clayton 1993, JASA 88:9-25) with first-order autocorrelation by restricted
maximum likelihood, as for numbers (`series`). Without memory it is the usual quasi-Poisson fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

import numpy as np

from genklang.evaluate.arrays import Bools, Floats, Ints, t_p, t_quantile
from genklang.evaluate.autoregression import Remembering, fit_remembering
from genklang.evaluate.findings import Estimate
from genklang.evaluate.methods import QUASI_POISSON, QUASI_POISSON_NEWEY_WEST, Method
from genklang.evaluate.problems import refuse
from genklang.evaluate.series import AVERAGE, LEVEL_AT, SLOPE_AT, check_course, check_free, course, horizon_of
from genklang.evaluate.texts import Text

RATIO = Text(sv="kvot mot väntat, i snitt efter starten", en="ratio to expected, average after the start")
LEVEL = Text(sv="kvot vid starten", en="ratio at the start")
SLOPE = Text(sv="kvot per period därefter", en="ratio per period from then on")
_APART = 1e6  # periods between one series and the next: no memory reaches so far
_ROUNDS, _CLOSE = 100, 1e-9
_TURNS, _SAME_MEMORY = 12, 1e-3
_MOST = 50.0  # of a logarithm: beyond it the fit has run away


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Counts (n,) at whole, strictly increasing `periods` (n,), with what is `exposed` (n,): people, visits, days."""

    counts: Floats
    periods: Floats
    exposed: Floats


@dataclass(frozen=True, kw_only=True)
class SegmentedCounts:
    """What became of a series of counts.

    `average`: difference from expected per period (per one exposed where `per_exposed`), and its p-value; `ratio`, the
    same as a ratio; `level` and `slope` the ratio at the start and its growth per period; `second` the average with
    Newey-West errors. `fitted` and `expected` (own periods,) are counts. `dispersion` is the variance through the mean,
    1 where chance alone makes it.
    """

    average: Estimate
    ratio: Estimate
    level: Estimate
    slope: Estimate
    second: Estimate
    fitted: Floats
    expected: Floats
    autocorrelation: float
    dispersion: float
    lags: int
    horizon: float


@dataclass(frozen=True, kw_only=True)
class _Fit:
    coefficients: Floats
    covariance: Floats
    degrees_of_freedom: float
    autocorrelation: float
    dispersion: float
    method: Method


def segmented_counts(
    own: Counted,
    *,
    start: float,
    other: Counted | None = None,
    season: int | None = None,
    waves: int = 1,
    horizon: float | None = None,
    per_exposed: bool = False,
    autocorrelation: float | None = None,
    confidence: float = 0.95,
) -> SegmentedCounts:
    """Ratio of `own` counts from period `start` on to what the earlier course would have given.

    With an `other` series, where nothing began, ratios are those beyond the other's own change at the start (Lopez
    Bernal, Cummins & Gasparrini 2018, Int J Epidemiol 47:2082-2093). `season`, `waves`, `horizon` as for numbers.
    The difference in counts is fitted × (1 - 1/ratio), with the ratio's limits (Steenland & Armstrong 2006,
    Epidemiology 17:512-519), so that both leave chance out, or neither.
    Raises EvaluationError when a side has fewer than four periods or no events, or nothing is exposed.
    """
    after = own.periods >= start
    check_course(own.counts, own.periods, after)
    _check_events(own, after)
    parts = [own] if other is None else [own, other]
    design = _stacked(parts, start, season, waves)
    check_free(design)
    counts, exposed, periods = _joined(parts)
    fit = _fitted(counts, exposed, periods, design, autocorrelation)
    lags = int(np.floor(4 * (len(own.counts) / 100) ** (2 / 9)))
    judged = horizon_of(own.periods, start, horizon)
    near = np.flatnonzero(after & (own.periods < start + judged)).astype(np.int64)
    size = len(own.counts)
    without = design[:size].copy()
    without[:, [LEVEL_AT, SLOPE_AT]] = 0.0
    means = [own.exposed * np.exp(rows @ fit.coefficients) for rows in (design[:size], without)]
    gradient = _gradient(design[:size], without, means, near)
    units = float(own.exposed[near].sum()) if per_exposed else float(len(near))
    average, ratio = _average(fit, gradient, means, near, units, confidence)
    second, _ = _average(_newey_west(counts, exposed, design, lags, fit), gradient, means, near, units, confidence)
    return SegmentedCounts(
        average=average,
        ratio=ratio,
        level=_ratio(fit, _unit(design, LEVEL_AT), "level_ratio", LEVEL, confidence),
        slope=_ratio(fit, _unit(design, SLOPE_AT), "slope_ratio", SLOPE, confidence),
        second=second,
        fitted=means[0],
        expected=means[1],
        autocorrelation=fit.autocorrelation,
        dispersion=fit.dispersion,
        lags=lags,
        horizon=judged,
    )


def _stacked(parts: list[Counted], start: float, season: int | None, waves: int) -> Floats:
    """The course of each series; what is asked of, level and slope of the first, stands at their usual places."""
    blocks = [course(part.periods, part.periods >= start, start, season, waves) for part in parts]
    if len(blocks) == 1:
        return blocks[0]
    own, other = blocks
    changes = [LEVEL_AT, SLOPE_AT]
    own_rows = np.hstack([own, own[:, :2], own[:, changes]])
    other_rows = np.hstack([other, np.zeros((len(other), 2)), other[:, changes]])
    other_rows[:, changes] = 0.0
    return np.vstack([own_rows, other_rows])


def _joined(parts: list[Counted]) -> tuple[Floats, Floats, Floats]:
    periods = [part.periods + place * (_APART + parts[0].periods[-1]) for place, part in enumerate(parts)]
    counts, exposed = ([getattr(part, name) for part in parts] for name in ("counts", "exposed"))
    return np.concatenate(counts), np.concatenate(exposed), np.concatenate(periods)


def _fitted(counts: Floats, exposed: Floats, periods: Floats, design: Floats, known: float | None) -> _Fit:
    """Repeated least squares of the working response, weighed by what is expected; then how errors remember, anew."""
    memory = 0.0 if known is None else known
    linear = np.log(counts + 0.5)
    for _ in range(_TURNS):
        fit, linear = _converged(counts, exposed, periods, design, memory, linear)
        if known is not None:
            break
        working, scaled = _working(counts, exposed, design, linear)
        found = fit_remembering(working, scaled, periods).autocorrelation
        if abs(found - memory) < _SAME_MEMORY:
            break
        memory = found
    mean = np.exp(linear)
    return _Fit(
        coefficients=fit.coefficients,
        covariance=fit.covariance,
        degrees_of_freedom=fit.degrees_of_freedom,
        autocorrelation=fit.autocorrelation,
        dispersion=float(((counts - mean) ** 2 / mean).sum() / (len(counts) - design.shape[1])),
        method=QUASI_POISSON,
    )


def _converged(
    counts: Floats, exposed: Floats, periods: Floats, design: Floats, memory: float, linear: Floats
) -> tuple[Remembering, Floats]:
    """The fit with errors that remember so much, from a first guess of the logarithms of the expected counts."""
    before = np.full(design.shape[1], np.inf)
    offset = np.log(exposed)
    for _ in range(_ROUNDS):
        working, scaled = _working(counts, exposed, design, linear)
        fit = fit_remembering(working, scaled, periods, autocorrelation=memory)
        linear = np.clip(offset + design @ fit.coefficients, -_MOST, _MOST)
        if float(np.abs(fit.coefficients - before).max()) < _CLOSE * (1 + float(np.abs(before).max())):
            return fit, linear
        if float(np.abs(linear).max()) >= _MOST:
            break
        before = fit.coefficients
    raise _runs_away()


def _working(counts: Floats, exposed: Floats, design: Floats, linear: Floats) -> tuple[Floats, Floats]:
    """The working response and the design, each row times the root of its expected count."""
    mean = np.exp(linear)
    scale = np.sqrt(mean)
    return scale * (linear - np.log(exposed) + (counts - mean) / mean), scale[:, None] * design


def _newey_west(counts: Floats, exposed: Floats, design: Floats, lags: int, first: _Fit) -> _Fit:
    """The same coefficients' errors from residuals up to `lags` periods apart, over an ordinary Poisson fit."""
    library = import_module("statsmodels.genmod.generalized_linear_model")
    families = import_module("statsmodels.genmod.families")
    model = library.GLM(counts, design, family=families.Poisson(), offset=np.log(exposed))
    fit = model.fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, start_params=first.coefficients)
    return _Fit(
        coefficients=np.asarray(fit.params, dtype=np.float64),
        covariance=np.asarray(fit.cov_params(), dtype=np.float64),
        degrees_of_freedom=float(len(counts) - design.shape[1]),
        autocorrelation=0.0,
        dispersion=first.dispersion,
        method=QUASI_POISSON_NEWEY_WEST,
    )


def _gradient(design: Floats, without: Floats, means: list[Floats], near: Ints) -> Floats:
    """How the logarithm of the ratio of sums, with through without, changes with each coefficient."""
    parts = [mean[near] @ each[near] / mean[near].sum() for each, mean in zip((design, without), means, strict=True)]
    return np.asarray(parts[0] - parts[1], dtype=np.float64)


def _average(
    fit: _Fit, gradient: Floats, means: list[Floats], near: Ints, units: float, confidence: float
) -> tuple[Estimate, Estimate]:
    """The difference in counts per period or exposed, and the ratio that it comes from."""
    seen, expected = (float(mean[near].sum()) for mean in means)
    value = float(np.log(seen / expected))
    error = _error(fit, gradient)
    low, high = (value + sign * t_quantile(confidence, fit.degrees_of_freedom) * error for sign in (-1, 1))
    suffix = "" if fit.method is QUASI_POISSON else "_newey_west"
    p = t_p(value / error, fit.degrees_of_freedom)
    ends = [seen / units * (1 - float(np.exp(-min(max(each, -_MOST), _MOST)))) for each in (value, low, high)]
    average = Estimate(
        name=f"average_change{suffix}",
        label=AVERAGE,
        value=ends[0],
        low=ends[1],
        high=ends[2],
        confidence=confidence,
        p=p,
        degrees_of_freedom=fit.degrees_of_freedom,
        method=fit.method,
    )
    return average, _as_ratio(value, error, fit, f"rate_ratio{suffix}", RATIO, confidence)


def _unit(design: Floats, place: int) -> Floats:
    return np.asarray(np.eye(design.shape[1])[place], dtype=np.float64)


def _error(fit: _Fit, gradient: Floats) -> float:
    error = float(np.sqrt(max(0.0, float(gradient @ fit.covariance @ gradient))))
    if not 1e-12 < error < _MOST:
        raise _runs_away()
    return error


def _ratio(fit: _Fit, gradient: Floats, name: str, label: Text, confidence: float) -> Estimate:
    return _as_ratio(float(gradient @ fit.coefficients), _error(fit, gradient), fit, name, label, confidence)


def _as_ratio(value: float, error: float, fit: _Fit, name: str, label: Text, confidence: float) -> Estimate:
    """A ratio from its logarithm; the standard error stays the logarithm's."""
    half = t_quantile(confidence, fit.degrees_of_freedom) * error
    if abs(value) + half >= 2 * _MOST:
        raise _runs_away()
    return Estimate(
        name=name,
        label=label,
        value=float(np.exp(value)),
        low=float(np.exp(value - half)),
        high=float(np.exp(value + half)),
        confidence=confidence,
        p=t_p(value / error, fit.degrees_of_freedom),
        standard_error=error,
        degrees_of_freedom=fit.degrees_of_freedom,
        method=fit.method,
    )


def _check_events(own: Counted, after: Bools) -> None:
    for side, when in ((~after, Text(sv="före", en="before")), (after, Text(sv="efter", en="after"))):
        if not own.counts[side].sum() > 0:
            raise refuse(
                Text(sv="inga händelser {when} starten.", en="no events {when} the start.").fill(when=when),
                Text(
                    sv="En kvot kräver händelser på båda sidor: slå ihop perioder, eller välj ett annat utfall.",
                    en="A ratio needs events on both sides: add periods up, or choose another outcome.",
                ),
            )


def _runs_away() -> Exception:
    return refuse(
        Text(sv="antalen är för få eller för jämna för en modell.", en="the counts are too few or too even to model."),
        Text(
            sv="Slå ihop perioder, ta bort säsongen eller vänta på fler mätningar.",
            en="Add periods up, leave the season out, or wait for more measurements.",
        ),
    )
