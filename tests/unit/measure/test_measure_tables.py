"""What there is to measure: local days, the stage before an event, unknown where a due was waived or cancelled."""

from datetime import date

import pytest

from genklang.engine import Event, Machine, parse_instant
from genklang.measure.calendar import Period, months_between, next_start, start_of, whole_periods
from genklang.measure.tables import Record, Tables, columns_of
from tests.spec.engine.runner import protocol_from

PROTOCOL = protocol_from(
    {
        "facts": {"age": {"type": "integer"}},
        "stages": {"waiting": {}, "active": {}, "ended": {"final": True}},
        "events": {
            "started": {"by": "nurse", "moves": ["waiting", "active"]},
            "rated": {"by": "person", "fields": {"score": {"type": "number"}, "at": {"type": "instant"}}},
            "told": {"by": "person", "fields": {"age": {"type": "integer", "required": False, "states": "age"}}},
            "logged": {"by": "person", "during": "active"},
            "ended": {"by": "nurse", "moves": ["active", "ended"]},
        },
        "expectations": {"daily": {"during": "active", "daily_at": ["08:00"], "expect": "logged", "within": "60 min"}},
    }
)


def at(written: str) -> int:
    return parse_instant(f"{written}:00+01:00")


EVENTS = [
    Event("1", "enrolled", at("2026-01-31T23:30"), data={"age": 70}),
    Event("2", "rated", at("2026-02-01T00:15"), data={"score": 3, "at": "2026-02-01T00:00:00Z"}),
    Event("3", "started", at("2026-02-01T07:00")),
    Event("4", "rated", at("2026-02-01T07:30"), data={"score": 4}),
    Event("4b", "told", at("2026-02-01T07:40")),
    Event("5", "logged", at("2026-02-01T08:10")),
    Event("6", "logged", at("2026-02-02T09:30")),
    Event("7", "waived", at("2026-02-03T08:05"), data={"due": "daily/2026-02-03T08:00"}),
    Event("8", "ended", at("2026-02-05T08:30")),
]
HORIZON = at("2026-03-01T00:00")


@pytest.fixture(scope="module")
def tables() -> Tables:
    step = Machine(PROTOCOL, zone="Europe/Stockholm").fold("one", EVENTS, until=HORIZON)
    assert not step.held
    record = Record("one", EVENTS, step.facts, step.state)
    return Tables(PROTOCOL, [record], zone="Europe/Stockholm", horizon=HORIZON)


def test_an_outcome_fact_is_a_row(tables: Tables) -> None:
    rows = {row["local_date"]: row for row in tables["daily"].rows()}
    told = {day: (row["status"], row["met"], row["met_late"], row["missed"]) for day, row in rows.items()}
    assert told == {
        "2026-02-01": ("met", True, False, False),
        "2026-02-02": ("met_late", False, True, False),
        "2026-02-03": ("waived", None, None, None),
        "2026-02-04": ("missed", False, False, True),
        "2026-02-05": ("cancelled", None, None, None),
    }
    assert rows["2026-02-01"]["minutes_late"] == 10
    assert rows["2026-02-04"]["minutes_late"] is None
    assert {row["age"] for row in rows.values()} == {70}


def test_an_event_knows_the_stage_before_it_and_its_local_day(tables: Tables) -> None:
    rows = list(tables["rated"].rows())
    assert [row["stage"] for row in rows] == ["waiting", "active"]
    assert [row["local_date"] for row in rows] == ["2026-02-01", "2026-02-01"]
    assert [row["score"] for row in rows] == [3.0, 4.0]
    assert [row["at"] for row in rows] == [parse_instant("2026-02-01T00:00:00Z"), None]


def test_a_field_left_empty_is_not_filled_in_from_what_is_known(tables: Tables) -> None:
    assert tables["told"].data["age"] == [None]
    assert tables["rated"].data["age"] == [70, 70]


def test_an_enrolment_lasts_until_it_ends(tables: Tables) -> None:
    [row] = tables["enrolments"].rows()
    assert (row["local_date"], row["stage"], row["ended_at"]) == ("2026-01-31", "ended", EVENTS[-1].occurred_at)
    assert row["months"] == pytest.approx(4.375 / 30.436875, rel=0.01)
    assert tables.enrolment_months == row["months"]


def test_what_is_no_table_has_no_columns() -> None:
    with pytest.raises(KeyError):
        columns_of(PROTOCOL, "nothing")


@pytest.mark.parametrize(
    ("period", "day", "start", "following"),
    [
        ("week", date(2026, 3, 29), date(2026, 3, 23), date(2026, 3, 30)),
        ("month", date(2026, 2, 28), date(2026, 2, 1), date(2026, 3, 1)),
        ("quarter", date(2026, 12, 31), date(2026, 10, 1), date(2027, 1, 1)),
        ("quarter", date(2026, 5, 1), date(2026, 4, 1), date(2026, 7, 1)),
        ("year", date(2028, 2, 29), date(2028, 1, 1), date(2029, 1, 1)),
    ],
)
def test_a_day_lies_in_its_period(period: Period, day: date, start: date, following: date) -> None:
    assert start_of(period, day) == start
    assert next_start(period, start) == following


def test_only_whole_periods_are_whole() -> None:
    assert whole_periods("month", date(2026, 1, 2), date(2026, 4, 1)) == [date(2026, 2, 1), date(2026, 3, 1)]
    assert whole_periods("month", date(2026, 1, 1), date(2026, 1, 31)) == []
    assert months_between(5, 3) == 0
