"""The published rule, case by case, and that the page tells the same rule as the code."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from genklang.evaluate import Verdict
from genklang.evaluate import grade as rule
from genklang.evaluate.designs import BUILDERS
from genklang.evaluate.grade import STARTS, Adoption, Grade, Spread, grade

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "grade.md").read_text(encoding="utf-8")
GOOD = Adoption(name="Umeå", design="randomised", people=200, verdict=Verdict.BETTER, attrition=0.05)
PAIR = [GOOD, replace(GOOD, name="Laholm")]
CALM = Spread(i2=0.2, prediction_holds_zero=False, depends_on_method=False)


def changed(**change: Any) -> list[Adoption]:
    return [replace(each, **change) for each in PAIR]


@pytest.mark.parametrize(
    ("adoptions", "spread", "expected", "broken"),
    [
        ([], None, Grade.NONE, []),
        ([replace(GOOD, verdict=None)], None, Grade.NONE, []),
        (PAIR, CALM, Grade.STRONG, []),
        ([GOOD], None, Grade.MODERATE, ["adoptions"]),
        (changed(people=30), CALM, Grade.MODERATE, ["size"]),
        (changed(verdict=Verdict.UNINFORMATIVE), CALM, Grade.MODERATE, ["size"]),
        (changed(attrition=0.3), CALM, Grade.MODERATE, ["attrition"]),
        (changed(uneven=0.15), CALM, Grade.MODERATE, ["attrition"]),
        (PAIR, replace(CALM, i2=0.8, prediction_holds_zero=True), Grade.MODERATE, ["consistency"]),
        (PAIR, replace(CALM, i2=0.8), Grade.STRONG, []),
        (PAIR, replace(CALM, depends_on_method=True), Grade.MODERATE, ["consistency"]),
        (PAIR, None, Grade.MODERATE, ["consistency"]),
        ([*PAIR, replace(GOOD, verdict=None)], CALM, Grade.MODERATE, ["without_result"]),
        (changed(direct=False), CALM, Grade.MODERATE, ["directness"]),
        (changed(as_planned=False), CALM, Grade.MODERATE, ["plan"]),
        (changed(design="difference_in_differences"), CALM, Grade.MODERATE, []),
        (changed(design="interrupted_time_series"), CALM, Grade.LIMITED, []),
        (changed(design="before_after", attrition=0.5, people=10), CALM, Grade.VERY_LIMITED, ["size", "attrition"]),
    ],
)
def test_the_rule(adoptions: list[Adoption], spread: Spread | None, expected: Grade, broken: list[str]) -> None:
    graded = grade(adoptions, spread)
    assert graded.grade is expected
    assert [criterion.id for criterion in graded.criteria if not criterion.holds] == broken


@pytest.mark.parametrize("verdict", [Verdict.WORSE, Verdict.NO_DIFFERENCE, Verdict.BETTER])
def test_harms_and_nulls_are_as_sure_as_benefits(verdict: Verdict) -> None:
    assert grade(changed(verdict=verdict), CALM).grade is Grade.STRONG


def test_a_small_trial_beside_a_large_description_does_not_carry_it() -> None:
    mixed = [replace(GOOD, people=20), replace(GOOD, name="Laholm", design="before_after", people=400)]
    assert grade(mixed, CALM).start is Grade.VERY_LIMITED


def test_what_would_raise_it_does() -> None:
    graded = grade([GOOD])
    [(mend, to)] = graded.raises
    assert "en kommun till" in mend.sv
    assert to is grade(PAIR, CALM).grade


def test_a_better_design_is_among_what_would_raise_it() -> None:
    graded = grade(changed(design="before_after"), CALM)
    assert [(mend.en, to) for mend, to in graded.raises] == [("Measure every month, before and after.", Grade.LIMITED)]


def test_nothing_raises_the_highest() -> None:
    assert grade(PAIR, CALM).raises == ()


def test_every_verdict_is_told() -> None:
    told = grade([*PAIR, replace(GOOD, verdict=Verdict.WORSE), replace(GOOD, verdict=None)], CALM).plain("sv")
    assert told == "Starkt underlag: 3 resultat (2 bättre, 1 sämre, 1 som inte har gett något)."


def test_every_design_of_effects_has_a_start() -> None:
    assert set(STARTS) == set(BUILDERS) - {"cost_effectiveness"}


def test_the_page_tells_the_rule() -> None:
    for design, start in STARTS.items():
        assert f"| `{design}` | {int(start)} |" in PAGE
    for criterion in grade(PAIR, CALM).criteria:
        assert f"`{criterion.id}`" in PAGE
    for name in ("MOST_ATTRITION", "MOST_UNEVEN", "MOST_I2", "MOST_WITHOUT_RESULT", "LEAST_DIRECT"):
        assert f"{100 * getattr(rule, name):.0f} %" in PAGE
    assert f"{rule.FEWEST_PEOPLE} people" in PAGE
