"""Växjö: households on assistance nearly halve in six years, half pass in time, and every sum is the norm's."""

from collections.abc import Mapping, Sequence
from functools import cache
from statistics import fmean

import pytest

from genklang.measure.engines import measure
from genklang.measure.tables import Tables
from genklang.rehearsal.running import rehearse
from tests.unit.rehearsal.cast import ZONE, practice, rehearsed

VAXJO = "vaxjo-vaxjoloftet"
SEEDS = (7, 8, 9)


@cache
def households(*, leaving_after: float | None = None) -> tuple[float, ...]:
    """Households with assistance month by month over eight years, of three rehearsals together; change after two."""
    given, seeds = ({}, SEEDS) if leaving_after is None else ({"leaving_after": leaving_after}, SEEDS[:1])
    return tuple(sum(month) for month in zip(*(_by_month(seed, given) for seed in seeds), strict=False))


def _by_month(seed: int, given: Mapping[str, float]) -> list[float]:
    found = rehearse(practice(VAXJO), enrolments=400, years=8, seed=seed, zone=ZONE, parameters=given)
    tables = Tables(found.protocol, found.participants, zone=ZONE, horizon=found.end)
    values = [value for value in measure(found.protocol, tables) if value.indicator == "households" and value.period]
    return [float(value.value or 0) for value in sorted(values, key=lambda value: value.order)]


def left_after_six_years(months: Sequence[float]) -> float:
    """The last half year against the year before the demand."""
    return fmean(months[-7:-1]) / fmean(months[12:24])


def test_households_nearly_halve_over_six_years() -> None:
    assert len(households()) >= 12 * (2 + 6)
    assert left_after_six_years(households()) == pytest.approx(0.5, abs=0.07)


def test_before_the_demand_they_do_not() -> None:
    assert fmean(households()[12:24]) / fmean(households()[2:12]) == pytest.approx(1, abs=0.12)


def test_without_the_change_they_would_not_have() -> None:
    assert left_after_six_years(households(leaving_after=0.06)) == pytest.approx(1, abs=0.25)


def test_half_of_those_concerned_pass_before_the_term_ends() -> None:
    found = rehearse(practice(VAXJO), enrolments=600, years=0.6, seed=3, zone=ZONE)
    ended = [event.data for life in found.participants for event in life.events if event.kind == "term_ended"]
    passed = sum(data["passes_maths"] for data in ended)
    assert len(ended) > 15
    assert passed / len(ended) == pytest.approx(0.5, abs=2 * (0.25 / len(ended)) ** 0.5)


def test_every_decision_has_its_proposal() -> None:
    lives = rehearsed(VAXJO, enrolments=100, years=2, seed=7).participants
    decided = [event.data for life in lives for event in life.events if event.kind == "decided"]
    assert len(decided) > 100
    assert all(data["proposed"] == data["amount"] for data in decided)
