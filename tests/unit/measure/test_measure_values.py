"""What measuring gives: values in order, small cells, money, and the same from a database's own rows."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from genklang.measure.economy import economy
from genklang.measure.engines import SqlSource, columns_needed, measure, measure_in, own_values
from genklang.measure.sql import COLUMN_TYPES, indicator_sql
from genklang.measure.study import study_effect, study_table
from genklang.measure.values import IndicatorValue, flag_small, for_release
from genklang.protocol.units import Money
from tests.unit.rehearsal.cast import ESKILSTUNA, ROSSI, UMEA, practice, rehearsed, tables_of


def cell(n: int, period: date | None = None) -> IndicatorValue:
    return IndicatorValue("x", period, (("arm", "a"),), 0.5, n, 10 * n)


def test_cells_of_fewer_than_five_people_do_not_leave_the_house() -> None:
    values = [cell(4), cell(5)]
    assert [value.suppressed for value in flag_small(values)] == [True, False]
    assert [value.value for value in flag_small(values)] == [0.5, 0.5]
    small, large = for_release(values)
    assert (small.value, small.n, small.rows) == (None, 0, 0)
    assert (large.value, large.n, large.rows) == (0.5, 5, 50)


def test_values_come_by_period_and_group() -> None:
    values = measure(practice(ESKILSTUNA), tables_of(rehearsed(ESKILSTUNA, enrolments=60, years=1.25)))
    hours = [value.by for value in values if value.indicator == "hours"]
    assert hours == sorted(hours, key=lambda by: [label or "" for _, label in by])
    months = measure(practice(UMEA), tables_of(rehearsed(UMEA, enrolments=3, years=0.25)), indicators=["adherence"])
    assert [value.period for value in months] == [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    assert {value.n for value in months} == {3}


def test_of_nothing_there_is_one_value_and_it_is_unknown() -> None:
    tables = tables_of(rehearsed(ESKILSTUNA, enrolments=3, years=0.1))
    values = {value.indicator: value for value in measure(practice(ESKILSTUNA), tables, grouped=False)}
    assert (values["hours"].value, values["hours"].n, values["hours"].suppressed) == (None, 0, True)
    assert [value for value in measure(practice(ESKILSTUNA), tables) if value.indicator == "hours"] == []


def test_everybodys_own_part_of_a_cell() -> None:
    protocol, tables = practice(UMEA), tables_of(rehearsed(UMEA, enrolments=6, years=0.25))
    january = [value for value in measure(protocol, tables) if value.period == date(2026, 1, 1)]
    own = own_values(protocol, [tables], january)
    visits = next(value for value in january if value.indicator == "avoided_visits")
    assert sum(value or 0 for value in own["avoided_visits"].values()) == visits.value
    assert len(own["adherence"]) == next(value.n for value in january if value.indicator == "adherence")
    assert all(value for value in own["alarms"].values())  # whoever had none put nothing in


def test_everybodys_own_part_of_a_group() -> None:
    protocol, tables = practice(ESKILSTUNA), tables_of(rehearsed(ESKILSTUNA, enrolments=60, years=1.25))
    cells = [value for value in measure(protocol, tables, indicators=["hours"]) if value.by]
    for cell in cells:
        assert len(own_values(protocol, [tables], [cell])["hours"]) == cell.n


def test_a_database_measures_its_own_rows() -> None:
    protocol, tables = practice(UMEA), tables_of(rehearsed(UMEA, enrolments=3, years=0.25))
    with duckdb.connect() as connection:
        queries = {}
        for of, columns in columns_needed(protocol).items():
            shown = ", ".join(f"{name} {COLUMN_TYPES[kind]}" for name, kind in columns.items())
            connection.execute(f"CREATE TABLE kept_{of} (number BIGINT, {shown})")
            rows = zip(*(tables[of].data[name] for name in columns), strict=True)
            marks = ", ".join("?" for _ in range(len(columns) + 1))
            connection.executemany(f"INSERT INTO kept_{of} VALUES ({marks})", [[n, *row] for n, row in enumerate(rows)])
            queries[of] = f"SELECT * FROM kept_{of} WHERE number >= 0"
        assert measure_in(protocol, SqlSource("duckdb", queries), connection) == measure(protocol, tables)
        some = SqlSource("duckdb", {"dose": queries["dose"]})
        assert {value.indicator for value in measure_in(protocol, some, connection)} == {
            "adherence",
            "avoided_visits",
            "alarms",
        }


def test_the_statement_can_be_read() -> None:
    sql = indicator_sql(practice(UMEA), "avoided_visits", "postgres")
    assert sql.startswith("SELECT CAST(CAST(DATE_TRUNC('month',")
    assert 'FROM "dose" AS t GROUP BY' in sql


def test_money_is_quantity_times_price_to_the_last_hundredth() -> None:
    known = {"avoided_visits": 8000.0}
    result = economy(practice(UMEA), known, enrolments=100, enrolment_months=100.0, months=1.0)
    assert result is not None
    assert [line.amount for line in result.lines] == [Decimal("780000.00"), Decimal("-280000.00")]
    assert (result.net, result.net_per_month, result.currency) == (Decimal("500000.00"), Decimal("500000.00"), "SEK")
    own = economy(
        practice(UMEA),
        known,
        enrolments=100,
        enrolment_months=100.0,
        months=2.0,
        prices={"rent": Money.parse("1 SEK")},
    )
    assert own is not None
    assert own.net_per_month == Decimal("389950.00")


def test_what_is_unknown_makes_the_net_unknown() -> None:
    result = economy(practice(ESKILSTUNA), {}, enrolments=3, enrolment_months=1.0, months=1.0)
    assert result is not None
    assert [line.amount is None for line in result.lines] == [True, False]
    assert result.net is None


def test_a_study_table_has_one_row_for_each_who_was_allocated() -> None:
    rehearsal = rehearsed(ESKILSTUNA, enrolments=60, years=1.25)
    table = study_table(rehearsal.protocol, tables_of(rehearsal))
    assert {len(column) for column in table.values()} == {60}
    assert set(table["arm"]) == {"training", "usual"}
    hours = {
        life.enrolment: [event.data["hours"] for event in life.events if event.data.get("month") == 12]
        for life in rehearsal.participants
    }
    for enrolment, value in zip(table["enrolment"], table["hours_12"], strict=True):
        assert [value] == (hours[enrolment] or [None])
    trained = [v for a, v in zip(table["arm"], table["hours_12"], strict=True) if a == "training" and v is not None]
    usual = [v for a, v in zip(table["arm"], table["hours_12"], strict=True) if a == "usual" and v is not None]
    effect = sum(trained) / len(trained) - sum(usual) / len(usual)
    assert study_effect(rehearsal.protocol, table) == pytest.approx(effect)


def test_time_to_event_is_days_until_it_or_until_watching_ends() -> None:
    rehearsal = rehearsed(ROSSI, enrolments=60, years=1.1)
    table = study_table(rehearsal.protocol, tables_of(rehearsal))
    arrested = dict(zip(table["enrolment"], table["arrested_52"], strict=True))
    for enrolment, time, event in zip(table["enrolment"], table["time"], table["event"], strict=True):
        assert event is arrested[enrolment]
        assert 1 <= time < 364 if event else time == 364
