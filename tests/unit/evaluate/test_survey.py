"""Random samples against hand formulas, statsmodels and drawing again and again."""

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from genklang.evaluate import EvaluationError, evaluate_table
from genklang.evaluate.survey import survey_mean


def test_strata_are_weighed_by_their_size_and_corrected_for_it() -> None:
    random = np.random.default_rng(1)
    strata, sizes = np.repeat([0, 1, 2], [20, 30, 10]), np.array([100.0, 400.0, 25.0])
    values = random.normal(10, 3, 60) + 4 * strata
    result = survey_mean(values, strata=strata, population=sizes[strata])
    parts = [values[strata == h] for h in range(3)]
    weights = sizes / sizes.sum()
    variance = sum(
        w**2 * (1 - len(y) / size) * y.var(ddof=1) / len(y) for w, y, size in zip(weights, parts, sizes, strict=True)
    )
    assert result.estimate.value == pytest.approx(sum(w * y.mean() for w, y in zip(weights, parts, strict=True)))
    assert (result.estimate.standard_error or 0) ** 2 == pytest.approx(variance)
    assert result.estimate.degrees_of_freedom == 57


def test_clusters_and_weights_are_those_of_a_weighted_regression() -> None:
    random = np.random.default_rng(2)
    place = np.repeat(np.arange(15), random.integers(3, 9, 15))
    values = random.normal(size=len(place)) + random.normal(size=15)[place]
    weights = random.uniform(1, 5, len(place))
    fit = sm.WLS(values, np.ones(len(place)), weights=weights).fit(cov_type="cluster", cov_kwds={"groups": place})
    result = survey_mean(values, clusters=place, weights=weights)
    assert result.estimate.value == pytest.approx(fit.params[0])
    assert result.estimate.standard_error == pytest.approx(fit.bse[0], rel=1e-6)


@pytest.mark.parametrize("is_share", [True, False])
def test_intervals_hold_the_population(is_share: bool) -> None:
    random = np.random.default_rng(3)
    sizes = np.array([300, 900])
    strata = np.repeat([0, 1], sizes)
    everybody = random.random(1200) < np.where(strata == 0, 0.15, 0.4) if is_share else random.gamma(2, 5, 1200)
    held = 0
    for _ in range(300):
        rows = np.concatenate([random.choice(np.flatnonzero(strata == h), 40, replace=False) for h in (0, 1)])
        estimate = survey_mean(
            everybody[rows].astype(np.float64),
            strata=strata[rows],
            population=sizes[strata[rows]].astype(np.float64),
            is_share=is_share,
        ).estimate
        held += int((estimate.low or 0) <= everybody.mean() <= (estimate.high or 0))
    assert held >= 273  # of 300 at 95 percent: fewer happens two times in a thousand


def test_nobody_saying_yes_still_has_an_upper_limit() -> None:
    estimate = survey_mean(np.zeros(30), is_share=True).estimate
    assert estimate.value == estimate.low == 0
    assert 0.05 < (estimate.high or 0) < 0.2


def test_those_silent_are_counted_and_bounded() -> None:
    table = {"y": ["ja", "nej", "", "ja"] * 25}
    finding = evaluate_table(table, design="survey", outcome="y")
    assert finding.estimated("bound_lower").value == pytest.approx(0.5)
    assert finding.estimated("bound_upper").value == pytest.approx(0.75)
    assert finding.flow is not None
    assert finding.flow.arms[0].lost[0].n == 25


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"s": ["a"] * 7 + ["b"]}, "fewer than two answers"),
        ({"n": [3] * 8}, "a stratum's size is 3"),
        ({"n": [100, 200] * 4, "s": ["a"] * 8}, "a stratum's size is 100, 200"),
        ({"n": [100, -5] * 4}, 'row 2, column "n": "-5" is no number'),
    ],
)
def test_what_is_wrong_is_told(change: dict[str, Any], told: str) -> None:
    table = {"y": [1, 0, 1, 1, 0, 1, 0, 1], "s": ["a", "b"] * 4, "n": [50] * 8} | change
    with pytest.raises(EvaluationError, match=told):
        evaluate_table(table, design="survey", outcome="y", strata="s", population="n")
