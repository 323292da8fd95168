"""A random sample: the mean or share in the population, by strata and clusters, and what those silent could change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genklang.evaluate.arrays import Bools, Floats, Ints, normal_quantile, t_quantile
from genklang.evaluate.findings import Estimate
from genklang.evaluate.methods import SURVEY, SURVEY_SHARE
from genklang.evaluate.problems import Problems, refuse
from genklang.evaluate.shares import wilson
from genklang.evaluate.texts import Text

MEAN = Text(sv="medelvärde i befolkningen", en="mean in the population")
SHARE = Text(sv="andel i befolkningen", en="share in the population")


@dataclass(frozen=True, kw_only=True)
class Survey:
    """The estimate, how many answered, and (for shares) the limits if all silent had said no, or yes.

    `design_effect`: the variance through that of as many drawn one by one from everybody.
    """

    estimate: Estimate
    drawn: int
    answered: int
    bounds: tuple[float, float] | None
    design_effect: float


def survey_mean(
    values: Floats,
    *,
    strata: Ints | None = None,
    clusters: Ints | None = None,
    weights: Floats | None = None,
    population: Floats | None = None,
    known_of_all: Floats | None = None,
    is_share: bool = False,
    confidence: float = 0.95,
) -> Survey:
    """The mean of `values` (n,), NaN for those drawn who did not answer.

    `strata` and `clusters` (n,) as drawn; `weights` (n,) how many each row stands for, or `population` (n,) the size of
    the row's stratum, which gives weights N/answered and the finite population correction (with clusters, none).
    With `known_of_all` (n, k), known of everybody drawn, answers are weighed so that they add up to all drawn in each
    (linear calibration; Särndal & Lundström 2005, Estimation in Surveys with Nonresponse, ch. 6-7).
    Variance by Taylor linearisation over clusters within strata (Särndal, Swensson & Wretman 1992, ch. 5); shares have
    Wilson's interval at the effective number (Korn & Graubard 1998, Survey Methodology 24:193-201), with t of clusters
    less strata. Raises EvaluationError with too few answers, or a stratum with one.
    """
    n = len(values)
    levels = np.zeros(n, dtype=np.int64) if strata is None else np.unique(strata, return_inverse=True)[1].ravel()
    known = ~np.isnan(values)
    _check(levels, known, population)
    own = levels[known]
    w = _weights(own, None if weights is None else weights[known], None if population is None else population[known])
    y = values[known]
    everybody = _weights(levels, weights, population)
    is_calibrated = known_of_all is not None and known_of_all.size > 0
    fitted = np.zeros(n)
    if known_of_all is not None and is_calibrated:
        w, fitted = _calibrated(w, known_of_all, known, everybody, y)
    mean = float(w @ y / w.sum())
    units = np.arange(n) if clusters is None else np.unique(clusters, return_inverse=True)[1].ravel()
    whole = None if clusters is not None or population is None else population
    fraction = _fraction(own, None if whole is None else whole[known])
    rest = y - fitted[known]
    rest = rest - (float(w @ rest / w.sum()) if is_calibrated else mean)
    variance, free = _variance(w * rest / w.sum(), own, units[known], fraction)
    if is_calibrated:  # what the known tell of the outcome varies as all drawn do
        told = everybody * (fitted - float(everybody @ fitted / everybody.sum())) / everybody.sum()
        variance += _variance(told, levels, units, _fraction(levels, whole))[0]
    plain = float(w @ (y - mean) ** 2 / w.sum()) / len(y)
    estimate = _share(mean, variance, free, confidence) if is_share else _mean(mean, variance, free, confidence)
    return Survey(
        estimate=estimate,
        drawn=n,
        answered=len(y),
        bounds=_bounds(values, levels, weights, population) if is_share and not known.all() else None,
        design_effect=variance / plain if plain > 0 else 1.0,
    )


def _weights(levels: Ints, weights: Floats | None, population: Floats | None) -> Floats:
    if weights is not None:
        return weights
    if population is None:
        return np.ones(len(levels))
    return np.asarray(population / np.bincount(levels)[levels], dtype=np.float64)


def _calibrated(w: Floats, known_of_all: Floats, known: Bools, everybody: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Weights that bring those who answered to the totals of all drawn, and what the known tell of everybody's outcome.

    Weights below a tenth of
    the original are held there, so that nobody counts backwards.
    """
    spread = known_of_all.std(axis=0)
    kept = spread > 1e-12
    scaled = (known_of_all[:, kept] - known_of_all[:, kept].mean(axis=0)) / spread[kept]
    x = np.column_stack([np.ones(len(known_of_all)), scaled])
    own = x[known]
    # everybody drawn stands for as many as in the design, those who answered for all of these
    wanted = everybody @ x * (w.sum() / everybody.sum())
    products = (own * w[:, None]).T @ own
    factors = np.linalg.pinv(products, hermitian=True) @ (wanted - w @ own)
    fitted = x @ (np.linalg.pinv(products, hermitian=True) @ (own.T @ (w * y)))
    return np.asarray(w * np.maximum(0.1, 1 + own @ factors), dtype=np.float64), np.asarray(fitted, dtype=np.float64)


