"""Every design meets every kind of bad table: a refusal in words or a sound finding, in the library and outside it."""

import argparse
import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from genklang.cli.evaluate import register
from genklang.evaluate import EvaluationError, Finding, evaluate_table, pool
from genklang.evaluate.designs import BUILDERS
from genklang.evaluate.designs.guide import GUIDES
from genklang.evaluate.options import Options
from genklang.evaluate.report import report
from genklang.evaluate.texts import LANGUAGES
from tests.unit.evaluate.spoilt import DESIGNS, NAMES, SPOILS

REFUSED = {
    "constant outcome": {
        *("randomised", "cluster_randomised", "one_group", "interrupted_time_series", "difference_in_differences"),
        *("lone_adopter", "synthetic_control", "stepped_wedge", "survey", "cost_effectiveness"),
    },
    "outcome missing for all": set(DESIGNS) - {"survival"},
    "outcome infinite": set(DESIGNS) - {"survival"},
    "outcome in words": set(DESIGNS) - {"survival"},
    "one arm": set(DESIGNS) - {"one_group", "before_after", "survey"},
    "treatment missing": set(DESIGNS) - {"one_group", "before_after", "survey"},
    "treatment in words": set(DESIGNS) - {"one_group", "before_after", "survey"},
    "three arms": set(DESIGNS) - {"one_group", "before_after", "survey"},
    "one cluster an arm": {"cluster_randomised"},
    "cluster in both arms": {"cluster_randomised"},
    "one row": set(DESIGNS),
    "no rows": set(DESIGNS),
    "no events": {"survival"},
    "cost in words": {"cost_effectiveness"},
    "population too small": {"survey"},
    "nobody exposed": {"interrupted_counts"},
    "one group": {"difference_in_differences", "lone_adopter", "synthetic_control", "stepped_wedge"},
}
FLAGGED = {
    ("ten people", "randomised"): "few_people",
    ("ten people", "cluster_randomised"): "few_clusters",
    ("ten people", "interrupted_time_series"): "few_points",
    ("out of order", "interrupted_time_series"): "sorted",
    ("every row twice", "randomised"): "repeated_rows",
    ("every row twice", "stepped_wedge"): "averaged_rows",
    ("outcome missing for some", "randomised"): "missing_outcome",
    ("gaps", "interrupted_time_series"): "gaps",
}


def evaluated(design: str, spoil: str) -> Finding | EvaluationError:
    make, options = DESIGNS[design]
    try:
        return evaluate_table(SPOILS[spoil](make()), design=NAMES.get(design, design), draws=99, **options)
    except EvaluationError as refused:
        return refused


def check(finding: Finding) -> None:
    json.dumps(finding.as_dict(), allow_nan=False)
    for estimate in finding.estimates:
        assert estimate.low is None or estimate.low <= estimate.value
        assert estimate.high is None or estimate.value <= estimate.high
        assert estimate.p is None or 0 <= estimate.p <= 1
    for language in LANGUAGES:
        assert not re.search(r"\b(nan|inf|None)\b", report(finding, language))


def touched(design: str, spoil: str) -> bool:
    """Whether the design's own table is another once spoilt, in a column that it uses."""
    make, options = DESIGNS[design]
    used = {word for value in options.values() for word in (value if isinstance(value, list) else [value])}
    sound, spoilt = make(), SPOILS[spoil](make())
    return spoil == "sound" or any(repr(sound[name]) != repr(spoilt[name]) for name in sound if name in used)


PAIRS = [(design, spoil) for design in DESIGNS for spoil in SPOILS if touched(design, spoil)]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("design", "spoil"), PAIRS)
def test_whatever_the_table_holds(design: str, spoil: str) -> None:
    answer = evaluated(design, spoil)
    if isinstance(answer, EvaluationError):
        assert spoil != "sound"
        assert all(problem.wrong.sv and problem.wrong.en for problem in answer.problems)
        assert all(problem.instead.sv and problem.instead.en for problem in answer.problems)
        return
    check(answer)
    assert design not in REFUSED.get(spoil, ())
    flag = FLAGGED.get((spoil, design))
    assert flag is None or flag in {each.id for each in answer.flags}


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("spoil", ["sound", "constant outcome", "one arm", "outcome in words", "no rows", "gaps"])
def test_the_command_line_gives_a_finding_or_a_reason(
    design: str, spoil: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make, options = DESIGNS[design]
    table = SPOILS[spoil](make())
    path = tmp_path / "data.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))
    code = command(path, NAMES.get(design, design), options)
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    if code == 0:
        assert json.loads(said.out)["design"] == NAMES.get(design, design)
    else:
        assert (code, said.out) == (1, "")
        assert str(path) in said.err


def command(path: Path, design: str, options: dict[str, Any]) -> int:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers(required=True))
    words = ["evaluate", str(path), "--design", design, "--draws", "99", "--json"]
    for name, value in options.items():
        words += [f"--{name}", *(value if isinstance(value, list) else [str(value)])]
    args = parser.parse_args(words)
    code = args.run(args)
    assert isinstance(code, int)
    return code


def test_every_design_has_a_sound_table_and_a_guide() -> None:
    assert set(BUILDERS) == set(GUIDES) == {NAMES.get(name, name) for name in DESIGNS}
    assert all(guide.options <= set(Options.__annotations__) for guide in GUIDES.values())


def test_what_a_design_does_not_use_is_told() -> None:
    make, options = DESIGNS["one_group"]
    finding = evaluate_table(make(), design="one_group", **options, subgroups=["s"], cluster="unit")
    told = next(flag.text.en for flag in finding.flags if flag.id == "not_used")
    assert told == "Not used by the design: cluster, subgroups."


@pytest.mark.parametrize(
    ("effects", "variances"),
    [
        ([1.0, 2.0], [1.0, -1.0]),
        ([1.0, 2.0], [1.0, 0.0]),
        ([1.0, float("nan")], [1.0, 1.0]),
        ([1.0, float("inf")], [1.0, 1.0]),
        ([1.0], [1.0]),
        ([], []),
        ([1.0, 2.0], [1.0]),
    ],
)
def test_results_that_cannot_be_pooled(effects: list[float], variances: list[float]) -> None:
    with pytest.raises(EvaluationError):
        pool(effects, variances)


@pytest.mark.parametrize("variances", [[1e-30, 1.0, 1e30], [1e-40] * 3, [1e40] * 3, [1.0, 1.0, 1.0]])
@pytest.mark.parametrize("effects", [[1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [-1e20, 0.0, 1e20], [1.0, 2.0, 3.0]])
def test_odd_results_are_pooled_without_nan(effects: list[float], variances: list[float]) -> None:
    json.dumps(pool(effects, variances).as_dict(), allow_nan=False)
