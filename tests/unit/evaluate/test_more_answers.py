"""Several outcomes, money per hundred, Parquet, payback, answers weighed, predictions and power of other designs."""

import argparse
import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from causaldata import nsw_mixtape
from lifelines.datasets import load_rossi

from genklang.cli.evaluate import register
from genklang.cli.payback import register as register_payback
from genklang.evaluate import (
    EvaluationError,
    Study,
    Text,
    evaluate_arms,
    evaluate_outcomes,
    evaluate_table,
    pool,
    power_of,
    survey_mean,
)


def command(*words: str | Path) -> int:
    parser = argparse.ArgumentParser()
    subparsers = parser.add_subparsers(required=True)
    register(subparsers)
    register_payback(subparsers)
    args = parser.parse_args([str(word) for word in words])
    code = args.run(args)
    assert isinstance(code, int)
    return code


def test_several_outcomes_are_adjusted() -> None:
    several = evaluate_outcomes(
        nsw_mixtape.load_pandas().data, outcomes=["re78", "re75"], design="randomised", treatment="treat", draws=199
    )
    p = [finding.p for finding in several.findings]
    assert [each.adjusted for each in several.together] == pytest.approx([2 * (p[0] or 0), p[1]])


ARMS: dict[str, list[Any]] = {
    "arm": ["talk", "walk", "usual"] * 40,
    "score": [*([4.0, 2.0, 2.0, 5.0, 3.0, 3.0] * 20)],
    "pain": [*([1.0, 2.0, 2.0, 2.0, 1.0, 1.0] * 20)],
}


def test_every_arm_is_compared_with_the_control_and_adjusted() -> None:
    several = evaluate_arms(ARMS, design="randomised", outcome="score", treatment="arm", draws=199)
    assert [[arm.name for arm in finding.arms] for finding in several.findings] == [
        ["talk", "usual"],
        ["walk", "usual"],
    ]
    assert [finding.estimate.value for finding in several.findings] == pytest.approx([2.0, 0.0])
    p = [finding.p or 0 for finding in several.findings]
    assert [each.adjusted for each in several.together] == pytest.approx([2 * p[0], p[1]])
    assert several.together[0].label.en == "score: “talk” against “usual”"


def test_every_arm_by_every_outcome_is_one_family() -> None:
    several = evaluate_outcomes(ARMS, design="randomised", outcomes=["score", "pain"], treatment="arm", draws=199)
    assert len(several.together) == 4
    assert several.together[0].adjusted == pytest.approx(4 * several.together[0].p)


def test_what_does_not_stand_among_several_says_so_in_its_sentence() -> None:
    weak: dict[str, list[Any]] = {
        "arm": ["a", "usual"] * 60,
        "x": ([1.0, 0.0] * 24 + [0.0, 1.0] * 12 + [0.0, 0.0] * 24),
    }
    table = weak | {name: [0.0, 1.0, 1.0, 0.0] * 30 for name in ("y", "z")}
    several = evaluate_outcomes(table, design="randomised", outcomes=["x", "y", "z"], treatment="arm", better="higher")
    assert several.together[0].fell
    assert several.findings[0].verdict == several.together[0].verdict
    assert "chance is an unlikely" not in " ".join(several.findings[0].plain("en"))
    assert "fell_together" in {flag.id for flag in several.findings[0].flags}


@pytest.mark.parametrize("control", [None, "nobody"])
def test_of_several_arms_the_control_is_not_guessed(control: str | None) -> None:
    table = ARMS | {"arm": ["talk", "walk", "sing"] * 40}
    with pytest.raises(EvaluationError, match="talk"):
        evaluate_arms(table, design="randomised", outcome="score", treatment="arm", control=control)


def test_one_arm_that_is_named_is_one_finding() -> None:
    several = evaluate_arms(ARMS, design="randomised", outcome="score", treatment="arm", treated="walk", draws=199)
    assert [finding.arms[0].name for finding in several.findings] == ["walk"]


def test_every_arm_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{arm},{score}" for arm, score in zip(ARMS["arm"], ARMS["score"], strict=True)]
    (tmp_path / "arms.csv").write_text("\n".join(["arm,score", *rows]))
    words = ("evaluate", tmp_path / "arms.csv", "--design", "randomised", "--outcome", "score", "--treatment", "arm")
    assert command(*words, "--draws", "199", "--language", "en") == 0
    told = capsys.readouterr().out
    assert "score: “walk” against “usual”" in told
    assert "adjusted p" in told


def test_all_problems_of_all_outcomes_are_told_at_once() -> None:
    with pytest.raises(EvaluationError) as refused:
        evaluate_outcomes({"a": ["x", "y"], "b": ["u", "v"]}, outcomes=["a", "b"], design="one_group")
    assert {problem.column for problem in refused.value.problems} == {"a", "b"}


