"""The four practices rehearsed: what was put in comes out, and it is of the order that was published."""

from statistics import mean

import pytest

from genklang.evaluate import evaluate_table
from genklang.measure.engines import measure
from genklang.measure.study import series_table, study_table
from genklang.measure.values import overall
from genklang.rehearsal.forecast import forecast
from genklang.rehearsal.running import rehearse
from tests.unit.rehearsal.cast import ESKILSTUNA, LAHOLM, ROSSI, UMEA, ZONE, practice, rehearsed, tables_of

PUT_IN = {"age_65_75": (10.0, 26.0), "age_76_85": (24.0, 24.0), "age_86_95": (21.0, 36.0)}


def test_umea_is_of_the_order_that_was_published() -> None:
    rehearsal = rehearsed(UMEA, enrolments=100, years=1)
    expected = forecast(rehearsal)
    by_name = {indicator.name: indicator for indicator in expected.indicators}
    adherence, visits = by_name["adherence"].overall.value, by_name["avoided_visits"].a_period
    assert adherence is not None
    assert 0.992 <= adherence <= 0.998
    assert visits is not None
    assert visits.value == pytest.approx(8000, rel=0.05)
    assert expected.net_per_month is not None
    assert expected.net_per_month.value == pytest.approx(500_000, rel=0.1)


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
