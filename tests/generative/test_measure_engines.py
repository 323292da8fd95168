"""Indicators on random rows with unknowns: DuckDB and PostgreSQL agree to the last digit, and with Python."""

import os
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genklang.engine import Event, Machine, parse_instant
from genklang.measure.calendar import start_of
from genklang.measure.engines import measure
from genklang.measure.partials import take_apart
from genklang.measure.sql import Query
from genklang.measure.tables import Record, Tables
from genklang.measure.values import IndicatorValue
from genklang.protocol.expressions import compile_expression
from genklang.protocol.scopes import table_scope
from genklang.protocol.types import Protocol
from tests.spec.engine.runner import protocol_from

DATABASE = os.environ.get("GENKLANG_TEST_DATABASE", "")
VALUES = {
    "total": "sum(amount)",
    "mean": "avg(amount)",
    "mid": "median(amount)",
    "largest": "max(amount)",
    "share": "avg(yes)",
    "any": "max(yes)",
    "some": "count(*) filter (where amount > 1.5 or yes)",
    "each": "sum(amount) / count(distinct enrolment)",
    "kinds": "count(distinct kind)",
    "grown": "avg(exp(amount / 1000) * 1.1) filter (where kind <> 'b')",
    "whole": "sum(number) + count(number)",
    "there": "count(*) > 3",
    "none": "case when not max(yes) then sum(number) % 7 else count(distinct enrolment) end",
}
PERIODS = ("week", "month", "quarter", "year", None)
START = parse_instant("2025-12-20T12:00:00+01:00")


def protocol() -> Protocol:
    indicators = {
        f"{name}_{per or 'whole'}": {
            "sv": name,
            "en": name,
            "of": "noted",
            "value": value,
            "headline": False,
            **({"per": per} if per else {}),
            **({"by": ["kind"]} if per in ("month", None) else {}),
        }
        for name, value in VALUES.items()
        for per in PERIODS
    }
    fields = {
        "amount": {"type": "number", "required": False},
        "number": {"type": "integer", "required": False},
        "yes": {"type": "boolean", "required": False},
        "kind": {"type": "text", "required": False},
    }
    return protocol_from(
        {
            "stages": {"active": {}},
            "events": {"noted": {"by": "person", "fields": fields}},
            "indicators": indicators,
        }
    )


PROTOCOL = protocol()
MACHINE = Machine(PROTOCOL, zone="Europe/Stockholm")
# PostgreSQL refuses results below the smallest number of full precision, where others give 0: nobody logs 1e-308 hours.
SIZES = st.floats(1e-9, 1e4)
AMOUNTS = (
    st.none()
    | st.just(0.0)
    | SIZES
    | SIZES.map(lambda size: -size)
    | st.integers(-900, 900).map(lambda cents: cents / 100)
)
ROWS = st.fixed_dictionaries(
    {
        "amount": AMOUNTS,
        "number": st.none() | st.integers(-1000, 1000),
        "yes": st.none() | st.booleans(),
        "kind": st.none() | st.sampled_from(["a", "b", "å", "Ö", "B"]),
    }
)
DAYS = st.integers(1, 120)
PEOPLE = st.lists(st.lists(st.tuples(DAYS, ROWS), max_size=40), min_size=1, max_size=6)


def tables_of(people: list[list[tuple[int, dict[str, Any]]]]) -> Tables:
    records = []
    for number, rows in enumerate(people):
        events = [Event(f"{number}-e", "enrolled", START)]
        for place, (day, row) in enumerate(sorted(rows, key=lambda one: one[0])):
            known = {name: value for name, value in row.items() if value is not None}
            events.append(Event(f"{number}-{place}", "noted", START + day * 86_400_000_000 + place, data=known))
        step = MACHINE.fold(f"p{number}", events)
        records.append(Record(f"p{number}", events, step.facts, step.state))
    return Tables(PROTOCOL, records, zone="Europe/Stockholm", horizon=START + 200 * 86_400_000_000)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(PEOPLE)
