"""Before and after in shares, by several raters, and rates: against printed figures, scipy and what was put in."""

import numpy as np
import pytest
from scipy import stats

from genklang.evaluate import evaluate_table
from genklang.evaluate.paired import paired_shares, per_person
from genklang.evaluate.single import one_rate


def pairs(both: int, up: int, down: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    after = np.repeat([1.0, 1.0, 0.0, 0.0], [both, up, down, neither])
    before = np.repeat([1.0, 0.0, 1.0, 0.0], [both, up, down, neither])
    return before, after


def test_the_p_value_is_mcnemars_exact() -> None:
    found = paired_shares(*pairs(10, 12, 3, 25))
    assert found.value == pytest.approx(9 / 50)
    assert found.p == pytest.approx(stats.binomtest(12, 15).pvalue)


@pytest.mark.parametrize("cells", [(36, 12, 2, 0), (1, 0, 0, 53), (0, 29, 1, 24), (0, 30, 0, 24)])
def test_newcombes_limits_stay_within_bounds_and_hold_the_share(cells: tuple[int, int, int, int]) -> None:
    found = paired_shares(*pairs(*cells))
    assert -1 <= (found.low or 0) <= found.value <= (found.high or 0) <= 1


def test_intervals_of_paired_shares_hold_as_often_as_they_say() -> None:
    random, held = np.random.default_rng(1), 0
    for _ in range(300):
        before = (random.random(40) < 0.5).astype(float)
        after = np.where(random.random(40) < 0.6, before, (random.random(40) < 0.7).astype(float))
        found = paired_shares(before, after)
        held += (found.low or 9) <= 0.08 <= (found.high or -9)
    assert held >= 273  # 0.4 × (0.7 − 0.5) = 0.08; of 300, at 95 in 100 fewer come once in 1,000 times


def test_people_are_counted_and_not_ratings() -> None:
    random = np.random.default_rng(2)
    people = np.repeat(np.arange(15), 4)
    change = random.normal(1, 2, 15)[people] + random.normal(0, 0.5, 60)
    before = random.normal(10, 1, 60)
    rated = per_person(before, before + change, people)
    assert rated.icc > 0.7
    finding = evaluate_table(
        {"b": before, "a": before + change, "p": people}, design="before_after", before="b", outcome="a", cluster="p"
    )
    means = np.array([change[people == person].mean() for person in range(15)])
    oracle = stats.ttest_1samp(means, 0)
    assert finding.p == pytest.approx(oracle.pvalue)
    assert finding.estimate.degrees_of_freedom == 14
    assert finding.flow is not None
    assert (finding.flow.arms[0].allocated, dict(finding.settings)["ratings"]) == (15, 60)


def test_a_share_before_and_after_is_told_per_hundred() -> None:
    before, after = pairs(10, 12, 3, 25)
    finding = evaluate_table(
        {"b": before, "a": after, "g": ["x", "y"] * 25},
        design="before_after",
        before="b",
        outcome="a",
        subgroups="g",
        better="higher",
    )
    assert finding.per_hundred is not None
    assert finding.per_hundred.value == pytest.approx(18)
    assert finding.subgroups[0].interaction is not None


def test_one_row_of_counts_has_the_exact_limits() -> None:
    """Garwood's limits by way of chi-squared."""
    found, dispersion = one_rate(np.array([7.0]), np.array([100.0]), target=0.1)
    assert (found.low, found.high) == pytest.approx((stats.chi2.ppf(0.025, 14) / 200, stats.chi2.ppf(0.975, 16) / 200))
    assert found.p == pytest.approx(min(1, 2 * stats.poisson.cdf(7, 10)))
    assert dispersion == 1


def test_uneven_rows_widen_the_interval() -> None:
    exposed = np.full(6, 100.0)
    even, uneven = (one_rate(np.array(c, dtype=float), exposed) for c in ([9, 10, 11, 10, 9, 11], [1, 25, 2, 22, 3, 7]))
    assert even[0].value == uneven[0].value
    assert (uneven[0].high or 0) > (even[0].high or 9)
    assert uneven[1] > 5 > even[1]


def test_no_events_still_have_an_upper_limit() -> None:
    found, _ = one_rate(np.zeros(4), np.full(4, 50.0))
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(-np.log(0.025) / 200)
