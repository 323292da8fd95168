"""Crossovers, hazards, interactions and a lone adopter, against other programs and printed figures."""

import numpy as np
import pandas as pd
import pyfixest
import pytest
from causaldata import organ_donations, social_insure
from lifelines import CoxPHFitter
from lifelines.datasets import load_gbsg2, load_rossi
from lifelines.statistics import proportional_hazard_test

from genklang.evaluate import EvaluationError, Finding, evaluate_table
from genklang.evaluate.crossovers import effect_on_compliers
from genklang.evaluate.hazards import hazard_ratio


def flags(finding: Finding) -> set[str]:
    return {flag.id for flag in finding.flags}


def trial(seed: int = 1, n: int = 400) -> pd.DataFrame:
    """Seven of ten do as the lot says; the practice is worth 1.5 to those."""
    random = np.random.default_rng(seed)
    lot = random.integers(0, 2, n)
    got = np.where(lot == 1, random.random(n) < 0.7, random.random(n) < 0.1).astype(int)
    return pd.DataFrame({"y": random.normal(0, 1, n) + 1.5 * got, "lot": lot, "got": got})


class TestCrossovers:
    def test_those_who_do_as_the_lot_says(self) -> None:
        data = trial()
        oracle = pyfixest.feols("y ~ 1 | got ~ lot", data=data, vcov="hetero")
        found = effect_on_compliers(data.y.to_numpy(), data.lot.to_numpy() == 1, data.got.to_numpy() == 1)
        assert found is not None
        assert found.value == pytest.approx(float(oracle.coef()["got"]), rel=1e-6)
        assert found.standard_error == pytest.approx(float(oracle.se()["got"]), rel=1e-2)

    def test_they_stay_in_the_lots_arm_and_stand_in_the_flow(self) -> None:
        data = trial()
        plain, told = (
            evaluate_table(data, design="randomised", outcome="y", treatment="lot", received=each, better="higher")
            for each in (None, "got")
        )
        assert told.estimate == plain.estimate
        assert "crossovers" in flags(told) - flags(plain)
        assert told.flow is not None
        crossed = [arm.crossed[0].n for arm in told.flow.arms]
        assert crossed == [int(((data.lot == lot) & (data.got != lot)).sum()) for lot in (1, 0)]
        assert told.flow.arms[0].crossed[0].reason.en == "did not get the practice"

    def test_a_lot_that_moved_nobody_tells_nothing_of_what_was_got(self) -> None:
        random = np.random.default_rng(3)
        lot, got = (random.integers(0, 2, 100) == 1 for _ in range(2))
        assert effect_on_compliers(random.normal(size=100), lot, got) is None


class TestHazards:
    def test_the_ratio_is_lifelines(self) -> None:
        data = load_gbsg2()
        data["h"] = (data.horTh == "yes").astype(int)
        columns = data[["time", "cens", "h", "age", "tsize"]]
        oracle = CoxPHFitter().fit(columns, "time", "cens")
        covariates = data[["age", "tsize"]].to_numpy(float)
        event, treated = data.cens.to_numpy() == 1, data.h.to_numpy() == 1
        found = hazard_ratio(data.time.to_numpy(float), event, treated, covariates=covariates)
        assert found is not None
        row = oracle.summary.loc["h"]
        assert found.ratio.value == pytest.approx(row["exp(coef)"], rel=1e-5)
        limits = (row["exp(coef) lower 95%"], row["exp(coef) upper 95%"])
        assert (found.ratio.low, found.ratio.high) == pytest.approx(limits, rel=1e-5)
        test = proportional_hazard_test(oracle, columns, time_transform="rank").summary.loc["h"]
        assert found.proportional is not None
        assert found.proportional.p == pytest.approx(float(test["p"]), abs=0.01)

    def test_an_arm_without_events_has_no_ratio(self) -> None:
        time, event = np.arange(1.0, 9.0), np.array([True] * 4 + [False] * 4)
        assert hazard_ratio(time, event, event) is None

    def test_subgroups_have_a_common_horizon_and_a_test(self) -> None:
        finding = evaluate_table(
            load_gbsg2(), design="survival", time="time", event="cens", treatment="horTh", subgroups=["menostat"]
        )
        subgroup = finding.subgroups[0]
        assert sum(group.n for group in subgroup.groups) == 686
        assert subgroup.interaction is not None
        assert subgroup.interaction.p > 0.1

    def test_clusters_are_not_counted_as_people(self) -> None:
        with pytest.raises(EvaluationError, match="clusters were assigned"):
            evaluate_table(
                load_rossi(), design="survival", time="week", event="arrest", treatment="fin", cluster="prio"
            )


class TestInteractions:
    def test_by_cluster_it_is_pyfixests_jackknife(self) -> None:
        data = social_insure.load_pandas().data
        finding = evaluate_table(
            data,
            design="cluster_randomised",
            outcome="takeup_survey",
            treatment="default",
            cluster="address",
            subgroups=["intensive"],
            draws=99,
        )
        oracle = pyfixest.feols("takeup_survey ~ default*intensive", data=data, vcov={"CRV3": "address"})
        interaction = finding.subgroups[0].interaction
        assert interaction is not None
        assert interaction.p == pytest.approx(float(oracle.pvalue()["default:intensive"]), abs=0.01)
        for group, value in zip(finding.subgroups[0].groups, (0.107921, 0.107921 - 0.004630), strict=True):
            assert group.estimate is not None
            assert group.estimate.value == pytest.approx(value, abs=1e-5)

    def test_by_a_number_it_is_the_regressions(self) -> None:
        data = load_rossi()
        finding = evaluate_table(data, design="randomised", outcome="arrest", treatment="fin", subgroups=["age"])
        oracle = pyfixest.feols("arrest ~ fin*age", data=data, vcov="HC3")
        interaction = finding.subgroups[0].interaction
        assert interaction is not None
        assert interaction.method.id == "regression_interaction"
        assert interaction.p == pytest.approx(float(oracle.pvalue()["fin:age"]), abs=5e-3)
        assert [group.level for group in finding.subgroups[0].groups] == ["–21", "21–25", "25–"]


class TestLoneAdopter:
    def test_the_change_is_the_printed_one_and_chance_is_judged_by_the_others(self) -> None:
        """California's active choice (Kessler & Roth 2014): Huntington-Klein (2021), ch. 18, prints −0.022."""
        finding = evaluate_table(
            organ_donations.load_pandas().data,
            design="difference_in_differences",
            outcome="Rate",
            time="Quarter_Num",
            group="State",
            treated="California",
            start=4,
        )
        assert finding.estimate.value == pytest.approx(-0.022, abs=5e-4)
        assert finding.p == pytest.approx(5 / 27)
        assert "lone_adopter" in flags(finding)

    def test_its_test_holds_its_size(self) -> None:
        random, found = np.random.default_rng(4), 0
        for _ in range(200):
            values = random.normal(size=(20, 6)).cumsum(axis=1)
            rows = {
                "y": values.ravel(),
                "g": np.repeat(np.arange(20), 6),
                "t": np.tile(np.arange(6), 20),
            }
            p = evaluate_table(
                rows, design="difference_in_differences", outcome="y", group="g", time="t", treated="0", start=3
            ).p
            found += (p or 1) <= 0.05
        assert 2 <= found <= 20  # one in twenty of 200 is 10
