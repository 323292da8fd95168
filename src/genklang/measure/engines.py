"""Running indicators: on tables handed to DuckDB, PostgreSQL or Spark, or where the rows are already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, Protocol

from genklang.measure.files import Execute, Rows, files_in_duckdb, files_in_spark, frame, in_spark
from genklang.measure.sql import COLUMN_TYPES, Dialect, Query, cell_sql, needed_columns, query_sql, quoted, value_sql
from genklang.measure.tables import Table, Tables, columns_of
from genklang.measure.values import IndicatorValue, as_label, as_number, flag_small
from genklang.protocol.expressions import Type
from genklang.protocol.expressions.sql import DUCKDB_SETTING
from genklang.protocol.types import Protocol as Practice

Engine = Literal["duckdb", "postgres", "spark"]


class Cursor(Protocol):
    """What is asked of a database cursor: Django's and psycopg's both have it."""

    def execute(self, sql: Any, params: Any = None, /) -> Any: ...
    def fetchall(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class SqlSource:
    """A database's own rows: for each expectation, event or `enrolments` the SQL of a query with its columns.

    The columns are those of `tables.columns_of`, by name, of the types in `sql.COLUMN_TYPES`; only those that an
    indicator names, `enrolment`, `local_date` and its groups have to be there (`columns_needed` lists them). The SQL
    is the caller's own: it must hold nothing that anybody has written.
    """

    dialect: Dialect
    tables: Mapping[str, str]


def measure(
    protocol: Practice,
    data: Tables,
    *,
    engine: Engine = "duckdb",
    database: str | None = None,
    indicators: Iterable[str] | None = None,
    grouped: bool = True,
) -> list[IndicatorValue]:
    """Measure on tables.

    `engine` "postgres" needs the address of a `database`, in which temporary tables are made and dropped; "spark" the
    address of a master ("local[2]", "spark://…"). With very many rows, write them down once and use `measure_files`.
    `indicators` chooses some, in the protocol's order if left out. Not `grouped`: one value each for the whole time
    and everybody.
    """
    names = list(protocol.indicators if indicators is None else indicators)
    queries = {name: Query.of_indicator(protocol.indicators[name], grouped=grouped) for name in names}
    with opened(protocol, data, queries.values(), engine=engine, database=database) as execute:
        return [value for name in names for value in _values(protocol, name, queries[name], engine, execute)]


def measure_parts(protocol: Practice, parts: Iterable[Tables]) -> tuple[list[IndicatorValue], list[IndicatorValue]]:
    """Measure on tables that come in parts, some participants at a time: what is measured need not fit in memory.

    All values by period and group; then one each for the whole time and everybody.
    """
    grouped = {name: Query.of_indicator(one) for name, one in protocol.indicators.items()}
    whole = {name: Query.of_indicator(one, grouped=False) for name, one in protocol.indicators.items()}
    needed = _needed(protocol, [*grouped.values(), *whole.values()])
    kept = ({of: _with_columns(part[of], names) for of, names in needed.items()} for part in parts)
    with _in_duckdb(kept) as execute:
        first, second = (
            [value for name in asked for value in _values(protocol, name, asked[name], "duckdb", execute)]
            for asked in (grouped, whole)
        )
    return first, second


def own_values(
    protocol: Practice, parts: Iterable[Tables], cells: Iterable[IndicatorValue]
) -> dict[str, dict[str, float | None]]:
    """What each person's own rows give in some cells, by indicator and enrolment: the aggregate of that person alone.

    Whoever gives what no rows at all give (a count of 0, an unknown average) is left out.
    """
    wanted = {cell.indicator: cell for cell in cells}
    queries = {name: Query.of_indicator(protocol.indicators[name]) for name in wanted}
    needed = _needed(protocol, queries.values())
    kept = ({of: _with_columns(part[of], names) for of, names in needed.items()} for part in parts)
    with _in_duckdb(kept) as execute:
        return {name: _own(protocol, queries[name], cell, execute) for name, cell in wanted.items()}


def _own(protocol: Practice, query: Query, cell: IndicatorValue, execute: Execute) -> dict[str, float | None]:
    ((nothing,),) = execute(value_sql(protocol, query, "duckdb", where="FALSE"))
    rows = execute(value_sql(protocol, query, "duckdb", where=cell_sql(query, cell, "duckdb"), each="enrolment"))
    return {str(enrolment): as_number(value) for enrolment, value in rows if value != nothing}


def measure_in(
    protocol: Practice,
    source: SqlSource,
    cursor: Cursor,
    *,
    indicators: Iterable[str] | None = None,
    grouped: bool = True,
) -> list[IndicatorValue]:
    """Measure inside a database, on its own rows. Left out, all `indicators` whose table the source has."""
    known = [name for name, one in protocol.indicators.items() if one.of in source.tables]
    values: list[IndicatorValue] = []
    for name in known if indicators is None else indicators:
        query = Query.of_indicator(protocol.indicators[name], grouped=grouped)
        sql = query_sql(protocol, query, source.dialect, source=f"({source.tables[query.of]})")
        values += _as_values(name, query, _fetched(cursor, sql))
    return values


def measure_files(
    protocol: Practice,
    folder: Path,
    *,
    engine: Literal["duckdb", "spark"] = "duckdb",
    master: str = "local[*]",
    indicators: Iterable[str] | None = None,
    grouped: bool = True,
) -> list[IndicatorValue]:
    """Measure tables that `files.write_tables` wrote, where they lie. Left out, all `indicators` whose table is there.

    `master` is Spark's: "local[2]", or a cluster that can read the folder.
    """
    known = [name for name, one in protocol.indicators.items() if (folder / one.of).is_dir()]
    names = list(known if indicators is None else indicators)
    queries = {name: Query.of_indicator(protocol.indicators[name], grouped=grouped) for name in names}
    tables = {query.of for query in queries.values()}
    opening = files_in_spark(folder, tables, master) if engine == "spark" else files_in_duckdb(folder, tables)
    with opening as execute:
        return [value for name in names for value in _values(protocol, name, queries[name], engine, execute)]


def columns_needed(protocol: Practice) -> dict[str, dict[str, Type]]:
    """What a SqlSource must have for the protocol's indicators: columns and types by table."""
    needed: dict[str, dict[str, Type]] = {}
    for indicator in protocol.indicators.values():
        columns = columns_of(protocol, indicator.of)
        query = Query.of_indicator(indicator)
        needed.setdefault(indicator.of, {}).update({name: columns[name] for name in needed_columns(protocol, query)})
    return needed


