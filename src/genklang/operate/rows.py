"""Inserting, updating and deleting many rows of a model in one statement, without Django's work for each value.

New rows come as unsaved model instances, and get no number. What a model's `save` checks is the caller's to hold. On
PostgreSQL a statement takes its values as arrays, a column each; SQLite prepares a statement once for all rows.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from json import dumps
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection, models

JSON = (dict, list)


def insert(rows: Sequence[models.Model], *, ignore_conflicts: bool = False) -> None:
    """Inserts them all; with `ignore_conflicts` those that break no unique constraint."""
    if not rows:
        return
    model = type(rows[0])
    ending = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    for row in rows:
        _number_relations(model, row)
    values = [_values(model, row) for row in rows]
    if connection.vendor == "postgresql":
        _columns(_unnesting(model) + ending, values)
    else:
        _each(_inserting(model) + ending, values)


def update(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Writes these columns of rows that are there."""
    if not rows:
        return
    model = type(rows[0])
    fields = [field for field in _fields(model) if field.name in names]
    sets = [field.column or "" for field in fields]
    values = [(*(getattr(row, field.attname) for field in fields), row.pk) for row in rows]
    if connection.vendor == "postgresql":
        settings = ", ".join(f"{column} = given.{column}" for column in sets)
        arrays = ", ".join(f"%s::{_kind(field)}[]" for field in fields)
        given = f"unnest({arrays}, %s::bigint[]) AS given({', '.join(sets)}, id)"
        _columns(f"UPDATE {model._meta.db_table} AS kept SET {settings} FROM {given} WHERE kept.id = given.id", values)
    else:
        settings = ", ".join(f"{column} = %s" for column in sets)
        _each(f"UPDATE {model._meta.db_table} SET {settings} WHERE id = %s", values)


def delete(model: type[models.Model], columns: Mapping[str, str], places: Sequence[tuple[Any, ...]]) -> None:
    """Deletes the rows where these columns (with their types in PostgreSQL) have one of these values together."""
    table = model._meta.db_table
    if not places:
        return
    if connection.vendor == "postgresql":
        arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
        same = " AND ".join(f"kept.{name} = given.{name}" for name in columns)
        given = f"unnest({arrays}) AS given({', '.join(columns)})"
        _columns(f"DELETE FROM {table} AS kept USING {given} WHERE {same}", places)
    else:
        _each(f"DELETE FROM {table} WHERE {' AND '.join(f'{name} = %s' for name in columns)}", places)


def _columns(sql: str, values: Sequence[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, [_array(column) for column in zip(*values, strict=True)])


def _array(values: Sequence[Any]) -> str:
    """A PostgreSQL array as text: the driver's own way escapes each quotation mark of each value by itself."""
    return f"{{{','.join(map(_element, values))}}}"


def _element(value: Any) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return "NULL" if value is None else str(value)


def _each(sql: str, values: Sequence[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)


def _number_relations(model: type[models.Model], row: models.Model) -> None:
    """What a row belongs to may have been saved, and got its number, after the row was made."""
    for field in _fields(model):
        if isinstance(field, models.ForeignKey) and getattr(row, field.attname) is None:
            related = row._state.fields_cache.get(field.name)
            setattr(row, field.attname, related.pk if related is not None else None)


@lru_cache
def _fields(model: type[models.Model]) -> list["models.Field[Any, Any]"]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


@lru_cache
def _getter(model: type[models.Model]) -> "attrgetter[tuple[Any, ...]]":
    return attrgetter(*(field.attname for field in _fields(model)))


@lru_cache
def _inserting(model: type[models.Model]) -> str:
    places = ", ".join(["%s"] * len(_fields(model)))
    return f"INSERT INTO {_into(model)} VALUES ({places})"


def _kind(field: "models.Field[Any, Any]") -> str:
    """The column's type without its length: a cast would cut what is too long, where the column itself refuses it."""
    return (field.db_type(connection) or "").partition("(")[0]


@lru_cache
def _unnesting(model: type[models.Model]) -> str:
    places = ", ".join(f"%s::{_kind(field)}[]" for field in _fields(model))
    return f"INSERT INTO {_into(model)} SELECT * FROM unnest({places})"


def _into(model: type[models.Model]) -> str:
    names = ", ".join(connection.ops.quote_name(field.column or "") for field in _fields(model))
    return f"{connection.ops.quote_name(model._meta.db_table)} ({names})"


def _values(model: type[models.Model], row: models.Model) -> tuple[Any, ...]:
    return tuple([dumps(value) if isinstance(value, JSON) else _plain(value) for value in _getter(model)(row)])


def _plain(value: Any) -> Any:
    """SQLite keeps UUIDs as Django writes them: 32 digits."""
    return value.hex if isinstance(value, UUID) else value
