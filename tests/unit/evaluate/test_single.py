"""One mean, and change within the same people, against scipy."""

import numpy as np
import pytest
from scipy import stats

from genklang.evaluate import EvaluationError, one_mean, paired_change


def test_one_mean_is_students() -> None:
    values = np.random.default_rng(1).normal(7, 2, 25)
    oracle = stats.ttest_1samp(values, 6.5)
    estimate = one_mean(values, target=6.5, confidence=0.9)
    assert estimate.p == pytest.approx(oracle.pvalue, rel=1e-10)
    low, high = oracle.confidence_interval(0.9)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=1e-12)


def test_paired_change_is_the_paired_t_test() -> None:
    before, after = np.random.default_rng(2).normal(size=(2, 12))
    oracle = stats.ttest_rel(after, before)
    estimate = paired_change(before, after)
    assert estimate.p == pytest.approx(oracle.pvalue, rel=1e-10)
    assert estimate.value == pytest.approx((after - before).mean())


@pytest.mark.parametrize(("values", "says"), [([3.0], "too few"), ([3.0, 3.0], "for everybody"), ([], "missing")])
def test_no_spread_is_refused(values: list[float], says: str) -> None:
    with pytest.raises(EvaluationError, match=says):
        one_mean(np.array(values))
