"""The four practices rehearsed: what was put in comes out, and it is of the order that was published."""

from math import log
from statistics import mean, variance

import pytest

from genklang.evaluate import evaluate_table
from genklang.measure.engines import measure
from genklang.measure.over_time import series_table
from genklang.measure.study import study_table
from genklang.measure.values import overall
from genklang.rehearsal.expected import Expected
from genklang.rehearsal.forecast import forecast
from genklang.rehearsal.running import rehearse
from tests.unit.rehearsal.cast import ESKILSTUNA, LAHOLM, PRACTICES, ROSSI, UMEA, ZONE, practice, rehearsed, tables_of

PEOPLE = 1300  # with home care in the two age groups: what eighty million a year would need
PUT_IN = {"age_65_75": (10.0, 26.0), "age_76_85": (24.0, 24.0), "age_86_95": (21.0, 36.0)}


def holds(expected: Expected | None, published: float) -> bool:
    """Whether a published figure lies within what the rehearsal expects."""
    assert expected is not None and expected.low is not None and expected.high is not None
    return expected.low <= published <= expected.high


def test_umea_is_of_the_order_that_was_published() -> None:
    rehearsal = rehearsed(UMEA, enrolments=100, years=1)
    expected = forecast(rehearsal)
    by_name = {indicator.name: indicator for indicator in expected.indicators}
    adherence, visits = by_name["adherence"].overall.value, by_name["avoided_visits"].a_period
    assert adherence is not None
    assert 0.992 <= adherence <= 0.998
    assert holds(visits, 8000)
    assert holds(expected.net_per_month, 500_000)
    assert holds(expected.economy[0].per_month, 780_000)


def test_umea_raises_alarms_that_some_nurse_leaves_unanswered_for_a_while() -> None:
    rehearsal = rehearsed(UMEA, enrolments=100, years=1)
    raised, escalated = rehearsal.effects["RaiseAlarm"], rehearsal.effects["EscalateAlarm"]
    assert raised == rehearsal.outcomes["dose"]["met_late"] + rehearsal.outcomes["dose"]["missed"]
    assert 0.03 < escalated / raised < 0.3
    assert all(not due.unanswered for life in rehearsal.participants for due in life.state.dues if due.missed)


def test_eskilstuna_gives_back_the_hours_that_were_put_in() -> None:
    rehearsal = rehearsed(ESKILSTUNA, enrolments=1500, years=1.25)
    values = measure(rehearsal.protocol, tables_of(rehearsal), indicators=["hours"])
    assert len(values) == 6
    for value in values:
        truth = PUT_IN[str(value.groups["age_group"])][value.groups["arm"] == "usual"]
        error = truth / 2 / value.rows**0.5  # a gamma of shape 4 deviates by half its mean
        assert value.value == pytest.approx(truth, abs=3.5 * error)


def test_eskilstuna_is_recovered_by_its_own_evaluation() -> None:
    rehearsal = rehearsed(ESKILSTUNA, enrolments=1500, years=1.25)
    finding = evaluate_table(
        study_table(rehearsal.protocol, tables_of(rehearsal)),
        design="randomised",
        outcome="hours_12",
        treatment="arm",
        control="usual",
        strata=("age_group", "first_time"),
        subgroups=("age_group",),
        confidence=0.999,
    )
    [by_age] = finding.subgroups
    effects = {group.level: group.estimate for group in by_age.groups}
    assert effects.keys() == PUT_IN.keys()
    for level, (trained, usual) in PUT_IN.items():
        effect = effects[level]
        assert effect is not None
        assert effect.low is not None
        assert effect.high is not None
        assert effect.low <= trained - usual <= effect.high
        assert (effect.low <= 0 <= effect.high) == (trained == usual)


def test_eskilstuna_has_paid_back_within_a_year() -> None:
    """What twelve months save, at the prices of the protocol, covers the training; at least within the interval."""
    rehearsal = rehearsed(ESKILSTUNA, enrolments=1500, years=1.25)
    assert rehearsal.protocol.economy is not None
    prices = {name: float(price.amount.amount) for name, price in rehearsal.protocol.economy.prices.items()}
    assert holds(forecast(rehearsal).effect, -prices["training"] / (12 * prices["hour"]))


def test_eskilstuna_comes_to_eighty_million_with_as_many_people_as_its_page_says() -> None:
    rehearsal = rehearsed(ESKILSTUNA, enrolments=1500, years=1.25)
    table = study_table(rehearsal.protocol, tables_of(rehearsal))
    rows = zip(table["age_group"], table["arm"], table["hours_12"], strict=True)
    hours: dict[str, list[float]] = {"training": [], "usual": []}
    for age_group, arm, each in rows:
        if each is not None and age_group != "age_76_85":
            hours[str(arm)].append(float(each))
    a_person = 12 * 500 * 2 / 3
    saved = (mean(hours["usual"]) - mean(hours["training"])) * a_person * PEOPLE
    error = sum(variance(each) / len(each) for each in hours.values()) ** 0.5 * a_person * PEOPLE
    assert saved - 1.96 * error <= 80_000_000 <= saved + 1.96 * error
    pages = [(PRACTICES / ESKILSTUNA / name).read_text(encoding="utf-8") for name in ("story.sv.md", "story.en.md")]
    assert "1 300" in pages[0] and "1,300" in pages[1]


