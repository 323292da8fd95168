"""Means against scipy and statsmodels, and the refusals."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from genklang.evaluate import EvaluationError, difference_in_means
from genklang.evaluate.arrays import Bools, Floats, Ints


def people(seed: int, n: int = 60) -> tuple[Floats, Bools, Ints, Floats]:
    """Outcome, treated, four strata that matter, and two covariates that do."""
    random = np.random.default_rng(seed)
    strata = random.integers(0, 4, n)
    treated = random.random(n) < 0.4
    covariates = random.normal(size=(n, 2))
    outcome = 10 + 2 * strata - 3 * treated + covariates @ [1.5, -2.0] + random.normal(size=n)
    return outcome, treated, strata, covariates


def test_one_stratum_is_welch() -> None:
    outcome, treated, _, _ = people(1)
    oracle = stats.ttest_ind(outcome[treated], outcome[~treated], equal_var=False)
    low, high = oracle.confidence_interval(0.9)
    estimate = difference_in_means(outcome, treated, confidence=0.9)
    assert estimate.method.id == "welch"
    assert estimate.value == pytest.approx(outcome[treated].mean() - outcome[~treated].mean(), abs=1e-12)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=1e-12)
    assert estimate.p == pytest.approx(oracle.pvalue, rel=1e-10)
    assert estimate.degrees_of_freedom == pytest.approx(oracle.df)


def test_strata_weigh_as_regression_with_dummies_does() -> None:
    outcome, treated, strata, _ = people(2)
    dummies = (strata[:, None] == np.unique(strata)).astype(float)
    oracle = sm.OLS(outcome, np.column_stack([treated, dummies])).fit(cov_type="HC2")
    estimate = difference_in_means(outcome, treated, strata=strata)
    assert estimate.value == pytest.approx(oracle.params[0], abs=1e-12)
    assert estimate.standard_error == pytest.approx(oracle.bse[0], rel=0.1)
    assert estimate.method.id == "stratified_means"


def test_strata_of_words_and_of_numbers_are_the_same() -> None:
    outcome, treated, strata, _ = people(3)
    words = np.array(["norr", "söder", "öst", "väst"])[strata]
    assert difference_in_means(outcome, treated, strata=words) == difference_in_means(
        outcome, treated, strata=strata[:]
    )


def test_pairs_are_the_paired_t_test() -> None:
    random = np.random.default_rng(4)
    first, second = random.normal(size=(2, 15)) + np.arange(15)
    oracle = stats.ttest_rel(first, second)
    pairs = np.tile(np.arange(15), 2)
    estimate = difference_in_means(np.concatenate([first, second]), np.arange(30) < 15, strata=pairs)
    assert estimate.method.id == "matched_pairs"
    assert estimate.p == pytest.approx(oracle.pvalue, rel=1e-10)
    assert estimate.low == pytest.approx(oracle.confidence_interval().low, abs=1e-12)


def test_covariates_are_ancova_with_hc3_errors() -> None:
    outcome, treated, strata, covariates = people(5)
    dummies = (strata[:, None] == np.arange(1, 4)).astype(float)
    design = np.column_stack([np.ones(len(outcome)), treated, dummies, covariates])
    oracle = sm.OLS(outcome, design).fit(cov_type="HC3", use_t=True)
    estimate = difference_in_means(outcome, treated, strata=strata, covariates=covariates)
    assert estimate.value == pytest.approx(oracle.params[1], abs=1e-10)
    assert (estimate.low, estimate.high) == pytest.approx(tuple(oracle.conf_int()[1]), abs=1e-10)
    assert estimate.p == pytest.approx(oracle.pvalues[1], rel=1e-8)


def test_a_covariate_said_twice_changes_nothing() -> None:
    outcome, treated, _, covariates = people(6)
    once = difference_in_means(outcome, treated, covariates=covariates)
    twice = difference_in_means(outcome, treated, covariates=np.column_stack([covariates, covariates * 7 + 3]))
    assert twice.value == pytest.approx(once.value, abs=1e-12)
    assert twice.degrees_of_freedom == once.degrees_of_freedom


@pytest.mark.parametrize(
    ("outcome", "treated", "says"),
    [
        ([1.0, 2, 3, 4], [0, 0, 0, 0], "too few people"),
        ([1.0, 2, 3, 4], [1, 0, 0, 0], "too few people"),
        ([5.0, 5, 5, 5], [1, 1, 0, 0], "the outcome is 5 for everybody"),
        ([5.0, 5, 9, 9], [1, 1, 0, 0], "the same arm has the same outcome"),
        ([1.0, np.nan, 3, 4], [1, 1, 0, 0], "missing or beyond reason"),
        ([1.0, np.inf, 3, 4], [1, 1, 0, 0], "missing or beyond reason"),
    ],
)
def test_what_cannot_be_compared_is_refused(outcome: list[float], treated: list[int], says: str) -> None:
    with pytest.raises(EvaluationError, match=says):
        difference_in_means(np.array(outcome), np.array(treated, dtype=bool))


def test_strata_without_overlap_are_refused() -> None:
    with pytest.raises(EvaluationError, match="no stratum has people in both arms"):
        difference_in_means(np.array([1.0, 2, 3, 4]), np.array([1, 1, 0, 0], bool), strata=np.array([1, 1, 2, 2]))


def test_intervals_cover_at_their_level() -> None:
    """Skewed, unequal spreads, small strata: the true difference of 2 lies within in about 95 of 100."""
    random = np.random.default_rng(7)
    strata = np.repeat(np.arange(6), 10)
    hits = 0
    for _ in range(500):
        treated = np.tile([True, False], 30)
        outcome = (strata + np.where(treated, 2 + random.normal(0, 3, 60), random.exponential(1, 60) - 1)).astype(float)
        estimate = difference_in_means(outcome, treated, strata=strata)
        assert estimate.low is not None
        assert estimate.high is not None
        hits += estimate.low <= 2 <= estimate.high
    assert 0.92 <= hits / 500 <= 0.98
