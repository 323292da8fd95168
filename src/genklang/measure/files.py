"""Tables as Parquet, partitioned by month, and what reads them: DuckDB on one machine, Spark on as many as it takes."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genklang.measure.sql import COLUMN_TYPES, quoted
from genklang.measure.tables import Table
from genklang.protocol.expressions import Type
from genklang.protocol.expressions.sql import DUCKDB_SETTING, SPARK_SETTINGS

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import SparkSession

Rows = Sequence[Sequence[Any]]
Execute = Callable[[str], Rows]
MONTH = "local_month"  # the folder that a row lies in: 2026-03, of its local day
NO_MONTH = "none"

_PANDAS: Mapping[Type, Any] = {
    Type.BOOLEAN: "boolean",
    Type.INTEGER: "Int64",
    Type.NUMBER: "Float64",
    Type.TEXT: "object",
    Type.DATE: "object",
    Type.INSTANT: "Int64",
    Type.DURATION: "Int64",
}


def write_tables(tables: Mapping[str, Table], folder: Path) -> None:
    """Write each table below `folder`: TABLE/local_month=2026-03/*.parquet. Months that are there are replaced.

    Lists (of times) have no column type, and are left out.
    """
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        for name, table in tables.items():
            connection.register("handed", frame(table))
            kept = [
                f"CAST({quoted(column)} AS {COLUMN_TYPES[kind]}) AS {quoted(column)}"
                for column, kind in table.columns.items()
                if kind in COLUMN_TYPES
            ]
            target = folder / name
            month = f"COALESCE(SUBSTR(CAST(local_date AS TEXT), 1, 7), '{NO_MONTH}') AS {MONTH}"
            connection.execute(
                f"COPY (SELECT {', '.join([*kept, month])} FROM handed) TO '{_literal(target)}' "
                f"(FORMAT parquet, PARTITION_BY ({MONTH}), OVERWRITE_OR_IGNORE)"
            )
            if not len(table):  # no month, so no file: one without rows tells the columns
                nobody = target / f"{MONTH}={NO_MONTH}"
                nobody.mkdir(parents=True, exist_ok=True)
                written = _literal(nobody / "empty.parquet")
                connection.execute(f"COPY (SELECT {', '.join(kept)} FROM handed) TO '{written}' (FORMAT parquet)")
            connection.unregister("handed")


def frame(table: Table) -> pd.DataFrame:
    """The columns of a table that databases know, as a data frame."""
    import pandas as pd

    known = {name: kind for name, kind in table.columns.items() if kind in _PANDAS}
    columns = {name: pd.Series(list(table.data[name]), dtype=_PANDAS[kind]) for name, kind in known.items()}
    return pd.DataFrame(columns)


@contextmanager
def files_in_duckdb(folder: Path, tables: Iterable[str]) -> Iterator[Execute]:
    """A way to run SQL on written tables in DuckDB."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(DUCKDB_SETTING)
        connection.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
        for name in tables:
            files = _literal(folder / name / "*" / "*.parquet")
            connection.execute(f"CREATE VIEW {quoted(name)} AS SELECT * FROM read_parquet('{files}')")

        yield lambda sql: connection.execute(sql).fetchall()


@contextmanager
def files_in_spark(folder: Path, tables: Iterable[str], master: str) -> Iterator[Execute]:
    """A way to run SQL on written tables in Spark. A session that is there already is used, and left running."""
    session = spark_session(master)
    for name in tables:
        session.read.parquet(str(folder / name)).createOrReplaceTempView(quoted(name).strip('"'))

    yield lambda sql: [tuple(row) for row in session.sql(sql).collect()]
    for name in tables:
        session.catalog.dropTempView(name)


@contextmanager
def in_spark(tables: Mapping[str, Table], master: str) -> Iterator[Execute]:
    """A way to run SQL on handed tables in Spark: they are written down for it first."""
    with tempfile.TemporaryDirectory() as folder:
        write_tables(tables, Path(folder))
        with files_in_spark(Path(folder), tables, master) as execute:
            yield execute


def spark_session(master: str) -> SparkSession:
    """Spark with the settings that our SQL is written for. Raises ImportError, with what to install."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise ImportError("Spark is not installed. Install it: pip install genklang[spark], and Java 17.") from error

    if master.startswith("local"):  # workers on this machine run this very Python; on a cluster they have their own
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName("genklang")
    settings = {
        **SPARK_SETTINGS,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    for name, value in SPARK_SETTINGS.items():
        session.conf.set(name, value)
    return session


def _literal(path: Path) -> str:
    return str(path).replace("'", "''")
