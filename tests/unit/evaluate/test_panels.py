"""Groups over time: staggered differences against pyfixest and arithmetic, synthetic control against a solver."""

from typing import Any

import numpy as np
import pandas as pd
import pyfixest
import pytest
from causaldata import castle, texas
from pysyncon import Synth
from scipy.optimize import minimize

from genklang.evaluate import EvaluationError, Finding, evaluate_table
from genklang.evaluate.arrays import Floats, Ints
from genklang.evaluate.staggered import staggered_differences
from genklang.evaluate.synthetic import simplex_weights, synthetic_control


def adopters(seed: int, groups: int = 60, periods: int = 8, effect: float = 2.0) -> tuple[Floats, Ints]:
    """Three cohorts and some who never begin; the effect grows by one a period."""
    random = np.random.default_rng(seed)
    first = random.choice([3, 4, 6, periods], groups)
    since = np.arange(periods) - first[:, None]
    base = random.normal(20, 3, (groups, 1)) + random.normal(0, 1, periods).cumsum()
    return base + np.where(since >= 0, effect + since, 0.0) + random.normal(0, 1, (groups, periods)), first


def long(values: Floats, first: Ints) -> pd.DataFrame:
    groups, periods = values.shape
    frame = pd.DataFrame({"g": np.repeat(np.arange(groups), periods), "t": np.tile(np.arange(periods), groups) + 2000})
    frame["y"] = values.ravel()
    frame["first"] = np.repeat(np.where(first == periods, 0, first + 2000), periods)
    return frame


def evaluated(frame: Any, **options: Any) -> Finding:
    usual: dict[str, Any] = {
        "design": "difference_in_differences",
        "outcome": "y",
        "time": "t",
        "group": "g",
        "first": "first",
    }
    return evaluate_table(frame, **(usual | options))


