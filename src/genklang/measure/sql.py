"""An indicator as one SQL statement, the same for DuckDB, PostgreSQL and Spark but for how each writes an expression.

The statement reads from a subquery (`source`) that has the columns of `tables.columns_of`. Texts, dates among them,
are TEXT (in Spark STRING); whole numbers, instants and durations BIGINT; numbers DOUBLE PRECISION; booleans BOOLEAN.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from genklang.measure.calendar import Period
from genklang.measure.tables import columns_of
from genklang.measure.values import IndicatorValue
from genklang.protocol.expressions import Type, compile_expression
from genklang.protocol.scopes import table_scope
from genklang.protocol.types import Indicator, Protocol

Dialect = Literal["duckdb", "postgres", "spark"]

COLUMN_TYPES: dict[Type, str] = {
    Type.BOOLEAN: "BOOLEAN",
    Type.INTEGER: "BIGINT",
    Type.NUMBER: "DOUBLE PRECISION",
    Type.TEXT: "TEXT",
    Type.DATE: "TEXT",
    Type.INSTANT: "BIGINT",
    Type.DURATION: "BIGINT",
}

_TEXT: dict[Dialect, str] = {"duckdb": "TEXT", "postgres": "TEXT", "spark": "STRING"}
_NUMBER: dict[Dialect, str] = {"duckdb": "DOUBLE PRECISION", "postgres": "DOUBLE PRECISION", "spark": "DOUBLE"}


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a table: an aggregate, grouped by period and by columns."""

    of: str
    value: str
    per: Period | None
    by: tuple[str, ...]

    @classmethod
    def of_indicator(cls, indicator: Indicator, *, grouped: bool = True) -> Query:
        """The query of an indicator; not grouped: one value for the whole time and everybody."""
        if not grouped:
            return cls(indicator.of, indicator.value, None, ())
        return cls(indicator.of, indicator.value, indicator.per, tuple(indicator.by))


def indicator_sql(
    protocol: Protocol, name: str, dialect: Dialect, *, source: str | None = None, grouped: bool = True
) -> str:
    """The statement of an indicator.

    `source` is SQL that stands where a table may stand; left out, the table's own name. Columns of the result: period
    (ISO date, or NULL), each group, value, people, rows. Rows come in no order.
    """
    query = Query.of_indicator(protocol.indicators[name], grouped=grouped)
    return query_sql(protocol, query, dialect, source=source)


def query_sql(protocol: Protocol, query: Query, dialect: Dialect, *, source: str | None = None) -> str:
    """The statement of a query; see `indicator_sql`."""
    expression = compile_expression(query.value, table_scope(protocol, query.of))
    value = as_number(expression.type, expression.sql(dialect), dialect)
    return grouped_sql(query, [value, "COUNT(DISTINCT enrolment)", "COUNT(*)"], dialect, source=source)


def value_sql(protocol: Protocol, query: Query, dialect: Dialect, *, where: str, each: str | None = None) -> str:
    """The statement of a query's value alone, of the rows where a condition holds; one for each of `each`."""
    expression = compile_expression(query.value, table_scope(protocol, query.of))
    value = as_number(expression.type, expression.sql(dialect), dialect)
    source = f"(SELECT * FROM {quoted(query.of)} WHERE {where}) AS t"
    return f"SELECT {each}, {value} FROM {source} GROUP BY {each}" if each else f"SELECT {value} FROM {source}"


def cell_sql(query: Query, cell: IndicatorValue, dialect: Dialect) -> str:
    """The condition that a row belongs to a cell: to its period, and to its groups."""
    groups = cell.groups
    asked = [(period_sql(query.per, dialect), cell.period.isoformat())] if cell.period else []
    known = [(f"CAST({quoted(name)} AS {_TEXT[dialect]})", groups[name]) for name in query.by if name in groups]
    return " AND ".join(["TRUE", *(_is(sql, label) for sql, label in [*asked, *known])])


def _is(sql: str, label: str | None) -> str:
    return f"{sql} IS NULL" if label is None else sql + " = '" + label.replace("'", "''") + "'"


def grouped_sql(
    query: Query, values: Sequence[str], dialect: Dialect, *, source: str | None = None, first: Sequence[str] = ()
) -> str:
    """Select `first`, the period, the groups and some aggregates.

    With nothing to group by there is one row, also of nothing.
    """
    period = period_sql(query.per, dialect)
    keys = [*first, period, *map(quoted, query.by)]
    grouped = [*first, *([period] if query.per else []), *map(quoted, query.by)]
    select = f"SELECT {', '.join([*keys, *values])} FROM {source or quoted(query.of)} AS t"
    return f"{select} GROUP BY {', '.join(grouped)}" if grouped else select


def period_sql(per: Period | None, dialect: Dialect) -> str:
    """The first day of the period that `local_date` lies in, as ISO text."""
    if per is None:
        return f"CAST(NULL AS {_TEXT[dialect]})"
    start = f"DATE_TRUNC('{per}', CAST(CAST(local_date AS DATE) AS TIMESTAMP))"
    return f"CAST(CAST({start} AS DATE) AS {_TEXT[dialect]})"


def as_number(kind: Type, sql: str, dialect: Dialect) -> str:
    """An aggregate as a number: of a boolean 1 or 0."""
    if kind is Type.BOOLEAN:
        sql = f"CAST({sql} AS INTEGER)"
    return f"CAST({sql} AS {_NUMBER[dialect]})"


def quoted(name: str) -> str:
    """A name in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def needed_columns(protocol: Protocol, query: Query) -> tuple[str, ...]:
    """The columns that a statement reads, in the order of the table."""
    names = compile_expression(query.value, table_scope(protocol, query.of)).names
    read = {*names, *query.by, "enrolment", "local_date"}
    return tuple(name for name in columns_of(protocol, query.of) if name in read)
