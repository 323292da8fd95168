"""The engines that compute expressions: Python, DuckDB, SQLite, and PostgreSQL where one is named."""

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from statistics import median
from typing import Any

import duckdb

from genklang.protocol.expressions import Expression, Type
from genklang.protocol.expressions.sql import DUCKDB_SETTING, Dialect

Rows = Sequence[Mapping[str, Any]]
Compute = Callable[[Expression, Rows], Any]

_TYPES: dict[Dialect, dict[Type, str]] = {
    "duckdb": {Type.BOOLEAN: "BOOLEAN", Type.NUMBER: "DOUBLE", Type.TEXT: "TEXT", Type.DATE: "TEXT"},
    "sqlite": {Type.BOOLEAN: "BOOLEAN", Type.NUMBER: "REAL", Type.TEXT: "TEXT", Type.DATE: "TEXT"},
    "postgres": {Type.BOOLEAN: "BOOLEAN", Type.NUMBER: "DOUBLE PRECISION", Type.TEXT: "TEXT", Type.DATE: "TEXT"},
}


class Median:
    """SQLite has no median of its own."""

    def __init__(self) -> None:
        self.values: list[float] = []

    def step(self, value: float | None) -> None:
        if value is not None:
            self.values.append(value)

    def finalize(self) -> float | None:
        return median(self.values) if self.values else None


def in_python(expression: Expression, rows: Rows) -> Any:
    """Compute in Python."""
    return expression.aggregate(rows) if expression.scope.aggregates else expression.python(rows[0])


def in_duckdb(expression: Expression, rows: Rows) -> Any:
    """Compute in DuckDB."""
    cursor = _duckdb().execute(_query(expression, rows, "duckdb", "?"), _parameters(expression, rows))
    return _only(cursor.fetchall())


def in_sqlite(expression: Expression, rows: Rows) -> Any:
    """Compute in SQLite; its booleans are 0 and 1."""
    cursor = _sqlite().execute(_query(expression, rows, "sqlite", "?"), _parameters(expression, rows))
    value = _only(cursor.fetchall())
    return bool(value) if expression.type is Type.BOOLEAN and value in (0, 1) else value


def in_postgres(expression: Expression, rows: Rows) -> Any:
    """Compute in PostgreSQL."""
    query = _query(expression, rows, "postgres", "\0").replace("%", "%%").replace("\0", "%s")
    return _only(_postgres().execute(query, _parameters(expression, rows)).fetchall())


ENGINES: dict[str, Compute] = {"python": in_python, "duckdb": in_duckdb, "sqlite": in_sqlite}
if os.environ.get("GENKLANG_TEST_DATABASE"):
    ENGINES["postgres"] = in_postgres


@cache
def _duckdb() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    connection.execute(DUCKDB_SETTING)
    return connection


@cache
def _sqlite() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.create_aggregate("MEDIAN", 1, Median)  # type: ignore[arg-type]
    return connection


@cache
def _postgres() -> Any:
    import psycopg

    return psycopg.connect(os.environ["GENKLANG_TEST_DATABASE"], autocommit=True)


def _query(expression: Expression, rows: Rows, dialect: Dialect, mark: str) -> str:
    """Return a query over the rows as a table of its own, typed by the scope."""
    kinds = {name: _TYPES[dialect].get(kind, "BIGINT") for name, kind in _columns(expression).items()}
    columns = [f'CAST({mark} AS {kind}) AS "{name}"' for name, kind in kinds.items()] or [f"CAST({mark} AS BIGINT)"]
    table = " UNION ALL ".join([f"SELECT {', '.join(columns)}"] * len(rows))
    return f"SELECT {expression.sql(dialect)} FROM ({table}) AS t"


def _parameters(expression: Expression, rows: Rows) -> list[Any]:
    names = list(_columns(expression))
    return [row[name] for row in rows for name in names] if names else [1] * len(rows)


def _columns(expression: Expression) -> dict[str, Type]:
    return {name: kind for name, kind in expression.scope.names.items() if name in expression.names}


def _only(rows: list[Any]) -> Any:
    assert len(rows) == 1
    return rows[0][0]


def close() -> None:
    """Close the connections that are open."""
    for connect in (_duckdb, _sqlite, _postgres):
        if connect.cache_info().currsize:
            connect().close()
            connect.cache_clear()