class TestStaggered:
    @pytest.mark.parametrize("seed", range(3))
    def test_by_time_since_is_sun_and_abraham(self, seed: int) -> None:
        values, first = adopters(seed)
        frame = long(values, first)
        fit = pyfixest.event_study(
            frame, yname="y", idname="g", tname="t", gname="first", estimator="saturated", att=False
        )
        theirs = fit.aggregate(weighting="shares")
        for since, estimate in staggered_differences(values, first).by_time:
            if since >= 0:
                assert estimate.value == pytest.approx(float(theirs.loc[since, "Estimate"]), abs=1e-8)

    def test_two_periods_are_the_difference_of_differences(self) -> None:
        random = np.random.default_rng(1)
        values = random.normal(size=(40, 2))
        first = np.where(np.arange(40) < 15, 1, 2)
        change = values[:, 1] - values[:, 0]
        average = staggered_differences(values, first).average
        assert average.value == pytest.approx(change[:15].mean() - change[15:].mean())
        error = (change[:15].var(ddof=1) / 15 + change[15:].var(ddof=1) / 25) ** 0.5
        assert average.standard_error == pytest.approx(error)

    def test_errors_are_those_of_resampling_groups(self) -> None:
        values, first = adopters(3, groups=120)
        random = np.random.default_rng(1)
        drawn = [
            staggered_differences(values[rows], first[rows]).average.value
            for rows in random.integers(0, 120, (300, 120))
        ]
        assert staggered_differences(values, first).average.standard_error == pytest.approx(np.std(drawn), rel=0.15)

    @pytest.mark.parametrize("controls", ["never", "not_yet"])
    def test_what_was_put_in_comes_out(self, controls: Any) -> None:
        within = 0
        for seed in range(60):
            values, first = adopters(seed)
            truth = np.mean([2 + (8 - start - 1) / 2 for start in first[first < 8]])
            average = staggered_differences(values, first, controls=controls).average
            within += int((average.low or 0) <= truth <= (average.high or 0))
        assert within >= 51  # of 60 at 95 percent: fewer happens one time in a thousand

    def test_early_adopters_are_no_controls_for_late_ones(self) -> None:
        """With an effect that grows, two-way fixed effects are far off; this is not."""
        values, first = adopters(5, groups=400)
        truth = np.mean([2 + (8 - start - 1) / 2 for start in first[first < 8]])
        assert staggered_differences(values, first, controls="not_yet").average.value == pytest.approx(truth, abs=0.3)

    def test_going_apart_before_is_told(self) -> None:
        values, first = adopters(6)
        drifting = values + np.where(first < 8, 1.5, 0.0)[:, None] * np.arange(8)
        straight, apart = (staggered_differences(each, first).before for each in (values, drifting))
        assert straight is not None
        assert apart is not None
        assert apart.p < 0.001 < straight.p
        assert "went_apart_before" in {flag.id for flag in evaluated(long(drifting, first)).flags}

    def test_the_table_may_be_told_in_two_ways(self) -> None:
        values, first = adopters(7)
        frame = long(values, first).sample(frac=1, random_state=1)
        frame["on"] = ((frame["first"] > 0) & (frame["t"] >= frame["first"])).astype(int)
        one, other = evaluated(frame), evaluated(frame, first=None, treatment="on")
        assert one.estimate.value == pytest.approx(other.estimate.value)

    def test_lone_cohorts_are_not_taken_for_sure(self) -> None:
        """Each adopter alone in its cohort, and no effect: the interval still holds zero as often as it says."""
        within = 0
        for seed in range(100):
            random = np.random.default_rng(seed)
            first = np.concatenate([np.arange(2, 10), np.full(20, 12)])
            values = random.normal(size=(28, 12)) + random.normal(size=(28, 1))
            average = staggered_differences(values, first).average
            within += int((average.low or 0) <= 0 <= (average.high or 0))
        assert within >= 88

    def test_the_test_before_holds_its_size(self) -> None:
        found = 0
        for seed in range(200):
            test = staggered_differences(*adopters(seed, groups=40)).before
            found += int(test is not None and test.p < 0.05)
        assert found <= 20  # 10 expected; more happens two times in a thousand

    def test_groups_with_gaps_are_left_out_and_named(self) -> None:
        frame = long(*adopters(8)).drop(index=[3, 80])
        assert "dropped_groups" in {flag.id for flag in evaluated(frame).flags}

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"first": [0] * 480}, "nobody begins"),
            ({"first": ["soon", *[0] * 479]}, "no time like the others"),
            ({"first": [2003, 2004, *[0] * 478]}, "two starts"),
            ({"y": ["many", *[1.0] * 479]}, "cannot be read"),
        ],
    )
    def test_what_is_wrong_is_told(self, change: dict[str, Any], told: str) -> None:
        frame = long(*adopters(9)).to_dict("list")
        with pytest.raises(EvaluationError, match=told):
            evaluated(frame | change)

    def test_castle_doctrine_laws(self) -> None:
        """Cheng & Hoekstra (2013): homicides rose by some eight percent, with no fall."""
        frame = castle.load_pandas().data
        frame["on"] = (frame["post"] > 0).astype(int)
        finding = evaluated(frame, outcome="l_homicide", time="year", group="sid", first=None, treatment="on")
        assert 0 < finding.estimate.value < 0.2