def test_eskilstuna_halves_the_need_for_special_housing_for_two_years() -> None:
    rehearsal = rehearsed(ESKILSTUNA, enrolments=600, years=2.25)
    table = study_table(rehearsal.protocol, tables_of(rehearsal))
    moved: dict[str, list[bool]] = {"training": [], "usual": []}
    for arm, one in zip(table["arm"], table["special_housing_24"], strict=True):
        if one is not None:
            moved[str(arm)].append(bool(one))
    trained, usual = (moved[arm] for arm in ("training", "usual"))
    ratio = log(mean(trained) / mean(usual))
    error = sum(1 / sum(arm) - 1 / len(arm) for arm in (trained, usual)) ** 0.5
    assert ratio - 1.96 * error <= log(0.5) <= ratio + 1.96 * error


def test_eskilstuna_helps_first_timers_and_others_alike() -> None:
    rehearsal = rehearsed(ESKILSTUNA, enrolments=1500, years=1.25)
    table = study_table(rehearsal.protocol, tables_of(rehearsal))
    cells: dict[tuple[bool, str], list[float]] = {}
    for first, arm, hours in zip(table["first_time"], table["arm"], table["hours_12"], strict=True):
        if hours is not None:
            cells.setdefault((bool(first), str(arm)), []).append(float(hours))
    effects = [mean(cells[first, "training"]) - mean(cells[first, "usual"]) for first in (True, False)]
    error = sum(variance(cell) / len(cell) for cell in cells.values()) ** 0.5
    assert abs(effects[0] - effects[1]) <= 1.96 * error


def test_eskilstuna_loses_as_many_follow_ups_as_it_says() -> None:
    rehearsal = rehearsed(ESKILSTUNA, enrolments=1500, years=1.25)
    table = study_table(rehearsal.protocol, tables_of(rehearsal))
    missing = mean(value is None for value in table["hours_12"])
    assert missing == pytest.approx(0.08, abs=0.025)


def test_laholm_rises_and_then_flattens() -> None:
    rehearsal = rehearsed(LAHOLM, enrolments=120, years=2.5)
    series = series_table(rehearsal.protocol, tables_of(rehearsal), "hours")
    months = [value for value in series.value if value is not None]
    before = [value for value, after in zip(months, series.after, strict=True) if not after]
    after = [value for value, after in zip(months, series.after, strict=True) if after]
    assert mean(before) == pytest.approx(12, rel=0.04)
    assert after[0] < mean(after[6:])
    assert mean(after[-6:]) == pytest.approx(12 * 1.25, rel=0.05)
    assert mean(after[3:8]) == pytest.approx(mean(after[8:]), rel=0.07)
    assert len(series.transition) == 1


def test_laholm_spends_less_on_administration_when_the_limit_is_gone() -> None:
    rehearsal = rehearsed(LAHOLM, enrolments=120, years=2.5)
    series = series_table(rehearsal.protocol, tables_of(rehearsal), "administration")
    pairs = [pair for pair in zip(series.value, series.after, strict=True) if pair[0] is not None]
    assert mean(value or 0 for value, after in pairs if not after) == pytest.approx(180, rel=0.06)
    assert mean(value or 0 for value, after in pairs if after) == pytest.approx(50, rel=0.06)


def test_laholm_comes_to_about_zero_sum() -> None:
    """What a person costs a month, companions and administration together, is the same before and after."""
    rehearsal = rehearsed(LAHOLM, enrolments=120, years=2.5)
    assert rehearsal.protocol.economy is not None
    prices = {name: float(price.amount.amount) for name, price in rehearsal.protocol.economy.prices.items()}
    tables = tables_of(rehearsal)
    hours, minutes = (series_table(rehearsal.protocol, tables, name) for name in ("hours", "administration"))
    spent: dict[bool, list[float]] = {False: [], True: []}
    administration = dict(zip(minutes.period, minutes.value, strict=True))
    settled = [*zip(hours.period, hours.value, hours.after, strict=True)]
    for period, value, after in settled:
        other = administration.get(period)
        if value is not None and other is not None and period not in hours.transition:
            spent[bool(after)].append(value * prices["hour"] + other * prices["minute"])
    before, after_all = spent[False], spent[True][6:]  # use rises at first
    change = mean(after_all) - mean(before)
    error = (variance(before) / len(before) + variance(after_all) / len(after_all)) ** 0.5
    assert abs(change) <= 1.96 * error
    assert min(len(before), len(after_all)) >= 6


def test_rossi_arrests_as_many_in_each_arm_as_it_says() -> None:
    rehearsal = rehearsed(ROSSI, enrolments=3000, years=1.1)
    table = study_table(rehearsal.protocol, tables_of(rehearsal))
    for arm, share in (("aid", 0.222), ("no_aid", 0.306)):
        arrested = [value for one, value in zip(table["arm"], table["arrested_52"], strict=True) if one == arm]
        assert mean(arrested) == pytest.approx(share, abs=3.5 * (share * (1 - share) / len(arrested)) ** 0.5)
    assert max(table["time"]) == 364


def test_ones_own_parameters_decide() -> None:
    rehearsal = rehearse(
        practice(UMEA), enrolments=10, years=0.3, seed=1, zone=ZONE, parameters={"in_time": 0.8, "after_alarm": 0}
    )
    values = overall(measure(rehearsal.protocol, tables_of(rehearsal), grouped=False))
    assert values["adherence"] == pytest.approx(0.8, abs=0.03)
    assert "met_late" not in rehearsal.outcomes["dose"] or rehearsal.outcomes["dose"]["met_late"] < 20
