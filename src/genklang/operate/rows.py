"""Inserting, updating and deleting many rows of a model in one statement, without Django's work for each value.

New rows come as unsaved model instances, or as mappings by column, which are made ten times as fast; they get no
number. What a model's `save` checks is the caller's to hold. On PostgreSQL a statement takes its values as arrays, a
column each; SQLite prepares a statement once for all rows.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from json import dumps
from operator import attrgetter, itemgetter
from typing import Any, TypeAlias

from django.db import connection, models

Field: TypeAlias = "models.Field[Any, Any]"
Column = list[Any]
UNQUOTED = {"bigint", "integer", "smallint", "boolean"}


def insert(rows: Sequence[models.Model], *, ignore_conflicts: bool = False) -> None:
    """Inserts them all; with `ignore_conflicts` those that break no unique constraint."""
    if rows:
        model = type(rows[0])
        columns = [_column(field, rows) for field in _fields(model)]
        _insert(model, columns, ending=" ON CONFLICT DO NOTHING" if ignore_conflicts else "")


def insert_plain(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts mappings that hold a value for every column but the number."""
    if rows:
        names = [field.column or "" for field in _fields(model)]
        _insert(model, [list(map(itemgetter(name), rows)) for name in names])


def update(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Writes these columns of rows that are there."""
    if not rows:
        return
    model = type(rows[0])
    fields = [field for field in _fields(model) if field.name in names]
    sets = [field.column or "" for field in fields]
    columns = [_column(field, rows) for field in fields]
    keys = [row.pk for row in rows]
    if connection.vendor == "postgresql":
        settings = ", ".join(f"{column} = given.{column}" for column in sets)
        arrays = ", ".join(f"%s::{_kind(field)}[]" for field in fields)
        given = f"unnest({arrays}, %s::bigint[]) AS given({', '.join(sets)}, id)"
        sql = f"UPDATE {model._meta.db_table} AS kept SET {settings} FROM {given} WHERE kept.id = given.id"
        _execute(sql, [*_arrays(fields, columns), _plain_array(keys)])
    else:
        settings = ", ".join(f"{column} = %s" for column in sets)
        stored = _stored(fields, columns)
        _each(f"UPDATE {model._meta.db_table} SET {settings} WHERE id = %s", list(zip(*stored, keys, strict=True)))


def delete(model: type[models.Model], columns: Mapping[str, str], places: Sequence[tuple[Any, ...]]) -> None:
    """Deletes the rows where these columns (with their types in PostgreSQL) have one of these values together."""
    table = model._meta.db_table
    if not places:
        return
    if connection.vendor == "postgresql":
        arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
        same = " AND ".join(f"kept.{name} = given.{name}" for name in columns)
        given = f"unnest({arrays}) AS given({', '.join(columns)})"
        values = zip(columns.values(), zip(*places, strict=True), strict=True)
        arrayed = [_plain_array(some) if kind in UNQUOTED else _text_array(some) for kind, some in values]
        _execute(f"DELETE FROM {table} AS kept USING {given} WHERE {same}", arrayed)
    else:
        _each(f"DELETE FROM {table} WHERE {' AND '.join(f'{name} = %s' for name in columns)}", places)


def _insert(model: type[models.Model], columns: Sequence[Column], *, ending: str = "") -> None:
    fields = _fields(model)
    if connection.vendor == "postgresql":
        _execute(_unnesting(model) + ending, _arrays(fields, columns))
    else:
        _each(_inserting(model) + ending, list(zip(*_stored(fields, columns), strict=True)))


def _column(field: Field, rows: Sequence[models.Model]) -> Column:
    """One column's values. What a row belongs to may have been saved, and got its number, after the row was made."""
    values = list(map(attrgetter(field.attname), rows))
    if isinstance(field, models.ForeignKey) and None in values:
        related = (row._state.fields_cache.get(field.name) for row in rows)
        pairs = zip(values, related, strict=True)
        return [other.pk if value is None and other is not None else value for value, other in pairs]
    return values


def _arrays(fields: Sequence[Field], columns: Sequence[Column]) -> list[str]:
    """Each column as a PostgreSQL array."""
    arrays = []
    for field, values in zip(fields, columns, strict=True):
        if isinstance(field, models.JSONField):
            arrays.append(_text_array(list(map(dumps, values))))
        elif _kind(field) in UNQUOTED:
            arrays.append(_plain_array(values))
        else:
            arrays.append(_text_array(values))
    return arrays


def _plain_array(values: Sequence[Any]) -> str:
    """An array of numbers or truths."""
    if None in values:
        return f"{{{','.join('NULL' if value is None else str(value) for value in values)}}}"
    return f"{{{','.join(map(str, values))}}}"


def _text_array(values: Sequence[Any]) -> str:
    """An array of texts, as text: the driver's own way escapes each quotation mark of each value by itself."""
    if any(type(value) is not str for value in values):
        return f"{{{','.join(map(_element, values))}}}"
    joined = "\x00".join(values)
    if joined.count("\x00") >= len(values):  # not to be kept; the database says so
        return f"{{{','.join(map(_element, values))}}}"
    if "\\" in joined or '"' in joined:
        joined = joined.replace("\\", "\\\\").replace('"', '\\"')
    quoted = joined.replace("\x00", '","')
    return f'{{"{quoted}"}}'


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _stored(fields: Sequence[Field], columns: Sequence[Column]) -> list[Column]:
    """Each column as SQLite keeps it: UUIDs as Django writes them, 32 digits."""
    stored = []
    for field, values in zip(fields, columns, strict=True):
        kept: Callable[[Any], Any] | None = dumps if isinstance(field, models.JSONField) else None
        if isinstance(field, models.UUIDField):
            kept = _digits
        stored.append(list(map(kept, values)) if kept else values)
    return stored


def _digits(value: Any) -> Any:
    return None if value is None else value.hex


def _execute(sql: str, values: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _each(sql: str, values: Sequence[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)


@lru_cache
def _fields(model: type[models.Model]) -> list[Field]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


@lru_cache
def _inserting(model: type[models.Model]) -> str:
    places = ", ".join(["%s"] * len(_fields(model)))
    return f"INSERT INTO {_into(model)} VALUES ({places})"


@lru_cache(maxsize=512)
def _kind(field: Field) -> str:
    """The column's type without its length: a cast would cut what is too long, where the column itself refuses it."""
    return (field.db_type(connection) or "").partition("(")[0]


@lru_cache
def _unnesting(model: type[models.Model]) -> str:
    places = ", ".join(f"%s::{_kind(field)}[]" for field in _fields(model))
    return f"INSERT INTO {_into(model)} SELECT * FROM unnest({places})"


def _into(model: type[models.Model]) -> str:
    names = ", ".join(connection.ops.quote_name(field.column or "") for field in _fields(model))
    return f"{connection.ops.quote_name(model._meta.db_table)} ({names})"
