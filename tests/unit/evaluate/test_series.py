"""Interrupted series against statsmodels, and what was put in."""

import numpy as np
import pytest
import statsmodels.api as sm

from genklang.evaluate import EvaluationError, segmented_regression
from genklang.evaluate.arrays import Floats


def series(seed: int, n: int = 48, season: bool = False) -> tuple[Floats, Floats]:
    """A level change of -8 and a slope change of -0.5 at period 24, and noise that remembers."""
    random = np.random.default_rng(seed)
    periods = np.arange(n, dtype=float)
    noise = np.zeros(n)
    for period in range(1, n):
        noise[period] = 0.4 * noise[period - 1] + random.normal()
    after = periods >= 24
    wave = 5 * np.sin(2 * np.pi * periods / 12) if season else 0
    return 50 + 0.3 * periods - 8 * after - 0.5 * (periods - 24) * after + noise + wave, periods


def test_the_second_method_is_statsmodels_newey_west() -> None:
    values, periods = series(1)
    after = (periods >= 24).astype(float)
    design = np.column_stack([np.ones(48), periods, after, (periods - 24) * after])
    oracle = sm.OLS(values, design).fit(cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": True}, use_t=True)
    found = segmented_regression(values, periods=periods, start=24)
    assert found.lags == 3
    for estimate, place in ((found.second[1], 2), (found.second[2], 3)):
        assert estimate.value == pytest.approx(oracle.params[place], abs=1e-9)
        assert (estimate.low, estimate.high) == pytest.approx(tuple(oracle.conf_int()[place]), abs=1e-8)
        assert estimate.p == pytest.approx(oracle.pvalues[place], rel=1e-6)


def test_what_was_put_in_comes_out() -> None:
    values, periods = series(2, n=120, season=True)
    found = segmented_regression(values, periods=periods, start=24, season=12)
    assert found.level.value == pytest.approx(-8, abs=2)
    assert found.slope.value == pytest.approx(-0.5, abs=0.1)
    assert found.horizon == 24
    assert found.average.value == pytest.approx(-8 - 0.5 * (23 / 2), abs=3)
    assert found.average.value == pytest.approx(float((found.fitted - found.expected)[24:48].mean()), abs=1e-9)


def test_the_horizon_says_how_far_ahead_the_average_looks() -> None:
    values, periods = series(2)
    far, near = (segmented_regression(values, periods=periods, start=24, horizon=each) for each in (24, 1))
    assert far.average == segmented_regression(values, periods=periods, start=24).average
    assert near.average.value == pytest.approx(near.level.value)
    with pytest.raises(EvaluationError, match="the horizon 25 is outside the series"):
        segmented_regression(values, periods=periods, start=24, horizon=25)


def test_the_season_narrows_the_interval() -> None:
    values, periods = series(3, season=True)
    plain, seasonal = (segmented_regression(values, periods=periods, start=24, season=each) for each in (None, 12))
    assert (seasonal.slope.standard_error or 0) < (plain.slope.standard_error or 0)


def test_given_the_autocorrelation_the_fit_is_generalised_least_squares() -> None:
    values, periods = series(1)
    keep = np.delete(np.arange(48), [5, 6, 30])
    values, periods = values[keep], periods[keep]
    after = (periods >= 24).astype(float)
    design = np.column_stack([np.ones(45), periods - 24, after, (periods - 24) * after])
    found = segmented_regression(values, periods=periods, start=24)
    correlation = found.autocorrelation ** np.abs(periods[:, None] - periods)
    oracle = sm.GLS(values, design, sigma=correlation).fit()
    assert found.level.value == pytest.approx(oracle.params[2], abs=1e-8)
    assert found.slope.standard_error == pytest.approx(oracle.bse[3], rel=1e-8)


def test_the_autocorrelation_is_the_restricted_likelihoods() -> None:
    """Against the likelihood written out with whole matrices."""
    values, periods = series(4)
    after = (periods >= 24).astype(float)
    design = np.column_stack([np.ones(48), periods - 24, after, (periods - 24) * after])

    def criterion(r: float) -> float:
        correlation = r ** np.abs(periods[:, None] - periods)
        inverse = np.linalg.inv(correlation)
        middle = design.T @ inverse @ design
        rest = inverse - inverse @ design @ np.linalg.inv(middle) @ design.T @ inverse
        determinants = np.linalg.slogdet(correlation)[1] + np.linalg.slogdet(middle)[1]
        return float(44 * np.log(values @ rest @ values) + determinants)

    grid = np.linspace(0.01, 0.9, 900)
    oracle = grid[np.argmin([criterion(r) for r in grid])]
    assert segmented_regression(values, periods=periods, start=24).autocorrelation == pytest.approx(oracle, abs=2e-3)


def test_intervals_cover_at_their_level_where_newey_wests_do_not() -> None:
    hits = np.zeros(2)
    for seed in range(200):
        values, periods = series(seed, n=60)
        found = segmented_regression(values, periods=periods, start=24)
        for place, level in enumerate((found.level, found.second[1])):
            hits[place] += (level.low or 0) <= -8 <= (level.high or 0)
    assert 0.90 <= hits[0] / 200 <= 0.99
    assert hits[1] < hits[0]


@pytest.mark.parametrize(
    ("values", "periods", "start", "says"),
    [
        ([1.0, 4, 2, 5, 3, 6], range(6), 3, "only 3 measurements before the start"),
        ([1.0, 4, 2, 5, 3, 6, 4, 2], [0, 1, 2, 3, 5, 4, 6, 7], 4, "out of order"),
        ([1.0, 4, 2, 5, 3, 6, 4, 2], [0, 1, 2, 3, 4, 4, 6, 7], 4, "stands twice"),
        ([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10], range(10), 5, "exactly on straight lines"),
        ([1.0, 4, np.nan, 5, 3, 6, 4, 2], range(8), 4, "missing"),
    ],
)
def test_what_is_no_series_is_refused(values: list[float], periods: range | list[int], start: float, says: str) -> None:
    with pytest.raises(EvaluationError, match=says):
        segmented_regression(np.array(values), periods=np.array(periods, float), start=start)
