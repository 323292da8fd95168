"""The stepped wedge against regression, and its test and interval against each other."""

import numpy as np
import pytest
import statsmodels.api as sm

from genklang.evaluate import EvaluationError
from genklang.evaluate.arrays import Floats, Ints
from genklang.evaluate.stepped import stepped_wedge


def wedge(seed: int, groups: int = 12, periods: int = 5, effect: float = -2.0) -> tuple[Floats, Ints]:
    """Groups that begin in random order, with lasting differences and memory from period to period."""
    random = np.random.default_rng(seed)
    first = random.permutation(np.arange(groups) % (periods - 1) + 1)
    on = np.arange(periods) >= first[:, None]
    drift = random.normal(size=(groups, periods)).cumsum(axis=1)
    return 20 + random.normal(0, 3, (groups, 1)) + drift + np.arange(periods) + effect * on, first


@pytest.mark.parametrize("seed", range(3))
def test_the_estimate_is_the_regression_on_group_and_period(seed: int) -> None:
    values, first = wedge(seed)
    groups, periods = values.shape
    on = (np.arange(periods) >= first[:, None]).astype(float).ravel()
    of_group = np.repeat(np.eye(groups), periods, axis=0)
    of_period = np.tile(np.eye(periods), (groups, 1))[:, 1:]
    fit = sm.OLS(values.ravel(), np.column_stack([on, of_group, of_period])).fit()
    assert stepped_wedge(values, first, draws=99).estimate.value == pytest.approx(fit.params[0])


def test_lots_find_nothing_where_nothing_is() -> None:
    """Memory within groups makes a regression's own p-value far too small; the lots do not mind."""
    by_lot = sum((stepped_wedge(*wedge(seed, effect=0.0), draws=400).estimate.p or 1) <= 0.05 for seed in range(200))
    assert by_lot <= 19  # 10 expected


def test_intervals_hold_what_was_put_in() -> None:
    held = 0
    for seed in range(100):
        estimate = stepped_wedge(*wedge(seed), draws=400).estimate
        held += int((estimate.low or 0) <= -2.0 <= (estimate.high or 0))
    assert held >= 88


def test_interval_and_test_are_one() -> None:
    values, first = wedge(5)
    estimate = stepped_wedge(values, first, draws=2000).estimate
    on = np.arange(values.shape[1]) >= first[:, None]
    for edge in (estimate.low or 0, estimate.high or 0):
        towards = np.sign(estimate.value - edge) * 0.02
        inside = stepped_wedge(values - (edge + towards) * on, first, draws=2000).estimate.p or 0
        outside = stepped_wedge(values - (edge - towards) * on, first, draws=2000).estimate.p or 1
        assert outside <= 0.055 < inside + 0.02
        assert outside <= inside


def test_nobody_beginning_within_the_time_is_refused() -> None:
    with pytest.raises(EvaluationError, match="nobody begins"):
        stepped_wedge(np.random.default_rng(1).normal(size=(6, 4)), np.array([0, 0, 0, 4, 4, 4]))


def test_one_start_for_all_is_refused() -> None:
    with pytest.raises(EvaluationError, match="1 different starts"):
        stepped_wedge(np.random.default_rng(1).normal(size=(6, 4)), np.full(6, 2))
