"""Uddevalla: just over a thousand invoices of one season, three hours' programming, and the hours that it saves."""

from collections.abc import Mapping
from functools import cache

import pytest

from genklang.measure.engines import measure
from genklang.measure.values import IndicatorValue
from genklang.rehearsal.forecast import forecast
from tests.unit.rehearsal.cast import rehearsed, tables_of

UDDEVALLA = "uddevalla-automatisering"
BY_HAND, AFTER, FEE = 4, 0.2, 275  # minutes and SEK for each: assumptions, as the source gives none


@cache
def season() -> Mapping[str, float]:
    """What one season came to: each indicator summed over its months."""
    found = rehearsed(UDDEVALLA, enrolments=1, years=0.25)
    values: dict[str, float] = {}
    for one in measure(found.protocol, tables_of(found)):
        values[one.indicator] = values.get(one.indicator, 0) + _number(one)
    return values


def _number(value: IndicatorValue) -> float:
    return float(value.value or 0)


def test_just_over_a_thousand_are_billed_in_a_season() -> None:
    assert 1000 < season()["invoices"] < 1100
    assert season()["billed"] == season()["invoices"] * FEE


def test_every_vaccination_becomes_one_invoice_within_a_day() -> None:
    facts = [fact for life in rehearsed(UDDEVALLA, enrolments=1, years=0.25).participants for fact in life.facts]
    billed = [fact.status for fact in facts if fact.expectation == "invoicing"]
    assert len(billed) == season()["invoices"] and set(billed) == {"met"}


def test_the_hours_saved_are_the_minutes_times_the_volume() -> None:
    assert season()["hours_saved"] == pytest.approx(season()["invoices"] * (BY_HAND - AFTER) / 60)
    assert season()["hours_saved"] > 20 * season()["programming"], "three hours pay for themselves within a season"


def test_it_took_about_three_hours_to_program() -> None:
    assert season()["programming"] == pytest.approx(3, abs=0.5)


def test_what_it_saves_is_minutes_times_volume_less_what_it_costs() -> None:
    expected = forecast(rehearsed(UDDEVALLA, enrolments=1, years=0.25))
    lines = {line.name: line.per_month.value for line in expected.economy}
    assert lines["saved"] == pytest.approx(season()["hours_saved"] * 350 / 3, rel=0.05)
    assert lines["running"] == pytest.approx(-1500, rel=0.05)
    assert expected.net_per_month is not None
    assert expected.net_per_month.value == pytest.approx(sum(value or 0.0 for value in lines.values()))
