"""Power against statsmodels and simulation, adjusted p-values, and bounds for those lost."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestIndPower, TTestPower
from statsmodels.stats.proportion import power_proportions_2indep

from genklang.cli import main
from genklang.evaluate import EvaluationError, Verdict, evaluate_table
from genklang.evaluate.bounds import lee, manski
from genklang.evaluate.multiplicity import holm, together
from genklang.evaluate.power import Study, power_of


class TestPower:
    def test_smallest_difference_is_statsmodels(self) -> None:
        answer = power_of(Study(n=200, sd=10))
        theirs = 10 * TTestIndPower().solve_power(nobs1=100, alpha=0.05, power=0.8)
        assert answer.asked == "effect"
        assert answer.study.effect == pytest.approx(theirs, rel=1e-5)

    def test_people_needed_is_statsmodels_rounded_up(self) -> None:
        answer = power_of(Study(effect=5, sd=10))
        theirs = TTestIndPower().solve_power(effect_size=0.5, alpha=0.05, power=0.8)
        assert answer.study.n == 2 * int(np.ceil(theirs)) == 128

    def test_power_of_pairs_is_statsmodels(self) -> None:
        answer = power_of(Study(design="before_after", n=30, effect=4, sd=8))
        assert answer.study.power == pytest.approx(TTestPower().power(0.5, 30, 0.05))

    def test_power_of_shares_is_statsmodels(self) -> None:
        answer = power_of(Study(n=432, share=0.306, effect=-0.083))
        theirs = power_proportions_2indep(-0.083, 0.306, 216, return_results=False)
        assert answer.study.power == pytest.approx(theirs)

    def test_power_of_clusters_is_what_simulation_says(self) -> None:
        random = np.random.default_rng(1)
        study = Study(design="cluster_randomised", n=400, cluster_size=20, icc=0.05, sd=10, effect=4)
        shown, rounds = 0, 2000
        for _ in range(rounds):
            means = random.normal(0, 10 * (0.05 + 0.95 / 20) ** 0.5, 20) + 4 * (np.arange(20) < 10)
            shown += int(stats.ttest_ind(means[:10], means[10:]).pvalue < 0.05)
        assert power_of(study).study.power == pytest.approx(shown / rounds, abs=0.035)

    def test_what_is_given_back_is_enough_and_no_more(self) -> None:
        for study in (
            Study(effect=0.1, share=0.3),
            Study(effect=3, sd=10, treated=0.7, attrition=0.2, explained=0.4, outcomes=3),
            Study(design="one_group", effect=3, sd=10),
            Study(design="cluster_randomised", effect=5, sd=10, cluster_size=15, icc=0.1),
        ):
            found = power_of(study).study
            step = 2 * (study.cluster_size or 1)
            assert (power_of(replace(found, power=None)).study.power or 0) >= 0.8
            assert (power_of(replace(found, n=(found.n or 0) - step, power=None)).study.power or 1) < 0.8

    def test_losses_and_outcomes_cost_people(self) -> None:
        base = power_of(Study(effect=5, sd=10)).study.n or 0
        assert (power_of(Study(effect=5, sd=10, attrition=0.2)).study.n or 0) == pytest.approx(base / 0.8, abs=2)
        assert (power_of(Study(effect=5, sd=10, outcomes=4)).study.n or 0) > base
        assert (power_of(Study(effect=5, sd=10, explained=0.5)).study.n or 0) == pytest.approx(base / 2, abs=3)

    def test_a_study_too_small_says_so(self) -> None:
        answer = power_of(Study(n=40, sd=10, relevant=5))
        assert [flag.id for flag in answer.flags] == ["too_small"]
        assert "kan därför inte svara" in answer.plain("sv")[2]

    def test_out_of_reach(self) -> None:
        assert power_of(Study(n=6, share=0.5)).study.effect is None

    @pytest.mark.parametrize(
        ("study", "told"),
        [
            (Study(sd=10), "neither people nor effect"),
            (Study(n=100, effect=2, power=0.8, sd=3), "all given"),
            (Study(n=100), "one of sd and share"),
            (Study(n=100, sd=-3), "sd is -3"),
            (Study(n=2, sd=3), "n is 2"),
            (Study(n=100, share=1.2), "share is 1.2"),
            (Study(n=100, share=0.1, effect=-0.3), "is none"),
            (Study(design="cluster_randomised", n=100, sd=3), "lack a size"),
            (Study(n=100, sd=float("nan")), "sd is nan"),
        ],
    )
    def test_what_is_wrong_is_told(self, study: Study, told: str) -> None:
        with pytest.raises(EvaluationError, match=told):
            power_of(study)


class TestCommand:
    def test_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["power", "--design", "randomised", "--n", "200", "--sd", "10", "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["smallest_detectable_effect"] == pytest.approx(3.981, abs=1e-3)
        assert found["power"] == 0.8

    def test_plain_words(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["power", "--n", "200", "--share", "0.3", "--relevant", "-0.1", "--language", "sv"]) == 0
        assert "av 100" in capsys.readouterr().out

    def test_a_refusal(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["power", "--n", "-5", "--sd", "10", "--language", "en"]) == 1
        assert "genklang power: n is -5." in capsys.readouterr().err


class TestMultiplicity:
    def test_holm_is_statsmodels(self) -> None:
        p = [0.01, 0.04, 0.03, 0.005, 0.8, 0.03]
        assert holm(p) == pytest.approx(multipletests(p, method="holm")[1].tolist())

    def test_a_verdict_falls_when_many_were_tried(self) -> None:
        random = np.random.default_rng(4)
        arm = np.repeat([0, 1], 50)
        findings = [
            evaluate_table(
                {"y": random.normal(size=50).tolist() + (random.normal(size=50) + shift).tolist(), "t": arm},
                design="randomised",
                outcome="y",
                treatment="t",
                better="higher",
                draws=200,
            )
            for shift in (2.0, 0.45, 0, 0, 0, 0)
        ]
        judged = together(findings)
        assert judged[0].verdict is Verdict.BETTER
        assert all(each.adjusted >= each.p for each in judged)
        assert not any(each.verdict is Verdict.BETTER for each in judged if each.adjusted > 0.05)


class TestBounds:
    def test_manski_for_yes_and_no(self) -> None:
        outcome = np.array([1, 0, 1, np.nan, 0, 0, 1, np.nan, np.nan, 1])
        bounds = manski(outcome, np.arange(10) < 5)
        assert (bounds.lower, bounds.upper) == pytest.approx((2 / 5 - 4 / 5, 3 / 5 - 2 / 5))

    def test_nobody_lost_leaves_the_difference(self) -> None:
        random = np.random.default_rng(2)
        outcome, treated = random.normal(size=80), np.arange(80) < 40
        for bounds in (lee(outcome, treated), manski(outcome, treated, lowest=-9, highest=9)):
            assert bounds.lower == pytest.approx(bounds.upper)
            assert bounds.lower == pytest.approx(outcome[:40].mean() - outcome[40:].mean())
            plain = stats.ttest_ind(outcome[:40], outcome[40:], equal_var=False)
            assert bounds.low == pytest.approx(plain.confidence_interval().low, abs=0.03)

    @pytest.mark.parametrize("flip", [False, True])
    def test_lee_holds_the_truth_and_its_errors_are_those_of_repetition(self, flip: bool) -> None:
        ends, errors, truth = [], [], 0.5
        for seed in range(400):
            random = np.random.default_rng(seed)
            treated = np.arange(400) < 200
            frail = random.random(400) < 0.3  # answer only when treated, and fare worse
            outcome = random.normal(size=400) - frail + truth * treated
            outcome[frail & ~treated] = np.nan
            bounds = lee(outcome, ~treated if flip else treated)
            ends.append((bounds.lower, bounds.upper))
            errors.append(bounds.lower - bounds.low)
        lower, upper = np.mean(ends, axis=0)
        assert lower < (-truth if flip else truth) < upper
        z = stats.norm.ppf(0.95)  # far from each other the two bounds have one-sided limits
        assert np.mean(errors) == pytest.approx(z * np.std([low for low, _ in ends]), rel=0.1)
