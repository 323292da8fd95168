"""Rows without an arm: refused by default, with the way out named; left out, counted and told where asked for."""

from pathlib import Path
from typing import Any

import pytest

from genklang.cli import main
from genklang.evaluate import EvaluationError, evaluate_arms, evaluate_table

WHOLE: dict[str, list[Any]] = {
    "arm": ["a", "usual"] * 30,
    "x": [number % 7 + 2 * (number % 2 == 0) + 0.01 * number for number in range(60)],
    "cost": [float(100 + number % 11) for number in range(60)],
    "group": [f"g{number // 5}" if number % 2 else f"h{number // 5}" for number in range(60)],
    "time": [float(number % 9 + 1) for number in range(60)],
    "event": [number % 3 == 0 for number in range(60)],
}
HOLES: dict[str, list[Any]] = {name: [*column, *column[:3]] for name, column in WHOLE.items()} | {
    "arm": [*WHOLE["arm"], None, "", "nan"]
}
DESIGNS: dict[str, dict[str, Any]] = {
    "randomised": {"outcome": "x"},
    "cluster_randomised": {"outcome": "x", "cluster": "group"},
    "survival": {"time": "time", "event": "event"},
    "cost_effectiveness": {"outcome": "x", "cost": "cost", "willingness": 10.0},
}


@pytest.mark.parametrize("design", DESIGNS)
def test_those_left_out_change_nothing_but_are_counted_and_told(design: str) -> None:
    options: dict[str, Any] = DESIGNS[design] | {"design": design, "treatment": "arm", "better": "higher", "draws": 199}
    without = evaluate_table(WHOLE, **options)
    finding = evaluate_table(HOLES, missing_treatment="leave_out", **options)
    assert finding.estimates == without.estimates
    assert finding.flow is not None and without.flow is not None
    assert [(loss.reason.en, loss.n) for loss in finding.flow.left_before] == [("no arm is given", 3)]
    assert finding.flow.arms == without.flow.arms
    assert finding.flags[0].id == "treatment_missing" and finding.flags[0].text.say("en").startswith("3 rows")
    assert finding.flags[1:] == without.flags


@pytest.mark.parametrize("choice", [{}, {"missing_treatment": "refuse"}])
def test_they_are_refused_and_the_way_out_is_named(choice: dict[str, Any]) -> None:
    with pytest.raises(EvaluationError, match='missing_treatment="leave_out"') as refused:
        evaluate_table(HOLES, design="randomised", outcome="x", treatment="arm", **choice)
    assert [problem.row for problem in refused.value.problems] == [60, 61, 62]


def test_a_choice_that_is_none_is_refused() -> None:
    with pytest.raises(EvaluationError, match='"drop" is no choice'):
        evaluate_table(HOLES, design="randomised", outcome="x", treatment="arm", missing_treatment="drop")  # type: ignore[arg-type]


def test_what_is_wrong_elsewhere_stands_at_its_own_row() -> None:
    table = {"arm": [None, *WHOLE["arm"]], "x": [1.0, *WHOLE["x"][:5], "what", *WHOLE["x"][6:]]}
    with pytest.raises(EvaluationError, match='row 7, column "x"'):
        evaluate_table(table, design="randomised", outcome="x", treatment="arm", missing_treatment="leave_out")


def test_nobody_with_an_arm_is_still_refused() -> None:
    with pytest.raises(EvaluationError, match="the cell is empty"):
        evaluate_table(
            {"arm": [None, None], "x": [1.0, 2.0]},
            design="randomised",
            outcome="x",
            treatment="arm",
            missing_treatment="leave_out",
        )


def test_every_arm_of_several_tells_of_them() -> None:
    table = {"arm": [*["talk", "walk", "usual"] * 20, None], "x": [float(number % 5) for number in range(61)]}
    several = evaluate_arms(
        table, design="randomised", outcome="x", treatment="arm", missing_treatment="leave_out", draws=199
    )
    assert [finding.flags[0].id for finding in several.findings] == ["treatment_missing"] * 2


def test_a_design_without_a_lot_says_that_it_is_not_used() -> None:
    finding = evaluate_table(WHOLE, design="one_group", outcome="x", target=1.0, missing_treatment="leave_out")
    assert any("missing_treatment" in flag.text.say("en") for flag in finding.flags if flag.id == "not_used")


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{arm or ''},{x}" for arm, x in zip(HOLES["arm"], HOLES["x"], strict=True)]
    (tmp_path / "t.csv").write_text("\n".join(["arm,x", *rows]))
    words = ["evaluate", str(tmp_path / "t.csv"), "--design", "randomised", "--outcome", "x", "--treatment", "arm"]
    assert main([*words, "--language", "en"]) == 1
    assert "--missing-treatment leave_out" in capsys.readouterr().err
    assert main([*words, "--language", "en", "--draws", "199", "--missing-treatment", "leave_out"]) == 0
    told = capsys.readouterr().out
    assert "no arm is given" in told
    assert "3 rows do not say which arm" in told
