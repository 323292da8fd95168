"""The front door: what is inferred, what is told, what is refused."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from lifelines.datasets import load_rossi

from genklang.evaluate import EvaluationError, Finding, Plan, Verdict, evaluate_table

AGES = ("65–75", "76–85", "86–95")


def home_help(seed: int = 1, n: int = 600) -> dict[str, list[Any]]:
    """Hours a month: 10 against 26 at 65–75, no difference at 76–85, 21 against 36 at 86–95."""
    random = np.random.default_rng(seed)
    age = np.repeat(AGES, n // 3)
    arm = np.concatenate([random.permutation(np.repeat(["träning", "kontroll"], n // 6)) for _ in AGES])
    means = {AGES[0]: (10, 26), AGES[1]: (25, 25), AGES[2]: (21, 36)}
    hours = [max(0.0, means[a][g == "kontroll"] + random.normal(0, 8)) for a, g in zip(age, arm, strict=True)]
    return {"ålder": age.tolist(), "arm": arm.tolist(), "timmar": hours}


def rossi(**options: Any) -> Finding:
    return evaluate_table(load_rossi(), design="randomised", outcome="arrest", treatment="fin", **options)


def flags(finding: Finding) -> set[str]:
    return {flag.id for flag in finding.flags}


def refusal(table: Any, **options: Any) -> str:
    with pytest.raises(EvaluationError) as refused:
        evaluate_table(table, **{"design": "randomised", "outcome": "y", "treatment": "t"} | options)
    assert all(problem.wrong.sv and problem.instead.sv for problem in refused.value.problems)
    return "\n".join(refused.value.messages("en"))


class TestRandomised:
    def test_the_trial_of_financial_aid(self) -> None:
        finding = rossi(better="lower")
        assert finding.estimate.value == pytest.approx(48 / 216 - 66 / 216)
        assert (finding.arms[0].events, finding.arms[1].events) == (48, 66)
        assert finding.flow is not None
        assert finding.flow.randomised == 432
        assert finding.p == pytest.approx(0.0632, abs=5e-5)

    def test_a_verdict_that_hangs_on_the_method_says_so_and_is_the_cautious_one(self) -> None:
        finding = rossi(better="lower")
        assert (finding.estimate.high or 0) < 0 < 0.05 < (finding.p or 0)
        assert finding.verdict is Verdict.NO_DIFFERENCE
        assert "depends_on_method" in flags(finding)

    def test_what_was_put_in_comes_out_level_by_level(self) -> None:
        finding = evaluate_table(
            home_help(),
            design="randomised",
            outcome="timmar",
            treatment="arm",
            strata="ålder",
            subgroups="ålder",
            better="lower",
            unit="timmar",
        )
        assert finding.verdict is Verdict.BETTER
        assert finding.estimate.method.id == "stratified_means"
        groups = {group.level: group for group in finding.subgroups[0].groups}
        for level, truth in zip(AGES, (-16, 0, -15), strict=True):
            estimate = groups[level].estimate
            assert estimate is not None
            assert (estimate.low or 0) <= truth <= (estimate.high or 0)
        assert groups[AGES[1]].verdict is Verdict.NO_DIFFERENCE
        assert groups[AGES[0]].verdict is groups[AGES[2]].verdict is Verdict.BETTER
        assert finding.subgroups[0].interaction is not None
        assert finding.subgroups[0].interaction.p < 1e-6

    def test_rows_columns_and_frames_are_one_table(self) -> None:
        columns = home_help(n=60)
        rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
        found = [
            evaluate_table(table, design="randomised", outcome="timmar", treatment="arm").as_dict()
            for table in (columns, rows, pd.DataFrame(columns))
        ]
        assert found[0] == found[1] == found[2]

    def test_text_cells_are_read_as_they_are_written(self) -> None:
        table = {"y": ["1,5", "2.5", "−3", " 4 ", "1 000,5", "6"], "t": ["0", "1", "0", "1.0", "0", "1"]}
        finding = evaluate_table(table, design="randomised", outcome="y", treatment="t")
        assert finding.arms[1].value == pytest.approx((1.5 - 3 + 1000.5) / 3)
        assert finding.arms[0].n == 3

    @pytest.mark.parametrize(
        ("cells", "kind"),
        [
            (["ja", "nej", "Ja", "NEJ"], "share"),
            ([True, False, True, False], "share"),
            ([0, 1, 1.0, "0"], "share"),
            ([0, 3, 1, 2], "count"),
            ([0.5, 3, 1, 2], "mean"),
            ([-1, 3, 1, 2], "mean"),
        ],
    )
    def test_the_kind_of_outcome_is_inferred(self, cells: list[object], kind: str) -> None:
        table = {"y": cells * 3, "t": [0, 0, 1, 1] * 3}
        assert evaluate_table(table, design="randomised", outcome="y", treatment="t").outcome.kind == kind

    def test_the_counted_word_may_be_named(self) -> None:
        table = {"y": ["hemma", "boende", "hemma", "boende"] * 5, "t": [0, 0, 1, 1] * 5}
        finding = evaluate_table(table, design="randomised", outcome="y", treatment="t", success="hemma")
        assert finding.arms[0].events == 5

    @pytest.mark.parametrize(
        ("arms", "control"),
        [(("insats", "kontroll"), "kontroll"), ((1, 0), "0"), (("usual care", "usual"), "usual"), (("a", "b"), "a")],
    )
    def test_the_arm_to_compare_with(self, arms: tuple[object, object], control: str) -> None:
        table = {"y": [1.0, 2, 3, 4, 5, 7], "t": [*arms] * 3}
        finding = evaluate_table(table, design="randomised", outcome="y", treatment="t")
        assert finding.arms[1].name == control
        assert finding.arms[1].is_control
        assert ("control_assumed" in flags(finding)) == (control == "a")

    def test_naming_the_other_arm_flips_the_sign(self) -> None:
        one, other = rossi(control="0"), rossi(control=1)
        assert one.estimate.value == pytest.approx(-other.estimate.value)
        assert (one.estimate.low, one.estimate.high) == pytest.approx(
            (-(other.estimate.high or 0), -(other.estimate.low or 0))
        )

    def test_two_of_three_arms(self) -> None:
        table = {"y": [1.0, 2, 3, 4, 5, 7, 8, 9, 11], "t": ["a", "b", "c"] * 3}
        finding = evaluate_table(table, design="randomised", outcome="y", treatment="t", control="a", treated="c")
        assert [arm.n for arm in finding.arms] == [3, 3]
        assert finding.flow is not None
        assert finding.flow.arms[2].lost[0].n == 3

    def test_missing_outcomes_are_counted_and_flagged(self) -> None:
        table = {"y": [1.0, None, 3, 4, float("nan"), "", 8, 9], "t": [0, 0, 0, 1, 1, 1, 1, 1]}
        finding = evaluate_table(table, design="randomised", outcome="y", treatment="t", assessed=20, eligible=9)
        assert finding.flow is not None
        told = [(arm.allocated, arm.followed_up, arm.analysed) for arm in finding.flow.arms]
        assert told == [(5, 3, 3), (3, 2, 2)]
        assert finding.flow.arms[0].lost[0].reason.sv == "utfall saknas"
        assert {"missing_outcome", "few_people", "uneven_loss"} <= flags(finding)
        assert finding.estimated("bound_lower").value < finding.estimate.value < finding.estimated("bound_upper").value
        assert (finding.flow.assessed, finding.flow.eligible) == (20, 9)

    def test_people_alone_in_their_stratum_are_left_out_and_counted(self) -> None:
        table = {"y": [1.0, 2, 3, 5, 9, 9], "t": [0, 1, 0, 1, 1, 1], "s": ["a", "a", "a", "a", "b", "b"]}
        finding = evaluate_table(table, design="randomised", outcome="y", treatment="t", strata=["s"])
        assert finding.arms[0].n == 2
        assert "lone_strata" in flags(finding)

    def test_covariates_may_be_words_and_may_have_gaps(self) -> None:
        columns = home_help()
        columns["start"] = [None if place % 50 == 0 else hours + 3 for place, hours in enumerate(columns["timmar"])]
        options: dict[str, Any] = {"design": "randomised", "outcome": "timmar", "treatment": "arm"}
        plain = evaluate_table(columns, **options)
        adjusted = evaluate_table(columns, **options, covariates=["ålder", "start"])
        assert adjusted.estimate.method.id == "ancova"
        assert (adjusted.estimate.standard_error or 1) < (plain.estimate.standard_error or 0)
        assert "covariates_filled" in flags(adjusted)
        assert adjusted.flow is not None
        assert adjusted.flow.analysed == 600

    def test_too_small_a_level_is_shown_without_an_estimate(self) -> None:
        columns = home_help(n=60)
        columns["ålder"][0] = "96–"
        finding = evaluate_table(columns, design="randomised", outcome="timmar", treatment="arm", subgroups=["ålder"])
        group = finding.subgroups[0].groups[-1]
        assert (group.level, group.n, group.estimate, group.verdict) == ("96–", 1, None, Verdict.UNINFORMATIVE)
        assert "small_subgroup" in flags(finding)

    def test_ten_people_are_answered_with_a_warning(self) -> None:
        table = {"y": [1.0, 2, 3, 4, 5, 3, 4, 5, 6, 9], "t": [0] * 5 + [1] * 5}
        finding = evaluate_table(table, design="randomised", outcome="y", treatment="t", better="higher")
        assert finding.verdict is Verdict.UNINFORMATIVE
        assert "few_people" in flags(finding)

    def test_without_a_direction_nothing_is_better(self) -> None:
        finding = evaluate_table(home_help(), design="randomised", outcome="timmar", treatment="arm")
        assert finding.verdict is Verdict.DIFFERENT
        assert "direction_unknown" in flags(finding)

    def test_the_smallest_relevant_difference_decides_what_is_uninformative(self) -> None:
        columns = {name: cells[200:400] for name, cells in home_help().items()}
        options: dict[str, Any] = {"design": "randomised", "outcome": "timmar", "treatment": "arm"}
        assert evaluate_table(columns, **options, relevant=0.5).verdict is Verdict.UNINFORMATIVE
        assert evaluate_table(columns, **options, relevant=5).verdict is Verdict.NO_DIFFERENCE

    def test_plan_beside_done(self) -> None:
        plan = {"outcome": "arrest", "subgroups": ["race"], "size": 500, "strata": []}
        finding = rossi(subgroups=["race", "mar"], planned=plan)
        assert [subgroup.planned for subgroup in finding.subgroups] == [True, False]
        assert finding.subgroups[1].origin.en == "found afterwards"
        kept = {line.item.en: line.kept for line in finding.plan}
        assert kept == {"outcome": True, "strata": True, "subgroups": False, "number of people": False}
        assert "not_as_planned" in flags(finding)

    def test_no_plan_is_not_called_planned(self) -> None:
        assert rossi(subgroups="race").subgroups[0].origin.en == "no plan given"
        assert rossi(subgroups="race", planned=Plan()).subgroups[0].origin.en == "found afterwards"


@pytest.mark.parametrize(
    "options",
    [
        {"design": "one_group", "outcome": "arrest"},
        {"design": "before_after", "outcome": "prio", "before": "age"},
        {"design": "survival", "time": "week", "event": "arrest", "treatment": "fin"},
        {"design": "randomised", "outcome": "arrest", "treatment": "fin"},
    ],
    ids=lambda options: options["design"],
)
def test_every_design_shows_plan_beside_done(options: dict[str, Any]) -> None:
    finding = evaluate_table(load_rossi(), **options, planned={"size": 400, "confidence": 0.95})
    assert [(line.planned, line.done, line.kept) for line in finding.plan] == [
        ("0.95", "0.95", True),
        ("400", "432", False),
    ]
    assert "not_as_planned" in flags(finding)


class TestRefusals:
    def test_every_problem_is_told_at_once(self) -> None:
        said = refusal({"y": [1, "två", 3, "x"], "t": [0, None, 1, 1], "z": ["1"] * 4}, subgroups="z", strata="t")
        assert 'row 2, column "y": "två" cannot be read here.' in said
        assert 'row 4, column "y"' in said
        assert 'row 2, column "t": the cell is empty.' in said

    @pytest.mark.parametrize(
        ("table", "options", "says"),
        [
            ({"y": [1, 1, 1, 1], "t": [0, 0, 1, 1]}, {}, "the outcome is 1 for everybody"),
            ({"y": [1, 2, 3, 4], "t": [1, 1, 1, 1]}, {}, "everybody is in the same arm"),
            ({"y": [1, 2, None, None], "t": [0, 0, 1, 1]}, {}, "an arm has too few people with a known outcome"),
            ({"y": [None] * 4, "t": [0, 0, 1, 1]}, {}, "missing or beyond reason"),
            ({"y": ["bra", "dålig", "bra", "sämst"], "t": [0, 0, 1, 1]}, {}, "neither yes nor no"),
            ({"y": [1, 2, 3, 4], "t": ["a", "b", "c", "a"]}, {}, '3 arms: "a", "b", "c"'),
            ({"y": [1, 2, 3, 4], "t": [0, 0, 1, 1]}, {"control": "x"}, 'there is no arm "x"'),
            ({"y": [1, 2, 3, 4], "t": [0, 0, 1, 1]}, {"outcome": "yy"}, 'column "yy": the column is not in the table'),
            ({"y": [1, 2, 3, 4], "t": [0, 0, 1, 1]}, {"treatment": None}, "needs treatment"),
            ({"y": [-1, 2, 3, 4], "t": [0, 0, 1, 1]}, {"kind": "count"}, 'row 1, column "y": a count cannot be -1'),
            ({"y": [1, 2, 3, 4], "t": [0, 0, 1, 1]}, {"confidence": 95.0}, "the confidence 95 is not between"),
            ({"y": [1, 2, 3, 4], "t": [0, 0, 1, 1]}, {"draws": 3, "seed": -1}, "draws is 3"),
            ({"y": [1, 2, 3, 4], "t": [0, 0, 1, 1]}, {"horizon": float("nan")}, "horizon is nan"),
            ({"y": [1, 2, 3, 4], "t": [0, 0, 1, 1]}, {"target": float("inf")}, "target is inf"),
            ({"y": [1, 2, 3, 4], "t": [0, 0, 1, 1]}, {"better": "up"}, '"up" is no direction'),
            ({"y": [1, 2, 3, 4], "t": [0, 0, 1, 1]}, {"kind": "odds"}, '"odds" is no kind of outcome'),
            ({"y": [1, 2, 3, 4], "t": [0, 0, 1, 1]}, {"design": "guesswork"}, '"guesswork" is no design'),
            ({"y": [1, 2, 3, 4], "t": [0, 0, 1]}, {}, "different lengths"),
            ({"y": [], "t": []}, {}, "the table is empty"),
            ({"y": [1, 2, float("inf"), 4], "t": [0, 0, 1, 1]}, {}, '"inf" cannot be read'),
            ({"y": [1.5] * 20, "t": range(20)}, {}, "20 different values are too many"),
            ({"y": [1, 2, 3, 4], "t": [0, 0, 1, 1]}, {"success": "ja"}, 'the value "ja" does not occur'),
            ({"y": [1, 2, 3, 4], "t": [0, 0, 1, 1]}, {"planned": {"endpoint": "y"}}, 'unknown part, "endpoint"'),
        ],
    )
    def test_bad_input(self, table: Mapping[str, Any], options: dict[str, Any], says: str) -> None:
        assert says in refusal(table, **options)

    def test_a_hundred_bad_rows_are_not_a_hundred_messages(self) -> None:
        said = refusal({"y": [1.5, *["?"] * 100], "t": [0, 1] * 50 + [1]})
        assert len(said.splitlines()) == 21
        assert "80 more rows have the same error" in said


class TestOneGroup:
    def test_a_share_beside_its_target(self) -> None:
        finding = evaluate_table(
            {"taken": ["ja"] * 985 + ["nej"] * 15}, design="single_group", outcome="taken", target=0.97, better="higher"
        )
        assert finding.verdict is Verdict.BETTER
        assert (finding.estimate.low, finding.estimate.high) == pytest.approx((0.9754, 0.9909), abs=5e-5)

    def test_without_a_target_it_only_describes(self) -> None:
        finding = evaluate_table({"y": [3, 4, 7.5, 9]}, design="one_group", outcome="y")
        assert finding.verdict is Verdict.UNINFORMATIVE
        assert "no_target" in flags(finding)
        assert "describes the state" in finding.plain("en")[2]

    def test_everybody_met_the_target(self) -> None:
        finding = evaluate_table({"y": [1] * 40}, design="one_group", outcome="y", target=0.8, better="higher")
        assert finding.estimate.high == 1
        assert finding.verdict is Verdict.BETTER

    def test_a_target_in_percent_is_refused(self) -> None:
        with pytest.raises(EvaluationError, match="the target 90 is no share"):
            evaluate_table({"y": [1, 0]}, design="one_group", outcome="y", target=90)


class TestBeforeAfter:
    def test_pairs_and_those_with_half_a_pair(self) -> None:
        table = {"before": [2, 3, 2, None, 4, 1], "after": [4, 4, 3, 5, None, 4]}
        finding = evaluate_table(table, design="before-after", before="before", outcome="after", better="higher")
        assert finding.estimate.value == pytest.approx((2 + 1 + 1 + 3) / 4)
        assert finding.flow is not None
        assert (finding.flow.arms[0].allocated, finding.flow.arms[0].analysed) == (6, 4)
        assert {"no_comparison", "few_people", "missing_outcome"} <= flags(finding)

    def test_no_pairs_are_refused(self) -> None:
        with pytest.raises(EvaluationError, match="0 people have both measurements"):
            evaluate_table({"a": [1, None], "b": [None, 2]}, design="before_after", before="a", outcome="b")


class TestSeries:
    def months(self) -> dict[str, list[Any]]:
        random = np.random.default_rng(3)
        month = [f"{2012 + place // 12}-{place % 12 + 1:02}" for place in range(60)]
        cases = [400 - place - 60 * (place >= 36) + random.normal(0, 6) for place in range(60)]
        return {"month": month, "cases": cases, "phase": [int(place >= 36) for place in range(60)]}

    def test_months_and_a_start(self) -> None:
        options: dict[str, Any] = {"outcome": "cases", "time": "month", "better": "lower", "season": 12}
        finding = evaluate_table(self.months(), design="interrupted_time_series", start="2015-01", **options)
        assert finding.verdict is Verdict.BETTER
        level = finding.estimated("level_change")
        assert (level.low or 0) <= -60 <= (level.high or 0)
        assert [curve.name for curve in finding.curves] == ["observed", "fitted", "expected"]
        by_phase = evaluate_table(self.months(), design="its", treatment="phase", **options)
        by_date = evaluate_table(self.months(), design="its", start="2015-01-01", **options)
        assert by_phase.estimates == by_date.estimates == finding.estimates

    @pytest.mark.parametrize("form", ["{}-{:02}-01", "{}-{:02}-28"])
    def test_dates_a_month_apart_are_months(self, form: str) -> None:
        table = self.months()
        dated = table | {"month": [form.format(*month.split("-")[:1], int(month[5:])) for month in table["month"]]}
        found = [
            evaluate_table(each, design="its", outcome="cases", time="month", start="2015-01").estimates
            for each in (table, dated)
        ]
        assert found[0] == found[1]

    def test_rows_out_of_order_are_sorted_and_said(self) -> None:
        table = {name: cells[::-1] for name, cells in self.months().items()}
        options: dict[str, Any] = {"design": "its", "outcome": "cases", "time": "month", "start": "2015-01"}
        finding = evaluate_table(table, **options)
        assert "sorted" in flags(finding)
        assert finding.estimates == evaluate_table(self.months(), **options).estimates

    def test_gaps_and_missing_measurements_are_said(self) -> None:
        table = self.months()
        table["cases"][10] = None
        finding = evaluate_table(table, design="its", outcome="cases", time="month", start="2015-01")
        assert {"gaps", "missing_outcome"} <= flags(finding)

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"start": "2013"}, "the start is written otherwise"),
            ({"start": None}, "nothing tells when the practice began"),
            ({"start": "2012-02"}, "only 1 measurements before the start"),
            ({"start": "2030-01"}, "only 0 measurements after the start"),
        ],
    )
    def test_a_start_that_cannot_be(self, change: dict[str, Any], says: str) -> None:
        options: dict[str, Any] = {"outcome": "cases", "time": "month", **change}
        with pytest.raises(EvaluationError, match=says):
            evaluate_table(self.months(), design="its", **options)

    @pytest.mark.parametrize(
        ("months", "says"),
        [
            (["2012-13", *["2012-01"] * 59], '"2012-13" cannot be read'),
            ([None, *range(59)], "the time is missing"),
            ([1, *range(59)], "stands twice"),
            ([*range(59), 70.5], "even intervals"),
        ],
    )
    def test_times_that_cannot_be(self, months: list[Any], says: str) -> None:
        table = self.months() | {"month": months}
        with pytest.raises(EvaluationError, match=says):
            evaluate_table(table, design="its", outcome="cases", time="month", start="30")


class TestSurvival:
    def test_the_trial_of_financial_aid(self) -> None:
        finding = evaluate_table(
            load_rossi(), design="survival", time="week", event="arrest", treatment="fin", better="lower"
        )
        assert finding.per_hundred is not None
        assert finding.per_hundred.value == pytest.approx(-100 * 18 / 216)
        assert finding.tests[0].p == finding.p == pytest.approx(0.0501, abs=5e-5)
        curve = finding.curves[0]
        assert (curve.x[0], curve.y[0], curve.at_risk[0]) == (0, 1, 216)
        assert curve.y[-1] == pytest.approx(1 - 48 / 216)

    def test_an_event_before_the_start_is_refused_with_its_row(self) -> None:
        table = {"days": [5, -3, 7], "event": [1, 0, 1], "t": [0, 1, 1]}
        with pytest.raises(EvaluationError, match='row 2, column "days": the time is -3') as refused:
            evaluate_table(table, design="survival", time="days", event="event", treatment="t")
        assert "kontrollera datumen" in refused.value.messages("sv")[0]


def test_findings_are_json_and_the_same_each_time() -> None:
    first, again = (json.dumps(rossi(subgroups=["race"], strata=["race"]).as_dict(), allow_nan=False) for _ in range(2))
    assert first == again
    assert {"estimate", "interval", "p", "verdict", "flow", "assumptions", "plain"} <= set(json.loads(first))