class TestSynthetic:
    def mix(self, seed: int, donors: int = 12, periods: int = 20) -> tuple[Floats, Floats]:
        random = np.random.default_rng(seed)
        series = random.normal(size=(donors, periods)).cumsum(axis=1) + random.normal(10, 3, (donors, 1))
        return 0.5 * series[0] + 0.3 * series[3] + 0.2 * series[5] + random.normal(0, 0.2, periods), series

    @pytest.mark.parametrize("seed", range(4))
    def test_the_mix_is_that_of_a_solver(self, seed: int) -> None:
        target, donors = self.mix(seed)
        weights = simplex_weights(target, donors)
        one: Any = {"type": "eq", "fun": lambda w: w.sum() - 1, "jac": np.ones_like}
        solver: Any = minimize
        theirs = solver(
            lambda w: ((target - w @ donors) ** 2).sum(),
            np.full(len(donors), 1 / len(donors)),
            jac=lambda w: -2 * donors @ (target - w @ donors),
            bounds=[(0, 1)] * len(donors),
            constraints=one,
            method="SLSQP",
            options={"maxiter": 2000, "ftol": 1e-14},
        )
        assert weights.sum() == pytest.approx(1)
        assert weights.min() >= 0
        assert ((target - weights @ donors) ** 2).sum() <= theirs.fun * (1 + 1e-7)
        assert weights == pytest.approx(theirs.x, abs=1e-3)

    def test_pysyncon_agrees(self) -> None:
        target, donors = self.mix(5)
        names = [f"d{i}" for i in range(len(donors))]
        before = pd.DataFrame(donors[:, :15].T, columns=names)
        model = Synth()
        model.fit(
            X0=before,
            X1=pd.Series(target[:15], name="x"),
            Z0=before,
            Z1=pd.Series(target[:15], name="x"),
            custom_V=np.full(15, 1 / 15),
        )
        ours = simplex_weights(target[:15], donors[:, :15])
        assert ours == pytest.approx(np.asarray(model.W), abs=0.03)  # its solver stops early
        off = [((target[:15] - w @ donors[:, :15]) ** 2).sum() for w in (ours, np.asarray(model.W))]
        assert off[0] <= off[1] <= 1.1 * off[0]

    def test_an_effect_stands_out_among_the_placebos(self) -> None:
        target, donors = self.mix(6, donors=40, periods=30)
        target[20:] -= 4.0
        found = synthetic_control(target, donors, start=20)
        assert found.effect.value == pytest.approx(-4.0, abs=0.5)
        assert found.effect.p == pytest.approx(1 / 41)
        assert found.ratio.p == pytest.approx(1 / 41)
        assert (found.effect.low or 0) < -4 < (found.effect.high or 0) < 0

    def test_interval_and_test_are_one(self) -> None:
        """An effect at the interval's edge has the rank that just rules it out or not."""
        target, donors = self.mix(7, donors=40, periods=30)
        found = synthetic_control(target, donors, start=20)
        for edge in (found.effect.low or 0, found.effect.high or 0):
            for nudge, inside in ((1e-6, True), (-1e-6, False)):
                towards = edge + nudge * np.sign(found.effect.value - edge)
                moved = target - np.where(np.arange(30) >= 20, towards, 0.0)
                assert ((synthetic_control(moved, donors, start=20).effect.p or 0) > 0.05) is inside

    def test_few_donors_have_no_interval(self) -> None:
        target, donors = self.mix(8)
        found = synthetic_control(target, donors, start=15)
        assert found.effect.low is None
        assert (found.effect.p or 0) >= 1 / 13

    def test_texas_prisons(self) -> None:
        frame = texas.load_pandas().data
        options: dict[str, Any] = {
            "outcome": "bmprison",
            "time": "year",
            "group": "state",
            "treated": "Texas",
            "start": 1993,
        }
        finding = evaluate_table(frame, design="synthetic_control", **options)
        assert finding.estimate.value > 10_000
        assert finding.tests[0].p < 0.2
        assert dict(finding.settings)["mix"] == "Florida 0.37, New York 0.36, Illinois 0.27"
        assert len(finding.curves) == 3

    @pytest.mark.parametrize(("start", "told"), [(1986, "1 periods before"), (2010, "0 groups began")])
    def test_what_is_wrong_is_told(self, start: int, told: str) -> None:
        frame = texas.load_pandas().data
        options: dict[str, Any] = {
            "outcome": "bmprison",
            "time": "year",
            "group": "state",
            "treated": "Texas",
            "start": start,
        }
        with pytest.raises(EvaluationError, match=told):
            evaluate_table(frame, design="synthetic_control", **options)
