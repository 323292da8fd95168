"""Randomisation draws and synthetic controls against their usual rivals, and whether intervals cover as they say."""

import argparse
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.optimize import minimize
from scipy.stats import permutation_test

from bench.evaluate_memory import figures
from bench.figures import Figure, at_least, in_turns, seconds
from genklang.evaluate.arrays import Bools, Floats
from genklang.evaluate.clusters import difference_between_clusters
from genklang.evaluate.counts import Counted, segmented_counts
from genklang.evaluate.means import difference_in_means
from genklang.evaluate.paired import paired_shares
from genklang.evaluate.pooling import pool
from genklang.evaluate.randomisation import randomisation_inference
from genklang.evaluate.series import segmented_regression
from genklang.evaluate.shares import difference_in_shares
from genklang.evaluate.staggered import staggered_differences
from genklang.evaluate.survey import survey_mean
from genklang.evaluate.synthetic import synthetic_control

PEOPLE, DRAWS = 100_000, 10_000
RIVAL_DRAWS = 50  # the rival takes as long for each draw, so that few say what many would take
PLACES, BEFORE, AFTER = 290, 20, 10
RIVAL_FITS = 5
ROUNDS, QUICK_ROUNDS = 2_000, 200
NOMINAL = 0.95


def run(args: argparse.Namespace) -> list[Figure]:
    """Speed and memory first, then coverage; `--quick` simulates less and leaves the million out."""
    memory = [] if args.quick else figures()
    return [*_speed(), *memory, *_coverage(QUICK_ROUNDS if args.quick else ROUNDS)]


def _speed() -> list[Figure]:
    random = np.random.default_rng(1)
    treated = np.arange(PEOPLE) < PEOPLE // 2
    rating = random.integers(0, 11, PEOPLE).astype(np.float64)
    hours = random.gamma(2.0, 10.0, PEOPLE)
    draws = f"{DRAWS:,} draws for {PEOPLE:,} people"
    note = f"the rival made {RIVAL_DRAWS} draws, times {DRAWS // RIVAL_DRAWS}"
    draws_made = [
        at_least(
            f"randomisation, {name}: {draws}",
            in_turns(partial(_ours, outcome, treated), partial(_scipy, outcome, treated)),
            least,
            note=note,
        )
        for name, outcome, least in (("rating 0 to 10", rating, 1000.0), ("hours", hours, 5.0))
    ]
    note = f"the rival made {RIVAL_FITS} fits, times {PLACES / RIVAL_FITS:g}"
    series = random.normal(size=(PLACES, BEFORE + AFTER)).cumsum(axis=1) + random.normal(50, 5, (PLACES, 1))
    times = in_turns(
        lambda: seconds(lambda: synthetic_control(series[0], series[1:], start=BEFORE)), lambda: _slsqp(series)
    )
    return [*draws_made, at_least(f"synthetic control with {PLACES - 1} placebos", times, 20.0, note=note)]


def _ours(outcome: Floats, treated: Bools) -> float:
    return seconds(lambda: randomisation_inference(outcome, treated, seed=1, draws=DRAWS))


def _scipy(outcome: Floats, treated: Bools) -> float:
    arms = (outcome[treated], outcome[~treated])

    def difference(one: Floats, other: Floats, axis: int) -> Floats:
        return np.asarray(one.mean(axis=axis) - other.mean(axis=axis), dtype=np.float64)

    began = time.perf_counter()
    permutation_test(arms, difference, n_resamples=RIVAL_DRAWS, vectorized=True, batch=10, rng=1)
    return (time.perf_counter() - began) * DRAWS / RIVAL_DRAWS


def _slsqp(series: Floats) -> float:
    """One fit a place by sequential least squares, as is usual."""
    began = time.perf_counter()
    for place in range(RIVAL_FITS):
        target, donors = series[place, :BEFORE], np.delete(series, place, axis=0)[:, :BEFORE]
        count = len(donors)
        minimize(
            lambda w, y=target, x=donors: float(((y - w @ x) ** 2).sum()),
            np.full(count, 1 / count),
            jac=lambda w, y=target, x=donors: -2 * x @ (y - w @ x),
            bounds=[(0.0, 1.0)] * count,
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones_like(w)},
            method="SLSQP",
        )
    return (time.perf_counter() - began) * PLACES / RIVAL_FITS


Limits = tuple[float, float, float]  # the truth, and the interval


def _coverage(rounds: int) -> list[Figure]:
    cases: dict[str, Callable[[np.random.Generator], Limits]] = {
        "means, 15 people an arm, skewed": _means,
        "shares, 40 people an arm, one in ten": _shares,
        "clusters, 6 an arm": _clusters,
        "series, 24 months, errors alike": _series,
        "pool, 6 studies that differ (Hartung-Knapp)": _pooled,
        "pool, prediction for the next place, 6 studies": _predicted,
        "pool, prediction from the confidence distribution, 6 studies": _predicted_by_distribution,
        "series of counts, 36 months, uneven": _counts,
        "shares before and after, 40 people": _paired,
        "survey weighed by what is known of all": _calibrated,
        "difference-in-differences, 40 places": _staggered,
    }
    return [_covered(name, case, rounds) for name, case in cases.items()]


