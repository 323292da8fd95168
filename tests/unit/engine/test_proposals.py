"""Sums from dated tables: every figure can be traced, and nothing is ever guessed."""

from pathlib import Path
from typing import Any

import pytest

from genklang.engine.proposals import Reckoner, Stopped, Sum, Worked, rounded
from genklang.protocol.document import read_yaml
from genklang.protocol.types import Protocol

WRITTEN = (Path(__file__).parent / "assistance.yaml").read_text(encoding="utf-8")
ASSISTANCE = read_yaml(WRITTEN, file="assistance.yaml").data
PROTOCOL = Protocol.model_validate(ASSISTANCE)
RECKONER = Reckoner(PROTOCOL, "assistance")
FACTS: dict[str, Any] = {"adults": "single", "ages": [2, 3], "partner_income": None}
DATA: dict[str, Any] = {"month": "2025-03-01", "rent": 6000, "income": 4000.4}


def sum_of(**changed: Any) -> Sum:
    facts = {name: changed.pop(name, value) for name, value in FACTS.items()}
    return RECKONER.work_out(facts=facts, data={**DATA, **changed}, day="2030-01-01")


def worked(**changed: Any) -> Worked:
    found = sum_of(**changed)
    assert isinstance(found, Worked), found
    return found


def stopped(**changed: Any) -> Stopped:
    found = sum_of(**changed)
    assert isinstance(found, Stopped), found
    return found


def test_every_step_has_its_value() -> None:
    assert [(step.name, step.value) for step in worked().steps] == [
        ("adults_need", 3910),
        ("children_need", 5730),
        ("incomes", 4000.4),
        ("to_pay", 3910 + 5730 + 6000 - 4000.4),
    ]
    assert worked().result == 11640


def test_each_figure_says_its_row_its_edition_and_its_source() -> None:
    adults, children, *_ = worked().steps
    assert [(one.table, one.row, one.value, one.since) for one in adults.figures] == [
        ("adult_norm", "single", 3910, "2025-01-01")
    ]
    assert adults.figures[0].source is not None
    assert [(one.key, one.row, one.value) for one in children.figures] == [(2, 1, 3030), (3, 3, 2700)]


def test_the_day_says_which_edition() -> None:
    assert worked(month="2025-12-31").steps[0].value == 3910
    assert worked(month="2026-01-01").steps[0].value == 3940


@pytest.mark.parametrize("month", ["2024-12-31", "2027-01-01"])
def test_without_an_edition_it_stops_rather_than_take_another(month: str) -> None:
    found = stopped(month=month)
    assert (found.why, found.line, found.table, found.day) == ("no_edition", "adults_need", "adult_norm", month)


def test_a_line_that_does_not_hold_is_left_out_and_counts_as_nothing() -> None:
    found = worked(ages=[])
    assert [step.name for step in found.steps] == ["adults_need", "incomes", "to_pay"]
    assert found.result == 5910


@pytest.mark.parametrize("name", ["adults", "ages", "rent", "income"])
def test_what_is_not_known_stops_it_and_is_named(name: str) -> None:
    found = stopped(**{name: None})
    assert (found.why, found.names) == ("unknown", (name,))


def test_greatest_does_not_hide_what_is_not_known() -> None:
    assert stopped(rent=None).line == "to_pay"


def test_a_branch_that_is_not_taken_needs_nothing_and_one_that_is_does() -> None:
    assert worked(adults="single").result
    assert stopped(adults="couple").names == ("partner_income",)
    assert worked(adults="couple", partner_income=1000).steps[0].value == 7050


def test_a_date_that_is_not_known_stops_it() -> None:
    assert stopped(month=None).names == ("month",)


def test_a_row_without_a_figure_stops_it() -> None:
    found = stopped(ages=[2, 34])
    assert (found.why, found.table, found.column, found.key) == ("no_figure", "child_norm", "amount", 34)


def test_a_key_below_the_first_row_stops_it() -> None:
    assert stopped(ages=[-1]).why == "no_figure"


@pytest.mark.parametrize(
    ("value", "decimals", "said"), [(0.5, 0, 1), (-0.5, 0, -1), (2.345, 2, 2.35), (-0.2, 0, 0.0), (11639.6, 0, 11640)]
)
def test_halves_are_rounded_away_from_zero(value: float, decimals: int, said: float) -> None:
    assert rounded(value, decimals) == said