@contextmanager
def opened(
    protocol: Practice, data: Tables, queries: Iterable[Query], *, engine: Engine, database: str | None = None
) -> Iterator[Execute]:
    """A way to run SQL on the tables that some queries read, each holding the columns that they name."""
    tables = {of: _with_columns(data[of], names) for of, names in _needed(protocol, queries).items()}
    if engine == "duckdb":
        with _in_duckdb([tables]) as execute:
            yield execute
    elif database is None:
        raise ValueError(
            f"{engine} needs an address, for example postgresql://localhost/genklang, or local[2] for Spark"
        )
    elif engine == "spark":
        with in_spark(tables, database) as execute:
            yield execute
    else:
        with _in_postgres(tables, database) as execute:
            yield execute


def _needed(protocol: Practice, queries: Iterable[Query]) -> dict[str, set[str]]:
    """The columns that some queries read, by table."""
    needed: dict[str, set[str]] = {}
    for query in queries:
        needed.setdefault(query.of, set()).update(needed_columns(protocol, query))
    return needed


def _with_columns(table: Table, names: Iterable[str]) -> Table:
    kept = {name: kind for name, kind in table.columns.items() if name in names and kind in COLUMN_TYPES}
    return Table(kept, {name: table.data[name] for name in kept})


@contextmanager
def _in_duckdb(parts: Iterable[Mapping[str, Table]]) -> Iterator[Execute]:
    """Needs no extension: columns are handed over as data frames, part after part."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(DUCKDB_SETTING)
        connection.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
        made: set[str] = set()
        for tables in parts:
            for name, table in tables.items():
                connection.register(f"handed {name}", frame(table))
                cast = ", ".join(
                    f"CAST({quoted(column)} AS {COLUMN_TYPES[kind]}) AS {quoted(column)}"
                    for column, kind in table.columns.items()
                )
                begin = f"INSERT INTO {quoted(name)}" if name in made else f"CREATE TABLE {quoted(name)} AS"
                connection.execute(f"{begin} SELECT {cast} FROM {quoted(f'handed {name}')}")
                connection.unregister(f"handed {name}")
                made.add(name)

        yield lambda sql: connection.execute(sql).fetchall()


@contextmanager
def _in_postgres(tables: Mapping[str, Table], database: str) -> Iterator[Execute]:
    import psycopg

    with psycopg.connect(database) as connection, connection.cursor() as cursor:
        for name, table in tables.items():
            columns = ", ".join(f"{quoted(column)} {COLUMN_TYPES[kind]}" for column, kind in table.columns.items())
            cursor.execute(f"CREATE TEMPORARY TABLE {quoted(name)} ({columns}) ON COMMIT DROP".encode())
            with cursor.copy(f"COPY pg_temp.{quoted(name)} FROM STDIN".encode()) as copy:
                for row in zip(*(table.data[column] for column in table.columns), strict=True):
                    copy.write_row(row)

        yield lambda sql: _fetched(cursor, sql)
        connection.rollback()


def _fetched(cursor: Cursor, sql: str) -> Rows:
    cursor.execute(sql)
    rows: Rows = cursor.fetchall()
    return rows


def _values(protocol: Practice, name: str, query: Query, engine: Dialect, execute: Execute) -> list[IndicatorValue]:
    return _as_values(name, query, execute(query_sql(protocol, query, engine)))


def _as_values(name: str, query: Query, rows: Rows) -> list[IndicatorValue]:
    """Rows of a statement as values, in an order that no database's collation decides."""
    values = []
    for period, *groups, value, people, count in rows:
        by = tuple((group, as_label(label)) for group, label in zip(query.by, groups, strict=True))
        start = date.fromisoformat(period) if period else None
        values.append(IndicatorValue(name, start, by, as_number(value), int(people), int(count)))
    return flag_small(sorted(values, key=lambda one: one.order))