def _covered(name: str, case: Callable[[np.random.Generator], Limits], rounds: int) -> Figure:
    """The share of rounds whose interval held the truth; three standard errors of the simulation are allowed below."""
    held = 0
    for seed in range(rounds):
        truth, low, high = case(np.random.default_rng(seed))
        held += int(low <= truth <= high)
    share, slack = held / rounds, 3 * (NOMINAL * (1 - NOMINAL) / rounds) ** 0.5
    least = NOMINAL - 0.02 - slack
    asked = f"at least {least:.3f} of {rounds} rounds"
    holds = None if case is _predicted else share >= least
    note = "known to be short with few studies: the pool flags it below ten" if holds is None else ""
    return Figure(f"coverage: {name}", share, NOMINAL, "share", share / NOMINAL, asked, holds, note)


def _means(random: np.random.Generator) -> Limits:
    treated = np.arange(30) < 15
    estimate = difference_in_means(random.gamma(2.0, 5.0, 30) + 3.0 * treated, treated)
    return 3.0, estimate.low or 0.0, estimate.high or 0.0


def _shares(random: np.random.Generator) -> Limits:
    treated = np.arange(80) < 40
    outcome = (random.random(80) < np.where(treated, 0.1, 0.25)).astype(np.float64)
    if np.ptp(outcome) == 0:
        return 0.0, 0.0, 0.0
    estimate = difference_in_shares(outcome, treated)
    return -0.15, estimate.low or 0.0, estimate.high or 0.0


def _clusters(random: np.random.Generator) -> Limits:
    sizes = random.integers(5, 40, 12)
    place = np.repeat(np.arange(12), sizes)
    arm = place % 2 == 1
    outcome = random.normal(0, 2, 12)[place] + random.normal(0, 5, len(place)) + 2.0 * arm
    estimate = difference_between_clusters(outcome, arm, clusters=place, seed=1, draws=9).estimate
    return 2.0, estimate.low or 0.0, estimate.high or 0.0


def _series(random: np.random.Generator) -> Limits:
    errors = np.zeros(24)
    for month in range(24):
        errors[month] = 0.3 * errors[month - 1] * (month > 0) + random.normal()
    months = np.arange(24.0)
    estimate = segmented_regression(10 + errors + 2.0 * (months >= 12), periods=months, start=12.0).level
    return 2.0, estimate.low or 0.0, estimate.high or 0.0


def _effects(random: np.random.Generator) -> tuple[Floats, Floats, float]:
    """Six places' effects about -1, their variances, and the true effect in a seventh."""
    variances = random.uniform(0.05, 0.5, 6)
    truths = random.normal(-1.0, 0.5, 7)
    return truths[:6] + random.normal(size=6) * np.sqrt(variances), variances, float(truths[6])


def _pooled(random: np.random.Generator) -> Limits:
    effects, variances, _ = _effects(random)
    headline = pool(effects, variances).headline
    return -1.0, headline.low or 0.0, headline.high or 0.0


def _predicted(random: np.random.Generator) -> Limits:
    effects, variances, following = _effects(random)
    prediction = pool(effects, variances).prediction
    if prediction is None:
        raise AssertionError("six studies have a prediction")
    return following, prediction.low or 0.0, prediction.high or 0.0


def _predicted_by_distribution(random: np.random.Generator) -> Limits:
    effects, variances, following = _effects(random)
    prediction = pool(effects, variances).prediction_distribution
    if prediction is None:
        raise AssertionError("six studies have a prediction")
    return following, prediction.low or 0.0, prediction.high or 0.0


def _counts(random: np.random.Generator) -> Limits:
    """About 40 a month, three times as uneven as chance makes them, neighbours alike by 0.3; a third fewer."""
    months, errors = np.arange(36.0), np.zeros(36)
    for month in range(36):
        errors[month] = 0.3 * errors[month - 1] * (month > 0) + random.normal() * 0.91**0.5
    spread = (2.0 / 40) ** 0.5
    counts = random.poisson(40 * np.where(months >= 18, 2 / 3, 1.0) * np.exp(spread * errors - spread**2 / 2))
    own = Counted(counts=counts.astype(np.float64), periods=months, exposed=np.full(36, 100.0))
    level = segmented_counts(own, start=18.0).level
    return 2 / 3, level.low or 0.0, level.high or 0.0


def _paired(random: np.random.Generator) -> Limits:
    before = (random.random(40) < 0.5).astype(np.float64)
    after = np.where(random.random(40) < 0.6, before, (random.random(40) < 0.7).astype(np.float64))
    change = paired_shares(before, after)
    return 0.08, change.low or 0.0, change.high or 0.0


def _calibrated(random: np.random.Generator) -> Limits:
    """600 of 5,000 drawn; whether one answers, and what, both hang on a number that is known of all drawn."""
    known = random.normal(size=5_000)
    values = 2 + 1.5 * known + random.normal(size=5_000)
    drawn = random.choice(5_000, 600, replace=False)
    answers = random.random(600) < 1 / (1 + np.exp(-(0.3 + 0.8 * known[drawn])))
    mean = survey_mean(
        np.where(answers, values[drawn], np.nan), population=np.full(600, 5e3), known_of_all=known[drawn][:, None]
    ).estimate
    return float(values.mean()), mean.low or 0.0, mean.high or 0.0


def _staggered(random: np.random.Generator) -> Limits:
    first = np.concatenate([np.full(10, 3), np.full(10, 5), np.full(20, 8)])
    since = np.arange(8) - first[:, None]
    values = random.normal(0, 2, (40, 1)) + random.normal(size=(40, 8)) + np.where(since >= 0, 1.5, 0.0)
    average = staggered_differences(values, first).average
    return 1.5, average.low or 0.0, average.high or 0.0