def _fraction(levels: Ints, population: Floats | None) -> Floats:
    """The part of each stratum that answered; zero where the population is not known."""
    counts = np.bincount(levels).astype(np.float64)
    if population is None:
        return np.zeros(len(counts))
    sizes = np.zeros(len(counts))
    sizes[levels] = population
    return counts / sizes


def _variance(parts: Floats, levels: Ints, units: Ints, fraction: Floats) -> tuple[float, int]:
    """Between clusters within strata, less the part that is no sample; and degrees of freedom."""
    pairs, place = np.unique(np.column_stack([levels, units]), axis=0, return_inverse=True)
    sums = np.bincount(place.ravel(), weights=parts)
    counts = np.bincount(pairs[:, 0]).astype(np.float64)
    if counts.min() < 2:
        raise refuse(
            Text(sv="ett stratum har bara en grupp eller ett svar.", en="a stratum has but one cluster or answer."),
            Text(sv="Slå ihop det med ett annat.", en="Merge it with another."),
        )
    means = np.bincount(pairs[:, 0], weights=sums) / counts
    squares = np.bincount(pairs[:, 0], weights=(sums - means[pairs[:, 0]]) ** 2)
    variance = float(((1 - fraction) * counts / (counts - 1) * squares).sum())
    return variance, int(counts.sum() - len(counts))


def _mean(mean: float, variance: float, free: int, confidence: float) -> Estimate:
    error = variance**0.5
    if error <= 1e-12 * abs(mean):
        raise refuse(
            Text(
                sv="ingen osäkerhet finns att räkna: alla tillfrågades, eller svarade likadant.",
                en="there is no uncertainty to compute: everybody was asked, or answered alike.",
            ),
            Text(sv="Kontrollera population och utfall.", en="Check the population and the outcome."),
        )
    half = t_quantile(confidence, free) * error
    return Estimate(
        name="mean",
        label=MEAN,
        value=mean,
        low=mean - half,
        high=mean + half,
        confidence=confidence,
        standard_error=error,
        degrees_of_freedom=float(free),
        method=SURVEY,
    )


def _share(share: float, variance: float, free: int, confidence: float) -> Estimate:
    """Wilson's interval at the number that, drawn one by one, would have this variance."""
    spread = share * (1 - share)
    effective = spread / variance if variance > 0 and spread > 0 else float(free + 1)
    settled = effective * (normal_quantile(confidence) / t_quantile(confidence, free)) ** 2
    low, high = wilson(share * settled, settled, confidence=confidence)
    return Estimate(
        name="share",
        label=SHARE,
        value=share,
        low=float(low),
        high=float(high),
        confidence=confidence,
        standard_error=variance**0.5,
        degrees_of_freedom=float(free),
        method=SURVEY_SHARE,
        is_share=True,
    )


def _bounds(values: Floats, levels: Ints, weights: Floats | None, population: Floats | None) -> tuple[float, float]:
    """The share had all those silent said no, and yes; everybody drawn stands for as many as in the design."""
    w = _weights(levels, weights, population)
    silent = np.isnan(values)
    yes = float(w @ np.where(silent, 0.0, values))
    return yes / float(w.sum()), (yes + float(w[silent].sum())) / float(w.sum())


def _check(levels: Ints, known: Ints, population: Floats | None) -> None:
    problems = Problems()
    answers = np.bincount(levels[known], minlength=int(levels.max()) + 1) if known.any() else np.zeros(1)
    if answers.min() < 2:
        problems.add(
            Text(sv="ett stratum har färre än två svar.", en="a stratum has fewer than two answers."),
            Text(sv="Slå ihop det med ett annat.", en="Merge it with another."),
        )
    if population is not None:
        drawn = np.bincount(levels)
        for level in range(len(drawn)):
            sizes = np.unique(population[levels == level])
            if len(sizes) != 1 or not sizes[0] >= drawn[level]:
                wrong = Text(sv="ett stratums storlek är {s}.", en="a stratum's size is {s}.")
                told = ", ".join(f"{size:g}" for size in sizes[:3])
                problems.add(
                    wrong.fill(s=told),
                    Text(
                        sv="Skriv samma tal i hela stratumet, minst så många som drogs.",
                        en="Write one number in the whole stratum, at least as many as were drawn.",
                    ),
                )
    problems.check()
