"""Pictures of figures: whole periods only, and groups in the protocol's own order."""

from dataclasses import replace
from datetime import date

import pytest

from genklang.measure.values import IndicatorValue
from genklang.operate.pages.figures import figure_of, whole_ones
from genklang.operate.pages.measuring import Measured
from genklang.protocol.reading import read_protocol
from genklang.protocol.types import Protocol
from tests.web.operate_pages.conftest import PRACTICES


def practice(name: str) -> Protocol:
    return read_protocol((PRACTICES / name / "protocol.yaml").read_text(), file=name)


def months(*numbers: int) -> list[IndicatorValue]:
    return [IndicatorValue("adherence", date(2026, number, 1), (), 0.99, 20, 500) for number in numbers]


def taken_part(began: date, until: date) -> Measured:
    return Measured([], [], enrolments=1, enrolment_months=1, months=1, at=0, began=began, until=until)


@pytest.mark.parametrize(
    ("began", "until", "shown"),
    [
        (date(2026, 1, 15), date(2026, 5, 20), [2, 3, 4]),
        (date(2026, 1, 1), date(2026, 5, 1), [1, 2, 3, 4]),
        (date(2026, 3, 10), date(2026, 3, 20), [1, 2, 3, 4, 5]),  # nothing is whole yet: better all than nothing
    ],
)
def test_a_period_that_is_not_whole_is_left_out(began: date, until: date, shown: list[int]) -> None:
    indicator = practice("umea-medicingivare").indicators["adherence"]
    kept = whole_ones(indicator, months(1, 2, 3, 4, 5), taken_part(began, until))
    assert [value.period.month for value in kept if value.period] == shown


def test_groups_stand_in_the_order_of_the_protocol() -> None:
    laholm, eskilstuna = practice("laholm-ledsagarservice"), practice("eskilstuna-hemrehab")
    assert sorted(["free", "ended", "limited"], key=lambda name: laholm.rank("stage", name)) == [
        "limited",
        "free",
        "ended",
    ]
    assert sorted(["usual", None, "training"], key=lambda name: eskilstuna.rank("arm", name)) == [
        "training",
        "usual",
        None,
    ]
    assert eskilstuna.rank("first_time", "true") < eskilstuna.rank("first_time", "false")
    assert eskilstuna.rank("age_group", "age_65_75") < eskilstuna.rank("age_group", "age_86_95")


def test_the_figure_told_is_the_latest_whole_period_or_the_whole_time_where_there_are_none() -> None:
    indicator = practice("umea-medicingivare").indicators["adherence"]
    whole = IndicatorValue("adherence", None, (), 0.98, 24, 9000)
    figures = replace(taken_part(date(2026, 1, 1), date(2026, 4, 10)), values=months(1, 2, 3, 4), totals=[whole])
    told = figure_of("adherence", indicator, figures)
    assert told and told.period == date(2026, 3, 1)
    assert figure_of("adherence", indicator.model_copy(update={"per": None}), figures) is whole
