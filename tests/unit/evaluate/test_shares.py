"""Shares against statsmodels and figures in print."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from genklang.evaluate import EvaluationError, difference_in_shares, one_share, wilson
from genklang.evaluate.arrays import Bools, Floats


def arms(x1: int, n1: int, x0: int, n0: int) -> tuple[Floats, Bools]:
    """People from the counts of a fourfold table."""
    outcome = np.repeat([1.0, 0.0, 1.0, 0.0], [x1, n1 - x1, x0, n0 - x0])
    return outcome, np.repeat([True, False], [n1, n0])


# Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10
@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0000),
    ],
)
def test_newcombe_as_printed(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    if counts[0] == counts[2] == 0:
        with pytest.raises(EvaluationError, match="the outcome is 0 for everybody"):
            difference_in_shares(*arms(*counts))
        return
    estimate = difference_in_shares(*arms(*counts))
    assert estimate.low == pytest.approx(low, abs=5e-5)
    assert estimate.high == pytest.approx(high, abs=5e-5)


@pytest.mark.parametrize("counts", [(48, 216, 66, 216), (1, 9, 8, 30), (20, 20, 3, 40)])
def test_newcombe_as_statsmodels(counts: tuple[int, int, int, int]) -> None:
    estimate = difference_in_shares(*arms(*counts), confidence=0.9)
    oracle = confint_proportions_2indep(*counts, method="newcomb", compare="diff", alpha=0.1)
    assert (estimate.low, estimate.high) == pytest.approx(oracle, abs=1e-12)


def test_wilson_as_printed() -> None:
    """Newcombe (1998), Statistics in Medicine 17:857-872: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    low, high = wilson(np.array([81.0, 15, 0, 1]), np.array([263.0, 148, 20, 29]))
    assert low == pytest.approx([0.2553, 0.0624, 0.0000, 0.0061], abs=5e-5)
    assert high == pytest.approx([0.3662, 0.1605, 0.1611, 0.1718], abs=5e-5)


def test_one_share_has_the_exact_p_value() -> None:
    estimate = one_share(81, 100, target=0.9)
    assert estimate.p == pytest.approx(stats.binomtest(81, 100, 0.9).pvalue)
    assert estimate.per_hundred is not None
    assert estimate.per_hundred.value == pytest.approx(81)


@pytest.mark.parametrize(("events", "n"), [(3, 0), (5, 4), (-1, 4)])
def test_impossible_counts_are_refused(events: int, n: int) -> None:
    with pytest.raises(EvaluationError, match="is no share"):
        one_share(events, n)


def stratified() -> tuple[Floats, Bools, Floats]:
    """Three strata with different risks; Mantel-Haenszel by hand beside."""
    tables = [(10, 50, 15, 40), (4, 20, 9, 30), (30, 60, 35, 55)]
    outcomes, treated = zip(*(arms(*table) for table in tables), strict=True)
    return np.concatenate(outcomes), np.concatenate(treated), np.repeat([1.0, 2, 3], [90, 50, 115])


def test_mantel_haenszel_by_hand() -> None:
    outcome, treated, strata = stratified()
    weights = np.array([50 * 40 / 90, 20 * 30 / 50, 60 * 55 / 115])
    differences = np.array([10 / 50 - 15 / 40, 4 / 20 - 9 / 30, 30 / 60 - 35 / 55])
    estimate = difference_in_shares(outcome, treated, strata=strata)
    assert estimate.method.id == "mantel_haenszel"
    assert estimate.value == pytest.approx(weights @ differences / weights.sum(), abs=1e-12)


def test_sato_is_near_the_binomial_variance_in_large_strata() -> None:
    outcome, treated, strata = stratified()
    outcome, treated, strata = np.tile(outcome, 20), np.tile(treated, 20), np.tile(strata, 20)
    weights, parts = [], []
    for stratum in (1, 2, 3):
        ones, zeros = (outcome[(strata == stratum) & (treated == arm)] for arm in (True, False))
        weights.append(len(ones) * len(zeros) / (len(ones) + len(zeros)))
        parts.append(ones.var() / len(ones) + zeros.var() / len(zeros))
    binomial = np.sqrt(np.square(weights) @ parts) / np.sum(weights)
    assert difference_in_shares(outcome, treated, strata=strata).standard_error == pytest.approx(binomial, rel=0.02)


def test_all_against_nothing_in_every_stratum_keeps_an_interval() -> None:
    outcome = np.tile([1.0, 1.0, 0.0, 0.0], 2)
    estimate = difference_in_shares(outcome, outcome == 1, strata=np.repeat([1, 2], 4))
    assert estimate.method.id == "stratified_newcombe"
    assert estimate.value == 1
    assert estimate.high == 1
    assert estimate.low is not None
    assert 0 < estimate.low < 0.9


@pytest.mark.parametrize("pairs", [False, True])
def test_stratified_intervals_cover_at_their_level(pairs: bool) -> None:
    """Few large strata, and many of two people each: 95 of 100 hold the true difference of 0.2."""
    random = np.random.default_rng(11)
    strata = np.repeat(np.arange(100), 2) if pairs else np.repeat(np.arange(4), 50)
    base = 0.1 + 0.4 * strata / strata.max()
    treated = np.tile([True, False], 100)
    hits = 0
    for _ in range(500):
        outcome = (random.random(200) < base + 0.2 * treated).astype(float)
        estimate = difference_in_shares(outcome, treated, strata=strata)
        assert estimate.low is not None
        assert estimate.high is not None
        hits += estimate.low <= 0.2 <= estimate.high
    assert 0.92 <= hits / 500 <= 0.98
