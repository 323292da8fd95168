"""Expressions, indicators, written tables and rehearsals on Spark: the same as on one machine, to the last digit."""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from genklang.cli.spreading import over_spark
from genklang.measure.engines import measure, measure_files
from genklang.measure.files import write_tables
from genklang.measure.values import IndicatorValue
from genklang.protocol.expressions import Expression, Scope, Type, compile_expression
from genklang.protocol.expressions.sql import NotInSql
from tests.generative.test_measure_engines import PROTOCOL, tables_of
from tests.spark.conftest import MASTER
from tests.spec.expressions.corpus import COLUMNS, MANY_ROWS, ONE_ROW, ROW, TABLE, TABLE_COLUMNS
from tests.unit.rehearsal.test_spread import rehearsed, written

pytestmark = pytest.mark.spark
TOGETHER = 40
TYPES = {Type.BOOLEAN: "BOOLEAN", Type.NUMBER: "DOUBLE", Type.TEXT: "STRING", Type.DATE: "STRING"}
CORPUS = [
    pytest.param(ONE_ROW, Scope(COLUMNS), [ROW], id="one row"),
    pytest.param(MANY_ROWS, Scope(TABLE_COLUMNS, aggregates=True), TABLE, id="many rows"),
]


@pytest.mark.parametrize(("groups", "scope", "rows"), CORPUS)
def test_the_corpus_of_expressions(spark: Any, groups: Any, scope: Scope, rows: Sequence[Any]) -> None:
    spark.sql(_table(scope, rows)).createOrReplaceTempView("t")
    cases = [(text, value, _sql(compile_expression(text, scope))) for cases in groups.values() for text, value in cases]
    known = [case for case in cases if case[2]]
    assert len(known) > 40
    wrong = []
    for start in range(0, len(known), TOGETHER):
        some = known[start : start + TOGETHER]
        columns = ", ".join(f"{sql} AS c{place}" for place, (_, _, sql) in enumerate(some))
        [row] = spark.sql(f"SELECT {columns} FROM t").collect()
        wrong += [(text, want, got) for (text, want, _), got in zip(some, row, strict=True) if not _same(want, got)]
    assert not wrong


def _sql(expression: Expression) -> str:
    try:
        return expression.sql("spark")
    except NotInSql:
        return ""


def _same(value: Any, found: Any) -> bool:
    if value is None or isinstance(value, bool | str):
        return bool(found == value) and isinstance(found, bool) == isinstance(value, bool)
    return found is not None and found == pytest.approx(value, rel=1e-12)


def _table(scope: Scope, rows: Sequence[Any]) -> str:
    known = [name for name in scope.names if not isinstance(rows[0][name], tuple | list)]
    kinds = {name: TYPES.get(scope.names[name], "BIGINT") for name in known}
    selects = [", ".join(f"{_literal(row[name], kind)} AS `{name}`" for name, kind in kinds.items()) for row in rows]
    return " UNION ALL ".join(f"SELECT {select}" for select in selects)


def _literal(value: Any, kind: str) -> str:
    if value is None:
        return f"CAST(NULL AS {kind})"
    written = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"CAST('{written}' AS {kind})"


def people(count: int, rows: int) -> list[list[tuple[int, dict[str, Any]]]]:
    """Rows with unknowns, halves, tiny and large amounts."""
    rng = random.Random(7)
    amounts = [None, 0.0, 1e-9, 0.5, -0.5, 1234.56, 9999.99]

    def row() -> dict[str, Any]:
        return {
            "amount": rng.choice([*amounts, rng.gauss(0, 100), rng.gauss(0, 1)]),
            "number": rng.choice([None, rng.randint(-1000, 1000)]),
            "yes": rng.choice([None, True, False]),
            "kind": rng.choice([None, "a", "b", "å", "Ö", "B"]),
        }

    return [[(rng.randint(1, 120), row()) for _ in range(rows)] for _ in range(count)]


def _alike(found: list[IndicatorValue], expected: list[IndicatorValue]) -> None:
    """To the last digit; with an exponential in it nearly so, since Java rounds it otherwise now and then."""
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        if one.indicator.startswith("grown"):
            assert one.value == (None if other.value is None else pytest.approx(other.value, rel=1e-14))
            one = replace(one, value=other.value)
        assert one == other


def test_indicators_are_the_same_to_the_last_digit(spark: Any) -> None:
    tables = tables_of(people(12, 60))
    names = [name for name in PROTOCOL.indicators if name.endswith(("month", "whole"))]
    for grouped in (True, False):
        found = measure(PROTOCOL, tables, engine="spark", database=MASTER, grouped=grouped, indicators=names)
        _alike(found, measure(PROTOCOL, tables, grouped=grouped, indicators=names))


def test_written_tables_lie_by_month_and_give_the_same(spark: Any, tmp_path: Path) -> None:
    tables = tables_of(people(8, 50))
    write_tables({"noted": tables["noted"]}, tmp_path)
    months = {path.name for path in (tmp_path / "noted").iterdir()}
    assert {"local_month=2026-01", "local_month=2026-02"} <= months
    assert measure_files(PROTOCOL, tmp_path) == measure(PROTOCOL, tables)
    names = [name for name in PROTOCOL.indicators if name.endswith("week")]
    found = measure_files(PROTOCOL, tmp_path, engine="spark", master=MASTER, indicators=names)
    _alike(found, measure(PROTOCOL, tables, indicators=names))


def test_tables_without_rows_are_tables(spark: Any, tmp_path: Path) -> None:
    tables = tables_of([[]])
    write_tables({"noted": tables["noted"]}, tmp_path)
    assert measure_files(PROTOCOL, tmp_path, grouped=False) == measure(PROTOCOL, tables, grouped=False)
    [value] = measure_files(
        PROTOCOL, tmp_path, engine="spark", master=MASTER, indicators=["total_whole"], grouped=False
    )
    assert value.value is None and value.rows == 0


def test_a_rehearsal_on_spark_is_the_same_to_the_byte(spark: Any) -> None:
    where = over_spark(MASTER)
    assert written(rehearsed("eskilstuna-hemrehab", spread=where, parts=3)) == written(rehearsed("eskilstuna-hemrehab"))
