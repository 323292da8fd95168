"""Skönsmon: fewer different people and less introduction after the change. All assumed: the source has no figures."""

from functools import cache
from statistics import fmean

from genklang.measure.engines import measure
from genklang.measure.over_time import series_columns
from tests.unit.rehearsal.cast import rehearsed, tables_of

SKONSMON = "sundsvall-skonsmon"


@cache
def series() -> dict[str, tuple[list[float], list[float]]]:
    """Each series of the study, before and after the change."""
    rehearsal = rehearsed(SKONSMON, enrolments=40, years=2)
    columns = series_columns(rehearsal.protocol, tables_of(rehearsal))
    after = [bool(one) for one in columns["after"]]
    found = {}
    for name in rehearsal.protocol.study.series if rehearsal.protocol.study else ():
        values = list(zip(columns[name], after, strict=True))
        found[name] = tuple(
            [float(x) for x, later in values if x is not None and later is side] for side in (False, True)
        )
    return found  # type: ignore[return-value]


def test_fewer_different_people_come() -> None:
    before, after = series()["different_people"]
    assert fmean(after) < fmean(before) - 2


def test_they_stay_longer() -> None:
    before, after = series()["time_with"]
    assert fmean(after) > fmean(before)


def test_less_time_goes_to_introducing_new_staff() -> None:
    before, after = series()["introduction"]
    assert fmean(after) < 0.6 * fmean(before)


def test_all_in_all_it_takes_no_more_time() -> None:
    rehearsal = rehearsed(SKONSMON, enrolments=40, years=2)
    months: dict[str, dict[object, float]] = {}
    for one in measure(rehearsal.protocol, tables_of(rehearsal)):
        if one.indicator in ("hours_with_people", "introduction") and one.period:
            months.setdefault(one.indicator, {})[one.period] = float(one.value or 0)
    both = [
        sum(each.get(month, 0) for each in months.values()) for month in sorted(months["hours_with_people"], key=str)
    ]
    assert fmean(both[13:24]) <= fmean(both[1:12])
