"""Cost-effectiveness against resampling and arithmetic, and which assumption matters most."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from genklang.evaluate import Costs, EvaluationError, Verdict, evaluate_table
from genklang.evaluate.arrays import Bools, Floats
from genklang.evaluate.worth import cost_effectiveness, tornado


def people(seed: int, n: int = 300, gain: float = 2.0) -> tuple[Floats, Floats, Bools]:
    random = np.random.default_rng(seed)
    treated = np.arange(n) < n // 2
    effect = random.normal(10, 3, n) + gain * treated
    cost = random.gamma(4, 1000, n) - 100 * effect + 3000 * treated
    return cost, effect, treated


def test_net_benefit_is_the_difference_in_what_is_left() -> None:
    cost, effect, treated = people(1)
    benefit = cost_effectiveness(cost, effect, treated, willingness=2500).benefit
    left = 2500 * effect - cost
    theirs = stats.ttest_ind(left[treated], left[~treated], equal_var=False)
    assert benefit.p == pytest.approx(theirs.pvalue)
    assert benefit.value == pytest.approx(left[treated].mean() - left[~treated].mean())


def test_fieller_and_the_curve_are_what_resampling_says() -> None:
    cost, effect, treated = people(2)
    result = cost_effectiveness(cost, effect, treated, willingness=1500)
    random = np.random.default_rng(1)
    rows = random.integers(0, 150, (4000, 150))
    more = [values[:150][rows].mean(axis=1) - values[150:][rows[::-1]].mean(axis=1) for values in (cost, effect)]
    assert result.ratio is not None
    low, high = np.quantile(more[0] / more[1], [0.025, 0.975])
    assert result.ratio.low == pytest.approx(low, rel=0.06)
    assert result.ratio.high == pytest.approx(high, rel=0.06)
    for worth, chance in zip(result.acceptable.x[::8], result.acceptable.y[::8], strict=True):
        assert chance == pytest.approx(np.mean(worth * more[1] > more[0]), abs=0.03)


def test_no_ratio_without_an_effect() -> None:
    cost, effect, treated = people(3, gain=0.0)
    assert cost_effectiveness(cost, effect, treated, willingness=1500).ratio is None


def test_one_price_for_all_is_known() -> None:
    _, effect, treated = people(5)
    result = cost_effectiveness(np.where(treated, 4000.0, 0.0), effect, treated, willingness=3000)
    assert result.cost.value == 4000
    assert result.cost.low is None
    assert result.ratio is not None
    low, high = result.effect.low or 0, result.effect.high or 0
    assert (result.ratio.low, result.ratio.high) == pytest.approx((4000 / high, 4000 / low), rel=1e-3)


def test_the_finding() -> None:
    cost, effect, treated = people(4)
    table = {"kr": cost, "y": effect, "t": treated.astype(int)}
    options: dict[str, Any] = {"outcome": "y", "treatment": "t", "cost": "kr", "better": "higher"}
    dear, cheap = (
        evaluate_table(table, design="cost_effectiveness", willingness=worth, **options) for worth in (100, 9000)
    )
    assert dear.verdict is Verdict.WORSE
    assert cheap.verdict is Verdict.BETTER
    fewer = evaluate_table(
        table | {"y": -effect}, design="cost_effectiveness", willingness=9000, **(options | {"better": "lower"})
    )
    assert fewer.estimate.value == pytest.approx(cheap.estimate.value)


def test_what_is_missing_is_told() -> None:
    with pytest.raises(EvaluationError) as refused:
        evaluate_table({"y": [1, 2], "t": [0, 1]}, design="cost_effectiveness", outcome="y", treatment="t")
    assert "Give willingness (--willingness" in str(refused.value)
    assert 'cost="…"' in str(refused.value)


def test_a_tornado_begins_with_what_matters_most() -> None:
    def net(given: Any) -> float:
        costs = Costs(upfront=given["upfront"], running=given["running"], saving=given["saving"], units=100)
        return float(costs.balance(24)[-1])

    expected = {"upfront": 100_000.0, "running": 9_000.0, "saving": 290.0}
    swings = tornado(net, expected, {"upfront": (80_000, 150_000), "saving": (200, 330), "running": (8_000, 10_000)})
    assert [swing.name for swing in swings] == ["saving", "upfront", "running"]
    assert swings[0].width == pytest.approx(130 * 100 * 24)
    with pytest.raises(EvaluationError, match="do not hold"):
        tornado(net, expected, {"saving": (300, 330)})
