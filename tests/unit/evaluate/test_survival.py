"""Survival against lifelines and statsmodels, on the trial of financial aid and on made-up data with ties."""

import numpy as np
import pytest
import statsmodels.api as sm
from lifelines import KaplanMeierFitter
from lifelines.datasets import load_rossi
from lifelines.statistics import logrank_test
from lifelines.utils import median_survival_times, restricted_mean_survival_time

from genklang.evaluate import EvaluationError, compare_survival, kaplan_meier, log_rank
from genklang.evaluate.arrays import Bools, Floats


def made_up(seed: int, n: int = 80) -> tuple[Floats, Bools, Bools]:
    """Whole weeks, so with ties, and a third censored."""
    random = np.random.default_rng(seed)
    treated = random.permutation(n) < n // 2
    time = np.ceil(random.exponential(np.where(treated, 20, 12))).clip(1, 40)
    return time, (random.random(n) < 0.7) & (time < 40), treated


def rossi() -> tuple[Floats, Bools, Bools]:
    data = load_rossi()
    return data["week"].to_numpy(float), data["arrest"].to_numpy() == 1, data["fin"].to_numpy() == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_curve_is_lifelines(seed: int) -> None:
    time, event, _ = made_up(seed)
    curve = kaplan_meier(time, event)
    oracle = KaplanMeierFitter().fit(time, event)
    limits = oracle.confidence_interval_survival_function_.loc[curve.times].to_numpy()
    assert curve.survival == pytest.approx(oracle.survival_function_at_times(curve.times).to_numpy(), abs=1e-12)
    assert curve.low == pytest.approx(limits[:, 0], abs=1e-6)
    assert curve.high == pytest.approx(limits[:, 1], abs=1e-6)
    assert curve.median == median_survival_times(oracle.survival_function_)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_log_rank_is_lifelines(seed: int) -> None:
    time, event, treated = made_up(seed)
    oracle = logrank_test(time[treated], time[~treated], event[treated], event[~treated])
    found = log_rank(time, event, treated)
    assert found.statistic == pytest.approx(oracle.test_statistic, rel=1e-9)
    assert found.p == pytest.approx(oracle.p_value, rel=1e-9)


def test_stratified_log_rank_is_statsmodels() -> None:
    time, event, treated = made_up(4, 120)
    strata = np.arange(120) % 3
    statistic, p = sm.duration.survdiff(time, event.astype(int), treated, strata=strata)
    found = log_rank(time, event, treated, strata=strata)
    assert (found.statistic, found.p) == pytest.approx((statistic, p), rel=1e-9)


def test_restricted_mean_is_lifelines() -> None:
    time, event, _ = made_up(5)
    mean, _ = kaplan_meier(time, event).restricted_mean(25.0)
    oracle = restricted_mean_survival_time(KaplanMeierFitter().fit(time, event), t=25.0)
    assert mean == pytest.approx(oracle, abs=1e-9)


def test_without_censoring_the_restricted_mean_is_a_plain_mean() -> None:
    time = np.random.default_rng(6).exponential(10, 200)
    mean, variance = kaplan_meier(time, np.ones(200, bool)).restricted_mean(8.0)
    assert mean == pytest.approx(time.clip(0, 8).mean(), abs=1e-9)
    assert variance == pytest.approx(time.clip(0, 8).var() / 200, rel=1e-9)


def test_the_trial_of_financial_aid() -> None:
    result = compare_survival(*rossi())
    assert result.horizon == 52
    assert result.difference.value == pytest.approx(48 / 216 - 66 / 216, abs=1e-12)
    assert result.difference.low == pytest.approx(-0.166, abs=5e-4)
    assert result.difference.high == pytest.approx(0.000, abs=5e-4)
    assert result.log_rank.p == pytest.approx(0.0501, abs=5e-5)
    assert result.treated.median is None


def test_an_arm_without_events_keeps_an_honest_interval() -> None:
    time = np.array([5.0, 8, 9, 10, 10, 10, 10, 10])
    event = np.array([1, 1, 1, 0, 0, 0, 0, 0], dtype=bool)
    treated = np.arange(8) >= 4
    result = compare_survival(time, event, treated)
    assert result.treated.at(10)[0] == 1
    assert result.treated.at(10)[1] < 0.6
    assert result.difference.low is not None
    assert result.difference.low < -0.75 < (result.difference.high or 0)


def test_when_everybody_has_the_event_the_limits_stay_within_bounds() -> None:
    curve = kaplan_meier(np.array([1.0, 2, 3]), np.ones(3, bool))
    assert curve.survival[-1] == 0
    assert curve.low[-1] == 0
    assert 0 < curve.high[-1] <= 1


def test_swapping_the_arms_flips_the_difference() -> None:
    time, event, treated = made_up(7)
    one, other = compare_survival(time, event, treated).difference, compare_survival(time, event, ~treated).difference
    assert one.value == pytest.approx(-other.value)
    assert (one.low, one.high) == pytest.approx((-(other.high or 0), -(other.low or 0)))


@pytest.mark.parametrize(
    ("time", "event", "treated", "horizon", "says"),
    [
        ([1, 2, 3], [0, 0, 0], [1, 0, 1], None, "nobody has had the event"),
        ([1, 2, 3], [1, 0, 0], [1, 1, 1], None, "an arm is empty"),
        ([1, -2, 3], [1, 0, 0], [1, 0, 1], None, "missing or negative"),
        ([0, 0, 0], [1, 0, 0], [1, 0, 1], None, "every time is zero"),
        ([1, 2, 3], [1, 0, 0], [1, 0, 1], 9.0, "the horizon 9 is outside"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    time: list[float], event: list[int], treated: list[int], horizon: float | None, says: str
) -> None:
    with pytest.raises(EvaluationError, match=says):
        compare_survival(np.array(time, float), np.array(event, bool), np.array(treated, bool), horizon=horizon)
