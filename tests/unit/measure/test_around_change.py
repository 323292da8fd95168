"""Cost before and after a change: the lines per person and month, over the same whole periods as the series."""

from statistics import fmean

import pytest

from genklang.measure.around_change import CostAround, cost_around
from genklang.measure.over_time import series_table
from genklang.protocol.units import Money
from tests.unit.rehearsal.cast import LAHOLM, UMEA, practice, rehearsed, tables_of


@pytest.fixture(scope="module")
def cost() -> CostAround:
    found = cost_around(practice(LAHOLM), tables_of(rehearsed(LAHOLM, enrolments=40, years=2.5)))
    assert found is not None
    return found


def test_each_line_is_what_was_put_in(cost: CostAround) -> None:
    companions, administration = cost.lines
    assert fmean(companions.before) == pytest.approx(12 * 350, rel=0.05)
    assert fmean(companions.after) == pytest.approx(12 * 1.25 * 350, rel=0.05)
    assert fmean(administration.before) == pytest.approx(180 * 8, rel=0.05)
    assert fmean(administration.after) == pytest.approx(50 * 8, rel=0.05)


def test_the_whole_is_the_sum_of_the_lines_in_each_period(cost: CostAround) -> None:
    companions, administration = cost.lines
    assert cost.before[0] == pytest.approx(companions.before[0] + administration.before[0])
    assert len(cost.after) == len(companions.after)


def test_the_periods_are_those_of_the_series(cost: CostAround) -> None:
    series = series_table(practice(LAHOLM), tables_of(rehearsed(LAHOLM, enrolments=40, years=2.5)), "administration")
    known = [after for after, value in zip(series.after, series.value, strict=True) if value is not None]
    assert (len(cost.before), len(cost.after)) == (known.count(False), known.count(True))


def test_own_prices_count(cost: CostAround) -> None:
    tables = tables_of(rehearsed(LAHOLM, enrolments=40, years=2.5))
    dearer = cost_around(practice(LAHOLM), tables, prices={"hour": Money.parse("700 SEK")})
    assert dearer is not None
    assert fmean(dearer.lines[0].before) == pytest.approx(2 * fmean(cost.lines[0].before))


def test_a_practice_without_a_series_has_none() -> None:
    assert cost_around(practice(UMEA), tables_of(rehearsed(UMEA, enrolments=2, years=0.2))) is None
