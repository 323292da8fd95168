"""Finding, inserting, updating and deleting many rows of a model in one statement, without Django's work for each.

New rows come as unsaved model instances, or as mappings by column, which are made ten times as fast; they get no
number. What a model's `save` checks is the caller's to hold. On PostgreSQL a statement takes its values as arrays, a
column each; SQLite prepares a statement once for all rows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from json import dumps
from operator import attrgetter, itemgetter
from typing import Any, TypeAlias

from django.db import connection, models

from genklang.operate.lookups import tuples

Field: TypeAlias = "models.Field[Any, Any]"
Column = list[Any]
IGNORED = " ON CONFLICT DO NOTHING"
ASKED_AT_ONCE = 400  # pairs; SQLite takes so many places in a statement and not many more
UNQUOTED = {"bigint", "integer", "smallint", "boolean"}


def insert(rows: Sequence[models.Model], *, ignore_conflicts: bool = False) -> None:
    """Inserts them all; with `ignore_conflicts` those that break no unique constraint."""
    if rows:
        model = type(rows[0])
        columns = [_column(field, rows) for field in _fields(model)]
        _insert(model, columns, ending=IGNORED if ignore_conflicts else "")


def insert_plain(model: type[models.Model], rows: Sequence[Mapping[str, Any]], *, ending: str = "") -> None:
    """Inserts mappings that hold a value for every column but the number. `ending` says what becomes of conflicts."""
    if rows:
        columns = [list(map(itemgetter(field.column or ""), rows)) for field in _fields(model)]
        _insert(model, columns, ending=ending)


def update(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Writes these columns of rows that are there."""
    if rows:
        fields = [field for field in _fields(type(rows[0])) if field.name in names]
        columns = [_column(field, rows) for field in fields]
        _update(type(rows[0]), fields, columns, {"id": "bigint"}, [(row.pk,) for row in rows])


def update_plain(
    model: type[models.Model], rows: Sequence[Mapping[str, Any]], names: Sequence[str], *, by: Mapping[str, str]
) -> None:
    """Writes these columns where those that `by` names (with their types in PostgreSQL) are as in the mapping."""
    if rows:
        fields = [field for field in _fields(model) if field.column in names]
        columns = [list(map(itemgetter(field.column or ""), rows)) for field in fields]
        _update(model, fields, columns, by, [tuple(row[name] for name in by) for row in rows])


def delete(model: type[models.Model], by: Mapping[str, str], places: Sequence[tuple[Any, ...]]) -> None:
    """Deletes the rows where these columns (with their types in PostgreSQL) have one of these values together."""
    table = model._meta.db_table
    if not places:
        return
    if connection.vendor == "postgresql":
        _execute(f"DELETE FROM {table} AS kept USING {_given(by)} WHERE {_same(by)}", _given_arrays(by, places))
    else:
        _each(f"DELETE FROM {table} WHERE {' AND '.join(f'{name} = %s' for name in by)}", places)


def find(
    model: type[models.Model], names: Sequence[str], by: Mapping[str, str], places: Sequence[tuple[Any, ...]]
) -> Iterator[tuple[Any, ...]]:
    """These columns, as the database tells them, of the rows where those that `by` names have one of these values."""
    if not places:
        return
    read = f"SELECT {', '.join(f'kept.{name}' for name in names)} FROM {model._meta.db_table} AS kept"
    if connection.vendor == "postgresql":
        yield from tuples(f"{read} JOIN {_given(by)} ON {_same(by)}", _given_arrays(by, places))
        return
    row = f"({', '.join(['%s'] * len(by))})"
    for start in range(0, len(places), ASKED_AT_ONCE):
        some = places[start : start + ASKED_AT_ONCE]
        where = f"WHERE ({', '.join(by)}) IN (VALUES {', '.join([row] * len(some))})"
        yield from tuples(f"{read} {where}", [value for place in some for value in place])


def _given(by: Mapping[str, str]) -> str:
    """PostgreSQL: `_given_arrays` as a table called `given`, with these columns and types."""
    places = ", ".join(f"%s::{kind}[]" for kind in by.values())
    return f"unnest({places}) AS given({', '.join(by)})"


def _given_arrays(by: Mapping[str, str], places: Sequence[tuple[Any, ...]]) -> list[str]:
    """What takes the places in `_given`: an array for each column."""
    columns = zip(by.values(), zip(*places, strict=True), strict=True)
    return [_plain_array(some) if kind in UNQUOTED else _text_array(some) for kind, some in columns]


def _update(
    model: type[models.Model],
    fields: Sequence[Field],
    columns: Sequence[Column],
    by: Mapping[str, str],
    places: Sequence[tuple[Any, ...]],
) -> None:
    table, sets = model._meta.db_table, [field.column or "" for field in fields]
    if connection.vendor == "postgresql":
        settings = ", ".join(f"{column} = given.{column}" for column in sets)
        kinds = {column: _kind(field) for column, field in zip(sets, fields, strict=True)} | dict(by)
        sql = f"UPDATE {table} AS kept SET {settings} FROM {_given(kinds)} WHERE {_same(by)}"
        _execute(sql, [*_arrays(fields, columns), *_given_arrays(by, places)])
    else:
        settings = ", ".join(f"{column} = %s" for column in sets)
        where = " AND ".join(f"{name} = %s" for name in by)
        stored = zip(*_stored(fields, columns), strict=True)
        _each(
            f"UPDATE {table} SET {settings} WHERE {where}",
            [(*set_, *by_) for set_, by_ in zip(stored, places, strict=True)],
        )


def _same(by: Mapping[str, str]) -> str:
    return " AND ".join(f"kept.{name} = given.{name}" for name in by)


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
    if set(map(type, values)) - {str}:
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
    return [field for field in model._meta.concrete_fields if field.remote_field or not field.primary_key]


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