def test_duckdb_gives_what_python_gives(people: list[list[tuple[int, dict[str, Any]]]]) -> None:
    tables = tables_of(people)
    rows = list(tables["noted"].rows())
    found = {(one.indicator, one.period, one.by): one for one in measure(PROTOCOL, tables)}
    for name, indicator in PROTOCOL.indicators.items():
        cells: dict[Any, list[dict[str, Any]]] = {} if indicator.per or indicator.by else {(None, ()): []}
        for row in rows:
            period = start_of(indicator.per, date.fromisoformat(row["local_date"])) if indicator.per else None
            groups = tuple((group, row[group]) for group in indicator.by)
            cells.setdefault((period, groups), []).append(row)
        aggregate = compile_expression(indicator.value, table_scope(PROTOCOL, "noted")).aggregate
        assert {key[1:] for key in found if key[0] == name} == cells.keys()
        for (period, groups), own in cells.items():
            assert_same(found[name, period, groups], aggregate(own), own)


def assert_same(value: IndicatorValue, expected: Any, rows: list[dict[str, Any]]) -> None:
    assert value.value == (None if expected is None else pytest.approx(float(expected), rel=1e-9, abs=1e-9))
    assert value.rows == len(rows)
    assert value.n == len({row["enrolment"] for row in rows})


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(PEOPLE)
def test_taken_apart_and_put_together_it_is_the_same(people: list[list[tuple[int, dict[str, Any]]]]) -> None:
    import numpy as np

    tables = tables_of(people)
    measured = {(one.indicator, one.period, one.by): one.value for one in measure(PROTOCOL, tables)}
    queries = {name: Query.of_indicator(one) for name, one in PROTOCOL.indicators.items()}
    once, twice = np.ones((1, len(people))), np.ones((1, len(people))) * 2
    for name, partials in take_apart(PROTOCOL, tables, queries).items():
        if partials is None:
            assert name.startswith(("mid_", "kinds_"))
            continue
        counted_once, counted_twice = partials.values(once)[0], partials.values(twice)[0]
        for place, (period, groups) in enumerate(partials.cells):
            by = tuple(zip(queries[name].by, groups, strict=True))
            value = float(counted_once[place])
            expected = measured[name, period, by]
            assert np.isnan(value) if expected is None else value == pytest.approx(expected, rel=1e-9, abs=1e-9)
            if name.startswith(("mean_", "share_", "largest_", "each_")) and expected is not None:
                assert float(counted_twice[place]) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.postgres
@pytest.mark.skipif(not DATABASE.startswith("postgres"), reason="needs a PostgreSQL: run by script/with-postgres")
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(PEOPLE)
def test_postgres_gives_the_same_to_the_last_digit(people: list[list[tuple[int, dict[str, Any]]]]) -> None:
    tables = tables_of(people)
    assert measure(PROTOCOL, tables, engine="postgres", database=DATABASE) == measure(PROTOCOL, tables)


@pytest.mark.postgres
@pytest.mark.skipif(not DATABASE.startswith("postgres"), reason="needs a PostgreSQL: run by script/with-postgres")
def test_many_rows_give_the_same_to_the_last_digit() -> None:
    import random

    rng = random.Random(1)
    people = [
        [
            (
                rng.randint(1, 120),
                {"amount": rng.gauss(0, 100), "number": 1, "yes": rng.random() < 0.5, "kind": rng.choice("abå")},
            )
            for _ in range(4000)
        ]
        for _ in range(8)
    ]
    tables = tables_of(people)
    assert measure(PROTOCOL, tables, engine="postgres", database=DATABASE) == measure(PROTOCOL, tables)


def test_a_day_near_midnight_counts_on_its_local_day() -> None:
    late = parse_instant("2026-01-31T23:30:00Z")
    events = [Event("e", "enrolled", START), Event("n", "noted", late, data={"amount": 1})]
    step = MACHINE.fold("p", events)
    tables = Tables(PROTOCOL, [Record("p", events, step.facts, step.state)], zone="Europe/Stockholm", horizon=late)
    [value] = measure(PROTOCOL, tables, indicators=["total_quarter"])
    [month] = measure(PROTOCOL, tables, indicators=["total_month"])
    assert (value.period, month.period) == (date(2026, 1, 1), date(2026, 2, 1))
    assert date(2026, 2, 1) - timedelta(days=1) == date(2026, 1, 31)
