"""Rows that every event asks for, by statements that are put together once.

Django puts a statement together anew each time that it is asked, which takes longer than SQLite needs to answer it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


class _Reading(NamedTuple):
    """How a model's rows are read from this kind of database."""

    columns: str
    names: list[str]
    converters: Any


def fetch(model: type[M], where: str, values: Sequence[Any], *, locked: bool = False) -> list[M]:
    """The rows of one table that `where` (our own SQL, with %s for each of the `values`) chooses, as Django makes them.

    `locked` holds them for this transaction: their number stays, so that rows which point at them need not wait.
    """
    reading = _reading(model, connection.vendor)
    ending = " FOR NO KEY UPDATE" if locked and connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {reading.columns} FROM {model._meta.db_table} WHERE {where}{ending}", values)  # noqa: S608
        rows: Any = cursor.fetchall()
    return [model.from_db(connection.alias, reading.names, _converted(row, reading.converters)) for row in rows]


def tuples(sql: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """What a statement of our own answers, as the database tells it."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        yield from cursor.fetchall()


def places(values: Sequence[object]) -> str:
    """A place for each value: `(%s, %s)`."""
    return f"({', '.join(['%s'] * len(values))})"


def _converted(row: Sequence[Any], converters: Mapping[int, tuple[Sequence[Any], Any]]) -> list[Any]:
    """A database's values as Django's, where they differ."""
    values = list(row)
    for place, (steps, expression) in converters.items():
        for step in steps:
            values[place] = step(values[place], expression, connection)
    return values


@lru_cache
def _reading(model: type[models.Model], vendor: str) -> _Reading:
    compiler = model._default_manager.all().query.get_compiler(connection=connection)
    compiler.setup_query()
    chosen = [column for column, _sql, _alias in compiler.select]
    fields = model._meta.concrete_fields
    columns = ", ".join(connection.ops.quote_name(field.column or "") for field in fields)
    return _Reading(columns, [field.attname for field in fields], compiler.get_converters(chosen))