def test_on_the_command_line_from_parquet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "rossi.parquet"
    rossi = load_rossi()
    duckdb.from_df(rossi).write_parquet(str(path))
    words = ("--design", "randomised", "--treatment", "fin", "--draws", "199", "--json")
    assert command("evaluate", path, *words, "--outcome", "arrest", "prio") == 0
    found = json.loads(capsys.readouterr().out)
    assert next(each["estimate"] for each in found["findings"]) == pytest.approx(-18 / 216)
    assert found["adjustment"]["id"] == "holm"
    path.write_bytes(b"y,t\n1,0\n")
    assert command("evaluate", path, *words, "--outcome", "y", "--language", "en") == 1
    assert "the file is no Parquet file" in capsys.readouterr().err


def test_money_per_hundred_people() -> None:
    finding = evaluate_table(
        load_rossi(),
        design="randomised",
        outcome="arrest",
        treatment="fin",
        price=50_000,
        practice_cost=1_000,
        draws=99,
    )
    money = finding.estimated("cost_per_hundred")
    assert money.value == pytest.approx(-100 * 18 / 216 * 50_000 + 100_000)
    assert (money.low or 0) < money.value < (money.high or 0)


def test_payback_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--upfront", "100000", "--running", "9000", "--saving", "290", "--units", "100"]
    assert command("payback", *words, "--json") == 0
    assert json.loads(capsys.readouterr().out)["estimates"][1]["value"] == 5
    assert command("payback", *words[:-1], "-1", "--language", "en") == 1
    assert "payback" in capsys.readouterr().err


def test_answers_weighed_by_what_is_known_of_all() -> None:
    """Who answers, and what, both hang on one number: unweighed far off, weighed right as often as it says."""
    held = 0
    for seed in range(60):
        random = np.random.default_rng(seed)
        known = random.normal(size=3_000)
        values = 2 + 1.5 * known + random.normal(size=3_000)
        drawn = random.choice(3_000, 400, replace=False)
        answers = random.random(400) < 1 / (1 + np.exp(-(0.3 + 0.8 * known[drawn])))
        told = np.where(answers, values[drawn], np.nan)
        size = np.full(400, 3e3)
        plain = survey_mean(told, population=size).estimate
        weighed = survey_mean(told, population=size, known_of_all=known[drawn][:, None]).estimate
        assert abs(weighed.value - values.mean()) < plain.value - values.mean()
        held += (weighed.low or 9) <= values.mean() <= (weighed.high or 0)
    assert held >= 51


def test_the_wider_prediction_holds_the_next_place_with_few_results() -> None:
    held = np.zeros(2)
    for seed in range(150):
        random = np.random.default_rng(seed)
        variances, truths = random.uniform(0.05, 0.5, 6), random.normal(-1, 0.5, 7)
        pooled = pool(truths[:6] + random.normal(size=6) * np.sqrt(variances), variances)
        for place, each in enumerate((pooled.prediction, pooled.prediction_distribution)):
            assert each is not None
            held[place] += (each.low or 9) <= truths[6] <= (each.high or 0)
    assert held[1] > held[0]
    assert held[1] >= 132  # of 150


@pytest.mark.parametrize(
    ("study", "simulated"),
    [
        (Study(design="survival", n=400, share=0.3, effect=-0.12), 0.81),
        (Study(design="interrupted_time_series", n=48, sd=2, effect=3, autocorrelation=0.3), 0.31),
        (Study(design="difference_in_differences", n=40, periods=8, sd=2, effect=1.5), 0.57),
        (Study(design="stepped_wedge", n=12, periods=7, sd=2, effect=2), 0.70),
        (Study(design="synthetic_control", n=21, periods=24, sd=1, effect=1), 0.63),
        (Study(design="synthetic_control", n=25, periods=40, sd=1, effect=0.8), 0.70),
    ],
)
def test_power_is_what_simulating_the_designs_own_method_gave(study: Study, simulated: float) -> None:
    """200 rounds each, so that three standard errors are 0.1."""
    assert power_of(study).study.power == pytest.approx(simulated, abs=0.1)


def test_among_too_few_places_nothing_can_be_shown_and_it_says_how_many_it_takes() -> None:
    answer = power_of(Study(design="synthetic_control", n=12, periods=24, sd=1))
    assert answer.study.effect is None
    told = {flag.id: flag.text.say("en") for flag in answer.flags}
    assert "takes 20" in told["few_donors"]


def test_the_unit_is_told_in_sentence_and_flag() -> None:
    hours = Text(sv="timmar", en="hours")
    answer = power_of(Study(n=40, sd=10, relevant=5, unit=hours))
    assert "9.1 hours is shown" in answer.plain("en")[1]
    assert "5.0 hours matters" in answer.flags[0].text.say("en")
    assert "timmar syns" in answer.plain("sv")[1]
    by_share = power_of(Study(n=40, share=0.3, relevant=0.1))
    assert "10 per 100 matters" in by_share.flags[0].text.say("en")


def test_no_series_is_long_enough_for_next_to_nothing() -> None:
    answer = power_of(Study(design="interrupted_time_series", sd=10, effect=1e-6))
    assert "out_of_reach" in {flag.id for flag in answer.flags}
