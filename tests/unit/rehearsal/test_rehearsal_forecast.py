"""What to expect, with intervals: that they hold what they say, and that money adds up."""

import json
from statistics import mean

import pytest

from genklang.measure.engines import measure
from genklang.measure.values import overall
from genklang.protocol.units import Money
from genklang.rehearsal.forecast import Expectation, ExpectedIndicator, expect, forecast
from genklang.rehearsal.problems import RehearsalError
from genklang.rehearsal.running import rehearse
from tests.unit.rehearsal.cast import ESKILSTUNA, ROSSI, UMEA, ZONE, practice, rehearsed, tables_of


def indicator(expected: Expectation, name: str) -> ExpectedIndicator:
    return next(one for one in expected.indicators if one.name == name)


def test_the_figures_are_those_that_measuring_gives() -> None:
    rehearsal = rehearsed(ESKILSTUNA, enrolments=200, years=1.25)
    expected = forecast(rehearsal)
    for name, value in overall(measure(rehearsal.protocol, tables_of(rehearsal), grouped=False)).items():
        assert indicator(expected, name).overall.value == pytest.approx(value)
    cells = {
        (name.name, cell.period, cell.by): cell.expected.value for name in expected.indicators for cell in name.cells
    }
    grouped = [one for one in measure(rehearsal.protocol, tables_of(rehearsal)) if one.by]
    assert len(grouped) == len(cells)
    assert all(cells[one.indicator, one.period, one.by] == pytest.approx(one.value) for one in grouped)


def test_intervals_hold_about_as_many_rehearsals_as_they_say() -> None:
    expected = indicator(expect(practice(ROSSI), enrolments=100, years=1.1, seed=1), "rearrested").overall
    assert expected.low is not None
    assert expected.high is not None
    inside = []
    for seed in range(100, 160):
        again = rehearse(practice(ROSSI), enrolments=100, years=1.1, seed=seed, zone=ZONE)
        arrests = sum(event.kind == "arrested" for life in again.participants for event in life.events)
        inside.append(expected.low <= arrests <= expected.high)
    assert 0.85 <= mean(inside) <= 1


def test_intervals_allow_for_few_having_been_simulated() -> None:
    inside = []
    for seed in range(40):
        expected = expect(practice(ROSSI), enrolments=60, years=1.1, seed=seed, simulated=60, replications=100)
        followed = indicator(expected, "rearrested").overall
        again = rehearse(practice(ROSSI), enrolments=60, years=1.1, seed=1000 + seed, zone=ZONE)
        arrests = sum(event.kind == "arrested" for life in again.participants for event in life.events)
        inside.append((followed.low or 0) <= arrests <= (followed.high or 0))
    assert 0.9 <= mean(inside) <= 1


def test_more_participants_than_simulated_scale_counts_but_not_shares() -> None:
    small, large = (expect(practice(UMEA), enrolments=n, years=0.2, seed=1, simulated=10) for n in (10, 1000))
    visits = [indicator(one, "avoided_visits").overall.value for one in (small, large)]
    adherence = [indicator(one, "adherence").overall.value for one in (small, large)]
    assert visits[0] is not None
    assert visits[1] == pytest.approx(100 * visits[0])
    assert adherence[0] == pytest.approx(adherence[1])


def test_money_adds_up_and_ones_own_prices_count() -> None:
    prices = {"visit": Money.parse("200 SEK")}
    plain, own = (
        expect(practice(UMEA), enrolments=10, years=0.5, seed=1, simulated=10, prices=p) for p in (None, prices)
    )
    for one in (plain, own):
        assert one.net_per_month is not None
        assert one.net_per_month.value == pytest.approx(sum(line.per_month.value or 0 for line in one.economy))
    saved = [one.economy[0].per_month.value for one in (plain, own)]
    assert saved[0] is not None
    assert saved[1] == pytest.approx(saved[0] * 200 / 97.5)


def test_the_effect_is_the_difference_between_arms() -> None:
    expected = expect(practice(ESKILSTUNA), enrolments=300, years=1.25, seed=2)
    truth = (10 - 26) * 0.33 + (21 - 36) * 0.33
    assert expected.effect is not None
    assert expected.effect.low is not None
    assert expected.effect.high is not None
    assert expected.effect.low < truth < expected.effect.high < 0


def test_published_figures_stand_beside() -> None:
    published = {"adherence": "99.2–99.8 %"}
    expected = expect(practice(UMEA), enrolments=5, years=0.1, seed=1, simulated=5, published=published)
    assert indicator(expected, "adherence").published == "99.2–99.8 %"
    assert indicator(expected, "alarms").published is None
    json.dumps(expected.as_dict(), allow_nan=False)


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(RehearsalError) as raised:
        expect(practice(UMEA), enrolments=0, years=0, seed=1)
    assert len(raised.value.problems) == 2
    with pytest.raises(RehearsalError) as raised:
        expect(practice(UMEA), enrolments=1, years=1, seed=1, parameters={"in_tim": 0.9, "after_alarm": 2})
    assert 'Did you mean "in_time"?' in raised.value.problems[0]
    assert "from 0 to 1" in raised.value.problems[1]
