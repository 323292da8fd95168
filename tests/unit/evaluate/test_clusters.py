"""Groups assigned whole: against pyfixest and full enumeration, and what is refused."""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pyfixest
import pytest
from scipy import stats

from genklang.evaluate import EvaluationError, Finding, evaluate_table
from genklang.evaluate.clusters import difference_between_clusters, intraclass

Table = dict[str, Any]


def groups(seed: int, count: int = 10, effect: float = -3.0, alike: float = 2.0) -> Table:
    random = np.random.default_rng(seed)
    sizes = random.integers(8, 30, count)
    place = np.repeat(np.arange(count), sizes)
    arm = random.permutation(np.arange(count) % 2)[place]
    outcome = 20 + effect * arm + random.normal(0, alike, count)[place] + random.normal(0, 4, len(place))
    return {"y": outcome, "t": arm, "c": place, "x": random.normal(size=len(place))}


def evaluated(table: Table, **options: Any) -> Finding:
    usual = {"design": "cluster_randomised", "outcome": "y", "treatment": "t", "cluster": "c", "better": "lower"}
    return evaluate_table(table, **(usual | options))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("covariates", [(), ("x",)])
def test_errors_are_those_of_the_cluster_jackknife(seed: int, covariates: tuple[str, ...]) -> None:
    table = groups(seed)
    plain = pyfixest.ssc(k_adj=False, G_adj=False)  # the sum alone, without (g - 1)/g
    formula = "y ~ t" + "".join(f" + {name}" for name in covariates)
    theirs: Any = pyfixest.feols(formula, pd.DataFrame(table), vcov={"CRV3": "c"}, ssc=plain)
    estimate = evaluated(table, covariates=covariates).estimate
    assert estimate.value == pytest.approx(theirs.coef()["t"])
    assert estimate.standard_error == pytest.approx(theirs.se()["t"] * (9 / 10) ** 0.5, rel=1e-6)
    assert estimate.degrees_of_freedom == 8


def test_equal_groups_are_nearly_the_t_test_of_their_means() -> None:
    random = np.random.default_rng(1)
    means = random.normal(size=12)
    place = np.repeat(np.arange(12), 5)
    arm = place % 2
    noise = np.tile([-1.0, -0.5, 0, 0.5, 1.0], 12)
    theirs = stats.ttest_ind(means[1::2], means[::2])
    ours = difference_between_clusters(means[place] + noise, arm == 1, clusters=place).estimate
    error = abs(ours.value / theirs.statistic)
    # the jackknife of a mean of six is its error times sqrt(11/12 * 6/5)
    assert ours.standard_error == pytest.approx(error * (11 / 12 * 6 / 5) ** 0.5)


def test_the_lots_are_every_way_that_groups_could_fall() -> None:
    table = groups(4, count=8)
    frame = pd.DataFrame(table)
    observed = frame.y[frame.t == 1].mean() - frame.y[frame.t == 0].mean()
    as_far = [
        abs(frame.y[frame.c.isin(way)].mean() - frame.y[~frame.c.isin(way)].mean()) >= abs(observed) - 1e-9
        for way in combinations(range(8), 4)
    ]
    assert evaluated(table).estimated("randomisation").p == pytest.approx(np.mean(as_far))


def test_counting_people_would_have_found_what_is_not_there() -> None:
    """Groups that differ, and no effect: by person one in two is called real, by group about one in twenty."""
    by_person, by_group = 0, 0
    for seed in range(200):
        table = groups(seed, effect=0.0, alike=3.0)
        estimate = difference_between_clusters(table["y"], table["t"] == 1, clusters=table["c"], draws=99).estimate
        by_group += int((estimate.p or 1) < 0.05)
        by_person += int(stats.ttest_ind(table["y"][table["t"] == 1], table["y"][table["t"] == 0]).pvalue < 0.05)
    assert by_person > 60
    assert by_group <= 19  # 200 at 5 percent: 10 expected, 19 one time in two hundred


def test_people_may_not_be_counted_when_groups_were_assigned() -> None:
    table = groups(1)
    for options in ({"cluster": "c"}, {"planned": {"cluster": "c"}}, {"planned": {"design": "cluster_randomised"}}):
        with pytest.raises(EvaluationError, match="one by one"):
            evaluate_table(table, design="randomised", outcome="y", treatment="t", **options)


def test_strata_are_kept_when_groups_are_drawn_anew() -> None:
    table = groups(5, count=12)
    table["s"] = np.where(np.isin(table["c"], [c for c in range(12) if c % 3 == 0]), "stad", "land")
    finding = evaluated(table, strata="s")
    assert finding.estimate.degrees_of_freedom == 12 - 1 - 2


@pytest.mark.parametrize(
    ("arm", "cluster", "told"),
    [
        ([0, 0, 0, 1, 1, 1], ["a", "a", "b", "c", "c", "c"], "cannot be told from the place"),
        ([0, 1, 0, 1, 0, 1], ["a", "a", "b", "b", "c", "c"], "in both arms"),
        ([0, 0, 0, 1, 1, 1], ["a", "a", "b", "c", None, "d"], "row 5"),
    ],
)
def test_what_is_wrong_is_told(arm: list[int], cluster: list[str], told: str) -> None:
    with pytest.raises(EvaluationError, match=told):
        evaluated({"y": [1.5, 2, 3, 4, 6, 7], "t": arm, "c": cluster})


def test_few_groups_are_flagged() -> None:
    found = {flag.id for flag in evaluated(groups(2, count=6)).flags}
    assert {"cluster_inference", "few_clusters", "few_ways"} <= found


def test_shares_stay_shares() -> None:
    table = groups(3, count=20)
    table["y"] = (table["y"] > 18).astype(int)
    finding = evaluated(table)
    assert finding.per_hundred is not None
    assert -1 <= (finding.estimate.low or 0) < (finding.estimate.high or 0) <= 1


def test_intraclass_is_that_of_the_variances() -> None:
    random = np.random.default_rng(1)
    place = np.repeat(np.arange(3000), 6)
    values = random.normal(0, 1, 3000)[place] + random.normal(0, 3, 18_000)
    assert intraclass(values, place) == pytest.approx(0.1, abs=0.01)
