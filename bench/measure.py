"""Indicators as Genklang writes them, against SQL written by hand for the same numbers, on the same DuckDB table."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import duckdb

from bench.figures import Figure, at_most, in_turns, seconds
from genklang.measure.sql import indicator_sql
from genklang.protocol.reading import read_protocol

PRACTICE = Path(__file__).parents[1] / "practices" / "umea-medicingivare" / "protocol.yaml"
ROWS, QUICK = 100_000_000, 5_000_000
PEOPLE = 10_000
FILL = f"""
CREATE TABLE dose AS SELECT
    'U-' || (n % {PEOPLE}) AS enrolment,
    CAST(DATE '2025-01-01' + CAST(n // {PEOPLE} % 730 AS INTEGER) AS TEXT) AS local_date,
    n % 200 > 1 AS met, n % 200 = 1 AS met_late, n % 200 = 0 AS missed
FROM range(?) AS all_rows(n)
"""
MONTH = "CAST(date_trunc('month', CAST(local_date AS DATE)) AS TEXT)"
BY_HAND = {
    "adherence": "avg(CAST(met AS INTEGER))",
    "avoided_visits": "count(*) FILTER (WHERE met)",
    "alarms": "count(*) FILTER (WHERE met_late OR missed)",
}


def run(args: argparse.Namespace) -> list[Figure]:
    """One figure an indicator."""
    number = QUICK if args.quick else ROWS
    protocol = read_protocol(PRACTICE.read_text(encoding="utf-8"), file=str(PRACTICE))
    with duckdb.connect() as connection:
        connection.execute(FILL, [number])
        return [_figure(connection, indicator_sql(protocol, name, "duckdb"), name, number) for name in BY_HAND]


def _figure(connection: duckdb.DuckDBPyConnection, ours: str, name: str, number: int) -> Figure:
    by_hand = f"SELECT {MONTH}, {BY_HAND[name]}, count(DISTINCT enrolment), count(*) FROM dose GROUP BY 1"
    assert _rows(connection, ours) == _rows(connection, by_hand), name
    times = in_turns(
        lambda: seconds(lambda: _rows(connection, ours)), lambda: seconds(lambda: _rows(connection, by_hand))
    )
    return at_most(f"indicator {name}, {number / 1e6:g} million outcome facts", times, 1.5)


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Any]:
    found = connection.execute(sql).fetchall()
    return sorted((period[:10], round(float(value), 9), people, rows) for period, value, people, rows in found)
