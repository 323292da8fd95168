"""Interrupted series of counts against statsmodels, and what was put in."""

import numpy as np
import pytest
import statsmodels.api as sm

from genklang.evaluate import EvaluationError, evaluate_table
from genklang.evaluate.arrays import Floats
from genklang.evaluate.counts import Counted, segmented_counts


def counted(seed: int, *, ratio: float = 0.6, dispersion: float = 3.0, n: int = 60, start: int = 30) -> Counted:
    """About 40 events a period per 1,000 exposed, `ratio` times as many from `start` on, more uneven than chance."""
    random = np.random.default_rng(seed)
    exposed = random.uniform(800, 1200, n)
    mean = 0.04 * exposed * np.where(np.arange(n) >= start, ratio, 1.0)
    shape = mean / (dispersion - 1)
    counts = random.poisson(random.gamma(shape, mean / shape)).astype(np.float64)
    return Counted(counts=counts, periods=np.arange(float(n)), exposed=exposed)


def design_of(periods: Floats, start: float) -> Floats:
    after = periods >= start
    return np.column_stack([np.ones(len(periods)), periods - start, after, np.where(after, periods - start, 0.0)])


def test_without_memory_it_is_the_quasi_poisson_fit() -> None:
    own = counted(1)
    model = sm.GLM(own.counts, design_of(own.periods, 30), sm.families.Poisson(), offset=np.log(own.exposed))
    oracle = model.fit(scale="X2")
    found = segmented_counts(own, start=30, autocorrelation=0.0)
    for estimate, place in ((found.level, 2), (found.slope, 3)):
        assert np.log(estimate.value) == pytest.approx(oracle.params[place], abs=1e-9)
        assert estimate.standard_error == pytest.approx(oracle.bse[place], rel=1e-8)
    assert found.dispersion == pytest.approx(oracle.scale, rel=1e-8)
    assert found.fitted == pytest.approx(oracle.fittedvalues, rel=1e-8)


def test_the_second_method_is_statsmodels_newey_west() -> None:
    own = counted(2)
    model = sm.GLM(own.counts, design_of(own.periods, 30), sm.families.Poisson(), offset=np.log(own.exposed))
    oracle = model.fit(cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": True})
    found = segmented_counts(own, start=30, horizon=1, autocorrelation=0.0)
    assert found.lags == 3
    assert found.second.p == pytest.approx(2 * sm.stats.stattools.stats.t.sf(abs(oracle.tvalues[2]), 56), rel=1e-6)


def test_difference_and_ratio_say_the_same() -> None:
    found = segmented_counts(counted(3), start=30, per_exposed=True)
    assert found.ratio.value == pytest.approx(found.fitted[30:].sum() / found.expected[30:].sum())
    assert (found.average.high or 0) < 0
    assert (found.ratio.high or 9) < 1
    per_exposed = (found.fitted[30:] - found.expected[30:]).sum() / counted(3).exposed[30:].sum()
    assert found.average.value == pytest.approx(per_exposed)


def test_what_moves_both_series_is_taken_away() -> None:
    """Both fall by a fifth at the start; only the own series falls by two fifths more."""
    own, other = counted(4, ratio=0.48, dispersion=1.01), counted(5, ratio=0.8, dispersion=1.01)
    alone, beside = (segmented_counts(own, start=30, other=each).ratio for each in (None, other))
    apart = segmented_counts(other, start=30).ratio
    assert beside.value == pytest.approx(alone.value / apart.value, rel=0.02)
    assert (beside.low or 9) < 0.6 < (beside.high or 0)


def test_intervals_hold_as_often_as_they_say() -> None:
    held = 0
    for seed in range(30):
        level = segmented_counts(counted(seed), start=30).level
        held += (level.low or 9) <= 0.6 <= (level.high or 0)
    assert held >= 24  # of 30; at 95 in 100 fewer come once in 300 times, and these seeds are always the same


def test_seasons_of_two_waves_are_allowed_for() -> None:
    own = counted(6, dispersion=1.1)
    wave = np.exp(0.4 * np.sin(2 * np.pi * own.periods / 12) + 0.3 * np.cos(4 * np.pi * own.periods / 12))
    wavy = Counted(counts=np.round(own.counts * wave), periods=own.periods, exposed=own.exposed)
    plain, one, two = (
        segmented_counts(wavy, start=30, season=season, waves=waves) for season, waves in ((None, 1), (12, 1), (12, 2))
    )
    assert two.dispersion < one.dispersion < plain.dispersion


def test_a_side_without_events_is_refused() -> None:
    own = counted(7)
    silent = Counted(counts=np.where(own.periods < 30, own.counts, 0.0), periods=own.periods, exposed=own.exposed)
    with pytest.raises(EvaluationError, match="no events after the start"):
        segmented_counts(silent, start=30)


def test_a_table_with_others_to_compare_with() -> None:
    parts = {
        name: counted(seed, ratio=ratio, dispersion=1.1)
        for name, seed, ratio in (("Umeå", 8, 0.5), ("Luleå", 9, 1.0), ("Gävle", 10, 1.0))
    }
    rows = [
        {"place": place, "month": month, "falls": part.counts[month], "visits": part.exposed[month]}
        for place, part in parts.items()
        for month in range(60)
    ]
    finding = evaluate_table(
        rows,
        design="interrupted_time_series",
        outcome="falls",
        time="month",
        start=30,
        group="place",
        treated="Umeå",
        exposure="visits",
        better="lower",
    )
    assert finding.verdict.value == "better"
    assert dict(finding.settings)["compared_series"] == 2
    assert finding.per_hundred is not None
    assert finding.per_hundred.value == pytest.approx(100 * finding.estimate.value)
    assert "per 100 exposed" in finding.plain("en")[1]
