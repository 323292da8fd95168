"""Rows that every event asks for, by statements that are put together once.

Django puts a statement together anew each time that it is asked, which takes longer than SQLite needs to answer it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import msgspec
from django.db import connection, models
from django.db.models.base import ModelState

M = TypeVar("M", bound=models.Model)
Convert = Callable[[Any], Any]
Converters = Mapping[str, Convert]
HELD = " FOR NO KEY UPDATE"  # their number stays, so that rows which point at them need not wait
SKIPPING = f"{HELD} SKIP LOCKED"


class _Reading(NamedTuple):
    """How a model's rows are read from this kind of database."""

    columns: str
    names: list[str]
    converters: Converters


def fetch(
    model: type[M], which: str, values: Sequence[Any], *, locked: str = "", without: tuple[str, ...] = ()
) -> list[M]:
    """The rows of one table, called `kept`, as Django makes them: `which` is the end of the statement, our own SQL with
    %s for each of the `values`.

    `locked` (HELD, or SKIPPING those that others hold) holds them for this transaction, but for SQLite, where nobody
    else writes meanwhile. Fields that it is to do `without` are read when they are asked for.
    """
    reading = _reading(model, connection.vendor, without)
    ending = locked if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {reading.columns} FROM {model._meta.db_table} kept {which}{ending}", values)  # noqa: S608
        rows: Any = cursor.fetchall()
    alias = connection.alias
    return [_made(model, alias, dict(zip(reading.names, row, strict=True)), reading.converters) for row in rows]


def tuples(sql: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """What a statement of our own answers, as the database tells it."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        yield from cursor.fetchall()


def places(values: Sequence[object]) -> str:
    """A place for each value: `(%s, %s)`."""
    return f"({', '.join(['%s'] * len(values))})"


def _made(model: type[M], alias: str, values: dict[str, Any], converters: Converters) -> M:
    """What `Model.from_db` makes, in a third of the time: no field has a say about a value that the database holds."""
    for name, convert in converters.items():
        values[name] = convert(values[name])
    row = model.__new__(model)
    state = ModelState()
    state.db, state.adding = alias, False
    row.__dict__ = {"_state": state, **values}
    return row


@lru_cache
def _reading(model: type[models.Model], vendor: str, without: tuple[str, ...]) -> _Reading:
    compiler = model._default_manager.defer(*without).query.get_compiler(connection=connection)
    compiler.setup_query()
    chosen = [column for column, _sql, _alias in compiler.select]
    fields = [field for field in model._meta.concrete_fields if field.name not in without]
    columns = ", ".join(f"kept.{connection.ops.quote_name(field.column or '')}" for field in fields)
    names = [field.attname for field in fields]
    given = {names[place]: _one_by_one(*how) for place, how in compiler.get_converters(chosen).items()}
    return _Reading(columns, names, given | {field.attname: _from_json for field in fields if _is_json(field)})


def _one_by_one(steps: Sequence[Any], expression: Any) -> Convert:
    """Django's converters of a column as one."""

    def convert(value: Any) -> Any:
        for step in steps:
            value = step(value, expression, connection)
        return value

    return convert


def _is_json(field: "models.Field[Any, Any]") -> bool:
    return isinstance(field, models.JSONField) and field.decoder is None


def _from_json(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)
